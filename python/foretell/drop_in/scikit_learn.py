"""Losses as scikit-learn names them."""

from __future__ import annotations

import numpy
from numpy.typing import ArrayLike

from .. import scores
from ..scores._shapes import Scores

__all__ = [
    "brier_score_loss",
    "log_loss",
    "mean_pinball_loss",
]


def _mean(score: Scores, sample_weight: ArrayLike | None) -> float:
    return float(numpy.average(score, weights=None if sample_weight is None else numpy.asarray(sample_weight, dtype=numpy.float64)))


def brier_score_loss(y_true: ArrayLike, y_proba: ArrayLike, *, sample_weight: ArrayLike | None = None, pos_label: object = 1) -> float:
    """The mean of `foretell.scores.brier`, ``y_true`` being yes where it is ``pos_label``."""
    happened = numpy.asarray(y_true) == pos_label
    return _mean(scores.brier(happened, y_proba), sample_weight)


def log_loss(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: ArrayLike | None = None,
    labels: ArrayLike | None = None,
) -> float:
    """The mean of `foretell.scores.log` or `foretell.scores.log_all`, in nats; the sum with ``normalize=False``.

    Probabilities of what happened below 2.2e-16 are raised to that. Labels are in their order the columns of ``y_pred``.
    """
    truth = numpy.asarray(y_true)
    known = numpy.unique(truth if labels is None else numpy.asarray(labels))
    said = numpy.asarray(y_pred, dtype=numpy.float64)
    if said.ndim == 1 or said.shape[1] == 1:
        if known.size != 2:
            raise ValueError(f"a probability for each row needs two labels, but there are {known.size}: say which in `labels`")
        said = numpy.column_stack([1.0 - said.reshape(-1), said.reshape(-1)])
    if said.shape != (truth.size, known.size):
        raise ValueError(f"{truth.size} rows and {known.size} labels need probabilities of shape {(truth.size, known.size)}, not {said.shape}")
    place = numpy.searchsorted(known, truth)
    if not (known[numpy.minimum(place, known.size - 1)] == truth).all():
        raise ValueError("y_true holds what is not among the labels")
    least = float(numpy.finfo(numpy.float64).eps)
    score = numpy.minimum(scores.log_all(place, said), -numpy.log(least))
    if normalize:
        return _mean(score, sample_weight)
    return float((score * (1.0 if sample_weight is None else numpy.asarray(sample_weight, dtype=numpy.float64))).sum())


def mean_pinball_loss(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None, alpha: float = 0.5) -> float:
    """The mean of `foretell.scores.pinball`."""
    return _mean(scores.pinball(y_true, y_pred, alpha), sample_weight)
