#!/usr/bin/env python3
"""Label tables and reference figures of two Iowa half-years.

    ERBA_DATA=../shared/data python3 tests/reference/runs/make_half_years.py

Reads the invoice lines of 2022 (Iowa liquor, one wholesaler), tiers every store of each half-year
by cumulative sales (60 % / 80 %, the store that crosses a line belongs to the higher tier, equal
sales share a tier) with exact integers, and gives it a stand-in for a type: whether the share of
its sales in products first sold that half-year is above the median. Writes

    iowa_2022_h1.csv, iowa_2022_h2.csv   customer_id, tier, type, value
    expected.json                        what scikit-learn and pandas say of the two

The stand-in type only has to be some real binary labelling: the comparison is what is tested.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn import metrics

HERE = Path(__file__).parent
SOURCE = Path(os.environ.get("ERBA_DATA", "../shared/data")) / "iowa_liquor" / "sales_2022.csv"


def half(lines: pd.DataFrame, products_before: set) -> pd.DataFrame:
    lines = lines.assign(new=~lines["item"].isin(products_before))
    value = lines.groupby("store")["parts"].sum()
    new = lines[lines["new"]].groupby("store")["parts"].sum().reindex(value.index, fill_value=0)
    table = pd.DataFrame({"value": value, "share": np.where(value > 0, new / value.where(value > 0, 1), 0)})
    table = table.reset_index().sort_values(["value", "store"], ascending=[False, True])
    total = table.loc[table["value"] > 0, "value"].sum()
    before = table["value"].clip(lower=0).cumsum() - table["value"].clip(lower=0)
    tier = np.where(before * 10 < total * 6, "I", np.where(before * 10 < total * 8, "II", "III"))
    table["tier"] = np.where(table["value"] <= 0, "III", tier)
    table["tier"] = table.groupby("value")["tier"].transform("first")
    table["type"] = np.where(table["share"] > table["share"].median(), "innovative", "conservative")
    return table.sort_values("store").reset_index(drop=True)


def main() -> None:
    lines = pd.read_csv(SOURCE, dtype={"Store Number": str, "Item Number": str, "Sale (Dollars)": str})
    lines = lines.rename(columns={"Store Number": "store", "Item Number": "item"})
    lines["parts"] = (lines["Sale (Dollars)"].str.replace(",", "").astype(float) * 10_000).round().astype("int64")
    date = pd.to_datetime(lines["Date"], format="mixed")
    first, second = lines[date < "2022-07-01"], lines[date >= "2022-07-01"]
    seen_early = set(first.loc[date[first.index] < "2022-03-01", "item"])
    sides = {"h1": half(first, seen_early), "h2": half(second, set(first["item"]))}
    for name, side in sides.items():
        out = side.assign(value=(side["value"] / 10_000).map("{:.2f}".format))
        out.rename(columns={"store": "customer_id"})[["customer_id", "tier", "type", "value"]].to_csv(
            HERE / f"iowa_2022_{name}.csv", index=False, lineterminator="\n"
        )
    both = sides["h1"].merge(sides["h2"], on="store", suffixes=("_a", "_b"))
    order = ["I", "II", "III"]
    counts = pd.crosstab(both["tier_a"], both["tier_b"]).reindex(index=order, columns=order, fill_value=0)
    value = both.pivot_table(index="tier_a", columns="tier_b", values="value_b", aggfunc="sum", fill_value=0)
    value = value.reindex(index=order, columns=order, fill_value=0)
    moved = both["tier_a"] != both["tier_b"]
    expected = {
        "made_with": f"scikit-learn {sklearn.__version__}, pandas {pd.__version__}",
        "customers": {
            "both": len(both),
            "only_a": len(sides["h1"]) - len(both),
            "only_b": len(sides["h2"]) - len(both),
        },
        "migration": {a: {b: int(counts.loc[a, b]) for b in order} for a in order},
        "migration_value": {a: {b: int(value.loc[a, b]) / 10_000 for b in order} for a in order},
        "ari": metrics.adjusted_rand_score(both["tier_a"], both["tier_b"]),
        "nmi": metrics.normalized_mutual_info_score(both["tier_a"], both["tier_b"]),
        "tier_agreement": metrics.accuracy_score(both["tier_a"], both["tier_b"]),
        "tier_jaccard": dict(
            zip(order, metrics.jaccard_score(both["tier_a"], both["tier_b"], labels=order, average=None))
        ),
        "value_moved": int(both.loc[moved, "value_b"].sum()) / 10_000,
        "moved": int(moved.sum()),
        "type": {
            "agreement": metrics.accuracy_score(both["type_a"], both["type_b"]),
            "ari": metrics.adjusted_rand_score(both["type_a"], both["type_b"]),
            "nmi": metrics.normalized_mutual_info_score(both["type_a"], both["type_b"]),
        },
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
