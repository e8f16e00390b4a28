"""Scores of quantiles and intervals, in the unit of what happened."""

from __future__ import annotations

from typing import NamedTuple

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._shapes import Floats, Scores, elementwise, matrix_of, placed, pure, scored, shaped


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
    is_of_few_digits = at.dtype in (numpy.float16, numpy.float32) and at.ndim == 1
    return pure([float(str(one)) for one in at] if is_of_few_digits else levels, "levels")


def _checked(rule: str, matrix: Floats, levels: ArrayLike, shape: tuple[int, ...]) -> list[float]:
    """Levels, which must increase between 0 and 1, of quantiles, which must not fall."""
    at = _checked_levels(rule, matrix, levels)
    _check_rising(rule, matrix, shape)
    return at


def _checked_levels(rule: str, matrix: Floats, levels: ArrayLike) -> list[float]:
    at = _levels(levels)
    if at.ndim != 1:
        raise ValueError(f"{rule}: levels are a list, such as [0.5], not of shape {at.shape}")
    if at.size != matrix.shape[1]:
        raise ValueError(f"{rule}: {matrix.shape[1]} quantiles need as many levels, not {at.size}")
    if not ((at > 0.0) & (at < 1.0)).all() or not (numpy.diff(at) > 0.0).all():
        raise ValueError(f"{rule}: levels must increase between 0 and 1, but are {at}")
    return [float(level) for level in at]


def _check_rising(rule: str, matrix: Floats, shape: tuple[int, ...]) -> None:
    row = _foretell.falling_row(matrix)
    if row is not None:
        raise ValueError(placed(f"row {row} has no score under {rule}: its quantiles fall, {matrix[row]}", shape))


def _of_quantiles(rule: str, y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int) -> Scores:
    outcomes, matrix, shape = matrix_of(y, q, axis, "q")
    shared = _checked(rule, matrix, levels, shape)
    return scored(rule, shape, lambda: _foretell.by_rows(rule, matrix, outcomes, shared), outcomes, matrix)


def pinball(y: ArrayLike, q: ArrayLike, level: ArrayLike) -> Scores:
    """The pinball loss of a quantile.

    ``(y - q) level`` above it, ``(q - y)(1 - level)`` below. Lower is better; in the unit of ``y``. The mean is scikit-learn's ``mean_pinball_loss(y, q, alpha=level)``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    q
        Quantiles, in the unit of ``y``. Shape (...), broadcast against ``y``.
    level
        Their levels, above 0 and below 1. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``level`` is not between 0 and 1, or a number is not finite. The message names the row.

    Koenker and Bassett (1978), Econometrica 46, 33–50.

    Examples
    --------
    >>> pinball([1.0, 3.0], q=2.0, level=0.9)
    array([0.1, 0.9])
    """
    return elementwise("pinball", y, q, level)


def mean_pinball(y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1) -> Scores:
    """The mean pinball loss over quantiles of some levels.

    The mean of `pinball` over the levels. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    q
        Quantiles along ``axis`` that do not fall, in the unit of ``y``. Shape (..., levels), broadcast, without ``axis``, against ``y``.
    levels
        Their levels, increasing between 0 and 1. Shape (levels,), for all rows.
    axis
        Along which the quantiles lie.

    Raises
    ------
    ValueError
        If the levels do not increase between 0 and 1 or are not as many as the quantiles, these fall, or a number is NaN. The message names the row.

    Koenker and Bassett (1978), Econometrica 46, 33–50.

    Examples
    --------
    >>> mean_pinball([1.0, 3.5], [0.0, 2.0, 3.0], [0.1, 0.5, 0.9])
    array([0.26666667, 0.51666667])
    """
    return _of_quantiles("mean_pinball", y, q, levels, axis)


def crps_quantiles(y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1) -> Scores:
    """The CRPS as far as quantiles tell it.

    Twice the mean pinball loss over the levels; near to the CRPS where these are many and evenly spaced. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    q
        Quantiles along ``axis`` that do not fall, in the unit of ``y``. Shape (..., levels), broadcast, without ``axis``, against ``y``.
    levels
        Their levels, increasing between 0 and 1. Shape (levels,), for all rows.
    axis
        Along which the quantiles lie.

    Raises
    ------
    ValueError
        If the levels do not increase between 0 and 1 or are not as many as the quantiles, these fall, or a number is NaN. The message names the row.

    Laio and Tamea (2007), Hydrol. Earth Syst. Sci. 11, 1267–1277.

    Examples
    --------
    >>> crps_quantiles([1.0, 3.5], [0.0, 2.0, 3.0], [0.1, 0.5, 0.9])
    array([0.53333333, 1.03333333])
    """
    return _of_quantiles("crps_quantiles", y, q, levels, axis)


