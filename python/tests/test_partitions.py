"""Forecasts in pieces against the same rows in one pass."""

from __future__ import annotations

import math
import warnings
from concurrent.futures import ThreadPoolExecutor

import pandas
import pytest

import foretell

SAID = pandas.DataFrame(
    {
        "question": ["rain", "rain", "snow", "snow"],
        "forecaster": ["ada", "bob"] * 2,
        "made_at": ["2025-01-05"] * 4,
        "probability": [0.8, 0.6, 0.1, 0.3],
    }
)
CAME = pandas.DataFrame({"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2})


def scored(pieces, outcomes, **options):
    with ThreadPoolExecutor(2) as executor:
        return foretell.score_partitions(pieces, outcomes, executor=executor, rule="brier", **options)


def test_outcomes_are_taken_as_score_takes_them(tmp_path):
    expected = foretell.score(SAID, CAME, stream=True, rule="brier").json
    folder = tmp_path / "with.dot"
    folder.mkdir()
    for path in (folder / "outcomes", folder / "outcomes.csv", tmp_path / "outcomes", tmp_path / "2025.01.csv"):
        CAME.to_csv(path, index=False)
        assert scored([SAID], path).json == expected
    for at in (0, 1):
        CAME.iloc[at : at + 1].to_csv(tmp_path / f"part{at}.csv", index=False)
    assert scored([SAID], str(tmp_path / "part*.csv")).json == expected
    assert scored([SAID], [CAME.iloc[:1], CAME.iloc[1:]]).json == expected
    with pytest.raises(OSError, match="nowhere"):
        scored([SAID], "nowhere.csv")


def test_pieces_may_come_one_by_one():
    expected = foretell.score(SAID, CAME, stream=True, rule="brier").json
    assert scored((SAID.iloc[at : at + 1] for at in range(4)), CAME).json == expected
    for one in (SAID, {"question": ["rain"]}):
        with pytest.raises(TypeError, match="a list of paths or tables"):
            scored(one, CAME)
    with pytest.raises(foretell.InputFault, match="tables of forecasts is empty"):
        scored([], CAME)


def test_pieces_may_be_the_files_of_a_folder_or_of_a_pattern(tmp_path):
    expected = foretell.score(SAID, CAME, stream=True, rule="brier").json
    SAID.iloc[:3].to_csv(tmp_path / "a.csv", index=False)
    SAID.iloc[3:].to_parquet(tmp_path / "b.parquet", index=False)
    (tmp_path / "README.md").write_text("no table")
    (tmp_path / "_SUCCESS.csv").write_text("")
    for some in (tmp_path, str(tmp_path), str(tmp_path / "[ab].*")):
        assert scored(some, CAME).json == expected
    SAID.to_csv(tmp_path / "all.csv", index=False)
    assert scored(tmp_path / "all.csv", CAME).json == expected
    (tmp_path / "empty").mkdir()
    for nothing in (tmp_path / "empty", tmp_path / "nowhere.csv", str(tmp_path / "*.parq")):
        with pytest.raises(foretell.MissingFile):
            scored(nothing, CAME)


def test_without_an_executor_this_process_works():
    assert foretell.score_partitions([SAID], CAME, rule="brier").json == scored([SAID], CAME).json


def test_what_cannot_be_scored_in_pieces_is_said_without_a_keyword_that_is_none():
    with pytest.raises(foretell.InputFault, match=r"which the rule crps does not take(.|\n)*`foretell.score`") as caught:
        foretell.score_partitions([SAID], CAME, rule="crps")
    assert "stream" not in str(caught.value)
    for piece in (SAID.assign(until="2025-03-01"), pandas.concat([SAID, SAID.assign(made_at="2025-01-06")])):
        with pytest.raises(foretell.InputFault, match=r"`foretell.score`") as caught:
            foretell.score_partitions([piece], CAME)
        assert "stream" not in str(caught.value)
        assert caught.value.problems[0].table == "forecasts[0]"
        assert "stream" not in caught.value.problems[0].message


def test_columns_that_mean_nothing_are_named_once_for_all_pieces():
    pieces = [SAID.iloc[at : at + 1].assign(colour="red") for at in range(4)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scored(pieces, CAME.assign(cluster="a"))
    said = sorted(str(one.message) for one in caught if one.category is foretell.ForetellWarning)
    assert len(said) == 2
    assert said[0].startswith("forecasts[0]: the column `colour` is not used")
    assert said[1].startswith("outcomes: the column `cluster` is not used; `cluster` belongs to the table `questions`")


def test_means_are_those_of_all_rows_to_the_last_bit_only_where_sums_are_exact():
    rows = range(300)
    said = pandas.DataFrame(
        {"question": [f"q{row}" for row in rows], "forecaster": "ada", "made_at": "2025-01-05", "probability": [(row * 37 % 97 + 1) / 99 for row in rows]}
    )
    came = pandas.DataFrame({"question": said["question"], "resolution": [("yes", "no")[row % 3 == 0] for row in rows], "resolved_on": "2025-01-07"})
    pieces = [said.iloc[at : at + 70].sample(frac=1, random_state=1) for at in range(0, 300, 70)]
    exact = foretell.score_partitions(pieces, came, rule="brier")
    assert exact.json == foretell.score(said, came, rule="brier", stream=True).json
    means = [answer.to_pandas()["mean"][0] for answer in (exact, foretell.score(said, came, rule="brier"))]
    assert means[0] == pytest.approx(means[1], rel=1e-13)
    happened = [row % 3 != 0 for row in rows]
    assert means[0] == pytest.approx(math.fsum((p - y) ** 2 for p, y in zip(said["probability"], happened, strict=True)) / 300, rel=1e-15)


def test_what_score_says_is_said():
    with pytest.warns(foretell.ForetellWarning, match="made after the question closed or resolved"):
        scored([SAID.assign(made_at="2025-02-01")], CAME)
    with pytest.raises(foretell.InputFault, match="no forecast by `zed`"):
        scored([SAID], CAME, forecaster=["ada", "zed"])
    assert scored([SAID], CAME, forecaster="ada").table.column("forecaster") == ["ada"]
    with pytest.raises(foretell.InputFault, match=r"`forecasts\[1\]` has .* another table(.|\n)*all tables by `foretell.score`"):
        scored([SAID, SAID], CAME)
