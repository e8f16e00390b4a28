"""The CRPS of laws on the whole line and of cdfs, in closed form.

The CRPS is ``∫ (F(x) - [x >= y])² dx``, that of a point the absolute error. Lower is better; it has the unit of what happened.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._days import alike
from ._shapes import Scores, by_two_rows, elementwise, of_mixture, pure


__all__ = [
    "crps_cdf",
    "crps_gev",
    "crps_laplace",
    "crps_logistic",
    "crps_normal",
    "crps_normal_mixture",
    "crps_student_t",
    "crps_two_piece_exponential",
    "crps_two_piece_normal",
]


def crps_normal(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike) -> Scores:
    """The CRPS of a normal law.

    ``sigma (z (2Φ(z) - 1) + 2φ(z) - 1/√π)`` with ``z = (y - mu)/sigma``. Lower is better; in the unit of ``y``.

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

    Gneiting et al. (2005), Mon. Weather Rev. 133, 1098–1118, eq. (5).

    Examples
    --------
    >>> crps_normal([0.0, 3.0], mu=0.0, sigma=1.0)
    array([0.23369498, 2.43657473])
    """
    return elementwise("crps_normal", y, mu, sigma)


def crps_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a logistic law.

    ``scale (z - 2 ln F(z) - 1)`` with ``z = (y - location)/scale`` and ``F(z) = 1/(1 + e^-z)``. Lower is better; in the unit of ``y``.

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

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_logistic([0.0, 3.0], location=0.0, scale=1.0)
    array([0.38629436, 2.0971747 ])
    """
    return elementwise("crps_logistic", y, location, scale)


def crps_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a Student's t law of ``n`` degrees of freedom.

    ``scale (z (2F(z) - 1) + 2f(z) (n + z²)/(n - 1) - 2√n/(n - 1) B(1/2, n - 1/2)/B(1/2, n/2)²)`` with ``z = (y - location)/scale``, ``F`` and ``f`` the cdf and the
    density. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    degrees
        Degrees of freedom, above 1: up to there no mean exists, and the score, which is finite above one half, is not computed. Shape (...), broadcast against ``y``.
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``degrees`` is not above 1 or ``scale`` not above 0; or if ``y`` is infinite or a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_student_t([0.0, 3.0], degrees=5.0, location=0.0, scale=1.0)
    array([0.25702536, 2.33875895])
    """
    return elementwise("crps_student_t", y, degrees, location, scale)


def crps_laplace(y: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a Laplace law.

    ``scale (|z| + exp(-|z|) - 3/4)`` with ``z = (y - location)/scale``. Lower is better; in the unit of ``y``.

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

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_laplace([0.0, 3.0], location=0.0, scale=1.0)
    array([0.25      , 2.29978707])
    """
    return elementwise("crps_laplace", y, location, scale)


def crps_gev(y: ArrayLike, shape: ArrayLike, location: ArrayLike, scale: ArrayLike) -> Scores:
    """The CRPS of a generalised extreme value law.

    With ``F`` the cdf, ``ξ`` the shape and ``γ`` the lower incomplete gamma function ``(location - scale/ξ - y)(1 - 2F(y)) - scale/ξ (2^ξ Γ(1 - ξ) - 2γ(1 - ξ, -ln
    F(y)))``. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    shape
        Below 1: from there on no mean exists, and the score, which is finite below 2, is not computed; 0 is Gumbel's law. Shape (...), broadcast against ``y``.
    location, scale
        Where the law lies and how wide it is, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``shape`` is not below 1 or ``scale`` not above 0; or if ``y`` is infinite or a number is NaN. The message names the row.

    Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594.

    Examples
    --------
    >>> crps_gev([0.0, 3.0], shape=0.2, location=0.0, scale=1.0)
    array([0.35786432, 1.6868039 ])
    """
    return elementwise("crps_gev", y, shape, location, scale)


def crps_two_piece_exponential(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The CRPS of a two-piece exponential law: exponential on both sides of ``location``.

    With ``a`` and ``b`` the scales below and above, ``d = y - location`` and ``s`` the scale on the side of ``y``, ``|d| + 2s²/(a + b) (exp(-|d|/s) - 1) + (a³ + b³)/(2
    (a + b)²)``. Lower is better; in the unit of ``y``.

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

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_two_piece_exponential([0.0, 3.0], location=0.0, scale_below=1.0, scale_above=2.0)
    array([0.5       , 1.42834709])
    """
    return elementwise("crps_two_piece_exponential", y, location, scale_below, scale_above)


def crps_two_piece_normal(y: ArrayLike, location: ArrayLike, scale_below: ArrayLike, scale_above: ArrayLike) -> Scores:
    """The CRPS of a two-piece normal law: half normals on both sides of ``location``.

    The density is continuous: below ``location`` lies ``scale_below/(scale_below + scale_above)`` of it. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale_below, scale_above
        The mode, and how wide the law is on each side of it, above 0; in the unit of ``y``. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If a scale is not above 0; or if ``y`` is infinite or a number is NaN. The message names the row.

    Gneiting and Thorarinsdottir (2010), arXiv:1010.2318.

    Examples
    --------
    >>> crps_two_piece_normal([0.0, 3.0], location=0.0, scale_below=1.0, scale_above=2.0)
    array([0.46738995, 1.49600069])
    """
    return elementwise("crps_two_piece_normal", y, location, scale_below, scale_above)


def crps_normal_mixture(
    y: ArrayLike, mean: ArrayLike, sd: ArrayLike, weights: ArrayLike | None = None, axis: int = -1
) -> Scores:
    """The CRPS of a mixture of normal laws.

    ``sum_i w_i A(y - m_i, s_i²) - 1/2 sum_ij w_i w_j A(m_i - m_j, s_i² + s_j²)`` with ``A(m, s²)`` the mean of the absolute value of a normal law. Lower is better; in the
    unit of ``y``. Takes time in proportion to the square of the number of components.

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

    Grimit, Gneiting, Berrocal and Johnson (2006), Q. J. R. Meteorol. Soc. 132, 2925–2942.

    Examples
    --------
    >>> crps_normal_mixture(0.3, [0.0, 1.0], [0.5, 0.5], weights=[3, 1])
    0.16243961343850688
    """
    return of_mixture("crps_normal_mixture", y, mean, sd, weights, axis)


def crps_cdf(y: ArrayLike, points: ArrayLike, cdf: ArrayLike, axis: int = -1) -> Scores:
    """The CRPS of a cdf that is linear between points, 0 before the first and 1 after the last; what is missing to 0 or 1 there sits at these two points.

    ``∫ F(x)² dx`` up to ``y`` and ``∫ (1 - F(x))² dx`` from there on. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    points
        Where the cdf is given, increasing along ``axis``, in the unit of ``y``. Shape (..., points) or (points,).
    cdf
        Probabilities of no more than each point, from 0 to 1, that do not fall. Shape (..., points) or (points,), broadcast against ``points``.
    axis
        Along which the points lie.

    Raises
    ------
    ValueError
        If the points do not increase, the cdf falls or lies outside of 0 to 1, or a number is NaN. The message names the row.

    Matheson and Winkler (1976), Manage. Sci. 22, 1087–1096; integrated exactly.

    Examples
    --------
    >>> crps_cdf(0.5, [0.0, 1.0], [0.0, 1.0])
    0.08333333333333333
    """
    y, points = alike({"y": y, "points": points})
    return by_two_rows("crps_cdf", y, pure(cdf, "cdf"), points, axis)
