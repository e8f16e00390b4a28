"""What the documents show is what happens. ``UPDATE_DOCS=1`` writes the outputs of the notebook anew."""

from __future__ import annotations

import doctest
import inspect
import os

import nbclient
import nbformat
import pytest
from conftest import ROOT

import foretell

NOTEBOOK = ROOT / "docs" / "summit.ipynb"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("document", ["python/README.md", "docs/guide/python.md"])
def test_the_examples_print_what_is_shown(document):
    failed, tried = doctest.testfile(str(ROOT / document), module_relative=False, optionflags=FLAGS)
    assert tried > 3
    assert failed == 0


def test_the_examples_in_docstrings_print_what_is_shown():
    import foretell.scenario
    import foretell.scores

    tried = 0
    rules = [module for name, module in vars(foretell.scores).items() if inspect.ismodule(module) and not name.startswith("_")]
    for module in (foretell.scenario, *rules):
        names = {"foretell": foretell, **vars(module)}
        failed, count = doctest.testmod(module, extraglobs=names, optionflags=FLAGS)
        assert failed == 0
        tried += count
    assert tried > 3


def shown(notebook):
    """The text of each output of each cell; pictures by whether there is one."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts.append(output.get("text", data.get("text/plain", "")))
            texts.append("<svg" in "".join(data.get("text/html", "")) or "image/svg+xml" in data)
    return texts


def test_the_notebook_runs_and_shows_what_it_showed():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    expected = shown(notebook)
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}}).execute()
    if os.environ.get("UPDATE_DOCS"):
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        notebook.metadata.pop("language_info", None)
        nbformat.write(notebook, NOTEBOOK)
        expected = shown(notebook)
    assert shown(notebook) == expected
    assert sum(text is True for text in expected) >= 2, "there are pictures"
    assert len(expected) > 10
