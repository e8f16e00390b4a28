"""What a distributed run costs: seconds against workers, bytes of a part, seconds to put parts together.

    python python/benches/scaling.py [WORLDS] [WORKERS]

A scheduler of Dask distributed and workers of one thread each run as processes of their own on loopback, with one worker, two, and so on. The times are the least of
three rounds, the local run (as many threads as workers) beside them in each round. What is printed is Markdown.
"""

from __future__ import annotations

import sys
import time

import distributed
from _rounds import machine

import foretell
from foretell import _foretell
from foretell.executors import run_shard, unpacked

SCENARIO = "scenarios/white-house-2025-08-18.toml"
ROUNDS = 3


def seconds(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    worlds = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000_000
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    run = {"worlds": worlds, "doubt_draws": 0}
    arguments = ["run", SCENARIO, f"--worlds={worlds}", "--doubt-draws=0", "--threads=1"]

    shards = 64
    part = run_shard(arguments, {}, 1, shards)
    merger = _foretell.Merger()
    first = seconds(lambda: merger.add("part 1", unpacked(part)))
    others = [run_shard(arguments, {}, number, shards) for number in (2, 3, 4, 5)]
    each = min(seconds(lambda text=text, at=at: merger.add(f"part {at}", unpacked(text))) for at, text in enumerate(others, 2))
    # A part of one chunk of worlds: nearly all that a part costs beside its worlds.
    small = ["run", SCENARIO, f"--worlds={32_768 * shards}", "--doubt-draws=0", "--threads=1"]
    beside = min(seconds(lambda: run_shard(small, {}, 7, shards)) for _ in range(7))
    scenario = sum(len(text) for text in _foretell.scenario_texts(SCENARIO).values())
    print(f"{machine()}; {worlds:,} worlds of {SCENARIO}, no doubt run; the least of {ROUNDS} rounds")
    print()
    print(f"To a worker go {scenario:,} bytes; of each of {shards} parts {len(part):,} bytes come back; to put one to the others takes {1000 * each:.0f} ms here (the first {1000 * first:.0f} ms);")
    print(f"a part of 32,768 worlds takes its worker {1000 * beside:.0f} ms.")
    print()
    print("| workers | Dask | one process, as many threads | more | seconds for 10¹² worlds at that pace |")
    print("|--:|--:|--:|--:|--:|")
    for count in range(1, most + 1):
        with distributed.LocalCluster(n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
            with distributed.Client(cluster) as client:
                executor = client.get_executor()
                foretell.run(SCENARIO, executor=executor, worlds=1_000_000, doubt_draws=0)
                there, here = float("inf"), float("inf")
                for _ in range(ROUNDS):
                    there = min(there, seconds(lambda: foretell.run(SCENARIO, executor=executor, **run)))
                    here = min(here, seconds(lambda: foretell.run(SCENARIO, threads=count, **run)))
        print(f"| {count} | {there:.2f} s | {here:.2f} s | {100 * (there / here - 1):.0f} % | {there / worlds * 1e12:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
