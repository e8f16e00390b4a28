"""Scores of long arrays from Python beside the same calls in Rust: those of `benches/size.rs` and of rules row by row.

    cargo build --release --example columns
    COLUMNS=target/release/examples/columns python python/benches/against_rust.py [ROWS [ROUNDS]]

The columns are written once (fixed seed) and read by both. A round runs each work a few times in a Rust process that waits for it, and as often here, who begins changing from round to
round; the figures must be the same to the last bit. By wall clock and by CPU seconds of all threads: of each the median, and of the rounds' ratios the median with its interval. The table that is
printed is Markdown.
"""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy
from _rounds import machine, ratio

from foretell import scores

#: A work in Rust: its name there, what it is, how often it runs in a round, and the same from Python: the first and the last figure.
Work = tuple[str, str, int, Callable[[], list[float]]]


def columns(folder: pathlib.Path, rows: int) -> dict[str, Any]:
    """The columns of all works, in the folder as raw numbers."""
    random = numpy.random.default_rng(1)
    few, some = max(rows // 500, 2), max(rows // 10, 2)
    p = random.uniform(size=rows)
    levels = numpy.arange(1, 24) / 24
    found = {
        "p": p,
        "y": (random.uniform(size=rows) < p).astype(numpy.uint8),
        "normal_outcomes": random.normal(size=rows),
        "mu": random.normal(size=rows),
        "sigma": random.uniform(0.5, 2.0, size=rows),
        "ensembles": random.normal(size=(few, 1000)),
        "outcomes": random.normal(size=few),
        "levels": levels,
        "quantiles": numpy.sort(random.normal(size=(some, 23)), axis=1),
        "wis_outcomes": random.normal(size=some),
    }
    for name, column in found.items():
        column.tofile(folder / name)
    return found


def ends(column: Any) -> list[float]:
    return [float(column[0]), float(column[-1])]


def works(of: dict[str, Any]) -> list[Work]:
    def means() -> list[float]:
        both = scores.binary_means(of["y"], of["p"], bins=20)
        return [both.brier, both.log]

    rows, few, some = len(of["p"]), len(of["outcomes"]), len(of["wis_outcomes"])
    return [
        ("means", f"mean Brier and log score and 20 bins, {rows:,} rows", 5, means),
        ("brier", f"Brier score of each of {rows:,} rows", 5, lambda: ends(scores.brier(of["y"], of["p"]))),
        ("normal", f"CRPS of a normal law, {rows:,} rows", 3, lambda: ends(scores.crps_normal(of["normal_outcomes"], of["mu"], of["sigma"]))),
        ("crps", f"CRPS of {few:,} ensembles of 1,000 draws", 3, lambda: list(scores.crps_ensemble(of["outcomes"], of["ensembles"])[:2])),
        ("parts", f"weighted interval score with its parts, {some:,} rows of 23 quantiles", 3, lambda: ends(scores.weighted_interval(of["wis_outcomes"], of["quantiles"], of["levels"]).score)),
    ]


def here(work: Callable[[], list[float]], runs: int) -> tuple[float, float, list[float]]:
    begun, cpu = time.perf_counter(), time.process_time()
    for _ in range(runs):
        found = work()
    return time.perf_counter() - begun, time.process_time() - cpu, found


def there(process: subprocess.Popen[str], runs: int) -> tuple[float, float, list[float]]:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{runs}\n")
    process.stdin.flush()
    told = json.loads(process.stdout.readline())
    return told["wall"], told["cpu"], told["values"][:2]


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    print(f"{machine()}; {rounds} rounds; medians, and the ratio of CPU with its interval of 95 %")
    print()
    print("| work | Python, wall | Rust, wall | Python, CPU | Rust, CPU | Python ÷ Rust, CPU | wall |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        for rust, what, runs, python in works(columns(pathlib.Path(name), rows)):
            with subprocess.Popen([os.environ["COLUMNS"], rust, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
                took: dict[str, dict[str, list[float]]] = {who: {"wall": [], "CPU": []} for who in ("Python", "Rust")}
                for number in range(rounds + 1):
                    sides = {"Python": lambda: here(python, runs), "Rust": lambda: there(process, runs)}
                    figures = {}
                    for who in sorted(sides, reverse=number % 2 == 1):
                        wall, cpu, figures[who] = sides[who]()
                        # The first round only warms up.
                        if number > 0:
                            took[who]["wall"].append(wall / runs)
                            took[who]["CPU"].append(cpu / runs)
                    assert figures["Python"] == figures["Rust"], (what, figures)
                assert process.stdin is not None
                process.stdin.close()
            middle = {who: {of: 1000 * statistics.median(times) for of, times in both.items()} for who, both in took.items()}
            shares = {of: "{:.2f} ({:.2f}–{:.2f})".format(*ratio(took["Python"][of], took["Rust"][of])) for of in ("CPU", "wall")}
            cells = [f"{middle[who][of]:.1f} ms" for of in ("wall", "CPU") for who in ("Python", "Rust")]
            print(f"| {what} | {' | '.join(cells)} | {shares['CPU']} | {shares['wall']} |", flush=True)


if __name__ == "__main__":
    main()
