"""A run from Python beside the same run of the command line.

    FORETELL=target/release/foretell python python/benches/against_command_line.py [WORLDS [ROUNDS]]

In every round one after the other, who begins changing from round to round: a call from Python against a whole process of the command line. Of each the least, median
and most, and of the rounds' ratios the median with the interval of its order statistics (David & Nagaraja 2003, Order Statistics, 7.1); by wall clock, and by CPU seconds of all
threads, which other programs on the machine disturb less.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import foretell

SCENARIO = "scenarios/white-house-2025-08-18.toml"


def cpu(whose: int) -> float:
    """CPU seconds of all threads of this process, or of the processes it has waited for."""
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime


def measured(work: Callable[[], str], whose: int) -> tuple[str, float, float]:
    """What a work gives, and what it took: seconds by the clock and of CPU."""
    begun, cpu_before = time.perf_counter(), cpu(whose)
    answer = work()
    return answer, time.perf_counter() - begun, cpu(whose) - cpu_before


def interval(rounds: int) -> tuple[int, int]:
    """The places, from 0, of the order statistics that hold the median of so many in at least 95 of 100 cases; of few, the least and the most."""
    below, chance = 0, 0.5**rounds
    seen = chance
    while seen <= 0.025:
        below += 1
        chance *= (rounds - below + 1) / below
        seen += chance
    first = max(below - 1, 0)
    return first, rounds - 1 - first


def main() -> None:
    worlds = int(float(sys.argv[1])) if len(sys.argv) > 1 else 300_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    command = [os.environ["FORETELL"], "run", SCENARIO, f"--worlds={worlds}", "--format=json"]
    works: list[tuple[str, Callable[[], str], int]] = [
        ("Python", lambda: foretell.run(SCENARIO, worlds=worlds).json, resource.RUSAGE_SELF),
        ("command line", lambda: subprocess.run(command, capture_output=True, text=True, check=True).stdout, resource.RUSAGE_CHILDREN),
    ]
    took: dict[str, dict[str, list[float]]] = {name: {"wall": [], "CPU": []} for name, _, _ in works}
    for number in range(rounds + 1):
        answers = set()
        for name, work, whose in works if number % 2 == 0 else reversed(works):
            answer, wall, seconds = measured(work, whose)
            answers.add(answer)
            # The first round only warms up.
            if number > 0:
                took[name]["wall"].append(wall)
                took[name]["CPU"].append(seconds)
        assert len(answers) == 1, "the same bytes"
    for of in ("wall", "CPU"):
        for name in took:
            times = took[name][of]
            print(f"{of}: {name}: least {min(times):.3f} s, median {statistics.median(times):.3f} s, most {max(times):.3f} s")
        ratios = sorted(100 * (here / there - 1) for here, there in zip(took["Python"][of], took["command line"][of], strict=True))
        low, high = interval(rounds)
        print(f"{of}: {worlds} worlds, {rounds} rounds: Python takes {statistics.median(ratios):+.1f} % ({ratios[low]:+.1f} to {ratios[high]:+.1f}) against the command line")


if __name__ == "__main__":
    main()
