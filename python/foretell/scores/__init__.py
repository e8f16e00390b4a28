"""Scoring rules on arrays.

Everywhere lower is better, and what happened comes first. Arguments broadcast against each other as in NumPy; a scalar of everything gives a scalar. Where a row has
no score – a probability outside of 0 to 1, a negative scale, a number that is none – a `ValueError` names it: no number is made up, and none is left out.

A number that is missing – NaN, what a masked array hides, NaT – is none. So is a row that holds it.

What happened may also be called impossible by a law: then its logarithmic score is infinite, and said so by `inf`.

The functions run on all cores without the interpreter's lock, and give the same bits on every machine.
"""

from __future__ import annotations

from . import binary, crps, ensembles, logs, options, quantiles
from .binary import *  # noqa: F403
from .crps import *  # noqa: F403
from .ensembles import *  # noqa: F403
from .logs import *  # noqa: F403
from .options import *  # noqa: F403
from .quantiles import *  # noqa: F403

__all__: list[str] = []
__all__ += binary.__all__
__all__ += crps.__all__
__all__ += ensembles.__all__
__all__ += logs.__all__
__all__ += options.__all__
__all__ += quantiles.__all__
