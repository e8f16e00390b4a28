"""Asks the engine what the command line asks, and turns what it says into values, warnings and exceptions."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Union

import numpy

from . import _foretell, _wording
from .errors import ForetellWarning, InputFault, KindFault, Problem, of_environment

Scalar = Union[str, int, float, bool, datetime.date, numpy.generic, "os.PathLike[str]"]
#: The value of an option: `True` for a flag, a sequence for an option that may be given several times, `None` for its default.
Option = Union[Scalar, Sequence[Scalar], None]
#: Told the share of the work that is done, from 0 to 1. What it raises breaks the work off.
OnProgress = Callable[[float], object]
#: What the engine says of rows of a table that it did not take.
LEFT_OUT = re.compile(r"note: .*: \d+ left out, ")
#: `True` for a bar (of tqdm, if it is there), or whom to tell.
Progress = Union[bool, OnProgress]


def words(value: Scalar) -> str:
    """A value as the command line writes it."""
    if isinstance(value, numpy.datetime64):
        if numpy.isnat(value):
            raise InputFault("a day is missing: NaT")
        return str(value.astype("datetime64[D]"))
    if isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, datetime.datetime):
        if value != value:
            raise InputFault("a day is missing: NaT")
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        # `worlds=1e6` is a whole number to whoever writes it.
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise KindFault(f"a text, a number, a day or a path is needed, not {value!r}")


def options(given: Mapping[str, Option]) -> list[str]:
    """Keywords as options of the command line: ``doubt_draws=20`` is ``--doubt-draws=20``, ``events=True`` is ``--events``."""
    arguments: list[str] = []
    for name, value in given.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if isinstance(value, numpy.bool_):
            value = bool(value)
        if value is None or value is False:
            continue
        try:
            if value is True:
                arguments.append(option)
            elif isinstance(value, (list, tuple)):
                arguments.extend(f"{option}={words(one)}" for one in value)
            else:
                arguments.append(f"{option}={words(value)}")  # type: ignore[arg-type]
        except TypeError as problem:
            kind = type(value).__name__
            raise KindFault(f"{name} takes a text, a number, a day, a path or a list of these, not {kind}: {value!r:.60}") from problem
    return arguments


class Bar:
    """A bar: that of tqdm, or a line on stderr where there is none."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._bar: Any = None
        with contextlib.suppress(ImportError):
            from tqdm.auto import tqdm

            self._bar = tqdm(total=100, desc=what, unit="%", leave=False)

    def __call__(self, share: float) -> None:
        percent = round(100 * share)
        if self._bar is None:
            print(f"\r{self._what}: {percent} %", end="", file=sys.stderr, flush=True)
        else:
            self._bar.update(percent - self._bar.n)

    def close(self) -> None:
        """Takes it away."""
        if self._bar is None:
            print("\r", end="", file=sys.stderr, flush=True)
        else:
            self._bar.close()


def warn(message: str) -> None:
    """Warns at the line that called the package."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __name__.partition(".")[0]:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, ForetellWarning, stacklevel=level)


def is_worth_a_warning(remark: str) -> bool:
    """Whether `warn_of` would say it."""
    return LEFT_OUT.match(remark) is not None or _wording.of_unused(remark) is not None


def warn_of(remark: str) -> None:
    """Warns of what a note says where figures may not be those that were meant: rows that were left out, columns that are not used."""
    unused = _wording.of_unused(remark)
    if unused is not None:
        warn(unused)
    elif LEFT_OUT.match(remark):
        warn(remark.removeprefix("note: "))


def told(told: _foretell.Told, command: str, names: _wording.Names | None = None, warns: bool = True) -> _foretell.Told:
    """What was said, in Python's terms: warnings are raised as such, unless the answer itself is made of them or another will say them, and a failure as an exception.

    `names` are those of the tables that are no files, by the paths where they lie for the engine.
    """
    names = names or {}
    problems = tuple(Problem.of(one) for one in told.problems)
    if told.failure is not None:
        message, help, is_usage = told.failure
        kind = InputFault if told.exit_code == 1 or is_usage else of_environment
        if is_usage:
            said, way_out = _wording.refusal(message, command)
        else:
            said = _wording.in_python(message, names)
            way_out = None if help is None else _wording.way_out(help, names, message)
        if not problems and not is_usage:
            problems = tuple(map(Problem.of_table, _wording.of_tables(said, names)))
        raise kind(said, way_out, tuple(one for one in problems if one.severity == "error") or problems)
    for problem in problems:
        if problem.severity == "warning" and warns:
            warn(str(problem))
    remarks = [_wording.in_python(remark, names) for remark in told.remarks if not _wording.is_of_a_file_of_ours(remark, names)]
    for at, remark in enumerate(remarks):
        if remark.startswith("warning: "):
            help = remarks[at + 1] if at + 1 < len(remarks) and remarks[at + 1].startswith("  = help:") else ""
            warn(f"{remark.removeprefix('warning: ')}\n{help}".strip())
        elif warns:
            warn_of(remark)
    return told.with_remarks(remarks)


def listener(progress: Progress | None, what: str) -> tuple[OnProgress | None, Callable[[], None]]:
    """Whom to tell of progress, if anybody, and what ends it."""
    if isinstance(progress, (bool, numpy.bool_)) or progress is None:
        bar = Bar(what) if progress else None
        return bar, bar.close if bar is not None else lambda: None
    if not callable(progress):
        raise KindFault(f"progress takes True for a bar, False, or a function that is told the share that is done, not {progress!r:.60}")
    return progress, lambda: None


def ask(
    arguments: list[str],
    texts: Mapping[str, str] | None = None,
    progress: Progress = False,
    names: _wording.Names | None = None,
    warns: bool = True,
) -> _foretell.Told:
    """Runs a command; see `told`."""
    command = arguments[0]
    warns = warns and command != "check"
    listen, close = listener(progress, command)
    try:
        answer = told(_foretell.ask(arguments, dict(texts or {}), listen), command, names, warns)
        if listen is not None:
            listen(1.0)
        return answer
    finally:
        close()
