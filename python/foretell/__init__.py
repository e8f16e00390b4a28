"""foretell: scenario files in, calibrated forecasts out, scored against what happened.

>>> import foretell
>>> summit = foretell.load("scenarios/white-house-2025-08-18.toml")
>>> len(summit.check())        # notes; errors and warnings would come first
13
>>> answer = summit.run(worlds=1_000_000)
>>> answer.table        # rows with typed columns, for pandas, polars, pyarrow
>>> foretell.score(forecasts, outcomes)

What runs is the engine of the command line: the same scenario, seed and worlds give the same bytes.

==========================================  ==================================================================
`load`, `run`, `check`, `Scenario`          scenario files: checked, run, explained, updated
`score`, `compare`, `calibrate`,            forecasts against what happened; `foretell.records` says what stands
`leaderboard`, `pool`, `cohere`             in their tables
`score_partitions`                          the same for many files, or a data frame of Dask
`score_columns`                             means over columns of Parquet files, at the speed of reading
`foretell.scores`                           scoring rules as functions on arrays
`Answer`                                    what all of them give: text, JSON, table, picture
`InputFault`, `EnvironmentFault`,           what can go wrong, and what is worth to know
`MissingFile`, `KindFault`,
`ForetellWarning`
==========================================  ==================================================================
"""

from . import drop_in, scores
from ._foretell import VERSION as __version__
from .answers import Answer, BriefAnswer, CalibrationAnswer, PoolAnswer, RunAnswer, Table
from .columns import score_columns
from .errors import EnvironmentFault, ForetellError, ForetellWarning, InputFault, KindFault, MissingFile, Problem
from .partitions import score_partitions
from .records import calibrate, cohere, compare, leaderboard, pool, score
from .scenario import Scenario, check, load, run

__all__ = [
    "Answer",
    "BriefAnswer",
    "CalibrationAnswer",
    "EnvironmentFault",
    "ForetellError",
    "ForetellWarning",
    "InputFault",
    "KindFault",
    "MissingFile",
    "PoolAnswer",
    "Problem",
    "RunAnswer",
    "Scenario",
    "Table",
    "__version__",
    "calibrate",
    "check",
    "cohere",
    "compare",
    "drop_in",
    "leaderboard",
    "load",
    "pool",
    "run",
    "score",
    "score_columns",
    "score_partitions",
    "scores",
]
