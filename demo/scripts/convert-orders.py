# description: Converts the orders into one currency (which they do not name: it fails)
# inputs: file
# tags: data
import csv
import sys

rates = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17}


def convert(row):
    return int(row["cents"]) * rates[row["currency"]]


with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
print(f"read {len(rows):,} orders")
print(f"worth {sum(convert(row) for row in rows) / 100:,.2f} EUR")
