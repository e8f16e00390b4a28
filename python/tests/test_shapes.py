"""Awkward arrays: what is missing in them, along which axis they lie, and what is said where a row has no score."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy
import pytest
import scoringrules

from foretell import drop_in, scores

RANDOM = numpy.random.default_rng(20251129)
Y = [0.4, 0.6]
DRAWS = [[0.2, 3.0, 1.0], [0.1, 0.5, 1.5]]
QUANTILES = ([1.0, 1.0], [[0.0, 1.0, 2.0]] * 2, [0.1, 0.5, 0.9])
OPTIONS = ([1.0, 0.0], [[0.2, 0.8]] * 2)
VECTORS = ([[0.0, 1.0]] * 2, [[[0.0, 1.0], [1.0, 2.0], [2.0, 5.0]]] * 2)
MIXTURE = (Y, [[0.0, 1.0]] * 2, [[0.2, 0.8]] * 2, [0.5, 0.5])
#: What has scores, where 1/2 for every parameter of a law will not do.
CALLS = {
    **dict.fromkeys(("mean_pinball", "crps_quantiles", "quantile_bias", "weighted_interval"), QUANTILES),
    **dict.fromkeys(("brier_all", "log_all", "spherical", "rps", "rps_normalised", "ordinal_brier", "ranked_log"), OPTIONS),
    **dict.fromkeys(("energy", "variogram", "dawid_sebastiani_vectors"), VECTORS),
    **dict.fromkeys(("crps_ensemble", "absolute_error_of_median", "squared_error_of_mean", "dawid_sebastiani_ensemble"), (Y, DRAWS)),
    **dict.fromkeys(("crps_ensemble_outcome_weighted", "crps_ensemble_vertically_rescaled"), (Y, DRAWS)),
    **dict.fromkeys(("crps_normal_kernel", "log_normal_kernel"), (Y, DRAWS, [0.5, 1.0])),
    **dict.fromkeys(("crps_normal_mixture", "log_normal_mixture"), MIXTURE),
    **dict.fromkeys(("crps_beta", "log_beta"), (Y, 1.0, 2.0, 0.0, 1.0)),
    **dict.fromkeys(("crps_uniform", "log_uniform"), (Y, 0.0, 1.0)),
    **dict.fromkeys(("crps_triangular", "log_triangular"), (Y, 0.0, 0.5, 1.0)),
    "crps_inverse_gamma": (Y, 2.0, 1.0),
    **dict.fromkeys(("crps_poisson", "log_poisson"), ([1.0, 1.0], 2.0)),
    **dict.fromkeys(("crps_binomial", "log_binomial"), ([1.0, 1.0], 3.0, 0.5)),
    **dict.fromkeys(("crps_negative_binomial", "log_negative_binomial"), ([1.0, 1.0], 3.0, 0.5)),
    **dict.fromkeys(("crps_hypergeometric", "log_hypergeometric"), ([1.0, 1.0], 3.0, 3.0, 3.0)),
    **dict.fromkeys((f"{kind}_{law}_student_t" for kind in ("crps", "log") for law in ("truncated", "censored")), (Y, 2.0, 0.0, 1.0, 0.0, 1.0)),
    **{f"{kind}_{how}_{law}": (Y, 0.0, 1.0, 0.0, 1.0) for kind in ("crps", "log") for how in ("truncated", "censored") for law in ("normal", "logistic")},
    **dict.fromkeys(("crps_student_t", "log_student_t"), (Y, 2.0, 0.0, 1.0)),
    "crps_cdf": (Y, [0.0, 1.0], [[0.2, 0.8]] * 2),
    "brier": ([1.0, 0.0], [0.2, 0.3]),
    "log": ([1.0, 0.0], [0.2, 0.3], 0.1),
    "binary_means": ([1.0, 0.0], [0.2, 0.3]),
    "rps_ensemble": ([1.0, 0.0], [[2.0, 8.0]] * 2, 5.0),
    "brier_ensemble": (Y, DRAWS, 0.5),
    "crps_ensemble_threshold": (Y, DRAWS, 0.0, 1.0),
    "bandwidth": (DRAWS,),
    "dawid_sebastiani": (Y, 0.5, 0.5),
    "log_generalised_pareto": (Y, 0.5, 0.0, 1.0),
    "interval": (Y, [0.2, 0.1], [0.5, 0.7], 0.3),
}
FUNCTIONS = sorted(name for name in scores.__all__ if not inspect.isclass(getattr(scores, name)))


def missing(values):
    """The last number of an array missing, in every way that an array can say so."""
    array = numpy.array(values, dtype=float)
    hidden = numpy.zeros(array.shape, dtype=bool)
    hidden.flat[-1] = True
    yield numpy.where(hidden, math.nan, array)
    yield numpy.ma.array(numpy.where(hidden, 1e20, array), mask=hidden)
    if array.ndim:
        yield list(numpy.ma.array(array, mask=hidden))
        objects = array.astype(object)
        objects[hidden] = numpy.datetime64("NaT")
        yield objects
        yield numpy.full(array.shape, "NaT", dtype="M8[D]")


@pytest.mark.filterwarnings("ignore:Warning. converting a masked element")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_missing_gives_no_number(name):
    function = getattr(scores, name)
    arguments = CALLS.get(name) or (Y, *[0.5] * (len(inspect.signature(function).parameters) - 1))
    assert numpy.isfinite(numpy.asarray(function(*arguments)[0])).all()
    for at, argument in enumerate(arguments):
        for absent in missing(argument):
            with pytest.raises(ValueError, match=r"."):
                function(*arguments[:at], absent, *arguments[at + 1 :])


def test_what_is_not_hidden_counts():
    shown = numpy.ma.array([0.0, 1.0], mask=[False, False])
    assert scores.crps_ensemble(0.0, shown) == scores.crps_ensemble(0.0, [0.0, 1.0])
    days = numpy.array(["2020-01-01", "2020-01-03"], dtype="M8[D]")
    assert scores.crps_ensemble(days[0], days) == scores.crps_ensemble(0.0, [0.0, 2.0])


def test_a_row_of_weights_or_points_holds_for_all_rows_along_any_axis():
    y, draws, weights = RANDOM.normal(size=(4, 3)), RANDOM.normal(size=(4, 3, 5)), RANDOM.uniform(size=5)
    points, cdf = numpy.linspace(-2.0, 2.0, 5), numpy.sort(RANDOM.uniform(size=(4, 3, 5)), axis=-1)
    each = numpy.broadcast_to(weights, draws.shape)
    sds = RANDOM.uniform(0.5, 2.0, size=draws.shape)
    for axis in (-1, 0, 1, 2, -2):
        along = [numpy.moveaxis(one, -1, axis) for one in (draws, each, cdf, sds)]
        ours = scores.crps_ensemble(y, along[0], axis=axis, weights=weights)
        theirs = scoringrules.crps_ensemble(y, draws, ens_w=each.copy(), estimator="nrg", backend="numpy")
        numpy.testing.assert_allclose(ours, theirs, rtol=1e-9)
        numpy.testing.assert_array_equal(scores.crps_ensemble(y, along[0], axis=axis, weights=along[1]), ours)
        grid = numpy.broadcast_to(points, cdf.shape)
        numpy.testing.assert_array_equal(scores.crps_cdf(y, points, along[2], axis=axis), scores.crps_cdf(y, grid, cdf))
        mixed = scores.crps_normal_mixture(y, along[0], along[3], weights=weights, axis=axis)
        numpy.testing.assert_allclose(mixed, scoringrules.crps_mixnorm(y, draws, sds, each / weights.sum(), backend="numpy"), rtol=1e-9)
    assert scores.crps_normal_mixture(0.5, [0.0, 1.0], 1.0) == scores.crps_normal_mixture(0.5, [0.0, 1.0], [1.0, 1.0])


def test_vectors_broadcast():
    y, draws = RANDOM.normal(size=3), RANDOM.normal(size=(4, 2, 9, 3))
    many = numpy.broadcast_to(y, (4, 2, 3))
    numpy.testing.assert_allclose(scores.energy(y, draws), scoringrules.es_ensemble(many, draws, backend="numpy"), rtol=1e-9)
    numpy.testing.assert_allclose(scores.variogram(y, draws), scoringrules.vs_ensemble(many, draws, backend="numpy"), rtol=1e-9)
    numpy.testing.assert_allclose(
        scores.dawid_sebastiani_vectors(y, draws, ddof=1), scoringrules.dssmv_ensemble(many, draws, backend="numpy"), rtol=1e-9
    )
    assert scores.energy(many, draws[0, 0]).shape == (4, 2)


def test_pairs_of_components_have_weights():
    y, draws, weights = RANDOM.normal(size=(6, 4)), RANDOM.normal(size=(6, 7, 4)), RANDOM.uniform(size=(6, 4, 4))
    for fair, estimator in ((False, "nrg"), (True, "fair")):
        theirs = scoringrules.vs_ensemble(y, draws, weights, p=1.5, estimator=estimator, backend="numpy")
        numpy.testing.assert_allclose(scores.variogram(y, draws, 1.5, fair, weights=weights), theirs, rtol=1e-9)
    with pytest.raises(ValueError, match="at least 0"):
        scores.variogram(y, draws, weights=-weights)


def test_what_lies_on_a_bound_matters():
    y, draws, shares = [0.0, 0.5, 1.2], [[0.0, 0.2, 0.7], [0.5, 0.2, 0.7], [0.0, 2.0, 0.3]], RANDOM.uniform(size=(3, 3))
    for ours, theirs in (
        (scores.crps_ensemble_outcome_weighted, scoringrules.owcrps_ensemble),
        (scores.crps_ensemble_vertically_rescaled, scoringrules.vrcrps_ensemble),
    ):
        for bounds in ((0.0, 2.0), (0.0, math.inf), (0.2, 0.5)):
            args = (y[:2], draws[:2]) if bounds[1] == 0.5 else (y, draws)
            numpy.testing.assert_allclose(ours(*args, *bounds), theirs(*args, *bounds, backend="numpy"), rtol=1e-9)
        weighted = theirs(numpy.array(y), numpy.array(draws), 0.0, 2.0, ens_w=shares.copy(), backend="numpy")
        numpy.testing.assert_allclose(ours(y, draws, 0.0, 2.0, weights=shares), weighted, rtol=1e-9)


def test_levels_of_single_precision_are_what_they_are_printed_as():
    single = numpy.array([0.1, 0.5, 0.9], dtype=numpy.float32)
    assert scores.weighted_interval(1.5, [0.0, 1.0, 2.0], single) == scores.weighted_interval(1.5, [0.0, 1.0, 2.0], [0.1, 0.5, 0.9])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: scores.brier([[1, 0], [1, 0]], [[0.2, 0.3], [0.4, 1.5]]), r"row \(1, 1\) has no score under brier: y = 0, p = 1.5"),
        (lambda: scores.crps_ensemble([0.0, 1.0], [[1.0, 2.0], [math.nan, 2.0]]), r"row 1 .* y = 1.0, with \[nan\s+2.\s*\]"),
        (lambda: scores.rps([[0, 1]], [[[0.5, 0.5], [0.2, 0.9]]]), r"row \(0, 1\) .* sum to 1"),
        (lambda: scores.crps_ensemble_threshold(0.0, [1.0, 2.0], 1, 0), r"with \[1. 2.\], under 1.0, 0.0"),
        (lambda: scores.brier_ensemble(0.0, [1.0, 2.0], math.nan), "NaN is no number"),
        (lambda: scores.mean_pinball(1.0, [0.0], 0.5), "levels are a list"),
        (lambda: scores.crps_ensemble([0.0], numpy.zeros((1, 0))), "nothing lies along axis -1"),
        (lambda: scores.energy([[0.0]], numpy.zeros((1, 0, 1))), "components"),
        (lambda: scores.crps_ensemble(0.0, 1.0), "must lie along axis"),
        (lambda: scores.bandwidth([1.0]), r"with \[1.\]"),
    ],
)
def test_the_reason_is_told(call, says):
    with pytest.raises(ValueError, match=says):
        call()


DAYS = numpy.array(["1970-01-01", "1970-01-02"], dtype="M8[D]")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: scores.brier([1, 0], DAYS), "p takes numbers, not days"),
        (lambda: scores.brier(DAYS, [0.5, 0.5]), "y takes numbers, not days"),
        (lambda: scores.log([1, 0], DAYS.astype(object)), "float|days"),
        (lambda: scores.log([1, 0], list(DAYS)), "p takes numbers, not days"),
        (lambda: scores.log([1, 0], numpy.array([*DAYS, 0.5], dtype=object)[:2]), "p takes numbers, not days"),
        (lambda: scores.log([1, 0], [0.5, 0.5], DAYS), "floor takes numbers, not days"),
        (lambda: scores.binary_means([1, 0], DAYS), "p takes numbers, not days"),
        (lambda: scores.log_all(0, DAYS), "p takes numbers, not days"),
        (lambda: scores.rps(DAYS[1], [0.5, 0.5]), "y takes numbers, not days"),
        (lambda: scores.rps_ensemble(0, DAYS - DAYS[0]), "counts takes numbers, not days"),
        (lambda: scores.mean_pinball(0.0, [1.0, 2.0], DAYS), "levels takes numbers, not days"),
        (lambda: scores.pinball(0.0, 1.0, DAYS), "level takes numbers, not days"),
        (lambda: scores.crps_ensemble(DAYS[0], DAYS, weights=DAYS), "weights takes numbers, not days"),
        (lambda: scores.crps_ensemble_outcome_weighted(0.0, [1.0, 2.0], weights=DAYS), "weights takes numbers, not days"),
        (lambda: scores.crps_normal_mixture(0.0, [1.0, 2.0], 1.0, weights=DAYS), "weights takes numbers, not days"),
        (lambda: scores.crps_cdf(0.0, [1.0, 2.0], DAYS), "cdf takes numbers, not days"),
        (lambda: scores.variogram([0.0], [[1.0], [2.0]], weights=DAYS[:1, None]), "weights takes numbers, not days"),
        (lambda: scores.crps_poisson(DAYS, 1.0), "y takes numbers, not days"),
        (lambda: scores.log_gamma([1.0, 2.0], DAYS, 1.0), "shape takes numbers, not days"),
        (lambda: scores.crps_lognormal([1.0, 2.0], DAYS, 1.0), "takes numbers, not days"),
        (lambda: scores.log_loglaplace([1.0, 2.0], DAYS, 0.5), "takes numbers, not days"),
        (lambda: scores.crps_loglogistic(DAYS, 0.0, 0.5), "y takes numbers, not days"),
        (lambda: scores.brier([1, 0], [0.5 + 0.1j, 0.5]), "not of complex"),
        (lambda: scores.brier([1, 0], numpy.ma.array([0.5 + 0.1j, 0.5], mask=[False, True])), "not of complex"),
        (lambda: scores.rps(0, [0.5 + 0j, 0.5]), "not of complex"),
        (lambda: scores.crps_ensemble(1j, [0.5, 0.5]), "not of complex"),
        (lambda: scores.energy([1j], [[0.5], [0.5]]), "not of complex"),
        (lambda: drop_in.brier_score([1, 0], [0.5 + 0.1j, 0.5]), "not of complex"),
        (lambda: drop_in.rps_score(DAYS[1], [0.5, 0.5]), "not days"),
        (lambda: drop_in.crps_negbinom(1, 1, mu=DAYS), "not days"),
        (lambda: drop_in.weighted_interval_score(0.0, 0.0, [-1.0], [1.0], DAYS[:1]), "not days"),
        (lambda: scores.crps_ensemble(0.0, [1.0, 2.0], axis=0.5), "axis takes the number of an axis, such as 0, or -1 for the last, not 0.5"),
        (lambda: scores.crps_ensemble(0.0, [1.0, 2.0], axis=None), "axis takes the number of an axis"),
        (lambda: scores.rps(0, [0.5, 0.5], axis="0"), "axis takes the number of an axis"),
        (lambda: scores.crps_ensemble(0.0, [1.0, 2.0], axis=0.5, weights=[1, 2]), "axis takes the number of an axis"),
        (lambda: scores.bandwidth([0.0, 1.0], axis=0.5), "axis takes the number of an axis"),
        (lambda: scores.binary_means([1, 0], [0.5, 0.5], bins=2.5), "bins is a whole number from 1 to 1000, not 2.5"),
    ],
)
def test_what_is_no_number_is_refused(call, says):
    with pytest.raises(TypeError, match=says):
        call()


def test_there_is_no_such_axis():
    with pytest.raises(ValueError, match=r"no axis 2 of an array of shape \(2, 3\): axis is from -2 to 1"):
        scores.crps_ensemble([0.0, 0.0], DRAWS, axis=2)
    with pytest.raises(ValueError, match="bins is a whole number from 1 to 1000, not 0"):
        scores.binary_means([1, 0], [0.5, 0.5], bins=0)
    with pytest.raises(ValueError, match="bins is a whole number from 1 to 1000, not 1000000000000000"):
        scores.binary_means([1, 0], [0.5, 0.5], bins=10**15)


def test_spans_of_days_are_scored_in_their_unit():
    assert scores.crps_normal(DAYS[1], DAYS[0], numpy.timedelta64(1, "D")) == scores.crps_normal(1.0, 0.0, 1.0)
    assert scores.pinball(DAYS[1], DAYS[0], 0.9) == pytest.approx(0.9)
    assert scores.interval(DAYS[1], DAYS[0], DAYS[1], 0.5) == 1.0


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"bandwidth", "binary_means", "weighted_interval"}))
def test_what_happened_broadcasts_against_what_was_said(name):
    function = getattr(scores, name)
    arguments = CALLS.get(name) or (Y, *[0.5] * (len(inspect.signature(function).parameters) - 1))
    alone = numpy.asarray(function(*arguments))
    assert alone.shape == (2,)
    first = numpy.asarray(arguments[0], dtype=float)[:1]
    spread = function(numpy.stack([first, first, first]), *arguments[1:])
    # (3, 1) against what has a row for each of two; a law that is one for all has no rows.
    assert spread.shape in ((3, 2), (3, 1))
    numpy.testing.assert_array_equal(spread[:, 0], numpy.repeat(alone[0], 3))


@pytest.mark.parametrize("rule", [scores.brier, scores.log])
def test_outcomes_in_bytes_score_as_numbers_do(rule: Any) -> None:
    random = numpy.random.default_rng(5)
    p = random.uniform(size=(50_000, 4))
    y = random.uniform(size=p.shape) < p
    expected = rule(y.astype(float), p)
    for outcomes in (y, y.astype(numpy.uint8), numpy.asfortranarray(y)):
        assert numpy.array_equal(rule(outcomes, p), expected)
    for spoil in (numpy.nan, 1.5):
        bad = p.copy()
        bad[31_000, 2] = spoil
        with pytest.raises(ValueError, match=r"row \(31000, 2\)"):
            rule(y, bad)
    two = y.astype(numpy.uint8)
    two[3, 1] = 2
    with pytest.raises(ValueError, match=r"row \(3, 1\) .*y = 2"):
        rule(two, p)
    # What a masked array hides is missing, whatever lies beneath.
    with pytest.raises(ValueError, match=r"row \(0, 0\)"):
        rule(numpy.ma.array(y, mask=True), p)


def test_a_missing_draw_is_named_by_its_row() -> None:
    draws = numpy.zeros((3, 8))
    draws[1, 5] = numpy.nan
    with pytest.raises(ValueError, match="row 1 has no score under crps_ensemble"):
        scores.crps_ensemble(numpy.zeros(3), draws)
