"""Every function of the drop-in against the one that it stands in for."""

from __future__ import annotations

import copy
import inspect
import math
import re
import warnings

import numpy
import pytest
import scoringrules
import sklearn.metrics

from foretell import drop_in, scores

RANDOM = numpy.random.default_rng(20251128)
N = 300
Y = RANDOM.normal(size=N)
SCALE = RANDOM.uniform(0.3, 2.0, size=N)
LOCATION = RANDOM.normal(size=N)
POSITIVE = numpy.exp(Y)
P = RANDOM.uniform(0.02, 0.98, size=N)
HAPPENED = RANDOM.integers(0, 2, size=N)
INSIDE = LOCATION + SCALE * P
DRAWS = LOCATION[:, None] + SCALE[:, None] * RANDOM.normal(size=(N, 17))
WEIGHTS = RANDOM.uniform(0.0, 3.0, size=(N, 17))
OPTIONS = RANDOM.dirichlet(numpy.ones(5), size=N)
CATEGORY = RANDOM.integers(1, 6, size=N)
ONE_HOT = numpy.eye(5)[CATEGORY - 1]
LEVELS = numpy.array([0.05, 0.25, 0.5, 0.75, 0.95])
QUANTILES = numpy.quantile(DRAWS, LEVELS, axis=1).T
ALPHAS = numpy.array([0.1, 0.5])
LOWER, UPPER = QUANTILES[:, :2], QUANTILES[:, [4, 3]]
VECTORS, SEEN = RANDOM.normal(size=(40, 9, 3)), RANDOM.normal(size=(40, 3))
MEANS, SDS, SHARES = RANDOM.normal(size=(N, 3)), RANDOM.uniform(0.4, 1.5, size=(N, 3)), RANDOM.dirichlet(numpy.ones(3), size=N)


def smooth(values):
    return 1.0 / (1.0 + numpy.exp(-values))


