"""Which innovativeness index to use: variants measured on Iowa 2022.

Run: ERBA_DATA=../../../../shared/data python3 iowa_variants.py   (numpy, pandas, scipy)
Prints, for each rule of what is a launch, early window and index: split-half Spearman (odd against
even launches by day and id), the same within deciles of volume, correlation with log volume, and the
Spearman correlation of the volume-corrected index with volume. For the logit form, k is the variance of theta.
"""

import os
import numpy as np
import pandas as pd
from scipy.stats import pearsonr, spearmanr

folder = os.path.join(os.environ.get("ERBA_DATA", "../../../../shared/data"), "iowa_liquor")
sales = pd.read_csv(os.path.join(folder, "sales_2022.csv"), dtype={"Store Number": str, "Item Number": str})
sales.columns = ["date", "invoice", "store", "item", "bottles", "amount"]
epoch = pd.Timestamp("1970-01-01")
sales["day"] = (pd.to_datetime(sales.date) - epoch).dt.days
products = pd.read_csv(os.path.join(folder, "products.csv"), dtype={"Item Number": str})
products["day"] = (pd.to_datetime(products["List Date"], errors="coerce") - epoch).dt.days
start, end = sales.day.min(), sales.day.max()
bought = sales[sales.amount >= 0]
by_store = bought.groupby("store")
ids = np.array(sorted(by_store.groups))
first = by_store.day.min().reindex(ids).values
last = by_store.day.max().reindex(ids).values
volume = sales.groupby("store").amount.sum().reindex(ids).values
days_active = by_store.day.nunique().reindex(ids).values
log_volume = np.log(np.maximum(volume, 1e-9))
N = len(ids)
place = {store: i for i, store in enumerate(ids)}


def launches(rule):
    """Launch days and first purchases (store, launch, lag)."""
    found = products[(products.day > start) & (products.day <= end)].copy()
    sold = bought.groupby("item").day.min()
    found["sold"] = found["Item Number"].map(sold)
    if rule == "features":  # as the features room: sold at most 30 days before listing; new from the first sale
        found = found[found.sold.notna() & (found.day - found.sold <= 30)]
        found["day"] = np.minimum(found.day, found.sold).astype(int)
    found = found.sort_values(["day", "Item Number"])
    L = found.day.values.astype(int)
    index = {item: j for j, item in enumerate(found["Item Number"])}
    a = bought[bought.item.isin(index)].groupby(["store", "item"]).day.min().reset_index()
    i, j = a.store.map(place).values, a.item.map(index).values
    return L, i, j, a.day.values - L[j]


def correct(y, ok):
    x = (log_volume - log_volume[ok].mean()) / log_volume[ok].std()
    design = np.c_[np.ones(N), x, x**2]
    return y - design @ np.linalg.lstsq(design[ok], y[ok], rcond=None)[0]


class Data:
    def __init__(self, L, i, j, lag, w, held):
        self.J = len(L)
        self.L, self.w = L, w
        self.start = np.searchsorted(L, first, "left")
        self.stop = np.minimum(np.searchsorted(L, last, "right"), np.searchsorted(L, end - w, "right"))
        self.stop = np.maximum(self.stop, self.start)
        inside = (j >= self.start[i]) & (j < self.stop[i])
        early = inside & (lag <= w) & ((lag >= -w) | (held == "counts"))
        self.ti, self.tj = i[early], j[early]
        out = inside & (lag < -w) & (held == "left out")
        self.hi, self.hj = i[out], j[out]
        self.ok = (self.stop - self.start >= 5) & (volume > 0) & (days_active >= 3)

    def per_store(self, appeal):
        prefix = np.r_[0, np.cumsum(appeal)]
        return prefix[self.stop] - prefix[self.start] - np.bincount(self.hi, appeal[self.hj], N)

    def per_launch(self, weight):
        d = np.bincount(self.start, weight, self.J + 1) - np.bincount(self.stop, weight, self.J + 1)
        return np.cumsum(d)[: self.J] - np.bincount(self.hj, weight[self.hi], self.J)


def simple(d, half):
    use = half[d.tj]
    T = np.bincount(d.ti[use], minlength=N)
    tries = np.bincount(d.tj, minlength=d.J)
    appeal = np.where(half, tries / np.maximum(d.per_launch(np.ones(N)), 1), 0)
    return np.log((T + 1) / (d.per_store(appeal) + 1)), {}


def poisson(d, half, shape="moments", with_volume=True):
    ok = d.ok.astype(float)
    keep = d.ok[d.ti]
    ti, tj = d.ti[keep], d.tj[keep]
    T, tries = np.bincount(ti, minlength=N).astype(float), np.bincount(tj, minlength=d.J)
    x = (log_volume - log_volume[d.ok].mean()) / log_volume[d.ok].std()
    gamma, k, u = 0.0, 1.0, np.ones(N)
    for _ in range(30):
        v = np.exp(gamma * x)
        appeal = np.where(tries > 0, tries / np.maximum(d.per_launch(u * v * ok), 1e-12), 0)
        A = d.per_store(appeal)
        E = v * A
        q = 1 / (1 + E / k)
        Z = np.c_[np.ones(N), x][d.ok]
        score, info = Z.T @ ((T - E) * q)[d.ok], (Z * (E * q)[d.ok, None]).T @ Z
        level, slope = np.clip(np.linalg.solve(info, score), -0.5, 0.5) if with_volume else (0, 0)
        gamma, appeal = gamma + slope, appeal * np.exp(level)
        E = np.exp(gamma * x) * A * np.exp(level)
        excess = ((T - E) ** 2 - E)[d.ok].sum()
        k = shape if shape != "moments" else float(np.clip((E[d.ok] ** 2).sum() / max(excess, 1e-9), 0.05, 1e4))
        u = (k + T) / (k + E)
    use = half[d.tj]
    T = np.bincount(d.ti[use], minlength=N)
    E = np.exp(gamma * x) * d.per_store(np.where(half, appeal, 0))
    return np.log((k + T) / (k + E)), {"gamma": round(gamma, 2), "k": round(k, 2)}


