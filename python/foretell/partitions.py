"""Scores of forecasts that lie in many pieces, each scored where a worker is, and put together to the bits of one pass."""

from __future__ import annotations

import dataclasses
import glob
import os
import pathlib
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from . import _asking, _wording
from ._paths import are_several, files_of
from ._tables import Folder, Frame, Names
from ._tables import names_of as _names
from .answers import Answer
from .errors import InputFault, KindFault, of_environment
from .executors import Work, check_executor, merged, packed, while_wanted
from .records import reasoned

__all__ = ["score_partition", "score_partitions"]


#: A file that goes to every worker: the option that it is of, its name there, and its bytes.
Shared = tuple[str, str, bytes]


def score_partition(piece: Frame, shared: list[Shared], options: list[str], at: int, run: str = "") -> bytes:
    """Scores one piece, which stands at `at` in the list; what it gives, `packed`, is put together with others. What a worker runs."""
    with Folder() as folder:
        arguments = ["score", "--stream", "--part=-", f"--forecasts={folder.path(piece, 'forecasts', at)}"]
        for option, name, content in shared:
            path = folder.new(name)
            with open(path, "wb") as file:
                file.write(content)
            arguments.append(f"--{option}={path}")
        try:
            told = _asking.ask([*arguments, *options], progress=while_wanted(run), names=folder.names, warns=False)
        except InputFault as fault:
            message, help = _wording.of_partitions(fault.message), fault.help
            problems = tuple(dataclasses.replace(one, message=_wording.of_partitions(one.message)) for one in fault.problems)
            raise type(fault)(message, None if help is None else _wording.of_partitions(help), problems) from None
        return packed(told.text, [remark for remark in told.remarks if _asking.is_worth_a_warning(remark)])


#: Endings of files that are tables.
TABLES = (".csv", ".jsonl", ".parquet")


def pieces_of(forecasts: Any) -> list[Any]:
    """The pieces: those of a list, the files of a folder or of a pattern, or the partitions of a data frame of Dask."""
    if isinstance(forecasts, (str, os.PathLike)):
        return list(files_of(forecasts, TABLES, "table"))
    if hasattr(forecasts, "to_delayed"):
        return list(forecasts.to_delayed())
    if not are_several(forecasts):
        raise KindFault("`forecasts` must be a list of paths or tables, a folder, a pattern of paths, or a data frame of Dask: a single table is scored by `foretell.score`")
    pieces = list(forecasts)
    if not pieces:
        raise InputFault("the list of tables of forecasts is empty")
    return pieces


def _ending(path: str) -> str:
    """What follows the last dot of a file's name, with it."""
    return os.path.splitext(path)[1]


def _read(folder: Folder, option: str, table: Frame) -> list[Shared]:
    """The files of a table, of a list of tables, or of a pattern of paths."""
    several = list(table) if isinstance(table, (list, tuple)) else [table]
    if not several:
        raise InputFault(f"the list of tables of {option} is empty")
    paths: list[str] = []
    for at, one in enumerate(several):
        path = folder.path(one, option, at if isinstance(table, (list, tuple)) else None)
        found = [] if os.path.exists(path) else sorted(glob.glob(path))
        paths += found or [path]
    files = []
    for at, path in enumerate(paths):
        name = option if len(paths) == 1 else f"{option}{at}"
        try:
            content = pathlib.Path(path).read_bytes()
        except OSError as problem:
            raise of_environment(f"`{path}` cannot be read: {problem.strerror} (os error {problem.errno})", "give the path of a file that is there, or a table") from None
        files.append((option, f"{name}{_ending(path)}", content))
    return files


def _check_forecasters(names: list[str], answer: Answer) -> None:
    """Whoever is named has a score, or the answer says why nobody has."""
    known = set(answer.table.column("forecaster"))
    for name in names:
        if name not in known:
            raise InputFault(f"there is no forecast by `{name}` that could be scored")


