"""The events of a table of purchases, on their way into the pipeline of all importers."""

from __future__ import annotations

from typing import TypeAlias

from servicekit.events import CustomerEvent, Purchase, Refund
from servicekit.importers.case_stream import Finding, ImportStream, Reading, RecordSource, finding_stream
from servicekit.importers.faults import ROW, RecordKind

ROW_OF_ORDERS = ROW._replace(value="event", duplicate="table.duplicate-order")
"""A row of a table of purchases."""

RECORD_OF_ORDERS = ROW_OF_ORDERS._replace(name="record")
"""A record of JSON that is read as such a row."""

CustomerFinding: TypeAlias = Finding[CustomerEvent]


def event_stream(
    source: RecordSource[CustomerFinding], kind: RecordKind, reading: Reading
) -> ImportStream[CustomerEvent]:
    """The events of a source; of two orders, refunds or customers with one id the later one is an error."""
    return finding_stream(source, kind=kind, reading=reading, key=_key)


def _key(event: CustomerEvent) -> str:
    match event:
        case Purchase(order_id=name):
            return f"order {name}"
        case Refund(refund_id=name):
            return f"refund {name}"
        case _:
            return f"customer {event.customer_id}"
