"""The models of purchases that may come at any time, which need numpy and scipy.

What lives here: what is known of customers (``purchase_histories.py``), how often they buy (``bg_nbd.py``; its
likelihood in ``bg_nbd_likelihood.py``, the sum in its forecasts in ``future_purchases.py``), what they spend
(``gamma_gamma.py``), what both are worth (``outlook.py``), and the search for the likeliest parameters
(``likelihood_peak.py``).
"""

from servicekit._extras import require

require("numpy", extra="clv")
require("scipy", extra="clv")

from servicekit.kpi.clv.models.bg_nbd import BgNbd  # noqa: E402 - only after the extra is known to be there
from servicekit.kpi.clv.models.gamma_gamma import GammaGamma  # noqa: E402
from servicekit.kpi.clv.models.outlook import Outlook, lifetime_value  # noqa: E402
from servicekit.kpi.clv.models.purchase_histories import PurchaseHistories  # noqa: E402

__all__ = ["BgNbd", "GammaGamma", "Outlook", "PurchaseHistories", "lifetime_value"]
