"""The logarithmic score of laws that are cut off to two bounds.

It is minus the logarithm of the density at what happened, or of the probability of what was counted, in nats. Lower is better. Scores of densities can be negative and depend on the unit: in one
in which numbers are c times as large they are ln c higher. Where the law calls what happened impossible the score is infinite; where its density is infinite there is no score.
Good (1952), J. R. Stat. Soc. B 14, 107–114.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise


__all__ = [
    "log_truncated_logistic",
    "log_truncated_normal",
    "log_truncated_student_t",
]


def log_truncated_normal(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a normal law cut off to ``lower`` … ``upper``.

    `log_normal`, and the logarithm of what the law has between the bounds; infinite outside of them. Lower is better; in nats.

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
        If ``scale`` is not above 0 or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_truncated_normal([0.5, 3.0], location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.30422344,        inf])
    """
    return elementwise("log_truncated_normal", y, location, scale, lower, upper)


def log_truncated_logistic(y: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a logistic law cut off to ``lower`` … ``upper``.

    `log_logistic`, and the logarithm of what the law has between the bounds; infinite outside of them. Lower is better; in nats.

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
        If ``scale`` is not above 0 or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_truncated_logistic([0.5, 3.0], location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.48266532,        inf])
    """
    return elementwise("log_truncated_logistic", y, location, scale, lower, upper)


def log_truncated_student_t(y: ArrayLike, degrees: ArrayLike, location: ArrayLike, scale: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Scores:
    """The logarithmic score of a Student's t law cut off to ``lower`` … ``upper``.

    `log_student_t`, and the logarithm of what the law has between the bounds; infinite outside of them. Lower is better; in nats.

    Parameters
    ----------
    y
        What happened. Shape (...).
    degrees
        Degrees of freedom, above 0. Shape (...), broadcast against ``y``.
    location, scale
        Those of the law without bounds, in the unit of ``y``; ``scale`` above 0. Shapes (...), broadcast against ``y``.
    lower, upper
        The bounds, ``lower`` below ``upper``; either may be infinite. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``degrees`` or ``scale`` is not above 0 or ``lower`` not below ``upper``; or if a number is NaN. The message names the row.

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_truncated_student_t([0.5, 3.0], degrees=5.0, location=0.0, scale=1.0, lower=0.0, upper=2.0)
    array([0.31432508,        inf])
    """
    return elementwise("log_truncated_student_t", y, degrees, location, scale, lower, upper)
