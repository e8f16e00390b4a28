"""What can go wrong, as exceptions that carry what the command line prints."""

from __future__ import annotations

import dataclasses
from typing import Any

__all__ = ["EnvironmentFault", "ForetellError", "ForetellWarning", "InputFault", "Problem"]


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something that was found in a scenario file or a phrase.

    Attributes
    ----------
    code
        Stable code, such as ``E0301``; docs/reference/diagnostics.md lists them.
    severity
        ``error``, ``warning`` or ``note``.
    message
        In words.
    file
        The file of priors, where it does not stand in the scenario itself.
    line, column
        Where it stands, both counted from 1; the column counts characters.
    help
        Ways out.
    """

    code: str
    severity: str
    message: str
    file: str | None
    line: int | None
    column: int | None
    help: tuple[str, ...]

    @classmethod
    def of(cls, told: dict[str, Any]) -> Problem:
        """From the form that the engine gives."""
        return cls(
            code=told["code"],
            severity=told["severity"],
            message=told["message"],
            file=told.get("file"),
            line=told.get("line"),
            column=told.get("column"),
            help=tuple(told["help"]),
        )

    def __str__(self) -> str:
        place = "" if self.line is None else f"{self.line}:{self.column}: "
        ways_out = "".join(f"\n  = help: {help}" for help in self.help)
        return f"{place}{self.severity}[{self.code}]: {self.message}{ways_out}"


class ForetellError(Exception):
    """Something went wrong.

    Attributes
    ----------
    message
        In words.
    help
        The way out, if one is known.
    problems
        What was found in the scenario file or the phrase.
    """

    def __init__(self, message: str, help: str | None = None, problems: tuple[Problem, ...] = ()) -> None:
        ways_out = "" if help is None else f"\n  = help: {help}"
        super().__init__("\n".join([*map(str, problems), message + ways_out]))
        self.message = message
        self.help = help
        self.problems = problems


class InputFault(ForetellError, ValueError):
    """The input is at fault: a bad value, a row that cannot be, an unknown name, an option that is none."""


class EnvironmentFault(ForetellError, OSError):
    """The engine could not run: a file that cannot be read or written, a damaged ledger."""

    def __str__(self) -> str:
        # `OSError` has a string of its own.
        return str(self.args[0])


class ForetellWarning(UserWarning):
    """Something to know about a result that was given all the same."""
