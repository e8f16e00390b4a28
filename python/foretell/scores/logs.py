"""The logarithmic score of laws on the whole line.

It is minus the logarithm of the density at what happened, or of the probability of what was counted, in nats. Lower is better. Scores of densities can be negative and depend on the unit: in one
in which numbers are c times as large they are ln c higher. Where the law calls what happened impossible the score is infinite; where its density is infinite there is no score.
Good (1952), J. R. Stat. Soc. B 14, 107–114.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise, of_mixture


__all__ = [
    "log_gev",
    "log_laplace",
    "log_logistic",
    "log_normal",
    "log_normal_mixture",
    "log_student_t",
    "log_two_piece_exponential",
    "log_two_piece_normal",
]


def log_normal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The logarithmic score of a normal law.

    ``z²/2 + ln sigma + ln(2π)/2`` with ``z = (y - mu)/sigma``. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    mu, sigma
        Mean and standard deviation, the latter above 0; in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``sigma`` is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_normal([0.0, 3.0], mu=0.0, sigma=1.0)
    array([0.91893853, 5.41893853])
    """
    return elementwise("log_normal", y, mu, sigma)


def log_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a logistic law.

    ``|z| + 2 ln(1 + e^-|z|) + ln scale`` with ``z = (y - location)/scale``. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_logistic([0.0, 3.0], location=0.0, scale=1.0)
    array([1.38629436, 3.0971747 ])
    """
    return elementwise("log_logistic", y, location, scale)


def log_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a Student's t law of ``n`` degrees of freedom.

    ``(n + 1)/2 ln(1 + z²/n) + ln(n)/2 + ln B(1/2, n/2) + ln scale`` with ``z = (y - location)/scale``. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    degrees
        Degrees of freedom, above 0. Shape (...), broadcast against ``y``.
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``degrees`` or ``scale`` is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_student_t([0.0, 3.0], degrees=5.0, location=0.0, scale=1.0)
    array([0.96861959, 4.05747784])
    """
    return elementwise("log_student_t", y, degrees, location, scale)


def log_laplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a Laplace law.

    ``|y - location|/scale + ln(2 scale)``. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_laplace([0.0, 3.0], location=0.0, scale=1.0)
    array([0.69314718, 3.69314718])
    """
    return elementwise("log_laplace", y, location, scale)


def log_gev(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The logarithmic score of a generalised extreme value law.

    With ``z = (y - location)/scale``, ``ξ`` the shape and ``ln t = -ln(1 + ξz)/ξ`` (``-z`` where ``ξ`` is 0) it is ``ln scale - (ξ + 1) ln t + t``. Infinite where ``1 +
    ξz`` is below 0 and for an infinite ``y`` (for minus infinity scoringrules has NaN); at the end, where it is 0, infinite for a shape above -1 and ``ln scale`` for one
    of -1. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape
        ``ξ``; 0 is Gumbel's law. Shape (...), broadcast against ``y``.
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0; at the upper end of a shape below -1, where the density is infinite; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114. Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594.

    Examples
    --------
    >>> log_gev([0.0, 3.0, -5.0], shape=0.2, location=0.0, scale=1.0)
    array([1.        , 2.91538921,        inf])
    """
    return elementwise("log_gev", y, shape, location, scale)


def log_two_piece_normal(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The logarithmic score of a two-piece normal law: half normals on both sides of ``location``.

    ``z²/2 + ln((scale_below + scale_above)/2) + ln(2π)/2`` with ``z = (y - location)/s`` and ``s`` the scale on the side of ``y``. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale_below, scale_above
        The mode, and how wide the law is on each side of it, above 0; in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a scale is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_two_piece_normal([0.0, 3.0], location=0.0, scale_below=1.0, scale_above=2.0)
    array([1.32440364, 2.44940364])
    """
    return elementwise("log_two_piece_normal", y, location, scale_below, scale_above)


def log_two_piece_exponential(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The logarithmic score of a two-piece exponential law: exponential on both sides of ``location``.

    ``|y - location|/s + ln(scale_below + scale_above)`` with ``s`` the scale on the side of ``y``. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale_below, scale_above
        The mode, and how wide the law is on each side of it, above 0; in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a scale is not above 0; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_two_piece_exponential([0.0, 3.0], location=0.0, scale_below=1.0, scale_above=2.0)
    array([1.09861229, 2.59861229])
    """
    return elementwise("log_two_piece_exponential", y, location, scale_below, scale_above)


def log_normal_mixture(
    y: ArrayLike, mean: ArrayLike, sd: ArrayLike, weights: ArrayLike | None = None, axis: int = -1
) -> Scores:
    """The logarithmic score of a mixture of normal laws.

    ``-ln sum_i w_i φ((y - m_i)/s_i)/s_i``. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    mean, sd
        Means and standard deviations of the components along ``axis``, the latter above 0; in the unit of ``y``. Shapes (..., components) or (components,), broadcast
        against each other and, without ``axis``, against ``y``.
    weights
        Their weights, at least 0 and not all 0; equal if not given, and they need not sum to 1. Shape (..., components) or (components,).
    axis
        Along which the components lie.

    Raises
    ------
    ValueError
        If a standard deviation is not above 0, weights are negative or all 0, or a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_normal_mixture(0.3, [0.0, 1.0], [0.5, 0.5], weights=[3, 1])
    0.5539060047939699
    """
    return of_mixture("log_normal_mixture", y, mean, sd, weights, axis)
