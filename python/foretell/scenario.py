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
from ._tables import Folder
from .answers import Answer, BriefAnswer, RunAnswer
from .errors import InputFault, KindFault, Problem
from .executors import run_on

__all__ = ["Scenario", "check", "load", "run"]

Day = Union[datetime.date, str]
Phrases = Union[str, Iterable[str]]

#: The name of a scenario that comes from no file.
TEXT = "scenario.toml"


def _phrases(name: str, phrases: Phrases | None) -> list[str]:
    """Phrases as a list; a mapping would lose what it says of each."""
    if phrases is None:
        return []
    several = [phrases] if isinstance(phrases, str) else phrases
    if isinstance(several, Mapping) or not isinstance(several, Iterable):
        raise KindFault(f"{name} takes a phrase or a list of phrases, such as \"not attends\", not {several!r:.60}")
    several = list(several)
    for one in several:
        if not isinstance(one, str):
            raise KindFault(f"{name} takes phrases, such as \"not attends\", not {one!r:.60}")
    return several


def _called_apart(text: str, *others: Option) -> str:
    """A name for a text that is none of the paths beside it, nor of those that it names itself: no file may be taken for the text."""
    paths = [one for other in others for one in (other if isinstance(other, (list, tuple)) else [other])]
    taken = {os.path.normpath(os.fspath(path)) for path in paths if isinstance(path, (str, os.PathLike))}
    name = TEXT
    while name in taken or name in text:
        name = f"text of {name}"
    return name


def _is_text(scenario: object) -> bool:
    return isinstance(scenario, str) and "\n" in scenario


