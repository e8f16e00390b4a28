"""What `help` shows: everything public says what it is, and its examples print what is shown."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re

import pytest
from test_documents import FLAGS

import foretell
from foretell import scores


@pytest.mark.parametrize("name", ["answers", "columns", "errors", "partitions", "records", "scenario"])
def test_the_examples_print_what_is_shown(name):
    module = importlib.import_module(f"foretell.{name}")
    failed, tried = doctest.testmod(module, extraglobs={"foretell": foretell, **vars(module)}, optionflags=FLAGS)
    assert tried > 3
    assert failed == 0


def test_the_examples_of_the_drop_in_print_what_is_shown():
    failed, tried = doctest.testmod(importlib.import_module("foretell.drop_in.scikit_learn"), optionflags=FLAGS)
    assert tried > 0
    assert failed == 0


#: The modules of `foretell.scores`, and its functions, whichever of them they are from.
MODULES = [module.name for module in pkgutil.iter_modules(scores.__path__) if not module.name.startswith("_")]
SCORES = [name for name in dir(scores) if not name.startswith("_") and inspect.isfunction(getattr(scores, name))]
#: What every docstring of a score has, as a pattern.
HAS = {
    "a shape": r"[Ss]hapes? \(",
    "an orientation": r"(?i)lower\s+is\s+better|no\s+score[:.]\s",
    "a source": r"\(\d{4}\), |\(\d{4}\)\.",
    "what is raised": r"Raises\n-+\nValueError\n {4}If ",
    "an example": r"Examples\n-+\n>>> ",
}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_scores_print_what_is_shown(name):
    failed, tried = doctest.testmod(importlib.import_module(f"foretell.scores.{name}"), optionflags=FLAGS)
    assert tried > 0
    assert failed == 0


def test_every_score_is_public():
    assert set(SCORES) == {name for name in scores.__all__ if not inspect.isclass(getattr(scores, name))}
    assert len(SCORES) > 80


@pytest.mark.parametrize("name", SCORES)
def test_every_score_says_what_goes_in_what_comes_out_and_where_it_is_from(name):
    function = getattr(scores, name)
    said = inspect.getdoc(function) or ""
    assert [what for what, pattern in HAS.items() if not re.search(pattern, said)] == []
    assert f"{name}(" in said.partition("Examples\n")[2], "the example calls it"
    section = said.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    explained = [one for line in section.splitlines() if not line.startswith(" ") for one in line.split(", ")]
    assert sorted(explained) == sorted(inspect.signature(function).parameters)
    # What has an axis, and what happened, has a shape.
    for one in ("y", "p", "draws", "q", "counts", "levels", "weights", "width"):
        if one in explained:
            words = re.search(rf"(?m)^(?:\w+, )*{one}(?:, \w+)*\n((?: .*\n?)+)", section)
            assert "hape" in words[1], one


def test_what_asks_the_engine_says_what_it_takes_and_what_is_raised():
    asking = [getattr(foretell, name) for name in foretell.__all__ if inspect.isfunction(getattr(foretell, name))]
    asking += [method for name, method in inspect.getmembers(foretell.Scenario, inspect.isfunction) if not name.startswith("_")]
    assert len(asking) > 15
    for function in asking:
        said = inspect.getdoc(function) or ""
        assert "\nRaises\n------\n" in said, function
        if function not in (foretell.run, foretell.check):
            for parameter in set(inspect.signature(function).parameters) - {"self"}:
                assert parameter in said.partition("\nParameters\n----------\n")[2].partition("\nRaises\n")[0], (function, parameter)


def test_everything_public_says_what_it_is_and_shows_it():
    silent, without_example = [], []
    for name in foretell.__all__:
        one = getattr(foretell, name)
        if not callable(one):
            continue
        members = vars(one).items() if inspect.isclass(one) else ()
        parts = [(name, one), *((f"{name}.{part}", member) for part, member in members if not part.startswith("_"))]
        silent += [part for part, member in parts if not (inspect.getdoc(member) or "").strip()]
        functions = [(part, member) for part, member in parts if inspect.isfunction(member)]
        without_example += [part for part, member in functions if ">>>" not in (inspect.getdoc(member) or "")]
    assert silent == []
    assert sorted(without_example) == ["Answer.to_arrow", "Answer.to_pandas", "Answer.to_polars"]
