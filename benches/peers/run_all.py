#!/usr/bin/env python3
"""Erba and its peers on the same files, in turn; prints medians, ratios and peak memory. See README.md."""

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
WHOLE, FEATURES, KMEANS, STARTS, THREADS = "whole", "features", "kmeans", "kmeans10", "threads"
# A numpy told to tune for another processor would lose by no fault of its own.
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}


@dataclass
class Found:
    """What one program needed for one job, a value a round."""

    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    inertia: float | None = None

    def note(self, seconds: float, memory: float, inertia: float | None = None) -> None:
        self.seconds.append(seconds)
        self.memory.append(memory)
        self.inertia = inertia

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def peak(self) -> float:
        return statistics.median(self.memory)


def measured(command: list[str]) -> tuple[dict, float, float]:
    """The JSON a command prints, its wall time from start to end in seconds, and its peak memory in MB."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=PLAIN)
        told = child.stderr.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            raise SystemExit(f"{' '.join(command)} ended with status {status}:\n{told}")
        out.seek(0)
        text = out.read().decode().strip()
    return (json.loads(text) if text else {}), seconds, usage.ru_maxrss / 1024


class Bench:
    """The jobs, each with what was found of each program."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.found: dict[tuple[str, str], Found] = {}
        self.source = args.folder / f"transactions-{args.rows}-{args.customers}.csv"
        self.npy, self.init = (args.folder / f"{name}-{args.matrix_rows}.npy" for name in ("rows", "init"))
        # In a process of its own: what this one holds would count as the memory of every child.
        files = [self.source, args.rows, args.customers, self.npy, self.init, args.matrix_rows]
        subprocess.run([sys.executable, str(HERE / "make_data.py"), *map(str, files)], check=True)

    def note(self, job: str, who: str, *found: float | None) -> None:
        self.found.setdefault((job, who), Found()).note(*found)
        print(f"{job}: {who}: {found[0]:.3f} s, {found[1]:.0f} MB", file=sys.stderr)

    def script(self, name: str, *arguments: object) -> tuple[dict, float, float]:
        return measured([sys.executable, str(HERE / name), *map(str, arguments)])

    def whole(self) -> None:
        result = self.args.folder / "result"
        shutil.rmtree(result, ignore_errors=True)
        command = [self.args.erba, "run", "--transactions", str(self.source), "--out", str(result)]
        _, seconds, memory = measured([*command, "--no-registry", "--quiet"])
        rooms = json.loads((result / "summary.json").read_text())["timings_ms"]
        self.note(WHOLE, "erba", seconds, memory)
        self.note(FEATURES, "erba", (rooms["ingest"] + rooms["features"]) / 1000, memory)
        if installed("polars") and installed("sklearn"):
            _, seconds, memory = self.script("whole_polars.py", self.source, self.args.folder / "whole.csv")
            self.note(WHOLE, "polars + scikit-learn", seconds, memory)

    def features(self) -> None:
        for tool in filter(installed, ("polars", "duckdb", "datafusion")):
            # DataFusion keeps a set for each customer and column: half a million customers take all memory there is.
            for which in ("plain",) if tool == "datafusion" else ("plain", "distinct"):
                report, _, memory = self.script("aggregates.py", tool, which, self.source)
                self.note(FEATURES, f"{tool} ({which})", report["seconds"], memory)

    def kmeans(self, job: str, steps: int, *more: str) -> None:
        for backend in self.args.backends.split(","):
            # Ten starts of linfa to the end take minutes; its single start is measured.
            if job == STARTS and backend == "linfa":
                continue
            self.kmeans_erba(job, f"erba ({backend})", backend, steps, *more)
        if installed("sklearn"):
            report, _, memory = self.script("kmeans_sklearn.py", self.npy, self.init, steps, *more)
            self.note(job, "scikit-learn", report["seconds"], memory, report["inertia"])

    def kmeans_erba(self, job: str, who: str, backend: str, steps: int, *more: str) -> None:
        files = ["--npy", str(self.npy), "--init", str(self.init), "--iterations", str(steps)]
        command = [self.args.erba, "bench", "kmeans", *files, "--backend", backend, *more]
        report, _, memory = measured(command)
        self.note(job, who, report["seconds"], memory, report["inertia"])

    def threads(self) -> None:
        for count in ("2", "1"):
            PLAIN["RAYON_NUM_THREADS"] = count
            self.kmeans_erba("kmeans threads", count, "erba", 25)
            del PLAIN["RAYON_NUM_THREADS"]
            result = self.args.folder / "result"
            shutil.rmtree(result, ignore_errors=True)
            command = [self.args.erba, "run", "--transactions", str(self.source), "--out", str(result)]
            _, _, memory = measured([*command, "--no-registry", "--quiet", "--threads", count])
            rooms = json.loads((result / "summary.json").read_text())["timings_ms"]
            self.note("reading threads", count, (rooms["ingest"] + rooms["features"]) / 1000, memory)

    def round(self) -> None:
        jobs = self.args.jobs.split(",")
        if WHOLE in jobs:
            self.whole()
        if FEATURES in jobs:
            self.features()
        if KMEANS in jobs:
            self.kmeans(KMEANS, 25)
        if STARTS in jobs:
            self.kmeans(STARTS, 300, "--starts", "10")
        if THREADS in jobs:
            self.threads()

    def table(self) -> str:
        lines = [f"{'job':<17}{'who':<24}{'seconds':>9}{'least':>9}{'most':>9}{'ratio':>8}{'MB':>8}{'ratio':>8}  inertia"]
        for (job, who), found in sorted(self.found.items(), key=lambda item: item[0][0]):
            first = next(known for key, known in self.found.items() if key[0] == job)
            inertia = "" if found.inertia is None else f"{found.inertia:.9f}"
            lines.append(
                f"{job:<17}{who:<24}{found.median:>9.3f}{min(found.seconds):>9.3f}{max(found.seconds):>9.3f}"
                f"{first.median / found.median:>8.2f}{found.peak:>8.0f}{first.peak / found.peak:>8.2f}  {inertia}"
            )
        return "\n".join(lines)


def installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="transactions")
    parser.add_argument("--customers", type=int, default=500_000)
    parser.add_argument("--matrix-rows", type=int, default=1_000_000, help="rows of the k-means matrix")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--erba", default=str(HERE.parents[1] / "target" / "release" / "erba"))
    parser.add_argument("--backends", default="erba,linfa", help="of `erba bench kmeans`, comma-separated")
    parser.add_argument("--jobs", default=",".join([WHOLE, FEATURES, KMEANS, STARTS, THREADS]))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "erba-peers")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(args)
    for _ in range(args.rounds):
        bench.round()
    for module in ("polars", "duckdb", "datafusion", "sklearn"):
        if not installed(module):
            print(f"left out: {module} is not installed")
    print(bench.table())


if __name__ == "__main__":
    main()
