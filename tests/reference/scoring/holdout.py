"""Which parts of potential predict: judged on what happened after the cut.

Reads the wholesaler's 2022 lines (ERBA_DATA/iowa_liquor/sales_2022.csv; January to October), cuts at several days, scores
every store that is not in I on what came before, and looks at what came after. Prints the tables of docs/concepts/scoring.md.
A second argument names a CSV of one's own: holdout.py FILE CUSTOMER DATE AMOUNT CUT [TRUTH.csv with customer_id,high_potential].

The forecast is written here a second time, in numpy, from its definition in src/scoring/forecast.rs.
"""
import os, sys
import numpy as np, pandas as pd
from scipy.stats import norm, rankdata, spearmanr

BURN_IN, MIN_DAYS, MIN_TENURE, PRIOR, WINDOW = 45, 4, 60, 4.0, 365


def prank(x):
    x = np.asarray(x, float); out = np.full(len(x), np.nan); ok = ~np.isnan(x)
    out[ok] = (rankdata(x[ok]) - 0.5) / ok.sum()
    return out


def line_one(v):
    s = np.sort(v[v > 0])[::-1]; before = np.cumsum(s) - s
    return s[before < 0.6 * s.sum()].min()


def features(days, first_products, cut):
    """days: store, date, amount (one row a day). Everything up to `cut`."""
    past = days[days.date <= cut]
    start = past.date.min()
    length = min(WINDOW, (cut - start).days + 1)
    wfrom = cut - pd.Timedelta(days=length - 1)
    month_ends = (cut + pd.Timedelta(days=1)).day == 1
    m = cut.to_period("M")
    recent = max((m - (2 if month_ends else 3)).start_time, start)
    target = cut - pd.Timedelta(days=length // 2 - 1)
    half = min([target.to_period("M").start_time, (target.to_period("M") + 1).start_time], key=lambda d: abs((d - target).days))
    buy = past[past.amount > 0]
    g = buy.groupby("store")
    f = pd.DataFrame({"first": g.date.min(), "last": g.date.max(), "a": g.size()})
    dates = buy.sort_values(["store", "date"])
    f["gap"] = dates.groupby("store").date.apply(lambda d: d.diff().dt.days.mean())
    total = lambda d: past[past.date >= d].groupby("store").amount.sum().reindex(f.index).fillna(0)
    f["sales"], f["s_half"], f["s_recent"] = total(wfrom), total(half), total(recent)
    f["s_early"] = f.sales - f.s_half
    f["orders"] = buy[buy.date >= wfrom].groupby("store").size().reindex(f.index).fillna(0)
    since = lambda d: (cut - d).days + 1
    unseen = np.maximum(BURN_IN, 2 * f.gap.fillna(0))
    f["young"] = (f["first"] >= wfrom) & ((f["first"] - start).dt.days > unseen)
    inside = f["first"] > recent
    tenure = (cut - f["first"]).dt.days
    run = np.where(inside, f.sales * (1 - 1 / f.a) / (tenure + 1), f.s_recent / since(recent))
    late, early = f.s_half / since(half), f.s_early / (length - since(half))
    daily = np.where(f.young, run, 0.5 * f.sales / length + 0.5 * late)
    f["expected"] = np.maximum(daily * length, 0)
    f["purchases"] = np.where(f.young, f.a, np.minimum(f.a, f.orders))
    f["evidence"] = (f.purchases >= MIN_DAYS) & (tenure >= MIN_TENURE)
    ok = ~f.young & (late > 0) & (early > 0)
    shift = np.log(late[ok] / early[ok]); pur = f.purchases[ok]
    o = np.argsort(pur.values, kind="stable"); k = min(10, len(o) // 20)
    x, y = [], []
    for part in np.array_split(o, k):
        s = shift.values[part]; x.append((1 / pur.values[part]).mean()); y.append((1.4826 * np.median(abs(s - np.median(s)))) ** 2)
    b = max(np.polyfit(x, y, 1)[0], 0); a0 = np.mean(y) - b * np.mean(x)
    if a0 < 0: a0, b = 0, max(np.dot(x, y) / np.dot(x, x), 0)
    # Three quarters for those whose forecast weighs two halves (HALF_AND_HALF in src/scoring/spread.rs).
    f["dev"] = np.sqrt(a0 + b / np.maximum(f.purchases, 1)) * np.where(f.evidence & ~f.young, 0.75, 1)
    line = line_one(f.sales.values)
    e = np.where(f.evidence, f.expected, f.sales)
    f["line"], f["line_today"] = line_one(e), line
    with np.errstate(divide="ignore", invalid="ignore"):
        f["reach"] = np.where(e > 0, norm.sf(np.log(f.line / e) / f.dev), 0)
        ratio = np.clip(f.expected / f.sales.where(f.sales > 0), 0.01, 1e6)
    f["ratio"] = ratio
    f["growth"] = np.where(f.evidence, np.exp(np.log(ratio) * f.purchases / (f.purchases + PRIOR)), np.nan)
    if first_products is not None:
        fp = first_products[first_products.date <= cut]
        mid = cut - pd.Timedelta(days=length // 2 - 1)
        n = fp.groupby("store").size(); r = fp[fp.date >= mid].groupby("store").size()
        f["breadth"] = (r.reindex(n.index).fillna(0) / n).reindex(f.index)
    else:
        f["breadth"] = np.nan
    f["since_last"] = (cut - f["last"]).dt.days
    f["top"] = f.sales >= line
    R = pd.DataFrame({"reach": prank(f.reach), "growth": prank(f.growth), "breadth_growth": prank(f.breadth), "days_since_last": prank(-f.since_last)}, index=f.index)
    R["growth"] = R.growth.fillna(0.5)
    return f, R, length


def outcome(days, cut, f, length):
    future = days[days.date > cut]
    n = (days.date.max() - cut).days
    later = future.groupby("store").amount.sum()
    all_stores = later.reindex(later.index.union(f.index)).fillna(0)
    return later.reindex(f.index).fillna(0) * length / n, line_one(all_stores.values) * length / n


def score(R, w):
    num = den = 0
    for k, x in w.items():
        ok = R[k].notna(); num = num + x * R[k].fillna(0) * ok; den = den + x * ok
    return num / den


def judge(f, p, later, line_next, keep, most):
    """Promotes the best `most` stores that pass `keep`; also a group equally small for each promoted."""
    c = f[~f.top & f.evidence & (f.sales > 0) & keep]
    c = c.assign(p=p.reindex(c.index)).sort_values("p", ascending=False).head(most)
    rest = f[~f.top & (f.sales > 0) & ~f.index.isin(c.index)].sort_values("sales")
    twins = set()
    for s in c.sales:
        at = np.searchsorted(rest.sales.values, s); twins |= set(rest.index[max(0, at - 5):at + 5])
    twins = list(twins)
    risen = set(f.index[~f.top & (later > line_next)])
    hit = len(risen & set(c.index))
    ratio = lambda ids: later[ids].sum() / max(f.sales[ids].sum(), 1e-9)
    return len(c), hit / max(len(c), 1), hit / max(len(risen), 1), ratio(c.index), ratio(twins), len(risen)


SETS = {
    "reach only": {"reach": 1}, "growth only": {"growth": 1}, "breadth_growth only": {"breadth_growth": 1},
    "days_since_last only": {"days_since_last": 1},
    "equal": {"reach": 1, "growth": 1, "breadth_growth": 1, "days_since_last": 1},
    "reach .6 growth .3 breadth .05 last .05": {"reach": .6, "growth": .3, "breadth_growth": .05, "days_since_last": .05},
    "reach .85 growth .1 breadth .05": {"reach": .85, "growth": .1, "breadth_growth": .05},
}


def tables(days, products, cuts):
    for most_share, rule in [(0.01, None), (0.02, None), (0.05, None)]:
        rule_name = "no lines" if rule is None else f"growth >= {rule[0]}, reach >= {rule[1]}"
        print(f"\n### at most {most_share:.0%}, {rule_name}\nweights | promoted | precision | recall | growth | equally small")
        for name, w in SETS.items():
            rows = []
            for cut, f, R, later, line_next in cuts:
                keep = pd.Series(True, f.index) if rule is None else (f.growth >= rule[0]) & (f.reach >= rule[1])
                rows.append(judge(f, score(R, w), later, line_next, keep, int(most_share * len(f))))
            r = np.array(rows, float); n = r[:, 0].sum()
            hits = (r[:, 0] * r[:, 1]).sum()
            avg = lambda i: (r[:, i] * r[:, 0]).sum() / max(n, 1)
            print(f"{name} | {n:.0f} | {hits / max(n, 1):.2f} | {hits / r[:, 5].sum():.2f} | {avg(3):.2f} | {avg(4):.2f}")
    print("\n### at most 5%, default weights, lines on growth and reach\ngrowth, reach | promoted | precision | recall | growth | equally small")
    for g, x in [(0, .3), (0, .35), (0, .4), (0, .5), (1.1, .4), (1.5, .4)]:
        r = np.array([judge(f, score(R, SETS["reach .85 growth .1 breadth .05"]), later, ln, (f.growth >= g) & (f.reach >= x), int(.05 * len(f))) for cut, f, R, later, ln in cuts], float)
        n = r[:, 0].sum(); hits = (r[:, 0] * r[:, 1]).sum(); avg = lambda i: (r[:, i] * r[:, 0]).sum() / max(n, 1)
        print(f"{g}, {x} | {n:.0f} | {hits / max(n, 1):.2f} | {hits / r[:, 5].sum():.2f} | {avg(3):.2f} | {avg(4):.2f}")


if __name__ == "__main__" and len(sys.argv) < 3:
    root = os.environ.get("ERBA_DATA", "../shared/data")
    d = pd.read_csv(f"{root}/iowa_liquor/sales_2022.csv", usecols=["Date", "Store Number", "Item Number", "Sale (Dollars)"])
    d.columns = ["date", "store", "item", "amount"]; d["date"] = pd.to_datetime(d.date)
    products = d[d.amount >= 0].groupby(["store", "item"], as_index=False).date.min()
    days = d.groupby(["store", "date"], as_index=False).amount.sum()
    cuts = []
    for cut in ["2022-05-31", "2022-06-30", "2022-07-31", "2022-08-15"]:
        cut = pd.Timestamp(cut); f, R, length = features(days, products, cut)
        later, line_next = outcome(days, cut, f, length)
        cuts.append((cut, f, R, later, line_next))
        e = f[f.evidence & (f.expected > 0) & (later > 0)]; err = np.log(later[e.index] / e.expected); z = err / e.dev
        print(cut.date(), "stores", len(f), "I", int(f.top.sum()), "risers", int((~f.top & (later > line_next)).sum()), "young", int(f.young.sum()), "young with evidence", int((f.young & f.evidence).sum()))
        for name, g in [("all", e), ("young", e[e.young]), ("established", e[~e.young])]:
            if len(g): print("   ", name, "median log error %.2f" % err[g.index].median(), "median spread claimed %.2f" % g.dev.median(), "90 pct of |z| %.2f" % z[g.index].abs().quantile(.9), "median |err| %.2f" % err[g.index].abs().median())
        non = f[~f.top & (f.sales > 0) & f.evidence]
        up = (later / f.sales)[non.index]
        print("    Spearman with later/now among non-I:", {k: round(spearmanr(R.loc[non.index, k], up).statistic, 2) for k in R}, " reach calibration:", [(f"{lo:.1f}-{hi:.1f}", len(b), round((later[b] > line_next).mean(), 2)) for lo, hi in [(.02, .1), (.1, .3), (.3, .5), (.5, .7), (.7, 1.01)] for b in [non.index[(non.reach >= lo) & (non.reach < hi)]]])
    tables(days, products, cuts)
elif __name__ == "__main__":
    path, c, dt, am, cut = sys.argv[1:6]
    d = pd.read_csv(path, dtype={c: str}).rename(columns={c: "store", dt: "date", am: "amount"}); d["date"] = pd.to_datetime(d.date)
    days = d.groupby(["store", "date"], as_index=False).amount.sum()
    f, R, length = features(days, None, pd.Timestamp(cut))
    truth = pd.read_csv(sys.argv[6], dtype=str).set_index("customer_id"); high = truth.high_potential.isin(["true", "1", "True"]).reindex(f.index).fillna(False)
    print("planted", int(high.sum()), "non-I planted", int((high & ~f.top).sum()), "young", int(f.young.sum()))
    for name, w in SETS.items():
        for g, r in [(0, 0), (0, .3), (0, .35), (0, .4), (0, .5)]:
            k = f[~f.top & f.evidence & (f.growth >= g) & (f.reach >= r)]
            k = k.assign(p=score(R, w).reindex(k.index)).sort_values("p", ascending=False).head(int(.05 * len(f)))
            print(f"{name:42s} growth>={g} reach>={r} promoted {len(k)} precision {high[k.index].mean():.2f} recall {high[k.index].sum() / max(high.sum(), 1):.2f}")
