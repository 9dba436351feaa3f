"""The purchases of a frame, sorted by customer and day, each counted once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.coded_texts import numbered
from servicekit.frames.customers.customer_ids import CustomerIds, customer_codes
from servicekit.frames.customers.purchase_columns import NO_DAY, PurchaseNames, PurchaseReader
from servicekit.frames.customers.row_order import PackedRows, RowOrder
from servicekit.quantity import minor_digits

if TYPE_CHECKING:
    from servicekit.frames.frame_columns import Frame

_MOST = 2**62


@dataclass(frozen=True, slots=True)
class PurchaseLog:
    """Purchases in the order of their customers' ids and of their days; customer ``n`` has the rows from ``starts[n]``.

    ``customer`` holds one code for each customer, ``row`` where a purchase stands in the frame. ``returns`` marks rows
    that are refunds. ``enrolled`` is the day on which each customer enrolled, :data:`NO_DAY` for those who have not.
    """

    ids: CustomerIds
    customer: Ints
    starts: Ints
    day: Ints
    amount: Ints
    row: Ints
    returns: Bools
    enrolled: Ints

    def any_of(self, rows: Bools) -> Bools:
        """Which customers have one of the marked rows."""
        return np.logical_or.reduceat(rows, self.starts[:-1]) if rows.any() else np.zeros(len(self.customer), np.bool_)


def purchase_log(frame: Frame, columns: PurchaseNames, currency: str, tz: tzinfo) -> PurchaseLog:
    """Read, check and sort the purchases of a frame, which must all be in one currency.

    Raises:
        FrameError: a column is missing, or its values are not what they should be.
    """
    reader = PurchaseReader(frame, columns)
    read = _read(reader, currency, tz)
    order = read.rows if isinstance(read.rows, RowOrder) else read.rows.in_order()
    row, starts = order.row if read.kept is None else read.kept[order.row], order.starts
    enrolled_on = reader.name("enrolled_on")
    enrolled = np.full(len(starts) - 1, NO_DAY)
    if enrolled_on is not None and len(row):
        enrolled = np.minimum.reduceat(reader.days(enrolled_on, tz)[row], starts[:-1])
    return PurchaseLog(
        ids=read.ids,
        customer=order.customer[starts[:-1]],
        starts=starts,
        day=order.day,
        amount=read.amount[row],
        row=row,
        returns=read.returns[row] if read.returns.any() else read.returns[: len(row)],
        enrolled=enrolled,
    )


class _Read(NamedTuple):
    """The columns of a frame as they stand, those of customers and days packed; ``kept`` are the rows that count."""

    ids: CustomerIds
    amount: Ints
    returns: Bools
    kept: Ints | None
    rows: PackedRows | RowOrder


def _read(reader: PurchaseReader, currency: str, tz: tzinfo) -> _Read:
    _check_currency(reader, currency)
    name = reader.need_values("customer_id")
    reader.are_texts(name, str | int)
    reader.raise_problems()
    customer, ids = customer_codes(reader.frame[name])
    day = reader.days(reader.need_values("at"), tz)
    amount = reader.amounts(reader.need_values("amount"), minor_digits(currency))
    returns = reader.has_value("refund_of")
    _check_amounts(reader, amount)
    kept = _first_told(reader, (customer, day, amount), returns)
    if kept is not None:
        customer, day = customer[kept], day[kept]
    return _Read(ids, amount, returns, kept, PackedRows.of(customer, day) or RowOrder.of(customer, day))


def _check_currency(reader: PurchaseReader, currency: str) -> None:
    name = reader.name("currency")
    if name is None:
        return
    texts = reader.texts(name)
    reader.raise_problems()
    same = np.array([word == currency for word in texts.words], np.bool_)
    hint = f"keep the rows in {currency}, or convert the others"
    reader.refuse(~same[texts.codes], "frames.currency", name, f"the currency is not {currency}", hint)
    reader.raise_problems()


def _check_amounts(reader: PurchaseReader, amount: Ints) -> None:
    name = reader.name("amount")
    assert name is not None
    hint = "write a refund as a positive amount with the order that it is of, in the column refund_of"
    reader.refuse(amount < 0, "frames.negative-amount", name, "the amount is negative", hint)
    if not reader.problems and len(amount) and int(amount.max()) > _MOST // len(amount):
        reader.refuse(amount == amount.max(), "frames.out-of-range", name, "sums of such amounts do not fit 64 bits")
    reader.raise_problems()


def _first_told(reader: PurchaseReader, values: tuple[Ints, Ints, Ints], returns: Bools) -> Ints | None:
    """The rows without those that tell an order again; None where no order is told twice."""
    name = reader.name("order_id")
    if name is None:
        return None
    named = reader.has_value("order_id") & ~returns
    series = reader.frame[name]
    if named.all() and series.n_unique() == len(series):
        return None
    rows = np.flatnonzero(named)
    codes, _ = numbered(series.filter(named.tolist()) if not named.all() else series)
    order = np.argsort(codes, kind="stable")
    again = np.concatenate(([False], codes[order][1:] == codes[order][:-1]))[: len(order)]
    here, before = rows[order[1:][again[1:]]], rows[order[:-1][again[1:]]]
    differs = np.zeros(reader.rows, np.bool_)
    for each in values:
        differs[here] |= each[here] != each[before]
    hint = "give each order its own id, and one row: sum up its lines first"
    reader.refuse(differs, "frames.order-conflict", name, "the order stands in another row with other content", hint)
    reader.raise_problems()
    kept = np.ones(reader.rows, np.bool_)
    kept[here] = False
    return np.flatnonzero(kept)
