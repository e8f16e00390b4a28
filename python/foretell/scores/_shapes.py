"""Arrays as the engine takes them: in one piece, of numbers, and the shape of what comes back."""

from __future__ import annotations

import functools
import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, Union

import numpy
from numpy.typing import ArrayLike, NDArray

from .. import _foretell
from ._days import SPANS, alike, check_spans, days_of

Floats = NDArray[numpy.float64]
#: A score for each row, or one number where nothing has a shape.
Scores = Union[Floats, float]

#: What the engine says of a row that has no score.
ROW = re.compile(r"^row (\d+)(?=\b)")


#: What rules of elements take that has no unit, or one over that of what happened: no day can stand there.
PURE = frozenset({"a", "alpha", "b", "degrees", "drawn", "floor", "level", "marked", "mass", "p", "rate", "shape", "size", "trials", "unmarked"})
#: Rules of what either happens or not, of laws of counts and of laws of a logarithm: nothing of theirs is a day.
WITHOUT_DAYS = re.compile("brier|log|log_floored|(crps|log)_(poisson|binomial|negative_binomial|hypergeometric|lognormal|loglogistic|loglaplace)")


def numbers(values: ArrayLike, name: str = "y") -> Floats:
    """Values as doubles. What a masked array hides is NaN, and so is a day that is missing (NaT). Days and times are in the unit they have, by themselves: those
    that are compared with others go through `alike` first.
    """
    if isinstance(values, numpy.ma.MaskedArray):
        return numpy.where(numpy.ma.getmaskarray(values), numpy.nan, numbers(numpy.asarray(values), name))
    if isinstance(values, (list, tuple)) and any(isinstance(one, numpy.ma.MaskedArray) for one in values):
        return numpy.stack([numbers(one, name) for one in values])
    array = numpy.asarray(values)
    if array.dtype.kind == "c":
        raise TypeError(f"scores are of real numbers, not of complex ones ({array.dtype})")
    if array.dtype.kind in "mMO":
        array = numpy.asarray(alike({name: array})[0])
    if array.dtype.kind in "mM":
        return numpy.full(array.shape, numpy.nan)
    if array.dtype == object:
        # A missing day among objects would become the least whole number there is.
        missing = [isinstance(one, (numpy.datetime64, numpy.timedelta64)) and bool(numpy.isnat(one)) for one in array.flat]
        if any(missing):
            array = numpy.where(numpy.reshape(missing, array.shape), numpy.nan, array)
    return numpy.asarray(array, dtype=numpy.float64)


def pure(values: ArrayLike, name: str) -> Floats:
    """Values without a unit as doubles, such as probabilities, weights and counts; `name` is what they are called."""
    days = days_of(values, name)
    if days is not None:
        raise TypeError(f"{name} takes numbers, not days or times ({days.dtype})")
    return numbers(values)


@functools.cache
def _takes(rule: str) -> tuple[str, ...]:
    """The names of what a rule of elements takes."""
    return tuple(dict(_foretell.rules_of_elements())[rule])


def placed(said: str, shape: tuple[int, ...]) -> str:
    """What is said of a row of the flat array, with its place in one of this shape."""
    row = ROW.match(said)
    if row is None or len(shape) < 2:
        return said
    place = tuple(int(at) for at in numpy.unravel_index(int(row.group(1)), shape))
    return f"row {place}{said[row.end():]}"


def _missing(*columns: Floats) -> int | None:
    """The first row that holds NaN."""
    if not any(column.size and math.isnan(column.min()) for column in columns):
        return None
    return min(int(numpy.argmax(numpy.isnan(column.reshape(len(column), -1)).any(axis=1))) for column in columns if math.isnan(column.min()))


def scored(
    rule: str,
    shape: tuple[int, ...],
    score: Callable[[], Floats],
    outcomes: Floats,
    *rows: Floats,
    shared: Sequence[float] = (),
    refuses_nan: bool = False,
) -> Scores:
    """Scores in their shape; where a row has none, the error names its place, what it holds, and what all share. What refuses NaN by itself is searched for it
    only once it has refused something.
    """

    def of_missing() -> str | None:
        missing = _missing(outcomes, *rows)
        return None if missing is None else f"row {missing} has no score under {rule}: y = {outcomes[missing]}"

    said = None if refuses_nan else of_missing()
    if said is None:
        try:
            return shaped(score(), shape)
        except ValueError as problem:
            said = of_missing() or str(problem)
    row = ROW.match(said)
    if row is not None:
        holds = [numpy.array2string(one[int(row.group(1))], threshold=8).replace("\n", "") for one in rows]
        said += f", with {' and '.join(holds)}" + (f", under {', '.join(map(str, shared))}" if shared else "")
    raise ValueError(placed(said, shape))


def shaped(scores: Floats, shape: tuple[int, ...]) -> Scores:
    return scores.reshape(shape) if shape else float(scores[0])


def of_outcomes(rule: str, y: ArrayLike, p: ArrayLike) -> Scores:
    """Scores of yes/no forecasts. Outcomes that are truth values or single bytes already are taken as they are, beside probabilities of the same shape."""
    # Subclasses, such as masked arrays, hold more than their numbers say.
    if (
        type(y) is numpy.ndarray
        and type(p) is numpy.ndarray
        and y.shape == p.shape
        and y.size > 0
        and y.dtype in (numpy.bool_, numpy.uint8)
        and p.dtype == numpy.float64
        and y.flags.c_contiguous
        and p.flags.c_contiguous
    ):
        try:
            return shaped(_foretell.of_outcomes(rule, y.view(numpy.uint8).reshape(-1), p.reshape(-1)), p.shape)
        except ValueError:
            # Said below, where it stands.
            pass
    return elementwise(rule, y, p)


