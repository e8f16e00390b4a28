"""Laws as scoringrules names them."""

from __future__ import annotations

import numpy
from numpy.typing import ArrayLike

from .. import scores
from ..scores._days import alike
from ..scores._shapes import Scores, numbers, pure

__all__ = [
    "crps_2pexponential",
    "crps_2pnormal",
    "crps_beta",
    "crps_binomial",
    "crps_clogistic",
    "crps_cnormal",
    "crps_ct",
    "crps_exponential",
    "crps_exponentialM",
    "crps_gamma",
    "crps_gev",
    "crps_gpd",
    "crps_hypergeometric",
    "crps_laplace",
    "crps_logistic",
    "crps_loglaplace",
    "crps_loglogistic",
    "crps_lognormal",
    "crps_mixnorm",
    "crps_negbinom",
    "crps_normal",
    "crps_poisson",
    "crps_t",
    "crps_tlogistic",
    "crps_tnormal",
    "crps_tt",
    "crps_uniform",
    "logs_2pexponential",
    "logs_2pnormal",
    "logs_beta",
    "logs_binomial",
    "logs_exponential",
    "logs_exponential2",
    "logs_gamma",
    "logs_gev",
    "logs_gpd",
    "logs_hypergeometric",
    "logs_laplace",
    "logs_logistic",
    "logs_loglaplace",
    "logs_loglogistic",
    "logs_lognormal",
    "logs_mixnorm",
    "logs_negbinom",
    "logs_normal",
    "logs_poisson",
    "logs_t",
    "logs_tlogistic",
    "logs_tnormal",
    "logs_tt",
    "logs_uniform",
]

_INFINITY = float("inf")


def _rate(rate: ArrayLike | None, scale: ArrayLike | None) -> ArrayLike:
    if (rate is None) == (scale is None):
        raise ValueError("give one of `rate` and `scale`")
    return 1.0 / numbers(scale) if rate is None and scale is not None else pure(rate, "rate")  # type: ignore[arg-type]


def _success(n: ArrayLike, prob: ArrayLike | None, mu: ArrayLike | None) -> ArrayLike:
    if (prob is None) == (mu is None):
        raise ValueError("give one of `prob` and `mu`")
    size = pure(n, "n")
    return size / (size + pure(mu, "mu")) if prob is None and mu is not None else pure(prob, "prob")  # type: ignore[arg-type]


