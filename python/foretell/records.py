"""Forecasts against what happened: scored, compared, calibrated, pooled – from data frames, Arrow tables, arrays or files.

A table of forecasts has a row for each forecast: ``question``, ``forecaster``, ``made_at`` (a day or a time) and ``probability`` (0 to 1); or, for other kinds,
``option`` and ``probability``, ``quantile`` (a level from 0 to 1), ``draw`` (any name) or ``cdf`` and ``value``, a ``distribution`` such as ``normal(10, 2)``, or ``quantile`` and
``day`` with ``never``. Each stands until the same forecaster's next one, and no longer than ``until``, if a column says so. Outcomes have ``question``,
``resolution`` (``yes``, ``no``, an option, a number or a day) and ``resolved_on``; definitions of questions ``id``, ``kind``, ``opens``, ``closes``, ``tags``,
``cluster``. Outcomes may also stand beside yes/no forecasts, in a table of ``question``, ``forecaster``, ``probability`` and ``outcome``. Files of platforms and
hubs are taken as they come.

A table may be a data frame of pandas or polars, a table of pyarrow, anything with ``__arrow_c_stream__``, a mapping of names to arrays, a structured array of NumPy, or
a path; several in a list are read as one. Messages call a table by the name of its argument (``forecasts``, ``forecasts[1]`` of a list) and count its rows from 1.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping

from . import _asking, _foretell, _wording
from ._asking import Option
from ._tables import Folder, Frame, Names
from ._tables import names_of as _names
from .answers import Answer, CalibrationAnswer, PoolAnswer
from .errors import InputFault, KindFault

#: How the text of an answer begins that is empty.
NOTHING = "There is nothing to "
#: What a comparison says of a pair that it cannot compare.
SHARES_NOTHING = "share no question"

__all__ = ["Frame", "calibrate", "cohere", "compare", "leaderboard", "pool", "score"]


def _judged(
    command: str,
    tables: tuple[Frame, Frame, Frame],
    ledger: os.PathLike[str] | str | None,
    options: Mapping[str, Option],
    *names: str,
    files: Mapping[str, str] | None = None,
) -> _foretell.Told:
    """Asks a command that judges forecasts: those of tables (forecasts, outcomes, questions), or those of a ledger."""
    if (tables[0] is None) == (ledger is None) and not options.get("help"):
        raise KindFault("give either a table of forecasts or a `ledger`")
    if isinstance(tables[0], list) and not tables[0]:
        raise InputFault("the list of tables of forecasts is empty")
    with Folder() as folder:
        given = dict(zip(("forecasts", "outcomes", "questions"), tables, strict=True))
        arguments = [command, *folder.options({**given, "ledger": ledger, **options})]
        return _asking.ask([*arguments, *(["--", *names] if names else [])], names={**folder.names, **(files or {})})


def reasoned(told: _foretell.Told) -> _foretell.Told:
    """The same; a warning says why, where there is nothing in it."""
    said = told.text.strip()
    table = told.table
    if table is not None and len(table) and "questions" in table.column_names and not any(table.column("questions")):
        said = "\n".join(line for line in said.splitlines() if SHARES_NOTHING in line or line.startswith("not scored"))
    elif not said.startswith(NOTHING):
        return told
    said = "\n".join(line for line in said.splitlines() if not line.endswith(" is better")).strip()
    _asking.warn(f"the answer is empty. {_wording.in_python(said)}")
    return told


def score(
    forecasts: Frame = None,
    outcomes: Frame = None,
    questions: Frame = None,
    *,
    rule: Names | None = None,
    by: str | None = None,
    forecaster: Names | None = None,
    ledger: os.PathLike[str] | str | None = None,
    joint: Frame = None,
    **options: Option,
) -> Answer:
    """Mean scores of each forecaster with their standard errors, which respect clusters of questions. ``foretell score``.

    Parameters
    ----------
    forecasts, outcomes, questions
        Tables, or lists of tables that are read as one: columns are as the module `foretell.records` says.
    rule
        Scoring rules, such as ``"brier"``, ``"log"``, ``"wis"``, ``"crps_fair"`` and ``"crps_resized:50"`` of draws, or a list: at least one for every kind of question if none is named.
    by
        What a row stands for: ``"forecaster"`` (if not given), ``"question"`` or ``"tag"``.
    forecaster
        Only these: a name or a list.
    ledger
        The path of a ledger, instead of tables.
    joint
        A table of joint forecasts of several questions, which are scored instead: ``forecaster``, ``made_at``, ``pattern`` such as ``permit=yes|ferry=no`` and
        ``probability``; or of draws of several numbers, ``question``, ``forecaster``, ``made_at``, ``draw`` and ``value``, where the draw of one name is of one world in all questions
        (``estimator``, ``order`` and ``set_by`` go with it).
    **options
        Further options of ``foretell score`` (``print(foretell.score(help=True))`` has all of them), among them ``tagged``: only questions with this tag; ``made_from`` and ``made_until``: only forecasts of these
        days; ``pool``: one more forecaster, such as ``"crowd=median"``; ``live``: forecasts that move day by day while nothing happens; ``scale``:
        ``"natural"`` or ``"log"`` for numbers; ``between``: score numbers by what lies between two ends alone, such as ``"10.."``; ``components``: what the weighted interval score is made of; ``weigh``:
        ``"time"`` weighs questions by the share of their scheduled time; ``platform`` with ``community``: the scores of a
        platform instead; ``stream``: batch by batch, from files that may be larger than memory, with exact sums as in `foretell.score_partitions`: means differ by
        rounding, some 2e-15, from those without it, which are summed in the order of rows.

    Returns
    -------
    Answer
        Its table has a row for each rule and forecaster: ``rule``, ``forecaster``, ``mean`` (lower is better; logarithmic in nats, those of numbers in the
        unit of the question, of dates in days), ``standard error``, the numbers of ``questions``, ``clusters`` and ``forecasts``, ``effective`` (how many
        independent questions they are worth), ``coverage`` (the share of the resolved questions that was answered), and how many log scores were ``raised`` to
        the floor or are ``infinite``.

    Raises
    ------
    InputFault
        If a table or an option is at fault: the message names the table and the row, and so does `problems`.
    KindFault
        If something is no table, or neither tables nor a ledger are given; it is a `TypeError`, too.

    Warns
    -----
    ForetellWarning
        If nothing can be scored, or if rows were left out: it says why, and which. If a column means nothing where it stands: it says in which table it would.

    Standard errors: Liang and Zeger (1986), Biometrika 73, 13–22. Where the rules are from, `foretell.scores` says.

    Examples
    --------
    >>> forecasts = {
    ...     "question": ["rain", "rain", "snow", "snow"],
    ...     "forecaster": ["ada", "bob", "ada", "bob"],
    ...     "made_at": ["2025-01-05"] * 4,
    ...     "probability": [0.8, 0.6, 0.1, 0.3],
    ... }
    >>> outcomes = {"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
    >>> foretell.score(forecasts, outcomes, rule="brier").to_pandas()[["forecaster", "mean", "questions"]]
      forecaster   mean  questions
    0        ada  0.025          2
    1        bob  0.125          2
    """
    rules = ",".join(_names(rule)) or None
    asked = {"rule": rules, "by": by, "forecaster": _names(forecaster), "joint": joint, **options}
    return Answer(reasoned(_judged("score", (forecasts, outcomes, questions), ledger, asked)))


def compare(
    *forecasters: str,
    forecasts: Frame = None,
    outcomes: Frame = None,
    questions: Frame = None,
    rule: Names | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> Answer:
    """Forecasters compared on the questions that they have in common; the verdict may be that nobody can tell yet. ``foretell compare``.

    Tests respect the dependence of questions within clusters and are corrected for their number.

    Parameters
    ----------
    *forecasters
        Two names at least; with ``against`` any number, and none means all.
    forecasts, outcomes, questions, ledger
        As in `score`.
    rule
        Scoring rules, ``"brier"`` if none is named.
    **options
        Further options of ``foretell compare``, among them ``against``: compare each with this one alone; ``cluster``: what makes questions share their fate,
        ``"cluster"``, or ``"tag"``, ``"tag:KEY"``, ``"horizon"``, ``"question"``; ``adjust``: how p-values of several pairs are adjusted, ``"holm"``;
        ``tagged``, ``made_from``, ``made_until``, ``pool``, ``live``, ``scale``, ``between`` and ``stream`` as in `score`; ``svg``, ``murphy`` and ``differences``: paths
        of pictures.

    Returns
    -------
    Answer
        Its table has a row for each rule and pair ``A``, ``B``: both means, ``A - B`` (below 0 where A is better) with its ``standard error``, 95 % interval
        (``lower``, ``upper``; drawn anew: ``bootstrap lower``, ``bootstrap upper``), ``p`` and ``p adjusted``; ``questions``, ``clusters``, ``effective`` and
        the smallest difference that would be ``visible``; further tests; what the interval is by (``interval by``: ``t``, ``even variance`` or ``few outcomes``); and the verdict under ``A is``.

    Raises
    ------
    InputFault
        If nobody of that name has a forecast, or a table or an option is at fault.

    Intervals over clusters: Cameron and Miller (2015), J. Hum. Resour. 50, 317–372; whenever one looks: Howard, Ramdas, McAuliffe and Sekhon (2021), Ann. Stat. 49, 1055–1080; several
    pairs: Holm (1979), Scand. J. Stat. 6, 65–70.

    Examples
    --------
    >>> forecasts = {
    ...     "question": ["rain", "rain", "snow", "snow"],
    ...     "forecaster": ["ada", "bob", "ada", "bob"],
    ...     "made_at": ["2025-01-05"] * 4,
    ...     "probability": [0.8, 0.6, 0.1, 0.3],
    ... }
    >>> outcomes = {"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
    >>> foretell.compare("ada", "bob", forecasts=forecasts, outcomes=outcomes).to_pandas()[["A", "B", "A - B", "A is"]]
         A    B  A - B             A is
    0  ada  bob   -0.1  cannot tell yet
    """
    for name in forecasters:
        if not isinstance(name, str):
            raise KindFault(f"compare takes names of forecasters, and tables as keywords: compare(\"ada\", \"bob\", forecasts=…), not {type(name).__name__}")
    asked = {"rule": ",".join(_names(rule)) or None, **options}
    return Answer(reasoned(_judged("compare", (forecasts, outcomes, questions), ledger, asked, *forecasters)))


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
    """How far stated probabilities can be taken at their word. ``foretell calibrate``.

    Reliability with bands, CORP and Murphy decompositions, tests. Only questions whose scheduled close has passed count, unless ``all_resolved=True``.

    Parameters
    ----------
    forecasts, outcomes, questions, forecaster, ledger
        As in `score`.
    by
        What a row stands for: ``"forecaster"`` (if not given), ``"tag"``, ``"source"``, ``"horizon"``, ``"month"``, ``"quarter"`` or ``"year"``.
    **options
        Further options of ``foretell calibrate``, among them ``all_resolved``: count all resolved questions; ``as_of``: the day by which a scheduled close must
        have passed, the latest in the records if not given; ``bins``: 10; ``use``: which forecasts of a question count, ``"standing"``; ``cluster`` as in
        `compare`; ``replicates``: how often clusters are drawn anew; ``seed`` of these; ``axis``: the scale of the diagram, ``"share"``.

    Returns
    -------
    CalibrationAnswer
        Its `picture` is the reliability diagram; its table has a row for each forecaster on yes/no questions: for the scores ``brier`` and ``log`` the parts
        ``_mcb`` (miscalibration), ``_dsc`` (discrimination) and ``_unc`` with intervals (``_lower``, ``_upper``); what was ``stated`` and ``observed`` on average (0
        to 1), ``bias``, calibration errors ``ece`` and ``mce`` over bins of equal width, ``ece_equal_mass`` and
        ``mce_equal_mass`` over bins of equal mass, ``auc``, and the statistics and p-values of the tests.

    Warns
    -----
    ForetellWarning
        If there is nothing to judge.

    Raises
    ------
    InputFault
        If a table or an option is at fault, or there are no forecasts: the message names the table and the row.
    MissingFile
        If a table or the ledger is a path where there is none.
    TypeError
        If something is no table, or neither tables nor a ledger are given.

    CORP: Dimitriadis, Gneiting and Jordan (2021), Proc. Natl. Acad. Sci. 118(8), e2016191118; Murphy (1973), J. Appl. Meteorol. 12, 595–600.

    Examples
    --------
    >>> forecasts = {
    ...     "question": ["a", "b", "c", "d"],
    ...     "forecaster": ["ada"] * 4,
    ...     "made_at": ["2025-01-05"] * 4,
    ...     "probability": [0.9, 0.7, 0.2, 0.4],
    ... }
    >>> outcomes = {"question": ["a", "b", "c", "d"], "resolution": ["yes", "yes", "no", "no"], "resolved_on": ["2025-01-07"] * 4}
    >>> foretell.calibrate(forecasts, outcomes, all_resolved=True).to_pandas()[["forecaster", "stated", "observed"]]
      forecaster  stated  observed
    0        ada    0.55       0.5
    """
    with Folder() as folder:
        asked: dict[str, Option] = {"by": by, "forecaster": _names(forecaster), **options}
        if options.get("axis") is not None and options.get("svg") is None:
            # The scale goes with a file; the picture comes with the answer all the same.
            asked["svg"] = folder.new("reliability.svg")
        told = reasoned(_judged("calibrate", (forecasts, outcomes, questions), ledger, asked, files=folder.names))
        return CalibrationAnswer(told)


def leaderboard(
    forecasts: Frame = None,
    outcomes: Frame = None,
    questions: Frame = None,
    *,
    rule: Names | None = None,
    forecaster: Names | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> Answer:
    """Everybody ranked, with what cannot be told apart yet. ``foretell leaderboard``.

    Parameters
    ----------
    forecasts, outcomes, questions, forecaster, ledger
        As in `score`.
    rule
        Scoring rules, ``"brier"`` if none is named.
    **options
        Further options of ``foretell leaderboard``, among them ``order``: the measure that orders the rows, ``"adjusted-mean"``; ``baseline``: state the skill
        against this forecaster; ``at_least``: leave out who answered fewer questions, 1; ``cluster`` as in `compare`; ``replicates``: how often clusters are
        drawn anew for the intervals; ``tagged``, ``made_from``, ``made_until``, ``pool``, ``live``, ``scale``, ``between`` and ``stream`` as in `score`; ``svg``: the path
        of a picture.

    Returns
    -------
    Answer
        Its table has a row for each rule and forecaster: ``questions``, ``clusters``, ``coverage``, ``mean``; of each measure its value, the ends of its 95 %
        interval (``lower``, ``upper``), its ``rank`` and the ends of that; ``skill`` against the baseline (1 perfect, 0 as good) with its interval and the number
        of questions shared with it.

    Warns
    -----
    ForetellWarning
        If nobody can be ranked: it says why.

    Raises
    ------
    InputFault
        If a table or an option is at fault, or there are no forecasts: the message names the table and the row.
    MissingFile
        If a table or the ledger is a path where there is none.
    TypeError
        If something is no table, or neither tables nor a ledger are given.

    Standard errors: Liang and Zeger (1986), Biometrika 73, 13–22. Relative skill: Cramer et al. (2022), Proc. Natl. Acad. Sci. 119, e2113561119.

    Examples
    --------
    >>> forecasts = {
    ...     "question": ["rain", "rain", "snow", "snow"],
    ...     "forecaster": ["ada", "bob", "ada", "bob"],
    ...     "made_at": ["2025-01-05"] * 4,
    ...     "probability": [0.8, 0.6, 0.1, 0.3],
    ... }
    >>> outcomes = {"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
    >>> foretell.leaderboard(forecasts, outcomes).to_pandas()[["forecaster", "mean", "adjusted mean rank"]]
      forecaster   mean  adjusted mean rank
    0        ada  0.025                   1
    1        bob  0.125                   2
    """
    asked = {"rule": ",".join(_names(rule)) or None, "forecaster": _names(forecaster), **options}
    return Answer(reasoned(_judged("leaderboard", (forecasts, outcomes, questions), ledger, asked)))


def pool(
    fit: Frame = None,
    outcomes: Frame = None,
    apply: Frame = None,
    *,
    questions: Frame = None,
    method: str | None = None,
    name: str | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> PoolAnswer:
    """Learns from past forecasts how to pool, and pools new ones. ``foretell pool``.

    Parameters
    ----------
    fit, outcomes
        Tables of past forecasts and of what happened, as `foretell.records` says. Outcomes of questions that are to be pooled are never looked at: such a
        question is left out of ``fit``.
    apply
        A table of forecasts to be pooled.
    questions
        Definitions of the questions, past and new: closing days, clusters, tags.
    method
        ``"auto"`` (if not given) chooses by the past; `pool` with ``list=True`` lists the others, such as ``"median"`` or ``"performance+platt"``.
    name
        Who the pooled forecasts are by; ``"pool"`` if not given.
    ledger
        The path of a ledger to learn from, instead of ``fit``; with ``open=True`` its open questions are pooled.
    **options
        Further options of ``foretell pool``, among them ``rule``: the score of yes/no forecasts that is lessened, ``"brier"`` or ``"log"``; ``of``: ``"yes-no"``
        or ``"quantiles"``, where tables hold both; ``scale`` and ``baseline`` for quantiles; ``members`` and ``without``: only, or not, forecasters whose name
        fits this pattern; ``fit_until``: learn from forecasts made, and outcomes known, by this day; ``apply_from``: pool those made from this day on; ``tagged``: only questions
        with this tag.

    Returns
    -------
    PoolAnswer
        `pooled` are the pooled forecasts (with ``out``, those of a file whose name ends in ``.csv``). Its table says what to expect, a row each for the pool, the plain mean and the best forecaster in training: ``mean``
        score out of sample with its 95 % interval (``lower``, ``upper``), and by how much the pool's is less (``pool less it``) with the interval of that.

    Raises
    ------
    InputFault
        If there is nothing to learn from or to pool, or a table or an option is at fault.

    Extremizing: Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), Int. J. Forecast. 30, 344–356; the beta-transformed pool: Ranjan and Gneiting (2010), J. R. Stat. Soc. B 72, 71–91.

    Examples
    --------
    >>> said = {
    ...     "question": ["a", "a", "b", "b", "c", "c"],
    ...     "forecaster": ["ada", "bob"] * 3,
    ...     "made_at": ["2025-01-05"] * 4 + ["2025-02-05"] * 2,
    ...     "probability": [0.9, 0.7, 0.2, 0.4, 0.6, 0.8],
    ... }
    >>> past, now = ({name: column[some] for name, column in said.items()} for some in (slice(4), slice(4, 6)))
    >>> outcomes = {"question": ["a", "b"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
    >>> foretell.pool(past, outcomes, now, method="mean").pooled["probability"]
    ['0.7']
    """
    if (fit is None) == (ledger is None) and not (options.get("list") or options.get("help")):
        raise KindFault("give either a table of past forecasts, `fit`, or a `ledger`")
    with Folder() as folder:
        out = options.pop("out", None)
        if out is None and (apply is not None or options.get("open")):
            out = folder.new("pooled.csv")
        tables = {"fit": fit, "outcomes": outcomes, "questions": questions, "apply": apply}
        asked = {**tables, "method": method, "name": name, "ledger": ledger, "out": out, **options}
        told = _asking.ask(["pool", *folder.options(asked)], names=folder.names)
        return PoolAnswer(told, None if out is None else _columns_of(out))


def _columns_of(path: object) -> dict[str, list[str]] | None:
    path = str(path)
    if not path.lower().endswith(".csv"):
        return None
    with open(path, encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    return {name: [row[at] for row in rows] for at, name in enumerate(heading)}


def cohere(
    forecasts: Frame = None,
    questions: Frame = None,
    *,
    relations: os.PathLike[str] | str | None = None,
    scenario: os.PathLike[str] | str | None = None,
    ledger: os.PathLike[str] | str | None = None,
    **options: Option,
) -> Answer:
    """Which figures cannot stand together, and the nearest that can. ``foretell cohere``.

    Parameters
    ----------
    forecasts, questions
        Tables, as in `score`.
    relations
        The path of a TOML file that says what holds among the questions, such as ``logic = ["snow implies cold"]``.
    scenario
        The path of a scenario of these questions: what it says of its events holds among them, too.
    ledger
        The path of a ledger, instead of tables.
    **options
        Further options of ``foretell cohere``, among them ``forecaster``: only those whose name fits this pattern; ``as_of``: what stood on this day, instead of
        the last; ``every_day``; ``tolerance``: by how much figures may miss a relation, ``"1%"``; ``strict``: no tolerance; ``weight``: how much a figure counts
        in the distance, ``"QUESTION=WEIGHT"``; ``pin``: what a figure must become, ``"QUESTION=PROBABILITY"``; ``out``: the path of a table of the forecasts with
        the nearest coherent ones.

    Returns
    -------
    Answer
        Its table has a row for each figure that bears on a relation: ``forecaster``, ``day``, ``question`` with the ``option`` or the condition that is
        ``given``; what was ``stated`` and the nearest that can stand, by ``squared`` distance and by Kullback–Leibler divergence (``kl``), all from 0 to 1; its
        ``weight`` and what it is ``pinned`` to; and in how many sets of figures it is that conflict with logic (``errors``) or assumptions (``warnings``).

    Raises
    ------
    InputFault
        If no relations are given or they cannot be understood, or a table or an option is at fault.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> relations = pathlib.Path(tempfile.mkdtemp()) / "relations.toml"
    >>> _ = relations.write_text('logic = ["snow implies cold"]')
    >>> forecasts = {"question": ["snow", "cold"], "forecaster": ["ann"] * 2, "made_at": ["2025-01-05"] * 2, "probability": [0.5, 0.3]}
    >>> foretell.cohere(forecasts, relations=relations).to_pandas()[["question", "stated", "squared", "errors"]]
      question  stated  squared  errors
    0     cold     0.3      0.4       1
    1     snow     0.5      0.4       1
    """
    if (forecasts is None) == (ledger is None) and not options.get("help"):
        raise KindFault("give either a table of forecasts or a `ledger`")
    if relations is None and scenario is None and not options.get("help"):
        raise KindFault("say what holds among the questions: `relations`, a file of relations, or a `scenario`")
    with Folder() as folder:
        if isinstance(forecasts, list) and not forecasts:
            raise InputFault("the list of tables of forecasts is empty")
        several = forecasts if isinstance(forecasts, list) else [] if forecasts is None else [forecasts]
        paths = [folder.path(one, "forecasts", at if isinstance(forecasts, list) else None) for at, one in enumerate(several)]
        folder.check_rows("forecasts", paths)
        asked = {"questions": questions, "relations": relations, "scenario": scenario, "ledger": ledger, **options}
        return Answer(_asking.ask(["cohere", *paths, *folder.options(asked)], names=folder.names))