def score_partitions(
    forecasts: Iterable[Frame] | Any,
    outcomes: Frame,
    questions: Frame = None,
    *,
    executor: Executor | None = None,
    rule: Names | None = None,
    forecaster: Names | None = None,
    progress: _asking.Progress = False,
) -> Answer:
    """Mean scores of yes/no forecasts in many pieces, each scored by a worker.

    Parameters
    ----------
    forecasts
        Paths that every worker can read, or tables: a list, or what gives them one by one; a folder, whose files that end in ``.csv``, ``.jsonl`` or
        ``.parquet`` are the pieces, or a pattern such as ``"part-*.parquet"``; or a data frame of Dask, whose partitions are the pieces. Each forecaster has one forecast a
        question in all pieces together: forecasts that change are weighted by how long they stood, and need all of them side by side.
    outcomes, questions
        Tables, lists of tables or patterns of paths, which go to every worker.
    executor
        Any `concurrent.futures.Executor`, such as ``client.get_executor()`` of Dask distributed; without one, this process works out one piece after the other.
    rule, forecaster
        As in `foretell.score`.
    progress
        ``True`` for a bar, or a function that is told the share that is done.

    Returns
    -------
    Answer
        That of ``foretell.score(…, stream=True)`` of all rows, to the last bit, however the rows are dealt out: sums are exact there and here. `foretell.score`
        without ``stream`` adds up in the order of the rows, and differs by rounding: means by some 2e-15.

    Raises
    ------
    InputFault
        If a table is at fault: the message names the piece (``forecasts[1]``) and the row. If somebody is named who has no forecast.
    TypeError
        If `forecasts` are a single table, something is no table, or `executor` is no executor.
    MissingFile
        If a folder holds no table, or a pattern fits no file.

    Warns
    -----
    ForetellWarning
        If nothing can be scored: it says why. If columns of a table mean nothing there: it names them, once for all pieces.

    Examples
    --------
    >>> pieces = [
    ...     {"question": ["rain"], "forecaster": ["ada"], "made_at": ["2025-01-05"], "probability": [0.8]},
    ...     {"question": ["snow"], "forecaster": ["ada"], "made_at": ["2025-01-05"], "probability": [0.1]},
    ... ]
    >>> outcomes = {"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
    >>> answer = foretell.score_partitions(pieces, outcomes, rule="brier")
    >>> answer.to_pandas()[["forecaster", "mean", "questions"]]
      forecaster   mean  questions
    0        ada  0.025          2
    """
    if executor is None:
        with ThreadPoolExecutor(1) as own:
            return score_partitions(forecasts, outcomes, questions, executor=own, rule=rule, forecaster=forecaster, progress=progress)
    check_executor(executor)
    names = _names(forecaster)
    options = _asking.options({"rule": ",".join(_names(rule)) or None, "forecaster": names})
    shared: list[Shared] = []
    with Folder() as folder:
        for name, table in (("outcomes", outcomes), ("questions", questions)):
            if table is not None:
                shared += _read(folder, name, table)
    work: list[Work] = []
    for at, piece in enumerate(pieces_of(forecasts)):
        compute = getattr(piece, "dask", None)
        if compute is not None:
            work.append((_score_delayed, (piece, shared, options, at)))
        else:
            work.append((score_partition, (piece, shared, options, at)))
    remarks: list[str] = []
    called = {f"part {at + 1}": f"forecasts[{at}]" for at in range(len(work))}
    answer = Answer(merged(executor, work, events=False, progress=progress, names=called, on_remark=remarks.append))
    for remark in _of_all_pieces(remarks):
        _asking.warn_of(remark)
    if names:
        _check_forecasters(names, answer)
    reasoned(answer._told)
    return answer


def _of_all_pieces(remarks: list[str]) -> list[str]:
    """What was said of pieces, each once: of columns that are not used, of the first piece that has them; what every worker says of outcomes, one time."""
    said: dict[tuple[str, str], str] = {}
    for remark in remarks:
        table, of_columns, columns = remark.partition(": columns not used: ")
        is_of_all = table in ("note: outcomes", "note: questions")
        said.setdefault((table if is_of_all or not of_columns else "", columns or remark), remark)
    return list(said.values())


def _score_delayed(piece: Any, shared: list[Shared], options: list[str], at: int, run: str) -> bytes:
    """Reads a partition of Dask where the worker is, and scores it."""
    return score_partition(piece.compute(scheduler="synchronous"), shared, options, at, run)
