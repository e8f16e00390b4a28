"""Tables from Python for the engine: data frames, Arrow tables and arrays lie in files while a command reads them."""

from __future__ import annotations

import csv
import datetime
import numbers
import os
import pathlib
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any, Union

import numpy

from . import _asking, _foretell
from .errors import InputFault, KindFault

__all__ = ["Folder", "Frame", "Names", "names_of"]

#: A table of rows, or where one is.
Frame = Any
Names = Union[str, Iterable[str]]

#: Options that are tables: a path, a table, or a list of these.
TABLES = frozenset({"apply", "cases", "fit", "forecasts", "joint", "outcomes", "questions"})

#: Those of forecasts, without which there is nothing to do.
FORECASTS = frozenset({"apply", "fit", "forecasts"})


def names_of(names: Names | None) -> list[str]:
    """A name or names as a list."""
    if names is None:
        return []
    several = [names] if isinstance(names, str) else list(names)
    for one in several:
        if not isinstance(one, str):
            raise KindFault(f"a name is a text, not {type(one).__name__}: {one!r:.60}")
    return several


#: Columns that name questions: a number there is an integer, even where gaps beside it made it a float.
NAMES = frozenset({"question", "question_id", "id"})


#: What pandas may hold in a column of objects that has days among them, by `infer_dtype`, or in one of its own kind: no one type of Arrow's has it all.
OF_SEVERAL = frozenset({"bytes", "date", "datetime", "datetime64", "mixed", "mixed-integer", "period"})


def _moment(value: Any, what: str) -> Any:
    """A time in UTC, as NumPy has it; what is none as it is."""
    if hasattr(value, "to_datetime64"):  # pandas, which knows nanoseconds
        value = value.to_datetime64()
    elif isinstance(value, datetime.datetime):
        value = numpy.datetime64(value if value.tzinfo is None else value.astimezone(datetime.timezone.utc).replace(tzinfo=None))
    if not isinstance(value, numpy.datetime64) or numpy.isnat(value):
        return value
    unit, _ = numpy.datetime_data(value.dtype)
    if unit in ("Y", "M", "W"):
        raise KindFault(f"{what} holds {value.dtype}, which are no days: bring them to days, as by .astype('datetime64[D]')")
    # The engine knows nanoseconds, and NumPy goes round where a time has no place.
    fine = value if unit in ("D", "h", "m", "s", "ms", "us", "ns") else value.astype("datetime64[ns]")
    if fine != value:
        raise InputFault(f"{what} holds {value}, which nanoseconds do not reach")
    return fine


def _plain(cell: Any, what: str) -> Any:
    """A cell without NumPy's wrapping: bytes as the text that they are, nothing for what a mask hides."""
    if cell is numpy.ma.masked:
        return ""
    if isinstance(cell, bytes):
        try:
            return cell.decode()
        except UnicodeDecodeError:
            raise InputFault(f"{what} holds bytes that are no text", "decode them first, or leave the column out") from None
    if isinstance(cell, numpy.ndarray) and cell.ndim:
        raise InputFault(f"{what} has {cell.size} values in one row", "a column has one value a row: give each a column or a row of its own")
    return cell


def _cells(heading: str, cells: Iterable[Any], name: str) -> list[Any]:
    """The cells of a column as a table of text has them: days where every time is a midnight in UTC, else times in UTC; nothing for what is missing."""
    what = f"the column `{heading}` of {name}"
    told = [_moment(_plain(cell, what), what) for cell in cells]
    times = [cell for cell in told if isinstance(cell, numpy.datetime64) and not numpy.isnat(cell)]
    days = {cell: cell.astype("datetime64[D]") for cell in set(times)}
    are_days = all(day == cell for cell, day in days.items())

    def text(cell: Any) -> Any:
        if isinstance(cell, numpy.datetime64):
            if numpy.isnat(cell):
                return ""
            # An hour alone is no time to the engine: at least to the second.
            return str(days[cell]) if are_days else f"{cell.astype(numpy.promote_types(cell.dtype, 'M8[s]'))}Z"
        if heading in NAMES and isinstance(cell, (float, numpy.floating)) and float(cell).is_integer():
            return int(cell)
        return "" if type(cell).__name__ == "NAType" else cell

    return [text(cell) for cell in told]


