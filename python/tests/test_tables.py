"""Tables of Python that are no data frames."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

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


# Days and times of every kind, unit and zone, against the same in text. Two forecasts of each question, so that when they were made is in the mean.

STOOD = {
    "question": ["a", "b", "a", "b", "c"],
    "forecaster": ["ada"] * 5,
    "probability": [0.8, 0.1, 0.6, 0.3, 0.5],
}
DAYS = ["2025-01-05", "2025-01-05", "2025-01-06", "2025-01-06", "2025-01-06"]
TIMES = ["2025-01-05T00:00:00", "2025-01-05T10:30:00", "2025-01-06T18:45:10", "2025-01-06T00:00:00", "2025-01-06T10:30:00"]
RESOLVED = {"question": ["a", "b", "c"], "resolution": ["yes", "no", "no"], "resolved_on": ["2025-01-08", "2025-01-09", "2025-01-08"]}
NEW_YORK = ZoneInfo("America/New_York")


def arrow(unit, zone=None):
    def table(stood, times):
        pyarrow = pytest.importorskip("pyarrow")
        column = pyarrow.array(numpy.array(times, dtype=f"M8[{unit}]")).cast(pyarrow.timestamp(unit, zone))
        return pyarrow.table({**stood, "made_at": column})

    return table


def polars_of(column):
    def table(stood, times):
        polars = pytest.importorskip("polars")
        return polars.DataFrame({**stood, "made_at": column(polars, times)})

    return table


def parsed(times, zone=None):
    """Times of Python; with a zone, the same moments as its clocks show them."""
    told = [datetime.datetime.fromisoformat(time) for time in times]
    return told if zone is None else [time.replace(tzinfo=datetime.timezone.utc).astimezone(zone) for time in told]


def objects(cells):
    return pandas.Series(list(cells), dtype=object)


OF_TIMES = {
    **{f"NumPy {unit}": lambda stood, times, unit=unit: {**stood, "made_at": numpy.array(times, dtype=f"M8[{unit}]")} for unit in ("s", "ms", "us", "ns")},
    **{f"pandas {unit}": lambda stood, times, unit=unit: pandas.DataFrame({**stood, "made_at": numpy.array(times, dtype=f"M8[{unit}]")}) for unit in ("s", "ms", "us", "ns")},
    **{
        f"pandas {unit} in New York": lambda stood, times, unit=unit: pandas.DataFrame(
            {**stood, "made_at": pandas.Series(numpy.array(times, dtype=f"M8[{unit}]")).dt.tz_localize("UTC").dt.tz_convert("America/New_York")}
        )
        for unit in ("s", "ns")
    },
    **{f"Arrow {unit}": arrow(unit) for unit in ("s", "ms", "us", "ns")},
    "Arrow s in New York": arrow("s", "America/New_York"),
    "polars ms": polars_of(lambda polars, times: polars.Series(parsed(times)).cast(polars.Datetime("ms"))),
    "polars ns": polars_of(lambda polars, times: polars.Series(parsed(times)).cast(polars.Datetime("ns"))),
    "polars in New York": polars_of(lambda polars, times: polars.Series(parsed(times)).dt.replace_time_zone("UTC").dt.convert_time_zone("America/New_York")),
    "Python": lambda stood, times: {**stood, "made_at": parsed(times)},
    "Python in New York": lambda stood, times: {**stood, "made_at": parsed(times, NEW_YORK)},
    "objects": lambda stood, times: pandas.DataFrame({**stood, "made_at": objects(parsed(times))}),
    "objects in zones": lambda stood, times: pandas.DataFrame({**stood, "made_at": objects([*parsed(times[:2], NEW_YORK), *parsed(times[2:], datetime.timezone.utc)])}),
    "objects of pandas": lambda stood, times: pandas.DataFrame({**stood, "made_at": objects(map(pandas.Timestamp, times))}),
    "units side by side": lambda stood, times: {**stood, "made_at": [numpy.datetime64(times[0], "s"), pandas.Timestamp(times[1]), *parsed(times[2:])]},
}
OF_DAYS = {
    "NumPy D": lambda stood, days: {**stood, "made_at": numpy.array(days, dtype="M8[D]")},
    "Python": lambda stood, days: {**stood, "made_at": [time.date() for time in parsed(days)]},
    "objects": lambda stood, days: pandas.DataFrame({**stood, "made_at": objects(time.date() for time in parsed(days))}),
    "objects and text": lambda stood, days: pandas.DataFrame({**stood, "made_at": objects([*(time.date() for time in parsed(days[:2])), *days[2:]])}),
    "periods": lambda stood, days: pandas.DataFrame({**stood, "made_at": pandas.PeriodIndex(days, freq="D")}),
    "polars": polars_of(lambda polars, days: polars.Series(parsed(days)).cast(polars.Date)),
}


def judged(said):
    """What every way of judging makes of it: when each forecast was made is in all of it."""
    score = foretell.score(said, RESOLVED, rule="brier").to_pandas()
    calibrated = foretell.calibrate(said, RESOLVED, all_resolved=True).to_pandas()
    return score.to_json(), calibrated.to_json()


OF_TEXT = {"times": judged({**STOOD, "made_at": [f"{time}Z" for time in TIMES]}), "days": judged({**STOOD, "made_at": DAYS})}


@pytest.mark.parametrize("kind", sorted(OF_TIMES))
def test_times_of_every_kind_are_the_times_they_are(kind):
    assert OF_TEXT["times"] != OF_TEXT["days"]
    assert judged(OF_TIMES[kind](STOOD, TIMES)) == OF_TEXT["times"]
    assert judged(OF_TIMES[kind](STOOD, DAYS)) == OF_TEXT["days"]


def test_a_frame_of_pandas_needs_no_arrow_for_its_times(monkeypatch):
    def without(*_: object) -> int:
        raise ImportError("Import pyarrow failed")

    monkeypatch.setattr(foretell._foretell, "write_parquet", without)
    for kind in OF_TIMES:
        if kind.startswith(("pandas", "objects")):
            assert judged(OF_TIMES[kind](STOOD, TIMES)) == OF_TEXT["times"], kind
            assert judged(OF_TIMES[kind](STOOD, DAYS)) == OF_TEXT["days"], kind


@pytest.mark.parametrize("kind", sorted(OF_DAYS))
def test_days_of_every_kind_are_the_days_they_are(kind):
    assert judged(OF_DAYS[kind](STOOD, DAYS)) == OF_TEXT["days"]


def test_a_day_beside_times_is_a_day_and_a_time_a_time():
    """Arrow would make days of both, and lose the times."""
    mixed = [datetime.date(2025, 1, 5), *parsed(TIMES[1:])]
    expected = judged({**STOOD, "made_at": ["2025-01-05", *(f"{time}Z" for time in TIMES[1:])]})
    assert judged({**STOOD, "made_at": mixed}) == expected
    assert judged(pandas.DataFrame({**STOOD, "made_at": objects(mixed)})) == expected


def test_fractions_of_a_second_stay():
    """A forecast that stood for 250 ms before the next one counts for them."""
    said = {"question": ["a", "a"], "forecaster": ["ada"] * 2, "probability": [0.0, 1.0]}
    times = ["2025-01-05T10:30:00", "2025-01-05T10:30:00.25"]
    came = {"question": ["a"], "resolution": ["yes"], "resolved_on": ["2025-01-06"]}
    answers = [
        foretell.score(table, came, rule="brier").to_pandas()["mean"].tolist()
        for table in ({**said, "made_at": [f"{time}Z" for time in times]}, {**said, "made_at": numpy.array(times, dtype="M8[ms]")}, pandas.DataFrame({**said, "made_at": numpy.array(times, dtype="M8[ns]")}))
    ]
    assert answers[0] == answers[1] == answers[2]
    # The score of 1 for a quarter of a second of at most two days, and at least of half of one.
    assert 0.25 / 172_800 < answers[0][0] < 0.25 / 43_200


@pytest.mark.parametrize(
    "made",
    [
        numpy.array([["2025-01-05", "2025-01-06"], ["2025-01-05", "2025-01-05"]][at], dtype=f"M8[{unit}]")
        for at, unit in ((0, "s"), (0, "ns"), (1, "D"))
    ],
)
def test_two_who_are_compared_or_pooled_may_have_days_of_other_units(made):
    """The tables of two forecasters, one of which has text."""
    one = {"question": ["a", "b"], "forecaster": ["ada"] * 2, "made_at": list(map(str, made.astype("M8[D]"))), "probability": [0.8, 0.1]}
    other = {"question": ["a", "b"], "forecaster": ["bob"] * 2, "made_at": made, "probability": [0.6, 0.3]}
    text = {**other, "made_at": list(map(str, made.astype("M8[D]")))}
    compared = [foretell.compare("ada", "bob", forecasts=[one, bob], outcomes=RESOLVED).json for bob in (text, other, pandas.DataFrame(other))]
    assert compared[0] == compared[1] == compared[2]
    now = {"question": ["d"] * 2, "forecaster": ["ada", "bob"], "made_at": ["2025-02-01"] * 2, "probability": [0.5, 0.25]}
    pooled = [foretell.pool([one, bob], RESOLVED, now, method="mean").json for bob in (text, other, pandas.DataFrame(other))]
    assert pooled[0] == pooled[1] == pooled[2]


def test_what_is_missing_is_empty():
    said = {**STOOD, "made_at": DAYS, "note": [pandas.NA, None, "x", None, None]}
    assert judged(said) == OF_TEXT["days"]
    with pytest.raises(foretell.InputFault, match="row 2: made_at: .*`?`?"):
        judged({**STOOD, "made_at": [pandas.Timestamp(DAYS[0]), pandas.NaT, *map(pandas.Timestamp, DAYS[2:])]})


def durations(unit):
    return numpy.array([1, 2, 3, 4, 5], dtype=f"m8[{unit}]")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (lambda: {**STOOD, "made_at": numpy.array(["2025-01"] * 5, dtype="M8[M]")}, r"the column `made_at` of forecasts holds datetime64\[M\], which are no days"),
        (lambda: {**STOOD, "made_at": numpy.array([1] * 5, dtype="M8[ps]")}, "which nanoseconds do not reach"),
        (lambda: {**STOOD, "made_at": durations("D")}, "row 1: made_at: `1 days` is neither a day"),
        (lambda: pandas.DataFrame({**STOOD, "made_at": pandas.PeriodIndex(["2025-01"] * 5, freq="M")}), "row 1: made_at: `2025-01` is neither a day"),
        (lambda: pandas.DataFrame({**STOOD, "made_at": durations("s")}), "row 1: made_at: `1 s` is neither a day"),
        (lambda: pandas.DataFrame({**STOOD, "made_at": DAYS, "probability": durations("s")}), "row 1: .*`1 s`"),
        (lambda: pandas.DataFrame({**STOOD, "made_at": [20_000] * 5}), "row 1: made_at: `20000` is neither a day"),
        (lambda: pandas.DataFrame({**STOOD, "made_at": TIMES}), "row 1: made_at: `2025-01-05T00:00:00` is neither a day"),
    ],
)
def test_what_is_no_day_is_refused_by_name(table, says):
    with pytest.raises((foretell.InputFault, TypeError, ValueError), match=says):
        judged(table())


def test_arrow_loses_nothing_on_the_way():
    pyarrow = pytest.importorskip("pyarrow")
    midnights = pyarrow.array(numpy.array(DAYS, dtype="M8[ms]").astype("i8")).view(pyarrow.date64())
    assert judged(pyarrow.table({**STOOD, "made_at": midnights})) == OF_TEXT["days"]
    later = pyarrow.array(numpy.array(TIMES, dtype="M8[ms]").astype("i8")).view(pyarrow.date64())
    with pytest.raises(TypeError, match="the column `made_at` cannot be read: .*milliseconds since 1970 are no day"):
        judged(pyarrow.table({**STOOD, "made_at": later}))
    periods = pandas.DataFrame({**STOOD, "made_at": pandas.PeriodIndex(DAYS, freq="D")})
    with pytest.raises(TypeError, match="the column `made_at` holds periods: give days"):
        judged(pyarrow.Table.from_pandas(periods))
