"""Probabilities, quantiles, intervals and draws as scoringrules names them."""

from __future__ import annotations

from collections.abc import Callable

import numpy
from numpy.typing import ArrayLike, NDArray

from .. import scores
from ..scores._shapes import Floats, Scores

__all__ = [
    "brier_score",
    "crps_ensemble",
    "crps_quantile",
    "dssmv_ensemble",
    "dssuv_ensemble",
    "energy_score",
    "es_ensemble",
    "interval_score",
    "log_score",
    "logs_ensemble",
    "owcrps_ensemble",
    "quantile_score",
    "rls_score",
    "rps_score",
    "twcrps_ensemble",
    "variogram_score",
    "vrcrps_ensemble",
    "vs_ensemble",
    "weighted_interval_score",
]

_INFINITY = float("inf")
#: From values to weights, or to where they are moved.
Function = Callable[[Floats], ArrayLike]


# Probabilities.


def brier_score(obs: ArrayLike, fct: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.brier`."""
    return scores.brier(obs, fct)


def log_score(obs: ArrayLike, fct: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.log`."""
    return scores.log(obs, fct)


def _option(obs: ArrayLike, k_axis: int, onehot: bool) -> NDArray[numpy.int64]:
    """The place of the option that came true, from 0. Categories are counted from 1."""
    if not onehot:
        return numpy.asarray(obs, dtype=numpy.int64) - 1
    came = numpy.asarray(obs, dtype=numpy.float64)
    if not (((came == 0.0) | (came == 1.0)).all() and (came.sum(axis=k_axis) == 1.0).all()):
        raise ValueError("obs must have one 1 among zeros for each forecast")
    place: NDArray[numpy.int64] = came.argmax(axis=k_axis)
    return place


def rps_score(obs: ArrayLike, fct: ArrayLike, k_axis: int = -1, *, onehot: bool = False, backend: object = None) -> Scores:
    """`foretell.scores.rps`; ``obs`` is the category from 1, or one-hot."""
    return scores.rps(_option(obs, k_axis, onehot), fct, axis=k_axis)


def rls_score(obs: ArrayLike, fct: ArrayLike, k_axis: int = -1, *, onehot: bool = False, backend: object = None) -> Scores:
    """`foretell.scores.ranked_log`; ``obs`` is the category from 1, or one-hot."""
    return scores.ranked_log(_option(obs, k_axis, onehot), fct, axis=k_axis)


# Quantiles and intervals.


def quantile_score(obs: ArrayLike, fct: ArrayLike, alpha: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.pinball`."""
    return scores.pinball(obs, fct, alpha)


def crps_quantile(obs: ArrayLike, fct: ArrayLike, alpha: ArrayLike, m_axis: int = -1, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_quantiles`."""
    return scores.crps_quantiles(obs, fct, numpy.asarray(alpha, dtype=numpy.float64).tolist(), axis=m_axis)


def _intervals(obs: ArrayLike, lower: ArrayLike, upper: ArrayLike, alpha: ArrayLike) -> Scores:
    return scores.interval(numpy.asarray(obs)[..., None] if numpy.ndim(alpha) == 1 else obs, lower, upper, alpha)


def interval_score(obs: ArrayLike, lower: ArrayLike, upper: ArrayLike, alpha: ArrayLike, *, backend: object = None) -> Scores:
    """`foretell.scores.interval`; with a row of ``alpha``, the intervals lie along the last axis."""
    score = numpy.squeeze(_intervals(obs, lower, upper, alpha))
    return score if score.shape else float(score)


def weighted_interval_score(
    obs: ArrayLike,
    median: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    alpha: ArrayLike,
    w_median: float | None = None,
    w_alpha: ArrayLike | None = None,
    *,
    backend: object = None,
) -> Scores:
    """The weighted interval score of a median and of intervals along the last axis of ``lower`` and ``upper``.

    As Bracher et al. (2021), eq. (1), and scoringrules' description have it; scoringrules 0.10 itself, by NumPy, adds the median where it should add its distance from what happened.
    """
    at = numpy.asarray(alpha, dtype=numpy.float64)
    weights = at / 2 if w_alpha is None else numpy.asarray(w_alpha, dtype=numpy.float64)
    of_median = abs(numpy.asarray(obs, dtype=numpy.float64) - numpy.asarray(median)) * (0.5 if w_median is None else w_median)
    score = (of_median + (weights * _intervals(obs, lower, upper, at)).sum(axis=-1)) / (at.size + 0.5)
    return score if score.shape else float(score)


# Draws.


def _fair(estimator: str) -> bool:
    if estimator in ("nrg", "qd", "int"):
        return False
    if estimator in ("fair", "pwm"):
        return True
    raise ValueError(f"estimator is one of nrg, qd, int (the draws as they are), fair and pwm (what they were drawn from), not {estimator!r}")


def crps_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    m_axis: int = -1,
    *,
    ens_w: ArrayLike | None = None,
    estimator: str = "qd",
    sorted_ensemble: bool = False,
    backend: object = None,
) -> Scores:
    """`foretell.scores.crps_ensemble`."""
    fair = _fair(estimator)
    if ens_w is not None:
        if fair:
            raise ValueError("weighted draws have no fair score: leave out `ens_w`, or take estimator=\"qd\"")
        return scores.crps_ensemble(obs, fct, axis=m_axis, weights=ens_w)
    return scores.crps_ensemble(obs, fct, axis=m_axis, fair=fair)


def twcrps_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    a: float = -_INFINITY,
    b: float = _INFINITY,
    m_axis: int = -1,
    *,
    ens_w: ArrayLike | None = None,
    v_func: Function | None = None,
    estimator: str = "qd",
    sorted_ensemble: bool = False,
    backend: object = None,
) -> Scores:
    """The CRPS of what is moved by ``v_func``, or held to ``a`` … ``b``: `foretell.scores.crps_ensemble_threshold`."""
    moved = v_func or (lambda values: numpy.clip(values, a, b))
    outcomes, draws = (moved(numpy.asarray(values, dtype=numpy.float64)) for values in (obs, fct))
    return crps_ensemble(outcomes, draws, m_axis, ens_w=ens_w, estimator=estimator)


def owcrps_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    a: float = -_INFINITY,
    b: float = _INFINITY,
    m_axis: int = -1,
    *,
    w_func: Function | None = None,
    backend: object = None,
) -> Scores:
    """`foretell.scores.crps_ensemble_outcome_weighted`."""
    return scores.crps_ensemble_outcome_weighted(obs, fct, a, b, axis=m_axis, weight=w_func)


def vrcrps_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    a: float = -_INFINITY,
    b: float = _INFINITY,
    m_axis: int = -1,
    *,
    w_func: Function | None = None,
    backend: object = None,
) -> Scores:
    """`foretell.scores.crps_ensemble_vertically_rescaled`."""
    return scores.crps_ensemble_vertically_rescaled(obs, fct, a, b, axis=m_axis, weight=w_func)


def logs_ensemble(obs: ArrayLike, fct: ArrayLike, m_axis: int = -1, *, bw: ArrayLike | None = None, backend: object = None) -> Scores:
    """`foretell.scores.log_normal_kernel`."""
    return scores.log_normal_kernel(obs, fct, bw, axis=m_axis)


def dssuv_ensemble(obs: ArrayLike, fct: ArrayLike, m_axis: int = -1, *, bias: bool = False, backend: object = None) -> Scores:
    """`foretell.scores.dawid_sebastiani_ensemble`."""
    return scores.dawid_sebastiani_ensemble(obs, fct, axis=m_axis, ddof=0 if bias else 1)


def _vectors(obs: ArrayLike, fct: ArrayLike, m_axis: int, v_axis: int) -> tuple[Floats, Floats]:
    """Components last, draws before them."""
    outcomes = numpy.moveaxis(numpy.asarray(obs, dtype=numpy.float64), v_axis, -1)
    return outcomes, numpy.moveaxis(numpy.asarray(fct, dtype=numpy.float64), (m_axis, v_axis), (-2, -1))


def dssmv_ensemble(
    obs: ArrayLike, fct: ArrayLike, m_axis: int = -2, v_axis: int = -1, *, bias: bool = False, backend: object = None
) -> Scores:
    """`foretell.scores.dawid_sebastiani_vectors`."""
    return scores.dawid_sebastiani_vectors(*_vectors(obs, fct, m_axis, v_axis), ddof=0 if bias else 1)


def es_ensemble(
    obs: ArrayLike, fct: ArrayLike, m_axis: int = -2, v_axis: int = -1, *, estimator: str = "nrg", backend: object = None
) -> Scores:
    """`foretell.scores.energy`."""
    return scores.energy(*_vectors(obs, fct, m_axis, v_axis), fair=_fair(estimator))


def vs_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    m_axis: int = -2,
    v_axis: int = -1,
    *,
    p: float = 0.5,
    estimator: str = "nrg",
    backend: object = None,
) -> Scores:
    """`foretell.scores.variogram`."""
    return scores.variogram(*_vectors(obs, fct, m_axis, v_axis), order=p, fair=_fair(estimator))


energy_score = es_ensemble
variogram_score = vs_ensemble
