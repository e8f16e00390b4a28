"""Scores of yes/no forecasts."""

from __future__ import annotations

from typing import NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray

from .. import _foretell
from ._shapes import Scores, elementwise, numbers


__all__ = [
    "BinaryMeans",
    "binary_means",
    "brier",
    "log",
]


def brier(y: ArrayLike, p: ArrayLike) -> Scores:
    """The Brier score ``(p - y)²``, from 0 to 1.

    Parameters
    ----------
    y
        1 where it happened, 0 where not. Shape (...).
    p
        Probabilities of 1. Shape (...).

    Brier (1950), Mon. Weather Rev. 78, 1–3.

    Examples
    --------
    >>> brier([1, 0], [0.8, 0.1])
    array([0.04, 0.01])
    """
    return elementwise("brier", y, p)


def log(y: ArrayLike, p: ArrayLike, floor: float | None = None) -> Scores:
    """The logarithmic score ``-ln p`` of the outcome, in nats; infinite where what happened was called impossible.

    Parameters
    ----------
    y
        1 where it happened, 0 where not. Shape (...).
    p
        Probabilities of 1. Shape (...).
    floor
        Probabilities of the outcome below it are raised to it.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.
    """
    return elementwise("log", y, p) if floor is None else elementwise("log_floored", y, p, floor)


class BinaryMeans(NamedTuple):
    """Means over yes/no forecasts.

    `bins` has a row for each bin of probabilities: forecasts, events, and the sum of the probabilities.
    """

    brier: float
    log: float
    forecasts: int
    raised: int
    infinite: int
    bins: NDArray[numpy.float64]


def binary_means(y: ArrayLike, p: ArrayLike, bins: int = 10) -> BinaryMeans:
    """Mean Brier and log score and the bins of a reliability diagram, in one pass.

    ``brier`` is scikit-learn's ``brier_score_loss``, ``log`` its ``log_loss``, but that probabilities of what happened below 1e-6 are raised to that, as the command line does;
    ``raised`` counts those, ``infinite`` those that were 0.

    Parameters
    ----------
    y
        1 where it happened, 0 where not. Shape (n,).
    p
        Probabilities of 1. Shape (n,).
    bins
        Bins of equal width; each holds its upper edge.
    """
    probabilities = numpy.ascontiguousarray(numbers(p)).reshape(-1)
    outcomes = numbers(y).reshape(-1)
    happened = (outcomes == 1.0).astype(numpy.uint8)
    if not numpy.array_equal(happened, outcomes):
        row = int(numpy.argmax(happened != outcomes))
        raise ValueError(f"row {row}: what happened is 0 or 1, not {outcomes[row]}")
    (brier, log, forecasts, raised, infinite), rows = _foretell.binary(probabilities, happened, bins)
    return BinaryMeans(brier, log, forecasts, raised, infinite, numpy.array(rows, dtype=numpy.float64))
