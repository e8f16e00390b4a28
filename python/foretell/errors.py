"""What can go wrong, as exceptions that carry what the engine found."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

from . import _wording

__all__ = ["EnvironmentFault", "ForetellError", "ForetellWarning", "InputFault", "KindFault", "MissingFile", "Problem"]


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something that was found in a scenario file, a phrase or a table.

    Attributes
    ----------
    code
        Stable code, such as ``E0301``; docs/reference/diagnostics.md lists them. Empty for what was found in a table.
    severity
        ``error``, ``warning`` or ``note``.
    message
        In words.
    file
        The file of priors, where it does not stand in the scenario itself; the path of a table that is a file.
    line, column
        Where it stands, both counted from 1; the column counts characters.
    help
        Ways out.
    table, row
        What a table that is no file is called, such as ``forecasts`` or ``forecasts[1]``, and its row, counted from 1, if the fault is of one.

    Examples
    --------
    >>> problem = foretell.check("title = 'Rain'\\nas_of = 2025-08-19\\n")[0]
    >>> problem.severity, problem.line, problem.column
    ('error', 1, 1)
    """

    code: str
    severity: str
    message: str
    file: str | None
    line: int | None
    column: int | None
    help: tuple[str, ...]
    table: str | None
    row: int | None

    @classmethod
    def of(cls, told: dict[str, Any]) -> Problem:
        """From the form that the engine gives, in Python's terms."""
        return cls(
            code=told["code"],
            severity=told["severity"],
            message=_wording.in_python(told["message"]),
            file=told.get("file"),
            line=told.get("line"),
            column=told.get("column"),
            help=tuple(map(_wording.in_python, told["help"])),
            table=None,
            row=None,
        )

    @classmethod
    def of_table(cls, told: dict[str, str]) -> Problem:
        """From what `_wording.of_tables` found."""
        line, row = told.get("line"), told.get("row")
        return cls(
            code="",
            severity="error",
            message=told["said"],
            file=told.get("file"),
            line=None if line is None else int(line),
            column=None,
            help=(),
            table=told.get("table"),
            row=None if row is None else int(row),
        )

    @property
    def is_of_table(self) -> bool:
        """Whether it was found in a table."""
        return not self.code

    def __str__(self) -> str:
        if self.is_of_table:
            row = "" if self.row is None else f", row {self.row}"
            place = f"{self.file}:{self.line}" if self.file else f"{self.table}{row}"
            return f"{place}: {self.message}"
        place = "" if self.line is None else f"{self.line}:{self.column}: "
        ways_out = "".join(f"\n  = help: {help}" for help in self.help)
        return f"{place}{self.severity}[{self.code}]: {self.message}{ways_out}"


class ForetellError(Exception):
    """Something went wrong: `InputFault` or `EnvironmentFault`. It can be pickled with all that it carries.

    Attributes
    ----------
    message
        In words.
    help
        The way out, if one is known.
    problems
        What was found in the scenario file or the phrase, or in which rows of which table.
    """

    def __init__(self, message: str, help: str | None = None, problems: tuple[Problem, ...] = ()) -> None:
        ways_out = "" if help is None else f"\n  = help: {help}"
        # What is wrong with tables is the message itself.
        super().__init__("\n".join([*(str(one) for one in problems if not one.is_of_table), message + ways_out]))
        self.message = message
        self.help = help
        self.problems = problems

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.help, self.problems)


class InputFault(ForetellError, ValueError):
    """The input is at fault: a bad value, a row that cannot be, an unknown name, a keyword that is none. A `ValueError`.

    Examples
    --------
    >>> try:
    ...     foretell.run("scenarios/golden.toml", doubt_drwas=20)
    ... except foretell.InputFault as fault:
    ...     print(fault.message)
    ...     print(fault.help)
    `Scenario.run` has no keyword `doubt_drwas`
    did you mean `doubt_draws`?
    """


class KindFault(InputFault, TypeError):
    """The input is of another kind than is needed: something that is no table, a column that cannot be read, an option that is neither text nor number. An
    `InputFault`, and a `TypeError`, too.
    """


class EnvironmentFault(ForetellError, OSError):
    """The engine could not run: a file that cannot be read or written, a damaged ledger. An `OSError`.

    Examples
    --------
    >>> try:
    ...     foretell.run("nowhere.toml")
    ... except OSError as fault:
    ...     print(fault.message)
    cannot read `nowhere.toml`: No such file or directory (os error 2)
    """

    def __str__(self) -> str:
        # `OSError` has a string of its own.
        return str(self.args[0])


class MissingFile(EnvironmentFault, FileNotFoundError):
    """A file that is not there, such as a scenario, a table or a ledger that is only read, or the folder of one to write. An `EnvironmentFault` and a `FileNotFoundError`.

    Examples
    --------
    >>> try:
    ...     foretell.run("nowhere.toml")
    ... except FileNotFoundError as fault:
    ...     print(fault)
    cannot read `nowhere.toml`: No such file or directory (os error 2)
      = help: give the path of a file that is there; a scenario may also be given as its text, which has line breaks
    """


def of_environment(message: str, help: str | None = None, problems: tuple[Problem, ...] = ()) -> EnvironmentFault:
    """The fault that the system's number of the error calls for, which a message of the engine holds: 2 is a file that is not there on every system, 3 a folder on Windows."""
    codes = {"(os error 2)", "(os error 3)"} if os.name == "nt" else {"(os error 2)"}
    kind = MissingFile if any(code in message for code in codes) else EnvironmentFault
    return kind(message, help, problems)


class ForetellWarning(UserWarning):
    """Something to know about a result that was given all the same.

    ``warnings.simplefilter("error", foretell.ForetellWarning)`` makes exceptions of them.
    """
