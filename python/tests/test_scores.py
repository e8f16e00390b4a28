"""Scoring rules on arrays, against scoringrules, scikit-learn and formulas."""

from __future__ import annotations

import math
import os
import signal
import threading

import numpy
import pytest
import scipy.integrate
import scipy.stats
import scoringrules
import sklearn.metrics
from conftest import looks_during

from foretell import _foretell, scores

RANDOM = numpy.random.default_rng(20251127)
N = 500
Y = RANDOM.normal(size=N)
SCALE = RANDOM.uniform(0.2, 3.0, size=N)
LOCATION = RANDOM.normal(size=N)
P = RANDOM.uniform(size=N)
HAPPENED = RANDOM.integers(0, 2, size=N)


def close(ours, theirs, tolerance=1e-9):
    numpy.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def test_yes_no_scores_are_those_of_scikit_learn():
    means = scores.binary_means(HAPPENED, P)
    close(means.brier, sklearn.metrics.brier_score_loss(HAPPENED, P), 1e-14)
    close(means.log, sklearn.metrics.log_loss(HAPPENED, P), 1e-14)
    close(scores.brier(HAPPENED, P).mean(), means.brier, 1e-14)
    close(scores.log(HAPPENED, P).mean(), means.log, 1e-14)
    assert means.forecasts == N
    assert means.bins[:, 0].sum() == N
    assert means.bins[:, 1].sum() == HAPPENED.sum()
    close(scores.brier(HAPPENED, P), scoringrules.brier_score(HAPPENED, P))
    assert scores.log(1, 0.0) == math.inf
    close(scores.log(1, 0.0, floor=0.01), -math.log(0.01))


def test_pinball_and_intervals():
    q = Y + RANDOM.normal(size=N)
    for level in (0.1, 0.5, 0.95):
        close(scores.pinball(Y, q, level).mean(), sklearn.metrics.mean_pinball_loss(Y, q, alpha=level))
        close(scores.pinball(Y, q, level), scoringrules.quantile_score(Y, q, level))
    lower, upper = LOCATION - SCALE, LOCATION + SCALE
    close(scores.interval(Y, lower, upper, 0.2), scoringrules.interval_score(Y, lower, upper, 0.2))
    levels = [0.025, 0.25, 0.5, 0.75, 0.975]
    quantiles = numpy.stack([LOCATION + SCALE * z for z in (-1.96, -0.674, 0.0, 0.674, 1.96)], axis=-1)
    parts = scores.weighted_interval(Y, quantiles, levels)
    # Bracher et al. (2021), eq. (1) and (2).
    intervals = [(0.05, quantiles[:, 0], quantiles[:, 4]), (0.5, quantiles[:, 1], quantiles[:, 3])]
    sums = sum(alpha / 2 * scoringrules.interval_score(Y, lower, upper, alpha) for alpha, lower, upper in intervals)
    close(parts.score, (abs(Y - quantiles[:, 2]) / 2 + sums) / 2.5)
    close(parts.dispersion + parts.underprediction + parts.overprediction, parts.score)
    close(scores.crps_quantiles(Y, quantiles, levels), 2 * scores.mean_pinball(Y, quantiles, levels))
    close(parts.score, scores.crps_quantiles(Y, quantiles, levels))


def test_ensembles():
    draws = LOCATION[:, None] + SCALE[:, None] * RANDOM.normal(size=(N, 21))
    close(scores.crps_ensemble(Y, draws), scoringrules.crps_ensemble(Y, draws, estimator="nrg"))
    close(scores.crps_ensemble(Y, draws, fair=True), scoringrules.crps_ensemble(Y, draws, estimator="fair"))
    close(scores.crps_ensemble(Y, draws.T, axis=0), scores.crps_ensemble(Y, draws))
    close(scores.absolute_error_of_median(Y, draws), abs(numpy.median(draws, axis=1) - Y))
    close(scores.squared_error_of_mean(Y, draws), (draws.mean(axis=1) - Y) ** 2)
    for ddof in (0, 1):
        sd = draws.std(axis=1, ddof=ddof)
        close(scores.dawid_sebastiani_ensemble(Y, draws, ddof=ddof), scores.dawid_sebastiani(Y, draws.mean(axis=1), sd))
    share = (draws > 0.3).mean(axis=1)
    close(scores.brier_ensemble(Y, draws, 0.3), (share - (Y > 0.3)) ** 2)
    vectors, happened = RANDOM.normal(size=(40, 15, 3)), RANDOM.normal(size=(40, 3))
    close(scores.energy(happened, vectors), scoringrules.energy_score(happened, vectors))
    close(scores.variogram(happened, vectors), scoringrules.variogram_score(happened, vectors, p=0.5))


