"""The purchases of CDNOW, a public data set in the literature on customer lifetimes, as it is handed around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.importers.purchases.mapping import OrderColumns, PurchaseMapping
from servicekit.importers.purchases.purchase_table import read_purchases
from servicekit.importers.table.mapping import StampColumn

if TYPE_CHECKING:
    from servicekit.events import CustomerEvent
    from servicekit.importers.case_stream import ImportStream
    from servicekit.importers.opened_file import TableSource

_MASTER = PurchaseMapping(
    delimiter=" ",
    currency="USD",
    columns=OrderColumns(
        customer_id="customer_id", at=StampColumn(column="date"), quantity="number_of_cds", amount="dollar_value"
    ),
)
_SAMPLE = _MASTER.replace(header=("customer_id", "sample_id", "date", "number_of_cds", "dollar_value"))


def read_cdnow(path: TableSource, *, sample: bool = False) -> ImportStream[CustomerEvent]:
    """The purchases in the master file of CDNOW, or in the 1-in-10 sample, which has no header and ids of its own.

    The files have no order ids. A row that repeats another counts, with a warning: whoever bought two such baskets
    on one day wrote two such rows, and the published figures count both.

    >>> from io import BytesIO
    >>> rows = b" 00004 0001 19970101  2   29.33\\r\\n 00004 0001 19970118 10   29.73\\r\\n"
    >>> [str(row.value.net) for row in read_cdnow(BytesIO(rows), sample=True)]
    ['29.33 USD', '29.73 USD']

    Raises:
        PolicyError: the file cannot be read at all, or is the other of the two.
    """
    return read_purchases(path, _SAMPLE if sample else _MASTER)
