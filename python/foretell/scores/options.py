"""Scores of the probabilities of several options."""

from __future__ import annotations

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._shapes import Scores, by_rows, matrix_of, placed, scored


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
    outcomes, matrix, shape = matrix_of(y, p, axis)
    with numpy.errstate(invalid="ignore"):
        bad = ~((matrix >= 0.0).all(axis=1) & (abs(matrix.sum(axis=1) - 1.0) <= 1e-6))
    if bad.any():
        row = int(numpy.argmax(bad))
        said = f"row {row} has no score under {rule}: its probabilities must be at least 0 and sum to 1, but are {matrix[row]}"
        raise ValueError(placed(said, shape))
    return scored(rule, shape, lambda: _foretell.by_rows(rule, matrix, outcomes, []), outcomes, matrix)


def brier_all(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The Brier score of several options, ``sum_k (p_k - [k = y])²``, from 0 to 2.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    p
        Probabilities of the options along ``axis``, which sum to 1. Shape (..., options).
    """
    return _of_options("brier_all", y, p, axis)


def log_all(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The logarithmic score of several options, ``-ln p_y``, in nats; infinite where what happened was called impossible. Shapes as in `brier_all`.

    The mean is scikit-learn's ``log_loss`` of labels and probabilities. Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_all([1, 0], [[0.5, 0.5], [1.0, 0.0]])
    array([0.69314718, 0.        ])
    """
    return _of_options("log_all", y, p, axis)


def spherical(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The spherical score as a loss, ``1 - p_y / |p|``. Shapes as in `brier_all`."""
    return _of_options("spherical", y, p, axis)


def rps(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The ranked probability score of ordered options, the sum over their borders. Shapes as in `brier_all`.

    Epstein (1969), J. Appl. Meteorol. 8, 985–987.
    """
    return _of_options("rps", y, p, axis)


def rps_normalised(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """`rps` divided by the number of borders, from 0 to 1."""
    return _of_options("rps_normalised", y, p, axis)


def ordinal_brier(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The Brier score of ordered options as tournaments count it: the mean over borders of the two-sided Brier score. Shapes as in `brier_all`."""
    return _of_options("ordinal_brier", y, p, axis)


def ranked_log(y: ArrayLike, p: ArrayLike, axis: int = -1) -> Scores:
    """The ranked logarithmic score: the sum of the logarithmic scores at the borders of ordered options, in nats. Shapes as in `brier_all`."""
    return _of_options("ranked_log", y, p, axis)


def rps_ensemble(y: ArrayLike, counts: ArrayLike, size: float | None = None, axis: int = -1) -> Scores:
    """The ranked probability score of an ensemble that counts its draws by ordered option.

    Parameters
    ----------
    y
        The place of the option that came true, from 0. Shape (...).
    counts
        Draws of each option along ``axis``. Shape (..., options).
    size
        As an ensemble of so many draws would score on average; ``inf`` for the fair score, that of what was sampled; the draws as they are if not given.

    Ferro, Richardson and Weigel (2008), Meteorol. Appl. 15, 19–24.

    Examples
    --------
    >>> rps_ensemble(1, [1, 3, 4, 2])
    0.41
    """
    if size is not None:
        return by_rows("rps_ensemble", y, counts, axis, (size,))
    outcomes, matrix, shape = matrix_of(y, counts, axis)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        shares = matrix / matrix.sum(axis=1, keepdims=True)
    return rps(outcomes.reshape(shape), shares.reshape(*shape, matrix.shape[1]))
