"""Shopify's export of orders as a stream of customers' events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from servicekit.events import CustomerEvent
from servicekit.importers.case_stream import Finding, ImportStream, Reading
from servicekit.importers.delimited_file import Record, RecordFile, TablePlace
from servicekit.importers.faults import Faults, Origin
from servicekit.importers.purchases.finding import ROW_OF_ORDERS, CustomerFinding, event_stream
from servicekit.importers.shopify.mapping import ShopifyColumns, ShopifyMapping
from servicekit.importers.shopify.order_reader import OrderReader
from servicekit.importers.shopify.order_row import ExportColumns, OrderRow
from servicekit.importers.tickets.column_mapping import Header

if TYPE_CHECKING:
    from servicekit.importers.opened_file import TableSource

_NEEDED = ("order_id", "created_at", "status", "email", "currency", "subtotal", "total", "price", "quantity")


def read_shopify(path: TableSource, mapping: ShopifyMapping | None = None) -> ImportStream[CustomerEvent]:
    """The purchases and refunds in an export of orders, one at a time: delimited text, or a workbook.

    Every order comes out as one :class:`~servicekit.events.Imported`, whose ``row`` is its first, and its refund as
    another. Amounts are without taxes; delivery is no line. What the lines cost above the subtotal is the discount on
    the order. Orders that were not paid, were cancelled, were tests, or are nobody's are left out. All rows are read
    before the first order comes out.

    >>> from io import BytesIO
    >>> export = b'''Name,Email,Financial Status,Paid at,Created at,Currency,Subtotal,Shipping,Taxes,Total,\\
    ... Discount Amount,Lineitem quantity,Lineitem price,Refunded Amount
    ... #1,Ann@example.com,paid,2026-01-05 09:00:00 +0100,2026-01-05 08:59:00 +0100,EUR,90,5,18,113,10,1,80,0
    ... #1,Ann@example.com,,,,,,,,,,2,10,
    ... '''
    >>> (order,) = [row.value for row in read_shopify(BytesIO(export))]
    >>> order.customer_id, str(order.net), str(order.discount), [str(line.amount) for line in order.lines]
    ('ann@example.com', '90 EUR', '10 EUR', ['80 EUR', '20 EUR'])

    Raises:
        PolicyError: the export cannot be read at all: no such file, no rows, a missing column. While reading: a bad
            order, where the mapping says ``on_bad_row: stop``.
    """
    mapping = mapping or ShopifyMapping()
    place = TablePlace(mapping.skip_lines, mapping.sheet, mapping.header)
    file = RecordFile(path, delimiter=mapping.delimiter, encoding=mapping.encoding, place=place)
    with file.closed_on_error():
        source = _Orders(file, mapping)
    return event_stream(source, ROW_OF_ORDERS, Reading(mapping.on_bad_row == "stop"))


class _Orders:
    """The rows of an export, gathered by order."""

    def __init__(self, file: RecordFile, mapping: ShopifyMapping) -> None:
        self.name, self.size = file.name, file.size
        self.position, self.close = file.position, file.close
        self._file, self._origin = file, Origin(file.name, ROW_OF_ORDERS)
        names = _columns(file, mapping)
        places = {key: file.header.index(column) for key, column in names.items()}
        self._columns = ExportColumns(names, places, frozenset(mapping.missing))
        self._reader = OrderReader(self._columns, mapping)

    def __iter__(self) -> Iterator[CustomerFinding]:
        orders: dict[str, list[Record]] = {}
        for record in self._file:
            if record.fault is not None:
                yield Finding(record.row, record.line, fault=record.fault)
                continue
            row = OrderRow(self._columns, record.cells, Faults(self._origin, record.row, record.line))
            if (order_id := row.text("order_id")) is None:
                row.fault("order_id", "the number of the order is missing")
                yield Finding(record.row, record.line, problems=row.faults.problems)
            else:
                orders.setdefault(order_id, []).append(record)
        for order_id, records in orders.items():
            yield from self._order(order_id, records)

    def _order(self, order_id: str, records: Sequence[Record]) -> Iterator[CustomerFinding]:
        number, line = records[0].row, records[0].line
        faults = Faults(self._origin, number, line)
        rows = [OrderRow(self._columns, each.cells, faults.of_row(each.row, each.line)) for each in records]
        if because := self._reader.left_out(rows[0]):
            yield Finding(number, line, left_out=because)
            return
        for row in rows[1:]:
            if row.text("subtotal") is not None:
                row.fault("subtotal", f"order {order_id!r} has its totals twice", "table.order-conflict")
        events = self._events(rows, order_id)
        yield Finding(number, line, next(iter(events), None), faults.problems)
        for event in events[1:]:
            yield Finding(number, line, event)

    def _events(self, rows: Sequence[OrderRow], order_id: str) -> Sequence[CustomerEvent]:
        try:
            events = list(self._reader.events(rows, order_id))
        except ValueError as error:  # what a purchase refuses, such as a currency that is none
            rows[0].faults.add("table.bad-order", "", str(error))
            return []
        return [] if rows[0].faults.any_error else events


def _columns(file: RecordFile, mapping: ShopifyMapping) -> dict[str, str]:
    """The columns that are there, by what they mean.

    Raises:
        PolicyError: one is missing that is needed, or that the mapping names.
    """
    header, columns = Header(file.header), mapping.columns
    found = {}
    for key in ShopifyColumns.model_fields:
        if (names := getattr(columns, key)) is not None:
            found[key] = header.column(names, needed=key in _NEEDED or key in columns.model_fields_set)
    header.refuse(file.name, mapping.delimiter)
    return {key: column for key, column in found.items() if column is not None}
