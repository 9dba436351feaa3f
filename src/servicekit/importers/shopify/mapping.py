"""The mapping of Shopify's export of orders: which column and status means what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.importers.table.date_formats import DateFormats
from servicekit.importers.table.table_file import TableFile
from servicekit.importers.tickets.column_mapping import Names


class ShopifyColumns(Document):
    """The columns that make purchases and refunds; each by any of several names, in upper or lower case.

    >>> ShopifyColumns(category="Vendor").category
    ('Vendor',)
    """

    order_id: Names = ("Name",)
    """The order's number; it must be there, and so must the currency, the subtotal, and price and quantity of lines."""

    email: Names = ("Email",)
    """Who bought; in lower case."""

    phone: Names = ("Phone",)
    """Who bought, where there is no e-mail address."""

    status: Names = ("Financial Status",)
    """Whether the order was paid."""

    paid_at: Names = ("Paid at",)
    """When it was paid."""

    created_at: Names = ("Created at",)
    """When it was placed; it counts where the export does not say when it was paid."""

    cancelled_at: Names = ("Cancelled at", "Canceled at")
    """When it was cancelled."""

    currency: Names = ("Currency",)
    """The currency of all amounts."""

    subtotal: Names = ("Subtotal",)
    """What the lines cost after all discounts."""

    shipping: Names = ("Shipping",)
    """What the delivery costs; it is no line."""

    taxes: Names = ("Taxes",)
    """The taxes on lines and delivery."""

    duties: Names = ("Duties",)
    """The duties of the order."""

    total: Names = ("Total",)
    """What was to be paid."""

    discount: Names = ("Discount Amount",)
    """All discounts of the order."""

    refunded: Names = ("Refunded Amount",)
    """What was given back so far, taxes and delivery included."""

    payment_method: Names = ("Payment Method",)
    """How it was paid."""

    tags: Names = ("Tags",)
    """The shop's own words on the order, with commas between."""

    channel: Names = ("Source",)
    """Where it was bought."""

    price: Names = ("Lineitem price",)
    """What one piece of the line costs."""

    quantity: Names = ("Lineitem quantity",)
    """How many pieces."""

    line_discount: Names = ("Lineitem discount",)
    """The discount on the line alone."""

    sku: Names = ("Lineitem sku",)
    """The article."""

    category: Names | None = None
    """What articles belong to; None: the export does not tell."""


class ShopifyMapping(TableFile):
    """How to read Shopify's export of orders; without any key it reads the published form.

    Followed is the CSV that *Orders > Export* gives, with its columns as of 2026.

    >>> mapping = ShopifyMapping.parse('''
    ... servicekit: shopify/1
    ... channels: {pos: store, shopify_draft_order: phone}
    ... paid: [paid, partially_refunded, refunded, pending]
    ... ''')
    >>> mapping.channels["pos"], mapping.columns.order_id
    ('store', ('Name',))
    """

    servicekit: Literal["shopify/1"] = "shopify/1"
    """The format of this document."""

    dates: DateFormats = ("%Y-%m-%d %H:%M:%S %z", "iso")
    """How stamps are written."""

    columns: ShopifyColumns = ShopifyColumns()
    """The columns that make events."""

    paid: tuple[str, ...] = ("paid", "partially_refunded", "refunded")
    """The financial statuses of orders that count; all others are left out as not paid."""

    taxes: Literal["by_totals", "on_top", "included"] = "by_totals"
    """Whether prices hold their taxes: as the total says beside subtotal, delivery and taxes, or one of both always."""

    test_payments: tuple[str, ...] = ("bogus", "(for testing) bogus gateway")
    """The payment methods of test orders, in lower case."""

    test_tags: tuple[str, ...] = ("test",)
    """The tags of test orders, in lower case."""

    channels: dict[str, str] = Field(default_factory=dict)
    """What to call the sources of orders instead."""

    def own_problems(self) -> Iterable[Problem]:
        """Orders are exported as a table."""
        if self.records is not None:
            yield Problem("document.unknown-key", "records", "orders are exported as a table, not as JSON")
