"""What the engine says, in Python's own terms.

The engine speaks of options of the command line (``--doubt-draws 20``), of its commands (`foretell plan`) and, where tables are no files, of the files that they
were written to for it. Here these become keywords, methods and the names of the tables.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Union

__all__ = ["Names", "call", "in_python", "is_of_a_file_of_ours", "refusal", "way_out"]

#: What files of ours are called in Python: ``forecasts``, ``forecasts[1]``.
Names = Mapping[str, str]

#: Options whose keyword is another one.
KEYWORDS = {"shard": "shards"}
#: Commands that are methods of a scenario, by their names there.
METHODS = {name: name for name in ("check", "run", "explain", "watch", "decide", "storylines", "diff", "plan", "update")} | {"report": "brief"}
#: Commands that are functions.
FUNCTIONS = ("score", "compare", "calibrate", "leaderboard", "pool", "cohere")

#: The way out where a scenario is not there.
NO_SCENARIO = "give the path of a file that is there; a scenario may also be given as its text, which has line breaks"
#: What the engine says where Python has other ways.
OTHERWISE = {
    "`foretell init` writes a scenario file to start from": NO_SCENARIO,
    "record or import their forecasts or definitions first": "give forecasts on these questions, or their definitions: `--questions FILE`",
    "put all of a question's into one part, or score without --part": "put all of a question's into one table, or score all tables by `foretell.score`",
    "that another part has one of, too": "that another table has one of, too",
    "is of the type Binary": "holds bytes: decode them to text, as by `.cast(pyarrow.string())` or `.str.decode(\"utf-8\")`",
    "the row says nothing: give": "the row says nothing, or its value is missing: give",
    ", `record` or `import`": ", `foretell record` or `foretell import`",
    "invalid digit found in string": "a whole number from 0 is needed",
    "number too small to fit in target type": "a whole number from 0 is needed",
}

#: A value that stands outside of quotation marks: a number, a day, something quoted, or one of a few words; other words belong to the sentence.
VALUE = r"\"[^\"]*\"|'[^']*'|[-+]?\d[\w.%-]*(?<!\.)|(?:exact|posterior|rejection|importance|auto|none|recorded)(?!\w)"
PLACEHOLDER = r"[A-Z][A-Z=:]*(?![a-z\w])"
OPTION = re.compile(rf"(?<![\w-])--([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:[ =]({PLACEHOLDER}|{VALUE}))?")
QUOTED = re.compile(r"`([^`\n]*)`(?P<after> on the command line)?")
WHOLE_OPTION = re.compile(r"--([a-z][a-z0-9-]*)(?:[ =](.+))?")
COMMAND = re.compile(r"foretell ([a-z]+)((?: .*)?)")
#: An option as the parser of arguments writes it: ``'--worlds <N>'``.
ARGUMENT = r"'?--([a-z][a-z0-9-]*)(?:[ =]<[^>]*>(?:\.\.\.)?)?'?"


def name_of(option: str) -> str:
    """The keyword that stands for an option."""
    name = KEYWORDS.get(option, option).replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def written(value: str) -> str:
    """A value as one writes it in Python."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    if re.fullmatch(PLACEHOLDER, value):
        return "…"
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def call(command: str, arguments: str = "") -> str:
    """What a command is called in Python: `Scenario.plan()`, `foretell.pool(list=True)`."""
    if command in METHODS:
        start = f"Scenario.{METHODS[command]}"
    elif command in FUNCTIONS:
        start = f"foretell.{command}"
    else:
        return f"foretell {command}{arguments}"
    given = []
    for option, value in re.findall(r"--([a-z][a-z0-9-]*)(?:[ =](?!--)(\"[^\"]*\"|'[^']*'|\S+))?", arguments):
        given.append(f"{name_of(option)}={written(value) if value else True}")
    return f"{start}({', '.join(given)})"


