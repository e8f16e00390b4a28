"""Means over columns of Parquet files against those of arrays, NumPy's and pyarrow's."""

from __future__ import annotations

import os
import signal
import threading

import numpy
import pandas
import pyarrow
import pyarrow.parquet
import pytest
from conftest import looks_during

import foretell
from foretell import scores

RANDOM = numpy.random.default_rng(20261129)
N = 150_000
P = RANDOM.uniform(size=N)
CAME = RANDOM.uniform(size=N) < P
NAMES = numpy.array([f"forecaster {at}" for at in range(30)])
WHO = RANDOM.integers(0, 30, size=N)
TABLE = pyarrow.table({"forecaster": pyarrow.DictionaryArray.from_arrays(WHO.astype(numpy.int32), pyarrow.array(NAMES)), "probability": P, "outcome": CAME})


def test_figures_are_those_of_arrays_to_the_last_bit(tmp_path):
    pyarrow.parquet.write_table(TABLE, tmp_path / "one.parquet", row_group_size=40_001)
    found = foretell.score_columns(tmp_path / "one.parquet", forecaster=None, bins=20)
    arrays = scores.binary_means(CAME, P, bins=20)
    assert found[:5] == arrays[:5]
    assert numpy.array_equal(found.bins, arrays.bins)
    assert (found.forecasters.names, found.forecasters.brier.tolist()) == ([""], [arrays.brier])
    several = foretell.score_columns(tmp_path / "one.parquet", bins=20)
    # Sums of forecasters are added up in another order than those of all rows.
    assert several.brier == pytest.approx(arrays.brier, rel=1e-13)
    assert numpy.array_equal(several.bins, arrays.bins)


def test_forecasters_have_their_own_means_in_the_order_in_which_they_come(tmp_path):
    pyarrow.parquet.write_table(TABLE, tmp_path / "one.parquet")
    found = foretell.score_columns(str(tmp_path / "one.parquet"), bins=20)
    frame = pandas.DataFrame(found.forecasters._asdict())
    assert frame["names"].tolist() == list(dict.fromkeys(NAMES[WHO].tolist()))
    assert frame["forecasts"].sum() == found.forecasts == N
    happened = numpy.where(CAME, P, 1 - P)
    for name, own in frame.set_index("names").iterrows():
        his = NAMES[WHO] == name
        assert own["brier"] == pytest.approx(((1 - happened[his]) ** 2).mean(), rel=1e-12)
        assert own["log"] == pytest.approx(-numpy.log(numpy.maximum(happened[his], 1e-6)).mean(), rel=1e-12)


def test_the_parts_of_murphy_s_decomposition_are_those_of_the_bins(tmp_path):
    pyarrow.parquet.write_table(TABLE, tmp_path / "one.parquet")
    found = foretell.score_columns(tmp_path, bins=20)
    n, events, stated = found.bins.T
    base = CAME.mean()
    assert found.murphy.reliability == pytest.approx((n * (stated / n - events / n) ** 2).sum() / N, rel=1e-9)
    assert found.murphy.resolution == pytest.approx((n * (events / n - base) ** 2).sum() / N, rel=1e-9)
    assert found.murphy.uncertainty == pytest.approx(base * (1 - base), rel=1e-12)
    parts = found.murphy
    assert parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins == pytest.approx(found.brier, rel=1e-12)


def figures(found):
    """All that was found, to compare."""
    return (*found[:5], found.bins.tolist(), found.murphy, [list(column) for column in found.forecasters])


def test_files_types_and_ways_of_writing_change_no_bit(tmp_path):
    pyarrow.parquet.write_table(TABLE, tmp_path / "one.parquet")
    expected = figures(foretell.score_columns(tmp_path / "one.parquet"))
    parts = tmp_path / "parts"
    parts.mkdir()
    for at, first in enumerate(range(0, N, 47_001)):
        pyarrow.parquet.write_table(TABLE.slice(first, 47_001), parts / f"part-{at}.parquet", row_group_size=10_007)
    (parts / "_metadata.parquet").write_text("no table")
    several = [parts / f"part-{at}.parquet" for at in range(4)]
    for paths in (parts, str(parts / "part-*.parquet"), several, [str(parts / "part-[01].parquet"), *several[2:]]):
        assert figures(foretell.score_columns(paths)) == expected
    texts = NAMES[WHO]
    ways = {
        "plain": ({"forecaster": texts, "outcome": CAME.astype(numpy.int64)}, {"use_dictionary": False, "compression": "none"}),
        "large": ({"forecaster": pyarrow.array(texts, pyarrow.large_string()), "outcome": CAME.astype(float)}, {"compression": "zstd"}),
        "view": ({"forecaster": pyarrow.array(texts, pyarrow.string_view()), "outcome": CAME.astype(numpy.uint8)}, {"compression": "gzip"}),
        "small codes": (
            {"forecaster": pyarrow.DictionaryArray.from_arrays(WHO.astype(numpy.int8), pyarrow.array(NAMES)), "outcome": CAME.astype(numpy.float32)},
            {"data_page_version": "2.0", "write_page_index": True},
        ),
        "another schema": ({"Forecaster ": texts, "OUTCOME": CAME, "what else": [["a"]] * N}, {"store_schema": False, "compression": "lz4"}),
    }
    for name, (columns, options) in ways.items():
        pyarrow.parquet.write_table(pyarrow.table({**columns, "probability": P}), tmp_path / name, **options)
        assert figures(foretell.score_columns(tmp_path / name)) == expected, name
    pandas.DataFrame({"forecaster": pandas.Categorical(texts), "probability": P, "outcome": CAME}).to_parquet(tmp_path / "frame")
    assert figures(foretell.score_columns(tmp_path / "frame")) == expected
    singles = P.astype(numpy.float32)
    pyarrow.parquet.write_table(pyarrow.table({"forecaster": texts, "probability": singles, "outcome": CAME}), tmp_path / "singles")
    found = foretell.score_columns(tmp_path / "singles", forecaster=None)
    assert found.brier == scores.binary_means(CAME, singles.astype(float)).brier


