"""Scores of forecasts that lie in many pieces, each scored where a worker is, and put together to the bits of one pass."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from typing import Any

from . import _asking
from ._tables import Folder, Frame, Names
from ._tables import names_of as _names
from .answers import Answer
from .executors import Work, merged, packed

__all__ = ["score_partition", "score_partitions"]


def score_partition(piece: Frame, shared: dict[str, bytes], options: list[str], at: int) -> bytes:
    """Scores one piece, which stands at `at` in the list; what it gives, `packed`, is put together with others. What a worker runs."""
    with Folder() as folder:
        arguments = ["score", "--stream", "--part=-", f"--forecasts={folder.path(piece, 'forecasts', at)}"]
        for name, content in shared.items():
            option, _, ending = name.partition(".")
            path = folder.new(f"{option}.{ending}")
            with open(path, "wb") as file:
                file.write(content)
            arguments.append(f"--{option}={path}")
        return packed(_asking.ask([*arguments, *options], names=folder.names).text)


def pieces_of(forecasts: Any) -> list[Any]:
    """The pieces: those of a list, or the partitions of a data frame of Dask."""
    if hasattr(forecasts, "to_delayed"):
        return list(forecasts.to_delayed())
    if isinstance(forecasts, (list, tuple)):
        return list(forecasts)
    raise TypeError("pieces are a list of paths or tables, or a data frame of Dask")


def score_partitions(
    forecasts: Iterable[Frame] | Any,
    outcomes: Frame,
    questions: Frame = None,
    *,
    executor: Executor,
    rule: Names | None = None,
    forecaster: Names | None = None,
    progress: _asking.Progress = False,
) -> Answer:
    """Mean scores of yes/no forecasts in many pieces, each scored by a worker.

    Parameters
    ----------
    forecasts
        A list of paths that every worker can read, or of tables; or a data frame of Dask, whose partitions are the pieces. Each forecaster has one forecast a
        question in all pieces together: forecasts that change are weighted by how long they stood, and need all of them side by side.
    outcomes, questions
        Tables, which go to every worker.
    executor
        Any `concurrent.futures.Executor`, such as ``client.get_executor()`` of Dask distributed.
    rule, forecaster
        As in `foretell.score`.

    Returns
    -------
    Answer
        That of ``foretell.score(…, stream=True)`` of all rows, to the last bit, however the rows are dealt out: sums are exact.

    Raises
    ------
    InputFault
        If a table is at fault: the message names the piece (``forecasts[1]``) and the row.
    TypeError
        If the pieces are no list, or something is no table.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> pieces = [
    ...     {"question": ["rain"], "forecaster": ["ada"], "made_at": ["2025-01-05"], "probability": [0.8]},
    ...     {"question": ["snow"], "forecaster": ["ada"], "made_at": ["2025-01-05"], "probability": [0.1]},
    ... ]
    >>> outcomes = {"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
    >>> with ThreadPoolExecutor(2) as executor:
    ...     answer = foretell.score_partitions(pieces, outcomes, executor=executor, rule="brier")
    >>> answer.to_pandas()[["forecaster", "mean", "questions"]]
      forecaster   mean  questions
    0        ada  0.025          2
    """
    options = _asking.options({"rule": ",".join(_names(rule)) or None, "forecaster": _names(forecaster)})
    shared: dict[str, bytes] = {}
    with Folder() as folder:
        for name, table in (("outcomes", outcomes), ("questions", questions)):
            if table is not None:
                path = folder.path(table, name)
                with open(path, "rb") as file:
                    shared[f"{name}.{path.rpartition('.')[2]}"] = file.read()
    work: list[Work] = []
    for at, piece in enumerate(pieces_of(forecasts)):
        compute = getattr(piece, "dask", None)
        if compute is not None:
            work.append((_score_delayed, (piece, shared, options, at)))
        else:
            work.append((score_partition, (piece, shared, options, at)))
    return Answer(merged(executor, work, events=False, progress=progress))


def _score_delayed(piece: Any, shared: dict[str, bytes], options: list[str], at: int) -> bytes:
    """Reads a partition of Dask where the worker is, and scores it."""
    return score_partition(piece.compute(scheduler="synchronous"), shared, options, at)
