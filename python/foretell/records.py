"""Forecasts against what happened: scored, compared, calibrated, pooled – from data frames, Arrow tables, arrays or files.

A table of forecasts has a row for each forecast: ``question``, ``forecaster``, ``made_at`` and ``probability``; or, for other kinds, ``option`` and ``probability``,
``quantile`` and ``value``, ``day`` and ``never``. Outcomes have ``question``, ``resolution`` and ``resolved_on``; definitions of questions ``id``, ``kind``, ``opens``,
``closes``, ``tags``, ``cluster``. Outcomes may also stand beside yes/no forecasts, in a table of ``question_id``, ``forecaster``, ``probability`` and ``outcome``. Files of
platforms and hubs are taken as they come.

A table may be a data frame of pandas or polars, a table of pyarrow, anything with ``__arrow_c_stream__``, a mapping of names to arrays, a structured array of NumPy, or
a path.
"""

from __future__ import annotations

import csv
import os
import pathlib
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any, Union

import numpy

from . import _asking, _foretell
from ._asking import Option
from .answers import Answer

__all__ = ["Frame", "PoolAnswer", "calibrate", "cohere", "compare", "leaderboard", "pool", "score"]

#: A table of rows, or where one is.
Frame = Any
Names = Union[str, Iterable[str]]


def _names(names: Names | None) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