#: Calls of each function, as arguments and keywords.
CALLS = {
    "brier_score": [((HAPPENED, P), {})],
    "log_score": [((HAPPENED, P), {})],
    "rps_score": [((CATEGORY, OPTIONS), {}), ((ONE_HOT, OPTIONS), {"onehot": True}), ((CATEGORY, OPTIONS.T), {"k_axis": 0})],
    "rls_score": [((CATEGORY, OPTIONS), {}), ((ONE_HOT, OPTIONS), {"onehot": True})],
    "quantile_score": [((Y, LOCATION, 0.3), {}), ((Y, LOCATION, P), {})],
    "crps_quantile": [((Y, QUANTILES, LEVELS), {}), ((Y, QUANTILES.T, LEVELS), {"m_axis": 0})],
    "interval_score": [((Y, LOWER[:, 0], UPPER[:, 0], 0.1), {}), ((Y, LOWER, UPPER, ALPHAS), {})],
    "crps_ensemble": [
        *(((Y, DRAWS), {"estimator": estimator}) for estimator in ("qd", "nrg", "int", "fair", "pwm")),
        ((Y, DRAWS), {"ens_w": WEIGHTS}),
        ((Y, DRAWS.T), {"m_axis": 0}),
        ((0.3, [0.0, 1.0, 2.0]), {}),
    ],
    "twcrps_ensemble": [((Y, DRAWS), {"a": -0.5, "b": 1.0}), ((Y, DRAWS), {"v_func": smooth}), ((Y, DRAWS, 0.0), {"estimator": "fair"})],
    "owcrps_ensemble": [((Y, DRAWS), {"w_func": smooth}), ((Y[:20], numpy.tile(RANDOM.normal(size=(1, 40)), (20, 1)), -2.0, 2.0), {})],
    "vrcrps_ensemble": [((Y, DRAWS), {"w_func": smooth}), ((Y, DRAWS, -0.5, 1.0), {})],
    "logs_ensemble": [((Y, DRAWS), {}), ((Y, DRAWS), {"bw": SCALE})],
    "dssuv_ensemble": [((Y, DRAWS), {}), ((Y, DRAWS), {"bias": True})],
    "dssmv_ensemble": [((SEEN, VECTORS), {}), ((SEEN, VECTORS), {"bias": True})],
    "es_ensemble": [((SEEN, VECTORS), {}), ((SEEN, VECTORS), {"estimator": "fair"})],
    "vs_ensemble": [((SEEN, VECTORS), {}), ((SEEN, VECTORS), {"p": 1.0, "estimator": "fair"})],
    "energy_score": [((SEEN, VECTORS), {})],
    "variogram_score": [((SEEN, VECTORS), {"p": 1.5})],
}
LAWS = {
    "normal": (Y, LOCATION, SCALE),
    "lognormal": (POSITIVE, LOCATION, SCALE),
    "logistic": (Y, LOCATION, SCALE),
    "t": (Y, 2 + SCALE, LOCATION, SCALE),
    "laplace": (Y, LOCATION, SCALE),
    "loglogistic": (POSITIVE, LOCATION, 0.1 + 0.8 * P),
    "loglaplace": (POSITIVE, LOCATION, 0.1 + 0.8 * P),
    "uniform": (INSIDE, LOCATION, LOCATION + SCALE),
    "exponential": (POSITIVE, SCALE),
    "beta": (P, SCALE, SCALE[::-1]),
    "2pnormal": (Y, SCALE, SCALE[::-1], LOCATION),
    "2pexponential": (Y, SCALE, SCALE[::-1], LOCATION),
    "tnormal": (INSIDE, LOCATION + Y / 3, SCALE, LOCATION, LOCATION + SCALE),
    "tlogistic": (INSIDE, LOCATION + Y / 3, SCALE, LOCATION, LOCATION + SCALE),
    "tt": (INSIDE, 2 + SCALE, LOCATION + Y / 3, SCALE, LOCATION, LOCATION + SCALE),
    "poisson": (RANDOM.poisson(3, N), 3 * SCALE),
    "binomial": (RANDOM.binomial(9, 0.4, N), numpy.full(N, 9), P),
    "hypergeometric": (RANDOM.hypergeometric(7, 9, 5, N), numpy.full(N, 7), numpy.full(N, 9), numpy.full(N, 5)),
    "negbinom": (RANDOM.poisson(3, N), 2 + SCALE, P),
    "mixnorm": (Y, MEANS, SDS, SHARES),
}
for prefix in ("crps", "logs"):
    CALLS.update({f"{prefix}_{name}": [(arguments, {})] for name, arguments in LAWS.items()})
    CALLS[f"{prefix}_gamma"] = [((POSITIVE, SCALE, 2 * P), {}), ((POSITIVE, SCALE), {"scale": P})]
    CALLS[f"{prefix}_negbinom"].append(((RANDOM.poisson(3, N), 2 + SCALE), {"mu": 4 * P}))
    CALLS[f"{prefix}_mixnorm"].append(((Y, MEANS, SDS), {}))
    CALLS[f"{prefix}_gev"] = [((INSIDE - SCALE / 2, shape, LOCATION, SCALE), {}) for shape in (0.25, 0.0)]
    CALLS[f"{prefix}_gev"].append(((INSIDE, -0.4 * P, LOCATION, SCALE), {}))
CALLS["crps_cnormal"] = CALLS["crps_clogistic"] = [((Y, LOCATION, SCALE, -1.0, 1.0), {})]
CALLS["crps_ct"] = [((Y, 2 + SCALE, LOCATION, SCALE, -1.0, 1.0), {})]
CALLS["crps_exponentialM"] = [((POSITIVE, P, LOCATION, SCALE), {})]
CALLS["crps_gpd"] = [((POSITIVE, 0.8 * P, LOCATION, SCALE, P[::-1]), {})]
CALLS["logs_gpd"] = [((LOCATION + POSITIVE, 0.8 * P, LOCATION, SCALE), {})]
CALLS["logs_exponential2"] = [((LOCATION + POSITIVE, LOCATION, SCALE), {})]
QUANTILES_ANYHOW = RANDOM.normal(size=(N, 5))
CALLS["crps_quantile"] += [((Y, QUANTILES_ANYHOW, LEVELS), {}), ((Y, QUANTILES_ANYHOW, LEVELS[::-1]), {})]
CALLS["quantile_score"] += [((Y, LOCATION, level), {}) for level in (0.0, 1.0)]
CALLS["crps_uniform"] += [((Y, LOCATION, LOCATION + SCALE, 0.1, P / 2), {}), ((0.3, 0.0, 1.0, 0.2), {}), ((1.4, 0.0, 1.0, 0.0, 0.3), {})]
CALLS["logs_normal"] += [((Y, LOCATION, SCALE), {"negative": False})]
CALLS["crps_ensemble"] += [((Y, DRAWS), {"ens_w": WEIGHTS, "estimator": "fair"}), ((Y, DRAWS.T), {"ens_w": WEIGHTS.T.copy(), "estimator": "nrg", "m_axis": 0})]
ON_BOUNDS = ([0.0, 0.5, 1.2], [[0.0, 0.2, 0.7], [0.5, 0.2, 0.7], [0.0, 2.0, 0.3]])
for name in ("owcrps_ensemble", "vrcrps_ensemble"):
    CALLS[name] += [((*map(numpy.array, ON_BOUNDS), 0.0), {}), ((Y, DRAWS), {"w_func": smooth, "ens_w": WEIGHTS})]