def crps_normal(obs: ArrayLike, mu: ArrayLike, sigma: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_normal`."""
    return scores.crps_normal(obs, mu, sigma)


def crps_lognormal(obs: ArrayLike, mulog: ArrayLike, sigmalog: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_lognormal`."""
    return scores.crps_lognormal(obs, mulog, sigmalog)


def crps_logistic(obs: ArrayLike, mu: ArrayLike, sigma: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_logistic`."""
    return scores.crps_logistic(obs, mu, sigma)


def crps_t(obs: ArrayLike, df: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_student_t`."""
    return scores.crps_student_t(obs, df, location, scale)


def crps_laplace(obs: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_laplace`."""
    return scores.crps_laplace(obs, location, scale)


def crps_loglogistic(obs: ArrayLike, mulog: ArrayLike, sigmalog: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_loglogistic`."""
    return scores.crps_loglogistic(obs, mulog, sigmalog)


def crps_loglaplace(obs: ArrayLike, locationlog: ArrayLike, scalelog: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_loglaplace`."""
    return scores.crps_loglaplace(obs, locationlog, scalelog)


def crps_uniform(
    obs: ArrayLike, min: ArrayLike, max: ArrayLike, lmass: ArrayLike = 0.0, umass: ArrayLike = 0.0, *, backend: object = None
) -> Scores:
    """`foretell.scores.crps_uniform`; with masses at the bounds, which leave the rest to what lies between them, `foretell.scores.crps_cdf`."""
    masses = numpy.broadcast_arrays(pure(lmass, "lmass"), pure(umass, "umass"))
    if not any(mass.any() for mass in masses):
        return scores.crps_uniform(obs, min, max)
    obs, min, max = alike({"obs": obs, "min": min, "max": max})
    return scores.crps_cdf(obs, numpy.stack(numpy.broadcast_arrays(numbers(min), numbers(max)), axis=-1), numpy.stack([masses[0], 1.0 - masses[1]], axis=-1))


def crps_exponential(obs: ArrayLike, rate: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_exponential`."""
    return scores.crps_exponential(obs, rate)


def crps_beta(obs: ArrayLike, a: ArrayLike, b: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_beta`."""
    return scores.crps_beta(obs, a, b, lower, upper)


def crps_gev(obs: ArrayLike, shape: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_gev`."""
    return scores.crps_gev(obs, shape, location, scale)


def crps_2pnormal(obs: ArrayLike, scale1: ArrayLike, scale2: ArrayLike, location: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_two_piece_normal`."""
    return scores.crps_two_piece_normal(obs, location, scale1, scale2)


def crps_2pexponential(obs: ArrayLike, scale1: ArrayLike, scale2: ArrayLike, location: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_two_piece_exponential`."""
    return scores.crps_two_piece_exponential(obs, location, scale1, scale2)


def crps_tnormal(obs: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_truncated_normal`."""
    return scores.crps_truncated_normal(obs, location, scale, lower, upper)


def crps_tlogistic(obs: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_truncated_logistic`."""
    return scores.crps_truncated_logistic(obs, location, scale, lower, upper)


def crps_tt(obs: ArrayLike, df: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_truncated_student_t`."""
    return scores.crps_truncated_student_t(obs, df, location, scale, lower, upper)


def crps_poisson(obs: ArrayLike, mean: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_poisson`."""
    return scores.crps_poisson(obs, mean)


def crps_binomial(obs: ArrayLike, n: ArrayLike, prob: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_binomial`."""
    return scores.crps_binomial(obs, n, prob)


def crps_hypergeometric(obs: ArrayLike, m: ArrayLike, n: ArrayLike, k: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_hypergeometric`."""
    return scores.crps_hypergeometric(obs, m, n, k)


def crps_cnormal(obs: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_censored_normal`."""
    return scores.crps_censored_normal(obs, location, scale, lower, upper)


def crps_clogistic(obs: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_censored_logistic`."""
    return scores.crps_censored_logistic(obs, location, scale, lower, upper)


def crps_ct(obs: ArrayLike, df: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_censored_student_t`."""
    return scores.crps_censored_student_t(obs, df, location, scale, lower, upper)


def crps_exponentialM(obs: ArrayLike, mass: ArrayLike = 0.0, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_exponential_with_mass`."""
    return scores.crps_exponential_with_mass(obs, location, scale, mass)


def crps_gpd(obs: ArrayLike, shape: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, mass: ArrayLike = 0.0, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_generalised_pareto`."""
    return scores.crps_generalised_pareto(obs, shape, location, scale, mass)


def logs_normal(obs: ArrayLike, mu: ArrayLike, sigma: ArrayLike, *, negative: bool = True, backend: object = None) -> Scores:
    """`foretell.scores.log_normal`; the logarithm of the density itself, of which more is better, with ``negative=False``."""
    score = scores.log_normal(obs, mu, sigma)
    return score if negative else -score


def logs_lognormal(obs: ArrayLike, mulog: ArrayLike, sigmalog: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_lognormal`."""
    return scores.log_lognormal(obs, mulog, sigmalog)


def logs_logistic(obs: ArrayLike, mu: ArrayLike, sigma: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_logistic`."""
    return scores.log_logistic(obs, mu, sigma)


def logs_t(obs: ArrayLike, df: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.log_student_t`."""
    return scores.log_student_t(obs, df, location, scale)


def logs_laplace(obs: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.log_laplace`."""
    return scores.log_laplace(obs, location, scale)


def logs_loglogistic(obs: ArrayLike, mulog: ArrayLike, sigmalog: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_loglogistic`."""
    return scores.log_loglogistic(obs, mulog, sigmalog)


def logs_loglaplace(obs: ArrayLike, locationlog: ArrayLike, scalelog: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_loglaplace`."""
    return scores.log_loglaplace(obs, locationlog, scalelog)


def logs_uniform(obs: ArrayLike, min: ArrayLike, max: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_uniform`."""
    return scores.log_uniform(obs, min, max)


def logs_exponential(obs: ArrayLike, rate: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_exponential`."""
    return scores.log_exponential(obs, rate)


def logs_beta(obs: ArrayLike, a: ArrayLike, b: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.log_beta`."""
    return scores.log_beta(obs, a, b, lower, upper)


def logs_gev(obs: ArrayLike, shape: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.log_gev`; infinite at minus infinity, where scoringrules has NaN, and finite close to the lower end of a shape above 0, where its density underflows."""
    return scores.log_gev(obs, shape, location, scale)


def logs_2pnormal(obs: ArrayLike, scale1: ArrayLike, scale2: ArrayLike, location: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_two_piece_normal`."""
    return scores.log_two_piece_normal(obs, location, scale1, scale2)


def logs_2pexponential(obs: ArrayLike, scale1: ArrayLike, scale2: ArrayLike, location: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_two_piece_exponential`."""
    return scores.log_two_piece_exponential(obs, location, scale1, scale2)


def logs_tnormal(obs: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.log_truncated_normal`."""
    return scores.log_truncated_normal(obs, location, scale, lower, upper)


def logs_tlogistic(obs: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.log_truncated_logistic`."""
    return scores.log_truncated_logistic(obs, location, scale, lower, upper)


def logs_tt(obs: ArrayLike, df: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, lower: ArrayLike = -_INFINITY, upper: ArrayLike = _INFINITY, *, backend: object = None) -> Scores:
    """`foretell.scores.log_truncated_student_t`."""
    return scores.log_truncated_student_t(obs, df, location, scale, lower, upper)


def logs_poisson(obs: ArrayLike, mean: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_poisson`."""
    return scores.log_poisson(obs, mean)


def logs_binomial(obs: ArrayLike, n: ArrayLike, prob: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_binomial`."""
    return scores.log_binomial(obs, n, prob)


def logs_hypergeometric(obs: ArrayLike, m: ArrayLike, n: ArrayLike, k: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log_hypergeometric`."""
    return scores.log_hypergeometric(obs, m, n, k)


def logs_gpd(obs: ArrayLike, shape: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.log_generalised_pareto`."""
    return scores.log_generalised_pareto(obs, shape, location, scale)


def logs_exponential2(obs: ArrayLike, location: ArrayLike = 0.0, scale: ArrayLike = 1.0, *, backend: object = None) -> Scores:
    """`foretell.scores.log_generalised_pareto`."""
    return scores.log_generalised_pareto(obs, 0.0, location, scale)


def crps_gamma(
    obs: ArrayLike, shape: ArrayLike, rate: ArrayLike | None = None, *, scale: ArrayLike | None = None, backend: object = None
) -> Scores:
    """`foretell.scores.crps_gamma`."""
    obs, scale = alike({"obs": obs, "scale": scale}) if scale is not None else (obs, scale)
    return scores.crps_gamma(obs, shape, _rate(rate, scale))


def crps_negbinom(
    obs: ArrayLike, n: ArrayLike, prob: ArrayLike | None = None, *, mu: ArrayLike | None = None, backend: object = None
) -> Scores:
    """`foretell.scores.crps_negative_binomial`."""
    return scores.crps_negative_binomial(obs, n, _success(n, prob, mu))


def crps_mixnorm(
    obs: ArrayLike, m: ArrayLike, s: ArrayLike, w: ArrayLike | None = None, m_axis: int = -1, *, backend: object = None
) -> Scores:
    """`foretell.scores.crps_normal_mixture`."""
    return scores.crps_normal_mixture(obs, m, s, w, axis=m_axis)


def logs_gamma(
    obs: ArrayLike, shape: ArrayLike, rate: ArrayLike | None = None, *, scale: ArrayLike | None = None, backend: object = None
) -> Scores:
    """`foretell.scores.log_gamma`."""
    obs, scale = alike({"obs": obs, "scale": scale}) if scale is not None else (obs, scale)
    return scores.log_gamma(obs, shape, _rate(rate, scale))


def logs_negbinom(
    obs: ArrayLike, n: ArrayLike, prob: ArrayLike | None = None, *, mu: ArrayLike | None = None, backend: object = None
) -> Scores:
    """`foretell.scores.log_negative_binomial`."""
    return scores.log_negative_binomial(obs, n, _success(n, prob, mu))


def logs_mixnorm(
    obs: ArrayLike, m: ArrayLike, s: ArrayLike, w: ArrayLike | None = None, mc_axis: int = -1, *, backend: object = None
) -> Scores:
    """`foretell.scores.log_normal_mixture`."""
    return scores.log_normal_mixture(obs, m, s, w, axis=mc_axis)
