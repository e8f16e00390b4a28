"""What is wrong with tables, and what is not used of them: by name, with the way out, and as values that a program can read."""

from __future__ import annotations

import copy
import inspect
import pickle
import warnings

import numpy
import pandas
import pyarrow
import pytest

import foretell

SAID = {"question": ["rain", "snow"], "forecaster": ["ada"] * 2, "made_at": ["2025-01-05"] * 2, "probability": [0.75, 0.25]}
CAME = {"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
DEFINED = {"id": ["rain", "snow"], "kind": ["binary"] * 2}


def warned(*tables, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        foretell.score(*tables, **options)
    return [str(one.message) for one in caught if one.category is foretell.ForetellWarning]


def mean(said):
    """The mean Brier score; it fails where something is warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", foretell.ForetellWarning)
        return foretell.score(said, CAME, rule="brier").to_pandas()["mean"][0]


@pytest.mark.parametrize("form", [dict, pandas.DataFrame, pyarrow.table])
def test_columns_that_mean_nothing_are_named_with_where_they_belong(form):
    assert warned(form(SAID), form(CAME), form({**DEFINED, "cluster": ["a", "b"]})) == []
    assert warned(form(SAID), form({**CAME, "cluster": ["a", "a"], "colour": [1, 2]})) == [
        "outcomes: the columns `cluster`, `colour` are not used; `cluster` belongs to the table `questions`, beside `id`"
    ]
    assert warned([form({**SAID, "cluster": ["a"] * 2})], form(CAME)) == [
        "forecasts[0]: the column `cluster` is not used; `cluster` belongs to the table `questions`, beside `id`"
    ]
    assert warned(form(SAID), form(CAME), form({**DEFINED, "probability": [0.5] * 2})) == [
        "questions: the column `probability` is not used; `probability` belongs to the table `forecasts`, beside `question`"
    ]


def test_an_empty_answer_says_why_and_no_more():
    late = {**SAID, "made_at": ["2026-01-05"] * 2}
    (said,) = warned(late, CAME, rule="brier")
    assert said.startswith("the answer is empty. There is nothing to score yet.")
    assert said.endswith("made after the question closed or resolved")
    assert "better" not in said


def test_faults_of_rows_are_problems_with_table_and_row(tmp_path):
    bad = {**SAID, "probability": [1.5, 1.25]}
    for name, given in (("forecasts", bad), ("forecasts[1]", [SAID, bad]), ("forecasts", pandas.DataFrame(bad))):
        with pytest.raises(foretell.InputFault) as caught:
            foretell.score(given, CAME)
        fault = caught.value
        assert [(one.table, one.row, one.file, one.line, one.severity) for one in fault.problems] == [(name, row, None, None, "error") for row in (1, 2)]
        assert "1.5" in fault.problems[0].message
        assert str(fault.problems[1]) in str(fault)
        assert str(fault).count("1.25 percent") == 1
        for twin in (copy.deepcopy(fault), pickle.loads(pickle.dumps(fault))):
            assert (twin.problems, str(twin)) == (fault.problems, str(fault))
    path = tmp_path / "said.csv"
    pandas.DataFrame(bad).to_csv(path, index=False)
    with pytest.raises(foretell.InputFault) as caught:
        foretell.score(path, CAME)
    assert [(one.table, one.row, one.file, one.line) for one in caught.value.problems] == [(None, None, str(path), line) for line in (2, 3)]
    with pytest.raises(foretell.InputFault) as caught:
        foretell.score({name: SAID[name] for name in ("question", "forecaster", "probability")}, CAME)
    (problem,) = caught.value.problems
    assert (problem.table, problem.row) == ("forecasts", None)
    assert "`made_at`" in problem.message


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({**SAID, "probability": [0.5]}, "must have one length"),
        ({**SAID, "made_at": numpy.array(["2025-01"] * 2, "M8[M]")}, r"`made_at` of forecasts holds datetime64\[M\]"),
        ({**SAID, "probability": 0.5}, "a single value"),
        ({**SAID, "probability": numpy.zeros((2, 3))}, "`probability` of forecasts has 3 values in one row"),
        ({**SAID, "question": [b"\xff", b"a"]}, "`question` of forecasts holds bytes that are no text"),
        (pandas.DataFrame({**SAID, "probability": [[1], {}]}), "the column `probability` of forecasts, of the type object, cannot be read"),
        (pandas.DataFrame([[1, 2]], columns=["question"] * 2), "forecasts has the column `question` twice"),
        (pyarrow.table([[1], [2]], names=["question"] * 2), "forecasts has the column `question` twice"),
        (pyarrow.table({**SAID, "made_at": [b"2025-01-05"] * 2}), "`made_at` holds bytes: decode them to text"),
        (7, "forecasts must be a table"),
        ([], "the list of tables of forecasts is empty"),
    ],
)
def test_whatever_is_wrong_with_a_table_is_an_input_fault(bad, says):
    with pytest.raises(foretell.InputFault, match=says):
        foretell.score(bad, CAME)


def test_what_is_of_another_kind_is_a_type_error_too():
    for bad in (7, {**SAID, "probability": 0.5}):
        with pytest.raises(TypeError) as caught:
            foretell.score(bad, CAME)
        assert isinstance(caught.value, foretell.KindFault)
        assert isinstance(caught.value, ValueError)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_numbers_of_any_order_of_bytes_and_precision_and_texts_in_bytes_are_read():
    expected = mean(SAID)
    for kind in (">f8", ">f4", "f2", ">f2"):
        numbers = numpy.array(SAID["probability"], kind)
        assert mean({**SAID, "probability": numbers}) == expected
        assert mean(pandas.DataFrame({**SAID, "probability": numbers})) == expected
    half = pyarrow.array(numpy.array(SAID["probability"], "f2"))
    assert mean(pyarrow.table({**SAID, "probability": half})) == expected
    for days in (numpy.array(SAID["made_at"], "S"), [b"2025-01-05", "2025-01-05"]):
        assert mean({**SAID, "made_at": days}) == expected
        assert mean(pandas.DataFrame({**SAID, "made_at": list(days)})) == expected
    mixed = [0.75, "25%"]
    assert mean({**SAID, "probability": mixed}) == expected
    assert mean(pandas.DataFrame({**SAID, "probability": mixed})) == expected


def test_a_value_that_is_missing_is_said_to_be():
    hidden = numpy.ma.array([0.75, 0.25], mask=[False, True])
    for column in (hidden, [0.75, None], [0.75, pandas.NA]):
        with pytest.raises(foretell.InputFault, match=r"forecasts, row 2: the row says nothing, or its value is missing"):
            foretell.score({**SAID, "probability": column}, CAME)


def test_run_lists_the_keywords_of_the_method():
    module, method = (inspect.signature(one).parameters for one in (foretell.run, foretell.Scenario.run))
    assert [str(one) for one in list(module.values())[1:]] == [str(one) for one in list(method.values())[1:]]
