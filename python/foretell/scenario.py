"""Scenario files: checked, run, explained, updated."""

from __future__ import annotations

import datetime
import os
import pathlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from typing import Any, Union

from . import _asking, _foretell
from ._asking import Option, Progress
from .answers import Answer, BriefAnswer, RunAnswer
from .errors import Problem
from .executors import run_on
from .records import Folder

__all__ = ["Scenario", "check", "load", "run"]

Day = Union[datetime.date, str]
Phrases = Union[str, Iterable[str]]

#: The name of a scenario that comes from no file.
TEXT = "scenario.toml"


def _phrases(name: str, phrases: Phrases) -> list[str]:
    """Phrases as a list; a mapping would lose what it says of each."""
    several = [phrases] if isinstance(phrases, str) else phrases
    if isinstance(several, Mapping) or not isinstance(several, Iterable):
        raise TypeError(f"{name} takes a phrase or a list of phrases, such as \"not attends\", not {several!r:.60}")
    several = list(several)
    for one in several:
        if not isinstance(one, str):
            raise TypeError(f"{name} takes phrases, such as \"not attends\", not {one!r:.60}")
    return several


def _is_text(scenario: object) -> bool:
    return isinstance(scenario, str) and "\n" in scenario


class Scenario:
    """A scenario: a file, or the text of one. Made by `load`.

    Every method is a command, and takes each option of the command line as a keyword: ``--doubt-draws 20`` is ``doubt_draws=20``, a flag is ``True``, an option
    that may be given several times takes a list. ``foretell COMMAND --help`` lists them.
    """

    def __init__(self, name: str, text: str | None) -> None:
        self._name = name
        self._text = text

    @property
    def name(self) -> str:
        """The path, or ``scenario.toml`` for a text."""
        return self._name

    @property
    def text(self) -> str:
        """What the file holds."""
        return pathlib.Path(self._name).read_text(encoding="utf-8") if self._text is None else self._text

    def __repr__(self) -> str:
        return f"<foretell.Scenario {self._name}>"

    def _texts(self) -> dict[str, str]:
        return {} if self._text is None else {self._name: self._text}

    def _ask(self, command: str, options: dict[str, Option], progress: Progress = False) -> _foretell.Told:
        return _asking.ask([command, self._name, *_asking.options(options)], self._texts(), progress)

    def check(self) -> list[Problem]:
        """Everything that is wrong with it or worth to know: errors, warnings and notes. An empty list is a clean bill.

        Problems are returned, not raised.

        Examples
        --------
        >>> foretell.load("title = 'Rain'\\nas_of = 2025-08-19\\n").check()[0].code
        'E0405'
        """
        told = self._ask("check", {})
        file = Answer(told).data["files"][0]
        return [Problem.of(problem) for problem in file["problems"]]

    def run(
        self,
        *,
        worlds: int | str | None = None,
        seed: int | None = None,
        given: Phrases = (),
        suppose: Phrases = (),
        as_of: Day | None = None,
        exact: bool = False,
        events: bool = False,
        progress: Progress = False,
        executor: Executor | None = None,
        shards: int | None = None,
        **options: Option,
    ) -> RunAnswer:
        """The forecasts of its questions.

        Parameters
        ----------
        worlds
            Simulated worlds, a number or ``"10M"``; a million if not given.
        seed
            Seed of the random streams, from 0; 1 if not given. The same scenario, seed and worlds give the same bytes on any machine, any number of
            threads, and with any executor.
        given
            Conditions that are taken as known, such as ``"talks by 2025-10-01"``.
        suppose
            What is made so, cutting what it depends on, such as ``"not attends"``.
        as_of
            The day that is looked from: news up to it is known.
        exact
            Compute instead of simulating, wherever what is asked is discrete.
        events
            Rows for events, too, not only for questions (`data` always holds both).
        progress
            ``True`` for a bar, or a function that is told the share that is done.
        executor
            Any `concurrent.futures.Executor`: the worlds are dealt out to its workers, ``shards`` parts (four for each worker, if the executor says how many
            those are, else 16), and put together here as they come. ``client.get_executor()`` of Dask distributed is one, which runs the parts of workers
            that die again; a process pool of the standard library ends with the first worker that dies.
        **options
            Further options of ``foretell run``.

        Raises
        ------
        InputFault
            If the scenario or an argument is at fault; `problems` says where.

        Examples
        --------
        >>> answer = foretell.load("scenarios/golden.toml").run(worlds=10_000)
        >>> answer.probabilities["paper"]
        0.2123
        """
        asked: dict[str, Option] = {
            "worlds": worlds,
            "seed": seed,
            "given": _phrases("given", given),
            "suppose": _phrases("suppose", suppose),
            "as_of": as_of,
            **options,
        }
        if executor is None and shards is None:
            return RunAnswer(self._ask("run", {**asked, "exact": exact, "events": events}, progress))
        if exact:
            raise ValueError("a computation is not dealt out to workers: leave out `exact`, or `executor`")
        alone = ("from_", "to", "record", "rare", "counterfactual", "storyline", "most_probable", "check_exact", "precision", "seconds")
        for name in alone:
            if options.get(name):
                raise ValueError(f"`{name}` does not go with `executor`, whose parts are of a plain run: leave out one of them")
        arguments = ["run", self._name, *_asking.options(asked)]
        return RunAnswer(run_on(executor, arguments, self._texts(), shards, events, progress))

    def explain(self, question: str, **options: Option) -> Answer:
        """What drives a question: a tornado of its inputs, shares of doubt and chance, information.

        ``foretell explain``; its options are keywords, such as ``option``, ``by``, ``given``, ``as_of``, ``only``.
        """
        return Answer(self._ask("explain", {"question": question, **options}))

    def watch(self, question: str, **options: Option) -> Answer:
        """Which events would move a question most once they are known, and when. ``foretell watch``."""
        return Answer(self._ask("watch", {"question": question, **options}))

    def decide(self, **options: Option) -> Answer:
        """The best choices of its decisions, and what knowing more would be worth. ``foretell decide``."""
        return Answer(self._ask("decide", options))

    def storylines(self, **options: Option) -> Answer:
        """The likeliest stories over its questions. ``foretell storylines``."""
        return Answer(self._ask("storylines", options))

    def diff(self, other: Scenario | os.PathLike[str] | str | None = None, **options: Option) -> Answer:
        """What changed from this scenario to another, or from its own day ``from_`` to the day ``to``, and why. ``foretell diff``."""
        if other is None:
            return Answer(self._ask("diff", options))
        other = load(other)
        if other._text is not None and other._name == self._name:
            other = Scenario(f"new {other._name}", other._text)
        arguments = ["diff", self._name, other._name, *_asking.options(options)]
        return Answer(_asking.ask(arguments, {**self._texts(), **other._texts()}))

    def plan(self, **options: Option) -> Answer:
        """What the engine makes of it, step by step. ``foretell plan``."""
        return Answer(self._ask("plan", options))

    def brief(self, **options: Option) -> BriefAnswer:
        """A brief that somebody who decides can read: `page` as HTML, `markdown` and `data` as text and values. ``foretell report``."""
        return BriefAnswer(self._ask("report", options), lambda path: self._ask("report", {**options, "out": path}))

    def update(self, **options: Any) -> Answer:
        """Moves its priors by what happened, or writes news into it; nothing is written with ``dry_run=True``.

        ``foretell update``; its options are keywords, such as ``outcomes`` and ``cases`` (tables or paths), ``until``, ``news``, ``source``, ``out``.

        Raises
        ------
        ValueError
            If the scenario comes from a text, which no file can take up: say ``dry_run=True``.
        """
        if self._text is not None and not options.get("dry_run"):
            raise ValueError("a text has no file that could be updated: write it into one, or say `dry_run=True`")
        with Folder() as folder:
            tables = {name: folder.path(options[name], name) for name in ("outcomes", "cases") if options.get(name) is not None}
            return Answer(self._ask("update", {**options, **tables}))


def load(scenario: Scenario | os.PathLike[str] | str) -> Scenario:
    """A scenario from a path, or from the text of a file. A string with a line break is a text.

    Nothing is read yet: `Scenario.check` and `Scenario.run` say what is wrong.
    """
    if isinstance(scenario, Scenario):
        return scenario
    if _is_text(scenario):
        return Scenario(TEXT, str(scenario))
    return Scenario(os.fspath(scenario), None)


def run(scenario: Scenario | os.PathLike[str] | str, **options: Any) -> RunAnswer:
    """``load(scenario).run(**options)``; see `Scenario.run`."""
    return load(scenario).run(**options)


def check(scenario: Scenario | os.PathLike[str] | str) -> list[Problem]:
    """``load(scenario).check()``; see `Scenario.check`."""
    return load(scenario).check()
