"""The CRPS of laws that are cut off or censored to two bounds, in closed form.

The CRPS is ``∫ (F(x) - [x >= y])² dx``, that of a point the absolute error. Lower is better; it has the unit of what happened.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise


__all__ = [
    "crps_censored_logistic",
    "crps_censored_normal",
    "crps_censored_student_t",
    "crps_truncated_logistic",
    "crps_truncated_normal",
    "crps_truncated_student_t",
]


def crps_truncated_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a normal law cut off to ``lower`` … ``upper``.

    What lies outside is left out, and the rest scaled up. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law without bounds, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``; either may be infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0, or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_truncated_normal([0.5, 3.0], location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.143843, 1.993531])
    """
    return elementwise("crps_truncated_normal", y, location, scale, lower, upper)


def crps_censored_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a normal law censored to ``lower`` … ``upper``.

    What lies outside sits at the bounds. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law without bounds, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``; either may be infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0, or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_censored_normal([0.5, 3.0], location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.21445414, 2.33584243])
    """
    return elementwise("crps_censored_normal", y, location, scale, lower, upper)


def crps_truncated_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a logistic law cut off to ``lower`` … ``upper``.

    What lies outside is left out, and the rest scaled up. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law without bounds, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``; either may be infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0, or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_truncated_logistic([0.5, 3.0], location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.2062223 , 1.82205275])
    """
    return elementwise("crps_truncated_logistic", y, location, scale, lower, upper)


def crps_censored_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a logistic law censored to ``lower`` … ``upper``.

    What lies outside sits at the bounds. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    location, scale
        Those of the law without bounds, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``; either may be infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``scale`` is not above 0, or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_censored_logistic([0.5, 3.0], location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.2472817 , 2.05298375])
    """
    return elementwise("crps_censored_logistic", y, location, scale, lower, upper)


def crps_truncated_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a Student's t law cut off to ``lower`` … ``upper``.

    What lies outside is left out, and the rest scaled up. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    degrees
        Degrees of freedom, above 1. Shape (...), broadcast against ``y``.
    location, scale
        Those of the law without bounds, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``; either may be infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``degrees`` is not above 1, ``scale`` is not above 0, or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_truncated_student_t([0.5, 3.0], degrees=5.0, location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.14676057, 1.97932214])
    """
    return elementwise("crps_truncated_student_t", y, degrees, location, scale, lower, upper)


def crps_censored_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The CRPS of a Student's t law censored to ``lower`` … ``upper``.

    What lies outside sits at the bounds. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    degrees
        Degrees of freedom, above 1. Shape (...), broadcast against ``y``.
    location, scale
        Those of the law without bounds, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``; either may be infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``degrees`` is not above 1, ``scale`` is not above 0, or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_censored_student_t([0.5, 3.0], degrees=5.0, location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.22007356, 2.26746429])
    """
    return elementwise("crps_censored_student_t", y, degrees, location, scale, lower, upper)
