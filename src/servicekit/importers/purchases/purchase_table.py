"""Importing a table of purchases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.importers.case_stream import Reading
from servicekit.importers.delimited_file import RecordFile
from servicekit.importers.purchases.finding import RECORD_OF_ORDERS, ROW_OF_ORDERS, event_stream
from servicekit.importers.purchases.mapping import PurchaseMapping
from servicekit.importers.purchases.orders import OrderSource
from servicekit.importers.table.cases import open_table

if TYPE_CHECKING:
    from servicekit.events import CustomerEvent
    from servicekit.importers.case_stream import ImportStream
    from servicekit.importers.opened_file import TableSource


def read_purchases(path: TableSource, mapping: PurchaseMapping) -> ImportStream[CustomerEvent]:
    """What customers bought and gave back, by a table that is kept as that of
    :func:`~servicekit.importers.read_cases`: purchases, refunds, and enrolments where they are mapped.

    Every order comes out as one :class:`~servicekit.events.Imported`, whose ``row`` is its first, and so does every
    row that is left out or cannot be told an order of. A bad row costs its order. The events are in the order of the
    table; :func:`~servicekit.events.order_customers` sorts them.

    >>> from io import BytesIO
    >>> table = b'''order,customer,day,paid
    ... 1,Ann,2026-01-05,80.00
    ... 1,Ann,2026-01-05,20.00
    ... 1,Ann,2026-01-09,-20.00
    ... '''
    >>> mapping = PurchaseMapping.parse('''
    ... currency: CNY
    ... columns: {order_id: order, customer_id: customer, at: day, amount: paid}
    ... ''')
    >>> for row in read_purchases(BytesIO(table), mapping):
    ...     print(type(row.value).__name__, row.value.at, row.value.net)
    Purchase 2026-01-05 100.00 CNY
    Refund 2026-01-09 20.00 CNY

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad
            order, where the mapping says ``on_bad_row: stop``.
    """
    table = open_table(path, mapping, mapping.column_names())
    kind = ROW_OF_ORDERS if isinstance(table, RecordFile) else RECORD_OF_ORDERS
    source = OrderSource(table, mapping, kind)
    return event_stream(source, kind, Reading(mapping.on_bad_row == "stop", at_end=source.day_orders.problems))