def _with_days_as_text(table: Any, name: str, all_days: bool = False) -> Any:
    """A data frame of pandas with days among objects, and periods, as text: Arrow would take a time for a day, or a period for its number. So are bytes, and
    texts beside numbers, which Arrow does not take. With `all_days` so are columns of times, which pandas writes without their zone. Numbers have the order
    of bytes of this machine.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(table, pandas.DataFrame):
        return table
    for at, heading in enumerate(table.columns):
        column = table.iloc[:, at]
        if isinstance(column.dtype, numpy.dtype) and not column.dtype.isnative:
            table = table.copy(deep=False)
            table.isetitem(at, column.astype(column.dtype.newbyteorder("=")))
            column = table.iloc[:, at]
        is_of_several = column.dtype == object or isinstance(column.dtype, pandas.PeriodDtype) or (all_days and column.dtype.kind == "M")
        if is_of_several and pandas.api.types.infer_dtype(column, skipna=True) in OF_SEVERAL:
            are_days = any(isinstance(cell, (datetime.date, numpy.datetime64, pandas.Period)) for cell in column)
            are_plain = all(isinstance(cell, (str, bytes, numbers.Real, numpy.bool_)) or cell is None or cell is pandas.NA for cell in column)
            if are_days or are_plain:
                cells = [None if cell is pandas.NaT else str(cell) if isinstance(cell, pandas.Period) else cell for cell in column]
                table = table.copy(deep=False)
                told = _cells(str(heading), cells, name)
                table.isetitem(at, [None if cell is None or cell == "" or cell != cell else str(cell) for cell in told])
    return table


def _check_names(table: Any, name: str) -> None:
    """Whether a table has each column once."""
    columns: Any = getattr(table, "column_names", None)
    if columns is None:
        columns = getattr(table, "columns", ())
    if not isinstance(columns, Iterable):
        return
    seen: set[str] = set()
    for column in map(str, columns):
        if column in seen:
            raise InputFault(f"{name} has the column `{column}` twice", "leave one of them out, or give it another name")
        seen.add(column)


def _unreadable(problem: Exception, name: str) -> tuple[str, str]:
    """What pyarrow says of a data frame that it does not take, and the way out."""
    said = " ".join(map(str, problem.args)) or str(problem)
    found = re.search(r"Conversion failed for column (.*) with type (\S+)", said)
    help = "a column holds texts, numbers, days or times, all of one kind: bring it to one, as by `.astype(str)`, or leave it out"
    if found is None:
        return f"{name} cannot be read as a table of plain columns: {said}", help
    why = str(problem.args[0]) if len(problem.args) > 1 else said
    return f"the column `{found.group(1)}` of {name}, of the type {found.group(2)}, cannot be read: {why}", help


class Folder:
    """A folder for tables that are no files, while a command reads them."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        #: What the files in it are called in Python.
        self.names: dict[str, str] = {}
        #: The rows of each.
        self._rows: dict[str, int] = {}

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def new(self, file: str, name: str | None = None) -> str:
        """A path in it; `name` is what stands there in Python, as the file without its ending if nothing is said."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="foretell-")
        path = str(pathlib.Path(self._folder.name) / file)
        self.names[path] = name or file.partition(".")[0]
        return path

    def path(self, table: Frame, name: str, at: int | None = None) -> str:
        """The path of a table, which is written there if it is none yet; `at` is where it stands in a list of them."""
        file = name if at is None else f"{name}{at}"
        name = name if at is None else f"{name}[{at}]"
        if isinstance(table, (str, os.PathLike)):
            return os.fspath(table)
        if isinstance(table, numpy.ndarray) and table.dtype.names:
            table = {column: table[column] for column in table.dtype.names}
        if isinstance(table, Mapping):
            return self._columns(table, name, file)
        if list(getattr(getattr(table, "index", None), "names", ())) == [None]:
            # The row numbers of a data frame of pandas are no column.
            table = table.reset_index(drop=True)
        _check_names(table, name)
        table = _with_days_as_text(table, name)
        if type(table).__module__.partition(".")[0] == "polars":
            # A column without any value has no type, which Arrow's interface does not take from polars.
            untyped = [column for column, kind in dict(getattr(table, "schema", {})).items() if str(kind) == "Null"]
            table = table.with_columns(*(table[column].cast(str) for column in untyped)) if untyped else table
        columns = getattr(table, "columns", None)
        if columns is not None and len(columns) == 0 and len(table):
            raise KindFault(f"{name} has rows, but no columns")
        if hasattr(table, "__arrow_c_stream__"):
            try:
                path = self.new(f"{file}.parquet", name)
                self._rows[path] = _foretell.write_parquet(table, path)
                return path
            except ImportError:
                pass  # A frame of pandas without pyarrow.
            except Exception as problem:
                message, help = _unreadable(problem, name)
                raise KindFault(message, help) from problem
        if hasattr(table, "to_csv"):
            path = self.new(f"{file}.csv", name)
            _with_days_as_text(table, name, all_days=True).to_csv(path, index=False)
            self._rows[path] = len(table)
            return path
        raise KindFault(f"{name} must be a table: a data frame, an Arrow table, a mapping of arrays or a path, not {type(table).__name__}")

    def _columns(self, table: Mapping[str, Any], name: str, file: str) -> str:
        for heading, cells in table.items():
            if isinstance(cells, (str, bytes)) or not isinstance(cells, Iterable):
                raise KindFault(
                    f"{name} must be a mapping of columns, such as {{{heading!r}: [{cells!r:.40}, …], …}}: under {heading!r} stands a single value. "
                    "Rows become a table by pandas.DataFrame(rows)"
                )
        columns = {heading: _cells(heading, cells, name) for heading, cells in table.items()}
        lengths = {heading: len(cells) for heading, cells in columns.items()}
        if len(set(lengths.values())) > 1:
            raise InputFault(f"the columns of {name} must have one length, but they have {lengths}")
        path = self.new(f"{file}.csv", name)
        with open(path, "w", encoding="utf-8", newline="") as to:
            writer = csv.writer(to, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        self._rows[path] = max(lengths.values(), default=0)
        return path

    def check_rows(self, name: str, paths: list[str]) -> None:
        """Whether any of these tables has a row; of files nobody knows before they are read.

        Raises
        ------
        InputFault
            If none has.
        """
        if paths and not any(self._rows.get(path, 1) for path in paths):
            raise InputFault(f"there are no forecasts in `{name}`", "a table has a row for each: `question,forecaster,made_at,probability`")

    def options(self, given: Mapping[str, Any]) -> list[str]:
        """Keywords as options of the command line, tables among them by their paths."""
        arguments: list[str] = []
        for option, value in given.items():
            if option not in TABLES or value is None:
                continue
            if isinstance(value, (list, tuple)):
                if not value:
                    raise InputFault(f"the list of tables of {option} is empty")
                paths = [self.path(piece, option, at) for at, piece in enumerate(value)]
            else:
                paths = [self.path(value, option)]
            if option in FORECASTS:
                self.check_rows(option, paths)
            arguments += [f"--{option}={path}" for path in paths]
        return [*arguments, *_asking.options({name: value for name, value in given.items() if name not in TABLES})]
