"""Probabilities, quantiles, intervals and draws as scoringrules names them."""

from __future__ import annotations

from collections.abc import Callable

import numpy
from numpy.typing import ArrayLike, NDArray

from .. import scores
from ..scores._days import alike
from ..scores._shapes import Floats, Scores, aligned, last, numbers, pure

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
    came = pure(obs, "obs")
    if not onehot:
        with numpy.errstate(invalid="ignore"):
            whole = came == numpy.floor(came)
        if not whole.all():
            raise ValueError(f"obs is the category, a whole number from 1, not {came[~whole].flat[0]}")
        return came.astype(numpy.int64) - 1
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
    """`foretell.scores.pinball`, of levels from 0 to 1, themselves included."""
    outcomes, quantiles = map(numbers, alike({"obs": obs, "fct": fct}))
    levels = pure(alpha, "alpha")
    if not ((levels >= 0.0) & (levels <= 1.0)).all():
        raise ValueError(f"alpha is levels from 0 to 1, not {levels}")
    # The loss at the level 1/2 is half the distance.
    score = 2.0 * scores.pinball(outcomes, quantiles, 0.5) * numpy.where(outcomes > quantiles, levels, 1.0 - levels)
    return score if numpy.ndim(score) else float(score)


def crps_quantile(obs: ArrayLike, fct: ArrayLike, alpha: ArrayLike, m_axis: int = -1, *, backend: object = None) -> Scores:
    """`foretell.scores.crps_quantiles`, of quantiles in any order, and also of those that cross."""
    obs, fct = alike({"obs": obs, "fct": fct})
    quantiles, levels = last(fct, m_axis), pure(alpha, "alpha")
    if levels.shape[-1:] != quantiles.shape[-1:]:
        raise ValueError(f"{quantiles.shape[-1]} quantiles need as many levels, not {levels.size}")
    if not ((levels > 0.0) & (levels < 1.0)).all():
        raise ValueError(f"alpha is levels between 0 and 1, not {levels}")
    score = 2.0 * numpy.mean(quantile_score(numbers(obs)[..., None], quantiles, levels), axis=-1)
    return score if numpy.ndim(score) else float(score)


def _intervals(obs: ArrayLike, lower: ArrayLike, upper: ArrayLike, alpha: ArrayLike) -> Scores:
    obs, lower, upper = alike({"obs": obs, "lower": lower, "upper": upper})
    return scores.interval(numbers(obs)[..., None] if numpy.ndim(alpha) == 1 else obs, lower, upper, alpha)


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
    at = pure(alpha, "alpha")
    obs, median, lower, upper = alike({"obs": obs, "median": median, "lower": lower, "upper": upper})
    weights = at / 2 if w_alpha is None else pure(w_alpha, "w_alpha")
    of_median = abs(numbers(obs) - numbers(median)) * (0.5 if w_median is None else w_median)
    score = (of_median + (weights * _intervals(obs, lower, upper, at)).sum(axis=-1)) / (at.size + 0.5)
    return score if score.shape else float(score)


# Draws.


def _fair(estimator: str) -> bool:
    if estimator in ("nrg", "qd", "int"):
        return False
    if estimator in ("fair", "pwm"):
        return True
    raise ValueError(f"estimator is one of nrg, qd, int (the draws as they are), fair and pwm (what they were drawn from), not {estimator!r}")


def _fair_and_weighted(obs: ArrayLike, fct: ArrayLike, m_axis: int, ens_w: ArrayLike) -> Scores:
    """The fair score of weighted draws: their mean distance from each other is of pairs of distinct draws, whose weights are 1 - Σw² in all."""
    obs, fct = alike({"obs": obs, "fct": fct})
    draws, counts = aligned(m_axis, fct, pure(ens_w, "ens_w"))
    as_they_are = scores.crps_ensemble(obs, draws, weights=counts)
    shares = counts / counts.sum(axis=-1, keepdims=True)
    if (shares == 1.0).any():
        raise ValueError("a single draw that counts has no fair score")
    from_outcome = (shares * abs(draws - numbers(obs)[..., None])).sum(axis=-1)
    score = from_outcome - (from_outcome - as_they_are) / (1.0 - (shares * shares).sum(axis=-1))
    return score if numpy.ndim(score) else float(score)


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
    """`foretell.scores.crps_ensemble`; ``estimator="fair"`` of weighted draws leaves out pairs of a draw with itself, too."""
    fair = _fair(estimator)
    if ens_w is None:
        return scores.crps_ensemble(obs, fct, axis=m_axis, fair=fair)
    if estimator == "pwm":
        raise ValueError("there are no weights of draws by estimator=\"pwm\": take \"fair\", or leave out `ens_w`")
    return _fair_and_weighted(obs, fct, m_axis, ens_w) if fair else scores.crps_ensemble(obs, fct, axis=m_axis, weights=ens_w)


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
    obs, fct, a, b = alike({"obs": obs, "fct": fct, "a": a, "b": b})
    moved = v_func or (lambda values: numpy.clip(values, a, b))
    outcomes, draws = (moved(numbers(values)) for values in (obs, fct))
    return crps_ensemble(outcomes, draws, m_axis, ens_w=ens_w, estimator=estimator)


