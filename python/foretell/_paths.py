"""Paths as they are given: of a file, a folder or a pattern."""

from __future__ import annotations

import glob
import os
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy

from .errors import MissingFile


def files_of(path: str | os.PathLike[str], endings: tuple[str, ...], what: str) -> list[str]:
    """The files of a folder with one of these endings, in the order of their names, those of a pattern, or the one of that name."""
    name = os.fspath(path)
    if os.path.isdir(name):
        found = sorted(str(one) for one in pathlib.Path(name).iterdir() if one.name.lower().endswith(endings) and one.name[0] not in "._")
        if not found:
            raise MissingFile(f"the folder `{name}` holds no {what}", f"names end in {', '.join(f'`{ending}`' for ending in endings)}")
        return found
    if os.path.exists(name):
        return [name]
    found = sorted(glob.glob(name))
    if not found:
        raise MissingFile(f"there is no file `{name}`", "give the path of a file, a folder, a pattern such as `part-*.parquet`, or a list")
    return found


def are_several(given: Any) -> bool:
    """Whether it is a list of what it may be made of, and no table in memory by itself."""
    is_one = isinstance(given, (bytes, Mapping, numpy.ndarray)) or hasattr(given, "to_csv") or hasattr(given, "__arrow_c_stream__")
    return isinstance(given, Iterable) and not is_one
