# description: Makes a file of orders, the same ones every time
# inputs: rows
# outputs: build/orders.csv
# tags: data
import csv
import os
import sys

rows = int(sys.argv[1])
regions = ["north", "east", "south", "west"]

os.makedirs("build", exist_ok=True)
state = 2026
with open("build/orders.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["order_id", "region", "cents"])
    for number in range(1, rows + 1):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.writerow([number, regions[state >> 30], 100 + (state >> 8) % 99_900])
        if number % (rows // 4) == 0:
            print(f"{number:,} of {rows:,} orders")

size = os.path.getsize("build/orders.csv")
print(f"{rows:,} orders, {size / 1e6:.1f} MB in build/orders.csv")
