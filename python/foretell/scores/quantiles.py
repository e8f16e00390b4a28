"""Scores of quantiles and intervals, in the unit of what happened."""

from __future__ import annotations

from typing import NamedTuple

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._shapes import Floats, Scores, elementwise, matrix_of, numbers, placed, scored, shaped


__all__ = [
    "IntervalParts",
    "crps_quantiles",
    "interval",
    "mean_pinball",
    "pinball",
    "quantile_bias",
    "weighted_interval",
]


def _levels(levels: ArrayLike) -> Floats:
    """Levels as doubles: one of fewer digits is the number that it is printed as, since 0.1 and 0.9 of `float32` are not symmetric about 1/2."""
    at = numpy.asarray(levels)
    return numbers([float(str(one)) for one in at] if at.dtype in (numpy.float16, numpy.float32) and at.ndim == 1 else levels)


def _checked(rule: str, matrix: Floats, levels: ArrayLike, shape: tuple[int, ...]) -> list[float]:
    """Levels, which must increase between 0 and 1, of quantiles, which must not fall."""
    at = _levels(levels)
    if at.ndim != 1:
        raise ValueError(f"{rule}: levels are a list, such as [0.5], not of shape {at.shape}")
    if at.size != matrix.shape[1]:
        raise ValueError(f"{rule}: {matrix.shape[1]} quantiles need as many levels, not {at.size}")
    if not ((at > 0.0) & (at < 1.0)).all() or not (numpy.diff(at) > 0.0).all():
        raise ValueError(f"{rule}: levels must increase between 0 and 1, but are {at}")
    with numpy.errstate(invalid="ignore"):
        bad = (numpy.diff(matrix, axis=1) < 0.0).any(axis=1)
    if bad.any():
        row = int(numpy.argmax(bad))
        raise ValueError(placed(f"row {row} has no score under {rule}: its quantiles fall, {matrix[row]}", shape))
    return [float(level) for level in at]


def _of_quantiles(rule: str, y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int) -> Scores:
    outcomes, matrix, shape = matrix_of(y, q, axis)
    shared = _checked(rule, matrix, levels, shape)
    return scored(rule, shape, lambda: _foretell.by_rows(rule, matrix, outcomes, shared), outcomes, matrix)


def pinball(y: ArrayLike, q: ArrayLike, level: ArrayLike) -> Scores:
    """The pinball loss of a quantile: ``(y - q) level`` above it, ``(q - y)(1 - level)`` below. Shapes (...).

    The mean is scikit-learn's ``mean_pinball_loss(y, q, alpha=level)``. Koenker and Bassett (1978), Econometrica 46, 33–50.
    """
    return elementwise("pinball", y, q, level)


def mean_pinball(y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1) -> Scores:
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


def crps_quantiles(y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1) -> Scores:
    """The CRPS as far as quantiles tell it: twice the mean pinball loss over the levels. Shapes as in `mean_pinball`."""
    return _of_quantiles("crps_quantiles", y, q, levels, axis)


def quantile_bias(y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1) -> Scores:
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
    y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1, whole_median: bool = False
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
    at = _checked("weighted_interval", matrix, levels, shape)
    try:
        parts = _foretell.wis_of_quantiles(matrix, at, outcomes, whole_median)
    except ValueError as problem:
        raise ValueError(placed(str(problem), shape)) from None
    return IntervalParts(*(shaped(part, shape) for part in parts))
