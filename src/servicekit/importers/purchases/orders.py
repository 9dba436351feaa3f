"""From rows to the events of customers: rows of one order become its lines, a customer's first row their enrolment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from servicekit.errors import Problem, Severity
from servicekit.events import CustomerEvent, Moment, Purchase, PurchaseLine, Refund
from servicekit.importers.case_stream import Finding
from servicekit.importers.duplicates import TOLD_TWICE, RowNames
from servicekit.importers.faults import Faults, Origin
from servicekit.importers.purchases.enrolments import EnrolmentReader
from servicekit.importers.purchases.finding import CustomerFinding
from servicekit.importers.purchases.row_reader import RowReader, RowValues
from servicekit.importers.table.row_tests import first_reason, row_tests

if TYPE_CHECKING:
    from servicekit.importers.delimited_file import Record, RecordFile
    from servicekit.importers.faults import RecordKind
    from servicekit.importers.purchases.mapping import PurchaseMapping
    from servicekit.importers.table.json_table import JsonTable

T = TypeVar("T")


class OrderSource:
    """The events of a table of purchases, open for one reading.

    Where orders have numbers, all rows are read before the first order comes out, as rows of one order may stand apart.
    """

    def __init__(self, table: RecordFile | JsonTable, mapping: PurchaseMapping, kind: RecordKind) -> None:
        self.name, self.size = table.name, table.size
        self.position, self.close = table.position, table.close
        places = {name: index for index, name in enumerate(table.header)}
        self._table, self._mapping, self._origin = table, mapping, Origin(table.name, kind)
        self._rows = RowReader(table.header, mapping)
        self._enrolments = EnrolmentReader(places, mapping, self._rows.day_orders)
        self._skip = row_tests(mapping.skip, places, mapping.missing)
        texts = {column for key, column in mapping.columns.texts().items() if key != "household_id"}
        mapped = {*texts, *mapping.columns.at.names()}
        self._repeats = RowNames([place for name, place in places.items() if name in mapped])
        self._numbered = mapping.columns.order_id is not None
        self.day_orders = self._rows.day_orders

    def __iter__(self) -> Iterator[CustomerFinding]:
        orders: dict[tuple[str, ...], list[RowValues]] = {}
        for record in self._table:
            if record.fault is not None:
                yield Finding(record.row, record.line, fault=record.fault)
            elif because := first_reason(self._skip, record.cells):
                yield Finding(record.row, record.line, left_out=because)
            else:
                yield from filter(None, self._row(record, orders))
        for rows in orders.values():
            yield self._order(rows)

    def _row(
        self, record: Record, orders: dict[tuple[str, ...], list[RowValues]]
    ) -> tuple[CustomerFinding | None, ...]:
        """What a row tells at once; a line of an order that has a number is put to the others."""
        faults = Faults(self._origin, record.row, record.line)
        row = self._rows.read(record, faults)
        enrolled = self._enrolled(row, record) if self._enrolments.is_mapped else None
        name, repeats = self._repeats.name(record.cells)
        if repeats and self._mapping.repeats == "drop":
            return enrolled, Finding(record.row, record.line, left_out=TOLD_TWICE)
        if repeats:
            faults.repeated_row()
        if row.order_id is None and (self._numbered or row.kind == "refund"):
            what = "order" if self._numbered else "order that is refunded: map order_id or refund_of"
            faults.add("table.bad-value", self._mapping.columns.order_id or "", f"no cell names the {what}")
        if row.order_id is None or not self._numbered:
            return enrolled, self._order([row], name)
        at = "" if row.kind == "purchase" else row.refund_id or str(row.at)
        orders.setdefault((row.kind, row.order_id, at), []).append(row)
        return (enrolled,)

    def _enrolled(self, row: RowValues, record: Record) -> CustomerFinding | None:
        """What the row tells of its customer."""
        faults = Faults(self._origin, record.row, record.line)
        event = self._enrolments.read(row.customer_id, record.cells, faults) if row.customer_id else None
        if event is None and not faults.problems:
            return None
        return Finding(record.row, record.line, event, faults.problems)

    def _order(self, rows: Sequence[RowValues], name: str = "") -> CustomerFinding:
        """The event of some rows; ``name`` is that of an order without a number."""
        first = rows[0]
        whole = first if len(rows) == 1 else _joined(rows)
        event, problems = None, _problems(rows)
        if not problems or not any(problem.is_error for problem in problems):
            try:
                event = _event(whole, whole.order_id or name, tuple([row.line for row in rows if row.line is not None]))
            except ValueError as error:
                first.faults.add("table.bad-order", "", str(error))
                problems = _problems(rows)
        return Finding(first.row, first.line_number, event, problems)


def _problems(rows: Sequence[RowValues]) -> list[Problem]:
    return rows[0].faults.problems if len(rows) == 1 else [each for row in rows for each in row.faults.problems]


def _event(whole: RowValues, order_id: str, lines: tuple[PurchaseLine, ...]) -> CustomerEvent | None:
    """The purchase or the refund of some lines."""
    customer_id, at = whole.customer_id, whole.at
    if at is None:
        return None
    if whole.kind == "purchase":
        return Purchase(customer_id, at, order_id, lines, whole.discount, whole.paid_with_points, whole.channel)
    return Refund(customer_id, at, whole.refund_id or f"{order_id}/{at.isoformat()}", order_id, lines=lines)


def _joined(rows: Sequence[RowValues]) -> RowValues:
    """The first of some rows, with what the others say of the whole order; where they disagree, there is a fault."""
    _same(rows, [row.customer_id or None for row in rows], "customers", "error")
    return rows[0]._replace(
        at=_earliest(rows),
        discount=_same(rows, [row.discount for row in rows], "discounts on the order", "error"),
        paid_with_points=_same(rows, [row.paid_with_points for row in rows], "amounts paid with points", "error"),
        channel=_same(rows, [row.channel for row in rows], "channels", "warning"),
    )


def _same(rows: Sequence[RowValues], values: Sequence[T | None], what: str, severity: Severity) -> T | None:
    """What those rows of an order say that say it at all; the first counts where they disagree."""
    said = None
    for row, value in zip(rows, values, strict=True):
        if said is None:
            said = value
        elif value is not None and value != said:
            words = f"rows of one order name two {what}: {said} and {value}"
            row.faults.add("table.order-conflict", "", words, severity)
    return said


def _earliest(rows: Sequence[RowValues]) -> Moment | None:
    """The moment of an order; of several the earliest, or the first, where they are days and instants."""
    moments = [row.at for row in rows if row.at is not None]
    first = _same(rows, [row.at for row in rows], "moments", "warning")
    return min(moments) if len({type(at) for at in moments}) == 1 else first