def _quoted(found: re.Match[str]) -> str:
    inner, after = found.group(1), found.group("after") or ""
    option = WHOLE_OPTION.fullmatch(inner)
    if option is not None:
        name, value = option.groups()
        said = name_of(name) if value is None else f"{name_of(name)}={written(value)}"
        return f"the keyword `{said}`" if after else f"`{said}`"
    command = COMMAND.fullmatch(inner)
    if command is not None:
        said = call(*command.groups())
        return f"`{said}`" if said != inner else f"`{said}` of the command line"
    return found.group(0)


def _bare(found: re.Match[str]) -> str:
    name, value = found.groups()
    return f"`{name_of(name)}`" if value is None else f"`{name_of(name)}={written(value)}`"


def _named(text: str, names: Names) -> str:
    """Files of ours by the names of the tables; lines as rows of the table, which are counted from 1."""
    for path, name in sorted(names.items(), key=lambda pair: -len(pair[0])):
        heading = 1 if path.endswith(".csv") else 0

        def row(found: re.Match[str], name: str = name, heading: int = heading) -> str:
            at, of_heading = int(found.group(1)) - heading, found.group(2)
            return f"{name}: {of_heading or ''}" if at < 1 or (at == 1 and of_heading) else f"{name}, row {at}: {of_heading or ''}"

        text = re.sub(rf"{re.escape(path)}:(\d+): (a table |the columns? |there is no column )?", row, text)
        text = text.replace(path, name)
    return text


def in_python(text: str, names: Names | None = None) -> str:
    """A text of the engine in Python's terms. What stands in backticks is left alone where it is none of the engine's options and commands."""
    for said, other in OTHERWISE.items():
        text = text.replace(said, other)
    if names:
        text = _named(text, names)
    parts: list[str] = []
    end = 0
    for found in QUOTED.finditer(text):
        parts.append(OPTION.sub(_bare, text[end : found.start()]))
        parts.append(_quoted(found))
        end = found.end()
    parts.append(OPTION.sub(_bare, text[end:]))
    return "".join(parts)


def way_out(help: str, names: Names | None = None, message: str = "") -> str:
    """A way out in Python's terms. Where the `message` is about a table that is no file, so is the way out."""
    said = in_python(help, names)
    if names and any(path in message for path in names):
        said = said.replace("the file", "the table").replace("its first line names the columns", "it has no columns")
        if re.search(r", row \d+: ", _named(message, names)):
            said += "; rows are counted from 1"
    return said


#: What the engine says where a table has columns that it does not read.
UNUSED = re.compile(r"note: (?P<table>.*?): columns not used: (?P<columns>[^;]*)(?P<elsewhere>; .*)?")


def of_unused(remark: str) -> str | None:
    """What a remark on columns that are not used says as a warning."""
    found = UNUSED.fullmatch(remark)
    if found is None:
        return None
    columns = [f"`{column}`" for column in found["columns"].split(", ")]
    are = "column {} is" if len(columns) == 1 else "columns {} are"
    return f"{found['table']}: the {are.format(', '.join(columns))} not used{found['elsewhere'] or ''}"


#: What the engine says of `stream` where a table is a piece of several: there is no such keyword then, and `foretell.score` reads everything.
OF_PARTITIONS = {
    "`stream` scores yes/no": "`foretell.score_partitions` scores yes/no",
    "leave out the rule, or `stream`": "leave out the rule, or score all tables by `foretell.score`",
    "all of them in memory: leave out `stream`": "all of them in memory: score all tables by `foretell.score`",
    "leave out `stream`, or the column": "leave out the column, or score all tables by `foretell.score`",
    "leave out `stream`": "score all tables by `foretell.score`",
    "where a table is streamed": "where tables are scored in pieces",
    "that is streamed": "that is scored in pieces",
    "can be streamed": "can be scored in pieces",
}


def of_partitions(text: str) -> str:
    """What is said in Python's terms of a piece of several tables, without the keyword that is none there."""
    for said, other in OF_PARTITIONS.items():
        text = text.replace(said, other)
    return text


#: A fault of a row of a table, or of a table, as Python says it; or of a line of a file.
OF_ROW = re.compile(r"(?P<table>[a-z_]+(?:\[\d+\])?), row (?P<row>\d+): (?P<said>.*)")
OF_TABLE = re.compile(r"`?(?P<table>[a-z_]+(?:\[\d+\])?)`?: (?P<said>.*)")
OF_LINE = re.compile(r"(?P<file>.*?\S):(?P<line>\d+): (?P<said>.*)")


