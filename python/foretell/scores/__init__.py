"""Scoring rules on arrays.

What happened comes first, and lower is better, but of `bandwidth` and `quantile_bias`, which are no scores. Arguments broadcast against each other as in NumPy; ``(...)`` in a docstring stands
for their common shape, which is that of the scores; a scalar of everything gives a scalar. Where a row has no score – a probability outside of 0 to 1, a negative scale, a number that is none – a
`ValueError` names it: no number is made up, and none is left out.

A number that is missing – NaN, what a masked array hides, NaT – is none. So is a row that holds it. Complex numbers, and days where a probability, a weight or a count is asked for, are a
`TypeError`. What happens on days may be scored as such, as may times and lengths of time: in the finest of the units of what is compared, to which all of it is brought exactly. What has no
place there, and a number beside several units, is refused by name; times with a zone are those moments in UTC, and times without one are taken for UTC.

What happened may also be called impossible by a law: then its logarithmic score is infinite, and said so by `inf`.

The functions run on all cores without the interpreter's lock, and give the same bits on every machine. Ctrl-C ends long ones.
"""

from __future__ import annotations

from . import binary, crps, crps_bounded, crps_counts, crps_positive, ensembles, logs, logs_bounded, logs_counts, logs_positive, options, quantiles, vectors, weighted
from .binary import *  # noqa: F403
from .crps import *  # noqa: F403
from .crps_bounded import *  # noqa: F403
from .crps_counts import *  # noqa: F403
from .crps_positive import *  # noqa: F403
from .ensembles import *  # noqa: F403
from .logs import *  # noqa: F403
from .logs_bounded import *  # noqa: F403
from .logs_counts import *  # noqa: F403
from .logs_positive import *  # noqa: F403
from .options import *  # noqa: F403
from .quantiles import *  # noqa: F403
from .vectors import *  # noqa: F403
from .weighted import *  # noqa: F403

__all__: list[str] = []
__all__ += binary.__all__
__all__ += crps.__all__
__all__ += crps_bounded.__all__
__all__ += crps_counts.__all__
__all__ += crps_positive.__all__
__all__ += ensembles.__all__
__all__ += logs.__all__
__all__ += logs_bounded.__all__
__all__ += logs_counts.__all__
__all__ += logs_positive.__all__
__all__ += options.__all__
__all__ += quantiles.__all__
__all__ += vectors.__all__
__all__ += weighted.__all__
