"""Types by the true launch model, maximum a posteriori: how many types the data of `erba synth` can tell at all.

planted_oracle.py DIR: DIR made by `erba synth`. Known are the share of innovative customers, the spread of theta and the chance to try
at an order, by type (src/synth); every launch is taken to have the mean appeal.
"""
import sys
import numpy as np, pandas as pd

folder = sys.argv[1]
t = pd.read_csv(f"{folder}/transactions.csv", dtype={"customer_id": str}, parse_dates=["date"])
p = pd.read_csv(f"{folder}/products.csv", parse_dates=["launch_date"]); truth = pd.read_csv(f"{folder}/truth.csv").set_index("customer_id")["type"]
start = t.date.min(); launches = p[p.launch_date >= start + pd.Timedelta(days=30)].sort_values("launch_date")
lines = t.groupby("customer_id").size(); orders = {c: np.unique(d) for c, d in t.groupby("customer_id").date}
first = t[t.product_id.isin(launches.product_id)].groupby(["customer_id", "product_id"]).date.min()
types = ["innovative", "conservative"]; share = {"innovative": .3, "conservative": .7}
theta = {"innovative": (1.3, .35), "conservative": (-1.5, .35)}; now = {"innovative": .55, "conservative": .15}
nodes, weights = np.polynomial.hermite_e.hermegauss(15); weights = weights / weights.sum()
mid = np.log(lines.mean())
def loglik(customer, kind, appeal):
    o = orders[customer]; mean, spread = theta[kind]; q = now[kind]
    base = mean + spread * nodes + .35 * (np.log(lines[customer]) - mid)
    total = np.zeros_like(nodes)
    for launch, day, a in zip(launches.product_id, launches.launch_date.values, appeal):
        n = int((o >= day).sum())
        if n == 0: continue
        tries = 1 / (1 + np.exp(-(base + a))); when = first.get((customer, launch))
        if when is None: total += np.log(1 - tries + tries * (1 - q) ** n)
        else: total += np.log(tries * q * (1 - q) ** int(((o >= day) & (o < np.datetime64(when))).sum()))
    peak = total.max(); return peak + np.log((weights * np.exp(total - peak)).sum())
appeal = np.full(len(launches), -.9)
called = {c: max(types, key=lambda k: np.log(share[k]) + loglik(c, k, appeal)) for c in orders}
called = pd.Series(called).reindex(truth.index).fillna("conservative")
hit = {k: (called[truth == k] == k).mean() for k in types}
print(folder, "customers", len(truth), "innovative found", round(hit["innovative"], 3), "conservative found", round(hit["conservative"], 3), "balanced accuracy", round(sum(hit.values()) / 2, 3))
