#!/usr/bin/env python3
"""Erba and its peers on the same files, in turn; prints medians, ratios to Erba and peak memory. See README.md."""

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import make_data

HERE = Path(__file__).parent


def measured(command: list[str]) -> tuple[dict, float]:
    """The JSON a command prints, and its peak memory in MB."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)
        told = child.stderr.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0:
            raise SystemExit(f"{' '.join(command)} failed:\n{told}")
        out.seek(0)
        text = out.read().decode().strip()
    return (json.loads(text) if text else {}), usage.ru_maxrss / 1024


def erba_run(erba: str, source: Path, folder: Path) -> tuple[dict, float]:
    result = folder / "result"
    shutil.rmtree(result, ignore_errors=True)
    options = ["--transactions", str(source), "--out", str(result), "--no-registry", "--quiet"]
    _, memory = measured([erba, "run", *options])
    timings = json.loads((result / "summary.json").read_text())["timings_ms"]
    return timings, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="transactions")
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--matrix-rows", type=int, default=1_000_000, help="rows of the k-means matrix")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--erba", default=str(HERE.parents[1] / "target" / "release" / "erba"))
    parser.add_argument("--backends", default="linfa,erba", help="of `erba bench kmeans`, comma-separated")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "erba-peers")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    source = args.folder / f"transactions-{args.rows}-{args.customers}.csv"
    npy, init = (args.folder / f"{name}-{args.matrix_rows}.npy" for name in ("rows", "init"))
    make_data.transactions(source, args.rows, args.customers)
    make_data.matrix(npy, init, args.matrix_rows)

    found: dict[tuple[str, str], list[tuple[float, float, float | None]]] = {}

    def note(job: str, who: str, seconds: float, memory: float, inertia: float | None = None) -> None:
        found.setdefault((job, who), []).append((seconds, memory, inertia))

    def script(job: str, who: str, needs: str, *command: str) -> None:
        if importlib.util.find_spec(needs) is None:
            return
        report, memory = measured([sys.executable, *command])
        note(job, who, report["seconds"], memory, report.get("inertia"))

    kmeans = [str(npy), str(init), "25"]
    for _ in range(args.rounds):
        timings, memory = erba_run(args.erba, source, args.folder)
        note("whole", "erba", sum(timings.values()) / 1000, memory)
        note("aggregates", "erba", (timings["ingest"] + timings["features"]) / 1000, memory)
        out = str(args.folder / "whole.csv")
        script("whole", "polars + scikit-learn", "polars", str(HERE / "whole_polars.py"), str(source), out)
        for tool in ("polars", "duckdb"):
            script("aggregates", tool, tool, str(HERE / "aggregates.py"), tool, str(source))
        for job, more in (("kmeans", []), ("kmeans10", ["--starts", "10"])):
            for backend in args.backends.split(","):
                options = ["--npy", str(npy), "--init", str(init), "--iterations", "25", "--backend", backend]
                report, memory = measured([args.erba, "bench", "kmeans", *options, *more])
                note(job, f"erba ({backend})", report["seconds"], memory, report["inertia"])
            script(job, "scikit-learn", "sklearn", str(HERE / "kmeans_sklearn.py"), *kmeans, *more)

    for needs in ("polars", "duckdb", "sklearn"):
        if importlib.util.find_spec(needs) is None:
            print(f"left out: {needs} is not installed")
    print(f"{'job':<12}{'who':<24}{'seconds':>9}{'spread':>9}{'ratio':>8}{'MB':>8}  inertia")
    for (job, who), rounds in sorted(found.items(), key=lambda item: item[0][0]):
        seconds = statistics.median(one[0] for one in rounds)
        spread = max(one[0] for one in rounds) - min(one[0] for one in rounds)
        first = next(key for key in found if key[0] == job)
        ratio = seconds / statistics.median(one[0] for one in found[first])
        memory = statistics.median(one[1] for one in rounds)
        inertia = "" if rounds[0][2] is None else f"{rounds[0][2]:.6f}"
        print(f"{job:<12}{who:<24}{seconds:>9.3f}{spread:>9.3f}{ratio:>8.2f}{memory:>8.0f}  {inertia}")


if __name__ == "__main__":
    main()
