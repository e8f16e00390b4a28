"""Scores of the probabilities of several options."""

from __future__ import annotations

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._shapes import Scores, by_rows, matrix_of, placed, pure, scored


__all__ = [
    "brier_all",
    "log_all",
    "ordinal_brier",
    "ranked_log",
    "rps",
    "rps_ensemble",
    "rps_normalised",
    "spherical",
]


def _of_options(rule: str, y: ArrayLike, p: ArrayLike, axis: int) -> Scores:
    """A rule for the probabilities of several options, which must be some."""
    outcomes, matrix, shape = matrix_of(pure(y, "y"), pure(p, "p"), axis)
    with numpy.errstate(invalid="ignore"):
        bad = ~((matrix >= 0.0).all(axis=1) & (abs(matrix.sum(axis=1) - 1.0) <= 1e-6))
    if bad.any():
        row = int(numpy.argmax(bad))
        said = f"row {row} has no score under {rule}: its probabilities must be at least 0 and sum to 1, but are {matrix[row]}"
        raise ValueError(placed(said, shape))
    return scored(rule, shape, lambda: _foretell.by_rows(rule, matrix, outcomes, []), outcomes, matrix)


def brier_all(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The Brier score of several options.

    ``sum_k (p_k - [k = y])²``, from 0 to 2; of two options twice `brier`. Lower is better.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, which sum to 1. Shape (..., options), broadcast, without ``axis``, against ``y``.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, probabilities are negative or do not sum to 1, or a number is NaN. The message names the row.

    Brier (1950), Mon. Weather Rev. 78, 1–3.

    Examples
    --------
    >>> brier_all([1, 0], [[0.5, 0.5], [0.9, 0.1]])
    array([0.5 , 0.02])
    """
    return _of_options("brier_all", y, p, axis)


def log_all(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The logarithmic score of several options; infinite where what happened was called impossible.

    ``-ln p_y``; the mean is scikit-learn's ``log_loss`` of labels and probabilities. Lower is better; in nats.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, which sum to 1. Shape (..., options), broadcast, without ``axis``, against ``y``.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, probabilities are negative or do not sum to 1, or a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_all([1, 0], [[0.5, 0.5], [1.0, 0.0]])
    array([0.69314718, 0.        ])
    """
    return _of_options("log_all", y, p, axis)


def spherical(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The spherical score of several options, as a loss.

    ``1 - p_y / |p|``, from 0 to 1, with ``|p|`` the Euclidean length. Lower is better.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, which sum to 1. Shape (..., options), broadcast, without ``axis``, against ``y``.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, probabilities are negative or do not sum to 1, or a number is NaN. The message names the row.

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, example 3, where more is better.

    Examples
    --------
    >>> spherical([1, 0], [[0.6, 0.4], [1.0, 0.0]])
    array([0.4452998, 0.       ])
    """
    return _of_options("spherical", y, p, axis)


def rps(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The ranked probability score of ordered options.

    ``sum_k (P_k - [y <= k])²`` over the borders between options, with ``P_k`` the probability of the options up to ``k``; from 0 to the number of borders. Lower is better.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, in their order, which sum to 1. Shape (..., options), broadcast, without ``axis``, against ``y``.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, probabilities are negative or do not sum to 1, or a number is NaN. The message names the row.

    Epstein (1969), J. Appl. Meteorol. 8, 985–987.

    Examples
    --------
    >>> rps([1, 0], [[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    array([0.13, 0.  ])
    """
    return _of_options("rps", y, p, axis)


def rps_normalised(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The ranked probability score of ordered options as a mean.

    `rps` divided by the number of borders, from 0 to 1; of two options `brier`. Lower is better.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, in their order, which sum to 1. Shape (..., options), broadcast, without ``axis``, against ``y``.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, probabilities are negative or do not sum to 1, there are fewer than two options, or a number is NaN. The message names the row.

    Epstein (1969), J. Appl. Meteorol. 8, 985–987.

    Examples
    --------
    >>> rps_normalised([1, 0], [[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    array([0.065, 0.   ])
    """
    return _of_options("rps_normalised", y, p, axis)


def ordinal_brier(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The Brier score of ordered options as Good Judgment Open counts it.

    The mean over borders of the two-sided Brier score: twice `rps_normalised`, from 0 to 2. Lower is better.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, in their order, which sum to 1. Shape (..., options), broadcast, without ``axis``, against ``y``.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, probabilities are negative or do not sum to 1, there are fewer than two options, or a number is NaN. The message names the row.

    Good Judgment Open's ordered-categories score; the sum is that of Epstein (1969), J. Appl. Meteorol. 8, 985–987.

    Examples
    --------
    >>> ordinal_brier([1, 0], [[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    array([0.13, 0.  ])
    """
    return _of_options("ordinal_brier", y, p, axis)


def ranked_log(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The ranked logarithmic score of ordered options; infinite where what happened at a border was called impossible.

    ``-sum_k ln |P_k - [y > k]|`` over the borders between options, with ``P_k`` the probability of the options up to ``k``. Lower is better; in nats.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, in their order, which sum to 1. Shape (..., options), broadcast, without ``axis``, against ``y``.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, probabilities are negative or do not sum to 1, or a number is NaN. The message names the row.

    Tödter and Ahrens (2012), Mon. Weather Rev. 140, 2005–2017.

    Examples
    --------
    >>> ranked_log([1, 0], [[0.2, 0.5, 0.3], [0.8, 0.1, 0.1]])
    array([0.5798185 , 0.32850407])
    """
    return _of_options("ranked_log", y, p, axis)


def rps_ensemble(y: ArrayLike, counts: ArrayLike, size: float | None = None, axis: int = -1) -> Scores:
    """The ranked probability score of an ensemble that counts its draws by ordered option.

    ``sum_k (P_k - [y <= k])² - P_k (1 - P_k)/(M - 1) (1 - M/size)`` over the borders, with ``P_k`` the share of the ``M`` draws in the options up to ``k``; the second term only
    with ``size``. Lower is better; from 0 to the number of borders, and below 0 where a size above the number of draws makes it so.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    counts
        Draws of each option along ``axis``, at least 0. Shape (..., options), broadcast, without ``axis``, against ``y``.
    size
        As an ensemble of so many draws would score on average, at least 1; ``inf`` for the fair score, that of what was sampled; the draws as they are if not given.
    axis
        Along which the options lie.

    Raises
    ------
    ValueError
        If there is no option of this place, a count is negative, there are no draws (fewer than two, with ``size``), ``size`` is below 1, or a number is NaN. The message names the row.

    Epstein (1969), J. Appl. Meteorol. 8, 985–987; ``size``: Ferro, Richardson and Weigel (2008), Meteorol. Appl. 15, 19–24; fair: Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.

    Examples
    --------
    >>> rps_ensemble(1, [1, 3, 4, 2])
    0.41
    """
    outcomes, draws = pure(y, "y"), pure(counts, "counts")
    if size is not None:
        return by_rows("rps_ensemble", outcomes, draws, axis, (size,))
    places, matrix, shape = matrix_of(outcomes, draws, axis)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        shares = matrix / matrix.sum(axis=1, keepdims=True)
    return rps(places.reshape(shape), shares.reshape(*shape, matrix.shape[1]))
