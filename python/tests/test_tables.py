"""Tables of Python that are no data frames."""

from __future__ import annotations

import numpy
import pandas
import pytest

import foretell

SAID = {"question": ["1", "2"], "forecaster": ["ada"] * 2, "made_at": ["2025-01-05"] * 2, "probability": [0.8, 0.1]}
CAME = {"question": [1, 2], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}


@pytest.mark.parametrize(
    "days",
    [
        numpy.array(["2025-01-05"] * 2, dtype="datetime64[ns]"),
        [pandas.Timestamp("2025-01-05")] * 2,
        numpy.array(["2025-01-05"] * 2, dtype="datetime64[D]"),
        numpy.array(["2025-01-05T10:30:00.25"] * 2, dtype="datetime64[ms]"),
    ],
)
def test_days_of_every_kind_are_days(days):
    expected = foretell.score(SAID, CAME, rule="brier").to_pandas()
    assert foretell.score({**SAID, "made_at": days}, CAME, rule="brier").to_pandas().equals(expected)


def test_numbers_of_questions_are_whole():
    expected = foretell.score(SAID, CAME, rule="brier").to_pandas()
    assert foretell.score({**SAID, "question": [1.0, 2.0]}, CAME, rule="brier").to_pandas().equals(expected)


def test_faults_are_told_before_anything_runs():
    with pytest.raises(ValueError, match="at most 100000"):
        foretell.run("scenarios/golden.toml", shards=10**6)
    with pytest.raises(TypeError, match="a whole number"):
        foretell.run("scenarios/golden.toml", shards=True)
    with pytest.raises(ValueError, match="no forecasts"):
        _ = foretell.run("scenarios/golden.toml", help=True).probabilities


def test_a_row_that_is_left_out_is_warned_of():
    said = {"question": ["a", "b", "c"], "forecaster": ["x"] * 3, "probability": [0.5, 0.4, 0.1], "outcome": ["yes", "maybe", "no"]}
    with pytest.warns(foretell.ForetellWarning, match="1 left out, the outcome is neither yes nor no: row 3 \\(maybe\\)"):
        answer = foretell.score(said, rule="brier")
    assert answer.to_pandas()["questions"].tolist() == [2]


def test_a_column_of_polars_without_any_value_is_empty():
    polars = pytest.importorskip("polars")
    said = {"question": ["a", "b"], "forecaster": ["x"] * 2, "probability": [0.5, 0.25], "outcome": [1, 0]}
    expected = foretell.score(said, rule="brier").to_pandas()
    frame = polars.DataFrame({**said, "note": [None, None]})
    assert foretell.score(frame, rule="brier").to_pandas().equals(expected)
