"""Count, sum, first, last, distinct days and products per customer, by Polars or DuckDB.

    aggregates.py polars|duckdb FILE
"""

import json
import sys
import time


def by_polars(path: str) -> int:
    import polars as pl

    frame = (
        pl.scan_csv(path, try_parse_dates=True)
        .group_by("customer_id")
        .agg(
            pl.len().alias("rows"),
            pl.col("amount").sum(),
            pl.col("date").min().alias("first"),
            pl.col("date").max().alias("last"),
            pl.col("date").n_unique().alias("days"),
            pl.col("product_id").n_unique().alias("products"),
        )
        .collect()
    )
    return frame.height


def by_duckdb(path: str) -> int:
    import duckdb

    query = """
        SELECT customer_id, count(*) AS rows, sum(amount) AS amount, min(date) AS first, max(date) AS last,
               count(DISTINCT date) AS days, count(DISTINCT product_id) AS products
        FROM read_csv(?) GROUP BY customer_id"""
    return len(duckdb.execute(query, [path]).fetchall())


def main() -> None:
    tool, path = sys.argv[1:3]
    start = time.perf_counter()
    customers = {"polars": by_polars, "duckdb": by_duckdb}[tool](path)
    print(json.dumps({"seconds": time.perf_counter() - start, "customers": customers}))


if __name__ == "__main__":
    main()