class Scenario:
    """A scenario: a file, or the text of one. Made by `load`.

    Every method is a command, and takes each option of the command line as a keyword: ``--doubt-draws 20`` is ``doubt_draws=20``, a flag is ``True``, an option
    that may be given several times takes a list, and one whose name Python keeps for itself ends in an underscore (``from_``). What the methods list are the
    options that most people use; ``print(scenario.run(help=True))`` has all of them, in the words of the command line.

    Days are `datetime.date`, ``"2025-09-01"``, or what NumPy and pandas have for them. Phrases are those of scenario files: ``"talks by 2025-10-01"``,
    ``"not attends"``, ``"track is neither"``. A misspelt keyword, a value that is none, a phrase that cannot be understood or a fault of the file raises
    `InputFault`; a file that cannot be read `EnvironmentFault`, which is a `FileNotFoundError`, too, where there is none; what is worth to know about a result is a `ForetellWarning`.

    It can be pickled: a scenario from a text takes that with it, one from a file its path.
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

    def _beside(self, *others: Option) -> tuple[str, dict[str, str]]:
        """What it is called beside these paths, and its text under that name."""
        if self._text is None:
            return self._name, {}
        name = _called_apart(self._text, *others)
        return name, {name: self._text}

    def _ask(self, command: str, options: dict[str, Option], progress: Progress = False) -> _foretell.Told:
        name, texts = self._beside(*options.values())
        with Folder() as folder:
            return _asking.ask([command, name, *folder.options(options)], texts, progress, folder.names)

    def check(self) -> list[Problem]:
        """Everything that is wrong with it or worth to know: errors, warnings and notes. An empty list is a clean bill.

        Problems are returned, not raised.

        Returns
        -------
        list of Problem
            One for each.

        Raises
        ------
        EnvironmentFault
            If the file cannot be read; a `MissingFile` where there is none.

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
        given: Phrases | None = None,
        suppose: Phrases | None = None,
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
            Further options of ``foretell run``: ``doubt_draws``: how often the doubtful inputs are drawn anew to see how far they move the forecasts, 200;
            ``precision``: simulate until standard errors are this small; ``stratified``: smaller errors from as many worlds; ``rare``: how likely a rare
            condition is; ``counterfactual``: what would have been; ``storyline`` and ``most_probable``: the likeliest stories; ``from_``, ``to`` and ``every``:
            a replay, day by day; ``record`` and ``ledger``: keep the forecasts; ``method``: how what is known is met, ``"auto"``; ``threads``: all cores.

        Returns
        -------
        RunAnswer
            Its table has a row for each figure of each question: ``kind``, ``id``, the day on which it ``closes``, ``part`` (``yes``, an option, ``mean``,
            ``never``, a quantile by its level such as ``0.5``), ``value`` (a chance from 0 to 1, or a number in the unit of the question; a day stands under ``value_day``) with its
            ``standard_error`` of simulation, ``doubt_low`` and ``doubt_high`` (where doubt about the inputs leaves it in 90 of 100 cases), and the variances
            of chance, doubt and simulation.

        Raises
        ------
        InputFault
            If the scenario or an argument is at fault; `problems` says where.
        EnvironmentFault
            If the file cannot be read; a `MissingFile`, which is a `FileNotFoundError`, where there is none.
        TypeError
            If ``executor``, ``shards`` or ``progress`` is nothing of the kind.

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
        if (executor is None and shards is None) or options.get("help"):
            return RunAnswer(self._ask("run", {**asked, "exact": exact, "events": events}, progress))
        if exact:
            raise InputFault("a computation is not dealt out to workers: leave out `exact`, or `executor`")
        alone = ("from_", "to", "record", "rare", "counterfactual", "storyline", "most_probable", "check_exact", "precision", "seconds", "out")
        for name in alone:
            if options.get(name):
                raise InputFault(f"`{name}` does not go with `executor` or `shards`, whose parts are of a plain run: leave out one of them")
        name, texts = self._beside(*asked.values())
        return RunAnswer(run_on(executor, ["run", name, *_asking.options(asked)], texts, shards, events, progress))

    def explain(self, question: str, **options: Option) -> Answer:
        """What drives a question: a tornado of its inputs, shares of doubt and chance, information. ``foretell explain``.

        Parameters
        ----------
        question
            A question or an event, by its name in the file.
        **options
            ``only``: some of ``"tornado"``, ``"shares"``, ``"information"``, ``"what-if"`` and ``"filled"``, all if not given; ``option``: the chance of this
            option, of a question that has options; ``by``: the chance that it comes by this day, of one that asks for a date; ``given``, ``suppose`` and
            ``as_of`` as in `run`; ``worlds``: a million for the figure itself and 262,144 for each variant, where figures are not computed; ``seed``: 1;
            ``method``: ``"auto"`` computes what can be computed.

        Returns
        -------
        Answer
            Its table has a row for each figure: ``part`` (``forecast``, ``tornado``, ``doubt``, ``chance``, ``information``, ``what-if``, ``filled``), ``name``
            of the input or event, ``case``, ``figure`` (what it is), ``value`` with its ``standard_error``, and ``low`` and ``high``: where the forecast comes
            over the 90 % interval of an input (tornado), or the 95 % interval of a share. Chances and shares are from 0 to 1, information is in bits.

        Raises
        ------
        InputFault
            If there is no such question, or an option is at fault.

        Examples
        --------
        >>> table = foretell.load("scenarios/golden.toml").explain("paper", only="information").to_pandas()
        >>> table[table["figure"] == "bits"][["name", "value"]].head(2)
                      name     value
        4          attends  0.067956
        6  storyline_first  0.066454
        """
        return Answer(self._ask("explain", {"question": question, **options}))

    def watch(self, question: str, **options: Option) -> Answer:
        """Which events would move a question most once they are known, and when that is. ``foretell watch``.

        Parameters
        ----------
        question
            The question whose forecast is to move, or an event, by its name in the file.
        **options
            ``by``: findings known by the end of this day count, the day before the question closes if not given, of an event the horizon; ``line``: name the smallest sets of
            findings that carry the forecast over this line, such as ``"50%"``, or ``"OPTION 50%"`` of a question that has options; ``size``: the most findings
            of such a set, 3; ``at_least``: leave out sets less likely than this, ``"0.1%"``; ``top``: how many findings the text shows, 12; ``given``,
            ``suppose`` and ``as_of`` as in `run`; ``worlds``: a million; ``seed``: 1; ``method``: ``"auto"``.

        Returns
        -------
        Answer
            Its table has a row for each outcome of each finding: ``name``, ``kind``, the day ``known_on``, ``outcome`` with its ``chance``, and of each ``part``
            of the question what the forecast would be ``then``; ``expected_change`` (how far the finding moves it on average), ``brier_gain`` and ``log_gain``
            (by how much the expected score falls; logarithmic in nats), each with its error; ``exact``, ``matters`` and ``settles`` are ``"true"`` or
            ``"false"``. Chances are from 0 to 1.

        Raises
        ------
        InputFault
            If there is no such question or event, it is settled already, or an option is at fault.

        Examples
        --------
        >>> table = foretell.load("scenarios/golden.toml").watch("paper", worlds=20_000).to_pandas()
        >>> list(table["name"].unique())
        ['attends', 'purchase', 'amount', 'order', 'bilateral', 'trilateral']
        """
        return Answer(self._ask("watch", {"question": question, **options}))

    def decide(self, **options: Option) -> Answer:
        """The best choices of its decisions, and what knowing more would be worth. ``foretell decide``.

        The file has ``[decision.NAME]`` and ``[utility.NAME]``.

        Parameters
        ----------
        **options
            ``sample``: what a sample would be worth, ``"EVENT N"`` for N more cases or ``"EVENT N sd S"`` for N measurements, or a list of these; ``top``: how
            many choices the text shows, 8; ``given``, ``suppose`` and ``as_of`` as in `run`; ``worlds``: 262,144 for each choice, where figures are not
            computed; ``seed``: 1; ``method``: ``"auto"``.

        Returns
        -------
        Answer
            Its table is the policy, a row for each option of each decision in each case of what is ``known`` by then: the ``chance`` of the case, the ``best``
            option in it, and of each ``option`` the ``expected_utility`` with its error, in the unit of the utilities.

        Raises
        ------
        InputFault
            If the file has no decision, or an option is at fault.

        Examples
        --------
        >>> foretell.load("scenarios/umbrella.toml").decide().to_pandas()[["known", "best", "option", "expected_utility"]]
                        known   best option  expected_utility
        0   forecast is sunny  leave   take         24.205607
        1   forecast is sunny  leave  leave         91.588785
        2  forecast is cloudy  leave   take         37.441860
        3  forecast is cloudy  leave  leave         65.116279
        4   forecast is rainy   take   take         56.000000
        5   forecast is rainy   take  leave         28.000000
        """
        return Answer(self._ask("decide", options))

    def storylines(self, **options: Option) -> Answer:
        """The likeliest stories over its questions, with their chances, order and days. ``foretell storylines``.

        Parameters
        ----------
        **options
            ``over``: the events and questions that they are told over, a list; those that say most of all others if not given; ``count``: how many stories,
            5; ``coverage``: as many as together have this probability, such as ``"80%"``; ``any_order``: take stories that differ only in the order of what
            happens for one; ``given``, ``suppose`` and ``as_of`` as in `run`; ``worlds``: a million; ``seed``: 1; ``method``: ``"auto"``.

        Returns
        -------
        Answer
            Its table has a row for each event of each ``story``: the story's ``probability`` (0 to 1) with its ``standard_error`` and what it and those before
            it have together (``cumulative``); the ``event``, its ``outcome`` in this story and ``outcome_in_first``; how likely the outcome is by itself; and of
            what happens its ``place`` in the order, and the ``median`` of its day with ``low_10`` and ``high_90``.

        Raises
        ------
        InputFault
            If there is no such event, or an option is at fault.

        Examples
        --------
        >>> told = foretell.load("scenarios/golden.toml").storylines(over=["attends", "paper"], count=2, worlds=20_000)
        >>> told.to_pandas()[["story", "probability", "event", "outcome"]]
           story  probability    event outcome
        0      1       0.4950  attends      no
        1      1       0.4950    paper      no
        2      2       0.2925  attends     yes
        3      2       0.2925    paper      no
        """
        return Answer(self._ask("storylines", options))

    def diff(self, other: Scenario | os.PathLike[str] | str | None = None, **options: Option) -> Answer:
        """What changed from this scenario to another, or from its own day ``from_`` to the day ``to``, and why. ``foretell diff``.

        Parameters
        ----------
        other
            The new scenario: what `load` takes. This one if not given.
        **options
            ``from_`` and ``to``: the days that the old and the new one are looked at from, their own ``as_of`` if not given; ``as_of``: the same day for both;
            ``given``: a condition that is known in both, or a list; ``only``: these questions, a list; ``worlds``: a million for each variant, from 17
            variants on 262,144; ``seed``: 1; ``method``: ``"auto"``.

        Returns
        -------
        Answer
            Its table has rows for each ``part`` of each ``question``: first the whole, then each change that bears on it, in words (``why``); ``old`` and
            ``new`` figures (under ``old_day`` and ``new_day`` where they are days), by how much it ``moved`` and the error of that, and whether that can be
            ``told_apart`` from 0. Chances are from 0 to 1, days move by days.

        Raises
        ------
        InputFault
            If there is nothing to compare with, or an option is at fault.

        Examples
        --------
        >>> moved = foretell.load("scenarios/golden.toml").diff(to="2025-10-18", worlds=300_000)
        >>> moved.to_pandas()["question"].iloc[0]
        'paper'
        """
        if other is None:
            return Answer(self._ask("diff", options))
        other = load(other)
        path = None if other._text is not None else other._name
        old, texts = self._beside(path, *options.values())
        new, others = other._beside(None if self._text is not None else self._name, *options.values())
        if path is None and new == old:
            new, others = f"new {new}", {f"new {new}": text for text in others.values()}
        return Answer(_asking.ask(["diff", old, new, *_asking.options(options)], {**texts, **others}))

    def plan(self, **options: Option) -> Answer:
        """What the engine makes of it, step by step, and what can be computed. ``foretell plan``.

        Parameters
        ----------
        **options
            ``given``, ``suppose`` and ``as_of`` as in `run`.

        Returns
        -------
        Answer
            Its table has one column, ``step``, in words.

        Raises
        ------
        InputFault
            If the scenario or an option is at fault.
        EnvironmentFault
            If the file cannot be read; a `MissingFile` where there is none.

        Examples
        --------
        >>> len(foretell.load("scenarios/golden.toml").plan().to_pandas()) > 5
        True
        """
        return Answer(self._ask("plan", options))

    def brief(self, **options: Option) -> BriefAnswer:
        """A brief that somebody who decides can read: `page` as HTML, `markdown` and `data` as text and values. ``foretell report``.

        Parameters
        ----------
        **options
            ``headline``: the questions that matter most, a list; the five open yes/no questions that are least settled if not given; ``over``: what the stories
            are told over; ``text``: the path of a text of one's own for the top; ``lexicon``: words for chances, ``"icd203"``, ``"uk"`` or the path of a TOML
            file; ``since``: say what moved since this day, seven days before if not given; ``against``: say what moved against this older file; ``given``,
            ``suppose`` and ``as_of`` as in `run`; ``worlds``: a million; ``seed``: 1; ``doubt_draws``: 200; ``ledger`` or ``forecasts``, ``outcomes`` and
            ``questions`` (tables) for what others say.

        Returns
        -------
        BriefAnswer
            Its table has a row for each ``part`` of each open ``question``: the chance ``in words``, ``probability`` (0 to 1) with its ``standard_error``,
            ``doubt_low`` and ``doubt_high`` (where doubt about the inputs leaves it in 90 of 100 cases), ``confidence`` and the day on which it ``closes``.

        Raises
        ------
        InputFault
            If there is no such question, or an option is at fault.

        Examples
        --------
        >>> brief = foretell.load("scenarios/golden.toml").brief(worlds=20_000)
        >>> brief.page[:15]
        '<!doctype html>'
        """
        return BriefAnswer(self._ask("report", options), lambda path: self._ask("report", {**options, "out": path}))

    def update(self, **options: Any) -> Answer:
        """Moves its priors by what happened, or writes news into it; nothing is written with ``dry_run=True``. ``foretell update``.

        Parameters
        ----------
        **options
            ``outcomes``: a table of ``question``, ``resolution`` and ``resolved_on``, instead of those of the ``ledger``; ``until``: up to the end of this day
            the world was watched (also by the news of the file); ``cases``: learn from a table of many cases instead, a row each with a column for each event, blank where a case does not say;
            ``news``: write a piece of news into the file instead, such as ``"talks by 2026-03-01 x0.4"``, with its ``date`` (today if not given), ``source``,
            what it ``says`` and ``why`` it has this effect; ``undo``: take back what the last update did to the file, the piece of news it put in or what it taught the priors; ``dry_run``: only show what would move; ``out``:
            write the new scenario here instead of over the old one; ``worlds``: a million, where posteriors cannot be computed; ``seed``: 1.

        Returns
        -------
        Answer
            Its table has a row for each ``event`` that moved: ``prior`` and ``posterior`` as the file writes them, ``mean before`` and ``mean after`` (0 to 1)
            with the ``error`` of simulation, by which ``means`` it was found and ``by`` which observations. With ``news`` it is that of `diff`.

        Raises
        ------
        ValueError
            If the scenario comes from a text, and there is no ``out`` to take it up: say ``dry_run=True``, or ``out``.
        InputFault
            If a table or an option is at fault.

        Examples
        --------
        >>> came = {"question": ["paper"], "resolution": ["yes"], "resolved_on": ["2025-10-01"]}
        >>> foretell.load("scenarios/golden.toml").update(outcomes=came, dry_run=True).to_pandas()[["event", "prior", "posterior"]]
        Empty DataFrame
        Columns: [event, prior, posterior]
        Index: []
        """
        if self._text is not None and not (options.get("dry_run") or options.get("out") or options.get("help")):
            raise InputFault("a text has no file that could be updated: write it into one, or say `dry_run=True`, or where to, `out`")
        return Answer(self._ask("update", options))


