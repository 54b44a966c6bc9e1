#!/usr/bin/env bash
# description: Compares a folder with its backup, which it makes when there is none yet (then it has to run again)
# inputs: folder
# outputs: build/backup.tar
# tags: chores
set -euo pipefail
mkdir -p build

if [ ! -f build/backup.tar ]; then
  tar -cf build/backup.tar -C "$1" .
  echo "There was no backup yet. It is made now and wants to be checked: run again." >&2
  exit 75
fi
restored=$(mktemp -d)
trap 'rm -rf "$restored"' EXIT
tar -xf build/backup.tar -C "$restored"
diff -r "$1" "$restored"
files=$(($(find "$restored" -type f | wc -l)))
echo "$files files are the same in the backup"
