"""Transactions and a matrix from a seed, the same bytes every time."""

from pathlib import Path

import numpy as np


def transactions(path: Path, rows: int, customers: int, seed: int = 28) -> None:
    """Five columns: customer_id, date, amount, order_id, product_id; heavy buyers by a power law."""
    if path.exists():
        return
    rng = np.random.default_rng(seed)
    weight = 1.0 / np.arange(1, customers + 1) ** 0.8
    edges = np.cumsum(weight / weight.sum())
    with path.open("w", encoding="ascii") as out:
        out.write("customer_id,date,amount,order_id,product_id\n")
        for start in range(0, rows, 500_000):
            count = min(500_000, rows - start)
            customer = np.searchsorted(edges, rng.random(count)).clip(max=customers - 1)
            day = np.datetime64("2023-01-01") + rng.integers(0, 730, count)
            cents = np.exp(rng.normal(8.5, 1.0, count)).astype(np.int64) + 1
            product = (rng.random(count) ** 2 * 2000).astype(int)
            for c, d, a, p, o in zip(customer, day, cents, product, range(start, start + count)):
                out.write(f"C{c:07d},{d},{a // 100}.{a % 100:02d},O{o // 3},P{p:04d}\n")


def matrix(rows_path: Path, init_path: Path, rows: int, seed: int = 28) -> None:
    """`rows` × 8 around eight centres, and eight of the rows to start from."""
    if rows_path.exists() and init_path.exists():
        return
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 3, (8, 8))
    cells = centres[rng.integers(0, 8, rows)] + rng.normal(0, 1.5, (rows, 8))
    np.save(rows_path, cells)
    np.save(init_path, cells[rng.choice(rows, 8, replace=False)])
