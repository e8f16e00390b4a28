"""The CRPS of laws of counts.

The CRPS is ``∫ (F(x) - [x >= y])² dx``, that of a point the absolute error. Lower is better; it has the unit of what happened.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise


__all__ = [
    "crps_binomial",
    "crps_hypergeometric",
    "crps_negative_binomial",
    "crps_poisson",
]


def crps_poisson(y: ArrayLike, mean: ArrayLike) -> Scores:
    """The CRPS of a Poisson law.

    ``∫ (F(x) - [x >= y])² dx``, added up between whole numbers. Takes time in proportion to the square root of the mean. Lower is better; in counts.

    Parameters
    ----------
    y
        What was counted. Shape (...).
    mean
        Above 0. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``mean`` is not above 0; or if a number is NaN. The message names the row.

    Wei and Held (2014), Test 23, 787–805.

    Examples
    --------
    >>> crps_poisson([0, 3], mean=2.0)
    array([1.22849448, 0.66452958])
    """
    return elementwise("crps_poisson", y, mean)


def crps_binomial(y: ArrayLike, trials: ArrayLike, p: ArrayLike) -> Scores:
    """The CRPS of a binomial law.

    ``∫ (F(x) - [x >= y])² dx``, added up between whole numbers. Lower is better; in counts.

    Parameters
    ----------
    y
        What was counted. Shape (...).
    trials
        How many trials, a whole number from 0. Shape (...), broadcast against ``y``.
    p
        The chance of each, from 0 to 1. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``trials`` is no whole number from 0 or ``p`` lies outside of 0 to 1; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_binomial([0, 3], trials=4, p=0.5)
    array([1.453125, 0.578125])
    """
    return elementwise("crps_binomial", y, trials, p)


def crps_negative_binomial(y: ArrayLike, size: ArrayLike, p: ArrayLike) -> Scores:
    """The CRPS of a negative binomial law: failures before success number ``size``.

    ``∫ (F(x) - [x >= y])² dx``, added up between whole numbers; the mean is ``size (1 - p)/p``. Takes time in proportion to the standard deviation and to ``1/p``. Lower
    is better; in counts.

    Parameters
    ----------
    y
        What was counted. Shape (...).
    size
        How many successes, above 0; need not be whole. Shape (...), broadcast against ``y``.
    p
        The chance of success of each trial, above 0 and up to 1. Shape (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If ``size`` is not above 0 or ``p`` lies outside of 0 to 1 or is 0; or if a number is NaN. The message names the row.

    Wei and Held (2014), Test 23, 787–805.

    Examples
    --------
    >>> crps_negative_binomial([0, 3], size=2.0, p=0.5)
    array([0.96296296, 0.83796296])
    """
    return elementwise("crps_negative_binomial", y, size, p)


def crps_hypergeometric(y: ArrayLike, marked: ArrayLike, unmarked: ArrayLike, drawn: ArrayLike) -> Scores:
    """The CRPS of a hypergeometric law: marked ones among those drawn without replacement.

    ``∫ (F(x) - [x >= y])² dx``, added up between whole numbers. Lower is better; in counts.

    Parameters
    ----------
    y
        What was counted. Shape (...).
    marked, unmarked, drawn
        How many there are of both kinds, and how many are drawn of all: whole numbers from 0. Shapes (...), broadcast against ``y``.

    Raises
    ------
    ValueError
        If one of them is no whole number from 0, or more are drawn than there are; or if a number is NaN. The message names the row.

    Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.

    Examples
    --------
    >>> crps_hypergeometric([0, 2], marked=3, unmarked=4, drawn=3)
    array([0.92326531, 0.40897959])
    """
    return elementwise("crps_hypergeometric", y, marked, unmarked, drawn)