def test_options():
    p = RANDOM.dirichlet(numpy.ones(4), size=N)
    y = RANDOM.integers(0, 4, size=N)
    came = numpy.eye(4)[y]
    close(scores.brier_all(y, p), ((p - came) ** 2).sum(axis=1))
    rps = ((p.cumsum(axis=1) - came.cumsum(axis=1))[:, :-1] ** 2).sum(axis=1)
    close(scores.rps(y, p), rps)
    close(scores.rps_normalised(y, p), rps / 3)
    close(scores.log_all(y, p).mean(), sklearn.metrics.log_loss(y, p, labels=range(4)))
    close(scores.spherical(y, p), 1 - p[numpy.arange(N), y] / numpy.sqrt((p**2).sum(axis=1)))
    close(scores.rps(y, p.T, axis=0), rps)


POSITIVE = numpy.exp(Y)


def by_quadrature(law):
    """The CRPS of laws of SciPy's by its definition."""

    def score(y, law):
        begins, ends = law.support()
        below = scipy.integrate.quad(lambda x: law.cdf(x) ** 2, begins, y, limit=200)[0] if y > begins else begins - y
        above = scipy.integrate.quad(lambda x: law.sf(x) ** 2, max(y, begins), ends, limit=200)[0] if y < ends else 0.0
        return below + above

    return lambda y, *parameters: numpy.array([score(*one) for one in zip(y, map(law, *parameters), strict=True)])