#: Everything along every axis; with three rows, three components and six draws no shape gives a wrong axis away.
SQUARE, SIX = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(3, 6, 3))
AXES = [
    ((SQUARE, SIX), (1, 2)),
    ((SQUARE, SIX.transpose(0, 2, 1)), (-1, -2)),
    ((SQUARE.T, SIX.transpose(1, 2, 0)), (0, 1)),
    ((SQUARE, SIX.transpose(1, 0, 2)), (0, 2)),
    ((SQUARE.T, SIX.transpose(2, 0, 1)), (2, 0)),
    ((SQUARE.T, SIX.transpose(2, 1, 0)), (1, 0)),
    ((SEEN.T, VECTORS.transpose(1, 2, 0)), (-3, -2)),
]
for arguments, (m_axis, v_axis) in AXES:
    for name in ("es_ensemble", "dssmv_ensemble", "vs_ensemble"):
        CALLS[name].append((arguments, {"m_axis": m_axis, "v_axis": v_axis}))
PAIRS = RANDOM.uniform(size=(40, 3, 3))
CALLS["vs_ensemble"] += [((SEEN, VECTORS, PAIRS), {"estimator": "fair"}), ((SEEN, VECTORS, PAIRS, -2, -1), {"p": 2.0})]
CALLS["vs_ensemble"].append(((SEEN.T, VECTORS.transpose(1, 2, 0), PAIRS, 0, 1), {}))
#: What scoringrules itself has otherwise than it says.
MENDED = {"weighted_interval_score"}
SCIKIT_LEARN = {"brier_score_loss", "log_loss", "mean_pinball_loss"}


def test_every_function_is_tried():
    assert set(CALLS) | MENDED | SCIKIT_LEARN == set(drop_in.__all__)


def test_what_is_not_there_is_said():
    """Each name of scoringrules that is no name here stands in the documentation, or belongs to a family that does."""
    weighing_vectors = re.compile(r"(tw|ow|vr)(es_ensemble|vs_ensemble|energy_score|variogram_score)")
    kernel = re.compile(r"(tw|ow|vr)?gks[um]v_ensemble")
    scores = {name for name in dir(scoringrules) if re.search(r"^(crps|logs)_|_(ensemble|score)$", name)}
    absent = {name for name in scores - set(drop_in.__all__) if not weighing_vectors.fullmatch(name) and not kernel.fullmatch(name)}
    said = set(re.findall(r"``(\w+)``", drop_in.__doc__ or ""))
    assert absent and absent <= said
    assert not {name for name in said if re.search(r"^(crps|logs)_", name)} & set(drop_in.__all__)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_scores_are_those_of_scoringrules(name):
    ours, theirs = getattr(drop_in, name), getattr(scoringrules, name)
    for arguments, keywords in CALLS[name]:
        with warnings.catch_warnings():
            # scoringrules says which of its names will go.
            warnings.simplefilter("ignore")
            # Some of its functions write into what they are given.
            expected = theirs(*copy.deepcopy(arguments), **keywords, backend="numpy")
        numpy.testing.assert_allclose(ours(*arguments, **keywords), expected, rtol=2e-7, atol=1e-9, err_msg=f"{keywords}")


def test_the_weighted_interval_score_is_that_of_its_paper():
    parts = scores.weighted_interval(Y, QUANTILES, LEVELS.tolist())
    score = drop_in.weighted_interval_score(Y, QUANTILES[:, 2], LOWER, UPPER, ALPHAS)
    numpy.testing.assert_allclose(score, parts.score, rtol=1e-12)
    # R: scoringutils and Bracher et al. count the median once or twice.
    twice = scores.weighted_interval(Y, QUANTILES, LEVELS.tolist(), whole_median=True)
    score = drop_in.weighted_interval_score(Y, QUANTILES[:, 2], LOWER, UPPER, ALPHAS, w_median=1.0)
    numpy.testing.assert_allclose(score * 2.5 / 3.0, twice.score, rtol=1e-12)


