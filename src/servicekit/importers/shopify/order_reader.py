"""From the rows of one order to its purchase and its refund."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from servicekit.events import Moment, Purchase, PurchaseLine, Refund
from servicekit.importers.purchases.moments import MomentCell, moment_reader
from servicekit.importers.shopify.amounts_of_orders import NetAmounts, Totals, net_amounts
from servicekit.importers.timestamps import Localiser
from servicekit.quantity import Money

if TYPE_CHECKING:
    from servicekit.importers.shopify.mapping import ShopifyMapping
    from servicekit.importers.shopify.order_row import ExportColumns, OrderRow


class OrderReader:
    """A mapping, compiled against the header of one export; it keeps nothing of an order."""

    def __init__(self, columns: ExportColumns, mapping: ShopifyMapping) -> None:
        self._mapping, self._missing = mapping, columns.missing
        read = moment_reader(mapping.dates, Localiser(mapping.timezone))
        stamps = [key for key in ("paid_at", "created_at") if key in columns.places]
        self._moments = [MomentCell(columns.names[key], columns.places[key], read) for key in stamps]
        self._tests = {name.casefold() for name in (*mapping.test_payments, *mapping.test_tags)}
        self._paid = {name.casefold() for name in mapping.paid}

    def left_out(self, first: OrderRow) -> str | None:
        """Why an order does not count; None where it does."""
        words = [first.text("payment_method") or "", *(first.text("tags") or "").split(",")]
        if any(word.strip().casefold() in self._tests for word in words):
            return "a test order"
        if first.text("cancelled_at") is not None:
            return "cancelled"
        status = first.text("status") or "no status"
        if status.casefold() not in self._paid:
            return f"not paid ({status})"
        return None if _customer(first) else "neither e-mail address nor phone"

    def events(self, rows: Sequence[OrderRow], order_id: str) -> Iterator[Purchase | Refund]:
        """The purchase and, where money went back, the refund; nothing where there is an error among the faults."""
        first = rows[0]
        at, currency = self._moment(first), first.text("currency")
        if currency is None:
            first.fault("currency", "the currency is missing")
            return
        keys = ("subtotal", "shipping", "taxes", "duties", "total")
        totals = Totals(*(first.money(key, currency, needed=key in ("subtotal", "total")) for key in keys))
        prices = [_price(row, currency) for row in rows]
        if at is None or first.faults.any_error or not _agree(first, prices, totals):
            return
        net = net_amounts(prices, totals, included=self._included(first, totals))
        bought = self._purchase(rows, net, order_id, at)
        yield bought
        yield from _refunds(first, bought, totals)

    def _moment(self, first: OrderRow) -> Moment | None:
        for cell in self._moments:
            at = cell.moment(first.cells, self._missing, first.faults)
            if at is not None or first.faults.any_error:
                return at
        first.fault("created_at", "the moment of the order is missing", "table.bad-instant")
        return None

    def _included(self, first: OrderRow, totals: Totals) -> bool:
        if self._mapping.taxes != "by_totals" or not totals.taxes:
            return self._mapping.taxes == "included"
        told = totals.taxes_are()
        if told is None:
            words = "the total is neither that with the taxes on top nor that with taxes in the prices; taken as on top"
            first.faults.warn("shopify.taxes", first.columns.names.get("total", ""), words)
        return told == "included"

    def _purchase(self, rows: Sequence[OrderRow], net: NetAmounts, order_id: str, at: Moment) -> Purchase:
        source = rows[0].text("channel")
        lines = tuple(
            PurchaseLine(amount, tax or None, _pieces(row), row.text("sku"), row.text("category"))
            for row, amount, tax in zip(rows, net.lines, net.taxes, strict=True)
        )
        channel = None if source is None else self._mapping.channels.get(source, source)
        return Purchase(_customer(rows[0]) or "", at, order_id, lines, net.discount or None, None, channel)


def _customer(first: OrderRow) -> str | None:
    email = first.text("email")
    return first.text("phone") if email is None else email.casefold()


def _pieces(row: OrderRow) -> int:
    return int(row.number("quantity"))


def _price(row: OrderRow, currency: str) -> Money:
    """What a line costs less its own discount."""
    price, quantity = row.number("price", needed=True), row.number("quantity", needed=True)
    if quantity != int(quantity) or (quantity <= 0 and not row.faults.any_error):
        row.fault("quantity", f"a quantity is a positive whole number, not {quantity}")
    return row.whole("price", Money(price, currency) * quantity - Money(abs(row.number("line_discount")), currency))


def _agree(first: OrderRow, prices: Sequence[Money], totals: Totals) -> bool:
    """Whether the totals can be of these lines: they cost no less than the subtotal, and nothing is below zero."""
    lines = sum(prices[1:], start=prices[0])
    if min(totals.subtotal, totals.shipping, totals.taxes).amount < 0 or min(prices).amount < 0:
        first.fault("subtotal", "an amount is below zero", "shopify.totals")
    elif lines < totals.subtotal:
        first.fault(
            "subtotal", f"the lines cost {lines}, less than the subtotal of {totals.subtotal}", "shopify.totals"
        )
    elif "discount" in first.columns.places:
        discount = first.money("discount", totals.subtotal.currency)
        if lines - totals.subtotal > discount:
            words = f"the lines cost {lines}, and discounts of {discount} do not make {totals.subtotal}, which counts"
            first.faults.warn("shopify.totals", first.columns.names["subtotal"], words)
    return not first.faults.any_error


def _refunds(first: OrderRow, bought: Purchase, totals: Totals) -> Iterator[Refund]:
    """What went back, without taxes and delivery: as much of the lines as of the total."""
    refunded = first.money("refunded", bought.currency)
    if not refunded or first.faults.any_error:
        return
    part = min(Fraction(refunded.amount) / Fraction(totals.total.amount), Fraction(1)) if totals.total else Fraction(1)
    words = f"{refunded} were given back, and the export does not say when; counted from the order on"
    first.faults.warn("shopify.undated-refund", first.columns.names["refunded"], words)
    amount = bought.net.times(part, "half_even")
    yield Refund(bought.customer_id, bought.at, f"{bought.order_id}/refund", bought.order_id, amount)
