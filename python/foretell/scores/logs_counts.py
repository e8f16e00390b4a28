"""The logarithmic score of laws of counts.

It is minus the logarithm of the density at what happened, or of the probability of what was counted, in nats. Lower is better. Scores of densities can be negative and depend on the unit: in one
in which numbers are c times as large they are ln c higher. Where the law calls what happened impossible the score is infinite; where its density is infinite there is no score.
Good (1952), J. R. Stat. Soc. B 14, 107–114.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from ._shapes import Scores, elementwise


__all__ = [
    "log_binomial",
    "log_hypergeometric",
    "log_negative_binomial",
    "log_poisson",
]


def log_poisson(y: ArrayLike, mean: ArrayLike) -> Scores:
    """The logarithmic score of a Poisson law.

    ``mean - y ln mean + ln y!``; infinite for what is no whole number from 0. Lower is better; in nats.

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

    Good (1952), J. R. Stat. Soc. B 14, 107–114. Computed as by Loader (2000), Fast and accurate computation of binomial probabilities.

    Examples
    --------
    >>> log_poisson([0, 3, 0.5], mean=2.0)
    array([2.        , 1.71231793,        inf])
    """
    return elementwise("log_poisson", y, mean)


def log_binomial(y: ArrayLike, trials: ArrayLike, p: ArrayLike) -> Scores:
    """The logarithmic score of a binomial law.

    ``-ln (trials over y) - y ln p - (trials - y) ln(1 - p)``; infinite for what is no whole number from 0 to ``trials``. Lower is better; in nats.

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

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_binomial([0, 3, 5], trials=4, p=0.5)
    array([2.77258872, 1.38629436,        inf])
    """
    return elementwise("log_binomial", y, trials, p)


def log_negative_binomial(y: ArrayLike, size: ArrayLike, p: ArrayLike) -> Scores:
    """The logarithmic score of a negative binomial law: failures before success number ``size``.

    ``ln(y + size) + ln B(y + 1, size) - size ln p - y ln(1 - p)``; infinite for what is no whole number from 0. Lower is better; in nats.

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

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_negative_binomial([0, 3, 0.5], size=2.0, p=0.5)
    array([1.38629436, 2.07944154,        inf])
    """
    return elementwise("log_negative_binomial", y, size, p)


def log_hypergeometric(y: ArrayLike, marked: ArrayLike, unmarked: ArrayLike, drawn: ArrayLike) -> Scores:
    """The logarithmic score of a hypergeometric law: marked ones among those drawn without replacement.

    ``ln (marked + unmarked over drawn) - ln (marked over y) - ln (unmarked over drawn - y)``; infinite for what cannot be drawn. Lower is better; in nats.

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

    Good (1952), J. R. Stat. Soc. B 14, 107–114.

    Examples
    --------
    >>> log_hypergeometric([0, 2, 4], marked=3, unmarked=4, drawn=3)
    array([2.1690537 , 1.07044141,        inf])
    """
    return elementwise("log_hypergeometric", y, marked, unmarked, drawn)
