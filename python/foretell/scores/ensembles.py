"""Scores of draws."""

from __future__ import annotations

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._days import alike
from ._shapes import Floats, Scores, by_row_and_rest, by_rows, by_two_rows, elementwise, flattened, last, matrix_of, numbers, pure, scored


__all__ = [
    "absolute_error_of_median",
    "bandwidth",
    "brier_ensemble",
    "crps_ensemble",
    "crps_ensemble_threshold",
    "crps_normal_kernel",
    "dawid_sebastiani",
    "dawid_sebastiani_ensemble",
    "log_normal_kernel",
    "squared_error_of_mean",
]


def crps_ensemble(
    y: ArrayLike,
    draws: ArrayLike,
    axis: int = -1,
    fair: bool = False,
    weights: ArrayLike | None = None,
    size: float | None = None,
) -> Scores:
    """The CRPS of an ensemble.

    ``mean |x_i - y| - mean |x_i - x_j| / 2``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    axis
        Along which the draws lie.
    fair
        Estimate the CRPS of what the draws are from, not score the draws: pairs of a draw with itself are left out. It can be below 0.
    weights
        Weights of the draws, at least 0 and not all 0; they need not sum to 1. Shape (..., draws) or (draws,).
    size
        As an ensemble of so many draws would score on average, at least 1, so that ensembles of different sizes can be compared.

    Raises
    ------
    ValueError
        If there are no draws (fewer than two, with ``fair`` or ``size``), a number is not finite, weights are negative or all 0, or more than one of ``fair``, ``weights`` and ``size`` is
        given. The message names the row.

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (21); ``fair``: Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923; ``size``: Ferro, Richardson and
    Weigel (2008), Meteorol. Appl. 15, 19–24. scoringrules' ``crps_ensemble(y, draws, estimator="qd")`` and ``"fair"``.

    Examples
    --------
    >>> crps_ensemble(0.3, [0.0, 1.0, 0.2])
    0.14444444444444443
    >>> crps_ensemble(0.0, [1.0, 0.0], weights=[1, 3])
    0.0625
    >>> crps_ensemble([0.0, 2.0], [[1.0, 0.0], [1.0, 0.0]], fair=True)
    array([0., 1.])
    """
    if (weights is not None) + bool(fair) + (size is not None) > 1:
        raise ValueError("give one of `fair`, `weights` and `size`")
    if weights is not None:
        return by_two_rows("crps_ensemble_weighted", y, draws, pure(weights, "weights"), axis)
    if size is not None:
        return by_rows("crps_ensemble_resized", y, draws, axis, (size,))
    outcomes, matrix, shape = matrix_of(y, draws, axis)
    return scored(
        "crps_ensemble", shape, lambda: _foretell.crps_of_ensembles(matrix, outcomes, fair), outcomes, matrix, refuses_nan=True
    )


def crps_ensemble_threshold(y: ArrayLike, draws: ArrayLike, lower: float, upper: float, axis: int = -1) -> Scores:
    """The threshold-weighted CRPS of an ensemble: only what lies between two values counts.

    ``∫ (F(x) - [x >= y])² dx`` from ``lower`` to ``upper``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    lower, upper
        One number each, ``lower`` not above ``upper``; either may be infinite.
    axis
        Along which the draws lie.

    Raises
    ------
    ValueError
        If there are no draws, ``lower`` is above ``upper``, or a number is NaN. The message names the row.

    Gneiting and Ranjan (2011), J. Bus. Econ. Stat. 29, 411–422.

    Examples
    --------
    >>> crps_ensemble_threshold([0.3, 5.0], [0.0, 1.0, 2.0], lower=0.5, upper=float("inf"))
    array([0.33333333, 3.5       ])
    """
    y, draws, *bounds = alike({"y": y, "draws": draws, "lower": lower, "upper": upper})
    return by_rows("crps_ensemble_threshold", y, draws, axis, bounds)


