"""Errors, warnings and remarks speak of keywords, methods and tables, never of options, commands and paths that nobody in Python has seen."""

from __future__ import annotations

import concurrent.futures
import re
import warnings

import pandas
import pyarrow
import pytest
from conftest import GOLDEN, SUMMIT

import foretell
from foretell import _wording

SAID = {
    "question": ["rain", "rain", "snow", "snow"],
    "forecaster": ["ada", "bob", "ada", "bob"],
    "made_at": ["2025-01-05"] * 4,
    "probability": [0.8, 0.6, 0.1, 0.3],
}
CAME = {"question": ["rain", "snow"], "resolution": ["yes", "no"], "resolved_on": ["2025-01-07"] * 2}
SAID_FRAME, CAME_FRAME = pandas.DataFrame(SAID), pandas.DataFrame(CAME)

#: What only the command line and the file system know.
FOREIGN = re.compile(r"(?<![\w-])--[a-z]|Usage:|foretell-\w{6,}|\.parquet|<[A-Z]+>|\btip:")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name them: `--outcomes FILE`", "name them: `outcomes=…`"),
        ("--shard does not go with --precision: no", "`shards` does not go with `precision`: no"),
        ("say which: `--of yes-no` or `--of quantiles`", 'say which: `of="yes-no"` or `of="quantiles"`'),
        ("--given \"paper and\" cannot be used", '`given="paper and"` cannot be used'),
        ("--worlds 100 is too few", "`worlds=100` is too few"),
        ("--until 2025-01-01 is no later", '`until="2025-01-01"` is no later'),
        ("--method posterior: it asks; without --method more", '`method="posterior"`: it asks; without `method` more'),
        ("a replay (--from, --to)", "a replay (`from_`, `to`)"),
        ("`foretell pool --list` lists", "`foretell.pool(list=True)` lists"),
        ("`foretell plan` says", "`Scenario.plan()` says"),
        ("`foretell ledger verify` names", "`foretell ledger verify` of the command line names"),
        ("or `--suppose` on the command line", "or the keyword `suppose`"),
        ("the tag `pace=none`, a -- b, x--y", "the tag `pace=none`, a -- b, x--y"),
        ("the question `--odd one` is none", "the question `odd=\"one\"` is none"),
    ],
)
def test_options_become_keywords(text, expected):
    assert _wording.in_python(text) == expected


def test_tables_have_their_names_and_rows():
    names = {"folder/forecasts.csv": "forecasts", "folder/forecasts1.parquet": "forecasts[1]"}
    text = "folder/forecasts.csv:3: bad\nfolder/forecasts.csv:1: no column\nfolder/forecasts1.parquet:3: bad\nsee `folder/forecasts1.parquet`"
    assert _wording.in_python(text, names) == "forecasts, row 2: bad\nforecasts: no column\nforecasts[1], row 3: bad\nsee `forecasts[1]`"
    assert _wording.way_out("mend these rows; nothing was taken from the file", names, text).endswith("from the table; rows are counted from 1")
    assert _wording.way_out("mend the file", names, "elsewhere.csv:3: bad") == "mend the file"


