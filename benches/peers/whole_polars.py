"""The whole job as an analyst would write it in Polars and scikit-learn: a transaction log in, one CSV out.

    whole_polars.py FILE OUT

Value of the last 365 days, tiers at 60/80 %, potential from the last half year and promotion, an innovativeness index
with volume taken out, k-means on four features, a visit plan by tier and type.
"""

import json
import sys
import time


def main() -> None:
    source, target = sys.argv[1:3]
    start = time.perf_counter()
    import numpy as np
    import polars as pl
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    log = pl.read_csv(source, try_parse_dates=True)
    begin, last = log["date"].min(), log["date"].max()
    day, window = pl.col("date"), pl.col("date") > last - pl.duration(days=365)
    customers = (
        log.lazy()
        .group_by("customer_id")
        .agg(
            pl.col("amount").filter(window).sum().alias("value"),
            pl.col("amount").filter(day > last - pl.duration(days=182)).sum().alias("half"),
            pl.col("amount").sum().alias("volume"),
            pl.col("order_id").filter(window).n_unique().alias("orders"),
            pl.col("product_id").n_unique().alias("products"),
            day.n_unique().alias("days"),
            day.min().alias("first"),
            day.max().alias("last"),
        )
        .collect()
    )
    launches = (
        log.lazy()
        .group_by("product_id")
        .agg(day.min().alias("launch"))
        .filter(pl.col("launch") > begin + pl.duration(days=30))
        .collect()
    )
    tried = (
        log.lazy()
        .join(launches.lazy(), on="product_id")
        .group_by("customer_id", "product_id")
        .agg((day.min() - pl.col("launch").first()).dt.total_days().alias("lag"), pl.col("amount").sum())
        .group_by("customer_id")
        .agg((pl.col("lag") <= 90).sum().alias("tried"), pl.col("amount").sum().alias("new_sales"))
        .collect()
    )
    del log
    customers = customers.join(tried, on="customer_id", how="left").with_columns(
        pl.col("tried", "new_sales").fill_null(0)
    )
    days = np.sort(launches["launch"].to_numpy())
    active = np.searchsorted(days, customers["last"].to_numpy(), "right") - np.searchsorted(
        days, customers["first"].to_numpy()
    )
    count = customers["tried"].to_numpy()
    volume = np.log(customers["volume"].to_numpy().clip(min=0.01))
    index = np.log((count + 1) / (active * count.sum() / max(active.sum(), 1) + 1))
    index -= np.polyval(np.polyfit(volume, index, 2), volume)
    potential = (2 * pl.col("half") / pl.col("value").clip(0.01)).rank() + (-(last - pl.col("last")).dt.total_days()).rank()
    customers = (
        customers.with_columns(pl.Series("innovativeness", index))
        .with_columns((potential / (2 * customers.height)).alias("potential"))
        .sort(["value", "customer_id"], descending=[True, False])
    )
    value = customers["value"].to_numpy().clip(min=0)
    before = value.cumsum() - value
    tier = np.where(before < 0.6 * value.sum(), 1, np.where(before < 0.8 * value.sum(), 2, 3))
    score = customers["potential"].to_numpy()
    tier[(tier > 1) & (customers["days"].to_numpy() >= 4) & (score > np.quantile(score, 0.95))] = 1
    share = (customers["new_sales"] / customers["volume"].clip(0.01)).to_numpy()
    features = np.column_stack([customers["innovativeness"].to_numpy(), share, customers["products"].to_numpy(), score])
    scaled = StandardScaler().fit_transform(features)
    model = KMeans(2, n_init=10, random_state=28).fit(scaled)
    apart = np.sqrt(model.transform(scaled))
    apart.sort(axis=1)
    keen = model.labels_ == model.cluster_centers_[:, 0].argmax()
    visits = np.array([[8, 4], [2, 1], [0, 0]])[tier - 1, 1 - keen.astype(int)]
    customers.with_columns(
        pl.Series("tier", tier),
        pl.Series("innovative", keen),
        pl.Series("confidence", 1 - apart[:, 0] / apart[:, 1]),
        pl.Series("visits", visits),
        pl.Series("value_share", value / value.sum()),
        pl.Series("cumulative_share", before / value.sum()),
    ).write_csv(target)
    print(json.dumps({"seconds": time.perf_counter() - start, "customers": customers.height}))


if __name__ == "__main__":
    main()
