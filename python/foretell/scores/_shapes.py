"""Arrays as the engine takes them: in one piece, of numbers, and the shape of what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Union

import numpy
from numpy.typing import ArrayLike, NDArray

from .. import _foretell

Floats = NDArray[numpy.float64]
#: A score for each row, or one number where nothing has a shape.
Scores = Union[Floats, float]


def elementwise(rule: str, *columns: ArrayLike) -> Scores:
    arrays = numpy.broadcast_arrays(*(numpy.asarray(column, dtype=numpy.float64) for column in columns))
    shape = arrays[0].shape
    flat = [numpy.ascontiguousarray(array).reshape(-1) for array in arrays]
    scores = _foretell.elementwise(rule, flat)
    return scores.reshape(shape) if shape else float(scores[0])


def matrix_of(y: ArrayLike, rows: ArrayLike, axis: int) -> tuple[Floats, Floats, tuple[int, ...]]:
    """Outcomes in a row, what was said of each as a row of a matrix, and the shape of the scores."""
    said = numpy.moveaxis(numpy.asarray(rows, dtype=numpy.float64), axis, -1)
    outcomes = numpy.asarray(y, dtype=numpy.float64)
    shape = numpy.broadcast_shapes(outcomes.shape, said.shape[:-1])
    said = numpy.broadcast_to(said, (*shape, said.shape[-1]))
    outcomes = numpy.broadcast_to(outcomes, shape)
    matrix = numpy.ascontiguousarray(said).reshape(-1, said.shape[-1])
    return numpy.ascontiguousarray(outcomes).reshape(-1), matrix, shape


def shaped(scores: Floats, shape: tuple[int, ...]) -> Scores:
    return scores.reshape(shape) if shape else float(scores[0])


def by_rows(rule: str, y: ArrayLike, rows: ArrayLike, axis: int, shared: Sequence[float] = ()) -> Scores:
    outcomes, matrix, shape = matrix_of(y, rows, axis)
    return shaped(_foretell.by_rows(rule, matrix, outcomes, [float(one) for one in shared]), shape)


def by_two_rows(rule: str, y: ArrayLike, rows: ArrayLike, others: ArrayLike, axis: int) -> Scores:
    """A rule that takes two numbers for each of what lies along the axis, broadcast against each other."""
    first, second = (numpy.moveaxis(numpy.asarray(one, dtype=numpy.float64), axis, -1) for one in (rows, others))
    first, second = numpy.broadcast_arrays(first, second)
    outcomes, matrix, shape = matrix_of(y, first, -1)
    other = numpy.broadcast_to(second, (*shape, second.shape[-1]))
    return shaped(_foretell.by_two_rows(rule, matrix, numpy.ascontiguousarray(other).reshape(matrix.shape), outcomes), shape)


def of_mixture(rule: str, y: ArrayLike, mean: ArrayLike, sd: ArrayLike, weights: ArrayLike | None, axis: int) -> Scores:
    """A rule for mixtures of normal laws, whose components lie along the axis."""
    said = [numpy.moveaxis(numpy.asarray(one, dtype=numpy.float64), axis, -1) for one in (mean, sd)]
    said.append(numpy.ones(1) if weights is None else numpy.moveaxis(numpy.asarray(weights, dtype=numpy.float64), axis, -1))
    means, sds, shares = numpy.broadcast_arrays(*said)
    outcomes, matrix, shape = matrix_of(y, means, -1)
    rest = numpy.concatenate([numpy.broadcast_to(one, (*shape, one.shape[-1])) for one in (sds, shares)], axis=-1)
    rest = numpy.ascontiguousarray(rest).reshape(-1, 2 * matrix.shape[1])
    return shaped(_foretell.by_two_rows(rule, matrix, rest, outcomes), shape)
