"""One row of the export: its cells by what they mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from servicekit.importers.faults import Faults
from servicekit.importers.purchases.amounts import number_reader
from servicekit.quantity import Money

_number = number_reader()


class ExportColumns(NamedTuple):
    """The columns that an export has: their names and places, by what they mean."""

    names: Mapping[str, str]
    places: Mapping[str, int]
    missing: Collection[str]


class OrderRow(NamedTuple):
    """One row of an order, with the list in which its faults are noted.

    >>> from servicekit.importers.faults import ROW, Origin
    >>> columns = ExportColumns({"total": "Total"}, {"total": 0}, {""})
    >>> row = OrderRow(columns, ["12.50"], Faults(Origin("orders.csv", ROW), 2, 2))
    >>> str(row.money("total", "EUR")), str(row.money("refunded", "EUR"))
    ('12.50 EUR', '0 EUR')
    """

    columns: ExportColumns
    cells: Sequence[str]
    faults: Faults

    def text(self, key: str) -> str | None:
        """The text of a cell; None where it is missing."""
        place = self.columns.places.get(key)
        text = "" if place is None else self.cells[place].strip()
        return None if not text or text in self.columns.missing else text

    def number(self, key: str, *, needed: bool = False) -> Decimal:
        """The number in a cell, 0 where there is none; with a fault where it is ``needed``, or is not a number."""
        text = self.text(key)
        if text is None:
            if needed:
                self.fault(key, f"the {key.replace('_', ' ')} is missing")
            return Decimal(0)
        try:
            return _number(text)
        except ValueError as error:
            self.fault(key, str(error))
            return Decimal(0)

    def money(self, key: str, currency: str, *, needed: bool = False) -> Money:
        """The amount in a cell, in whole minor units; see :meth:`number`."""
        return self.whole(key, Money(self.number(key, needed=needed), currency))

    def whole(self, key: str, amount: Money) -> Money:
        """An amount, with a fault where it is not in whole minor units."""
        try:
            amount.to_minor()
        except ValueError:
            self.fault(key, f"{amount} has more decimal places than {amount.currency}")
        return amount

    def fault(self, key: str, message: str, code: str = "table.bad-value") -> None:
        """Note a fault of a cell."""
        self.faults.add(code, self.columns.names.get(key, key), message)
