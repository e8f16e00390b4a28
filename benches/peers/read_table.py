"""The CPU that pyarrow and polars take to read the table of `long_table.py` from Parquet into memory, names as codes into dictionaries where
it says so.

    python read_table.py FOLDER
"""

import os
import resource
import statistics
import sys
import time

import polars
import pyarrow.parquet as pq

ROUNDS = 7
NAMES = ["question", "forecaster"]


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    path = os.path.join(sys.argv[1], "forecasts.parquet")
    work = {
        "pyarrow": lambda: pq.read_table(path),
        "pyarrow, dictionaries": lambda: pq.read_table(path, read_dictionary=NAMES),
        "pyarrow, dictionaries, one thread": lambda: pq.read_table(path, read_dictionary=NAMES, use_threads=False),
        "polars": lambda: polars.read_parquet(path),
    }
    taken = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, read in work.items():
            before, begun = cpu(), time.perf_counter()
            read()
            taken[name].append((cpu() - before, time.perf_counter() - begun))
    for name, rounds in taken.items():
        used, waited = zip(*rounds)
        wall = statistics.median(waited)
        print(f"{name:34} CPU {statistics.median(used):.2f} s ({min(used):.2f}-{max(used):.2f}), wall {wall:.2f} s")


if __name__ == "__main__":
    main()