def owcrps_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    a: float = -_INFINITY,
    b: float = _INFINITY,
    m_axis: int = -1,
    *,
    ens_w: ArrayLike | None = None,
    w_func: Function | None = None,
    backend: object = None,
) -> Scores:
    """`foretell.scores.crps_ensemble_outcome_weighted`: what is on a bound matters."""
    return scores.crps_ensemble_outcome_weighted(obs, fct, a, b, axis=m_axis, weight=w_func, weights=ens_w)


def vrcrps_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    a: float = -_INFINITY,
    b: float = _INFINITY,
    m_axis: int = -1,
    *,
    ens_w: ArrayLike | None = None,
    w_func: Function | None = None,
    backend: object = None,
) -> Scores:
    """`foretell.scores.crps_ensemble_vertically_rescaled`: what is on a bound matters."""
    return scores.crps_ensemble_vertically_rescaled(obs, fct, a, b, axis=m_axis, weight=w_func, weights=ens_w)


def logs_ensemble(obs: ArrayLike, fct: ArrayLike, m_axis: int = -1, *, bw: ArrayLike | None = None, backend: object = None) -> Scores:
    """`foretell.scores.log_normal_kernel`."""
    return scores.log_normal_kernel(obs, fct, bw, axis=m_axis)


def dssuv_ensemble(obs: ArrayLike, fct: ArrayLike, m_axis: int = -1, *, bias: bool = False, backend: object = None) -> Scores:
    """`foretell.scores.dawid_sebastiani_ensemble`."""
    return scores.dawid_sebastiani_ensemble(obs, fct, axis=m_axis, ddof=0 if bias else 1)


def _vectors(obs: ArrayLike, fct: ArrayLike, m_axis: int, v_axis: int) -> tuple[Floats, Floats]:
    """Components last, draws before them. The axes are those of ``fct``; ``obs`` has the same but that of the draws."""
    outcomes, draws = map(numbers, alike({"obs": obs, "fct": fct}))
    if not all(-draws.ndim <= axis < draws.ndim for axis in (m_axis, v_axis)) or (m_axis - v_axis) % draws.ndim == 0:
        raise ValueError(f"m_axis and v_axis are two axes of fct, which has {draws.ndim}, not {m_axis} and {v_axis}")
    draws_at, components_at = m_axis % draws.ndim, v_axis % draws.ndim
    # Counted from the end: outcomes may have fewer axes, and be broadcast.
    at = components_at - (1 if draws_at < components_at else 0) - (draws.ndim - 1)
    if outcomes.ndim < -at:
        raise ValueError(f"obs has no axis of components: it is of shape {outcomes.shape}, and fct of {draws.shape}")
    return numpy.moveaxis(outcomes, at, -1), numpy.moveaxis(draws, (draws_at, components_at), (-2, -1))


def _unweighted(name: str, ens_w: ArrayLike | None) -> None:
    if ens_w is not None:
        raise ValueError(f"{name} takes no weights of draws: leave out `ens_w`")


def dssmv_ensemble(
    obs: ArrayLike, fct: ArrayLike, m_axis: int = -2, v_axis: int = -1, *, bias: bool = False, backend: object = None
) -> Scores:
    """`foretell.scores.dawid_sebastiani_vectors`."""
    return scores.dawid_sebastiani_vectors(*_vectors(obs, fct, m_axis, v_axis), ddof=0 if bias else 1)


def es_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    m_axis: int = -2,
    v_axis: int = -1,
    *,
    ens_w: ArrayLike | None = None,
    estimator: str = "nrg",
    backend: object = None,
) -> Scores:
    """`foretell.scores.energy`. There are no weights of draws: ``ens_w`` is refused."""
    _unweighted("es_ensemble", ens_w)
    return scores.energy(*_vectors(obs, fct, m_axis, v_axis), fair=_fair(estimator))


def vs_ensemble(
    obs: ArrayLike,
    fct: ArrayLike,
    w: ArrayLike | None = None,
    m_axis: int = -2,
    v_axis: int = -1,
    *,
    ens_w: ArrayLike | None = None,
    p: float = 0.5,
    estimator: str = "nrg",
    backend: object = None,
) -> Scores:
    """`foretell.scores.variogram`; ``w`` are weights of pairs of components. There are no weights of draws: ``ens_w`` is refused."""
    _unweighted("vs_ensemble", ens_w)
    return scores.variogram(*_vectors(obs, fct, m_axis, v_axis), order=p, fair=_fair(estimator), weights=w)


energy_score = es_ensemble
variogram_score = vs_ensemble
