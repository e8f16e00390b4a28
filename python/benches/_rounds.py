"""Two works beside each other, round by round."""

from __future__ import annotations

import statistics


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


def ratio(here: list[float], there: list[float]) -> tuple[float, float, float]:
    """How many times as long one took as the other: of the ratios of the rounds the median, and the ends of its interval (David & Nagaraja 2003, Order Statistics, 7.1)."""
    ratios = sorted(one / other for one, other in zip(here, there, strict=True))
    low, high = interval(len(ratios))
    return statistics.median(ratios), ratios[low], ratios[high]


def machine() -> str:
    """The processor and its logical cores, as a line of a document has it."""
    import os
    import platform

    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), name)
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} logical cores"
