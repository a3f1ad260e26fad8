#!/usr/bin/env python3
"""What hysteresis removes and costs between two Iowa half-years.

    python3 tests/reference/runs/make_hysteresis.py

Reads iowa_2022_h1.csv and iowa_2022_h2.csv (see make_half_years.py) and writes hysteresis.json. The rule, written apart from
Erba's: a line is the smallest value that makes a tier; a store that was above a line stays above while its value is at least
(1 - margin) of it, one that was below rises from (1 + margin) of it on. Margins are exact fractions, values exact integers.
"""

import csv
import json
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
TIERS = ["I", "II", "III"]


def side(name: str) -> dict:
    with open(HERE / f"iowa_2022_{name}.csv", newline="") as file:
        return {row["customer_id"]: (row["tier"], round(Fraction(row["value"]) * 10_000)) for row in csv.DictReader(file)}


def held(before: str | None, value: int, own: str, lines: list, margin: Fraction) -> str:
    if before is None or value <= 0:
        return own
    for place, line in enumerate(lines):
        was_above = TIERS.index(before) <= place
        if value >= line * (1 - margin if was_above else 1 + margin):
            return TIERS[place]
    return "III"


def main() -> None:
    first, second = side("h1"), side("h2")
    lines = [min(value for tier, value in second.values() if tier == name) for name in TIERS[:2]]
    total = sum(value for _, value in second.values() if value > 0)
    rows = []
    for percent in [0, 2, 5, 10, 20]:
        margin = Fraction(percent, 100)
        now = {id: held(first.get(id, (None,))[0], value, tier, lines, margin) for id, (tier, value) in second.items()}
        top = [id for id, tier in now.items() if tier == "I"]
        rows.append(
            {
                "hysteresis": percent / 100,
                "both": len(first.keys() & second.keys()),
                "moved": sum(now[id] != first[id][0] for id in first.keys() & second.keys()),
                "held": sum(now[id] != second[id][0] for id in second),
                "one": len(top),
                "one_value_share": sum(second[id][1] for id in top) / total,
            }
        )
    (HERE / "hysteresis.json").write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
