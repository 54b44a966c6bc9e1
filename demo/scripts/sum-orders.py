# description: Sums the orders by region
# inputs: file
# outputs: orders, cents and the largest order by region
# tags: data
import csv
import json
import os
import sys

totals = {}
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        total = totals.setdefault(row["region"], {"orders": 0, "cents": 0, "largest": 0})
        cents = int(row["cents"])
        total["orders"] += 1
        total["cents"] += cents
        total["largest"] = max(total["largest"], cents)
        if int(row["order_id"]) % 25_000 == 0:
            print(f"{int(row['order_id']):,} orders read")

for region, total in sorted(totals.items()):
    print(f"{region:6} {total['orders']:7,} orders  {total['cents'] / 100:14,.2f}")

orders = sum(it["orders"] for it in totals.values())
cents = sum(it["cents"] for it in totals.values())
with open(os.environ["SPARKQ_RESULT_FILE"], "w") as file:
    json.dump({"summary": f"{orders:,} orders worth {cents / 100:,.2f}", "data": totals}, file)
