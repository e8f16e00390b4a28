"""Scoring rules on arrays.

Everywhere lower is better, and what happened comes first. Arguments broadcast against each other as in NumPy; a scalar of everything gives a scalar. Where a row has
no score – a probability outside of 0 to 1, a negative scale, a number that is none – a `ValueError` names it: no number is made up, and none is left out.

The functions run on all cores without the interpreter's lock, and give the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Union

import numpy
from numpy.typing import ArrayLike, NDArray

from . import _foretell

Floats = NDArray[numpy.float64]
Scores = Union[Floats, float]


def _elementwise(rule: str, *columns: ArrayLike) -> Scores:
    arrays = numpy.broadcast_arrays(*(numpy.asarray(column, dtype=numpy.float64) for column in columns))
    shape = arrays[0].shape
    flat = [numpy.ascontiguousarray(array).reshape(-1) for array in arrays]
    scores = _foretell.elementwise(rule, flat)
    return scores.reshape(shape) if shape else float(scores[0])


def _matrix(y: ArrayLike, rows: ArrayLike, axis: int) -> tuple[Floats, Floats, tuple[int, ...]]:
    """Outcomes in a row, what was said of each as a row of a matrix, and the shape of the scores."""
    said = numpy.moveaxis(numpy.asarray(rows, dtype=numpy.float64), axis, -1)
    outcomes = numpy.asarray(y, dtype=numpy.float64)
    shape = numpy.broadcast_shapes(outcomes.shape, said.shape[:-1])
    said = numpy.broadcast_to(said, (*shape, said.shape[-1]))
    outcomes = numpy.broadcast_to(outcomes, shape)
    matrix = numpy.ascontiguousarray(said).reshape(-1, said.shape[-1])
    return numpy.ascontiguousarray(outcomes).reshape(-1), matrix, shape


def _shaped(scores: Floats, shape: tuple[int, ...]) -> Scores:
    return scores.reshape(shape) if shape else float(scores[0])


def _by_rows(rule: str, y: ArrayLike, rows: ArrayLike, axis: int, shared: Sequence[float] = ()) -> Scores:
    outcomes, matrix, shape = _matrix(y, rows, axis)
    return _shaped(_foretell.by_rows(rule, matrix, outcomes, [float(one) for one in shared]), shape)


# Yes/no forecasts.


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
    return _elementwise("brier", y, p)


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
    return _elementwise("log", y, p) if floor is None else _elementwise("log_floored", y, p, floor)


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
    probabilities = numpy.ascontiguousarray(p, dtype=numpy.float64).reshape(-1)
    outcomes = numpy.asarray(y).reshape(-1)
    happened = numpy.ascontiguousarray(outcomes, dtype=numpy.uint8)
    if not numpy.array_equal(happened, outcomes):
        row = int(numpy.argmax(happened != outcomes))
        raise ValueError(f"row {row}: what happened is 0 or 1, not {outcomes[row]}")
    (brier, log, forecasts, raised, infinite), rows = _foretell.binary(probabilities, happened, bins)
    return BinaryMeans(brier, log, forecasts, raised, infinite, numpy.array(rows, dtype=numpy.float64))


# Several options.


def _of_options(rule: str, y: ArrayLike, p: ArrayLike, axis: int) -> Scores:
    """A rule for the probabilities of several options, which must be some."""
    outcomes, matrix, shape = _matrix(y, p, axis)
    with numpy.errstate(invalid="ignore"):
        bad = ~((matrix >= 0.0).all(axis=1) & (abs(matrix.sum(axis=1) - 1.0) <= 1e-6))
    if bad.any():
        row = int(numpy.argmax(bad))
        raise ValueError(f"row {row} has no score under {rule}: its probabilities must be at least 0 and sum to 1, but are {matrix[row]}")
    return _shaped(_foretell.by_rows(rule, matrix, outcomes, []), shape)


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


# Quantiles and intervals. In the unit of what happened.


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
    outcomes, matrix, shape = _matrix(y, q, axis)
    _check_quantiles(rule, matrix, levels)
    return _shaped(_foretell.by_rows(rule, matrix, outcomes, [float(level) for level in levels]), shape)


def pinball(y: ArrayLike, q: ArrayLike, level: ArrayLike) -> Scores:
    """The pinball loss of a quantile: ``(y - q) level`` above it, ``(q - y)(1 - level)`` below. Shapes (...).

    The mean is scikit-learn's ``mean_pinball_loss(y, q, alpha=level)``. Koenker and Bassett (1978), Econometrica 46, 33–50.
    """
    return _elementwise("pinball", y, q, level)


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
    return _elementwise("interval", y, lower, upper, alpha)


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
    outcomes, matrix, shape = _matrix(y, q, axis)
    _check_quantiles("weighted_interval", matrix, levels)
    parts = _foretell.wis_of_quantiles(matrix, [float(level) for level in levels], outcomes, whole_median)
    return IntervalParts(*(_shaped(part, shape) for part in parts))


# Ensembles.


def crps_ensemble(y: ArrayLike, draws: ArrayLike, axis: int = -1, fair: bool = False) -> Scores:
    """The CRPS of an ensemble, ``mean |x_i - y| - mean |x_i - x_j| / 2``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``. Shape (..., draws).
    fair
        Estimate the CRPS of what the draws are from, not score the draws: pairs of a draw with itself are left out.

    scoringrules' ``crps_ensemble(y, draws, estimator="qd")`` and ``"fair"``. Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.
    """
    outcomes, matrix, shape = _matrix(y, draws, axis)
    return _shaped(_foretell.crps_of_ensembles(matrix, outcomes, fair), shape)


def crps_ensemble_threshold(y: ArrayLike, draws: ArrayLike, lower: float, upper: float, axis: int = -1) -> Scores:
    """The threshold-weighted CRPS between two values, either of which may be infinite. Shapes as in `crps_ensemble`."""
    return _by_rows("crps_ensemble_threshold", y, draws, axis, (lower, upper))


def brier_ensemble(y: ArrayLike, draws: ArrayLike, threshold: float, axis: int = -1, fair: bool = False) -> Scores:
    """The Brier score of the share of draws above a threshold. Shapes as in `crps_ensemble`."""
    return _by_rows("brier_ensemble_fair" if fair else "brier_ensemble", y, draws, axis, (threshold,))


def dawid_sebastiani(y: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Scores:
    """The Dawid–Sebastiani score ``((y - mean)/sd)² + 2 ln sd``. Shapes (...). Dawid and Sebastiani (1999), Ann. Stat. 27, 65–81."""
    return _elementwise("dawid_sebastiani", y, mean, sd)


def dawid_sebastiani_ensemble(y: ArrayLike, draws: ArrayLike, axis: int = -1, ddof: int = 0) -> Scores:
    """The same of the mean and spread of an ensemble, whose variance is divided by the number of draws less ``ddof``, 0 or 1."""
    if ddof not in (0, 1):
        raise ValueError(f"ddof is 0 or 1, not {ddof}")
    rule = "dawid_sebastiani_ensemble_unbiased" if ddof else "dawid_sebastiani_ensemble"
    return _by_rows(rule, y, draws, axis)


def absolute_error_of_median(y: ArrayLike, draws: ArrayLike, axis: int = -1) -> Scores:
    """``|median - y|``. Shapes as in `crps_ensemble`."""
    return _by_rows("absolute_error_of_median", y, draws, axis)


def squared_error_of_mean(y: ArrayLike, draws: ArrayLike, axis: int = -1) -> Scores:
    """``(mean - y)²``. Shapes as in `crps_ensemble`."""
    return _by_rows("squared_error_of_mean", y, draws, axis)


def _vectors(y: ArrayLike, draws: ArrayLike) -> tuple[Floats, Floats, tuple[int, ...]]:
    outcomes = numpy.asarray(y, dtype=numpy.float64)
    said = numpy.asarray(draws, dtype=numpy.float64)
    shape = outcomes.shape[:-1]
    if said.shape[:-2] != shape or said.ndim < 2 or said.shape[-1:] != outcomes.shape[-1:]:
        raise ValueError(f"y is (..., components) and draws (..., draws, components), but these are {outcomes.shape} and {said.shape}")
    return (
        numpy.ascontiguousarray(outcomes).reshape(-1, outcomes.shape[-1]),
        numpy.ascontiguousarray(said).reshape(-1, *said.shape[-2:]),
        shape,
    )


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
    return _shaped(_foretell.energy(said, outcomes, fair), shape)


def variogram(y: ArrayLike, draws: ArrayLike, order: float = 0.5, fair: bool = False) -> Scores:
    """The variogram score of an ensemble of vectors, over all ordered pairs of components. Shapes as in `energy`.

    Scheuerer and Hamill (2015), Mon. Weather Rev. 143, 1321–1334.
    """
    outcomes, said, shape = _vectors(y, draws)
    return _shaped(_foretell.variogram(said, outcomes, order, fair), shape)


# Laws in closed form. Shapes (...); in the unit of what happened, or in nats.


def crps_normal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The CRPS of a normal law of mean ``mu`` and standard deviation ``sigma``. Gneiting et al. (2005), Mon. Weather Rev. 133, 1098–1118, eq. (5)."""
    return _elementwise("crps_normal", y, mu, sigma)


