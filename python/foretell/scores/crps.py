"""The CRPS of laws in closed form. Shapes (...); in the unit of what happened."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, by_two_rows, elementwise, of_mixture


__all__ = [
    "crps_beta",
    "crps_binomial",
    "crps_cdf",
    "crps_censored_logistic",
    "crps_censored_normal",
    "crps_censored_student_t",
    "crps_exponential",
    "crps_exponential_with_mass",
    "crps_gamma",
    "crps_generalised_pareto",
    "crps_gev",
    "crps_hypergeometric",
    "crps_laplace",
    "crps_logistic",
    "crps_loglaplace",
    "crps_loglogistic",
    "crps_lognormal",
    "crps_negative_binomial",
    "crps_normal",
    "crps_normal_mixture",
    "crps_poisson",
    "crps_student_t",
    "crps_truncated_logistic",
    "crps_truncated_normal",
    "crps_truncated_student_t",
    "crps_two_piece_exponential",
    "crps_two_piece_normal",
    "crps_uniform",
]


def crps_normal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The CRPS of a normal law of mean ``mu`` and standard deviation ``sigma``. Gneiting et al. (2005), Mon. Weather Rev. 133, 1098–1118, eq. (5)."""
    return elementwise("crps_normal", y, mu, sigma)


def crps_lognormal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The CRPS of a lognormal law, whose logarithm has mean ``mu`` and standard deviation ``sigma``. Baran and Lerch (2015), Q. J. R. Meteorol. Soc. 141, 2289–2299."""
    return elementwise("crps_lognormal", y, mu, sigma)


def crps_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a logistic law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_logistic", y, location, scale)


def crps_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a Student's t law of more than one degree of freedom. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_student_t", y, degrees, location, scale)


def crps_gamma(y: ArrayLike, shape: ArrayLike, rate: ArrayLike) -> Scores:
    """The CRPS of a gamma law of mean ``shape / rate``. Scheuerer and Möller (2015), Ann. Appl. Stat. 9, 1328–1349."""
    return elementwise("crps_gamma", y, shape, rate)


def crps_beta(y: ArrayLike, a: ArrayLike, b: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0) -> Scores:
    """The CRPS of a beta law between two bounds. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_beta", y, a, b, lower, upper)


def crps_uniform(y: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a uniform law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_uniform", y, lower, upper)


def crps_gev(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a generalised extreme value law of ``shape`` below 1. Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594."""
    return elementwise("crps_gev", y, shape, location, scale)


def crps_exponential(y: ArrayLike, rate: ArrayLike) -> Scores:
    """The CRPS of an exponential law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_exponential", y, rate)


def crps_exponential_with_mass(y: ArrayLike, location: ArrayLike, scale: ArrayLike, mass: ArrayLike) -> Scores:
    """The CRPS of an exponential law from ``location`` on, with a point mass there. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_exponential_with_mass", y, location, scale, mass)


def crps_generalised_pareto(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike, mass: ArrayLike = 0.0) -> Scores:
    """The CRPS of a generalised Pareto law of ``shape`` below 1, with a point mass at ``location``. Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594."""
    return elementwise("crps_generalised_pareto", y, shape, location, scale, mass)


def crps_laplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a Laplace law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_laplace", y, location, scale)


def crps_two_piece_exponential(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The CRPS of a two-piece exponential law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_two_piece_exponential", y, location, scale_below, scale_above)


def crps_two_piece_normal(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The CRPS of a two-piece normal law. Gneiting and Thorarinsdottir (2010), arXiv:1010.2318."""
    return elementwise("crps_two_piece_normal", y, location, scale_below, scale_above)


def crps_loglogistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a log-logistic law, whose logarithm is logistic; ``scale`` below 1. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_loglogistic", y, location, scale)


def crps_loglaplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a log-Laplace law, whose logarithm is Laplace; ``scale`` below 1. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_loglaplace", y, location, scale)


def crps_poisson(y: ArrayLike, mean: ArrayLike) -> Scores:
    """The CRPS of a Poisson law. Wei and Held (2014), Test 23, 787–805."""
    return elementwise("crps_poisson", y, mean)


def crps_binomial(y: ArrayLike, trials: ArrayLike, p: ArrayLike) -> Scores:
    """The CRPS of a binomial law. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_binomial", y, trials, p)


def crps_negative_binomial(y: ArrayLike, size: ArrayLike, p: ArrayLike) -> Scores:
    """The CRPS of a negative binomial law: failures before ``size`` successes of chance ``p``. Wei and Held (2014), Test 23, 787–805."""
    return elementwise("crps_negative_binomial", y, size, p)


def crps_hypergeometric(y: ArrayLike, marked: ArrayLike, unmarked: ArrayLike, drawn: ArrayLike) -> Scores:
    """The CRPS of a hypergeometric law: marked ones among those drawn. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_hypergeometric", y, marked, unmarked, drawn)


def crps_truncated_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a normal law cut off to ``lower`` … ``upper``: what lies outside is left out and the rest scaled up; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_truncated_normal", y, location, scale, lower, upper)


def crps_censored_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a normal law censored to ``lower`` … ``upper``: what lies outside sits at the bounds; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_censored_normal", y, location, scale, lower, upper)


def crps_truncated_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a logistic law cut off to ``lower`` … ``upper``: what lies outside is left out and the rest scaled up; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_truncated_logistic", y, location, scale, lower, upper)


def crps_censored_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a logistic law censored to ``lower`` … ``upper``: what lies outside sits at the bounds; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_censored_logistic", y, location, scale, lower, upper)


def crps_truncated_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a Student's t law cut off to ``lower`` … ``upper``: what lies outside is left out and the rest scaled up; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_truncated_student_t", y, degrees, location, scale, lower, upper)


def crps_censored_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a Student's t law censored to ``lower`` … ``upper``: what lies outside sits at the bounds; either bound may be infinite. Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12)."""
    return elementwise("crps_censored_student_t", y, degrees, location, scale, lower, upper)


def crps_normal_mixture(
    y: ArrayLike, mean: ArrayLike, sd: ArrayLike, weights: ArrayLike | None = None, axis: int = -1
) -> Scores:
    """The CRPS of a mixture of normal laws.

    Parameters
    ----------
    y
        What happened. Shape (...).
    mean, sd
        Means and standard deviations of the components along ``axis``. Shape (..., components).
    weights
        Their weights, equal if not given; they need not sum to 1. Shape (..., components) or (components,).

    Grimit et al. (2006), Q. J. R. Meteorol. Soc. 132, 2925–2942.

    Examples
    --------
    >>> crps_normal_mixture(0.3, [0.0, 1.0], [0.5, 0.5], weights=[3, 1])
    0.16243961343850688
    """
    return of_mixture("crps_normal_mixture", y, mean, sd, weights, axis)


def crps_cdf(y: ArrayLike, points: ArrayLike, cdf: ArrayLike, axis: int = -1) -> Scores:
    """The CRPS of a cdf that is linear between points, 0 before the first and 1 after the last; what is missing to 0 or 1 there sits at these two points.

    Parameters
    ----------
    y
        What happened. Shape (...).
    points
        Where the cdf is given, increasing along ``axis``. Shape (..., points) or (points,).
    cdf
        Probabilities of no more than each point. Shape (..., points).

    Examples
    --------
    >>> crps_cdf(0.5, [0.0, 1.0], [0.0, 1.0])
    0.08333333333333333
    """
    return by_two_rows("crps_cdf", y, cdf, points, axis)
