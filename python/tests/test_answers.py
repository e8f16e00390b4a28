"""Answers, scenarios and exceptions travel between processes; tables have types."""

from __future__ import annotations

import concurrent.futures
import copy
import datetime
import multiprocessing
import pickle
import re

import numpy
import pandas
import pytest
from conftest import GOLDEN, SUMMIT
from test_wording import CAME, SAID

import foretell


def sent(one):
    """What another process would get."""
    return pickle.loads(pickle.dumps(one))


def answers():
    golden = foretell.load(GOLDEN)
    now = {**SAID, "question": ["c", "c", "d", "d"], "made_at": ["2025-02-05"] * 4}
    return [
        golden.run(worlds=2_000),
        golden.explain("paper"),
        golden.plan(),
        golden.brief(worlds=2_000),
        foretell.score(SAID, CAME),
        foretell.calibrate(SAID, CAME, all_resolved=True),
        foretell.pool(SAID, CAME, now, method="mean"),
    ]


@pytest.mark.parametrize("way", [sent, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_answers_travel(way):
    for answer in answers():
        other = way(answer)
        assert type(other) is type(answer)
        for form in ("text", "json", "markdown", "remarks", "data"):
            assert getattr(other, form) == getattr(answer, form)
        assert other.to_arrow().equals(answer.to_arrow())
        assert other.table.column_names == answer.table.column_names
        for form in ("picture", "page", "pooled", "probabilities"):
            assert getattr(other, form, None) == getattr(answer, form, None)
        assert other._repr_html_() == answer._repr_html_()


def test_a_brief_takes_its_page_where_its_scenario_is_not(tmp_path):
    file = tmp_path / "golden.toml"
    file.write_text(GOLDEN.read_text(encoding="utf-8"), encoding="utf-8")
    packed = pickle.dumps(foretell.load(file).brief(worlds=2_000))
    file.unlink()
    assert pickle.loads(packed).page.startswith("<!doctype html>")


def test_scenarios_travel():
    text = foretell.load(GOLDEN.read_text(encoding="utf-8"))
    for scenario in (foretell.load(GOLDEN), text):
        other = sent(scenario)
        assert other.name == scenario.name and other.text == scenario.text
        assert other.run(worlds=2_000).json == scenario.run(worlds=2_000).json


def test_a_table_travels_by_itself():
    table = foretell.load(GOLDEN).run(worlds=2_000, events=True).table
    other = sent(table)
    assert other.column_names == table.column_names and other.column_kinds == table.column_kinds
    for name in table.column_names:
        assert other.column(name) == table.column(name)
    with pytest.raises(ValueError, match="no table"):
        type(table).of_stream(b"nonsense")


def test_exceptions_travel_with_all_they_carry():
    calls = [
        lambda: foretell.run(GOLDEN.read_text(encoding="utf-8").replace("holds", "hods", 1)),
        lambda: foretell.run("nowhere.toml"),
        lambda: foretell.score(SAID),
    ]
    for call in calls:
        with pytest.raises(foretell.ForetellError) as caught:
            call()
        for other in (sent(caught.value), copy.copy(caught.value)):
            assert type(other) is type(caught.value) and str(other) == str(caught.value)
            assert (other.message, other.help, other.problems) == (caught.value.message, caught.value.help, caught.value.problems)
    problem = foretell.check("title = 'Rain'\nas_of = 2025-08-19\n")[0]
    assert sent(problem) == problem


def ran(scenario):
    return scenario.run(worlds=2_000)


def test_another_process_gives_its_answer_back():
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as executor:
        assert executor.submit(ran, foretell.load(GOLDEN)).result().json == ran(foretell.load(GOLDEN)).json


def test_columns_of_pandas_have_the_types_of_the_table():
    frame = foretell.load(SUMMIT).run(worlds=2_000, doubt_draws=0, events=True).to_pandas()
    assert frame["value"].dtype == frame["doubt_low"].dtype == numpy.float64
    assert frame["doubt_low"].isna().all()
    assert frame["closes"].dtype == frame["value_day"].dtype == "datetime64[s]"
    assert frame["closes"].dropna().iloc[0] > pandas.Timestamp("2025-08-18")
    assert pandas.api.types.is_string_dtype(frame["id"])
    days = foretell.load(SUMMIT).run(worlds=2_000).table.column("value_day")
    shown = foretell.load(SUMMIT).run(worlds=2_000).to_pandas()["value_day"]
    assert [None if pandas.isna(day) else day.date() for day in shown] == days
    assert any(isinstance(day, datetime.date) for day in days)


def test_whole_numbers_may_be_missing():
    board = foretell.leaderboard(SAID, CAME).to_pandas()
    assert board["questions"].dtype == numpy.int64
    assert board["shared with baseline"].dtype == pandas.Int64Dtype()
    assert board["shared with baseline"].isna().all()
    assert board["skill"].dtype == numpy.float64


def test_an_empty_table_has_its_types():
    with pytest.warns(foretell.ForetellWarning):
        frame = foretell.score(SAID, {**CAME, "resolved_on": ["2025-01-02"] * 2}).to_pandas()
    assert len(frame) == 0
    assert frame["mean"].dtype == numpy.float64 and frame["questions"].dtype == numpy.int64
    assert pandas.api.types.is_string_dtype(frame["forecaster"])


def test_no_interval_is_a_text():
    said = {
        "question": [f"q{at}" for at in range(30) for _ in range(2)],
        "forecaster": ["ada", "bob"] * 30,
        "made_at": ["2025-01-05"] * 60,
        "probability": [((7 * at) % 10 + 0.5) / 10 for at in range(60)],
    }
    came = {"question": [f"q{at}" for at in range(30)], "resolution": ["yes", "no", "no"] * 10, "resolved_on": ["2025-02-01"] * 30}
    for answer in [
        foretell.pool(said, came),
        foretell.compare("ada", "bob", forecasts=said, outcomes=came),
        foretell.leaderboard(said, came, baseline="ada"),
        foretell.calibrate(said, came, all_resolved=True, replicates=100),
        foretell.score(said, came),
    ]:
        frame = answer.to_pandas()
        assert len(frame) > 0
        texts = frame.select_dtypes(exclude="number")
        assert not any(" to " in str(cell) for name in texts for cell in texts[name]), texts
    expected = foretell.pool(said, came).to_pandas()
    row = foretell.pool(said, came).data["plain_mean"]
    plain = expected.set_index("forecaster").loc["plain mean"]
    assert (plain["lower"], plain["mean"], plain["upper"]) == (row["lower"], row["mean"], row["upper"])
    assert (expected["pool less it lower"].dropna() <= expected["pool less it"].dropna()).all()


def test_calibration_of_quantiles_alone_has_no_picture_and_is_no_error():
    said = {"question": ["a"] * 3, "forecaster": ["ada"] * 3, "made_at": ["2025-01-05"] * 3, "quantile": [0.1, 0.5, 0.9], "value": [1.0, 2.0, 3.0]}
    came = {"question": ["a"], "resolution": ["2.5"], "resolved_on": ["2025-01-07"]}
    defined = {"id": ["a"], "kind": ["numeric"], "closes": ["2025-01-06"]}
    answer = foretell.calibrate(said, came, defined, all_resolved=True)
    assert answer.picture is None and answer.data["quantiles"]


SIX = {
    "question": ["rain", "rain", "snow", "snow", "hail", "hail"],
    "forecaster": ["ada", "bob"] * 3,
    "made_at": ["2025-01-05"] * 6,
    "probability": [0.8, 0.6, 0.1, 0.3, 0.4, 0.2],
}
OF_SIX = {"question": ["rain", "snow", "hail"], "resolution": ["yes", "no", "no"], "resolved_on": ["2025-01-07"] * 3}


def test_a_notebook_shows_the_pictures_that_the_command_line_writes(tmp_path):
    drawn = {}
    for name, ask in (
        ("differences", lambda **out: foretell.compare("ada", "bob", forecasts=SIX, outcomes=OF_SIX, **out)),
        ("svg", lambda **out: foretell.leaderboard(SIX, OF_SIX, **out)),
    ):
        path = tmp_path / f"{name}.svg"
        answer = ask(**{name: path})
        assert answer.picture == path.read_text(encoding="utf-8")
        assert answer.picture.startswith("<svg") and "ada" in answer.picture
        shown = answer._repr_html_()
        # The picture itself, which a narrow screen makes smaller.
        fitted = re.sub(r' style="max-width: 100%; min-width: \d+px; height: auto"', "", shown, count=1)
        assert fitted != shown and f'<div style="overflow-x: auto">{answer.picture}</div><pre' in fitted
        drawn[name] = ask().picture
        assert drawn[name] == answer.picture
        assert pickle.loads(pickle.dumps(answer)).picture == answer.picture
    assert drawn["differences"] != drawn["svg"]


def test_where_there_is_nothing_to_see_the_figures_are_shown():
    with pytest.warns(foretell.ForetellWarning, match="empty"):
        nothing = foretell.leaderboard(SIX, {"question": ["rain"], "resolution": ["annulled"], "resolved_on": ["2025-01-07"]})
    assert nothing.picture is None
    assert nothing._repr_html_().startswith("<pre")
    assert foretell.score(SIX, OF_SIX).picture is None
