"""Scores of forecasts in many files over worker processes, with the memory they take; beside one process.

    python python/benches/partitions.py [ROWS] [WORKERS]

Writes the files (fixed seed) into a folder of its own first: 1,000 forecasters, each question answered by all. The bytes must be those of one process. A tenth of the
rows goes first, so that one sees whether memory grows with them. The table that is printed is Markdown.
"""

from __future__ import annotations

import pathlib
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import distributed
import numpy
import pyarrow
import pyarrow.parquet
from _rounds import machine

import foretell

PEOPLE = 1_000
ROWS_A_FILE = 1_000_000


def write(folder: pathlib.Path, rows: int) -> tuple[list[str], str]:
    """Files of forecasts, each of all people on some questions, and the outcomes."""
    random = numpy.random.default_rng(1)
    questions = rows // PEOPLE
    people = pyarrow.array([f"p{at}" for at in range(PEOPLE)])
    paths = []
    # So many that each worker has some, also of few rows.
    a_file = max(min(ROWS_A_FILE, rows // 10) // PEOPLE, 1)
    for first in range(0, questions, a_file):
        some = min(a_file, questions - first)
        names = pyarrow.array([f"q{at}" for at in range(first, first + some)])
        table = pyarrow.table(
            {
                "question": pyarrow.DictionaryArray.from_arrays(numpy.repeat(numpy.arange(some, dtype=numpy.int32), PEOPLE), names),
                "forecaster": pyarrow.DictionaryArray.from_arrays(numpy.tile(numpy.arange(PEOPLE, dtype=numpy.int32), some), people),
                "made_at": pyarrow.array(["2025-01-05"] * (some * PEOPLE)).dictionary_encode(),
                "probability": random.uniform(size=some * PEOPLE),
            }
        )
        paths.append(str(folder / f"part-{first:07}.parquet"))
        pyarrow.parquet.write_table(table, paths[-1])
    came = random.uniform(size=questions) < 0.3
    outcomes = folder / "outcomes.csv"
    lines = (f"q{at},{'yes' if yes else 'no'},2025-03-02\n" for at, yes in enumerate(came))
    outcomes.write_text("question,resolution,resolved_on\n" + "".join(lines), encoding="utf-8")
    return paths, str(outcomes)


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def alone(paths: list[str], outcomes: str) -> tuple[str, float, int]:
    """One process that scores all: the answer, seconds, and the most memory."""
    begun = time.perf_counter()
    answer = foretell.score(paths, outcomes, stream=True).json
    return answer, time.perf_counter() - begun, peak()


def over(workers: int, paths: list[str], outcomes: str) -> tuple[str, float, list[int]]:
    """Workers that score all, each a process of its own: the answer, seconds, and the most memory of each, before and after."""
    with distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            before = max(client.run(peak).values())
            begun = time.perf_counter()
            answer = foretell.score_partitions(paths, outcomes, executor=client.get_executor()).json
            return answer, time.perf_counter() - begun, [before, max(client.run(peak).values())]


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000_000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    print(f"{machine()}; {PEOPLE:,} forecasters; {workers} workers of Dask")
    print()
    print("| rows | files | workers | at most, a worker | before any work | one process | at most | bytes |")
    print("|--:|--:|--:|--:|--:|--:|--:|---|")
    # A tenth of the rows first: what memory grows with is seen by the second line.
    for some in (rows // 10, rows):
        with tempfile.TemporaryDirectory() as name:
            with ProcessPoolExecutor(1, get_context("spawn")) as other:
                paths, outcomes = other.submit(write, pathlib.Path(name), some).result()
            size = sum(pathlib.Path(path).stat().st_size for path in paths)
            there, seconds, (before, most) = over(workers, paths, outcomes)
            with ProcessPoolExecutor(1, get_context("spawn")) as other:
                here, seconds_alone, most_alone = other.submit(alone, paths, outcomes).result()
            files = f"{len(paths)} ({size / 1e6:.0f} MB)"
            memory = [f"{bytes_ / 1e6:.0f} MB" for bytes_ in (most, before, most_alone)]
            same = "the same" if here == there else "OTHER"
            print(f"| {some:,} | {files} | {seconds:.1f} s | {memory[0]} | {memory[1]} | {seconds_alone:.1f} s | {memory[2]} | {same} |", flush=True)
            assert here == there


if __name__ == "__main__":
    main()
