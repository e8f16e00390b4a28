"""A run from Python beside the same run of the command line.

    FORETELL=target/release/foretell python python/benches/against_command_line.py [WORLDS [ROUNDS]]

In every round one after the other, who begins changing from round to round: a call from Python against a whole process of the command line. Of each the least, median
and most, and of the rounds' ratios the median with its interval; by wall clock, and by CPU seconds of all threads, which other programs on the machine disturb less. The table that is printed is Markdown.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from _rounds import machine, ratio

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
    print(f"{machine()}; {worlds:,} worlds, {rounds} rounds")
    print()
    print("| by | Python: least, median, most | command line: least, median, most | Python takes, against the command line |")
    print("|---|--:|--:|--:|")
    for of in ("CPU", "wall"):
        sides = [took[name][of] for name in took]
        cells = [f"{min(times):.3f}, {statistics.median(times):.3f}, {max(times):.3f} s" for times in sides]
        more = "{:+.1f} % ({:+.1f} to {:+.1f})".format(*(100 * (share - 1) for share in ratio(*sides)))
        print(f"| {of} | {' | '.join(cells)} | {more} |")


if __name__ == "__main__":
    main()
