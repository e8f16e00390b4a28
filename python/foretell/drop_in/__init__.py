"""Scores under the names, and with the arguments, of the packages that people come from.

``from foretell import drop_in as sr`` stands in for ``import scoringrules as sr`` (its version 0.10), and ``from foretell.drop_in import brier_score_loss, log_loss, mean_pinball_loss`` for
the same three of scikit-learn (its version 1.9). The values are theirs up to rounding; what has no score raises an error that names the row, where they give NaN.
`foretell.scores` has the same rules under names of one kind, and says of each what it is and where it comes from.

What is not there, of scoringrules
----------------------------------
- Kernel scores (``gksuv_ensemble``, ``owgksmv_ensemble`` and their like), the error spread (``error_spread_score``), the conditional and the censored likelihood (``clogs_ensemble``), scores of vectors that
  weigh some outcomes more (``twes_ensemble``, ``owvs_ensemble`` and their like), laws with masses at both ends but the uniform one (``crps_gtcnormal``, ``crps_gtclogistic``, ``crps_gtct``), and the
  censored shifted gamma law (``crps_csg0``). There are no such names.
- ``estimator="akr"`` and ``"akr_circperm"``, which compare each draw with one other: their value depends on the order of the draws.
- Weights of draws (``ens_w``) of ``es_ensemble`` and ``vs_ensemble``, and by ``estimator="pwm"``, whose weighted form is not the score of what the draws are from.
- ``vs_ensemble(p=0)``, which is 0 whatever was said; intervals whose bounds cross, and of ``alpha`` 1; laws without spread, such as a Poisson law of mean 0; probabilities of
  several options whose sum is further than 1e-6 from 1.

Each is an error, none another number.

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
