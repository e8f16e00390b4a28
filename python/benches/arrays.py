"""Scores of long arrays: this package beside scoringrules, scikit-learn and NumPy, in one process, with fixed seeds.

    python python/benches/arrays.py [ROWS]

For each work the least of five rounds of each, taken in turn, and how many times as long the other took: Markdown. Beside Rust itself: `against_rust.py`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy
import scoringrules
import sklearn.metrics
from _rounds import machine

from foretell import scores

ROWS = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000
ROUNDS = 5


def least(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The least time of each in seconds; one after the other in every round, so that a slow moment of the machine hits all alike."""
    times = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            times[name] = min(times[name], time.perf_counter() - begun)
    return times


def main() -> None:
    random = numpy.random.default_rng(1)
    p = random.uniform(size=ROWS)
    y = (random.uniform(size=ROWS) < p).astype(numpy.uint8)
    at, mean, sd = random.normal(size=ROWS), random.normal(size=ROWS), random.uniform(0.5, 2.0, size=ROWS)
    few = ROWS // 50
    draws = random.normal(size=(few, 50))
    levels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]
    quantiles = numpy.sort(random.normal(size=(few, 7)), axis=1)
    works: dict[str, dict[str, Callable[[], object]]] = {
        f"mean Brier and log score, {ROWS:,} rows": {
            "foretell": lambda: scores.binary_means(y, p),
            "scikit-learn": lambda: (sklearn.metrics.brier_score_loss(y, p), sklearn.metrics.log_loss(y, p)),
        },
        f"Brier score of each of {ROWS:,} rows": {
            "foretell": lambda: scores.brier(y, p),
            "NumPy": lambda: (p - y) ** 2,
            "scoringrules": lambda: scoringrules.brier_score(y, p),
        },
        f"CRPS of a normal law, {ROWS:,} rows": {
            "foretell": lambda: scores.crps_normal(at, mean, sd),
            "scoringrules": lambda: scoringrules.crps_normal(at, mean, sd),
        },
        f"CRPS of ensembles, {few:,} rows of 50 draws": {
            "foretell": lambda: scores.crps_ensemble(at[:few], draws),
            "scoringrules": lambda: scoringrules.crps_ensemble(at[:few], draws),
        },
        f"weighted interval score, {few:,} rows of 7 quantiles": {
            "foretell": lambda: scores.weighted_interval(at[:few], quantiles, levels),
            "scoringrules' CRPS of quantiles": lambda: scoringrules.crps_quantile(at[:few], quantiles, numpy.array(levels)),
        },
    }
    print(f"{machine()}; the least of {ROUNDS} rounds")
    print()
    print("| work | foretell | the other takes |")
    print("|---|--:|---|")
    for what, rivals in works.items():
        for work in rivals.values():
            work()
        times = least(rivals)
        ours = times.pop("foretell")
        others = ", ".join(f"{name} {time / ours:.1f} times as long" for name, time in times.items())
        print(f"| {what} | {1000 * ours:.0f} ms | {others} |", flush=True)


if __name__ == "__main__":
    main()