def quantile_bias(y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1) -> Scores:
    """On which side of a forecast by quantiles the outcome lies. No score: a mean near to 0 is what an unbiased forecaster has.

    ``1 - 2 max{level : q <= y}`` below the median (1 below all quantiles), ``1 - 2 min{level : q >= y}`` above it (-1 above all), 0 at it: above 0 where the forecast was too high.

    Parameters
    ----------
    y
        What happened. Shape (...).
    q
        Quantiles along ``axis`` that do not fall, in the unit of ``y``. Shape (..., levels), broadcast, without ``axis``, against ``y``.
    levels
        Their levels, increasing between 0 and 1; a median that is not among them is interpolated. Shape (levels,), for all rows.
    axis
        Along which the quantiles lie.

    Raises
    ------
    ValueError
        If the levels do not increase between 0 and 1 or are not as many as the quantiles, these fall, the median cannot be known, or a number is NaN. The message names the row.

    Bosse et al. (2022), arXiv:2205.07090.

    Examples
    --------
    >>> quantile_bias([1.0, 3.5], [0.0, 2.0, 3.0], [0.1, 0.5, 0.9])
    array([ 0.8, -1. ])
    """
    return _of_quantiles("quantile_bias", y, q, levels, axis)


def interval(y: ArrayLike, lower: ArrayLike, upper: ArrayLike, alpha: ArrayLike) -> Scores:
    """The interval score of a central interval that is to hold what happens with probability ``1 - alpha``.

    ``upper - lower``, and ``2/alpha`` times how far what happened lies outside. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    lower, upper
        Ends of the intervals, ``lower`` not above ``upper``; in the unit of ``y``. Shapes (...), broadcast against ``y``.
    alpha
        What is to lie outside, above 0 and below 1. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``lower`` is above ``upper``, ``alpha`` is not between 0 and 1, or a number is not finite. The message names the row.

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (43).

    Examples
    --------
    >>> interval([1.0, 4.0], lower=0.0, upper=3.0, alpha=0.5)
    array([3., 7.])
    """
    return elementwise("interval", y, lower, upper, alpha)


class IntervalParts(NamedTuple):
    """The weighted interval score and its parts, whose sum it is. Lower is better; each of the shape of the scores."""

    score: Scores
    dispersion: Scores
    underprediction: Scores
    overprediction: Scores


def weighted_interval(
    y: ArrayLike, q: ArrayLike, levels: ArrayLike, axis: int = -1, whole_median: bool = False
) -> IntervalParts:
    """The weighted interval score of a median and central intervals, with what it is made of.

    ``(w |y - median| + sum_k alpha_k/2 interval_k) / (K + w)`` over ``K`` central intervals, with ``w`` 1/2 or, with ``whole_median``, 1. Lower is better, of the parts, too; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    q
        Quantiles along ``axis`` that do not fall, in the unit of ``y``. Shape (..., levels), broadcast, without ``axis``, against ``y``.
    levels
        Their levels, increasing, symmetric about 1/2, with 1/2 among them. Shape (levels,), for all rows.
    axis
        Along which the quantiles lie.
    whole_median
        Weigh the median with 1 instead of 1/2.

    Returns
    -------
    IntervalParts
        ``score`` and what it is the sum of, ``dispersion``, ``underprediction`` and ``overprediction``. Each of shape (...).

    Raises
    ------
    ValueError
        If the levels are not such or not as many as the quantiles, these fall, or a number is not finite. The message names the row.

    Bracher et al. (2021), PLoS Comput. Biol. 17(2), e1008618.

    Examples
    --------
    >>> parts = weighted_interval([10.0, 5.0], [2.0, 5.0, 9.0], [0.25, 0.5, 0.75])
    >>> parts.score
    array([3.5       , 1.16666667])
    >>> parts.underprediction
    array([2.33333333, 0.        ])
    """
    outcomes, matrix, shape = matrix_of(y, q, axis, "q")
    at = _checked_levels("weighted_interval", matrix, levels)
    try:
        parts = _foretell.wis_of_quantiles(matrix, at, outcomes, whole_median)
    except ValueError as problem:
        _check_rising("weighted_interval", matrix, shape)
        raise ValueError(placed(str(problem), shape)) from None
    return IntervalParts(*(shaped(part, shape) for part in parts))
