"""Means over yes/no forecasts in columns of Parquet files, at the speed of reading them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple, Union

import numpy
from numpy.typing import NDArray

from . import _foretell
from ._paths import are_several, files_of
from .errors import InputFault, KindFault, of_environment
from .scores.binary import MOST_BINS

__all__ = ["ColumnScores", "ForecasterScores", "MurphyParts", "score_columns"]

#: A file, a folder of files, or a pattern of paths; or several of them.
Paths = Union[str, "os.PathLike[str]", Iterable[Union[str, "os.PathLike[str]"]]]

#: What is said to who gives what is no path.
IN_MEMORY = "tables in memory are scored by `foretell.score`, arrays by `foretell.scores`"


class ForecasterScores(NamedTuple):
    """Means of each forecaster, in the order in which they first come: columns of one length, as ``pandas.DataFrame(found.forecasters._asdict())`` takes them.

    `forecasts` are how many there are, `raised` those whose probability of what happened was raised to the floor of the logarithmic score, `infinite` those where it was 0.
    """

    names: list[str]
    brier: NDArray[numpy.float64]
    log: NDArray[numpy.float64]
    forecasts: NDArray[numpy.int64]
    raised: NDArray[numpy.int64]
    infinite: NDArray[numpy.int64]


class MurphyParts(NamedTuple):
    """What the mean Brier score is made of: ``reliability - resolution + uncertainty + within_bins``."""

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


class ColumnScores(NamedTuple):
    """Means over all forecasts, each counting alike, and over those of each forecaster.

    `bins` has a row for each bin of probabilities: forecasts, events, and the sum of the probabilities. Shape (bins, 3).
    """

    brier: float
    log: float
    forecasts: int
    raised: int
    infinite: int
    bins: NDArray[numpy.float64]
    murphy: MurphyParts
    forecasters: ForecasterScores


def _paths(paths: Paths) -> list[str]:
    """All files, in order."""
    several = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    if not are_several(several):
        raise KindFault(f"`paths` must be a path, or a list of paths, not {type(paths).__name__}", IN_MEMORY)
    found: list[str] = []
    for one in several:
        if not isinstance(one, (str, os.PathLike)):
            raise KindFault(f"`paths` must be paths of Parquet files, not {type(one).__name__}", IN_MEMORY)
        found += files_of(one, (".parquet",), "Parquet file")
    if not found:
        raise InputFault("the list of files is empty")
    return found


def score_columns(
    paths: Paths,
    probability: str = "probability",
    outcome: str = "outcome",
    forecaster: str | None = "forecaster",
    *,
    bins: int = 10,
) -> ColumnScores:
    """Mean Brier and log scores of yes/no forecasts in Parquet files that have the outcomes beside them, by forecaster and over all, and Murphy's decomposition: in one pass, and in
    memory that does not grow with the rows.

    A row counts as one forecast: nothing is weighted by time, and there are no standard errors, for which `foretell.score` asks about questions and days. Lower is better, of
    both scores. Probabilities of what happened below 1e-6 are raised to that in the log score, in nats. Where `forecaster` is ``None``,
    `foretell.scores.binary_means` gives the same figures of arrays, to the last bit; else means over all are sums of forecasters' sums, which differ by rounding.

    Parameters
    ----------
    paths
        A Parquet file, a folder whose files that end in ``.parquet`` are read in the order of their names, a pattern such as ``"part-*.parquet"``, or a list of these.
    probability
        The name of the column of probabilities: doubles or singles from 0 to 1.
    outcome
        The name of the column of what happened: true or false, or the numbers 1 and 0.
    forecaster
        The name of the column of forecasters: texts, which may be kept as a dictionary. ``None`` if one made them all, or it does not matter who; then `forecasters` has one row, of
        an empty name.
    bins
        How many bins of probabilities of equal width, from 1 to 1000; each holds its upper edge, the first one 0, too.

    Returns
    -------
    ColumnScores
        The same bits for any number of threads, and however the rows are dealt out to files and groups of rows.

    Raises
    ------
    InputFault
        If a file has no such columns, is none of Parquet or is named twice, there are no rows, `bins` is out of range, or a row cannot be scored: the message names the file, the row, counted from 1, and the column.
    MissingFile
        If there is no such file, or a folder holds none.
    TypeError
        If `paths` are no paths, or `bins` is no whole number.

    Examples
    --------
    >>> import pandas, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> rows = pandas.DataFrame({"who": ["ben", "ada", "ben"], "p": [0.6, 0.9, 0.2], "came": [False, True, False]})
    >>> rows.to_parquet(f"{folder.name}/forecasts.parquet")
    >>> found = foretell.score_columns(folder.name, "p", "came", "who", bins=2)
    >>> found.forecasts, round(found.brier, 6), round(found.murphy.uncertainty, 6)
    (3, 0.136667, 0.222222)
    >>> pandas.DataFrame(found.forecasters._asdict())[["names", "brier", "forecasts"]].round(6)
      names  brier  forecasts
    0   ben   0.20          2
    1   ada   0.01          1
    """
    if isinstance(bins, bool) or not isinstance(bins, (int, numpy.integer)):
        raise TypeError(f"bins is a whole number from 1 to {MOST_BINS}, not {bins!r}")
    if not 1 <= bins <= MOST_BINS:
        raise InputFault(f"bins is a whole number from 1 to {MOST_BINS}, not {bins}")
    found, failure = _foretell.binary_of_files(_paths(paths), probability, outcome, forecaster, int(bins))
    if found is None:
        message, help, is_input = failure or ("nothing was found", None, False)
        raise InputFault(message, help) if is_input else of_environment(message, help)
    means, names, each, rows, murphy = found
    if means is None or murphy is None:
        raise InputFault("there are no forecasts in these files")
    columns = numpy.array([one[:2] for one in each if one is not None], dtype=numpy.float64).reshape(-1, 2)
    counts = numpy.array([one[2:] for one in each if one is not None], dtype=numpy.int64).reshape(-1, 3)
    forecasters = ForecasterScores(names, columns[:, 0].copy(), columns[:, 1].copy(), *(counts[:, at].copy() for at in range(3)))
    return ColumnScores(*means, numpy.array(rows, dtype=numpy.float64), MurphyParts(*murphy), forecasters)
