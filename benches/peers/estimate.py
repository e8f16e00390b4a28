"""The cost estimate: its parameters, and the exact quantiles of `y` and `T` by convolution on a grid.

    y = a b + c + m + t exp(-0.02 T)
"""

import math

import numpy as np

LEVELS = (0.05, 0.5, 0.95)
_NORMAL_95 = 1.6448536269514722


def lognormal(low, high):
    """Mean and standard deviation of the logarithm, 90 % sure of `low` to `high`."""
    return (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * _NORMAL_95)


A, B, C = lognormal(1, 10), lognormal(0.5, 4), lognormal(2, 20)
AB = (A[0] + B[0], math.hypot(A[1], B[1]))


def date(exponential):
    """The day on which a hazard of 0.03, from day 12 on 0.06, from day 24 on 0.015, has added up to this."""
    return np.where(
        exponential < 0.36,
        exponential / 0.03,
        np.where(exponential < 1.08, 12 + (exponential - 0.36) / 0.06, 24 + (exponential - 1.08) / 0.015),
    )


def quantile_places(worlds):
    """The order statistics that stand for the levels."""
    return [int(level * (worlds - 1)) for level in LEVELS]


def exact():
    """The six quantiles (of `y`, then of `T`) and the density at each."""
    step, start, count = 0.004, -20.0, 1 << 19
    edges = start + step * np.arange(count + 1)
    normal = np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)), otypes=[float])

    def masses(cdf):
        return np.diff(cdf)

    def log_normal(parameters):
        mean, deviation = parameters
        cdf = np.zeros(count + 1)
        positive = edges > 0
        cdf[positive] = normal((np.log(edges[positive]) - mean) / deviation)
        return masses(cdf)

    mixture = 0.6 * masses(normal((edges - 5) / 2)) + 0.3 * log_normal((1, 0.5))
    mixture += 0.1 * masses(np.clip(edges / 30, 0, 1))
    # The cdf of t exp(-0.02 T) is the mean over T of the cdf of t, stretched.
    below, kept = normal(-2), normal(2) - normal(-2)
    fine = np.linspace(0, 20, 20001)
    of_t = (normal((fine - 10) / 5) - below) / kept
    survivals = (np.arange(4000) + 0.5) / 4000
    few = np.linspace(0, 20, 2001)
    benefit = np.mean([np.interp(few * g, fine, of_t) for g in np.exp(0.02 * date(-np.log(survivals)))], axis=0)
    benefit = masses(np.interp(edges, few, benefit))

    spectrum = np.ones(count // 2 + 1, complex)
    for part in (log_normal(AB), log_normal(C), mixture, benefit):
        # Each part's mass sits in the middle of its cell, so four parts are shifted by two cells.
        spectrum = spectrum * np.fft.rfft(np.roll(part, round(start / step)))
    total = np.roll(np.fft.irfft(spectrum, count), -round(start / step))
    cdf = np.cumsum(total)
    values, densities = [], []
    for level in LEVELS:
        values.append(np.interp(level, cdf, edges[1:] + 1.5 * step))
        densities.append(np.interp(values[-1], edges[1:] + 1.5 * step, total / step))
    for level in LEVELS:
        day = float(date(np.array(-math.log(1 - level))))
        values.append(day)
        hazard = 0.03 if day < 12 else 0.06 if day < 24 else 0.015
        densities.append(hazard * (1 - level))
    return np.array(values), np.array(densities)


if __name__ == "__main__":
    print(*exact(), sep="\n")