def bandwidth(draws: ArrayLike, axis: int = -1) -> Scores:
    """The bandwidth that suits draws of a normal law: R's ``bw.nrd``. No score: it is neither better higher nor lower.

    ``1.06 min(s, IQR/1.34) M^(-1/5)`` with ``s`` the standard deviation of the ``M`` draws over ``M - 1``, in their unit.

    Parameters
    ----------
    draws
        Draws along ``axis``, at least two. Shape (..., draws); the bandwidths have shape (...).
    axis
        Along which the draws lie.

    Raises
    ------
    ValueError
        If there are fewer than two draws, half of them agree, a number is infinite or NaN. The message names the row.

    Scott (1992), Multivariate Density Estimation, after Silverman (1986).

    Examples
    --------
    >>> bandwidth([0.0, 1.0, 0.2, 0.7])
    0.3674008059952723
    """
    said = last(draws, axis)
    return by_rows("bandwidth", numpy.zeros(said.shape[:-1]), said, -1)


def _smoothed(rule: str, y: ArrayLike, draws: ArrayLike, width: ArrayLike | None, axis: int) -> Scores:
    if width is not None:
        y, draws, width = alike({"y": y, "draws": draws, "width": width})

    def widths(_: Floats, matrix: Floats, shape: tuple[int, ...]) -> Floats:
        said = numpy.reshape(bandwidth(matrix), shape) if width is None else numbers(width)
        return flattened(said, shape, 0).reshape(-1, 1)

    return by_row_and_rest(rule, y, draws, axis, widths)


def crps_normal_kernel(y: ArrayLike, draws: ArrayLike, width: ArrayLike | None = None, axis: int = -1) -> Scores:
    """The CRPS of draws that are smoothed by normal laws.

    ``mean A(y - x_i, h²) - mean A(x_i - x_j, 2h²) / 2`` with ``h`` the width and ``A(m, s²)`` the mean of the absolute value of a normal law. Takes time in proportion to the square of the
    number of draws. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    width
        Standard deviations of the normal laws, above 0, in the unit of ``y``; those of `bandwidth` if not given. Shape (...), broadcast against ``y``.
    axis
        Along which the draws lie.

    Raises
    ------
    ValueError
        If there are no draws (fewer than two, or half of them agree, without ``width``), ``width`` is not above 0, or a number is NaN. The message names the row.

    Grimit, Gneiting, Berrocal and Johnson (2006), Q. J. R. Meteorol. Soc. 132, 2925–2942. R's ``crps_sample(y, draws, method = "kde", bw = width)``.

    Examples
    --------
    >>> crps_normal_kernel(0.3, [0.0, 1.0, 0.2], width=0.5)
    0.16248733768549506
    """
    return _smoothed("crps_normal_kernel", y, draws, width, axis)


def log_normal_kernel(y: ArrayLike, draws: ArrayLike, width: ArrayLike | None = None, axis: int = -1) -> Scores:
    """The logarithmic score of draws that are smoothed by normal laws.

    ``-ln mean φ((y - x_i)/h)/h`` with ``h`` the width. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    width
        Standard deviations of the normal laws, above 0, in the unit of ``y``; those of `bandwidth` if not given. Shape (...), broadcast against ``y``.
    axis
        Along which the draws lie.

    Raises
    ------
    ValueError
        If there are no draws (fewer than two, or half of them agree, without ``width``), ``width`` is not above 0, or a number is NaN. The message names the row.

    Krüger, Lerch, Thorarinsdottir and Gneiting (2021), Int. Stat. Rev. 89, 274–301. R's ``logs_sample(y, draws, bw = width)``.

    Examples
    --------
    >>> log_normal_kernel(0.3, [0.0, 1.0, 0.2], width=0.5)
    0.5401460040122178
    """
    return _smoothed("log_normal_kernel", y, draws, width, axis)


