"""What the engine answers: the bytes of the command line, and the same as values, tables and pictures."""

from __future__ import annotations

import html
import json
import pathlib
import tempfile
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import _foretell
from ._foretell import Table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Answer", "BriefAnswer", "RunAnswer", "Table"]


class Answer:
    """An answer in all its forms.

    ``str(answer)`` is what the command line prints, `json` what it prints with ``--format json``, byte by byte.
    """

    def __init__(self, told: _foretell.Told) -> None:
        self._told = told

    @property
    def json(self) -> str:
        """The JSON document, whose ``schema`` names its form."""
        return self._told.json or ""

    @cached_property
    def data(self) -> Any:
        """The same as dictionaries and lists."""
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
    def remarks(self) -> list[str]:
        """Notes and warnings that went with it."""
        return self._told.remarks

    @property
    def table(self) -> Table:
        """The figures as rows with typed columns: those of ``--format csv``.

        Reads by the Arrow PyCapsule interface without a copy: ``pyarrow.table(answer.table)``, ``polars.DataFrame(answer.table)``.
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
        """The table as a data frame of pandas."""
        import pandas

        table = self.table
        return pandas.DataFrame({name: table.column(name) for name in table.column_names})

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

    def _repr_html_(self) -> str:
        return f'<pre style="white-space: pre; overflow-x: auto">{html.escape(self.text)}</pre>'


class RunAnswer(Answer):
    """Forecasts of a run."""

    @property
    def picture(self) -> str | None:
        """Every chance with where doubt about the inputs leaves it, as SVG; `None` where no question has a chance."""
        return self._told.picture

    @cached_property
    def probabilities(self) -> dict[str, float]:
        """The chance of yes of each yes/no question."""
        return {
            question["id"]: question["forecast"]["probability"]
            for question in self.data["questions"]
            if "probability" in (question["forecast"] or {})
        }

    def _repr_html_(self) -> str:
        return f"{self.picture or ''}<details><summary>Figures</summary>{super()._repr_html_()}</details>"


class BriefAnswer(Answer):
    """A brief."""

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

    def _repr_html_(self) -> str:
        frame = "width: 100%; height: 40em; border: 1px solid #d7dce2"
        return f'<iframe style="{frame}" srcdoc="{html.escape(self.page)}"></iframe>'