@pytest.mark.parametrize("name", sorted((set(CALLS) | MENDED) - {"energy_score", "variogram_score"}))
def test_arguments_have_their_names_and_order(name):
    ours, theirs = (list(inspect.signature(getattr(module, name)).parameters) for module in (drop_in, scoringrules))
    assert ours == theirs


def test_losses_are_those_of_scikit_learn():
    weights = RANDOM.uniform(size=N)
    names = numpy.array(["a", "b", "c", "d", "e"])[CATEGORY - 1]
    for ours, theirs, calls in (
        (
            drop_in.brier_score_loss,
            sklearn.metrics.brier_score_loss,
            [((HAPPENED, P), {}), ((HAPPENED, P), {"sample_weight": weights}), ((HAPPENED, P), {"pos_label": 0})],
        ),
        (
            drop_in.log_loss,
            sklearn.metrics.log_loss,
            [
                ((HAPPENED, P), {}),
                ((HAPPENED, P), {"sample_weight": weights}),
                ((HAPPENED, numpy.column_stack([1 - P, P])), {"normalize": False}),
                ((names, OPTIONS), {}),
                (([1, 1], [1.0, 0.5]), {"labels": [0, 1]}),
                (([1, 0], [1.0, 1.0]), {}),
            ],
        ),
        (
            drop_in.mean_pinball_loss,
            sklearn.metrics.mean_pinball_loss,
            [((Y, LOCATION), {}), ((Y, LOCATION), {"alpha": 0.1, "sample_weight": weights})],
        ),
    ):
        for arguments, keywords in calls:
            assert ours(*arguments, **keywords) == pytest.approx(theirs(*arguments, **keywords), rel=1e-12)


def test_what_the_other_packages_let_pass_is_refused():
    for call, says in (
        (lambda: drop_in.crps_ensemble(Y, DRAWS, estimator="akr"), "estimator is one of"),
        (lambda: drop_in.es_ensemble(SEEN, VECTORS, estimator="akr"), "estimator is one of"),
        (lambda: drop_in.crps_ensemble(Y, DRAWS, estimator="pwm", ens_w=WEIGHTS), "no weights of draws"),
        (lambda: drop_in.crps_ensemble(0.0, [1.0, 2.0], estimator="fair", ens_w=[1.0, 0.0]), "no fair score"),
        (lambda: drop_in.es_ensemble(SEEN, VECTORS, ens_w=VECTORS[..., 0]), "no weights of draws"),
        (lambda: drop_in.vs_ensemble(SEEN, VECTORS, ens_w=VECTORS[..., 0]), "no weights of draws"),
        (lambda: drop_in.es_ensemble(SEEN, VECTORS, 1, 1), "two axes"),
        (lambda: drop_in.es_ensemble(SEEN, VECTORS, 1, 3), "two axes"),
        (lambda: drop_in.es_ensemble(0.0, VECTORS), "no axis of components"),
        (lambda: drop_in.vs_ensemble(SEEN, VECTORS, p=0), "no score"),
        (lambda: drop_in.crps_quantile(0.0, [1.0, 2.0], [0.0, 0.5]), "between 0 and 1"),
        (lambda: drop_in.quantile_score(0.0, 1.0, 1.1), "from 0 to 1"),
        (lambda: drop_in.quantile_score(0.0, 1.0, math.nan), "from 0 to 1"),
        (lambda: drop_in.rps_score([1.7], OPTIONS[:1]), "a whole number from 1, not 1.7"),
        (lambda: drop_in.rps_score([math.nan], OPTIONS[:1]), "a whole number from 1, not nan"),
        (lambda: drop_in.crps_uniform(0.5, 0.0, 1.0, 0.7, 0.6), "no score"),
        (lambda: drop_in.crps_normal(0.0, 0.0, -1.0), "sigma = -1"),
        (lambda: drop_in.logs_gamma(1.0, 1.0), "one of `rate` and `scale`"),
        (lambda: drop_in.crps_negbinom(1.0, 1.0), "one of `prob` and `mu`"),
        (lambda: drop_in.rps_score([[0, 1, 1]], [[0.2, 0.3, 0.5]], onehot=True), "one 1"),
        (lambda: drop_in.rps_score(6, OPTIONS[0]), "row 0 has no score"),
        (lambda: drop_in.log_loss([0, 2], [0.1, 0.2], labels=[0, 1]), "not among the labels"),
        (lambda: drop_in.log_loss([1, 1], [0.1, 0.2]), "two labels"),
    ):
        with pytest.raises(ValueError, match=says):
            call()
    assert drop_in.logs_uniform(2.0, 0.0, 1.0) == math.inf
