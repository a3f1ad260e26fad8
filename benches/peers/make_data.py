"""Transactions and a matrix from a seed, the same bytes every time; files that are there already stay.

    make_data.py LOG ROWS CUSTOMERS MATRIX STARTS ROWS
"""

import sys
from pathlib import Path

import numpy as np


def transactions(path: Path, rows: int, customers: int, seed: int = 28) -> None:
    """Five columns: customer_id, date, amount, order_id, product_id; heavy buyers by a power law.

    One product in ten is launched within the two years, so there is something to adopt early.
    """
    import polars as pl

    if path.exists():
        return
    rng = np.random.default_rng(seed)
    weight = 1.0 / np.arange(1, customers + 1) ** 0.6
    edges = np.cumsum(weight / weight.sum())
    launched = np.where(np.arange(2000) % 10 == 0, 60 + rng.integers(0, 600, 2000), 0)
    half_made = path.with_suffix(".part")
    with half_made.open("wb") as out:
        for start in range(0, rows, 1_000_000):
            count = min(1_000_000, rows - start)
            day = rng.integers(0, 730, count)
            product = (rng.random(count) ** 2 * 2000).astype(int)
            # What is not on sale yet is not sold: the next older product is.
            product = np.where(day >= launched[product], product, product + 1)
            cents = np.exp(rng.normal(8.5, 1.0, count)).astype(np.int64) + 1
            frame = pl.DataFrame(
                {
                    "customer": np.searchsorted(edges, rng.random(count)).clip(max=customers - 1),
                    "date": np.datetime64("2023-01-01") + day,
                    "amount": cents / 100,
                    "order": np.arange(start, start + count) // 3,
                    "product": product,
                }
            )
            frame.select(
                pl.format("C{}", pl.col("customer").cast(pl.String).str.zfill(8)).alias("customer_id"),
                pl.col("date").cast(pl.Date),
                "amount",
                pl.format("O{}", pl.col("order").cast(pl.String).str.zfill(8)).alias("order_id"),
                pl.format("P{}", pl.col("product").cast(pl.String).str.zfill(5)).alias("product_id"),
            ).write_csv(out, include_header=start == 0, float_precision=2)
    half_made.rename(path)


def matrix(rows_path: Path, init_path: Path, rows: int, seed: int = 28) -> None:
    """`rows` × 8 around eight centres, and eight of the rows to start from."""
    if rows_path.exists() and init_path.exists():
        return
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 3, (8, 8))
    cells = centres[rng.integers(0, 8, rows)] + rng.normal(0, 1.5, (rows, 8))
    np.save(rows_path, cells)
    np.save(init_path, cells[rng.choice(rows, 8, replace=False)])


def main() -> None:
    log, rows, customers, npy, init, matrix_rows = sys.argv[1:]
    transactions(Path(log), int(rows), int(customers))
    matrix(Path(npy), Path(init), int(matrix_rows))


if __name__ == "__main__":
    main()
