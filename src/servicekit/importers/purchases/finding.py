"""What becomes of the rows of a table of purchases, on its way into the pipeline of all importers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from servicekit.errors import Problem
from servicekit.events import CustomerEvent, Imported, Purchase, Refund
from servicekit.importers.case_stream import ImportStream, Reading, RecordSource, import_stream
from servicekit.importers.faults import ROW, Faults, RecordKind

ROW_OF_ORDERS = ROW._replace(value="event", duplicate="table.duplicate-order")
"""A row of a table of purchases."""

RECORD_OF_ORDERS = ROW_OF_ORDERS._replace(name="record")
"""A record of JSON that is read as such a row."""


class Finding(NamedTuple):
    """What became of one row, or of the rows of one order; ``row`` and ``line`` are those of the first."""

    row: int
    line: int | None
    event: CustomerEvent | None = None
    problems: Sequence[Problem] = ()
    left_out: str | None = None
    fault: Problem | None = None


def event_stream(source: RecordSource[Finding], kind: RecordKind, reading: Reading) -> ImportStream[CustomerEvent]:
    """The events of a source; of two orders, refunds or customers with one id the later one is an error."""
    return import_stream(source, _as_imported, kind=kind, reading=reading, key=_key)


def _as_imported(found: Finding, faults: Faults) -> Imported[CustomerEvent]:
    faults.problems.extend(found.problems)
    return Imported(found.event, left_out=found.left_out, row=found.row)


def _key(event: CustomerEvent) -> str:
    match event:
        case Purchase(order_id=name):
            return f"order {name}"
        case Refund(refund_id=name):
            return f"refund {name}"
        case _:
            return f"customer {event.customer_id}"