def spoilt(column, row, value):
    columns = {"forecaster": ["ada", "ben", "ada"], "probability": [0.2, 0.5, 1.0], "outcome": [0.0, 1.0, 1.0]}
    columns[column][row] = value
    return columns


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (spoilt("probability", 1, 30.0), r":2: the probability in the column `probability` must lie between 0 and 1, but is 30\n.*divide it by 100"),
        (spoilt("probability", 0, float("nan")), ":1: the probability in the column `probability` must lie between 0 and 1, but is NaN"),
        (spoilt("probability", 2, None), ":3: the column `probability` has no value"),
        (spoilt("outcome", 2, 0.5), ":3: the outcome in the column `outcome` must be 0 or 1, but is 0.5"),
        (spoilt("outcome", 1, None), ":2: the column `outcome` has no value"),
        (spoilt("forecaster", 1, None), ":2: the column `forecaster` has no value"),
        (spoilt("forecaster", 1, ""), ":2: the forecaster is empty, in the column `forecaster`"),
        ({"forecaster": ["ada"], "probabilty": [0.5], "outcome": [1]}, r"has no column `probability`\n.*did you mean `probabilty`\?"),
        ({"forecaster": [1], "probability": [0.5], "outcome": [1]}, "the column `forecaster` is of the type Int64"),
        ({"forecaster": ["ada"], "probability": ["half"], "outcome": [1]}, "the column `probability` is of the type Utf8"),
        ({"forecaster": ["ada"], "probability": [0.5], "outcome": ["yes"]}, "the column `outcome` is of the type Utf8"),
        ({"forecaster": pyarrow.array([], "string"), "probability": pyarrow.array([], "float64"), "outcome": pyarrow.array([], "bool")}, "there are no forecasts"),
    ],
)
def test_what_cannot_be_scored_is_named_by_file_row_and_column(tmp_path, columns, said):
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "bad.parquet")
    with pytest.raises(foretell.InputFault, match=said):
        foretell.score_columns(tmp_path / "bad.parquet")


def test_what_is_no_file_of_parquet_is_refused(tmp_path):
    for path in (tmp_path / "nowhere.parquet", str(tmp_path / "part-*.parquet"), tmp_path):
        with pytest.raises(foretell.MissingFile, match="no file|no Parquet file"):
            foretell.score_columns(path)
    (tmp_path / "text.parquet").write_text("forecaster,probability,outcome\n")
    with pytest.raises(foretell.InputFault, match="cannot be read as Parquet"):
        foretell.score_columns(tmp_path)
    with pytest.raises(foretell.InputFault, match="list of files is empty"):
        foretell.score_columns([])
    for paths in (5, b"path", [TABLE], pandas.DataFrame({"p": [0.5]})):
        with pytest.raises(TypeError):
            foretell.score_columns(paths)
    with pytest.raises(TypeError, match="bins is a whole number from 1 to 1000, not 2.5"):
        foretell.score_columns(tmp_path, bins=2.5)
    for bins in (0, -1, 1001, 10**15, 10**30, numpy.int64(10**15)):
        with pytest.raises(foretell.InputFault, match=f"bins is a whole number from 1 to 1000, not {bins}"):
            foretell.score_columns(tmp_path, bins=bins)


def test_a_file_that_is_named_twice_is_told_by_both_names(tmp_path):
    pyarrow.parquet.write_table(TABLE, tmp_path / "one.parquet")
    with pytest.raises(foretell.InputFault, match="one.parquet` and `.*one.parquet` are one file, whose rows would count twice"):
        foretell.score_columns([tmp_path / "one.parquet", tmp_path])


@pytest.mark.parametrize("kind", [pyarrow.float16(), pyarrow.int64(), pyarrow.decimal128(5, 2)])
def test_probabilities_of_another_type_are_refused_with_the_way_out(tmp_path, kind):
    halves = numpy.array([0.0, 1.0], dtype=numpy.float16) if kind == pyarrow.float16() else [0, 1]
    rows = pyarrow.table({"forecaster": ["ada", "ben"], "probability": pyarrow.array(halves, kind), "outcome": [0, 1]})
    pyarrow.parquet.write_table(rows, tmp_path / "rows.parquet")
    with pytest.raises(foretell.InputFault, match="holds no probabilities\n.*cast the column to one of them"):
        foretell.score_columns(tmp_path)


def test_other_threads_go_on_and_ctrl_c_ends_it(tmp_path):
    pyarrow.parquet.write_table(TABLE, tmp_path / "one.parquet")
    paths = [tmp_path / f"{at}.parquet" for at in range(4000)]
    for path in paths:
        # Another name of the same bytes, which is another file.
        os.link(tmp_path / "one.parquet", path)
    assert looks_during(lambda: foretell.score_columns(paths[:200])) > 20
    timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        foretell.score_columns(paths)
    timer.join()
