"""Money, ratios and shares, on exact arithmetic: nothing is rounded unless a rounding is named, and floats are refused.

What lives here: :class:`Money` (``money.py``), :class:`Ratio`, a share with its evidence (``ratio.py``), and shares of
one as exact fractions, with the one reader and the one writer of percentages (``share.py``). Documents hold them as
text: ``12.50 CNY``, ``35591/43664``, ``99.9%``. How digits are given up is said in ``exact.py``, how pydantic reads a
text in ``field.py``.

It may import ``errors`` and, where a value of a document is refused, ``document``.
"""

from servicekit.quantity.exact import Rounding
from servicekit.quantity.money import CurrencyMismatchError, Money, minor_digits
from servicekit.quantity.ratio import Ratio
from servicekit.quantity.share import (
    FactorField,
    Share,
    ShareField,
    decimal_text,
    exact_number,
    percent_text,
    percentage,
    points_text,
    share,
    share_text,
)

__all__ = [
    "CurrencyMismatchError",
    "FactorField",
    "Money",
    "Ratio",
    "Rounding",
    "Share",
    "ShareField",
    "decimal_text",
    "exact_number",
    "minor_digits",
    "percent_text",
    "percentage",
    "points_text",
    "share",
    "share_text",
]
