"""Losses as scikit-learn names them, of what it takes: targets of shape (n,) or (n, 1), or one-hot; probabilities of `float16` and `float32`, whose losses are of their precision.

What scikit-learn 1.9 refuses is a `ValueError` here, and what a masked array hides is refused, too.
"""

from __future__ import annotations

import math
from typing import Union

import numpy
from numpy.typing import ArrayLike, NDArray

from .._asking import warn
from ..scores._shapes import Floats

__all__ = [
    "brier_score_loss",
    "log_loss",
    "mean_pinball_loss",
]

#: Numbers of one of the precisions that scikit-learn computes in.
Real = NDArray[numpy.floating]
Labels = NDArray[numpy.generic]
PRECISIONS = (numpy.float64, numpy.float32, numpy.float16)


def _array(name: str, values: ArrayLike) -> Labels:
    """Values as an array without gaps, which has rows."""
    if numpy.ma.is_masked(values):
        raise ValueError(f"{name} hides some of its values: it is a masked array")
    array: Labels = numpy.asarray(values)
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} has one or two dimensions, not {array.ndim}")
    if array.size == 0:
        raise ValueError(f"{name} is empty")
    return array


def _real(name: str, values: ArrayLike, precision: type[numpy.floating] | numpy.dtype[numpy.floating] | None = None) -> Real:
    """Finite numbers, in their own precision if none is given."""
    array = _array(name, values)
    if array.dtype.kind in "cmM":
        raise ValueError(f"{name} holds numbers, not {array.dtype}")
    real: Real = array.astype(precision or (array.dtype if array.dtype in PRECISIONS else numpy.float64))
    if not numpy.isfinite(real).all():
        raise ValueError(f"{name} holds what is missing or infinite")
    return real


def _labels(name: str, values: ArrayLike) -> Labels:
    """Labels: whole numbers, truth values or texts."""
    array = _array(name, values)
    if array.dtype == object:
        array = numpy.asarray(array.tolist())
        if array.dtype == object or not all(type(one) is type(array.flat[0].item()) for one in numpy.asarray(values, dtype=object).flat):
            raise ValueError(f"{name} holds labels of several kinds, or gaps")
    if array.dtype.kind == "f" and not (numpy.isfinite(array) & (array == numpy.floor(array))).all():
        raise ValueError(f"{name} holds labels, not fractions or what is missing")
    if array.dtype.kind not in "fiubU" and array.dtype.kind != "T":
        raise ValueError(f"{name} holds labels, not {array.dtype}")
    return array


def _column(name: str, array: Labels) -> Labels:
    if array.ndim == 2 and array.shape[1] != 1:
        raise ValueError(f"{name} has shape (n,) or (n, 1), not {array.shape}")
    return array.reshape(-1)


def _weights(sample_weight: ArrayLike | None, rows: int) -> Real | None:
    if sample_weight is None:
        return None
    weights = _array("sample_weight", sample_weight)
    if weights.shape != (rows,) or weights.dtype.kind not in "fiub" or not numpy.isfinite(weights).all():
        raise ValueError(f"sample_weight has a number for each of {rows} rows, but is of shape {weights.shape} and type {weights.dtype}")
    if weights.sum() == 0:
        raise ValueError("the weights of the rows sum to 0")
    return weights  # type: ignore[return-value]


def _same_length(truth: Labels, said: Real) -> None:
    if len(truth) != len(said):
        raise ValueError(f"{len(truth)} targets need as many forecasts, not {len(said)}")


def _probabilities(values: ArrayLike) -> Real:
    said = _real("y_proba", values)
    if said.min() < 0.0 or said.max() > 1.0:
        raise ValueError(f"probabilities lie between 0 and 1, but go from {said.min()} to {said.max()}")
    return said


def _yes(truth: Labels, pos_label: object) -> NDArray[numpy.bool_]:
    """Where a target of two labels is the one that the probabilities are of: 1 of 0 and 1 or of -1 and 1, else the greater number, if none is named."""
    known = numpy.unique(truth)
    if known.size > 2:
        raise ValueError(f"probabilities of yes need two labels, not {known.size}: give a column for each")
    if pos_label is None:
        if known.dtype.kind in "UT":
            raise ValueError(f"which of {known.tolist()} is yes? say so in `pos_label`")
        pos_label = 1 if {*known.tolist()} <= {0, 1} or {*known.tolist()} <= {-1, 1} else known[-1].item()
    return numpy.asarray(truth.astype(object) == pos_label, dtype=numpy.bool_)


