"""k-means by scikit-learn from given centroids, or the best of several starts; JSON like `erba bench kmeans`.

    kmeans_sklearn.py NPY INIT ITERATIONS [--starts N]
"""

import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans


def main() -> None:
    rows, init = np.load(sys.argv[1]), np.load(sys.argv[2])
    iterations = int(sys.argv[3])
    starts = int(sys.argv[5]) if len(sys.argv) > 5 else None
    model = KMeans(
        len(init),
        init="k-means++" if starts else init,
        n_init=starts or 1,
        max_iter=iterations,
        tol=0.0,
        algorithm="lloyd",
        random_state=28,
    )
    start = time.perf_counter()
    model.fit(rows)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "inertia": model.inertia_ / len(rows), "iterations": model.n_iter_}))


if __name__ == "__main__":
    main()