def logit(d, half, points=64):
    """Rasch in its logit form: sums of the logistic over launches by prefix sums on a grid of propensities."""
    ok = d.ok.astype(float)
    keep = d.ok[d.ti] & half[d.tj]
    ti, tj = d.ti[keep], d.tj[keep]
    T, tries = np.bincount(ti, minlength=N).astype(float), np.bincount(tj, minlength=d.J)
    x = (log_volume - log_volume[d.ok].mean()) / log_volume[d.ok].std()
    exposed = d.per_launch(ok)
    use = (tries > 0) & (exposed > 0)
    rate = np.clip((tries + 0.5) / (exposed + 1), 1e-9, 0.99)
    beta, theta, gamma, s2 = np.where(use, np.log(rate / (1 - rate)), -99.0), np.zeros(N), 0.0, 1.0
    grid = np.linspace(-10, 10, points)

    def moments(a):
        p = 1 / (1 + np.exp(-(grid[:, None] + beta))) * use
        sums = [np.c_[np.zeros(points), np.cumsum(m, 1)] for m in (p, p * (1 - p))]
        at = np.clip((a - grid[0]) / (grid[1] - grid[0]), 0, points - 1.001)
        g, r = at.astype(int), at % 1
        pick = lambda m, g: m[g, d.stop] - m[g, d.start]
        return [(1 - r) * pick(m, g) + r * pick(m, g + 1) for m in sums], g, r

    for _ in range(25):
        for _ in range(2):
            (m, v), _, _ = moments(theta + gamma * x)
            theta = np.where(d.ok, theta + np.clip((T - m - theta / s2) / (v + 1 / s2), -1, 1), 0)
        (m, v), _, _ = moments(theta + gamma * x)
        weight = np.sqrt(1 / (s2 + 1 / np.maximum(v[d.ok], 1e-6)))
        slope, mean = np.polyfit(x[d.ok], theta[d.ok], 1, w=weight)
        gamma, theta = gamma + slope, np.where(d.ok, theta - slope * x - mean, 0)
        (m, v), g, r = moments(theta + gamma * x)
        s2 = np.mean((theta**2 + 1 / (v + 1 / s2))[d.ok])
        count = np.zeros((points, d.J + 1))
        for cell, w in ((g, (1 - r) * ok), (g + 1, r * ok)):
            np.add.at(count, (cell, d.start), w)
            np.add.at(count, (cell, d.stop), -w)
        count = np.cumsum(count, 1)[:, : d.J]
        for _ in range(2):
            p = 1 / (1 + np.exp(-(grid[:, None] + beta)))
            move = (tries - (count * p).sum(0)) / np.maximum((count * p * (1 - p)).sum(0), 1e-9)
            beta = np.where(use, beta + np.clip(move, -1, 1), -99.0)
    return theta, {"gamma": round(gamma, 2), "k": round(float(s2), 2)}


def report(name, d, index):
    odd = np.arange(d.J) % 2 == 0
    whole, extra = index(d, np.ones(d.J, bool))
    y, a, b = (correct(z, d.ok)[d.ok] for z in (whole, index(d, odd)[0], index(d, ~odd)[0]))
    x = log_volume[d.ok]
    decile = pd.qcut(x, 10, labels=False)
    inside = np.mean([spearmanr(a[decile == t], b[decile == t])[0] for t in range(10)])
    raw = pearsonr(whole[d.ok], x)[0]
    print(f"| {name} | {d.w} | {d.ok.sum()} | {spearmanr(a, b)[0]:.3f} | {inside:.3f} | {raw:+.2f} "
          f"| {pearsonr(y, x)[0]:+.3f} | {spearmanr(y, x)[0]:+.3f} | {extra.get('gamma', '')} | {extra.get('k', '')} |")


for rule in ("list date", "features"):
    L, i, j, lag = launches(rule)
    seen = (first[i] <= L[j]) & (L[j] <= last[i]) & (lag >= 0) & (end - L[j] >= (end - L.min()) // 2)
    median = int(np.sort(lag[seen])[seen.sum() // 2])
    watch = int(np.sort(end - L)[len(L) // 2])
    print(f"\n{rule}: {len(L)} launches, {len(lag)} first purchases, {np.mean(lag < 0):.0%} before launch, "
          f"median lag {median}, half of the launches watched for {watch} days\n")
    print("| index | w | stores | split-half | within deciles | r raw | r corrected | rho corrected | gamma | k |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for w in (30, median, 60):
        for held in ("left out", "counts"):
            if rule == "features" and held == "counts":
                continue
            d = Data(L, i, j, lag, w, held)
            tag = "" if held == "left out" else ", long before counts"
            report("simple" + tag, d, simple)
            report("poisson, no volume" + tag, d, lambda d, h: poisson(d, h, with_volume=False))
            report("poisson" + tag, d, poisson)
            report("logit" + tag, d, logit)
            for k in (1.0, 5.0):
                report(f"poisson, k = {k:.0f}" + tag, d, lambda d, h: poisson(d, h, shape=k))