def _one_hot(truth: Labels, labels: ArrayLike | None) -> tuple[NDArray[numpy.bool_], Labels]:
    """A column for each label in order, and the labels; a target that is so already is taken as it is."""
    if truth.ndim == 2 and truth.shape[1] > 1:
        if labels is not None or not {*numpy.unique(truth).tolist()} <= {0, 1}:
            raise ValueError("y_true of several columns is of 0 and 1, one for each label, and goes without `labels`")
        return truth.astype(numpy.bool_), numpy.arange(truth.shape[1])
    truth = truth.reshape(-1)
    given = truth if labels is None else _column("labels", _labels("labels", labels))
    known = numpy.unique(given)
    if labels is not None and not numpy.array_equal(known, given):
        warn(f"labels are taken in their order, {known.tolist()}, whatever their order in `labels`")
    if known.size < 2:
        raise ValueError(f"there must be two labels at least, not {known.tolist()}: name all in `labels`")
    if not numpy.isin(truth, known).all():
        raise ValueError(f"y_true holds what is not among the labels: {numpy.setdiff1d(truth, known).tolist()}")
    return truth[:, None] == known, known


def _columns(truth: Labels, said: Real, labels: ArrayLike | None) -> tuple[Real, Real]:
    """What came true and what was said of it, a column for each label."""
    _same_length(truth, said)
    came, known = _one_hot(truth, labels)
    if said.ndim == 1 or said.shape[1] == 1:
        yes = said.reshape(-1)
        said = numpy.stack([1 - yes, yes], axis=1)
    if said.shape[1] != len(known):
        raise ValueError(f"{len(known)} labels need as many columns of probabilities, not {said.shape[1]}")
    if not numpy.isclose(said.sum(axis=1), 1.0, rtol=math.sqrt(numpy.finfo(said.dtype).eps)).all():
        warn("the probabilities of some rows do not sum to 1")
    return came.astype(said.dtype), said


def brier_score_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    pos_label: object = None,
    labels: ArrayLike | None = None,
    scale_by_half: bool | str = "auto",
) -> float:
    """The mean Brier score: `foretell.scores.brier` of probabilities of yes, `foretell.scores.brier_all` of a column for each label.

    Parameters
    ----------
    y_true
        Labels. Shape (n,) or (n, 1); beside several columns also one-hot, (n, labels).
    y_proba
        Probabilities of ``pos_label``, shape (n,) or (n, 1); or of each label in order, shape (n, labels).
    sample_weight
        Weights of the rows. Shape (n,).
    pos_label
        The label that is yes; if not given, 1 of 0 and 1 or of -1 and 1, else the greater number.
    labels
        All labels, if ``y_true`` may lack some.
    scale_by_half
        Whether scores over columns are halved: those of two are, those of more not, if not given.

    Raises
    ------
    ValueError
        If there is no such loss: shapes, labels or probabilities do not fit.

    Examples
    --------
    >>> brier_score_loss(["ham", "spam"], [0.5, 0.75], pos_label="spam")
    0.15625
    """
    said, truth = _probabilities(y_proba), _labels("y_true", y_true)
    if said.ndim == 1 or said.shape[1] == 1:
        _same_length(truth, said)
        came = _yes(_column("y_true", truth), pos_label)
        came, said = (numpy.stack([1 - one, one], axis=1) for one in (came.astype(said.dtype), said.reshape(-1)))  # type: ignore[assignment]
    else:
        came, said = _columns(truth, said, labels)  # type: ignore[assignment]
    if scale_by_half not in (True, False, "auto"):
        raise ValueError(f"scale_by_half is True, False or \"auto\", not {scale_by_half!r}")
    halved = said.shape[1] < 3 if scale_by_half == "auto" else bool(scale_by_half)
    mean = numpy.average(((came - said) ** 2).sum(axis=1), weights=_weights(sample_weight, len(said)))
    return float(mean * 0.5 if halved else mean)


