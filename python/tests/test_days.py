"""Days and times of several units: compared in one, exactly, or refused by the name of the argument."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import numpy
import pandas
import pytest

from foretell import drop_in, scores

UNITS = ["D", "h", "s", "ms", "us", "ns"]
TEXTS = ["2025-01-05", "2025-01-07", "2025-01-08"]
#: How many of a unit a day has.
OF_A_DAY = {"D": 1.0, "h": 24.0, "s": 86_400.0, "ms": 86_400e3, "us": 86_400e6, "ns": 86_400e9}


def days(unit, texts=TEXTS):
    return numpy.array(texts, dtype=f"M8[{unit}]")


def spans(unit, count):
    return numpy.timedelta64(count, "D").astype(f"m8[{unit}]")


def calls(y, other, span):
    """A call of each way in which what happened is compared with something: y[0], y[1] and y[2] are the 5th, 7th and 8th."""
    return {
        "elements": lambda: scores.crps_normal(y[0], other[1], span),
        "bounds": lambda: scores.crps_censored_normal(y[0], other[1], span, other[0], other[2]),
        "interval": lambda: scores.interval(y[0], other[1], other[2], 0.5),
        "pinball": lambda: scores.pinball(y[2], other[1], 0.25),
        "draws": lambda: scores.crps_ensemble(y[0], other),
        "weighted draws": lambda: scores.crps_ensemble(y[0], other, weights=[1, 2, 3]),
        "between bounds": lambda: scores.crps_ensemble_threshold(y[0], other, other[0], other[1]),
        "of what matters": lambda: scores.crps_ensemble_outcome_weighted(y[0], other, other[0], other[1]),
        "kernels": lambda: scores.crps_normal_kernel(y[0], other, span),
        "quantiles": lambda: scores.crps_quantiles(y[0], other, [0.25, 0.5, 0.75]),
        "weighted interval": lambda: scores.weighted_interval(y[0], other, [0.25, 0.5, 0.75]).score,
        "cdf": lambda: scores.crps_cdf(y[1], other[[0, 2]], [0.0, 1.0]),
        "mixture": lambda: scores.crps_normal_mixture(y[0], other, span),
        "vectors": lambda: scores.energy(y[:2], numpy.stack([other[:2], other[1:]])),
        "drop-in quantiles": lambda: drop_in.crps_quantile(y[0], other, [0.25, 0.5, 0.75]),
        "drop-in intervals": lambda: drop_in.weighted_interval_score(y[0], other[1], other[:1], other[2:], [0.5]),
        "drop-in draws": lambda: drop_in.twcrps_ensemble(y[0], other, other[0], other[1]),
        "drop-in weights": lambda: drop_in.crps_ensemble(y[0], other, ens_w=[1, 2, 3], estimator="fair"),
        "drop-in vectors": lambda: drop_in.es_ensemble(y[:2], numpy.stack([other[:2], other[1:]])),
        "drop-in masses": lambda: drop_in.crps_uniform(y[1], other[0], other[2], 0.25, 0.25),
    }


#: The same of numbers of days, which need no unit.
PLAIN = {name: call() for name, call in calls(numpy.array([4.0, 6.0, 7.0]), numpy.array([4.0, 6.0, 7.0]), 2.0).items()}


@pytest.mark.parametrize("there", UNITS)
@pytest.mark.parametrize("here", UNITS)
def test_days_of_two_units_are_compared_in_the_finer(here, there):
    finer = max(OF_A_DAY[here], OF_A_DAY[there])
    for span in {here, there}:
        for name, call in calls(days(here), days(there), spans(span, 2)).items():
            assert call() == pytest.approx(finer * PLAIN[name], rel=1e-9), name


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_no_way_leads_around_the_units(name):
    """Every way must refuse days beside lengths of time."""
    with pytest.raises(TypeError, match="days and lengths of time cannot be compared"):
        calls(days("D"), days("D") - days("D")[0], spans("D", 2))[name]()


def test_objects_are_days():
    """Dates, times, times with a zone and those of pandas, on one axis: 7 January 2025, 12 h in UTC, is 13 h in Berlin."""
    berlin = datetime.datetime(2025, 1, 7, 13, tzinfo=ZoneInfo("Europe/Berlin"))
    noons = [berlin, datetime.datetime(2025, 1, 7, 12), pandas.Timestamp("2025-01-07 12:00").as_unit("us"), pandas.Timestamp(berlin).as_unit("us"), numpy.datetime64("2025-01-07T12", "us")]
    for noon in noons:
        assert scores.pinball(datetime.date(2025, 1, 7), noon, 0.5) == 0.25 * 86_400e6, noon
    series = pandas.Series([berlin, berlin + datetime.timedelta(days=2)])
    assert scores.crps_ensemble(series, [[berlin, berlin]] * 2).tolist() == [0.0, 2 * 86_400e6]
    assert scores.crps_normal(datetime.date(2025, 1, 7), datetime.date(2025, 1, 6), datetime.timedelta(days=1)) == pytest.approx(86_400e6 * scores.crps_normal(1, 0, 1))
    mixed = numpy.array([datetime.date(2025, 1, 7), datetime.datetime(2025, 1, 7, 12), None], dtype=object)
    assert scores.pinball(mixed[:2], mixed[0], 0.5).tolist() == [0.0, 0.25 * 86_400e6]
    with pytest.raises(ValueError, match="row 2 has no score"):
        scores.pinball(mixed, mixed[0], 0.5)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: scores.crps_normal(days("D")[0], days("ns")[1], 2.0), "sigma is a number, whose unit cannot be told: y is datetime64.D., mu is datetime64.ns."),
        (lambda: scores.pinball([days("D")[0], days("D")[1]], 3.0, 0.5), None),
        (lambda: scores.crps_normal(days("D")[0], days("D")[1], days("D")[2]), "sigma takes a length of time .timedelta64., not days or times .datetime64.D.."),
        (lambda: scores.crps_normal(days("D")[0], spans("D", 3), spans("D", 2)), "days and lengths of time cannot be compared: y is datetime64.D., mu is timedelta64.D."),
        (lambda: scores.crps_weibull(days("D"), 2.0, days("D") - days("D")[0]), "the law of crps_weibull begins at 0"),
        (lambda: scores.crps_exponential(days("D"), 0.5), "y takes a length of time .timedelta64., not days or times .datetime64.D..: the law of crps_exponential begins at 0"),
        (lambda: scores.crps_ensemble_vertically_rescaled(0.0, days("s")), "draws takes a length of time .timedelta64., .* measures from 0"),
        (lambda: scores.crps_ensemble(0.0, numpy.array([days("D")[0], 3.0], dtype=object)), "draws holds days and something else: .*3.0"),
        (lambda: scores.brier_ensemble(days("D")[0], days("D"), days("D")[0], size=days("D")[0]), "size takes numbers"),
    ],
)
def test_what_cannot_be_one_unit_is_refused_by_name(call, says):
    if says is None:
        assert numpy.isfinite(call()).all()
        return
    with pytest.raises(TypeError, match=says):
        call()


def test_months_have_no_length_in_days():
    with pytest.raises(TypeError, match="y and q are in units that have no common one, D and M"):
        scores.pinball(days("D")[0], numpy.datetime64("2025-01"), 0.5)


def test_numbers_that_are_the_same_in_every_unit_may_stand_beside_days():
    truncated = scores.crps_truncated_normal(days("D")[0], days("s")[1], spans("D", 2), -numpy.inf, numpy.inf)
    assert truncated == pytest.approx(86_400 * scores.crps_normal(0, 2, 2))


def test_nothing_is_lost_on_the_way_to_one_unit():
    # The year 2300 lies beyond what nanoseconds since 1970 reach.
    with pytest.raises(ValueError, match=r"y holds datetime64\[D\] that lie outside of what datetime64\[ns\]"):
        scores.pinball(numpy.datetime64("2300-01-01"), days("ns")[0], 0.5)
    # A double knows every microsecond of our times, but not every nanosecond.
    one = numpy.datetime64("2025-01-05T00:00:00.000001", "us")
    assert scores.pinball(one, days("us")[0], 0.5) == 0.5
    with pytest.raises(ValueError, match="q holds times that a double cannot tell apart in the unit ns"):
        scores.pinball(days("ns")[0], days("ns")[0] + numpy.timedelta64(1, "ns"), 0.5)


def test_what_is_hidden_or_missing_beside_days_gives_no_score():
    hidden = numpy.ma.array(days("s"), mask=[False, True, False])
    with pytest.raises(ValueError, match="row 0 has no score"):
        scores.crps_ensemble(days("D")[0], hidden)
    with pytest.raises(ValueError, match="row 1 has no score"):
        scores.pinball(numpy.array(["2025-01-05", "NaT"], dtype="M8[D]"), days("s")[0], 0.5)