golden = foretell.load(GOLDEN)
nan = float("nan")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: golden.run(doubt_drwas=3), ["no keyword `doubt_drwas`", "did you mean `doubt_draws`?"]),
        (lambda: golden.run(colour="red"), ["`Scenario.run` has no keyword `colour`"]),
        (lambda: golden.run(worlds="abc"), ['`worlds="abc"` cannot be used']),
        (lambda: golden.run(worlds=0), ["`worlds=0` cannot be used"]),
        (lambda: golden.run(seed=-1), ["`seed=-1` cannot be used"]),
        (lambda: golden.run(seed=""), ['`seed=""` cannot be used']),
        (lambda: golden.run(ledger=True), ["`ledger` needs a value"]),
        (lambda: golden.run(as_of="yesterday"), ['`as_of="yesterday"` cannot be used', "a day such as 2025-08-19"]),
        (lambda: golden.run(doubt_draws=1.5), ["`doubt_draws=1.5` cannot be used: a whole number"]),
        (lambda: golden.run(threads=0), ["`threads=0` cannot be used", "from 1 to 1024"]),
        (lambda: golden.run(seed=[1, 2]), ["`seed` takes one value, not several"]),
        (lambda: golden.run(stratified="yes"), ['`stratified` is a flag, which "yes" is no value of', "True or False"]),
        (lambda: golden.run(exact=True, method="posterior"), ["`method` does not go with `exact`"]),
        (lambda: golden.run(method="postrior"), ['`method="postrior"` cannot be used', 'did you mean "posterior"?']),
        (lambda: golden.run(given="paper and"), ['`given="paper and"` cannot be used']),
        (lambda: golden.run(record=True, precision=0.01, given="paper"), ["`record` does not go with `given`"]),
        (lambda: golden.run(top=3), ["`top`", "`storyline"]),
        (lambda: golden.run(from_="2025-09-01"), ["`to`"]),
        (lambda: golden.explain("papr"), ["papr", "paper"]),
        (lambda: golden.explain("paper", only="tornados"), ['`only="tornados"`', '"tornado"']),
        (lambda: golden.watch("paper", worlds=10, line="50%"), ["`worlds=10` is too few"]),
        (lambda: golden.storylines(over=["nobody"]), ["`over`", "nobody"]),
        (lambda: golden.brief(headline="nobody"), ["`headline`", "nobody"]),
        (lambda: golden.diff(), ["`to`"]),
        (lambda: golden.update(outcomes={"question": ["paper"]}, dry_run=True), ["outcomes: "]),
        (lambda: golden.run(shards=2, out="part.json"), ["`out` does not go with `executor` or `shards`"]),
        (lambda: foretell.load(3), ["a scenario is a path, or the text of a file, not int"]),
        (lambda: foretell.pool(), ["`fit`", "`ledger`"]),
        (lambda: foretell.score(CAME_FRAME, SAID_FRAME), ["forecasts: a table of forecasts needs the column"]),
        (lambda: foretell.score(SAID_FRAME, CAME_FRAME.drop(columns="resolved_on")), ["outcomes: ", "`resolved_on`"]),
        (lambda: foretell.score(SAID, CAME, {"id": ["rain"], "kind": ["colour"]}), ["questions, row 1: the kind `colour`"]),
        (lambda: foretell.load("no such file").run(), ["`no such file`"]),
        (lambda: foretell.load(".").run(), ["cannot read `.`"]),
        (lambda: foretell.score(SAID), ["no outcomes", "`outcomes=…`"]),
        (lambda: foretell.score(SAID_FRAME.assign(probability=1.2), CAME), ["forecasts, row 1: ", "1.2", "rows are counted from 1"]),
        (lambda: foretell.score(SAID_FRAME.assign(probability=nan), CAME), ["forecasts, row 1: "]),
        (lambda: foretell.score({**SAID, "probability": [0.8, nan, 0.1, 0.3]}, CAME), ["forecasts, row 2: "]),
        (lambda: foretell.score([SAID_FRAME, SAID_FRAME.assign(question="q", probability=[0.1, 0.2, 0.3, 7.0])], CAME), ["forecasts[1], row 4: "]),
        (lambda: foretell.score(SAID_FRAME, CAME_FRAME.assign(resolution="perhaps")), ["outcomes, row 1: ", "perhaps"]),
        (lambda: foretell.score(SAID_FRAME, {**CAME, "question": ["sleet", "hail"]}), ["outcomes: no question of these outcomes is known", "`questions=…`"]),
        (lambda: foretell.score(SAID_FRAME.drop(columns="probability"), CAME), ["forecasts: there is no column `probability`", "probability"]),
        (lambda: foretell.score(SAID_FRAME.drop(columns="question"), CAME), ["forecasts", "question"]),
        (lambda: foretell.score(pandas.DataFrame(), CAME), ["forecasts"]),
        (lambda: foretell.score({}, CAME), ["forecasts"]),
        (lambda: foretell.score(SAID, CAME, rule="briar"), ['`rule="briar"` cannot be used', 'did you mean "brier"?']),
        (lambda: foretell.score(SAID, CAME, rule=["brier", 3]), ["a name is a text, not int"]),
        (lambda: foretell.score(SAID, CAME, forecaster="adah"), ["adah", "`ada`"]),
        (lambda: foretell.score(SAID, CAME, by="colour"), ['`by="colour"`']),
        (lambda: foretell.score(SAID, CAME, pool="crowd"), ['`pool="crowd"` cannot be used']),
        (lambda: foretell.score(SAID, CAME, stream=True, scale="log"), ["`stream` does not go with `scale`"]),
        (lambda: foretell.score(".", CAME), ["`.`"]),
        (lambda: foretell.score("nowhere.csv", CAME), ["`nowhere.csv`"]),
        (lambda: foretell.score(SAID, "nowhere.csv"), ["`nowhere.csv`"]),
        (lambda: foretell.score(ledger="nowhere.db"), ["nowhere.db", "`ledger=…`"]),
        (lambda: foretell.score(SAID_FRAME.to_dict("records"), CAME), ["mapping of columns", "pandas.DataFrame(rows)"]),
        (lambda: foretell.compare("ada", "ada", forecasts=SAID, outcomes=CAME), ["`ada` is named twice"]),
        (lambda: foretell.compare("ada", forecasts=SAID, outcomes=CAME), ["`against=…`"]),
        (lambda: foretell.calibrate(SAID, CAME, bins=0), ["`bins=0` cannot be used"]),
        (lambda: foretell.leaderboard(SAID, CAME, order="colour"), ['`order="colour"`']),
        (lambda: foretell.pool(SAID, CAME, method="colour"), ['`method="colour"` cannot be used']),
        (lambda: foretell.pool(SAID, CAME, SAID, method="stacking"), ["2 questions that have resolved are to be pooled, too"]),
        (lambda: foretell.pool(SAID, CAME, baseline="ada"), ["`baseline`", "quantiles"]),
        (lambda: foretell.cohere(SAID), ["`relations`"]),
        (lambda: foretell.cohere(SAID_FRAME.assign(probability=-1), relations=GOLDEN), ["forecasts, row 1: "]),
    ],
)
def test_a_fault_is_told_in_words_of_python(call, said):
    with pytest.raises((TypeError, ValueError, OSError)) as caught:
        call()
    text = str(caught.value)
    for part in said:
        assert part in text
    assert not FOREIGN.search(text), text


