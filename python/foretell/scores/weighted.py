"""Scores of draws where some outcomes matter more than others."""

from __future__ import annotations

from collections.abc import Callable

import numpy
from numpy.typing import ArrayLike

from ._days import alike, check_spans
from ._shapes import Floats, Scores, aligned, by_row_and_rest, flattened, numbers, pure


__all__ = [
    "crps_ensemble_outcome_weighted",
    "crps_ensemble_vertically_rescaled",
]


#: What an outcome matters, from values of any shape to weights of the same shape.
Weight = Callable[[Floats], ArrayLike]


def _by_weight(
    rule: str, y: ArrayLike, draws: ArrayLike, bounds: tuple[float, float], weight: Weight | None, weights: ArrayLike | None, axis: int
) -> Scores:
    """A rule that knows what draws and outcomes matter, and how much each draw counts."""
    y, draws, lower, upper = alike({"y": y, "draws": draws, "lower": bounds[0], "upper": bounds[1]})
    if lower != lower or upper != upper:
        raise ValueError(f"there is no score under {rule} from {lower} to {upper}: NaN is no bound")
    of = weight or (lambda values: (lower <= values) & (values <= upper))
    said, shares = aligned(axis, draws, 1.0 if weights is None else pure(weights, "weights"))

    def matters(outcomes: Floats, matrix: Floats, shape: tuple[int, ...]) -> Floats:
        counts = flattened(shares, shape, 1)
        if not (counts >= 0.0).all() or not (counts.sum(axis=1) > 0.0).all():
            raise ValueError("weights of draws are at least 0, and not all of them 0")
        counts = counts / counts.mean(axis=1, keepdims=True)
        return numpy.column_stack([numbers(of(matrix)) * counts, numbers(of(outcomes))])

    return by_row_and_rest(rule, y, said, -1, matters)


def crps_ensemble_outcome_weighted(
    y: ArrayLike,
    draws: ArrayLike,
    lower: float = -numpy.inf,
    upper: float = numpy.inf,
    axis: int = -1,
    weight: Weight | None = None,
    weights: ArrayLike | None = None,
) -> Scores:
    """The outcome-weighted CRPS of an ensemble: its score given that what matters happens, times how much the outcome matters.

    ``w(y) CRPS(F_w, y)``, where ``F_w`` gives each draw the weight ``w(x_i)``. Lower is better, but whether the forecast gave what matters its due probability it does not see; in the
    unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    lower, upper
        One number each: what lies between them, themselves included, matters with weight 1, all else not; either may be infinite.
    axis
        Along which the draws lie.
    weight
        Instead of the two, a function that gives the weights of an array of values, at least 0. Shape in, the same shape out.
    weights
        How much each draw counts, at least 0. Shape (..., draws) or (draws,).

    Raises
    ------
    ValueError
        If there are no draws, the outcome matters and no draw does, a weight is negative, ``weights`` of a row are all 0, or a number is not finite. The message names the row.

    Holzmann and Klar (2017), Ann. Appl. Stat. 11, 2404–2431.

    Examples
    --------
    >>> crps_ensemble_outcome_weighted([2.5, 0.5], [0.0, 2.0], lower=1.0)
    array([0.5, 0. ])
    >>> crps_ensemble_outcome_weighted(2.5, [0.0, 2.0], weight=lambda values: values >= 1.0)
    0.5
    """
    return _by_weight("crps_ensemble_outcome_weighted", y, draws, (lower, upper), weight, weights, axis)


def crps_ensemble_vertically_rescaled(
    y: ArrayLike,
    draws: ArrayLike,
    lower: float = -numpy.inf,
    upper: float = numpy.inf,
    axis: int = -1,
    weight: Weight | None = None,
    weights: ArrayLike | None = None,
) -> Scores:
    """The vertically re-scaled CRPS of an ensemble, which also judges how much weight the forecast gave to what matters.

    ``E|X - y| w(X) w(y) - E|X - X'| w(X) w(X') / 2 + (E|X| w(X) - |y| w(y)) (E w(X) - w(y))``, with ``X`` and ``X'`` two draws. Lower is better; in the unit of ``y``.

    Parameters
    ----------
    y
        What happened. Shape (...).
    draws
        Draws along ``axis``, in the unit of ``y``. Shape (..., draws), broadcast, without ``axis``, against ``y``.
    lower, upper
        One number each: what lies between them, themselves included, matters with weight 1, all else not; either may be infinite.
    axis
        Along which the draws lie.
    weight
        Instead of the two, a function that gives the weights of an array of values, at least 0. Shape in, the same shape out.
    weights
        How much each draw counts, at least 0. Shape (..., draws) or (draws,).

    Raises
    ------
    ValueError
        If there are no draws, a weight is negative, ``weights`` of a row are all 0, or a number is not finite. The message names the row.

    Allen, Ginsbourger and Ziegel (2023), SIAM/ASA J. Uncertain. Quantif. 11, 906–940, with x₀ = 0.

    Examples
    --------
    >>> crps_ensemble_vertically_rescaled([2.5, 0.5], [0.0, 2.0], lower=1.0)
    array([1. , 0.5])
    """
    for name, values in (("y", y), ("draws", draws)):
        check_spans(values, name, "crps_ensemble_vertically_rescaled measures from 0")
    return _by_weight("crps_ensemble_vertically_rescaled", y, draws, (lower, upper), weight, weights, axis)
