"""Tables of purchases: one row is a line of an order, or an order of its own.

``mapping`` is the document, ``row_reader`` reads the cells of a row (by ``amounts`` and ``moments``), ``orders`` makes
events of rows, with those of ``enrolments``, each a ``finding``; ``purchase_table`` is the table open for reading, and
``cdnow`` is such a table. To read one more thing of a line, add its column to :class:`OrderColumns` and its place to
``row_reader``.
"""

from servicekit.importers.purchases.cdnow import read_cdnow
from servicekit.importers.purchases.mapping import PurchaseMapping
from servicekit.importers.purchases.purchase_table import read_purchases

__all__ = ["PurchaseMapping", "read_cdnow", "read_purchases"]
