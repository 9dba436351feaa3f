"""Customer lifetime value: how often customers will come back, what they will spend, and what that is worth today.

What lives here. With the standard library alone: the simple formulas (:func:`cltv_by_retention`,
:func:`cltv_by_churn`, ``margin_multiple.py``) and contracts that are renewed or not (:class:`ShiftedBetaGeometric`,
``shifted_beta_geometric.py``). With numpy and scipy (extra ``clv``), in ``models/`` and loaded when first asked for:
purchases at any time (:class:`BgNbd`), their amounts (:class:`GammaGamma`), and both together
(:func:`lifetime_value`), all of :class:`PurchaseHistories`. What a model learnt is a :class:`Fit` (``fit.py``); what
cannot be learnt raises :class:`ClvError` (``error.py``) with every reason.

It may import ``segments``, ``quantity`` and below, and nothing else of ``kpi``. To add a model, write a frozen
dataclass of its parameters with a ``fit``, in ``models/`` if it needs numpy.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.kpi.clv.error import ClvError
from servicekit.kpi.clv.fit import Fit
from servicekit.kpi.clv.margin_multiple import cltv_by_churn, cltv_by_retention
from servicekit.kpi.clv.shifted_beta_geometric import ShiftedBetaGeometric

if TYPE_CHECKING:
    from servicekit.kpi.clv.models import BgNbd, GammaGamma, Outlook, PurchaseHistories, lifetime_value

__all__ = [
    "BgNbd",
    "ClvError",
    "Fit",
    "GammaGamma",
    "Outlook",
    "PurchaseHistories",
    "ShiftedBetaGeometric",
    "cltv_by_churn",
    "cltv_by_retention",
    "lifetime_value",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, {"models": "BgNbd GammaGamma Outlook PurchaseHistories lifetime_value"})
