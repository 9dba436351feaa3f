"""Rows of a log made into events again, for the customers about whom whole columns cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from servicekit.events import CustomerEvent, Enrolled, Purchase, PurchaseLine, Refund
from servicekit.frames.array_chunks import Ints
from servicekit.frames.customers.purchase_columns import PurchaseNames
from servicekit.frames.customers.purchase_log import PurchaseLog
from servicekit.quantity import Money

if TYPE_CHECKING:
    from servicekit.frames.frame_columns import Frame

_Row: TypeAlias = tuple[int, int, int, str | None, str | None]

REFUNDS = "refunds"
"""Why customers with refunds are not told by columns."""


@dataclass(frozen=True, slots=True)
class PurchaseEvents:
    """The events of the customers of a log, which was read from a frame."""

    frame: Frame
    columns: PurchaseNames
    log: PurchaseLog
    currency: str

    def through(self, as_of: date, customers: Ints) -> Iterator[tuple[int, str, list[CustomerEvent]]]:
        """The number of each customer, their id in the events, and what happened to them by the end of a day."""
        rows, done = self._rows(customers), 0
        for number in customers.tolist():
            count = int(self.log.starts[number + 1] - self.log.starts[number])
            yield number, str(number), list(self._events(number, rows[done : done + count], as_of.toordinal()))
            done += count

    def _rows(self, customers: Ints) -> list[_Row]:
        """Of each row of some customers its place in the frame, day, amount, order, and the order that it refunds."""
        log = self.log
        counts = log.starts[customers + 1] - log.starts[customers]
        rows = np.arange(counts.sum()) + np.repeat(log.starts[customers] - np.cumsum(counts) + counts, counts)
        places = log.row[rows].tolist()
        orders, refunds = (self._texts(key, places) for key in ("order_id", "refund_of"))
        return list(zip(places, log.day[rows].tolist(), log.amount[rows].tolist(), orders, refunds, strict=True))

    def _texts(self, key: str, rows: list[int]) -> list[str | None]:
        name = self.columns.of(key, self.frame.columns)
        if name is None:
            return [None] * len(rows)
        return [None if value is None else str(value) for value in self.frame[name][rows].to_list()]

    def _events(self, number: int, rows: list[_Row], last: int) -> Iterator[CustomerEvent]:
        customer_id, enrolled = str(number), int(self.log.enrolled[number])
        if enrolled <= last:
            yield Enrolled(customer_id, date.fromordinal(enrolled))
        for place, day, minor, name, order in rows:
            if day > last:
                continue
            at, amount = date.fromordinal(day), Money.from_minor(minor, self.currency)
            own = name or f"row {place} of the frame"
            if order is None:
                yield Purchase(customer_id, at, own, (PurchaseLine(amount),))
            else:
                yield Refund(customer_id, at, own, order, amount=amount)