LAWS = {
    "crps_normal": ((Y, LOCATION, SCALE), scoringrules.crps_normal),
    "crps_lognormal": ((POSITIVE, LOCATION, SCALE), scoringrules.crps_lognormal),
    "crps_logistic": ((Y, LOCATION, SCALE), scoringrules.crps_logistic),
    "crps_student_t": ((Y, 2 + SCALE, LOCATION, SCALE), scoringrules.crps_t),
    "crps_gamma": ((POSITIVE, SCALE, 1 / SCALE), lambda y, shape, rate: scoringrules.crps_gamma(y, shape, rate=rate)),
    "crps_beta": ((P, SCALE, SCALE[::-1]), scoringrules.crps_beta),
    "crps_uniform": ((Y, LOCATION, LOCATION + SCALE), scoringrules.crps_uniform),
    "crps_triangular": (
        (Y, LOCATION - SCALE, LOCATION, LOCATION + SCALE[::-1]),
        by_quadrature(lambda low, mode, high: scipy.stats.triang((mode - low) / (high - low), low, high - low)),
    ),
    "crps_weibull": ((POSITIVE, 0.8 + P, SCALE), by_quadrature(lambda shape, scale: scipy.stats.weibull_min(shape, scale=scale))),
    "crps_inverse_gamma": ((POSITIVE, 2 + SCALE, SCALE[::-1]), by_quadrature(lambda shape, scale: scipy.stats.invgamma(shape, scale=scale))),
    "crps_gev": ((Y, 0.8 * P - 0.3, LOCATION, SCALE), scoringrules.crps_gev),
    "crps_exponential": ((POSITIVE, SCALE), scoringrules.crps_exponential),
    "crps_exponential_with_mass": (
        (POSITIVE, LOCATION, SCALE, P),
        lambda y, location, scale, mass: scoringrules.crps_exponentialM(y, mass=mass, location=location, scale=scale),
    ),
    "crps_generalised_pareto": (
        (POSITIVE, 0.8 * P, LOCATION, SCALE, P[::-1]),
        lambda y, shape, location, scale, mass: scoringrules.crps_gpd(y, shape, location, scale, mass),
    ),
    "crps_laplace": ((Y, LOCATION, SCALE), scoringrules.crps_laplace),
    "crps_two_piece_exponential": ((Y, LOCATION, SCALE, SCALE[::-1]), lambda y, m, a, b: scoringrules.crps_2pexponential(y, a, b, m)),
    "crps_two_piece_normal": ((Y, LOCATION, SCALE, SCALE[::-1]), lambda y, m, a, b: scoringrules.crps_2pnormal(y, a, b, m)),
    "crps_loglogistic": ((POSITIVE, LOCATION, 0.1 + 0.8 * P), scoringrules.crps_loglogistic),
    "crps_loglaplace": ((POSITIVE, LOCATION, 0.1 + 0.8 * P), scoringrules.crps_loglaplace),
    "crps_poisson": ((RANDOM.poisson(3, N), 3 * SCALE), scoringrules.crps_poisson),
    "crps_binomial": ((RANDOM.binomial(9, 0.4, N), numpy.full(N, 9), P), scoringrules.crps_binomial),
    "crps_negative_binomial": ((RANDOM.poisson(3, N), 2 + SCALE, P), scoringrules.crps_negbinom),
    "crps_hypergeometric": (
        (RANDOM.hypergeometric(7, 9, 5, N), numpy.full(N, 7), numpy.full(N, 9), numpy.full(N, 5)),
        scoringrules.crps_hypergeometric,
    ),
    "crps_truncated_normal": ((LOCATION, Y, SCALE, numpy.full(N, -1.0), numpy.full(N, 2.0)), scoringrules.crps_tnormal),
    "crps_censored_normal": ((LOCATION, Y, SCALE, numpy.full(N, -1.0), numpy.full(N, 2.0)), scoringrules.crps_cnormal),
    "crps_truncated_logistic": ((LOCATION, Y, SCALE, numpy.full(N, -1.0), numpy.full(N, 2.0)), scoringrules.crps_tlogistic),
    "crps_censored_logistic": ((LOCATION, Y, SCALE, numpy.full(N, -1.0), numpy.full(N, 2.0)), scoringrules.crps_clogistic),
    "crps_truncated_student_t": (
        (LOCATION, 2 + SCALE, Y, SCALE, numpy.full(N, -1.0), numpy.full(N, 2.0)),
        scoringrules.crps_tt,
    ),
    "crps_censored_student_t": (
        (LOCATION, 2 + SCALE, Y, SCALE, numpy.full(N, -1.0), numpy.full(N, 2.0)),
        scoringrules.crps_ct,
    ),
}


@pytest.mark.parametrize("name", sorted(LAWS))
def test_laws_are_those_of_scoringrules_and_of_the_definition(name):
    arguments, theirs = LAWS[name]
    before = [argument.copy() for argument in arguments]
    ours = getattr(scores, name)(*arguments)
    assert ours.shape == (N,)
    assert all(map(numpy.array_equal, arguments, before)), "arguments are left as they are"
    # Copies: one of theirs writes into its arguments.
    close(ours, theirs(*before), 1e-6)


def test_every_rule_of_the_engine_has_its_function():
    for name, takes in _foretell.rules_of_elements():
        if name != "log_floored":
            assert name in scores.__all__, name
        assert takes[0] == "y"
    for name in [*_foretell.rules_of_rows(), *_foretell.rules_of_two_rows()]:
        stem = name.removesuffix("_fair").removesuffix("_unbiased").removesuffix("_resized").removesuffix("ensemble_weighted")
        assert stem in scores.__all__ or f"{stem}ensemble" in scores.__all__, name
    others = {"crps_quantiles", "crps_cdf", "crps_normal_kernel", "crps_normal_mixture"}
    laws = {name for name in scores.__all__ if name.startswith("crps_") and not name.startswith("crps_ensemble")}
    assert set(LAWS) == laws - others
    for name in scores.__all__:
        assert getattr(scores, name).__doc__, name