def elementwise(rule: str, *columns: ArrayLike) -> Scores:
    names = _takes(rule)
    is_without_days = WITHOUT_DAYS.fullmatch(rule) is not None
    takes = dict(zip(names, columns, strict=True))
    placed_values = {name: one for name, one in takes.items() if not is_without_days and name not in PURE}
    if "y" in placed_values and placed_values.keys() <= {"y"} | SPANS:
        check_spans(takes["y"], "y", f"the law of {rule} begins at 0")
    takes.update(zip(placed_values, alike(placed_values), strict=True))
    doubles = [numbers(one, name) if name in placed_values else pure(one, name) for name, one in takes.items()]
    arrays = numpy.broadcast_arrays(*doubles)
    flat = [numpy.ascontiguousarray(array).reshape(-1) for array in arrays]
    shape = arrays[0].shape
    try:
        return shaped(_foretell.elementwise(rule, flat), shape)
    except ValueError as problem:
        said = str(problem)
        missing = _missing(*flat)
        if missing is not None:
            holds = ", ".join(f"{name} = {column[missing]:g}" for name, column in zip(names, flat, strict=True))
            said = f"row {missing} has no score under {rule}: {holds}"
        raise ValueError(placed(said, shape)) from None


def last(values: ArrayLike, axis: int) -> Floats:
    """Values with what lies along the axis moved last."""
    said = numbers(values)
    try:
        at = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis takes the number of an axis, such as 0, or -1 for the last, not {axis!r}") from None
    if said.ndim == 0:
        raise ValueError(f"something must lie along axis {axis}, but {said} is one number")
    if not -said.ndim <= at < said.ndim:
        raise ValueError(f"there is no axis {axis} of an array of shape {said.shape}: axis is from {-said.ndim} to {said.ndim - 1}")
    return numpy.moveaxis(said, at, -1)


def aligned(axis: int, *arrays: ArrayLike) -> list[Floats]:
    """Arrays with what lies along the axis last, broadcast against each other. One of at most one dimension beside others of more holds for all rows."""
    several = [numbers(one) for one in arrays]
    most = max(one.ndim for one in several)
    return list(numpy.broadcast_arrays(*(one if one.ndim < min(most, 2) else last(one, axis) for one in several)))


def matrix_of(y: ArrayLike, rows: ArrayLike, axis: int, name: str = "draws") -> tuple[Floats, Floats, tuple[int, ...]]:
    """Outcomes in a row, what was said of each as a row of a matrix, and the shape of the scores; `name` is what the rows are called."""
    y, rows = alike({"y": y, name: rows})
    said = last(rows, axis)
    if said.shape[-1] == 0:
        raise ValueError(f"nothing lies along axis {axis} of an array of shape {numpy.shape(rows)}")
    outcomes = numbers(y)
    shape = numpy.broadcast_shapes(outcomes.shape, said.shape[:-1])
    matrix = flattened(said, shape, 1)
    return flattened(outcomes, shape, 0), matrix, shape


def flattened(values: Floats, shape: tuple[int, ...], kept: int) -> Floats:
    """Values broadcast to this shape of rows, in one dimension of rows and so many that are kept."""
    rest = values.shape[values.ndim - kept :]
    return numpy.ascontiguousarray(numpy.broadcast_to(values, (*shape, *rest))).reshape(math.prod(shape), *rest)


def by_rows(rule: str, y: ArrayLike, rows: ArrayLike, axis: int, shared: Sequence[ArrayLike] = ()) -> Scores:
    outcomes, matrix, shape = matrix_of(y, rows, axis)
    common = [float(pure(one, "size")) for one in shared]
    if any(map(math.isnan, common)):
        raise ValueError(f"there is no score under {rule} by {', '.join(map(str, common))}: NaN is no number")
    return scored(rule, shape, lambda: _foretell.by_rows(rule, matrix, outcomes, common), outcomes, matrix, shared=common)


def _by_two(rule: str, outcomes: Floats, matrix: Floats, others: Floats, shape: tuple[int, ...]) -> Scores:
    others = numpy.ascontiguousarray(others)
    return scored(rule, shape, lambda: _foretell.by_two_rows(rule, matrix, others, outcomes), outcomes, matrix, others)


def by_two_rows(rule: str, y: ArrayLike, rows: ArrayLike, others: ArrayLike, axis: int) -> Scores:
    """A rule that takes two numbers for each of what lies along the axis, broadcast against each other."""
    y, rows = alike({"y": y, "draws": rows})
    first, second = aligned(axis, rows, others)
    outcomes, matrix, shape = matrix_of(y, first, -1)
    return _by_two(rule, outcomes, matrix, flattened(second, shape, 1), shape)


def by_row_and_rest(rule: str, y: ArrayLike, rows: ArrayLike, axis: int, rest: Callable[[Floats, Floats, tuple[int, ...]], Floats]) -> Scores:
    """A rule that takes further numbers for each row, worked out from the outcomes, the matrix and the shape of the scores."""
    outcomes, matrix, shape = matrix_of(y, rows, axis)
    return _by_two(rule, outcomes, matrix, rest(outcomes, matrix, shape), shape)


def of_mixture(rule: str, y: ArrayLike, mean: ArrayLike, sd: ArrayLike, weights: ArrayLike | None, axis: int) -> Scores:
    """A rule for mixtures of normal laws, whose components lie along the axis."""
    y, mean, sd = alike({"y": y, "mean": mean, "sd": sd})
    means, sds, shares = aligned(axis, mean, sd, 1.0 if weights is None else pure(weights, "weights"))
    return by_row_and_rest(
        rule, y, means, -1, lambda _, __, shape: numpy.concatenate([flattened(sds, shape, 1), flattened(shares, shape, 1)], axis=1)
    )
