"""The mapping of a table of purchases: a document that says what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.importers.purchases.amounts import DecimalMark
from servicekit.importers.table.mapping import RowRules, StampColumn, Stamps
from servicekit.importers.table.table_file import TableFile

CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}\z")]
RowKind = Literal["purchase", "refund"]
Valued = Literal["channel", "category", "currency"]


class OrderColumns(Document):
    """The columns that make purchases: one row is one line of an order, or an order of one line.

    Each moment may be a column name or ``{column: ..., dates: ...}``; what is written without a time of day is a day.

    >>> OrderColumns(customer_id="customer", at="day", amount="paid").at.column
    'day'
    """

    customer_id: str
    """Who bought; every row must have it."""

    at: Stamps
    """When; every row must have it."""

    amount: str | None = None
    """What the line costs, whatever its quantity; either this or ``unit_price``."""

    unit_price: str | None = None
    """What one piece costs; the line costs so much times ``quantity``, rounded half up to minor units."""

    order_id: str | None = None
    """The number of the order; rows with one number are its lines. None: every row is an order, called by its mapped
    cells."""

    quantity: str | None = None
    """How many pieces; None: one."""

    sku: str | None = None
    """The article."""

    category: str | None = None
    """What the article belongs to."""

    tax: str | None = None
    """The tax on the line, on top of its amount unless ``tax_included`` says otherwise."""

    discount: str | None = None
    """A discount that is still to be taken off the line, with or without a minus."""

    order_discount: str | None = None
    """A discount on the whole order, in any of its rows or the same in all, with or without a minus."""

    paid_with_points: str | None = None
    """The part of the order that was paid with points, as money; in any of its rows or the same in all."""

    channel: str | None = None
    """Where it was bought."""

    currency: str | None = None
    """The currency code of the amounts."""

    kind: str | None = None
    """Whether the row is a purchase or a refund; ``kinds`` says what its texts mean."""

    refund_id: str | None = None
    """The number of a refund; rows with one number are its lines. None: rows of one moment are one refund."""

    refund_of: str | None = None
    """The order that was refunded, where a refund has an ``order_id`` of its own."""

    enrolled_at: Stamps | None = None
    """When the customer joined the programme, repeated in each of their rows."""

    birthday: Stamps | None = None
    """The customer's day of birth; told with the enrolment."""

    household_id: str | None = None
    """The household or company that the customer belongs to from the enrolment on."""

    def stamps(self) -> Iterator[StampColumn]:
        """Every column of moments."""
        yield from filter(None, (self.at, self.enrolled_at, self.birthday))

    def texts(self) -> dict[str, str]:
        """Every other column that is mapped, by its key.

        >>> OrderColumns(customer_id="customer", at="day", amount="paid").texts()
        {'customer_id': 'customer', 'amount': 'paid'}
        """
        given = ((key, getattr(self, key)) for key in type(self).model_fields)
        return {key: column for key, column in given if isinstance(column, str)}

    def own_problems(self) -> Iterable[Problem]:
        """One column gives the money, and nothing is told by how long it took."""
        if (self.amount is None) == (self.unit_price is None):
            yield Problem("columns.amount", "amount", "expected either amount or unit_price")
        elif self.unit_price is not None and self.quantity is None:
            yield Problem("columns.amount", "unit_price", "the price of a piece needs the quantity")
        for key in ("birthday", "household_id"):
            if getattr(self, key) is not None and self.enrolled_at is None:
                yield Problem("columns.enrolment", key, "it is told with the enrolment", "map enrolled_at, too")
        for key in ("at", "enrolled_at", "birthday"):
            stamp = getattr(self, key)
            if stamp is not None and stamp.after_opening:
                yield Problem("columns.length-of-time", key, "a purchase has a stamp, not a length of time")


class PurchaseMapping(TableFile):
    """How to read a table of purchases.

    >>> mapping = PurchaseMapping.parse('''
    ... currency: CNY
    ... columns: {customer_id: member, at: day, order_id: order, amount: paid, category: kind}
    ... skip: [{column: kind, equals: gift card, because: a gift card}]
    ... ''')
    >>> sorted(mapping.column_names())
    ['day', 'kind', 'member', 'order', 'paid']
    """

    servicekit: Literal["purchases/1"] = "purchases/1"
    """The format of this document."""

    columns: OrderColumns
    """The columns that make purchases."""

    currency: CurrencyCode | None = None
    """The currency of amounts, where no cell names one."""

    channel: str | None = None
    """The channel of purchases, where no cell names one."""

    decimal_mark: DecimalMark = "."
    """What stands before the decimal places; the other one of point and comma may stand between groups of digits."""

    amount_signs: tuple[str, ...] = ()
    """Texts around amounts that say nothing, such as ``$``."""

    tax_included: bool = False
    """Whether amounts hold their tax, which is then taken off."""

    kinds: dict[RowKind, tuple[str, ...]] = Field(default_factory=dict)
    """What the texts of ``columns.kind`` mean; upper and lower case are one."""

    negative: Literal["refund", "line", "problem"] = "refund"
    """What a row below zero is, where no ``kind`` says it: a refund of its order, a line that lowers its order, or a
    problem."""

    values: dict[Valued, dict[str, str]] = Field(default_factory=dict)
    """What to call the texts of a column instead."""

    repeats: Literal["keep", "drop"] = "keep"
    """What becomes of a row whose mapped cells are all those of a row before: it counts, with a warning, or it is left
    out, as told twice."""

    skip: RowRules = ()
    """Rows that are left out; counted by reason."""

    def column_names(self) -> frozenset[str]:
        """Every column that the table must have."""
        stamps = {name for stamp in self.columns.stamps() for name in stamp.names()}
        return frozenset({*self.columns.texts().values(), *stamps, *(rule.column for rule in self.skip)})

    def own_problems(self) -> Iterable[Problem]:
        """Amounts have a currency, and what is said of a column needs the column."""
        columns = self.columns
        if self.currency is None and columns.currency is None:
            yield Problem("columns.currency", "currency", "no column gives the currency", "write 'currency: CNY'")
        if self.tax_included and columns.tax is None:
            yield Problem("columns.amount", "tax_included", "no column gives the tax that is to be taken off")
        if (columns.kind is None) != (not self.kinds):
            yield Problem("columns.kind", "kinds", "columns.kind and kinds need each other")
        for key in self.values:
            if getattr(columns, key) is None:
                yield Problem("columns.kind", f"values.{key}", f"no column is mapped to {key}")
        yield from _kinds_twice(self.kinds)


def _kinds_twice(kinds: dict[RowKind, tuple[str, ...]]) -> Iterator[Problem]:
    refunds = {text.casefold() for text in kinds.get("refund", ())}
    for number, text in enumerate(kinds.get("purchase", ())):
        if text.casefold() in refunds:
            yield Problem("columns.kind", f"kinds.purchase[{number}]", f"{text!r} is a refund already")
