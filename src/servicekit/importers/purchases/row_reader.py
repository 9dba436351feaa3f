"""From the cells of one row to a line of an order or of a refund, as a mapping says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from servicekit.events import Moment, PurchaseLine
from servicekit.importers.delimited_file import Record
from servicekit.importers.faults import Faults
from servicekit.importers.purchases.amounts import number_reader
from servicekit.importers.purchases.moments import moment_cell
from servicekit.importers.timestamps import DayOrders, Localiser
from servicekit.quantity import Money, minor_digits

if TYPE_CHECKING:
    from servicekit.importers.purchases.mapping import PurchaseMapping, RowKind

_GROUP = 3  # digits between two marks
_UNITS = [Decimal(1).scaleb(-digits) for digits in range(5)]


class RowValues(NamedTuple):
    """What one row says; ``line`` is None where it has a fault."""

    record: Record
    faults: Faults
    kind: RowKind
    customer_id: str
    at: Moment | None
    order_id: str | None
    line: PurchaseLine | None
    channel: str | None = None
    discount: Money | None = None
    paid_with_points: Money | None = None
    refund_id: str | None = None


class _Numbers(NamedTuple):
    """The numbers of a row."""

    amount: Decimal
    quantity: Decimal | None
    tax: Decimal | None


class RowReader:
    """A mapping, compiled against the header of one table; it keeps nothing of a row."""

    def __init__(self, header: Sequence[str], mapping: PurchaseMapping) -> None:
        places = {name: index for index, name in enumerate(header)}
        self._names = mapping.columns.texts()
        self._places = {key: places[column] for key, column in self._names.items()}
        self._mapping, self._missing = mapping, frozenset(mapping.missing)
        self.day_orders = DayOrders(mapping.dates, says="dates" in mapping.model_fields_set)
        self._at = moment_cell(mapping.columns.at, places, mapping.dates, Localiser(mapping.timezone), self.day_orders)
        self._number = number_reader(mapping.decimal_mark, mapping.amount_signs)
        self._kinds = {text.casefold(): kind for kind, texts in mapping.kinds.items() for text in texts}
        self._is_plain = not self._places.keys() - {"customer_id", "order_id", "amount", "quantity"}

    def read(self, record: Record, faults: Faults) -> RowValues:
        """What a row says; its faults are noted."""
        cells = record.cells
        customer_id = self._text(cells, "customer_id")
        if customer_id is None:
            faults.add("table.bad-value", self._names["customer_id"], "the customer is missing", hint=_GUESTS)
        at = self._at.moment(cells, self._missing, faults)
        if at is None and not faults.any_error:
            faults.missing_instant(self._at, "the moment of the purchase is missing")
        numbers = self._numbers(cells, faults)
        kind = self._kind(cells, numbers, faults)
        order_id = self._order_id(cells, kind)
        line = None if numbers is None or faults.any_error else self._line(cells, numbers, kind, faults)
        row = RowValues(record, faults, kind, customer_id or "", at, order_id, line)
        return row if self._is_plain or line is None else self._with_order(row, line.amount.currency)

    def _text(self, cells: Sequence[str], key: str) -> str | None:
        place = self._places.get(key)
        text = "" if place is None else cells[place].strip()
        return None if not text or text in self._missing else text

    def _named(self, cells: Sequence[str], key: str) -> str | None:
        """A text by the name that the mapping gives it."""
        text = self._text(cells, key)
        if text is None:
            return {"currency": self._mapping.currency, "channel": self._mapping.channel}.get(key)
        return self._mapping.values.get(key, {}).get(text, text)  # type: ignore[call-overload, no-any-return]

    def _value(self, cells: Sequence[str], key: str, faults: Faults) -> Decimal | None:
        text = self._text(cells, key)
        if text is None:
            return None
        try:
            return self._number(text)
        except ValueError as error:
            hint = None if self._mapping.decimal_mark == "," else "for 1.234,50 write decimal_mark: ',' in the mapping"
            faults.add("table.bad-value", self._names[key], str(error), hint=hint)
            return None

    def _numbers(self, cells: Sequence[str], faults: Faults) -> _Numbers | None:
        key = "amount" if "amount" in self._places else "unit_price"
        amount, quantity = self._value(cells, key, faults), self._value(cells, "quantity", faults)
        if self._text(cells, key) is None:
            faults.add("table.bad-value", self._names[key], "the amount is missing")
        elif key == "unit_price" and self._text(cells, "quantity") is None:
            faults.add("table.bad-value", self._names["quantity"], "the quantity is missing")
        if amount is None or faults.any_error:
            return None
        if key == "unit_price" and quantity is not None:
            currency = self._named(cells, "currency") or ""
            amount = Money(amount * quantity, currency).rounded("half_up").amount if currency.isalpha() else amount
        discount = self._value(cells, "discount", faults)
        if discount is not None:
            amount -= abs(discount).copy_sign(amount)
        return _Numbers(amount, quantity, self._value(cells, "tax", faults))

    def _kind(self, cells: Sequence[str], numbers: _Numbers | None, faults: Faults) -> RowKind:
        if self._kinds:
            text = self._text(cells, "kind") or ""
            kind = self._kinds.get(text.casefold())
            if kind is None:
                words = f"{text[:60]!r} is neither a purchase nor a refund"
                faults.add("table.bad-value", self._names["kind"], words, hint="list it in 'kinds', or in 'skip'")
            return kind or "purchase"
        if numbers is None or numbers.amount >= 0 or self._mapping.negative == "line":
            return "purchase"
        if self._mapping.negative == "problem":
            faults.add("table.bad-value", self._amount_column, f"{numbers.amount} is below zero")
        return "refund"

    @property
    def _amount_column(self) -> str:
        return self._names.get("amount") or self._names["unit_price"]

    def _order_id(self, cells: Sequence[str], kind: RowKind) -> str | None:
        refunded = self._text(cells, "refund_of") if kind == "refund" else None
        return refunded or self._text(cells, "order_id")

    def _line(self, cells: Sequence[str], numbers: _Numbers, kind: RowKind, faults: Faults) -> PurchaseLine | None:
        amount, quantity, tax = numbers
        if kind == "refund":
            amount, tax = abs(amount), None if tax is None else abs(tax)
        if tax is not None and self._mapping.tax_included:
            amount -= tax
        try:
            currency = self._named(cells, "currency") or ""
            return PurchaseLine(
                _money(amount, currency),
                None if tax is None else _money(tax, currency),
                _pieces(quantity, below_zero=amount < 0 or kind == "refund"),
                self._text(cells, "sku"),
                self._named(cells, "category"),
            )
        except ValueError as error:
            faults.add("table.bad-value", self._amount_column, str(error))
            return None

    def _with_order(self, row: RowValues, currency: str) -> RowValues:
        """What the row says of the whole order."""
        cells, faults = row.record.cells, row.faults
        discount, points = (self._value(cells, key, faults) for key in ("order_discount", "paid_with_points"))
        return row._replace(
            channel=self._named(cells, "channel"),
            discount=None if discount is None else Money(abs(discount), currency),
            paid_with_points=None if points is None else Money(abs(points), currency),
            refund_id=self._text(cells, "refund_id"),
        )


_GUESTS = "leave purchases of nobody out: skip: [{column: ..., missing: true, because: a guest}]"


def _money(amount: Decimal, currency: str) -> Money:
    """An amount in whole minor units. More decimal places, or three where there are two, look like another mark."""
    if not currency:
        raise ValueError("the currency is missing")
    money, digits = Money(amount, currency), minor_digits(currency)
    _, _, exponent = amount.as_tuple()
    if isinstance(exponent, int) and -exponent > digits and (exponent == -_GROUP or amount % _UNITS[digits]):
        raise ValueError(f"{amount} has more decimal places than {currency}")
    return money


def _pieces(quantity: Decimal | None, *, below_zero: bool) -> int | Decimal:
    """How many pieces there are; of what is given back, or lowers an order, they may be written with a minus."""
    if quantity is None:
        return 1
    number = int(quantity) if quantity == quantity.to_integral_value() else quantity
    return abs(number) if below_zero else number
