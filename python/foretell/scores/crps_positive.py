"""The CRPS of laws on a half-line or between two bounds of their own, in closed form.

The CRPS is ``∫ (F(x) - [x >= y])² dx``, that of a point the absolute error. Lower is better; it has the unit of what happened.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise


__all__ = [
    "crps_beta",
    "crps_exponential",
    "crps_exponential_with_mass",
    "crps_gamma",
    "crps_generalised_pareto",
    "crps_inverse_gamma",
    "crps_loglaplace",
    "crps_loglogistic",
    "crps_lognormal",
    "crps_triangular",
    "crps_uniform",
    "crps_weibull",
]


def crps_lognormal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The CRPS of a lognormal law.

    ``y (2Φ(w) - 1) - 2 exp(mu + sigma²/2) (Φ(w - sigma) + Φ(sigma/√2) - 1)`` with ``w = (ln y - mu)/sigma``. Lower is better; in the unit of ``y``.

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

    Baran and Lerch (2015), Q. J. R. Meteorol. Soc. 141, 2289–2299.

    Examples
    --------
    >>> crps_lognormal([1.0, 3.0], mu=0.0, sigma=1.0)
    array([0.26740547, 1.19651567])
    """
    return elementwise("crps_lognormal", y, mu, sigma)


def crps_loglogistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a log-logistic law, whose logarithm is logistic.

    With ``F`` the cdf and ``I`` the regularised incomplete beta function ``y (2F(y) - 1) - e^location B(1 + scale, 1 - scale) (2 I(F(y); 1 + scale, 1 - scale) + scale -
    1)``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law of ``ln y``; ``scale`` above 0 and below 1: above, the mean is infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not between 0 and 1; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_loglogistic([1.0, 3.0], location=0.0, scale=0.5)
    array([0.21460184, 1.28730662])
    """
    return elementwise("crps_loglogistic", y, location, scale)


def crps_loglaplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a log-Laplace law, whose logarithm is Laplace.

    With ``F`` the cdf ``y (2F(y) - 1) + e^location (scale/(4 - scale²) + A)``, where ``A`` is ``(1 - (2F(y))^(1 + scale))/(1 + scale)`` below ``e^location`` and ``-(1 -
    (2 - 2F(y))^(1 - scale))/(1 - scale)`` above. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law of ``ln y``; ``scale`` above 0 and below 1: above, the mean is infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not between 0 and 1; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_loglaplace([1.0, 3.0], location=0.0, scale=0.5)
    array([0.13333333, 1.46666667])
    """
    return elementwise("crps_loglaplace", y, location, scale)


def crps_gamma(y: ArrayLike, shape: ArrayLike, rate: ArrayLike) -> Scores:
    """The CRPS of a gamma law of mean ``shape/rate``.

    With ``F_a`` the cdf of shape ``a`` ``y (2F_shape(y) - 1) - shape/rate (2F_{shape+1}(y) - 1) - 1/(rate B(1/2, shape))``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape, rate
        Both above 0; ``rate`` is in one over the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a parameter is not above 0; or if a number is NaN. The message names the row.

    Scheuerer and Möller (2015), Ann. Appl. Stat. 9, 1328–1349.

    Examples
    --------
    >>> crps_gamma([1.0, 3.0], shape=2.0, rate=1.0)
    array([0.45727665, 0.74787068])
    """
    return elementwise("crps_gamma", y, shape, rate)


def crps_exponential(y: ArrayLike, rate: ArrayLike) -> Scores:
    """The CRPS of an exponential law of mean ``1/rate``.

    ``|y| - 2F(y)/rate + 1/(2 rate)`` with ``F(y) = 1 - exp(-rate y)``, 0 below 0. Lower is better; in the unit of ``y``.

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

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_exponential([0.0, 3.0], rate=2.0)
    array([0.25      , 2.25247875])
    """
    return elementwise("crps_exponential", y, rate)


def crps_exponential_with_mass(y: ArrayLike, location: ArrayLike, scale: ArrayLike, mass: ArrayLike) -> Scores:
    """The CRPS of an exponential law from ``location`` on, with a point mass there: rain that may not fall.

    ``scale (|z| - 2 (1 - mass) F(z) + (1 - mass)²/2)`` with ``z = (y - location)/scale`` and ``F(z) = 1 - exp(-z)``, 0 below 0. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    mass
        The probability of ``location`` itself, from 0 to 1. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0 or ``mass`` lies outside of 0 to 1; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_exponential_with_mass([0.0, 3.0], location=0.0, scale=1.0, mass=0.25)
    array([0.28125  , 1.8559306])
    """
    return elementwise("crps_exponential_with_mass", y, location, scale, mass)


