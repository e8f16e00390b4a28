"""Scores of draws."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy
from numpy.typing import ArrayLike

from .. import _foretell
from ._shapes import Floats, Scores, aligned, by_row_and_rest, by_rows, by_two_rows, elementwise, flattened, last, matrix_of, numbers, scored


__all__ = [
    "absolute_error_of_median",
    "bandwidth",
    "brier_ensemble",
    "crps_ensemble",
    "crps_ensemble_outcome_weighted",
    "crps_ensemble_threshold",
    "crps_ensemble_vertically_rescaled",
    "crps_normal_kernel",
    "dawid_sebastiani",
    "dawid_sebastiani_ensemble",
    "dawid_sebastiani_vectors",
    "energy",
    "log_normal_kernel",
    "squared_error_of_mean",
    "variogram",
]


def crps_ensemble(
    y: ArrayLike,
    draws: ArrayLike,
    axis: int = -1,
    fair: bool = False,
    weights: ArrayLike | None = None,
    size: float | None = None,
) -> Scores:
    """The CRPS of an ensemble, ``mean |x_i - y| - mean |x_i - x_j| / 2``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``. Shape (..., draws).
    fair
        Estimate the CRPS of what the draws are from, not score the draws: pairs of a draw with itself are left out.
    weights
        Weights of the draws, at least 0; they need not sum to 1. Shape of ``draws``, or (draws,).
    size
        As an ensemble of so many draws would score on average, so that ensembles of different sizes can be compared. Ferro, Richardson and Weigel (2008), Meteorol. Appl. 15, 19–24.

    scoringrules' ``crps_ensemble(y, draws, estimator="qd")`` and ``"fair"``. Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.

    Examples
    --------
    >>> crps_ensemble(0.3, [0.0, 1.0, 0.2])
    0.14444444444444443
    >>> crps_ensemble(0.0, [1.0, 0.0], weights=[1, 3])
    0.0625
    """
    if (weights is not None) + fair + (size is not None) > 1:
        raise ValueError("give one of `fair`, `weights` and `size`")
    if weights is not None:
        return by_two_rows("crps_ensemble_weighted", y, draws, weights, axis)
    if size is not None:
        return by_rows("crps_ensemble_resized", y, draws, axis, (size,))
    outcomes, matrix, shape = matrix_of(y, draws, axis)
    return scored("crps_ensemble", shape, lambda: _foretell.crps_of_ensembles(matrix, outcomes, fair), outcomes, matrix)


def crps_ensemble_threshold(y: ArrayLike, draws: ArrayLike, lower: float, upper: float, axis: int = -1) -> Scores:
    """The threshold-weighted CRPS between two values, either of which may be infinite. Shapes as in `crps_ensemble`."""
    return by_rows("crps_ensemble_threshold", y, draws, axis, (lower, upper))


#: What an outcome matters, from values of any shape to weights of the same shape.
Weight = Callable[[Floats], ArrayLike]


def _by_weight(
    rule: str, y: ArrayLike, draws: ArrayLike, bounds: tuple[float, float], weight: Weight | None, weights: ArrayLike | None, axis: int
) -> Scores:
    """A rule that knows what draws and outcomes matter, and how much each draw counts."""
    lower, upper = bounds
    if lower != lower or upper != upper:
        raise ValueError(f"there is no score under {rule} from {lower} to {upper}: NaN is no bound")
    of = weight or (lambda values: (lower <= values) & (values <= upper))
    said, shares = aligned(axis, draws, 1.0 if weights is None else weights)

    def matters(outcomes: Floats, matrix: Floats, shape: tuple[int, ...]) -> Floats:
        counts = flattened(shares, shape, 1)
        if not (counts >= 0.0).all() or not (counts.sum(axis=1) > 0.0).all():
            raise ValueError("weights of draws are at least 0, and not all of them 0")
        counts = counts / counts.mean(axis=1, keepdims=True)
        return numpy.column_stack([numbers(of(matrix)) * counts, numbers(of(outcomes))])

    return by_row_and_rest(rule, y, said, -1, matters)


def crps_ensemble_outcome_weighted(
    y: ArrayLike,
    draws: ArrayLike,
    lower: float = -numpy.inf,
    upper: float = numpy.inf,
    axis: int = -1,
    weight: Weight | None = None,
    weights: ArrayLike | None = None,
) -> Scores:
    """The outcome-weighted CRPS of an ensemble: its score given that what matters happens, times how much the outcome matters.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``. Shape (..., draws).
    lower, upper
        What lies between them, themselves included, matters with weight 1, all else not.
    weight
        Instead of the two, a function that gives the weights of an array of values, at least 0.
    weights
        How much each draw counts, as in `crps_ensemble`.

    Holzmann and Klar (2017), Ann. Appl. Stat. 11, 2404–2431.

    Examples
    --------
    >>> crps_ensemble_outcome_weighted([2.5, 0.5], [0.0, 2.0], lower=1.0)
    array([0.5, 0. ])
    """
    return _by_weight("crps_ensemble_outcome_weighted", y, draws, (lower, upper), weight, weights, axis)


def crps_ensemble_vertically_rescaled(
    y: ArrayLike,
    draws: ArrayLike,
    lower: float = -numpy.inf,
    upper: float = numpy.inf,
    axis: int = -1,
    weight: Weight | None = None,
    weights: ArrayLike | None = None,
) -> Scores:
    """The vertically re-scaled CRPS of an ensemble, which also judges how much weight the forecast gave to what matters. Parameters as in `crps_ensemble_outcome_weighted`.

    Allen, Ginsbourger and Ziegel (2023), SIAM/ASA J. Uncertain. Quantif. 11, 906–940, with x₀ = 0.
    """
    return _by_weight("crps_ensemble_vertically_rescaled", y, draws, (lower, upper), weight, weights, axis)


def bandwidth(draws: ArrayLike, axis: int = -1) -> Scores:
    """The bandwidth that suits draws of a normal law, ``1.06 min(s, IQR/1.34) M^(-1/5)``, in their unit: R's ``bw.nrd``.

    Parameters
    ----------
    draws
        Draws along ``axis``, at least two. Shape (..., draws).

    Scott (1992), Multivariate Density Estimation.
    """
    said = last(draws, axis)
    return by_rows("bandwidth", numpy.zeros(said.shape[:-1]), said, -1)


def _smoothed(rule: str, y: ArrayLike, draws: ArrayLike, width: ArrayLike | None, axis: int) -> Scores:
    def widths(_: Floats, matrix: Floats, shape: tuple[int, ...]) -> Floats:
        said = numpy.reshape(bandwidth(matrix), shape) if width is None else numbers(width)
        return flattened(said, shape, 0).reshape(-1, 1)

    return by_row_and_rest(rule, y, draws, axis, widths)


def crps_normal_kernel(y: ArrayLike, draws: ArrayLike, width: ArrayLike | None = None, axis: int = -1) -> Scores:
    """The CRPS of draws that are smoothed by normal laws of standard deviation ``width``, that of `bandwidth` if not given. Shapes as in `crps_ensemble`; ``width`` (...).

    R's ``crps_sample(y, draws, method = "kde", bw = width)``. Grimit et al. (2006), Q. J. R. Meteorol. Soc. 132, 2925–2942.
    """
    return _smoothed("crps_normal_kernel", y, draws, width, axis)


def log_normal_kernel(y: ArrayLike, draws: ArrayLike, width: ArrayLike | None = None, axis: int = -1) -> Scores:
    """The logarithmic score of draws that are smoothed by normal laws of standard deviation ``width``, in nats. Parameters as in `crps_normal_kernel`.

    R's ``logs_sample(y, draws, bw = width)``. Krüger et al. (2021), Int. Stat. Rev. 89, 274–301.
    """
    return _smoothed("log_normal_kernel", y, draws, width, axis)


def brier_ensemble(
    y: ArrayLike, draws: ArrayLike, threshold: float, axis: int = -1, fair: bool = False, size: float | None = None
) -> Scores:
    """The Brier score of the share of draws that are at least ``threshold``. Parameters as in `crps_ensemble`."""
    if fair and size is not None:
        raise ValueError("give one of `fair` and `size`")
    if size is not None:
        return by_rows("brier_ensemble_resized", y, draws, axis, (threshold, size))
    return by_rows("brier_ensemble_fair" if fair else "brier_ensemble", y, draws, axis, (threshold,))


def dawid_sebastiani(y: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Scores:
    """The Dawid–Sebastiani score ``((y - mean)/sd)² + 2 ln sd``. Shapes (...). Dawid and Sebastiani (1999), Ann. Stat. 27, 65–81."""
    return elementwise("dawid_sebastiani", y, mean, sd)


def dawid_sebastiani_ensemble(y: ArrayLike, draws: ArrayLike, axis: int = -1, ddof: int = 0) -> Scores:
    """The same of the mean and spread of an ensemble, whose variance is divided by the number of draws less ``ddof``, 0 or 1."""
    if ddof not in (0, 1):
        raise ValueError(f"ddof is 0 or 1, not {ddof}")
    rule = "dawid_sebastiani_ensemble_unbiased" if ddof else "dawid_sebastiani_ensemble"
    return by_rows(rule, y, draws, axis)


def absolute_error_of_median(y: ArrayLike, draws: ArrayLike, axis: int = -1) -> Scores:
    """``|median - y|``. Shapes as in `crps_ensemble`."""
    return by_rows("absolute_error_of_median", y, draws, axis)


def squared_error_of_mean(y: ArrayLike, draws: ArrayLike, axis: int = -1) -> Scores:
    """``(mean - y)²``. Shapes as in `crps_ensemble`."""
    return by_rows("squared_error_of_mean", y, draws, axis)


def _vectors(y: ArrayLike, draws: ArrayLike) -> tuple[Floats, Floats, tuple[int, ...]]:
    """What happened as a row of components each, the draws of each, and the shape of the scores."""
    outcomes, said = numbers(y), numbers(draws)
    if said.ndim < 2 or outcomes.ndim < 1 or said.shape[-1] != outcomes.shape[-1] or 0 in said.shape[-2:]:
        raise ValueError(f"y is (..., components) and draws (..., draws, components), but these are {outcomes.shape} and {said.shape}")
    shape = numpy.broadcast_shapes(outcomes.shape[:-1], said.shape[:-2])
    return flattened(outcomes, shape, 1), flattened(said, shape, 2), shape


def energy(y: ArrayLike, draws: ArrayLike, fair: bool = False) -> Scores:
    """The energy score of an ensemble of vectors.

    Parameters
    ----------
    y
        What happened. Shape (..., components).
    draws
        Shape (..., draws, components).

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (22) with β = 1.
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
    """The variogram score of an ensemble of vectors, over all ordered pairs of components.

    Parameters
    ----------
    y
        What happened. Shape (..., components).
    draws
        Shape (..., draws, components).
    order
        The power of differences, above 0.
    weights
        Weights of the pairs of components, at least 0; 1 if not given. Shape (..., components, components).

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
    each = flattened(numbers(weights), shape, 2)
    if each.shape[1:] != (outcomes.shape[1],) * 2 or not ((each >= 0.0) & numpy.isfinite(each)).all():
        raise ValueError(f"weights of pairs of {outcomes.shape[1]} components are (..., components, components) and at least 0, not of shape {numpy.shape(weights)}")
    return scored("variogram", shape, lambda: _of_pairs(outcomes, said, order, fair, each), outcomes, said)


def dawid_sebastiani_vectors(y: ArrayLike, draws: ArrayLike, ddof: int = 0) -> Scores:
    """The Dawid–Sebastiani score of the means and covariances of an ensemble of vectors, ``(y - m)' S⁻¹ (y - m) + ln det S``. Shapes as in `energy`.

    Covariances are divided by the number of draws less ``ddof``, 0 or 1. There must be more draws than components.
    """
    if ddof not in (0, 1):
        raise ValueError(f"ddof is 0 or 1, not {ddof}")
    outcomes, said, shape = _vectors(y, draws)
    return scored("dawid_sebastiani_vectors", shape, lambda: _foretell.dawid_sebastiani_of_vectors(said, outcomes, bool(ddof)), outcomes, said)
