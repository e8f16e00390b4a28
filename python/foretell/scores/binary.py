"""Scores of yes/no forecasts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray

from .. import _foretell
from ._shapes import Scores, elementwise, of_outcomes, pure


__all__ = [
    "BinaryMeans",
    "binary_means",
    "brier",
    "log",
]

#: The most bins of probabilities, as the library has it.
MOST_BINS = 1000


def brier(y: ArrayLike, p: ArrayLike) -> Scores:
    """The Brier score of a yes/no forecast.

    ``(p - y)²``, from 0 to 1; 1/4 is what 1/2 always gets. Lower is better; it has no unit.

    Parameters
    ----------
    y
        1 where it happened, 0 where not. Shape (...).
    p
        Probabilities of 1, from 0 to 1. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``y`` is neither 0 nor 1, ``p`` lies outside of 0 to 1, or a number is NaN. The message names the row.

    Brier (1950), Mon. Weather Rev. 78, 1–3.

    Examples
    --------
    >>> brier([1, 0], [0.8, 0.1])
    array([0.04, 0.01])
    >>> brier([[1], [0]], [0.2, 0.4, 0.9]).shape
    (2, 3)
    """
    return of_outcomes("brier", y, p)


def log(y: ArrayLike, p: ArrayLike, floor: float | None = None) -> Scores:
    """The logarithmic score of a yes/no forecast; infinite where what happened was called impossible.

    ``-ln p`` of what happened, which is ``p`` where ``y`` is 1 and ``1 - p`` where it is 0; ln 2 = 0.693 is what 1/2 always gets. Lower is better; in nats.

    Parameters
    ----------
    y
        1 where it happened, 0 where not. Shape (...).
    p
        Probabilities of 1, from 0 to 1. Shape (...), broadcast against ``y``.
    floor
        Probabilities of what happened below it are raised to it; above 0 and below 1. Not raised if not given.

    Raises
    ------
    ValueError
        If ``y`` is neither 0 nor 1, ``p`` lies outside of 0 to 1, ``floor`` is not between 0 and 1, or a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log([1, 1], [0.8, 0.0])
    array([0.22314355,        inf])
    >>> log([1, 1], [0.8, 0.0], floor=1e-6)
    array([ 0.22314355, 13.81551056])
    """
    return of_outcomes("log", y, p) if floor is None else elementwise("log_floored", y, p, floor)


class BinaryMeans(NamedTuple):
    """Means over yes/no forecasts.

    `bins` has a row for each bin of probabilities: forecasts, events, and the sum of the probabilities. Shape (bins, 3).
    """

    brier: float
    log: float
    forecasts: int
    raised: int
    infinite: int
    bins: NDArray[numpy.float64]


def _happened(y: ArrayLike) -> NDArray[numpy.uint8]:
    """What happened as 0 and 1, of a byte each; what is so already is not copied."""
    if type(y) is numpy.ndarray and y.dtype in (numpy.bool_, numpy.uint8):
        outcomes: NDArray[Any] = numpy.ascontiguousarray(y).reshape(-1)
        happened = outcomes.view(numpy.uint8)
        bad = happened > 1
    else:
        outcomes = pure(y, "y").reshape(-1)
        happened = (outcomes == 1.0).astype(numpy.uint8)
        bad = happened != outcomes
    if bad.any():
        row = int(numpy.argmax(bad))
        raise ValueError(f"row {row}: what happened is 0 or 1, not {outcomes[row]}")
    return happened


def binary_means(y: ArrayLike, p: ArrayLike, bins: int = 10) -> BinaryMeans:
    """Mean Brier and log score and the bins of a reliability diagram, in one pass.

    ``brier`` is scikit-learn's ``brier_score_loss``, ``log`` its ``log_loss`` in nats, but that probabilities of what happened below 1e-6 are raised to that, as the command line does;
    ``raised`` counts those, ``infinite`` those that were 0. Lower is better, of both.

    Parameters
    ----------
    y
        1 where it happened, 0 where not. Shape (n,); others are flattened.
    p
        Probabilities of 1, from 0 to 1. Shape (n,).
    bins
        How many bins of equal width, from 1 to 1000; each holds its upper edge, the first one 0, too.

    Raises
    ------
    ValueError
        If ``y`` is neither 0 nor 1, ``p`` lies outside of 0 to 1, the lengths differ, or there are no forecasts or no bins. The message names the row.

    Brier (1950), Mon. Weather Rev. 78, 1–3; Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> means = binary_means([1, 0], [0.8, 0.1], bins=2)
    >>> round(means.brier, 6), means.forecasts
    (0.025, 2)
    >>> means.bins        # forecasts, events, sum of the probabilities
    array([[1. , 0. , 0.1],
           [1. , 1. , 0.8]])
    """
    probabilities = numpy.ascontiguousarray(pure(p, "p")).reshape(-1)
    happened = _happened(y)
    if isinstance(bins, bool) or not isinstance(bins, (int, numpy.integer)):
        raise TypeError(f"bins is a whole number from 1 to {MOST_BINS}, not {bins!r}")
    if not 1 <= bins <= MOST_BINS:
        raise ValueError(f"bins is a whole number from 1 to {MOST_BINS}, not {bins}")
    (brier, log, forecasts, raised, infinite), rows = _foretell.binary(probabilities, happened, int(bins))
    return BinaryMeans(brier, log, forecasts, raised, infinite, numpy.array(rows, dtype=numpy.float64))
