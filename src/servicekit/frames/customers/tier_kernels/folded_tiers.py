"""Customers about whom whole columns cannot tell: their rows are made into events, which the engine folds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from servicekit.events import CustomerEvent, Enrolled, Purchase, PurchaseLine, Refund
from servicekit.frames.array_chunks import Ints
from servicekit.frames.customers.purchase_log import PurchaseLog
from servicekit.quantity import Money
from servicekit.tiers import TierEngine, TierStatus

if TYPE_CHECKING:
    from servicekit.frames.frame_columns import Series

_Row: TypeAlias = tuple[int, int, int, str | None, str | None]


@dataclass(frozen=True, slots=True)
class FoldedTiers:
    """The rows of a log as events; ``order_id`` and ``refund_of`` are columns of its frame, where there are such."""

    engine: TierEngine
    log: PurchaseLog
    order_id: Series | None
    refund_of: Series | None

    def fold(self, customers: Ints, as_of: date) -> Iterator[tuple[int, TierStatus | None, str | None]]:
        """The status of each customer, None for those who have not enrolled, and the codes of what was odd."""
        stops = np.cumsum(self.log.starts[customers + 1] - self.log.starts[customers])
        rows = self._rows(customers)
        done = 0
        for number, stop in zip(customers.tolist(), stops.tolist(), strict=True):
            run = self.engine.fold(self._events(number, rows[done:stop], as_of), as_of)
            codes = ", ".join(dict.fromkeys(group.code for group in run.problems))
            yield number, run.get(str(number)), codes or None
            done = stop

    def _rows(self, customers: Ints) -> list[_Row]:
        """Of each row of some customers its place in the frame, day, amount, order, and the order that it refunds."""
        log = self.log
        counts = log.starts[customers + 1] - log.starts[customers]
        rows = np.arange(counts.sum()) + np.repeat(log.starts[customers] - np.cumsum(counts) + counts, counts)
        places = log.row[rows].tolist()
        orders, refunds = (_texts(series, places) for series in (self.order_id, self.refund_of))
        return list(zip(places, log.day[rows].tolist(), log.amount[rows].tolist(), orders, refunds, strict=True))

    def _events(self, number: int, rows: list[_Row], as_of: date) -> Iterator[CustomerEvent]:
        customer_id, enrolled = str(number), int(self.log.enrolled[number])
        if enrolled <= as_of.toordinal():
            yield Enrolled(customer_id, date.fromordinal(enrolled))
        for place, day, minor, name, order in rows:
            amount, name = Money.from_minor(minor, self.engine.program.currency), name or f"row {place} of the frame"
            if day > as_of.toordinal():
                continue
            if order is None:
                yield Purchase(customer_id, date.fromordinal(day), name, (PurchaseLine(amount),))
            else:
                yield Refund(customer_id, date.fromordinal(day), name, order, amount=amount)


def _texts(series: Series | None, rows: list[int]) -> list[str | None]:
    if series is None:
        return [None] * len(rows)
    return [None if value is None else str(value) for value in series[rows].to_list()]
