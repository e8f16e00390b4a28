"""Scenarios: the bytes of the command line, and the same as values and tables."""

from __future__ import annotations

import concurrent.futures
import datetime
import json
import os
import pathlib
import signal
import threading
import time
import warnings

import numpy
import pandas
import polars
import pyarrow
import pytest
from conftest import GOLDEN, SUMMIT, looks_during, printed

import foretell

NAME = "scenarios/white-house-2025-08-18.toml"


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({}, []),
        ({"worlds": 100_000, "seed": 7}, ["--worlds", "100000", "--seed", "7"]),
        (
            {
                "worlds": "200k",
                "given": "moscow_confirms by 2025-09-01",
                "suppose": ["track is neither"],
                "as_of": datetime.date(2025, 8, 25),
                "doubt_draws": 20,
            },
            [
                *("--worlds", "200k", "--given", "moscow_confirms by 2025-09-01"),
                *("--suppose", "track is neither", "--as-of", "2025-08-25", "--doubt-draws", "20"),
            ],
        ),
        ({"stratified": True, "worlds": 100_000}, ["--stratified", "--worlds", "100k"]),
    ],
)
def test_the_bytes_are_those_of_the_command_line(options, arguments):
    answer = foretell.load(NAME).run(**options)
    assert answer.json == printed("run", NAME, *arguments, "--format", "json")
    assert str(answer) == printed("run", NAME, *arguments)
    assert answer.markdown == printed("run", NAME, *arguments, "--format", "md")


def test_a_text_is_a_scenario():
    text = SUMMIT.read_text(encoding="utf-8")
    assert foretell.run(text, worlds=10_000).json == foretell.run(SUMMIT, worlds=10_000).json


def test_the_table_is_the_same_everywhere():
    answer = foretell.load(SUMMIT).run(worlds=100_000, events=True)
    arrow, frame, polar = answer.to_arrow(), answer.to_pandas(), answer.to_polars()
    lines = printed("run", NAME, "--worlds", "100k", "--events", "--format", "csv").splitlines()
    assert len(arrow) == len(frame) == len(polar) == len(answer.table) == len(lines) - 1
    names = [name for name in answer.table.column_names if not name.endswith("_day")]
    assert names == lines[0].split(",")
    assert arrow.schema.field("value").type == pyarrow.float64()
    assert arrow.schema.field("closes").type == pyarrow.date32()
    assert polar.schema["closes"] == polars.Date
    numbers = answer.table.numbers("value")
    assert numpy.array_equal(numbers, frame["value"].to_numpy(dtype=float), equal_nan=True)
    assert polar["value"].to_list() == answer.table.column("value") == arrow["value"].to_pylist()
    assert polar["value_day"].to_list() == answer.table.column("value_day")
    yes = frame[(frame.kind == "question") & (frame.part == "yes")].set_index("id")["value"]
    assert yes.to_dict() == answer.probabilities
    assert len(yes) > 20
    assert isinstance(answer.table.column("closes")[0], datetime.date)
    with pytest.raises(KeyError, match="no column .colour.; there are kind, id"):
        answer.table.column("colour")


def test_numbers_cross_without_a_copy():
    table = foretell.load(SUMMIT).run(worlds=10_000).table
    one, two = pyarrow.table(table), pyarrow.table(table)
    address = one["value"].chunk(0).buffers()[1].address
    assert address == two["value"].chunk(0).buffers()[1].address
    assert polars.DataFrame(table)["value"].to_list() == one["value"].to_pylist()


