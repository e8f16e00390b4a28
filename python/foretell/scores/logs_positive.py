"""The logarithmic score of laws on a half-line or between two bounds of their own.

It is minus the logarithm of the density at what happened, or of the probability of what was counted, in nats. Lower is better. Scores of densities can be negative and depend on the unit: in one
in which numbers are c times as large they are ln c higher. Where the law calls what happened impossible the score is infinite; where its density is infinite there is no score.
Good (1952), J. R. Stat. Soc. B 14, 107–114.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise


__all__ = [
    "log_beta",
    "log_exponential",
    "log_gamma",
    "log_generalised_pareto",
    "log_inverse_gamma",
    "log_loglaplace",
    "log_loglogistic",
    "log_lognormal",
    "log_triangular",
    "log_uniform",
    "log_weibull",
]


def log_lognormal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The logarithmic score of a lognormal law.

    ``ln y + ln sigma + ln(2π)/2 + ((ln y - mu)/sigma)²/2``; infinite for ``y`` of 0 or less. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    mu, sigma
        Mean and standard deviation of ``ln y``, the latter above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``sigma`` is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_lognormal([1.0, -1.0], mu=0.0, sigma=1.0)
    array([0.91893853,        inf])
    """
    return elementwise("log_lognormal", y, mu, sigma)


def log_loglogistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a log-logistic law, whose logarithm is logistic.

    `log_logistic` of ``ln y``, and ``ln y``; infinite below 0. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law of ``ln y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0; at 0 if it is above 1, where the density is infinite; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_loglogistic([1.0, -1.0], location=0.0, scale=0.5)
    array([0.69314718,        inf])
    """
    return elementwise("log_loglogistic", y, location, scale)


def log_loglaplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a log-Laplace law, whose logarithm is Laplace.

    `log_laplace` of ``ln y``, and ``ln y``; infinite below 0. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law of ``ln y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0; at 0 if it is above 1, where the density is infinite; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_loglaplace([1.0, -1.0], location=0.0, scale=0.5)
    array([ 0., inf])
    """
    return elementwise("log_loglaplace", y, location, scale)


def log_gamma(y: ArrayLike, shape: ArrayLike, rate: ArrayLike) -> Scores:
    """The logarithmic score of a gamma law of mean ``shape/rate``.

    ``ln Γ(shape) - shape ln rate - (shape - 1) ln y + rate y``; infinite below 0. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape, rate
        Both above 0; ``rate`` is in one over the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a parameter is not above 0; at 0 if ``shape`` is below 1, where the density is infinite; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_gamma([1.0, -1.0], shape=2.0, rate=1.0)
    array([ 1., inf])
    """
    return elementwise("log_gamma", y, shape, rate)


def log_exponential(y: ArrayLike, rate: ArrayLike) -> Scores:
    """The logarithmic score of an exponential law of mean ``1/rate``.

    ``rate y - ln rate``; infinite below 0. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    rate
        Above 0, in one over the unit of ``y``. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``rate`` is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_exponential([1.0, -1.0], rate=2.0)
    array([1.30685282,        inf])
    """
    return elementwise("log_exponential", y, rate)


def log_generalised_pareto(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a generalised Pareto law from ``location`` on.

    ``ln scale + (1 + 1/ξ) ln(1 + ξz)`` with ``z = (y - location)/scale`` and ``ξ`` the shape, ``ln scale + z`` where that is 0; infinite below ``location`` and, for a
    shape below 0, above the upper end. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape
        ``ξ``; 0 is the exponential law. Shape (...), broadcast against ``y``.
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0; at the upper end of a shape below -1, where the density is infinite; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_generalised_pareto([1.0, -1.0], shape=0.2, location=0.0, scale=1.0)
    array([1.09392934,        inf])
    """
    return elementwise("log_generalised_pareto", y, shape, location, scale)


def log_beta(y: ArrayLike, a: ArrayLike, b: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0) -> Scores:
    """The logarithmic score of a beta law between two bounds.

    ``ln B(a, b) - (a - 1) ln z - (b - 1) ln(1 - z) + ln w`` with ``w`` the width and ``z = (y - lower)/w``; infinite outside of the bounds. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    a, b
        Above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``, in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``a`` or ``b`` is not above 0 or ``lower`` not below ``upper``; at a bound where the density is infinite; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_beta([0.2, 2.0], a=2.0, b=3.0)
    array([-0.42918163,         inf])
    """
    return elementwise("log_beta", y, a, b, lower, upper)


def log_uniform(y: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a uniform law.

    ``ln(upper - lower)``; infinite outside. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    lower, upper
        Where the law begins and ends, ``lower`` below ``upper``, in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``lower`` is not below ``upper``; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_uniform([0.5, 3.0], lower=0.0, upper=2.0)
    array([0.69314718,        inf])
    """
    return elementwise("log_uniform", y, lower, upper)

def log_triangular(y: ArrayLike, low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> Scores:
    """The logarithmic score of a triangular law, which rises in a line from ``low`` to ``mode`` and falls in a line to ``high``.

    ``ln w + ln s - ln 2 - ln d`` with ``w = high - low``, ``s`` the length of the side on which ``y`` lies and ``d`` how far ``y`` is from its end; infinite outside. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    low, mode, high
        Where the density begins, is highest and ends, ``low <= mode <= high``, in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If not ``low <= mode <= high``, ``low`` below ``high``; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_triangular([1.0, -1.0], low=0.0, mode=1.0, high=4.0)
    array([0.69314718,        inf])
    """
    return elementwise("log_triangular", y, low, mode, high)

def log_weibull(y: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a Weibull law.

    ``ln(scale/shape) - (shape - 1) ln(y/scale) + (y/scale)^shape``; infinite below 0. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape, scale
        Both above 0; ``scale`` is in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a parameter is not above 0; at 0 if ``shape`` is below 1, where the density is infinite; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_weibull([1.0, -1.0], shape=2.0, scale=1.0)
    array([0.30685282,        inf])
    """
    return elementwise("log_weibull", y, shape, scale)

def log_inverse_gamma(y: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of an inverse gamma law: ``scale`` divided by a gamma variable of this shape and rate 1.

    ``ln Γ(shape) - shape ln scale + (shape + 1) ln y + scale/y``; infinite for ``y`` of 0 or less. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape, scale
        Both above 0; ``scale`` is in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a parameter is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_inverse_gamma([1.0, -1.0], shape=3.0, scale=4.0)
    array([0.5342641,       inf])
    """
    return elementwise("log_inverse_gamma", y, shape, scale)