def crps_lognormal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The CRPS of a lognormal law, whose logarithm has mean ``mu`` and standard deviation ``sigma``. Baran and Lerch (2015), Q. J. R. Meteorol. Soc. 141, 2289–2299."""
    return _elementwise("crps_lognormal", y, mu, sigma)


def crps_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a logistic law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_logistic", y, location, scale)


def crps_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a Student's t law of more than one degree of freedom. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_student_t", y, degrees, location, scale)


def crps_gamma(y: ArrayLike, shape: ArrayLike, rate: ArrayLike) -> Scores:
    """The CRPS of a gamma law of mean ``shape / rate``. Scheuerer and Möller (2015), Ann. Appl. Stat. 9, 1328–1349."""
    return _elementwise("crps_gamma", y, shape, rate)


def crps_beta(y: ArrayLike, a: ArrayLike, b: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0) -> Scores:
    """The CRPS of a beta law between two bounds. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_beta", y, a, b, lower, upper)


def crps_uniform(y: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a uniform law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_uniform", y, lower, upper)


def crps_gev(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a generalised extreme value law of ``shape`` below 1. Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594."""
    return _elementwise("crps_gev", y, shape, location, scale)


def crps_exponential(y: ArrayLike, rate: ArrayLike) -> Scores:
    """The CRPS of an exponential law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_exponential", y, rate)


def crps_exponential_with_mass(y: ArrayLike, location: ArrayLike, scale: ArrayLike, mass: ArrayLike) -> Scores:
    """The CRPS of an exponential law from ``location`` on, with a point mass there. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_exponential_with_mass", y, location, scale, mass)


def crps_generalised_pareto(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike, mass: ArrayLike = 0.0) -> Scores:
    """The CRPS of a generalised Pareto law of ``shape`` below 1, with a point mass at ``location``. Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594."""
    return _elementwise("crps_generalised_pareto", y, shape, location, scale, mass)


def crps_laplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a Laplace law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_laplace", y, location, scale)


def crps_two_piece_exponential(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The CRPS of a two-piece exponential law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_two_piece_exponential", y, location, scale_below, scale_above)


def crps_two_piece_normal(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The CRPS of a two-piece normal law. Gneiting and Thorarinsdottir (2010), arXiv:1010.2318."""
    return _elementwise("crps_two_piece_normal", y, location, scale_below, scale_above)


def crps_loglogistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a log-logistic law, whose logarithm is logistic; ``scale`` below 1. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_loglogistic", y, location, scale)


def crps_loglaplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a log-Laplace law, whose logarithm is Laplace; ``scale`` below 1. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_loglaplace", y, location, scale)


def crps_poisson(y: ArrayLike, mean: ArrayLike) -> Scores:
    """The CRPS of a Poisson law. Wei and Held (2014), Test 23, 787–805."""
    return _elementwise("crps_poisson", y, mean)


def crps_binomial(y: ArrayLike, trials: ArrayLike, p: ArrayLike) -> Scores:
    """The CRPS of a binomial law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_binomial", y, trials, p)


def crps_negative_binomial(y: ArrayLike, size: ArrayLike, p: ArrayLike) -> Scores:
    """The CRPS of a negative binomial law: failures before ``size`` successes of chance ``p``. Wei and Held (2014), Test 23, 787–805."""
    return _elementwise("crps_negative_binomial", y, size, p)


def crps_hypergeometric(y: ArrayLike, marked: ArrayLike, unmarked: ArrayLike, drawn: ArrayLike) -> Scores:
    """The CRPS of a hypergeometric law: marked ones among those drawn. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_hypergeometric", y, marked, unmarked, drawn)


def crps_truncated_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a normal law cut off to ``lower`` … ``upper``: what lies outside is left out and the rest scaled up; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_truncated_normal", y, location, scale, lower, upper)


def crps_censored_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a normal law censored to ``lower`` … ``upper``: what lies outside sits at the bounds; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_censored_normal", y, location, scale, lower, upper)


def crps_truncated_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a logistic law cut off to ``lower`` … ``upper``: what lies outside is left out and the rest scaled up; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_truncated_logistic", y, location, scale, lower, upper)


def crps_censored_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a logistic law censored to ``lower`` … ``upper``: what lies outside sits at the bounds; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_censored_logistic", y, location, scale, lower, upper)


def crps_truncated_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a Student's t law cut off to ``lower`` … ``upper``: what lies outside is left out and the rest scaled up; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_truncated_student_t", y, degrees, location, scale, lower, upper)


def crps_censored_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a Student's t law censored to ``lower`` … ``upper``: what lies outside sits at the bounds; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return _elementwise("crps_censored_student_t", y, degrees, location, scale, lower, upper)


def log_lognormal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The logarithmic score of a lognormal law: minus the log of its density, in nats."""
    return _elementwise("log_lognormal", y, mu, sigma)


def log_beta(y: ArrayLike, a: ArrayLike, b: ArrayLike) -> Scores:
    """The logarithmic score of a beta law: minus the log of its density, in nats."""
    return _elementwise("log_beta", y, a, b)


__all__ = sorted(
    name for name, value in globals().items() if not name.startswith("_") and getattr(value, "__module__", None) == __name__
)
