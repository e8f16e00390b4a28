"""Scores under the names, and with the arguments, of the packages that people come from.

``from foretell import drop_in as sr`` stands in for ``import scoringrules as sr`` (its version 0.10), and ``from foretell.drop_in import brier_score_loss, log_loss, mean_pinball_loss`` for
the same three of scikit-learn. The values are theirs up to rounding; what has no score raises an error that names the row, where they give NaN. `foretell.scores` has
the same rules under names of one kind, and says of each what it is and where it comes from.

``backend`` is taken and left aside: there is one engine.
"""

from __future__ import annotations

from . import laws, scikit_learn, scoringrules
from .laws import *  # noqa: F403
from .scikit_learn import *  # noqa: F403
from .scoringrules import *  # noqa: F403

__all__: list[str] = []
__all__ += laws.__all__
__all__ += scikit_learn.__all__
__all__ += scoringrules.__all__
