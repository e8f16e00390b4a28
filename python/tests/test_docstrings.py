"""What `help` shows: everything public says what it is, and its examples print what is shown."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest
from test_documents import FLAGS

import foretell


@pytest.mark.parametrize("name", ["answers", "errors", "partitions", "records", "scenario"])
def test_the_examples_print_what_is_shown(name):
    module = importlib.import_module(f"foretell.{name}")
    failed, tried = doctest.testmod(module, extraglobs={"foretell": foretell, **vars(module)}, optionflags=FLAGS)
    assert tried > 3
    assert failed == 0


@pytest.mark.parametrize(
    "name", ["drop_in.scikit_learn", "scores.binary", "scores.crps", "scores.ensembles", "scores.logs", "scores.options"]
)
def test_the_examples_of_scores_print_what_is_shown(name):
    module = importlib.import_module(f"foretell.{name}")
    failed, tried = doctest.testmod(module, optionflags=FLAGS)
    assert tried > 0
    assert failed == 0


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