def brier_ensemble(
    y: ArrayLike, draws: ArrayLike, threshold: float, axis: int = -1, fair: bool = False, size: float | None = None
) -> Scores:
    """The Brier score of an ensemble for the event that the value is at least a threshold.

    ``(share - [y >= threshold])²`` with ``share`` that of the draws that are at least ``threshold``; from 0 to 1. Lower is better.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    threshold
        One number, in the unit of ``y``.
    axis
        Along which the draws lie.
    fair
        Estimate the score of what the draws are from, not score the draws. It can be below 0.
    size
        As an ensemble of so many draws would score on average, at least 1.

    Raises
    ------
    ValueError
        If there are no draws (fewer than two, with ``fair`` or ``size``), ``size`` is below 1, both it and ``fair`` are given, or a number is NaN. The message names the row.

    Brier (1950), Mon. Weather Rev. 78, 1–3; ``fair``: Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923; ``size``: Ferro, Richardson and Weigel (2008), Meteorol. Appl. 15, 19–24.

    Examples
    --------
    >>> brier_ensemble([0.3, 2.0], [0.0, 1.0, 2.0, 3.0], threshold=1.0)
    array([0.5625, 0.0625])
    """
    if fair and size is not None:
        raise ValueError("give one of `fair` and `size`")
    y, draws, threshold = alike({"y": y, "draws": draws, "threshold": threshold})
    if size is not None:
        return by_rows("brier_ensemble_resized", y, draws, axis, (threshold, size))
    return by_rows("brier_ensemble_fair" if fair else "brier_ensemble", y, draws, axis, (threshold,))


def dawid_sebastiani(y: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Scores:
    """The Dawid–Sebastiani score of a forecast of this mean and standard deviation.

    ``((y - mean)/sd)² + 2 ln sd``. Lower is better; it can be negative, and is twice `log_normal` but for a constant, so that another unit adds one.

    Parameters
    ----------
    y
        What happened. Shape (...).
    mean, sd
        Mean and standard deviation, the latter above 0; in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``sd`` is not above 0, or a number is not finite. The message names the row.

    Dawid and Sebastiani (1999), Ann. Stat. 27, 65–81.

    Examples
    --------
    >>> dawid_sebastiani([0.0, 3.0], mean=0.0, sd=2.0)
    array([1.38629436, 3.63629436])
    """
    return elementwise("dawid_sebastiani", y, mean, sd)


def dawid_sebastiani_ensemble(y: ArrayLike, draws: ArrayLike, axis: int = -1, ddof: int = 0) -> Scores:
    """The Dawid–Sebastiani score of the mean and spread of an ensemble.

    `dawid_sebastiani` of the mean of the draws and their standard deviation. Lower is better; another unit adds a constant.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    axis
        Along which the draws lie.
    ddof
        The variance is divided by the number of draws less this, 0 or 1.

    Raises
    ------
    ValueError
        If there are fewer than two draws, all of them agree, ``ddof`` is neither 0 nor 1, or a number is not finite. The message names the row.

    Dawid and Sebastiani (1999), Ann. Stat. 27, 65–81.

    Examples
    --------
    >>> dawid_sebastiani_ensemble(0.0, [-1.0, 1.0])
    0.0
    """
    if ddof not in (0, 1):
        raise ValueError(f"ddof is 0 or 1, not {ddof}")
    rule = "dawid_sebastiani_ensemble_unbiased" if ddof else "dawid_sebastiani_ensemble"
    return by_rows(rule, y, draws, axis)


def absolute_error_of_median(y: ArrayLike, draws: ArrayLike, axis: int = -1) -> Scores:
    """How far the median of an ensemble lies from what happened.

    ``|median - y|``, with the mean of the two in the middle of an even number of draws. Lower is better, for the median alone; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    axis
        Along which the draws lie.

    Raises
    ------
    ValueError
        If there are no draws, or a number is NaN. The message names the row.

    Gneiting (2011), J. Am. Stat. Assoc. 106, 746–762.

    Examples
    --------
    >>> absolute_error_of_median([0.3, 2.0], [0.0, 1.0, 4.0])
    array([0.7, 1. ])
    """
    return by_rows("absolute_error_of_median", y, draws, axis)


def squared_error_of_mean(y: ArrayLike, draws: ArrayLike, axis: int = -1) -> Scores:
    """How far the mean of an ensemble lies from what happened, squared.

    ``(mean - y)²``. Lower is better, for the mean alone; in the square of the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    axis
        Along which the draws lie.

    Raises
    ------
    ValueError
        If there are no draws, or a number is NaN. The message names the row.

    Gneiting (2011), J. Am. Stat. Assoc. 106, 746–762.

    Examples
    --------
    >>> squared_error_of_mean([0.0, 3.0], [0.0, 1.0, 2.0])
    array([1., 4.])
    """
    return by_rows("squared_error_of_mean", y, draws, axis)