def test_what_is_wrong_is_found_and_raised():
    bad = GOLDEN.read_text(encoding="utf-8").replace("holds", "hods", 1)
    found = foretell.check(bad)
    assert any(problem.severity == "error" and problem.code.startswith("E") and problem.line for problem in found)
    with pytest.raises(foretell.InputFault) as caught:
        foretell.run(bad)
    errors = [problem for problem in found if problem.severity == "error"]
    assert list(caught.value.problems) == errors
    assert str(errors[0]) in str(caught.value)
    assert caught.value.help is not None
    with pytest.raises(foretell.InputFault, match="`given=") as caught:
        foretell.load(GOLDEN).run(given="nonsense by")
    assert caught.value.problems
    with pytest.raises(OSError, match="nowhere.toml") as missing:
        foretell.run("nowhere.toml")
    assert isinstance(missing.value, foretell.EnvironmentFault)
    with pytest.raises(foretell.InputFault, match="no keyword `no_such_option`"):
        foretell.run(GOLDEN, no_such_option=3)
    with pytest.raises(ValueError, match="`worlds=-1`"):
        foretell.run(GOLDEN, worlds=-1)
    assert foretell.check(GOLDEN) == [] or all(one.severity == "note" for one in foretell.check(GOLDEN))


def test_warnings_are_warnings():
    with pytest.warns(foretell.ForetellWarning, match="worlds agree with what is known"):
        foretell.load(SUMMIT).run(worlds=2_000, given="moscow_confirms by 2025-09-01", method="rejection")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        foretell.load(SUMMIT).run(worlds=20_000)


def test_other_commands_answer_too():
    summit = foretell.load(SUMMIT)
    watch = summit.watch("ceasefire_2025", worlds=20_000)
    assert watch.json == printed("watch", NAME, "--question", "ceasefire_2025", "--worlds", "20000", "--format", "json")
    assert len(watch.to_pandas()) > 5
    explained = foretell.load(GOLDEN).explain("paper")
    assert explained.data["schema"] == "foretell.explain/1"
    told = summit.storylines(worlds=20_000)
    assert "other stories" in str(told)
    umbrella = foretell.load("scenarios/umbrella.toml").decide()
    assert umbrella.json == printed("decide", "scenarios/umbrella.toml", "--format", "json")
    moved = foretell.load(GOLDEN).diff(to="2025-10-18", worlds=300_000)
    assert moved.data["schema"] == "foretell.diff/1"
    assert "step" in summit.plan().table.column_names
    brief = summit.brief(worlds=20_000, as_of="2025-10-20")
    assert json.loads(brief.json)["schema"] == "foretell.brief/1"


def test_an_update_writes_only_where_it_may(tmp_path):
    file = tmp_path / "golden.toml"
    file.write_text(GOLDEN.read_text(encoding="utf-8"), encoding="utf-8")
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("question,resolution,resolved_on\npaper,yes,2025-10-01\n", encoding="utf-8")
    dry = foretell.load(file).update(outcomes=outcomes, dry_run=True)
    assert dry.data["schema"] == "foretell.update/1"
    assert file.read_text(encoding="utf-8") == GOLDEN.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="a text has no file"):
        foretell.load(file.read_text(encoding="utf-8")).update(outcomes=outcomes)


def test_pictures_and_pages():
    answer = foretell.load(SUMMIT).run(worlds=20_000)
    page = answer._repr_html_()
    assert "<svg" in page and "</svg>" in page and "ceasefire_2025" in page
    assert answer.picture is not None
    assert answer._repr_markdown_() == answer.markdown
    assert repr(answer) == str(answer).rstrip("\n")


