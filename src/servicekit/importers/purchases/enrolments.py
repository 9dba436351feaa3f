"""What a table of purchases tells of its customers: when they enrolled, were born, and where they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from servicekit.events import Enrolled
from servicekit.importers.purchases.moments import MomentCell, moment_cell
from servicekit.importers.timestamps import DayOrders, Localiser

if TYPE_CHECKING:
    from servicekit.importers.faults import Faults
    from servicekit.importers.purchases.mapping import PurchaseMapping


class EnrolmentReader:
    """Tells each customer's enrolment once, from the first of their rows that has it."""

    def __init__(self, places: Mapping[str, int], mapping: PurchaseMapping, orders: DayOrders) -> None:
        columns, localise = mapping.columns, Localiser(mapping.timezone)
        cells = {
            key: moment_cell(stamp, places, mapping.dates, localise, orders)
            for key in ("enrolled_at", "birthday")
            if (stamp := getattr(columns, key)) is not None
        }
        self._at, self._birthday = cells.get("enrolled_at"), cells.get("birthday")
        self._household = None if columns.household_id is None else places[columns.household_id]
        self._missing = frozenset(mapping.missing)
        self._told: dict[str, tuple[str, ...] | None] = {}
        self.is_mapped = self._at is not None

    def read(self, customer_id: str, cells: Sequence[str], faults: Faults) -> Enrolled | None:
        """The enrolment in a row, where it is the first that the table tells of this customer."""
        if self._at is None or cells[self._at.place].strip() in self._missing:
            return None
        texts = tuple(cells[place].strip() for place in self._places(self._at))
        if customer_id in self._told:
            self._compare(customer_id, texts, faults)
            return None
        self._told[customer_id] = texts
        at = self._at.moment(cells, self._missing, faults)
        birthday = None if self._birthday is None else self._birthday.day(cells, self._missing, faults)
        household = None if self._household is None else cells[self._household].strip()
        if at is None or faults.any_error:
            return None
        return Enrolled(customer_id, at, birthday, None if household in self._missing else household or None)

    def _places(self, at: MomentCell) -> list[int]:
        places = (at.place, self._birthday and self._birthday.place, self._household)
        return [place for place in places if place is not None]

    def _compare(self, customer_id: str, texts: tuple[str, ...], faults: Faults) -> None:
        """Rows that tell a customer otherwise are told once."""
        if self._told[customer_id] not in (texts, None):
            self._told[customer_id] = None
            words = f"rows tell the enrolment of {customer_id[:60]!r} in two ways; the first counts"
            faults.warn("table.customer-conflict", "", words)