def of_tables(message: str, names: Names) -> list[dict[str, str]]:
    """What a failure says of tables, a line each: `said`, and where: `table` and `row`, or `file` and `line`. The message is in Python's terms."""
    told = []
    for line in message.splitlines():
        found = OF_ROW.fullmatch(line) or OF_TABLE.fullmatch(line)
        if found is None or found["table"] not in names.values():
            found = OF_LINE.fullmatch(line)
        if found is not None:
            told.append(found.groupdict())
    return told


def is_of_a_file_of_ours(remark: str, names: Names) -> bool:
    """Whether a remark only says that a file was written which nobody but us asked for."""
    return remark.startswith("wrote ") and remark.removeprefix("wrote ") in names


def _listed(text: str) -> str:
    return ", ".join(f"`{name_of(option)}`" for option in re.findall(ARGUMENT, text))


def refusal(said: str, command: str) -> tuple[str, str | None]:
    """What the parser of arguments says, as a message and a way out: which keyword is none, lacks a value or has one that it does not take."""
    said = said.split("\n\nUsage:")[0].strip()
    where = call(command).removesuffix("()")
    tips: list[str] = re.findall(r"tip: (?:a similar (?:argument|value) exists|some similar (?:arguments|values) exist): (.*)", said)
    near = [near for tip in tips for near in re.findall(r"'([^']*)'", tip)]
    possible = re.search(r"\[possible values: ([^\]]*)\]", said)
    ways: list[str] = []

    def as_value(text: str) -> str:
        return f'"{text}"'

    unknown = re.match(rf"unexpected argument {ARGUMENT} found", said)
    if unknown:
        ways = [f"did you mean {' or '.join(f'`{name_of(one[2:])}`' for one in near)}?"] if near else []
        return f"`{where}` has no keyword `{name_of(unknown.group(1))}`", "; ".join(ways) or f"help(foretell.{where.removeprefix('foretell.')}) lists them"
    if near:
        ways.append(f"did you mean {' or '.join(map(as_value, near))}?")
    if possible:
        ways.append(f"it may be {', '.join(map(as_value, possible.group(1).split(', ')))}")
    help = " ".join(ways) or None
    invalid = re.match(rf"invalid value '(.*?)' for {ARGUMENT}(?:: (.*?))?(?=\n|\Z)", said, re.DOTALL)
    if invalid:
        value, option, why = invalid.groups()
        shown = f"{name_of(option)}={written(value)}"
        why = re.sub(r"(\S+) is not in (\S+)\.\.=(\S+)", r"it must be from \2 to \3", why or "")
        return f"`{shown}` cannot be used" + (f": {in_python(why.strip())}" if why else ""), help
    flag = re.match(rf"unexpected value '(.*?)' for {ARGUMENT} found", said, re.DOTALL)
    if flag:
        return f"`{name_of(flag.group(2))}` is a flag, which {written(flag.group(1))} is no value of", "say True or False"
    empty = re.match(rf"a value is required for {ARGUMENT} but none was supplied", said)
    if empty:
        return f"`{name_of(empty.group(1))}` needs a value: it is no flag, and an empty text is none", help
    twice = re.match(rf"the argument {ARGUMENT} cannot be used multiple times", said)
    if twice:
        return f"`{name_of(twice.group(1))}` takes one value, not several", help
    beside = re.match(rf"the argument {ARGUMENT} cannot be used with(?::\s*(?P<many>.*)| (?P<one>.*))", said, re.DOTALL)
    if beside:
        others = _listed(beside.group("many") or beside.group("one") or "")
        return f"`{name_of(beside.group(1))}` does not go with {others or in_python(beside.group('many') or beside.group('one'))}", "leave one of them out"
    lacking = re.match(r"the following required arguments were not provided:(.*)", said, re.DOTALL)
    if lacking:
        return f"`{where}` needs {_listed(lacking.group(1)) or in_python(lacking.group(1).strip())}, too", None
    return in_python(said), help