def test_what_python_users_write_is_taken():
    plain = golden.run(worlds=1_000_000, doubt_draws=0).json
    assert golden.run(worlds=1e6, doubt_draws=0.0).json == plain
    shuffled = SAID_FRAME.iloc[::-1].iloc[::-1]
    mixed = pandas.concat([SAID_FRAME.iloc[:2], SAID_FRAME.iloc[2:].set_axis([0, 1])])
    days = pandas.to_datetime(SAID_FRAME["made_at"])
    units = [SAID_FRAME.assign(made_at=days.dt.as_unit(unit)) for unit in ("s", "ms", "us", "ns")]
    kinds = [pyarrow.timestamp("s"), pyarrow.timestamp("s", "UTC"), pyarrow.timestamp("ns"), pyarrow.date32(), pyarrow.date64()]
    arrow = pyarrow.table(units[0])
    at = arrow.column_names.index("made_at")
    tables = [arrow.set_column(at, "made_at", arrow["made_at"].cast(kind)) for kind in kinds]
    for frame in (shuffled, mixed, SAID_FRAME.set_index("question"), *units, *tables):
        answer = foretell.score(frame, CAME_FRAME)
        assert answer.json == foretell.score(SAID, CAME).json
        assert answer.remarks == []


def test_every_option_is_told():
    assert "--doubt-draws" in str(golden.run(help=True))
    for command in (foretell.score, foretell.compare, foretell.calibrate, foretell.leaderboard, foretell.pool, foretell.cohere):
        assert "Usage: foretell" in str(command(help=True))


def test_pieces_are_named_where_a_worker_scores_them():
    pieces = [SAID_FRAME, SAID_FRAME.assign(question=["c", "d", "e", "f"], probability=[0.1, 3.0, 0.2, 0.2])]
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        with pytest.raises(foretell.InputFault, match=r"forecasts\[1\], row 2: "):
            foretell.score_partitions(pieces, CAME, executor=executor)


def test_remarks_name_tables_and_not_files_of_ours():
    spare = SAID_FRAME.assign(colour="red")
    for answer in [
        foretell.score(spare, CAME_FRAME),
        foretell.score(spare, CAME, stream=True),
        foretell.calibrate(spare, CAME, all_resolved=True),
        foretell.pool(spare, CAME, SAID_FRAME.assign(question=["c", "c", "d", "d"], made_at="2025-02-05"), method="mean"),
    ]:
        assert any(re.match(r"note: (forecasts|fit): columns not used: colour", remark) for remark in answer.remarks), answer.remarks
        assert not any(FOREIGN.search(remark) for remark in answer.remarks), answer.remarks


