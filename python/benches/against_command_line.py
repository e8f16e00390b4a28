"""A run from Python beside the same run of the command line.

    FORETELL=target/release/foretell python python/benches/against_command_line.py [WORLDS]

Seven rounds, one after the other; the least and the median of each, and the ratio. A call from Python against a whole process of the command line.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import foretell

SCENARIO = "scenarios/white-house-2025-08-18.toml"
ROUNDS = 7


def main() -> None:
    worlds = int(float(sys.argv[1])) if len(sys.argv) > 1 else 300_000_000
    command = [os.environ["FORETELL"], "run", SCENARIO, f"--worlds={worlds}", "--format=json"]
    times: dict[str, list[float]] = {"Python": [], "command line": []}
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        here = foretell.run(SCENARIO, worlds=worlds).json
        times["Python"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        there = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        times["command line"].append(time.perf_counter() - begun)
        assert here == there
    for name, of in times.items():
        print(f"{name}: least {min(of):.3f} s, median {statistics.median(of):.3f} s, most {max(of):.3f} s")
    ratio = min(times["Python"]) / min(times["command line"])
    print(f"{worlds} worlds: Python takes {100 * (ratio - 1):+.1f} % against the command line, by the least")


if __name__ == "__main__":
    main()
