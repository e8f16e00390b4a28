"""The losses of the drop-in against scikit-learn: its numbers where it gives some, a ValueError where it refuses."""

from __future__ import annotations

import math
import warnings

import numpy
import pandas
import pytest
import sklearn.metrics

from foretell import ForetellWarning, drop_in

Y, P = [1, 0, 1, 1, 0], [0.9, 0.2, 0.7, 0.6, 0.4]
COLUMN, OF_COLUMN = numpy.array(Y)[:, None], numpy.array(P)[:, None]
TWO = numpy.stack([1 - numpy.array(P), P], axis=1)
THREE = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1]]
THIRDS = [[0.333, 0.333, 0.333]] * 3
W = [1.0, 2.0, 0.5, 3.0, 1.0]
BRIER, LOG, PINBALL = "brier_score_loss", "log_loss", "mean_pinball_loss"
CALLS = [
    (BRIER, (COLUMN, P), {}),
    (BRIER, (COLUMN, OF_COLUMN), {"sample_weight": W}),
    (BRIER, (Y, OF_COLUMN), {}),
    (BRIER, (COLUMN.T, P), {}),
    (BRIER, ([2, 0, 2], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([1, 2, 2], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([-1, 1, 1], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([-1, -1, -1], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([5, 5, 5], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([1, 0, math.nan], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([1.0, 0.0, 1.0], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([1.0, 0.5, 1.0], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([True, False, True], [0.9, 0.2, 0.3]), {}),
    (BRIER, (["spam", "ham", "spam"], [0.9, 0.2, 0.3]), {}),
    (BRIER, (["spam", "ham", "spam"], [0.9, 0.2, 0.3]), {"pos_label": "spam"}),
    (BRIER, (["spam", "ham", "spam"], [0.9, 0.2, 0.3]), {"pos_label": 1}),
    (BRIER, (numpy.array(["spam", "ham", "spam"], dtype=object), [0.9, 0.2, 0.3]), {"pos_label": "spam"}),
    (BRIER, (["1", "0", "1"], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([1, 0, 2], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([1], [0.9, 0.2, 0.3]), {}),
    (BRIER, ([1, 0, 2], THREE), {}),
    (BRIER, ([1, 0, 2], THREE), {"scale_by_half": True}),
    (BRIER, (numpy.eye(3)[[1, 0, 2]], THREE), {}),
    (BRIER, ([1, 0, 1], THREE), {"labels": [0, 1, 2]}),
    (BRIER, ([1, 0, 1], THREE), {}),
    (BRIER, (Y, TWO), {}),
    (BRIER, (Y, TWO), {"scale_by_half": False}),
    (BRIER, (Y, P), {"scale_by_half": False}),
    (BRIER, (Y, TWO), {"scale_by_half": "never"}),
    (BRIER, (Y, P), {"pos_label": None}),
    (BRIER, (Y, P), {"pos_label": 0}),
    (BRIER, (Y, numpy.array(P, dtype=numpy.float32)), {}),
    (BRIER, (Y, numpy.array(P, dtype=numpy.float16)), {"sample_weight": W}),
    (BRIER, ([], []), {}),
    (BRIER, (Y, [0.9, 0.2, 0.7, 0.6, 1.4]), {}),
    (BRIER, (Y, [0.9, 0.2, 0.7, 0.6, math.nan]), {}),
    (BRIER, (Y, P), {"sample_weight": [1.0, 2.0]}),
    (BRIER, (Y, P), {"sample_weight": [1.0, 2.0, math.nan, 1.0, 1.0]}),
    (BRIER, (pandas.Series(Y), pandas.Series(P)), {}),
    (BRIER, (pandas.Series(Y, dtype="Int64"), P), {}),
    (BRIER, (pandas.Series(Y, dtype="boolean"), P), {}),
    (BRIER, (pandas.Series(["a", "b", "a", "a", "b"], dtype="category"), P), {"pos_label": "a"}),
    (BRIER, (Y, [[[0.1]]] * 5), {}),
    (BRIER, (1, 0.5), {}),
    (LOG, (Y, P), {}),
    (LOG, (COLUMN, P), {}),
    (LOG, (COLUMN, OF_COLUMN), {}),
    (LOG, ([1, 0], numpy.array([0.0, 1.0], dtype=numpy.float32)), {}),
    (LOG, ([1, 0], numpy.array([0.0, 1.0], dtype=numpy.float16)), {}),
    (LOG, ([1, 0], [0, 1]), {}),
    (LOG, ([1, 0], [0.3, 0.7]), {"normalize": False, "sample_weight": [2]}),
    (LOG, (Y, P), {"normalize": False, "sample_weight": W}),
    (LOG, (Y, P), {"normalize": False}),
    (LOG, (Y,), {"y_proba": P}),
    (LOG, (Y,), {"y_pred": P}),
    (LOG, (numpy.eye(3)[[1, 0, 2]], THREE), {}),
    (LOG, (numpy.eye(3, dtype=int)[[1, 0, 0]], THREE), {}),
    (LOG, ([[1, 1, 0], [0, 0, 0], [0, 1, 0]], THREE), {}),
    (LOG, (numpy.eye(3)[[1, 0, 2]], THREE), {"labels": [0, 1, 2]}),
    (LOG, (numpy.eye(2)[[1, 0, 1]], THREE), {}),
    (LOG, ([1, 0, 2], THIRDS), {}),
    (LOG, ([1, 0, 2], numpy.array(THREE, dtype=numpy.float16)), {}),
    (LOG, (["c", "a", "b"], THREE), {}),
    (LOG, (["c", "a", "a"], THREE), {"labels": ["a", "b", "c"]}),
    (LOG, (["c", "a", "a"], THREE), {"labels": ["c", "b", "a"]}),
    (LOG, (["c", "a", "d"], THREE), {"labels": ["a", "b", "c"]}),
    (LOG, ([1, 1], [0.3, 0.7]), {}),
    (LOG, ([1, 1], [0.3, 0.7]), {"labels": [1]}),
    (LOG, ([1.5, 1], [0.3, 0.7]), {}),
    (LOG, ([1, 0, 1], [0.3, 0.7]), {}),
    (LOG, ([], []), {}),
    (PINBALL, ([1.0, 2.0, 5.0], [[1.0], [2.0], [3.0]]), {}),
    (PINBALL, ([1.0, 2.0, 5.0], [1.0, 2.0]), {}),
    (PINBALL, ([1, 2, 5], [1, 4, 3]), {"alpha": 0.0}),
    (PINBALL, ([1, 2, 5], [1, 4, 3]), {"alpha": 1}),
    (PINBALL, ([1, 2, 5], [1, 4, 3]), {"alpha": 1.5}),
    (PINBALL, ([1, 2, math.nan], [1, 4, 3]), {}),
    (PINBALL, ([1, 2, 5], [1, 4, math.inf]), {}),
    (PINBALL, ([], []), {}),
    (PINBALL, (THREE, THIRDS), {"sample_weight": [1.0, 2.0, 5.0], "alpha": 0.1}),
    (PINBALL, (THREE, THIRDS), {"multioutput": "raw_values"}),
    (PINBALL, (THREE, THIRDS), {"multioutput": "raw_values", "sample_weight": [1, 2, 3]}),
    (PINBALL, (THREE, THIRDS), {"multioutput": [1.0, 2.0, 0.5]}),
    (PINBALL, (THREE, THIRDS), {"multioutput": [1.0, 2.0]}),
    (PINBALL, (Y, P), {"multioutput": [1.0]}),
    (PINBALL, (Y, P), {"multioutput": "variance_weighted"}),
    (PINBALL, (Y, P), {"multioutput": "raw_values"}),
    (PINBALL, (numpy.array(Y, dtype=numpy.float32), numpy.array(P, dtype=numpy.float32)), {"alpha": 0.1}),
    (PINBALL, (Y, numpy.array(P, dtype=numpy.float32)), {"alpha": 0.1}),
]


@pytest.mark.parametrize(("name", "arguments", "keywords"), CALLS)
def test_losses_and_refusals_are_those_of_scikit_learn(name, arguments, keywords):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = getattr(sklearn.metrics, name)(*arguments, **keywords)
        except (ValueError, TypeError):
            expected = None
        if expected is None:
            with pytest.raises(ValueError, match=r"."):
                getattr(drop_in, name)(*arguments, **keywords)
        else:
            numpy.testing.assert_allclose(getattr(drop_in, name)(*arguments, **keywords), expected, rtol=1e-12)


def test_rows_that_do_not_sum_to_one_are_warned_of():
    with pytest.warns(ForetellWarning, match="do not sum to 1"):
        drop_in.log_loss([1, 0, 2], THIRDS)
    with pytest.warns(ForetellWarning, match="in their order"):
        drop_in.log_loss(["c", "a", "a"], THREE, labels=["c", "b", "a"])


@pytest.mark.parametrize(
    ("name", "arguments"), [(BRIER, (Y, P)), (LOG, (Y, P)), (PINBALL, (Y, P)), (BRIER, (numpy.array(Y, dtype=float), P))]
)
def test_what_a_masked_array_hides_is_refused(name, arguments):
    for at in (0, 1):
        hidden = list(arguments)
        hidden[at] = numpy.ma.array(hidden[at], mask=[0, 0, 1, 0, 0])
        with pytest.raises(ValueError, match="masked"):
            getattr(drop_in, name)(*hidden)