def test_the_same_call_gives_the_same_answer_twice(tmp_path):
    relations = tmp_path / "relations.toml"
    relations.write_text('logic = ["snow implies rain"]', encoding="utf-8")
    cases = pandas.DataFrame({"attends": ["yes", "no"] * 20, "paper": ["yes", "no"] * 20})
    outcomes = {"question": ["paper"], "resolution": ["yes"], "resolved_on": ["2025-10-01"]}
    joint = {"forecaster": ["ada"] * 2, "made_at": ["2025-01-05"] * 2, "pattern": ["rain=yes|snow=no", "rain=no|snow=no"], "probability": [0.7, 0.3]}
    now = SAID_FRAME.assign(question=["c", "c", "d", "d"], made_at="2025-02-05")
    for call in [
        lambda: foretell.score(SAID_FRAME, CAME_FRAME),
        lambda: foretell.score(SAID, CAME, components=True),
        lambda: foretell.score(SAID, CAME, stream=True),
        lambda: foretell.score(SAID, CAME, joint=joint),
        lambda: foretell.score(SAID, CAME, platform="metaculus"),
        lambda: foretell.compare("ada", "bob", forecasts=SAID, outcomes=CAME),
        lambda: foretell.calibrate(SAID, CAME, all_resolved=True, axis="odds"),
        lambda: foretell.leaderboard(SAID, CAME),
        lambda: foretell.pool(SAID, CAME, now, method="mean"),
        lambda: foretell.pool(list=True),
        lambda: foretell.cohere(SAID_FRAME, relations=relations),
        lambda: golden.update(outcomes=outcomes, dry_run=True),
        lambda: golden.update(cases=cases, dry_run=True),
        lambda: golden.brief(forecasts=SAID, outcomes=CAME, worlds=2_000),
    ]:
        one, two = call(), call()
        for form in ("json", "text", "markdown", "remarks"):
            assert getattr(one, form) == getattr(two, form)
            assert "foretell-" not in str(getattr(one, form))
        assert one.json and len(one.table.column_names) > 1
        assert one.to_arrow().equals(two.to_arrow())


BEFORE = {**CAME, "resolved_on": ["2025-01-02"] * 2}


def test_nothing_to_say_is_said():
    why = r"\s+not scored: 4 forecasts on 2 questions: made after the question closed or resolved"
    for call in [
        lambda: foretell.score(SAID, BEFORE),
        lambda: foretell.score(SAID, BEFORE, stream=True),
        lambda: foretell.leaderboard(SAID, BEFORE),
    ]:
        with pytest.warns(foretell.ForetellWarning, match=rf"the answer is empty\. There is nothing to score yet\.{why}"):
            call()
    with pytest.warns(foretell.ForetellWarning, match=rf"the answer is empty\. ada against bob .*share no question that can be scored{why}"):
        foretell.compare("ada", "bob", forecasts=SAID, outcomes=BEFORE)
    with pytest.warns(foretell.ForetellWarning, match="nothing to judge yet"):
        foretell.calibrate(SAID, BEFORE)
    with pytest.warns(foretell.ForetellWarning, match="try another `rule` or a lower `at_least`"):
        foretell.leaderboard(SAID, CAME, at_least=10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        foretell.score(SAID, CAME)
        foretell.score(SAID, CAME, components=True)
        foretell.compare("ada", "bob", forecasts=SAID, outcomes=CAME)
        foretell.calibrate(SAID, CAME, all_resolved=True)
        foretell.leaderboard(SAID, CAME)


def test_a_warning_points_at_the_line_that_called():
    with pytest.warns(foretell.ForetellWarning) as caught:
        foretell.score(SAID, BEFORE)
        foretell.run(SUMMIT, worlds=2_000, given="moscow_confirms by 2025-09-01", method="rejection")
    assert {warning.filename for warning in caught} == {__file__}


def test_problems_speak_of_keywords():
    text = GOLDEN.read_text(encoding="utf-8") + '\n[decision.umbrella]\noptions = ["take", "leave"]\n'
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = foretell.check(text)
    assert any(problem.severity == "warning" for problem in found), "they are returned, not raised"
    assert not any(FOREIGN.search(str(problem)) for problem in found)
    with pytest.raises(foretell.InputFault) as caught:
        foretell.run(text)
    assert not FOREIGN.search(str(caught.value)), str(caught.value)
