#!/usr/bin/env bash
# description: Sorts the orders by worth, in four processes side by side
# inputs: file
# outputs: build/sorted.csv
# tags: data
set -euo pipefail
export LC_ALL=C
by_worth=(-t, -k3,3nr -k1,1n)

awk 'NR > 1 { print > ("build/part." NR % 4) }' "$1"
children=()
for part in build/part.[0-3]; do
  sort "${by_worth[@]}" -o "$part" "$part" &
  children+=($!)
  echo "process $! sorts $part"
done
for child in "${children[@]}"; do wait "$child"; done

sort "${by_worth[@]}" -m build/part.[0-3] >build/sorted.csv
sort "${by_worth[@]}" -c build/sorted.csv
rm build/part.[0-3]

IFS=, read -r order region cents <build/sorted.csv
orders=$(($(wc -l <build/sorted.csv)))
printf '{"summary":"%d orders sorted, order %d is the largest","data":{"orders":%d,"largest":{"order":%d,"region":"%s","cents":%d}}}\n' \
  "$orders" "$order" "$orders" "$order" "$region" "$cents" >"$SPARKQ_RESULT_FILE"
