"""Forecasts and outcomes from data frames, tables, arrays and files: all read alike, and as the command line does."""

from __future__ import annotations

import numpy
import pandas
import polars
import pyarrow
import pytest
from conftest import printed

import foretell

RANDOM = numpy.random.default_rng(20251128)
QUESTIONS = 40


def frames() -> tuple[pandas.DataFrame, pandas.DataFrame, pandas.DataFrame]:
    names = [f"q{at}" for at in range(QUESTIONS)]
    truth = RANDOM.uniform(size=QUESTIONS)
    forecasts = pandas.DataFrame(
        {
            "question": names * 3,
            "forecaster": ["ada"] * QUESTIONS + ["bob"] * QUESTIONS + ["crowd"] * QUESTIONS,
            "made_at": pandas.to_datetime(["2025-01-05"] * (3 * QUESTIONS)),
            "probability": numpy.concatenate([truth, RANDOM.uniform(size=QUESTIONS), numpy.full(QUESTIONS, 0.5)]),
        }
    )
    outcomes = pandas.DataFrame(
        {
            "question": names,
            "resolution": numpy.where(RANDOM.uniform(size=QUESTIONS) < truth, "yes", "no"),
            "resolved_on": ["2025-03-02"] * QUESTIONS,
        }
    )
    questions = pandas.DataFrame(
        {
            "id": names,
            "kind": "binary",
            "ask": [f"Is it {name}?" for name in names],
            "opens": "2025-01-01",
            "closes": "2025-03-01",
            "cluster": [f"c{at // 2}" for at in range(QUESTIONS)],
        }
    )
    return forecasts, outcomes, questions


FORECASTS, OUTCOMES, DEFINED = frames()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    paths = []
    for name, frame in (("forecasts", FORECASTS), ("outcomes", OUTCOMES), ("questions", DEFINED)):
        paths.append(str(folder / f"{name}.csv"))
        frame.to_csv(paths[-1], index=False)
    return paths


def options(files):
    return [f"--{name}={path}" for name, path in zip(("forecasts", "outcomes", "questions"), files, strict=True)]


def test_every_kind_of_table_is_read_alike(files):
    expected = printed("score", *options(files), "--format", "json")
    made = FORECASTS.made_at.dt.strftime("%Y-%m-%d")
    plain = FORECASTS.assign(made_at=made)
    kinds = {
        "pandas": (FORECASTS, OUTCOMES, DEFINED),
        "pandas with text": (plain, OUTCOMES, DEFINED),
        "categories": (FORECASTS.astype({"question": "category", "forecaster": "category"}), OUTCOMES, DEFINED),
        "polars": (polars.DataFrame(FORECASTS), polars.DataFrame(OUTCOMES), polars.DataFrame(DEFINED)),
        "pyarrow": tuple(pyarrow.Table.from_pandas(frame, preserve_index=False) for frame in (FORECASTS, OUTCOMES, DEFINED)),
        "mappings": tuple({name: frame[name].to_numpy() for name in frame} for frame in (plain, OUTCOMES, DEFINED)),
        "structured arrays": tuple(
            frame.to_records(index=False, column_dtypes={name: "U40" for name in frame if frame[name].dtype != float})
            for frame in (plain, OUTCOMES, DEFINED)
        ),
        "paths": tuple(files),
    }
    for kind, (forecasts, outcomes, questions) in kinds.items():
        assert foretell.score(forecasts, outcomes, questions).json == expected, kind
    halves = [FORECASTS.iloc[:50], FORECASTS.iloc[50:]]
    assert foretell.score(halves, OUTCOMES, DEFINED).json == expected


def test_outcomes_may_stand_beside_the_forecasts():
    beside = FORECASTS.merge(OUTCOMES, on="question").rename(columns={"resolution": "outcome", "resolved_on": "resolution_date"})
    beside["outcome"] = (beside["outcome"] == "yes").astype(int)
    beside = beside.rename(columns={"question": "question_id"})
    answer = foretell.score(beside[["question_id", "forecaster", "made_at", "probability", "outcome", "resolution_date"]])
    assert set(answer.to_pandas()["forecaster"]) == {"ada", "bob", "crowd"}