def load(scenario: Scenario | os.PathLike[str] | str) -> Scenario:
    """A scenario from a path, or from the text of a file.

    Nothing is read yet: `Scenario.check` and `Scenario.run` say what is wrong.

    Parameters
    ----------
    scenario
        A path; or a string with a line break, which is a text; or a scenario, which is given back.

    Raises
    ------
    TypeError
        If it is something else.
    InputFault
        If it is an empty string.
    MissingFile
        Not yet: if there is no such file, its methods raise it.

    Examples
    --------
    >>> foretell.load("scenarios/golden.toml")
    <foretell.Scenario scenarios/golden.toml>
    """
    if isinstance(scenario, Scenario):
        return scenario
    if _is_text(scenario):
        return Scenario(TEXT, str(scenario))
    if not isinstance(scenario, (str, os.PathLike)):
        raise KindFault(f"a scenario is a path, or the text of a file, not {type(scenario).__name__}")
    if isinstance(scenario, str) and not scenario.strip():
        raise InputFault("a scenario is a path, or the text of a file, but this is an empty text", "the text of a file has line breaks")
    return Scenario(os.fspath(scenario), None)


def run(
    scenario: Scenario | os.PathLike[str] | str,
    *,
    worlds: int | str | None = None,
    seed: int | None = None,
    given: Phrases | None = None,
    suppose: Phrases | None = None,
    as_of: Day | None = None,
    exact: bool = False,
    events: bool = False,
    progress: Progress = False,
    executor: Executor | None = None,
    shards: int | None = None,
    **options: Option,
) -> RunAnswer:
    """``load(scenario).run(…)`` with the same keywords; see `Scenario.run`, which says what they are.

    Raises
    ------
    InputFault, EnvironmentFault
        As `Scenario.run`.

    Examples
    --------
    >>> foretell.run("scenarios/golden.toml", worlds=10_000).probabilities["paper"]
    0.2123
    """
    return load(scenario).run(
        worlds=worlds,
        seed=seed,
        given=given,
        suppose=suppose,
        as_of=as_of,
        exact=exact,
        events=events,
        progress=progress,
        executor=executor,
        shards=shards,
        **options,
    )


def check(scenario: Scenario | os.PathLike[str] | str) -> list[Problem]:
    """``load(scenario).check()``; see `Scenario.check`.

    Raises
    ------
    EnvironmentFault
        If the file cannot be read; a `MissingFile` where there is none.

    Examples
    --------
    >>> foretell.check("title = 'Rain'\\nas_of = 2025-08-19\\n")[0].severity
    'error'
    """
    return load(scenario).check()
