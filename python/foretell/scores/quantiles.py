"""Scores of quantiles and intervals, in the unit of what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._shapes import Floats, Scores, elementwise, matrix_of, shaped


__all__ = [
    "IntervalParts",
    "crps_quantiles",
    "interval",
    "mean_pinball",
    "pinball",
    "quantile_bias",
    "weighted_interval",
]


def _check_quantiles(rule: str, matrix: Floats, levels: Sequence[float]) -> None:
    """Levels must increase between 0 and 1, and quantiles not fall."""
    at = numpy.asarray(levels, dtype=numpy.float64)
    if at.shape != (matrix.shape[1],):
        raise ValueError(f"{rule}: {matrix.shape[1]} quantiles need as many levels, not {at.size}")
    if not ((at > 0.0) & (at < 1.0)).all() or not (numpy.diff(at) > 0.0).all():
        raise ValueError(f"{rule}: levels must increase between 0 and 1, but are {at}")
    with numpy.errstate(invalid="ignore"):
        bad = (numpy.diff(matrix, axis=1) < 0.0).any(axis=1)
    if bad.any():
        row = int(numpy.argmax(bad))
        raise ValueError(f"row {row} has no score under {rule}: its quantiles fall, {matrix[row]}")


def _of_quantiles(rule: str, y: ArrayLike, q: ArrayLike, levels: Sequence[float], axis: int) -> Scores:
    outcomes, matrix, shape = matrix_of(y, q, axis)
    _check_quantiles(rule, matrix, levels)
    return shaped(_foretell.by_rows(rule, matrix, outcomes, [float(level) for level in levels]), shape)


def pinball(y: ArrayLike, q: ArrayLike, level: ArrayLike) -> Scores:
    """The pinball loss of a quantile: ``(y - q) level`` above it, ``(q - y)(1 - level)`` below. Shapes (...).

    The mean is scikit-learn's ``mean_pinball_loss(y, q, alpha=level)``. Koenker and Bassett (1978), Econometrica 46, 33–50.
    """
    return elementwise("pinball", y, q, level)


def mean_pinball(y: ArrayLike, q: ArrayLike, levels: Sequence[float], axis: int = -1) -> Scores:
    """The mean pinball loss over quantiles of some levels.

    Parameters
    ----------
    y
        What happened. Shape (...).
    q
        Quantiles along ``axis``. Shape (..., levels).
    levels
        Their levels, increasing between 0 and 1.
    """
    return _of_quantiles("mean_pinball", y, q, levels, axis)


def crps_quantiles(y: ArrayLike, q: ArrayLike, levels: Sequence[float], axis: int = -1) -> Scores:
    """The CRPS as far as quantiles tell it: twice the mean pinball loss over the levels. Shapes as in `mean_pinball`."""
    return _of_quantiles("crps_quantiles", y, q, levels, axis)


def quantile_bias(y: ArrayLike, q: ArrayLike, levels: Sequence[float], axis: int = -1) -> Scores:
    """Bias from -1 (all quantiles below what happened) to 1. Shapes as in `mean_pinball`."""
    return _of_quantiles("quantile_bias", y, q, levels, axis)


def interval(y: ArrayLike, lower: ArrayLike, upper: ArrayLike, alpha: ArrayLike) -> Scores:
    """The interval score of a central ``1 - alpha`` interval: its width, and ``2/alpha`` times how far what happened lies outside. Shapes (...).

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (43).
    """
    return elementwise("interval", y, lower, upper, alpha)


class IntervalParts(NamedTuple):
    """The weighted interval score and its parts, whose sum it is."""

    score: Scores
    dispersion: Scores
    underprediction: Scores
    overprediction: Scores


def weighted_interval(
    y: ArrayLike, q: ArrayLike, levels: Sequence[float], axis: int = -1, whole_median: bool = False
) -> IntervalParts:
    """The weighted interval score of a median and central intervals, with what it is made of.

    Parameters
    ----------
    y
        What happened. Shape (...).
    q
        Quantiles along ``axis``. Shape (..., levels).
    levels
        Their levels: increasing, symmetric about 1/2, with 1/2 among them.
    whole_median
        Weigh the median with 1 instead of 1/2.

    Bracher et al. (2021), PLoS Comput. Biol. 17(2), e1008618.
    """
    outcomes, matrix, shape = matrix_of(y, q, axis)
    _check_quantiles("weighted_interval", matrix, levels)
    parts = _foretell.wis_of_quantiles(matrix, [float(level) for level in levels], outcomes, whole_median)
    return IntervalParts(*(shaped(part, shape) for part in parts))
