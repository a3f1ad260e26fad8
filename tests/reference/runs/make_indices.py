#!/usr/bin/env python3
"""Cluster quality indices by scikit-learn on small made matrices, for src/typing/indices.rs.

    python3 tests/reference/runs/make_indices.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn import metrics


def case(name: str, rows: np.ndarray, labels: np.ndarray) -> dict:
    return {
        "name": name,
        "rows": np.round(rows, 6).tolist(),
        "labels": labels.tolist(),
        "silhouette": metrics.silhouette_score(np.round(rows, 6), labels),
        "davies_bouldin": metrics.davies_bouldin_score(np.round(rows, 6), labels),
        "calinski_harabasz": metrics.calinski_harabasz_score(np.round(rows, 6), labels),
    }


def main() -> None:
    rng = np.random.default_rng(28)
    heaps = np.vstack([rng.normal(centre, 1.0, (20, 3)) for centre in (0, 4, 9)])
    three = np.repeat([0, 1, 2], 20)
    cases = [
        case("three heaps", heaps, three),
        case("noise", rng.normal(size=(40, 4)), rng.integers(0, 3, 40)),
        case("one row alone", np.vstack([heaps[:20], [[30.0, 30.0, 30.0]]]), np.repeat([0, 1], [20, 1])),
        case("labels with a gap", heaps[:40], np.repeat([0, 3], 20)),
        case("large numbers", heaps * 1e6, three),
    ]
    path = Path(__file__).parent / "indices.json"
    path.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
