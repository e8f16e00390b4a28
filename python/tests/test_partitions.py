"""Forecasts in pieces against the same rows in one pass."""

from __future__ import annotations

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
    for one in (SAID, "forecasts.csv", {"question": ["rain"]}):
        with pytest.raises(TypeError, match="a list of paths or tables"):
            scored(one, CAME)
    with pytest.raises(ValueError, match="tables of forecasts is empty"):
        scored([], CAME)


def test_what_score_says_is_said():
    with pytest.warns(foretell.ForetellWarning, match="made after the question closed or resolved"):
        scored([SAID.assign(made_at="2025-02-01")], CAME)
    with pytest.raises(foretell.InputFault, match="no forecast by `zed`"):
        scored([SAID], CAME, forecaster=["ada", "zed"])
    assert scored([SAID], CAME, forecaster="ada").table.column("forecaster") == ["ada"]
    with pytest.raises(foretell.InputFault, match=r"`forecasts\[1\]` has .* another table(.|\n)*all tables by `foretell.score`"):
        scored([SAID, SAID], CAME)
