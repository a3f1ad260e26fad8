"""Aggregates per customer by Polars, DuckDB or DataFusion; JSON with seconds, without the time to import.

    aggregates.py polars|duckdb|datafusion plain|distinct FILE

`plain` is count, sum, first and last day; `distinct` adds distinct days, orders and products.
"""

import json
import sys
import time

SQL = {
    "plain": "count(*) AS rows, sum(amount) AS amount, min(date) AS first, max(date) AS last",
    "distinct": "count(*) AS rows, sum(amount) AS amount, min(date) AS first, max(date) AS last, "
    "count(DISTINCT date) AS days, count(DISTINCT order_id) AS orders, count(DISTINCT product_id) AS products",
}


def by_polars(path: str, which: str) -> tuple[float, int]:
    import polars as pl

    asked = [
        pl.len().alias("rows"),
        pl.col("amount").sum(),
        pl.col("date").min().alias("first"),
        pl.col("date").max().alias("last"),
    ]
    if which == "distinct":
        names = {"days": "date", "orders": "order_id", "products": "product_id"}
        asked += [pl.col(column).n_unique().alias(name) for name, column in names.items()]
    start = time.perf_counter()
    frame = pl.scan_csv(path, try_parse_dates=True).group_by("customer_id").agg(asked)
    customers = frame.collect(engine="streaming").height
    return time.perf_counter() - start, customers


def by_duckdb(path: str, which: str) -> tuple[float, int]:
    import duckdb

    query = f"CREATE TABLE found AS SELECT customer_id, {SQL[which]} FROM read_csv(?) GROUP BY customer_id"
    start = time.perf_counter()
    duckdb.execute(query, [path])
    seconds = time.perf_counter() - start
    return seconds, duckdb.execute("SELECT count(*) FROM found").fetchone()[0]


def by_datafusion(path: str, which: str) -> tuple[float, int]:
    from datafusion import SessionContext

    start = time.perf_counter()
    context = SessionContext()
    context.register_csv("log", path)
    found = context.sql(f"SELECT customer_id, {SQL[which]} FROM log GROUP BY customer_id").collect()
    return time.perf_counter() - start, sum(batch.num_rows for batch in found)


def main() -> None:
    tool, which, path = sys.argv[1:4]
    seconds, customers = {"polars": by_polars, "duckdb": by_duckdb, "datafusion": by_datafusion}[tool](path, which)
    print(json.dumps({"seconds": seconds, "customers": customers}))


if __name__ == "__main__":
    main()
