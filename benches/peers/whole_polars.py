"""The whole job in Polars and scikit-learn: CSV in, tiers at 60/80 %, two groups, one CSV out.

    whole_polars.py FILE OUT
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

    last = pl.scan_csv(source, try_parse_dates=True).select(pl.col("date").max()).collect().item()
    customers = (
        pl.scan_csv(source, try_parse_dates=True)
        .group_by("customer_id")
        .agg(
            pl.col("amount").filter(pl.col("date") > last - pl.duration(days=365)).sum().alias("value"),
            pl.col("order_id").n_unique().alias("orders"),
            pl.col("date").max().alias("last"),
            pl.col("date").n_unique().alias("days"),
            pl.col("product_id").n_unique().alias("products"),
        )
        .with_columns((pl.lit(last) - pl.col("last")).dt.total_days().alias("days_since_last"))
        .sort(["value", "customer_id"], descending=[True, False])
        .collect()
    )
    value = customers["value"].to_numpy().clip(min=0)
    before = value.cumsum() - value
    tier = np.where(before < 0.6 * value.sum(), "I", np.where(before < 0.8 * value.sum(), "II", "III"))
    columns = customers.select("orders", "days", "products", "days_since_last").to_numpy().astype(float)
    scaled = StandardScaler().fit_transform(np.log1p(columns))
    groups = KMeans(2, n_init=10, random_state=28).fit(scaled)
    customers.with_columns(pl.Series("tier", tier), pl.Series("group", groups.labels_)).write_csv(target)
    print(json.dumps({"seconds": time.perf_counter() - start, "customers": customers.height}))


if __name__ == "__main__":
    main()
