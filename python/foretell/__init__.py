"""foretell: scenario files in, calibrated forecasts out, scored against what happened.

>>> import foretell
>>> summit = foretell.load("scenarios/white-house-2025-08-18.toml")
>>> summit.check()
[]
>>> answer = summit.run(worlds=1_000_000)
>>> answer.table        # rows with typed columns, for pandas, polars, pyarrow
>>> foretell.score(forecasts, outcomes)

What runs is the engine of the command line: the same scenario, seed and worlds give the same bytes.
"""

from . import drop_in, scores
from ._foretell import VERSION as __version__
from .answers import Answer, BriefAnswer, RunAnswer, Table
from .errors import EnvironmentFault, ForetellError, ForetellWarning, InputFault, Problem
from .partitions import score_partitions
from .records import CalibrationAnswer, PoolAnswer, calibrate, cohere, compare, leaderboard, pool, score
from .scenario import Scenario, check, load, run

__all__ = [
    "Answer",
    "BriefAnswer",
    "CalibrationAnswer",
    "EnvironmentFault",
    "ForetellError",
    "ForetellWarning",
    "InputFault",
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
    "score_partitions",
    "scores",
]
