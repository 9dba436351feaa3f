"""From the cells of one row to a line of an order or of a refund, as a mapping says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from servicekit.events import Moment, PurchaseLine
from servicekit.importers.delimited_file import Record
from servicekit.importers.faults import Faults
from servicekit.importers.purchases.amounts import number_reader
from servicekit.importers.purchases.moments import moment_cell
from servicekit.importers.timestamps import DayOrders, Localiser
from servicekit.quantity import Money, minor_digits
from servicekit.quantity.exact import rounded

if TYPE_CHECKING:
    from servicekit.importers.purchases.mapping import PurchaseMapping, RowKind, Valued

_NOTHING = Decimal(0)
_GROUP = 3  # digits between two marks
_UNITS = [Decimal(1).scaleb(-digits) for digits in range(5)]


class RowValues(NamedTuple):
    """What one row says; ``line`` is None where it has a fault."""

    row: int
    line_number: int
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
    """The numbers of a row, as they are written; the amount is that of all pieces."""

    amount: Decimal
    quantity: Decimal | None
    tax: Decimal | None
    discount: Decimal


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
        self._price = "amount" if "amount" in self._places else "unit_price"
        self._has_parts = not self._places.keys().isdisjoint(("tax", "discount", "sku", "category"))
        of_orders = ("order_discount", "paid_with_points", "channel", "refund_id")
        self._is_plain = self._places.keys().isdisjoint(of_orders) and mapping.channel is None

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
        row = RowValues(record.row, record.line, faults, kind, customer_id or "", at, order_id, line)
        return row if self._is_plain or line is None else self._with_order(row, cells, line.amount.currency)

    def _text(self, cells: Sequence[str], key: str) -> str | None:
        place = self._places.get(key)
        text = "" if place is None else cells[place].strip()
        return None if not text or text in self._missing else text

    def _named(self, cells: Sequence[str], key: Valued) -> str | None:
        """A text by the name that the mapping gives it."""
        text = self._text(cells, key)
        if text is None:
            return None
        return self._mapping.values.get(key, {}).get(text, text)

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
        amount, tax, discount = self._value(cells, self._price, faults), None, None
        quantity = self._value(cells, "quantity", faults) if "quantity" in self._places else None
        if not faults.any_error:
            for key, value in ((self._price, amount), ("quantity", quantity or self._price == "amount" or None)):
                if value is None:
                    faults.add("table.bad-value", self._names[key], f"the {key.replace('_', ' ')} is missing")
        if amount is None or faults.any_error:
            return None
        if quantity is not None and self._price == "unit_price":
            amount = self._times(amount, quantity, cells)
        if self._has_parts:
            tax, discount = (self._value(cells, key, faults) for key in ("tax", "discount"))
        return _Numbers(amount, quantity, tax, _NOTHING if discount is None else abs(discount))

    def _times(self, price: Decimal, quantity: Decimal, cells: Sequence[str]) -> Decimal:
        """The price of some pieces; a currency that is none is told with the line."""
        digits = minor_digits(self._currency(cells))
        return rounded(Fraction(price) * Fraction(quantity), digits, "half_up")

    def _currency(self, cells: Sequence[str]) -> str:
        named = self._named(cells, "currency") if "currency" in self._places else None
        return named or self._mapping.currency or ""

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
            faults.add("table.bad-value", self._names[self._price], f"{numbers.amount} is below zero")
        return "refund"

    def _order_id(self, cells: Sequence[str], kind: RowKind) -> str | None:
        refunded = self._text(cells, "refund_of") if kind == "refund" else None
        return refunded or self._text(cells, "order_id")

    def _line(self, cells: Sequence[str], numbers: _Numbers, kind: RowKind, faults: Faults) -> PurchaseLine | None:
        amount, quantity, tax, discount = numbers
        if kind == "refund":
            amount, tax = abs(amount), None if tax is None else abs(tax)
        if discount:
            amount -= discount.copy_sign(amount)
        if tax is not None and self._mapping.tax_included:
            amount -= tax
        try:
            currency = self._currency(cells)
            money, pieces = (
                _money(amount, currency),
                _pieces(quantity, below_zero=numbers.amount < 0 or kind == "refund"),
            )
            if not self._has_parts:
                return PurchaseLine(money, None, pieces)
            duty = None if tax is None else _money(tax, currency)
            return PurchaseLine(money, duty, pieces, self._text(cells, "sku"), self._named(cells, "category"))
        except ValueError as error:
            faults.add("table.bad-value", self._names[self._price], str(error))
            return None

    def _with_order(self, row: RowValues, cells: Sequence[str], currency: str) -> RowValues:
        """What the row says of the whole order."""
        discount, points = (self._value(cells, key, row.faults) for key in ("order_discount", "paid_with_points"))
        return row._replace(
            channel=self._named(cells, "channel") or self._mapping.channel,
            discount=None if discount is None else Money(abs(discount), currency),
            paid_with_points=None if points is None else Money(abs(points), currency),
            refund_id=self._text(cells, "refund_id"),
        )


_GUESTS = "leave purchases of nobody out: skip: [{column: ..., missing: true, because: a guest}]"


def _money(amount: Decimal, currency: str) -> Money:
    """An amount in whole minor units. More decimal places, or three where there are two, look like another mark."""
    if not currency:
        raise ValueError("the currency is missing")
    digits, exponent = minor_digits(currency), amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits and (exponent == -_GROUP or amount % _UNITS[digits]):
        raise ValueError(f"{amount} has more decimal places than {currency}")
    return Money(amount, currency)


def _pieces(quantity: Decimal | None, *, below_zero: bool) -> int | Decimal:
    """How many pieces there are; of what is given back, or lowers an order, they may be written with a minus."""
    if quantity is None:
        return 1
    whole = int(quantity)
    if whole == quantity:
        return abs(whole) if below_zero else whole
    return abs(quantity) if below_zero else quantity
