"""The logarithmic score of laws: minus the logarithm of the density at what happened, or of the probability of what was counted, in nats. Shapes (...).

Lower is better. Scores of densities can be negative and depend on the unit: in one in which numbers are c times as large they are ln c higher. Where the law calls what happened impossible the
score is infinite; where its density is infinite there is no score. Good (1952), J. R. Stat. Soc. B 14, 107–114.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise, of_mixture


__all__ = [
    "log_beta",
    "log_binomial",
    "log_exponential",
    "log_gamma",
    "log_generalised_pareto",
    "log_gev",
    "log_hypergeometric",
    "log_laplace",
    "log_logistic",
    "log_loglaplace",
    "log_loglogistic",
    "log_lognormal",
    "log_negative_binomial",
    "log_normal",
    "log_normal_mixture",
    "log_poisson",
    "log_student_t",
    "log_truncated_logistic",
    "log_truncated_normal",
    "log_truncated_student_t",
    "log_two_piece_exponential",
    "log_two_piece_normal",
    "log_uniform",
]


def log_normal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The logarithmic score of a normal law of mean ``mu`` and standard deviation ``sigma``.

    Examples
    --------
    >>> log_normal([0.0, 3.0], mu=0.0, sigma=1.0)
    array([0.91893853, 5.41893853])
    """
    return elementwise("log_normal", y, mu, sigma)


def log_lognormal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The logarithmic score of a lognormal law, whose logarithm has mean ``mu`` and standard deviation ``sigma``."""
    return elementwise("log_lognormal", y, mu, sigma)


def log_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a logistic law."""
    return elementwise("log_logistic", y, location, scale)


def log_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a Student's t law."""
    return elementwise("log_student_t", y, degrees, location, scale)


def log_laplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a Laplace law."""
    return elementwise("log_laplace", y, location, scale)


def log_loglogistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a log-logistic law, whose logarithm is logistic."""
    return elementwise("log_loglogistic", y, location, scale)


def log_loglaplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a log-Laplace law, whose logarithm is Laplace."""
    return elementwise("log_loglaplace", y, location, scale)


def log_uniform(y: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a uniform law."""
    return elementwise("log_uniform", y, lower, upper)


def log_exponential(y: ArrayLike, rate: ArrayLike) -> Scores:
    """The logarithmic score of an exponential law of mean ``1 / rate``."""
    return elementwise("log_exponential", y, rate)


def log_gamma(y: ArrayLike, shape: ArrayLike, rate: ArrayLike) -> Scores:
    """The logarithmic score of a gamma law of mean ``shape / rate``."""
    return elementwise("log_gamma", y, shape, rate)


def log_beta(y: ArrayLike, a: ArrayLike, b: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0) -> Scores:
    """The logarithmic score of a beta law between two bounds."""
    return elementwise("log_beta", y, a, b, lower, upper)


def log_gev(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a generalised extreme value law; shape 0 is Gumbel's."""
    return elementwise("log_gev", y, shape, location, scale)


def log_generalised_pareto(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a generalised Pareto law; shape 0 is the exponential."""
    return elementwise("log_generalised_pareto", y, shape, location, scale)


def log_two_piece_normal(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The logarithmic score of a two-piece normal law."""
    return elementwise("log_two_piece_normal", y, location, scale_below, scale_above)


def log_two_piece_exponential(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The logarithmic score of a two-piece exponential law."""
    return elementwise("log_two_piece_exponential", y, location, scale_below, scale_above)


def log_truncated_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a normal law cut off to ``lower`` … ``upper``, either of which may be infinite."""
    return elementwise("log_truncated_normal", y, location, scale, lower, upper)


def log_truncated_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a logistic law cut off to ``lower`` … ``upper``, either of which may be infinite."""
    return elementwise("log_truncated_logistic", y, location, scale, lower, upper)


def log_truncated_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a Student's t law cut off to ``lower`` … ``upper``, either of which may be infinite."""
    return elementwise("log_truncated_student_t", y, degrees, location, scale, lower, upper)


def log_poisson(y: ArrayLike, mean: ArrayLike) -> Scores:
    """The logarithmic score of a Poisson law."""
    return elementwise("log_poisson", y, mean)


def log_binomial(y: ArrayLike, trials: ArrayLike, p: ArrayLike) -> Scores:
    """The logarithmic score of a binomial law."""
    return elementwise("log_binomial", y, trials, p)


def log_negative_binomial(y: ArrayLike, size: ArrayLike, p: ArrayLike) -> Scores:
    """The logarithmic score of a negative binomial law: failures before success number ``size``."""
    return elementwise("log_negative_binomial", y, size, p)


def log_hypergeometric(y: ArrayLike, marked: ArrayLike, unmarked: ArrayLike, drawn: ArrayLike) -> Scores:
    """The logarithmic score of a hypergeometric law: marked ones among those drawn."""
    return elementwise("log_hypergeometric", y, marked, unmarked, drawn)


def log_normal_mixture(
    y: ArrayLike, mean: ArrayLike, sd: ArrayLike, weights: ArrayLike | None = None, axis: int = -1
) -> Scores:
    """The logarithmic score of a mixture of normal laws, in nats. Parameters as in `crps_normal_mixture`."""
    return of_mixture("log_normal_mixture", y, mean, sd, weights, axis)
