"""What cannot be done is refused in words that name the argument and what may stand there."""

from __future__ import annotations

import pathlib
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy
import pandas
import polars
import pytest
from conftest import GOLDEN

import foretell

SAID = {"question": ["rain"], "forecaster": ["ada"], "made_at": ["2025-01-05"], "probability": [0.8]}
CAME = {"question": ["rain"], "resolution": ["yes"], "resolved_on": ["2025-01-07"]}


@pytest.mark.parametrize(
    "call",
    [
        lambda: foretell.run("nowhere.toml"),
        lambda: foretell.run("nowhere.toml", shards=2),
        lambda: foretell.check(pathlib.Path("no/where.toml")),
        lambda: foretell.load("nowhere.toml").explain("paper"),
        lambda: foretell.load(GOLDEN).diff("nowhere.toml"),
        lambda: foretell.score("nowhere.csv", CAME),
        lambda: foretell.score(SAID, "nowhere.csv"),
    ],
)
def test_a_file_that_is_not_there_is_not_found(call):
    with pytest.raises(FileNotFoundError, match=r"no(/)?where") as missing:
        call()
    assert isinstance(missing.value, foretell.EnvironmentFault)
    again = pickle.loads(pickle.dumps(missing.value))
    assert type(again) is foretell.MissingFile
    assert str(again) == str(missing.value)


def test_a_file_that_is_there_and_cannot_be_read_is_another_fault():
    with pytest.raises(foretell.EnvironmentFault) as folder:
        foretell.run("scenarios")
    assert not isinstance(folder.value, FileNotFoundError)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_is_no_scenario(text):
    for call in (lambda: foretell.load(text), lambda: foretell.check(text), lambda: foretell.run(text)):
        with pytest.raises(foretell.InputFault, match="a path, or the text of a file, but this is an empty text"):
            call()
    # A text with a line break is one, if an empty one.
    assert foretell.check("\n")[0].severity == "error"


NO_ROWS = {name: [] for name in SAID}
EMPTY = [
    NO_ROWS,
    {},
    pandas.DataFrame(),
    pandas.DataFrame(NO_ROWS),
    polars.DataFrame(),
    polars.DataFrame(NO_ROWS),
    pandas.DataFrame(SAID).iloc[:0],
    polars.DataFrame(SAID).to_arrow().slice(0, 0),
    numpy.zeros(0, dtype=[("question", "U9"), ("probability", "f8")]),
    [NO_ROWS, pandas.DataFrame(SAID).iloc[:0]],
]


@pytest.mark.parametrize("empty", EMPTY)
def test_there_must_be_forecasts(empty):
    for call, name in (
        (lambda: foretell.score(empty, CAME), "forecasts"),
        (lambda: foretell.score(empty, CAME, stream=True), "forecasts"),
        (lambda: foretell.compare("ada", "bob", forecasts=empty, outcomes=CAME), "forecasts"),
        (lambda: foretell.calibrate(empty, CAME), "forecasts"),
        (lambda: foretell.leaderboard(empty, CAME), "forecasts"),
        (lambda: foretell.cohere(empty, scenario=GOLDEN), "forecasts"),
        (lambda: foretell.pool(empty, CAME), "fit"),
        (lambda: foretell.pool(SAID, CAME, empty), "apply"),
    ):
        with pytest.raises(foretell.InputFault, match=f"there are no forecasts in `{name}`") as fault:
            call()
        assert "a row for each" in (fault.value.help or "")


def test_one_empty_table_among_others_is_none_that_matters():
    whole = foretell.score([NO_ROWS, SAID], CAME, rule="brier")
    assert whole.table.numbers("mean")[0] == pytest.approx(0.04)


def test_rows_without_columns_are_no_table():
    with pytest.raises(TypeError, match="forecasts has rows, but no columns"):
        foretell.score(pandas.DataFrame(index=range(3)), CAME)
    with pytest.raises(ValueError, match="the list of tables of forecasts is empty"):
        foretell.cohere([], scenario=GOLDEN)


@pytest.mark.parametrize(("executor", "says"), [(3, "not int"), ("threads", "not str"), (False, "not bool"), (ThreadPoolExecutor, r"give `ThreadPoolExecutor\(…\)`")])
def test_what_is_no_executor_is_refused(executor, says):
    with pytest.raises(TypeError, match=f"`executor` .*{says}"):
        foretell.run(GOLDEN, worlds=1000, executor=executor)
    with pytest.raises(TypeError, match=f"`executor` .*{says}"):
        foretell.score_partitions([SAID], CAME, executor=executor)


def test_without_an_executor_a_run_and_parts_are_done_here():
    alone = foretell.run(GOLDEN, worlds=1000)
    assert foretell.run(GOLDEN, worlds=1000, executor=None).json == alone.json
    with ThreadPoolExecutor(1) as one:
        assert foretell.score_partitions([SAID], CAME, executor=None).json == foretell.score_partitions([SAID], CAME, executor=one).json


@pytest.mark.parametrize("progress", [3, "yes", 0.5])
def test_progress_is_a_bar_or_whom_to_tell(progress):
    says = f"progress takes True for a bar, False, or a function that is told the share that is done, not {progress!r}"
    for call in (
        lambda: foretell.run(GOLDEN, worlds=1000, progress=progress),
        lambda: foretell.run(GOLDEN, worlds=1000, progress=progress, shards=2),
        lambda: foretell.score_partitions([SAID], CAME, executor=ThreadPoolExecutor(1), progress=progress),
    ):
        with pytest.raises(TypeError, match=says):
            call()


def test_flags_of_numpy_are_flags():
    alone = foretell.run(GOLDEN, worlds=1000)
    for progress in (numpy.bool_(False), numpy.bool_(True), None):
        assert foretell.run(GOLDEN, worlds=1000, progress=progress).json == alone.json


def test_the_scale_of_a_diagram_has_names():
    with pytest.raises(foretell.InputFault, match="`axis=0.5` cannot be used") as fault:
        foretell.calibrate(SAID, CAME, axis=0.5)
    assert fault.value.help == 'it may be "share", "odds"'