def test_what_a_law_calls_impossible_is_infinite():
    assert scores.log_lognormal(-1.0, 0.0, 1.0) == math.inf
    assert scores.log_poisson(1.5, 2.0) == math.inf
    assert scores.log_beta([0.5, 3.0], 2.0, 2.0, 1.0, 3.0)[0] == math.inf
    close(scores.log_beta(2.0, 2.0, 2.0, 1.0, 3.0), scoringrules.logs_beta(0.5, 2.0, 2.0) + math.log(2.0))
    with pytest.raises(ValueError, match="row 0 has no score under log_gamma"):
        scores.log_gamma(0.0, 0.5, 1.0)


def test_densities_are_those_of_scipy():
    low, high = LOCATION - SCALE, LOCATION + SCALE[::-1]
    close(scores.log_triangular(LOCATION + 0.1, low, LOCATION, high + 1.0), -scipy.stats.triang.logpdf(LOCATION + 0.1, SCALE / (high + 1.0 - low), low, high + 1.0 - low))
    close(scores.log_weibull(POSITIVE, 0.8 + P, SCALE), -scipy.stats.weibull_min.logpdf(POSITIVE, 0.8 + P, scale=SCALE))
    close(scores.log_inverse_gamma(POSITIVE, SCALE, SCALE[::-1]), -scipy.stats.invgamma.logpdf(POSITIVE, SCALE, scale=SCALE[::-1]))


def test_ensembles_as_if_they_had_another_size():
    # R: SpecsVerification 0.5.3, EnsRps(format = "members").
    counts = [[1, 3, 4, 2], [0, 5, 3, 2], [2, 2, 2, 4]]
    close(scores.rps_ensemble([1, 2, 3], counts), [0.41, 0.29, 0.56])
    close(scores.rps_ensemble([1, 2, 3], counts, size=10), [0.41, 0.29, 0.56])
    share = numpy.cumsum(counts, axis=1)[:, :-1] / 10
    fair = [0.41, 0.29, 0.56] - (share * (1 - share) / 9).sum(axis=1)
    close(scores.rps_ensemble([1, 2, 3], counts, size=math.inf), fair)
    draws = RANDOM.normal(size=(N, 12))
    plain, unbiased = scores.crps_ensemble(Y, draws), scores.crps_ensemble(Y, draws, fair=True)
    close(scores.crps_ensemble(Y, draws, size=12), plain)
    close(scores.crps_ensemble(Y, draws, size=math.inf), unbiased)
    close(scores.crps_ensemble(Y, draws, size=24), (plain + unbiased) / 2)
    close(scores.brier_ensemble(Y, draws, 0.3, size=12), scores.brier_ensemble(Y, draws, 0.3))
    close(scores.brier_ensemble(Y, draws, 0.3, size=math.inf), scores.brier_ensemble(Y, draws, 0.3, fair=True))


def test_smoothed_draws_and_cdfs():
    draws = [-0.8, 0.1, 0.35, 1.2, 2.05, 2.6, 3.3]
    # R: scoringRules 1.1.3, crps_sample(1.9, draws, method = "kde", bw = 0.5).
    close(scores.crps_normal_kernel(1.9, draws, 0.5), 0.498621730113651)
    assert scores.bandwidth(draws) == pytest.approx(1.06 * min(numpy.std(draws, ddof=1), (2.325 - 0.225) / 1.34) * 7**-0.2)
    close(scores.crps_normal_kernel(1.9, draws), scores.crps_normal_kernel(1.9, draws, scores.bandwidth(draws)))
    same = numpy.array([[draws, draws], [draws, draws]])
    assert scores.log_normal_kernel([[1.0, 2.0], [1.0, 2.0]], same).shape == (2, 2)
    points = numpy.linspace(-6.0, 6.0, 4001)
    normal = scipy.stats.norm.cdf(points)
    close(scores.crps_cdf(Y, points, numpy.tile(normal, (N, 1))), scores.crps_normal(Y, 0.0, 1.0), 1e-5)
    with pytest.raises(ValueError, match="row 1 has no score under crps_cdf"):
        scores.crps_cdf([0.0, 0.0], [0.0, 1.0], [[0.1, 0.9], [0.9, 0.1]])