def test_progress_is_told_and_what_it_raises_breaks_the_work_off():
    shares: list[float] = []
    foretell.load(SUMMIT).run(worlds=30_000_000, doubt_draws=0, progress=shares.append)
    assert len(shares) > 1
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] < shares[-1] <= 1.0

    class Enough(Exception):
        pass

    def enough(share: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        foretell.load(SUMMIT).run(worlds=10**12, progress=enough)
    assert foretell.load(SUMMIT).run(worlds=10_000, progress=True).probabilities


def test_an_interrupt_ends_a_long_run():
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        foretell.load(SUMMIT).run(worlds=10**13)
    # The threads of the engine are free again: what comes next does not wait for the rest of the trillions.
    begun = time.monotonic()
    assert foretell.load(SUMMIT).run(worlds=10_000).probabilities
    assert time.monotonic() - begun < 60


def test_python_goes_on_while_the_engine_runs():
    assert looks_during(lambda: foretell.load(SUMMIT).run(worlds=30_000_000, doubt_draws=0)) > 20


def test_values_of_python_are_taken_or_refused_by_name():
    golden = foretell.load(GOLDEN)
    plain = golden.run(worlds=1000, seed=7, as_of="2025-08-20", doubt_draws=0).json
    day = numpy.datetime64("2025-08-20")
    assert golden.run(worlds=numpy.int64(1000), seed=numpy.uint32(7), as_of=day, doubt_draws=numpy.int8(0)).json == plain
    assert golden.run(worlds=1000, seed=7, as_of=pandas.Timestamp("2025-08-20"), doubt_draws=0).json == plain
    for options, said in [
        ({"given": {"paper": False}}, "given takes a phrase or a list of phrases"),
        ({"given": [None]}, "given takes phrases"),
        ({"suppose": 3}, "suppose takes a phrase"),
        ({"as_of": pandas.NaT}, "NaT"),
        ({"method": {"a": 1}}, "method takes a text, a number, a day, a path or a list of these, not dict"),
        ({"executor": 3}, "must be a concurrent.futures.Executor, not int"),
    ]:
        with pytest.raises((TypeError, ValueError), match=said):
            golden.run(worlds=1000, **options)
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        with pytest.raises(ValueError, match="`record` does not go with `executor`"):
            golden.run(worlds=1000, executor=executor, record=True)
        with pytest.raises(foretell.EnvironmentFault, match="nowhere.toml"):
            foretell.run("nowhere.toml", executor=executor)


def test_a_brief_is_a_page():
    brief = foretell.load(GOLDEN).brief(worlds=20_000)
    assert brief.page.startswith("<!doctype html>") and "ICD 203" in brief.page
    assert "<iframe" in brief._repr_html_() and "&lt;!doctype" in brief._repr_html_()


def test_outcomes_of_an_update_may_be_a_table(tmp_path):
    outcomes = pandas.DataFrame({"question": ["paper"], "resolution": ["yes"], "resolved_on": ["2025-10-01"]})
    path = tmp_path / "outcomes.csv"
    outcomes.to_csv(path, index=False)
    golden = foretell.load(GOLDEN)
    assert golden.update(outcomes=outcomes, dry_run=True).json == golden.update(outcomes=path, dry_run=True).json


def test_no_file_is_taken_for_the_text(tmp_path, monkeypatch):
    text = GOLDEN.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    pathlib.Path("scenario.toml").write_text(text.replace('chance = "45%"', 'chance = "20%"'), encoding="utf-8")
    asked = {"worlds": 300_000, "only": ["paper"], "method": "exact"}
    for moved in (foretell.load(text).diff("scenario.toml", **asked), foretell.load(text).diff(pathlib.Path("scenario.toml"), **asked)):
        # 0.2 · 0.35 + 0.8 · 0.1 less 0.45 · 0.35 + 0.55 · 0.1.
        assert moved.table.numbers("moved")[0] == pytest.approx(0.15 - 0.2125)
    assert foretell.load("scenario.toml").diff(text, **asked).table.numbers("moved")[0] == pytest.approx(0.2125 - 0.15)


@pytest.mark.parametrize("path", ["scenario.toml", pathlib.Path("scenario.toml"), "./scenario.toml", "scenario.toml/", ["scenario.toml"]])
def test_a_text_is_called_apart_from_every_path(path):
    from foretell.scenario import _called_apart

    assert _called_apart("title = 'Rain'\n") == "scenario.toml"
    assert _called_apart("title = 'Rain'\n", path, 20, None, "text of scenario.toml") == "text of text of scenario.toml"
    assert _called_apart("priors = 'scenario.toml'\n") == "text of scenario.toml"


CAME = {"question": ["paper"], "resolution": ["yes"], "resolved_on": ["2025-10-01"]}


def test_a_text_is_updated_into_a_file(tmp_path):
    text = GOLDEN.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="`out`"):
        foretell.load(text).update(outcomes=CAME)
    out = tmp_path / "new.toml"
    foretell.load(text).update(outcomes=CAME, out=out)
    assert out.exists()


def test_no_condition_is_the_default():
    answer = foretell.load(GOLDEN).run(worlds=1000, given=None, suppose=None)
    assert answer.json == foretell.load(GOLDEN).run(worlds=1000).json