def log_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike | None = None,
    *,
    normalize: bool = True,
    sample_weight: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    y_pred: ArrayLike | None = None,
) -> float:
    """The mean logarithmic score in nats, `foretell.scores.log` or `foretell.scores.log_all`; the sum with ``normalize=False``.

    Probabilities are held from ε to 1 - ε, where ε is the machine precision of their type: 2.2e-16 of `float64`.

    Parameters
    ----------
    y_true
        Labels, shape (n,) or (n, 1); or one-hot, shape (n, labels).
    y_proba
        Probabilities of the second label, shape (n,) or (n, 1); or of each label in order, shape (n, labels).
    sample_weight
        Weights of the rows. Shape (n,).
    labels
        All labels, if ``y_true`` may lack some.
    y_pred
        What ``y_proba`` was called before scikit-learn 1.9.

    Raises
    ------
    ValueError
        If there is no such loss: shapes, labels or probabilities do not fit.

    Warns
    -----
    ForetellWarning
        If the probabilities of a row do not sum to 1, or ``labels`` are not in order.

    Examples
    --------
    >>> log_loss([1, 0], [0.5, 0.5])
    0.6931471805599453
    """
    given = [one for one in (y_proba, y_pred) if one is not None]
    if len(given) != 1:
        raise ValueError("give probabilities as `y_proba`, or by its older name `y_pred`")
    came, said = _columns(_labels("y_true", y_true), _probabilities(given[0]), labels)
    least = numpy.finfo(said.dtype).eps
    losses = -(came * numpy.log(numpy.clip(said, least, 1 - least))).sum(axis=1)
    weights = _weights(sample_weight, len(said))
    if normalize:
        return float(numpy.average(losses, weights=weights))
    return float(losses.sum() if weights is None else numpy.dot(losses, weights))


def _outputs(y_true: ArrayLike, y_pred: ArrayLike, *others: ArrayLike | None) -> tuple[Real, Real]:
    """Both in the precision of the arrays among them, a column for each output."""
    typed = [one.dtype for one in (y_true, y_pred, *others) if isinstance(getattr(one, "dtype", None), numpy.dtype)]  # type: ignore[union-attr]
    precision = numpy.result_type(*([one for one in typed if one in PRECISIONS] or [numpy.float64]))
    truth, said = (_real(name, one, precision) for name, one in (("y_true", y_true), ("y_pred", y_pred)))
    _same_length(truth, said)
    truth, said = (one.reshape(len(one), -1) for one in (truth, said))
    if truth.shape != said.shape:
        raise ValueError(f"{truth.shape[1]} outputs need as many forecasts, not {said.shape[1]}")
    return truth, said


def mean_pinball_loss(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    alpha: float = 0.5,
    multioutput: Union[str, ArrayLike] = "uniform_average",
) -> Union[float, Floats]:
    """The mean of `foretell.scores.pinball`, for levels from 0 to 1, themselves included.

    Parameters
    ----------
    y_true, y_pred
        What happened and its quantile. Shape (n,) or (n, outputs).
    sample_weight
        Weights of the rows. Shape (n,).
    alpha
        The level.
    multioutput
        ``"uniform_average"``: the mean over outputs; ``"raw_values"``: an array of a loss for each; or the weights of the outputs.

    Raises
    ------
    ValueError
        If shapes do not fit, or the level is none.

    Examples
    --------
    >>> mean_pinball_loss([1.0, 2.0], [0.0, 2.0], alpha=0.5)
    0.25
    """
    if not 0.0 <= alpha <= 1.0:
        raise ValueError(f"alpha is a level from 0 to 1, not {alpha}")
    truth, said = _outputs(y_true, y_pred, sample_weight)
    weights = _weights(sample_weight, len(said))
    above = truth - said
    losses = numpy.average(numpy.where(above >= 0.0, alpha * above, (alpha - 1) * above), axis=0, weights=weights)
    if isinstance(multioutput, str):
        if multioutput not in ("raw_values", "uniform_average"):
            raise ValueError(f"multioutput is \"raw_values\", \"uniform_average\" or a weight for each output, not {multioutput!r}")
        return losses if multioutput == "raw_values" else float(numpy.average(losses))
    shares = _weights(multioutput, losses.size)
    if shares is None or losses.size == 1:
        raise ValueError("multioutput has weights for several outputs, of which there are none here")
    return float(numpy.average(losses, weights=shares))