def test_means_are_what_the_arrays_give(files):
    answer = foretell.score(FORECASTS, OUTCOMES, DEFINED, rule=["brier", "log"], forecaster=["ada", "bob"])
    assert answer.json == printed(
        *("score", *options(files), "--rule", "brier,log", "--forecaster", "ada", "--forecaster", "bob", "--format", "json")
    )
    table = answer.to_pandas().set_index(["rule", "forecaster"])
    came = (OUTCOMES.set_index("question")["resolution"] == "yes").astype(float)
    for name in ("ada", "bob"):
        own = FORECASTS[FORECASTS.forecaster == name]
        y, p = came[own.question].to_numpy(), own.probability.to_numpy()
        assert table.loc[("brier", name), "mean"] == pytest.approx(foretell.scores.brier(y, p).mean(), abs=1e-12)
        assert table.loc[("log", name), "mean"] == pytest.approx(foretell.scores.log(y, p).mean(), abs=1e-12)
    # Two questions a cluster.
    assert table.loc[("brier", "ada"), "clusters"] == QUESTIONS // 2


def test_comparison_calibration_leaderboard(files):
    compared = foretell.compare("ada", "bob", forecasts=FORECASTS, outcomes=OUTCOMES, questions=DEFINED)
    assert compared.json == printed("compare", "ada", "bob", *options(files), "--format", "json")
    assert "ada" in str(compared)
    calibrated = foretell.calibrate(FORECASTS, OUTCOMES, DEFINED, all_resolved=True)
    assert calibrated.json == printed("calibrate", *options(files), "--all-resolved", "--format", "json")
    assert calibrated.picture is not None and calibrated.picture.startswith("<svg")
    assert "<svg" in calibrated._repr_html_()
    board = foretell.leaderboard(FORECASTS, OUTCOMES, DEFINED, at_least=1)
    assert board.json == printed("leaderboard", *options(files), "--at-least", "1", "--format", "json")


def test_pools():
    past, now = FORECASTS[FORECASTS.question.str.len() < 3], FORECASTS[FORECASTS.question.str.len() == 3]
    now = now.assign(made_at=pandas.Timestamp("2025-03-05"))
    told = OUTCOMES[OUTCOMES.question.str.len() < 3]
    answer = foretell.pool(FORECASTS, OUTCOMES, method="median")
    assert answer.pooled is None and answer.data["chosen"] == "median"
    pooled = foretell.pool(past, told, now, method="median", name="middle").pooled
    assert pooled is not None
    expected = now.groupby("question")["probability"].median()
    ours = dict(zip(pooled["question"], map(float, pooled["probability"]), strict=True))
    assert ours == pytest.approx(expected.to_dict())
    assert set(pooled["forecaster"]) == {"middle"}


def test_incoherent_figures_are_named(tmp_path):
    relations = tmp_path / "relations.toml"
    relations.write_text('logic = ["three implies two"]\n', encoding="utf-8")
    forecasts = {
        "question": ["two", "three"],
        "forecaster": ["ann"] * 2,
        "made_at": ["2025-01-05"] * 2,
        "probability": [0.1, 0.14],
    }
    answer = foretell.cohere(forecasts, relations=relations)
    assert answer.data["schema"].startswith("foretell.coherence") or "statements" in answer.data
    assert "three" in str(answer)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: foretell.score(), "ledger"),
        (lambda: foretell.score(FORECASTS, ledger="foretell.db"), "ledger"),
        (lambda: foretell.score(3, OUTCOMES), "must be a table"),
        (lambda: foretell.score({"question": ["q1"], "forecaster": []}, OUTCOMES), "one length"),
        (lambda: foretell.score(FORECASTS, OUTCOMES, DEFINED, rule="briar"), "briar"),
        (lambda: foretell.score(FORECASTS.assign(probability=2.0), OUTCOMES, DEFINED), "probability"),
        (lambda: foretell.compare(FORECASTS, OUTCOMES), "tables as keywords"),
        (lambda: foretell.score(FORECASTS["question"], OUTCOMES), "table"),
        (lambda: foretell.compare("ada", "nobody", forecasts=FORECASTS, outcomes=OUTCOMES), "nobody"),
    ],
)
def test_what_is_wrong_is_said(call, said):
    with pytest.raises((TypeError, foretell.ForetellError, ValueError), match=said):
        call()