class Folder:
    """A folder for tables that are no files, while a command reads them."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def new(self, name: str) -> str:
        """A path in it."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="foretell-")
        return str(pathlib.Path(self._folder.name) / name)

    def path(self, table: Frame, name: str) -> str:
        """The path of a table, which is written there if it is none yet."""
        if isinstance(table, (str, os.PathLike)):
            return os.fspath(table)
        if isinstance(table, numpy.ndarray) and table.dtype.names:
            table = {column: table[column] for column in table.dtype.names}
        if isinstance(table, Mapping):
            return self._columns(table, name)
        if hasattr(table, "__arrow_c_stream__"):
            try:
                path = self.new(f"{name}.parquet")
                _foretell.write_parquet(table, path)
                return path
            except ImportError:
                pass  # A frame of pandas without pyarrow.
            except Exception as problem:
                raise TypeError(f"{name} cannot be read as a table of plain columns: {problem}") from problem
        if hasattr(table, "to_csv"):
            path = self.new(f"{name}.csv")
            table.to_csv(path, index=False)
            return path
        raise TypeError(f"{name} must be a table: a data frame, an Arrow table, a mapping of arrays or a path, not {type(table).__name__}")

    def _columns(self, table: Mapping[str, Any], name: str) -> str:
        columns = {heading: list(cells) for heading, cells in table.items()}
        lengths = {heading: len(cells) for heading, cells in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns of {name} must have one length, but they have {lengths}")
        path = self.new(f"{name}.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        return path


def _judged(
    command: str,
    tables: tuple[Frame, Frame, Frame],
    ledger: os.PathLike[str] | str | None,
    options: Mapping[str, Option],
    *names: str,
) -> _foretell.Told:
    """Asks a command that judges forecasts: those of tables (forecasts, outcomes, questions), or those of a ledger."""
    if (tables[0] is None) == (ledger is None):
        raise TypeError("give either a table of forecasts or a `ledger`")
    with Folder() as folder:
        arguments = [command]
        if ledger is not None:
            arguments.append(f"--ledger={os.fspath(ledger)}")
        for option, table in zip(("forecasts", "outcomes", "questions"), tables, strict=True):
            pieces = table if isinstance(table, list) else [] if table is None else [table]
            arguments += [f"--{option}={folder.path(piece, f'{option}{at or str()}')}" for at, piece in enumerate(pieces)]
        if isinstance(tables[0], list) and not tables[0]:
            raise ValueError("the list of tables of forecasts is empty")
        return _asking.ask([*arguments, *_asking.options(options), *(["--", *names] if names else [])])


def score(
    forecasts: Frame = None,
    outcomes: Frame = None,
    questions: Frame = None,
    *,
    rule: Names | None = None,
    by: str | None = None,
    forecaster: Names | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> Answer:
    """Mean scores of each forecaster with their standard errors, which respect clusters of questions.

    Parameters
    ----------
    forecasts, outcomes, questions
        Tables, as the module says; a list of tables is read as one.
    rule
        Scoring rules, such as ``brier``, ``log``, ``wis``: at least one for every kind of question if none is named.
    by
        ``forecaster``, ``question`` or ``tag``.
    forecaster
        Only these.
    ledger
        A ledger instead of tables.
    **options
        Further options of ``foretell score``.

    Returns
    -------
    Answer
        Its table has the columns ``rule``, ``forecaster``, ``mean``, ``standard error``, ``questions`` and more. Lower is better.
    """
    rules = ",".join(_names(rule)) or None
    asked = {"rule": rules, "by": by, "forecaster": _names(forecaster), **options}
    return Answer(_judged("score", (forecasts, outcomes, questions), ledger, asked))


def compare(
    *forecasters: str,
    forecasts: Frame = None,
    outcomes: Frame = None,
    questions: Frame = None,
    rule: Names | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> Answer:
    """Forecasters compared on the questions that they have in common; the verdict may be that nobody can tell yet.

    ``foretell compare``. Tests respect the dependence of questions within clusters and are corrected for their number.
    """
    for name in forecasters:
        if not isinstance(name, str):
            raise TypeError(f"compare takes names of forecasters, and tables as keywords: compare(\"ada\", \"bob\", forecasts=…), not {type(name).__name__}")
    asked = {"rule": ",".join(_names(rule)) or None, **options}
    return Answer(_judged("compare", (forecasts, outcomes, questions), ledger, asked, *forecasters))


def calibrate(
    forecasts: Frame = None,
    outcomes: Frame = None,
    questions: Frame = None,
    *,
    by: str | None = None,
    forecaster: Names | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> CalibrationAnswer:
    """How far stated probabilities can be taken at their word.

    ``foretell calibrate``: reliability with bands, CORP and Murphy decompositions, tests. Only questions whose scheduled close has passed count, unless
    ``all_resolved=True``.
    """
    with Folder() as folder:
        picture = folder.new("reliability.svg")
        asked = {"by": by, "forecaster": _names(forecaster), "svg": picture, **options}
        told = _judged("calibrate", (forecasts, outcomes, questions), ledger, asked)
        drawn = pathlib.Path(picture)
        return CalibrationAnswer(told, drawn.read_text(encoding="utf-8") if drawn.exists() else None)


class CalibrationAnswer(Answer):
    """Calibration, with its reliability diagram."""

    def __init__(self, told: _foretell.Told, picture: str | None) -> None:
        super().__init__(told)
        #: The reliability diagram, as SVG; `None` where there is nothing to draw.
        self.picture = picture

    def _repr_html_(self) -> str:
        return f"{self.picture or ''}{super()._repr_html_()}"


def leaderboard(
    forecasts: Frame = None,
    outcomes: Frame = None,
    questions: Frame = None,
    *,
    rule: Names | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> Answer:
    """Everybody ranked, with what cannot be told apart yet. ``foretell leaderboard``."""
    asked = {"rule": ",".join(_names(rule)) or None, **options}
    return Answer(_judged("leaderboard", (forecasts, outcomes, questions), ledger, asked))


class PoolAnswer(Answer):
    """How to pool, what to expect of it, and the pooled forecasts."""

    def __init__(self, told: _foretell.Told, pooled: dict[str, list[str]] | None) -> None:
        super().__init__(told)
        #: The pooled forecasts by column, if some were to be pooled: what a table of forecasts holds, as text.
        self.pooled = pooled


def pool(
    fit: Frame = None,
    outcomes: Frame = None,
    apply: Frame = None,
    *,
    method: str | None = None,
    name: str | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> PoolAnswer:
    """Learns from past forecasts how to pool, and pools new ones.

    Parameters
    ----------
    fit, outcomes
        Past forecasts and what happened. Outcomes of those to be pooled are never looked at.
    apply
        Forecasts to be pooled.
    method
        ``auto`` chooses by cross-validation; ``foretell pool --list`` lists the others.
    name
        Who the pooled forecasts are by; ``pool`` if not given.
    """
    with Folder() as folder:
        arguments = ["pool"]
        tables = (("fit", fit), ("outcomes", outcomes), ("apply", apply))
        arguments += [f"--{option}={folder.path(table, option)}" for option, table in tables if table is not None]
        out = folder.new("pooled.csv") if apply is not None or options.get("open") else None
        asked = _asking.options({"method": method, "name": name, "ledger": ledger, "out": out, **options})
        told = _asking.ask([*arguments, *asked])
        return PoolAnswer(told, None if out is None else _columns_of(out))


def _columns_of(path: str) -> dict[str, list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    return {name: [row[at] for row in rows] for at, name in enumerate(heading)}


def cohere(
    forecasts: Frame,
    questions: Frame = None,
    *,
    relations: os.PathLike[str] | str | None = None,
    scenario: os.PathLike[str] | str | None = None,
    **options: Option,
) -> Answer:
    """Which figures cannot stand together, and the nearest that can. ``foretell cohere``."""
    with Folder() as folder:
        arguments = ["cohere", folder.path(forecasts, "forecasts")]
        if questions is not None:
            arguments.append(f"--questions={folder.path(questions, 'questions')}")
        asked = _asking.options({"relations": relations, "scenario": scenario, **options})
        return Answer(_asking.ask([*arguments, *asked]))
