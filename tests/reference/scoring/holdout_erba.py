"""The program itself on the holdout of holdout.py: the same cuts, the same judge.

holdout_erba.py ERBA runs the binary ERBA on ERBA_DATA/iowa_liquor/sales_2022.csv at each cut and compares what customers.csv says with
holdout.py's numpy: parts of potential store by store, then who is promoted by the default recipe and what became of them.
"""
import os, subprocess, sys, tempfile
import numpy as np, pandas as pd
import holdout as h

root = os.environ.get("ERBA_DATA", "../shared/data")
file = f"{root}/iowa_liquor/sales_2022.csv"
d = pd.read_csv(file, usecols=["Date", "Store Number", "Item Number", "Sale (Dollars)"], dtype={"Store Number": str})
d.columns = ["date", "store", "item", "amount"]; d["date"] = pd.to_datetime(d.date)
products = d[d.amount >= 0].groupby(["store", "item"], as_index=False).date.min()
days = d.groupby(["store", "date"], as_index=False).amount.sum()
judged, promised = {"program": [], "numpy": []}, []
for cut in ["2022-05-31", "2022-06-30", "2022-07-31", "2022-08-15"]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.argv[1], "run", "--quiet", "--no-registry", "--transactions", file, "--as-of", cut, "--out", f"{folder}/r"]
        for role, column in [("customer_id", "Store Number"), ("date", "Date"), ("amount", "Sale (Dollars)"),
                             ("product_id", "Item Number"), ("order_id", "Invoice/Item Number")]:
            command += ["--map", f"{role}={column}"]
        subprocess.run(command, check=True)
        c = pd.read_csv(f"{folder}/r/customers.csv", dtype={"customer_id": str}).set_index("customer_id")
    f, R, length = h.features(days, products, pd.Timestamp(cut))
    later, line_next = h.outcome(days, pd.Timestamp(cut), f, length)
    both = f.index.intersection(c.index); a, b = c.loc[both], f.loc[both]
    seen = a.reach.notna() & b.evidence
    p = h.score(R, h.SETS["reach .85 growth .1 breadth .05"]).loc[both]
    def apart(x, y): return f"median {np.median(abs(x - y)):.4f}, 90 pct {np.quantile(abs(x - y), .9):.4f}, most {abs(x - y).max():.4f}"
    print(cut, "stores", len(c), "and", len(f), "| evidence alike", f"{(a.evidence.astype(str).str.lower().isin(['true', '1']) == b.evidence).mean():.4f}",
          "| I by value alike", f"{((a.tier_by_value == 'I') == b.top).mean():.4f}")
    print("    expected value, relative:", apart(a.expected_value[seen] / b.expected[seen].clip(lower=.01), 1.0))
    print("    growth:", apart(a.expected_growth[seen], b.growth[seen])); print("    reach:", apart(a.reach[seen], b.reach[seen])); print("    potential:", apart(a.potential, p))
    lifted = pd.Series(c.tier_reason == "potential").reindex(f.index).fillna(False).astype(bool)
    judged["program"].append(h.judge(f.assign(top=f.top & ~lifted, evidence=f.evidence | lifted), p, later, line_next, lifted, len(f)))
    judged["numpy"].append(h.judge(f, h.score(R, h.SETS["reach .85 growth .1 breadth .05"]), later, line_next,
                                   (f.reach >= .4) & (h.score(R, h.SETS["reach .85 growth .1 breadth .05"]) >= .6), int(.05 * len(f))))
    asked = f[~f.top & (f.sales > 0) & a.reach.reindex(f.index).notna()]
    promised.append(pd.DataFrame({"chance": a.reach[asked.index], "came": (later > line_next)[asked.index], "came_grown": (later > f.line_today.iloc[0] * later.sum() / f.sales.sum())[asked.index]}))
    print("    promoted:", sorted(lifted.index[lifted]))
print("\n| by | promoted | precision | recall | growth | equally small |\n|---|---|---|---|---|---|")
for name, rows in judged.items():
    r = np.array(rows, float); n = r[:, 0].sum(); hits = (r[:, 0] * r[:, 1]).sum(); mean = lambda i: (r[:, i] * r[:, 0]).sum() / max(n, 1)
    print(f"| {name} | {n:.0f} | {hits / max(n, 1):.2f} | {hits / r[:, 5].sum():.2f} | {mean(3):.2f} | {mean(4):.2f} |")

c = pd.concat(promised); x = c.chance.clip(1e-6, 1 - 1e-6)
print("\n| promised | stores | mean | came | came, by the line of the time before grown with sales |\n|---|---|---|---|---|")
for low, high in [(.05, .1), (.1, .2), (.2, .3), (.3, .4), (.4, .5), (.5, .7), (.7, 1.01)]:
    part = c[(c.chance >= low) & (c.chance < high)]
    print(f"| {low:.2f}–{min(high, 1):.2f} | {len(part)} | {part.chance.mean():.2f} | {part.came.mean():.2f} | {part.came_grown.mean():.2f} |")
print(f"Brier {((c.chance - c.came) ** 2).mean():.4f}, log loss {-np.where(c.came, np.log(x), np.log(1 - x)).sum():.0f}, stores {len(c)}")
