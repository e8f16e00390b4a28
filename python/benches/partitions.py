"""Scores of forecasts in many files over worker processes, with the memory they take; beside one process.

    python python/benches/partitions.py [ROWS] [WORKERS]

Writes the files (fixed seed) into a folder of its own first: 1,000 forecasters, each question answered by all. The means must be those of one process to the last bit.
"""

from __future__ import annotations

import pathlib
import resource
import sys
import tempfile
import time

import distributed
import numpy
import pyarrow
import pyarrow.parquet

import foretell

PEOPLE = 1_000
ROWS_A_FILE = 1_000_000


def write(folder: pathlib.Path, rows: int) -> tuple[list[str], str]:
    """Files of forecasts, each of all people on some questions, and the outcomes."""
    random = numpy.random.default_rng(1)
    questions = rows // PEOPLE
    people = pyarrow.array([f"p{at}" for at in range(PEOPLE)])
    paths = []
    a_file = ROWS_A_FILE // PEOPLE
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


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000_000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    with tempfile.TemporaryDirectory() as name:
        paths, outcomes = write(pathlib.Path(name), rows)
        size = sum(pathlib.Path(path).stat().st_size for path in paths)
        print(f"{rows} rows in {len(paths)} files of {size / 1e6:.0f} MB together; {PEOPLE} forecasters")
        with distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
            with distributed.Client(cluster) as client:
                begun = time.perf_counter()
                there = foretell.score_partitions(paths, outcomes, executor=client.get_executor())
                took = time.perf_counter() - begun
                peaks = client.run(peak)
        print(f"{workers} workers: {took:.1f} s; at most {max(peaks.values()) / 1e6:.0f} MB a worker, {peak() / 1e6:.0f} MB here")
        begun = time.perf_counter()
        here = foretell.score(paths, outcomes, stream=True)
        print(f"one process: {time.perf_counter() - begun:.1f} s; {peak() / 1e6:.0f} MB")
        print("the same bytes" if here.json == there.json else "OTHER BYTES")


if __name__ == "__main__":
    main()