def crps_generalised_pareto(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike, mass: ArrayLike = 0.0) -> Scores:
    """The CRPS of a generalised Pareto law from ``location`` on, with a point mass there.

    With ``z = (y - location)/scale``, ``ξ`` the shape and ``1 - F(z) = (1 + ξz)^(-1/ξ)`` it is ``scale (|z| - 2 (1 - mass)/(1 - ξ) (1 - (1 - F(z))^(1 - ξ)) + (1 -
    mass)²/(2 - ξ))``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape
        Below 1: from there on no mean exists, and the score, which is finite below 2, is not computed; 0 is the exponential law. Shape (...), broadcast against ``y``.
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    mass
        The probability of ``location`` itself, from 0 to 1. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``shape`` is not below 1, ``scale`` not above 0, or ``mass`` lies outside of 0 to 1; or if a number is NaN. The message names the row.

    Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594.

    Examples
    --------
    >>> crps_generalised_pareto([0.0, 3.0], shape=0.2, location=0.0, scale=1.0)
    array([0.55555556, 1.43702528])
    """
    return elementwise("crps_generalised_pareto", y, shape, location, scale, mass)


def crps_beta(y: ArrayLike, a: ArrayLike, b: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0) -> Scores:
    """The CRPS of a beta law between two bounds.

    With ``w`` the width, ``z = (y - lower)/w`` and ``F_{a,b}`` the cdf on 0 to 1 ``w (z (2F_{a,b}(z) - 1) + a/(a + b) (1 - 2F_{a+1,b}(z) - 2 B(2a, 2b)/(a B(a, b)²)))``.
    Lower is better; in the unit of ``y``.

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
        If ``a`` or ``b`` is not above 0 or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_beta([0.2, 0.5], a=2.0, b=3.0)
    array([0.11169829, 0.07321429])
    """
    return elementwise("crps_beta", y, a, b, lower, upper)


def crps_uniform(y: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a uniform law.

    ``w (|z - c| + c² - c + 1/3)`` with ``w`` the width, ``z = (y - lower)/w`` and ``c`` the nearest to ``z`` from 0 to 1. Lower is better; in the unit of ``y``.

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

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_uniform([0.5, 3.0], lower=0.0, upper=1.0)
    array([0.08333333, 2.33333333])
    """
    return elementwise("crps_uniform", y, lower, upper)

def crps_triangular(y: ArrayLike, low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> Scores:
    """The CRPS of a triangular law, which rises in a line from ``low`` to ``mode`` and falls in a line to ``high``.

    ``|y - c| + (s³ + t³)/(5w²) + d - 2/(3ws) (s³ - (s - d)³)`` with ``c`` the nearest to ``y`` from ``low`` to ``high``, ``w = high - low``, ``d = |c - mode|``, and ``s`` and
    ``t`` the lengths of the sides on which ``c`` lies and does not. Lower is better; in the unit of ``y``.

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

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (21).

    Examples
    --------
    >>> crps_triangular([1.0, 3.0], low=0.0, mode=1.0, high=4.0)
    array([0.35      , 0.90555556])
    """
    return elementwise("crps_triangular", y, low, mode, high)

def crps_weibull(y: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a Weibull law.

    With ``m = scale Γ(1 + 1/shape)`` the mean, ``x = (y/scale)^shape`` and ``P`` the regularised lower incomplete gamma function
    ``y (1 - 2 exp(-x)) - 2m P(1 + 1/shape, x) + m 2^(-1/shape)``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape, scale
        Both above 0; ``scale`` is in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a parameter is not above 0, or the mean is too large for a number; or if a number is NaN. The message names the row.

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (21).

    Examples
    --------
    >>> crps_weibull([1.0, 3.0], shape=2.0, scale=1.0)
    array([0.1330088 , 1.85424237])
    """
    return elementwise("crps_weibull", y, shape, scale)

def crps_inverse_gamma(y: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of an inverse gamma law: ``scale`` divided by a gamma variable of this shape and rate 1.

    With ``Q`` the regularised upper incomplete gamma function, ``a = shape`` and ``b = scale``
    ``y (2Q(a, b/y) - 1) + b/(a - 1) (1 - 2Q(a - 1, b/y)) - b/((a - 1)² B(1/2, a - 1))``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape, scale
        ``shape`` above 1: below, the mean is infinite; ``scale`` above 0, in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``shape`` is not above 1 or ``scale`` not above 0; or if a number is NaN. The message names the row.

    Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, eq. (21).

    Examples
    --------
    >>> crps_inverse_gamma([1.0, 3.0], shape=3.0, scale=4.0)
    array([0.35989383, 0.88597138])
    """
    return elementwise("crps_inverse_gamma", y, shape, scale)
