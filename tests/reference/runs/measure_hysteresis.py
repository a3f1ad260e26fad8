#!/usr/bin/env python3
"""How much flapping hysteresis removes on Iowa 2022, and what it costs: the table in docs/concepts/runs.md.

    python3 tests/reference/runs/measure_hysteresis.py PATH/TO/erba PATH/TO/sales_2022.csv

Tiers at the end of June, July, August, September and October over a window of 181 days, each run against the one before, nobody
promoted. Prints per margin: changes of tier, those that undo the customer's last change, and the mean share of value and of
customers in tier I over the five runs.
"""

import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

DAYS = ["2022-06-30", "2022-07-31", "2022-08-31", "2022-09-30", "2022-10-31"]


def runs(program: str, sales: str, recipe: str, folder: Path):
    (folder / "recipe.toml").write_text(recipe)
    previous: list = []
    for number, day in enumerate(DAYS):
        out = folder / str(number)
        subprocess.run(
            [program, "run", "--transactions", sales, "--as-of", day, "--window", "181", "--recipe", folder / "recipe.toml"]
            + ["--out", out, "--force", "--quiet", "--no-registry", *previous],
            check=True,
        )
        previous = ["--previous", out]
        with open(out / "customers.csv", newline="") as file:
            yield [(row["customer_id"], row["tier"], float(row["value"])) for row in csv.DictReader(file)]


def main(program: str, sales: str) -> None:
    general = subprocess.run([program, "recipe", "show", "general"], check=True, capture_output=True, text=True).stdout
    general = re.sub(r"(?m)^max_share = .*$", "max_share = 0.0", general)
    print("margin  changes  undone  value share of I  customer share of I")
    for margin in [0.0, 0.02, 0.05, 0.1, 0.2]:
        recipe = re.sub(r"(?m)^hysteresis = .*$", f"hysteresis = {margin}", general)
        changes = undone = 0
        now, came_from, values, heads = {}, {}, [], []
        with tempfile.TemporaryDirectory() as folder:
            for rows in runs(program, sales, recipe, Path(folder)):
                for customer, tier, _ in rows:
                    before = now.get(customer)
                    if before is not None and before != tier:
                        changes += 1
                        undone += came_from.get(customer) == tier
                        came_from[customer] = before
                    now[customer] = tier
                one = [value for _, tier, value in rows if tier == "I"]
                values.append(sum(one) / sum(value for _, _, value in rows if value > 0))
                heads.append(len(one) / len(rows))
        print(f"{margin:6} {changes:8} {undone:7} {sum(values) / 5:17.4%} {sum(heads) / 5:20.4%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