def test_shapes_broadcast_and_scalars_stay_scalars():
    assert isinstance(scores.brier(1, 0.7), float)
    assert scores.brier(1, 0.7) == pytest.approx(0.09)
    assert scores.brier([[1], [0]], [0.2, 0.4, 0.9]).shape == (2, 3)
    assert scores.crps_normal(Y.reshape(50, 10), 0.0, 1.0).shape == (50, 10)
    draws = RANDOM.normal(size=(5, 4, 11))
    assert scores.crps_ensemble(numpy.zeros((5, 4)), draws).shape == (5, 4)
    assert isinstance(scores.crps_ensemble(0.0, [1.0, 2.0]), float)
    assert scores.brier([], []).shape == (0,)


@pytest.mark.parametrize(
    ("call", "row"),
    [
        (lambda: scores.brier([1, 0, 1], [0.5, 1.5, 0.5]), "row 1 has no score under brier: y = 0, p = 1.5"),
        (lambda: scores.brier([1, 2], [0.5, 0.5]), "row 1"),
        (lambda: scores.log([1, 0], [0.5, math.nan]), "row 1"),
        (lambda: scores.crps_normal([0.0, 0.0], 0.0, [1.0, -1.0]), "row 1 .*sigma = -1"),
        (lambda: scores.binary_means([0, 0.5], [0.1, 0.2]), "row 1: what happened is 0 or 1, not 0.5"),
        (lambda: scores.binary_means([0, 1], [0.1, 1.2]), "row 1"),
        (lambda: scores.crps_ensemble([0.0, math.inf], [[1.0, 2.0], [1.0, 2.0]]), "row 1"),
        (lambda: scores.rps([0, 3], [[0.5, 0.5], [0.5, 0.5]]), "row 1"),
        (lambda: scores.weighted_interval([0.0], [[1.0, 2.0]], [0.25, 0.75]), "levels"),
        (lambda: scores.weighted_interval([1.0], [[3.0, 1.0, 0.5]], [0.1, 0.5, 0.9]), "row 0 .* its quantiles fall"),
        (lambda: scores.weighted_interval(1.0, [[1.0, 1.0, 2.0]] * 5000 + [[1.0, 3.0, 2.0]] * 2, [0.1, 0.5, 0.9]), "row 5000 .* its quantiles fall"),
        (lambda: scores.crps_quantiles([1.0], [[1.0, 2.0]], [0.9, 0.1]), "levels must increase"),
        (lambda: scores.mean_pinball([1.0], [[1.0, 2.0]], [0.5]), "2 quantiles need as many levels"),
        (lambda: scores.rps([0, 1], [[0.5, 0.5], [0.2, 0.9]]), "row 1 .* sum to 1"),
        (lambda: scores.brier_all([1], [[-0.2, 1.2]]), "row 0 .* at least 0"),
        (lambda: scores.spherical([1], [[math.nan, 0.5]]), "row 0"),
        (lambda: scores.crps_ensemble([0.0, 1.0], [[1.0, 2.0], [1.0, 2.0]], weights=[[1, 1], [0, 0]]), "row 1 has no score"),
        (lambda: scores.crps_ensemble(0.0, [1.0, 2.0], fair=True, size=3), "one of"),
        (lambda: scores.dawid_sebastiani_vectors(numpy.zeros((2, 3)), numpy.zeros((2, 5, 3))), "row 0"),
        (lambda: scores.energy(numpy.zeros((2, 3)), numpy.zeros((2, 5, 4))), "components"),
    ],
)
def test_what_has_no_score_is_named(call, row):
    with pytest.raises(ValueError, match=row):
        call()


def test_long_arrays_have_the_bits_of_short_ones():
    y = RANDOM.normal(size=100_000)
    whole = scores.crps_normal(y, 0.0, 1.0)
    pieces = numpy.concatenate([scores.crps_normal(y[at : at + 999], 0.0, 1.0) for at in range(0, len(y), 999)])
    assert numpy.array_equal(whole, pieces)


