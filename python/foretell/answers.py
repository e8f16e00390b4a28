"""What the engine answers: the bytes of the command line, and the same as values, tables and pictures."""

from __future__ import annotations

import html
import json
import pathlib
import re
import tempfile
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy

from . import _foretell
from ._foretell import Table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Answer", "BriefAnswer", "CalibrationAnswer", "PoolAnswer", "RunAnswer", "Table"]

#: How far a picture shrinks in a page: its letters are 13 units high or more, and so at least 9 pixels.
LEAST = 0.7


def _series(table: Table, name: str, kind: str) -> pandas.Series[Any]:
    """A column of so typed values for pandas."""
    import pandas

    if kind == "number":
        return pandas.Series(table.numbers(name))
    values = table.column(name)
    if kind == "day":
        return pandas.Series(numpy.array(values, dtype="datetime64[D]").astype("datetime64[s]"))
    if kind == "whole":
        return pandas.Series(values, dtype="Int64" if None in values else "int64")
    return pandas.Series(values, dtype="str")


class Answer:
    """An answer in all its forms.

    ``str(answer)`` is what the command line prints, `json` what it prints with ``--format json``, byte by byte. In a notebook it shows itself. It can be pickled
    and copied; the copy has all that this has.

    Examples
    --------
    >>> answer = foretell.load("scenarios/golden.toml").run(worlds=10_000)
    >>> answer.data["schema"]
    'foretell.run/1'
    >>> answer.table.column("id")[0], answer.table.numbers("value")[0]
    ('paper', np.float64(0.2123))
    >>> answer.to_pandas()[["id", "part", "value"]].head(2)
                     id part     value
    0             paper  yes  0.212300
    1  attends_if_paper  yes  0.752708
    """

    def __init__(self, told: _foretell.Told) -> None:
        self._told = told

    @property
    def json(self) -> str:
        """The JSON document, a text whose ``schema`` names its form; empty where there is none."""
        return self._told.json or ""

    @cached_property
    def data(self) -> Any:
        """The same as dictionaries, lists, texts and numbers."""
        return json.loads(self.json)

    @property
    def text(self) -> str:
        """The text for people."""
        return self._told.text

    @property
    def markdown(self) -> str:
        """The same in Markdown."""
        return self._told.markdown

    @property
    def picture(self) -> str | None:
        """What there is to see, as SVG; `None` where there is nothing to draw.

        Of a run the chances of its questions and where doubt about the inputs leaves them, of a calibration the reliability diagram, of a comparison the differences with their 95 % intervals, of a leaderboard values and ranks; a comparison
        and a leaderboard under several rules show the first.
        """
        return self._told.picture

    @property
    def remarks(self) -> list[str]:
        """Notes and warnings that went with it, a line each; warnings were raised as `ForetellWarning`, too."""
        return self._told.remarks

    @property
    def table(self) -> Table:
        """The figures as rows with typed columns (texts, whole numbers, doubles, days): those of ``--format csv``. The method that gave the answer says what
        they are.

        Reads by the Arrow PyCapsule interface without a copy: ``pyarrow.table(answer.table)``, ``polars.DataFrame(answer.table)``.

        Raises
        ------
        ValueError
            If there is no table: of ``help=True``, say.
        """
        table = self._told.table
        if table is None:
            raise ValueError("this answer has no table")
        return table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.Table:
        """The table as one of pyarrow, not copied."""
        import pyarrow

        return pyarrow.table(self.table)

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a data frame of pandas.

        Figures are ``float64`` (NaN where there is none), days ``datetime64[s]`` (NaT), texts ``str``; whole numbers are ``int64``, or ``Int64`` where one is
        missing. A column has its type also where it is empty all through.
        """
        import pandas

        table = self.table
        columns = zip(table.column_names, table.column_kinds, strict=True)
        return pandas.DataFrame({name: _series(table, name, kind) for name, kind in columns})

    def to_polars(self) -> polars.DataFrame:
        """The table as a data frame of polars, not copied."""
        import polars

        return polars.DataFrame(self.table)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text.rstrip("\n")

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _figures(self) -> str:
        """The text as HTML."""
        return f'<pre style="white-space: pre; overflow-x: auto">{html.escape(self.text)}</pre>'

    def _shown(self) -> str:
        """The picture as HTML: on a narrow screen it shrinks as far as it can be read, and is scrolled beyond that."""
        if not self.picture:
            return ""
        width = re.search(r'^<svg[^>]*\bwidth="([\d.]+)"', self.picture)
        least = LEAST * float(width.group(1)) if width else 0.0
        fitted = self.picture.replace("<svg ", f'<svg style="max-width: 100%; min-width: {least:.0f}px; height: auto" ', 1)
        return f'<div style="overflow-x: auto">{fitted}</div>'

    def _repr_html_(self) -> str:
        return f"{self._shown()}{self._figures()}"


class RunAnswer(Answer):
    """Forecasts of a run.

    Examples
    --------
    >>> answer = foretell.load("scenarios/golden.toml").run(worlds=10_000)
    >>> answer.probabilities["attends_if_paper"] > answer.probabilities["paper"]
    True
    >>> answer.picture[:4]
    '<svg'
    """

    @cached_property
    def probabilities(self) -> dict[str, float]:
        """The chance of yes, from 0 to 1, of each yes/no question; a `ValueError` where there is none: of a replay, or of ``help=True``."""
        if not self.json or "questions" not in self.data:
            raise ValueError("this answer has no forecasts of questions: a replay has a table of them, `table`")
        return {
            question["id"]: question["forecast"]["probability"]
            for question in self.data["questions"]
            if "probability" in (question["forecast"] or {})
        }

    def _repr_html_(self) -> str:
        return f"{self._shown()}<details><summary>Figures</summary>{self._figures()}</details>"


class BriefAnswer(Answer):
    """A brief: `page` is it as HTML, `markdown` as Markdown.

    Examples
    --------
    >>> brief = foretell.load("scenarios/golden.toml").brief(worlds=10_000)
    >>> "ICD 203" in brief.page
    True
    """

    def __init__(self, told: _foretell.Told, write: Callable[[str], object]) -> None:
        super().__init__(told)
        self._write = write

    @cached_property
    def page(self) -> str:
        """The whole brief as one HTML page that needs no network and no script; worked out when it is first asked for."""
        with tempfile.TemporaryDirectory(prefix="foretell-") as folder:
            path = pathlib.Path(folder) / "brief.html"
            self._write(str(path))
            return path.read_text(encoding="utf-8")

    def __getstate__(self) -> dict[str, Any]:
        # A copy may come to where the scenario is not: it takes the page with it.
        return {**self.__dict__, "page": self.page, "_write": None}

    def _repr_html_(self) -> str:
        frame = "width: 100%; height: 40em; border: 1px solid #d7dce2"
        return f'<iframe style="{frame}" srcdoc="{html.escape(self.page)}"></iframe>'


class CalibrationAnswer(Answer):
    """Calibration, with its reliability diagram under `picture`. Given by `foretell.calibrate`."""


class PoolAnswer(Answer):
    """How to pool, what to expect of it, and the pooled forecasts. Given by `foretell.pool`.

    Attributes
    ----------
    pooled
        The pooled forecasts by column, if some were to be pooled: what a table of forecasts holds, as text. ``pandas.DataFrame(answer.pooled)`` is a frame of them.
    """

    def __init__(self, told: _foretell.Told, pooled: dict[str, list[str]] | None) -> None:
        super().__init__(told)
        self.pooled = pooled
