"""Scores of draws of several numbers at once."""

from __future__ import annotations

import itertools

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._days import alike
from ._shapes import Floats, Scores, flattened, numbers, pure, scored


__all__ = [
    "dawid_sebastiani_vectors",
    "energy",
    "variogram",
]


def _vectors(y: ArrayLike, draws: ArrayLike) -> tuple[Floats, Floats, tuple[int, ...]]:
    """What happened as a row of components each, the draws of each, and the shape of the scores."""
    outcomes, said = map(numbers, alike({"y": y, "draws": draws}))
    if said.ndim < 2 or outcomes.ndim < 1 or said.shape[-1] != outcomes.shape[-1] or 0 in said.shape[-2:]:
        raise ValueError(f"y is (..., components) and draws (..., draws, components), but these are {outcomes.shape} and {said.shape}")
    shape = numpy.broadcast_shapes(outcomes.shape[:-1], said.shape[:-2])
    return flattened(outcomes, shape, 1), flattened(said, shape, 2), shape


def energy(y: ArrayLike, draws: ArrayLike, fair: bool = False) -> Scores:
    """The energy score of an ensemble of vectors.

    ``mean |x_i - y| - mean |x_i - x_j| / 2`` with ``| |`` the Euclidean length; with one component it is `crps_ensemble`. Lower is better; in the common unit of the components, so scale them
    first where they differ. Takes time in proportion to the square of the number of draws.

    Parameters
    ----------
    y
        What happened. Shape (..., components).
    draws
        Draws of all components, in the unit of ``y``. Shape (..., draws, components); (...) broadcasts against that of ``y`` and is that of the scores.
    fair
        Estimate the score of what the draws are from, not score the draws: pairs of a draw with itself are left out.

    Raises
    ------
    ValueError
        If there are no draws (fewer than two, with ``fair``), the components differ in number, or a number is not finite. The message names the row.

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (22) with β = 1; ``fair``: Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.

    Examples
    --------
    >>> energy([0.0, 0.0], [[0.0, 0.0], [3.0, 4.0]])
    1.25
    >>> energy([[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0], [3.0, 4.0]], fair=True)
    array([0., 0.])
    """
    outcomes, said, shape = _vectors(y, draws)
    return scored("energy", shape, lambda: _foretell.energy(said, outcomes, fair), outcomes, said)


def _of_pairs(outcomes: Floats, said: Floats, order: float, fair: bool, weights: Floats) -> Floats:
    """The variogram score of rows whose pairs of components have weights: the sum of the scores of two components each, which count each pair in both orders."""
    total = numpy.zeros(len(outcomes))
    for first, second in itertools.combinations(range(outcomes.shape[1]), 2):
        pair = [first, second]
        of_pair = _foretell.variogram(numpy.ascontiguousarray(said[:, :, pair]), numpy.ascontiguousarray(outcomes[:, pair]), order, fair)
        total += (weights[:, first, second] + weights[:, second, first]) / 2 * of_pair
    return total


def variogram(y: ArrayLike, draws: ArrayLike, order: float = 0.5, fair: bool = False, weights: ArrayLike | None = None) -> Scores:
    """The variogram score of an ensemble of vectors, over all ordered pairs of components: each pair counts twice.

    ``sum_ij w_ij (|y_i - y_j|^order - mean_k |x_ki - x_kj|^order)²``. Lower is better; in the unit of ``y`` to the power of twice ``order``. Blind to a shift of all components together.

    Parameters
    ----------
    y
        What happened. Shape (..., components).
    draws
        Draws of all components, in the unit of ``y``. Shape (..., draws, components); (...) broadcasts against that of ``y`` and is that of the scores.
    order
        The power of differences, one number above 0; usually 1/2 or 1.
    fair
        Estimate the score of what the draws are from, not score the draws.
    weights
        Weights of the pairs of components, at least 0; 1 if not given. Shape (..., components, components).

    Raises
    ------
    ValueError
        If there are no draws (fewer than two, with ``fair``), the components differ in number, ``order`` is not above 0, a weight is negative, or a number is not finite. The message names
        the row.

    Scheuerer and Hamill (2015), Mon. Weather Rev. 143, 1321–1334.

    Examples
    --------
    >>> variogram([0.0, 1.0], [[0.0, 4.0], [1.0, 1.0]])
    0.0
    >>> variogram([0.0, 1.0], [[0.0, 9.0], [1.0, 1.0]], weights=[[0, 2], [2, 0]])
    1.0
    """
    outcomes, said, shape = _vectors(y, draws)
    if weights is None:
        return scored("variogram", shape, lambda: _foretell.variogram(said, outcomes, order, fair), outcomes, said)
    each = flattened(pure(weights, "weights"), shape, 2)
    if each.shape[1:] != (outcomes.shape[1],) * 2 or not ((each >= 0.0) & numpy.isfinite(each)).all():
        raise ValueError(f"weights of pairs of {outcomes.shape[1]} components are (..., components, components) and at least 0, not of shape {numpy.shape(weights)}")
    return scored("variogram", shape, lambda: _of_pairs(outcomes, said, order, fair, each), outcomes, said)


def dawid_sebastiani_vectors(y: ArrayLike, draws: ArrayLike, ddof: int = 0) -> Scores:
    """The Dawid–Sebastiani score of the means and covariances of an ensemble of vectors.

    ``(y - m)' S⁻¹ (y - m) + ln det S`` with ``m`` the mean and ``S`` the covariance matrix of the draws; with one component it is `dawid_sebastiani_ensemble`. Lower is better; another unit
    adds a constant.

    Parameters
    ----------
    y
        What happened. Shape (..., components).
    draws
        Draws of all components, in the unit of ``y``. Shape (..., draws, components); (...) broadcasts against that of ``y`` and is that of the scores.
    ddof
        Covariances are divided by the number of draws less this, 0 or 1.

    Raises
    ------
    ValueError
        If there are no more draws than components, one component follows from others, the components differ in number, ``ddof`` is neither 0 nor 1, or a number is not finite. The message
        names the row.

    Dawid and Sebastiani (1999), Ann. Stat. 27, 65–81.

    Examples
    --------
    >>> dawid_sebastiani_vectors([0.0, 0.0], [[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    -1.3862943611198904
    """
    if ddof not in (0, 1):
        raise ValueError(f"ddof is 0 or 1, not {ddof}")
    outcomes, said, shape = _vectors(y, draws)
    return scored("dawid_sebastiani_vectors", shape, lambda: _foretell.dawid_sebastiani_of_vectors(said, outcomes, bool(ddof)), outcomes, said)
