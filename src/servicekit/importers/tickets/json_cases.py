"""A JSON export as a stream of cases: every record becomes one case, or a Problem that names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from servicekit.events import Case, Imported
from servicekit.importers.case_stream import ImportStream, case_stream
from servicekit.importers.faults import RECORD, Faults
from servicekit.importers.tickets.json_source import JsonRecord, JsonRecords, JsonSource, Raw, Source
from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.tickets.mapping import JsonMapping
from servicekit.importers.timestamps import DayOrders, Localiser, stamp_reader

ReadTicket: TypeAlias = Callable[[JsonValue], Case | None]
"""Makes the case of one record; where it cannot, it has left a fault in the value."""

SplitPages: TypeAlias = Callable[[Iterable[Raw]], Iterator[Raw]]
"""Makes records of the values of a source, which may be whole pages of them."""


def json_cases(source: Source, mapping: JsonMapping, *, split: SplitPages, read: ReadTicket) -> ImportStream[Case]:
    """The cases of a help desk's JSON export."""
    day_orders = DayOrders(mapping.dates, says="dates" in mapping.model_fields_set)
    read_stamp = stamp_reader(mapping.dates, Localiser(mapping.timezone), day_orders)

    def read_record(record: JsonRecord, faults: Faults) -> Imported[Case]:
        value = JsonValue(record.value, faults, read_stamp)
        try:
            return Imported(read(value), row=record.row)
        except RecursionError:  # two entries of a log were compared
            faults.add("ticket.bad-value", "", "nested too deep")
            return Imported()

    records = JsonRecords(JsonSource(source, encoding=mapping.encoding), split)
    return case_stream(records, read_record, kind=RECORD, mapping=mapping, at_end=day_orders.problems)