def test_python_goes_on_while_few_rows_of_many_draws_are_scored():
    draws = numpy.random.default_rng(1).normal(size=(40, 600))
    scores.crps_normal_kernel([0.0], draws[:1, :2])
    # Were the lock held, the thread would be through before another look.
    assert looks_during(lambda: scores.crps_normal_kernel(numpy.zeros(40), draws)) > 5


def test_an_interrupt_ends_a_long_score():
    # Some 10^11 pairs: minutes.
    draws = numpy.broadcast_to(numpy.linspace(-1.0, 1.0, 2000), (20_000, 2000))
    threading.Timer(2.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        scores.crps_normal_kernel(numpy.zeros(len(draws)), draws)


def test_an_interrupt_ends_a_long_score_of_ensembles():
    # 2 * 10^10 draws to sort, all in the memory of one row: minutes.
    draws = numpy.broadcast_to(numpy.linspace(-1.0, 1.0, 2000), (10_000_000, 2000))
    threading.Timer(2.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        _foretell.crps_of_ensembles(draws, numpy.zeros(len(draws)), False)


def test_pieces_between_looks_are_one_array():
    # 16 operations for each of 2^17 rows of 100 draws: two pieces.
    draws = numpy.random.default_rng(3).normal(size=(1 << 17, 100))
    y = draws[:, 7]
    whole = scores.crps_ensemble(y, draws)
    assert numpy.array_equal(whole[-1000:], scores.crps_ensemble(y[-1000:], draws[-1000:]))
    assert numpy.array_equal(whole[83_000:85_000], scores.crps_ensemble(y[83_000:85_000], draws[83_000:85_000]))
    draws[-3, 5] = math.inf
    with pytest.raises(ValueError, match=f"row {len(draws) - 3}"):
        scores.crps_ensemble(y, draws)
    assert scores.crps_ensemble(numpy.zeros(0), numpy.zeros((0, 3))).shape == (0,)


def test_a_score_that_is_no_number_is_none():
    with pytest.raises(ValueError, match="row 0 has no score under crps_two_piece_normal: y = inf"):
        scores.crps_two_piece_normal(math.inf, 0.0, 1.0, 1.0)


def test_extreme_values_at_the_ends_of_their_law():
    for shape in (-1.5, -1.0, -0.5, 0.0, 0.5):
        # scoringrules 0.10 has NaN for some of these; the density is 0.
        assert scores.log_gev(-math.inf, shape, 0.0, 1.0) == math.inf
        assert scores.log_gev(math.inf, shape, 0.0, 1.0) == math.inf
    for shape, y in ((0.5, -2.0), (0.5, -3.0), (-0.5, 2.0), (-0.5, 3.0), (-1.5, 1.0), (-1.0, 1.5)):
        assert scores.log_gev(y, shape, 0.0, 1.0) == scoringrules.logs_gev(y, shape, 0.0, 1.0, backend="numpy") == math.inf
    # The density of a shape of -1 ends at 1 / scale, as that of a uniform law does: SciPy has the same.
    at_end = -scipy.stats.genextreme.logpdf(2.0, 1.0, 0.0, 2.0)
    assert scores.log_gev(2.0, -1.0, 0.0, 2.0) == pytest.approx(at_end) == pytest.approx(math.log(2.0))
    with pytest.raises(ValueError, match="log_gev"):
        scores.log_gev(0.5, -2.0, 0.0, 1.0)


def test_student_t_far_out_is_its_distance():
    """Where squares are too large for doubles; so are all laws there."""
    for law in (scores.crps_student_t, scores.crps_truncated_student_t, scores.crps_censored_student_t):
        bounds = () if law is scores.crps_student_t else (-numpy.inf, numpy.inf)
        far = law([1e160, -1e200, 5e307], 3.0, 0.0, 1.0, *bounds)
        numpy.testing.assert_allclose(far, [1e160, 1e200, 5e307], rtol=1e-14)
    assert scores.crps_student_t(1.0, 3.0, 0.0, 1e-300) == 1.0
