"""Shopify's export of orders: totals, discounts, taxes, refunds, and orders that do not count."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.events import CustomerEvent, Imported, Purchase, PurchaseLine, Refund
from servicekit.importers import ShopifyMapping, read_shopify
from servicekit.quantity import Money

HEADER = (  # noqa: SIM905
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
    "Phone,Duties"
).split(",")  # fmt: skip
PAID_AT = datetime(2026, 1, 5, 14, 13, 25, tzinfo=UTC)
FIRST = {
    "Name": "#1001", "Email": "Ann@Example.com", "Financial Status": "paid", "Paid at": "2026-01-05 09:13:25 -0500",
    "Currency": "USD", "Subtotal": "95.00", "Shipping": "5.00", "Taxes": "8.00", "Total": "108.00",
    "Discount Code": "NEW", "Discount Amount": "5.00", "Created at": "2026-01-05 09:13:13 -0500",
    "Lineitem quantity": "2", "Lineitem name": "Tea", "Lineitem price": "40.00", "Lineitem sku": "tea-1",
    "Lineitem discount": "0.00", "Payment Method": "Shopify Payments", "Refunded Amount": "0.00", "Source": "web",
}  # fmt: skip
SECOND = {
    "Name": "#1001", "Email": "ann@example.com", "Created at": "2026-01-05 09:13:13 -0500", "Lineitem quantity": "1",
    "Lineitem name": "Cup", "Lineitem price": "25.00", "Lineitem discount": "5.00",
}  # fmt: skip

Row = Mapping[str, str]


def exported(*lines: Row, header: list[str] = HEADER) -> bytes:
    text = StringIO()
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def rows(*lines: Row, mapping: str = "{}") -> list[Imported[CustomerEvent]]:
    return list(read_shopify(BytesIO(exported(*lines)), ShopifyMapping.parse(mapping)))


def problems(*lines: Row, mapping: str = "{}") -> list[tuple[str, str, str]]:
    told = [problem for row in rows(*lines, mapping=mapping) for problem in row.problems]
    return [(problem.code, problem.path, problem.severity) for problem in told]


def purchase(*lines: Row, mapping: str = "{}") -> Purchase:
    read = rows(*lines, mapping=mapping)
    assert [problem for row in read for problem in row.problems] == []
    (found,) = [row.value for row in read]
    assert isinstance(found, Purchase)
    return found


def usd(text: str) -> Money:
    return Money.parse(f"{text} USD")


def test_the_rows_of_an_order_are_one_purchase_of_the_address_in_lower_case() -> None:
    lines = (
        PurchaseLine(usd("80.00"), usd("6.08"), 2, "tea-1"),
        PurchaseLine(usd("20.00"), usd("1.52"), 1),
    )
    expected = Purchase("ann@example.com", PAID_AT, "#1001", lines, usd("5.00"), None, "web")
    assert purchase(FIRST, SECOND) == expected
    assert (expected.net, expected.tax) == (usd("95.00"), usd("7.60"))


def test_taxes_in_the_prices_are_taken_off_when_the_total_holds_no_more() -> None:
    included = {**FIRST, "Total": "100.00", "Taxes": "20.00"}
    order = purchase(included, SECOND)
    assert (order.net, order.tax) == (usd("76.00"), usd("19.00"))
    assert order.discount == usd("4.00")
    always = purchase({**FIRST, "Total": "0.00"}, SECOND, mapping="taxes: on_top")
    assert always.net == usd("95.00")
    assert purchase(included, SECOND, mapping="taxes: on_top").net == usd("95.00")


def test_a_total_that_tells_neither_is_warned_of() -> None:
    odd = {**FIRST, "Total": "111.00"}
    assert problems(odd, SECOND) == [("shopify.taxes", "row 2.Total", "warning")]
    assert rows(odd, SECOND)[0].value == purchase(FIRST, SECOND)
    untaxed = {**FIRST, "Taxes": "0.00", "Total": "111.00"}
    assert purchase(untaxed, SECOND).tax == usd("0")
    duty = {**FIRST, "Total": "111.00", "Duties": "3.00"}
    assert purchase(duty, SECOND) == purchase(FIRST, SECOND)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Payment Method": "(for testing) Bogus Gateway"}, "a test order"),
        ({"Payment Method": "bogus"}, "a test order"),
        ({"Tags": "wholesale, Test"}, "a test order"),
        ({"Cancelled at": "2026-01-06 09:00:00 -0500"}, "cancelled"),
        ({"Financial Status": "pending"}, "not paid (pending)"),
        ({"Financial Status": "voided"}, "not paid (voided)"),
        ({"Financial Status": ""}, "not paid (no status)"),
        ({"Email": ""}, "neither e-mail address nor phone"),
    ],
)
def test_an_order_that_does_not_count_is_left_out_with_its_reason(change: Row, reason: str) -> None:
    read = rows({**FIRST, **change}, SECOND)
    assert [(row.left_out, row.row, row.problems) for row in read] == [(reason, 2, ())]


def test_what_counts_is_for_the_mapping_to_say() -> None:
    mapping = "{paid: [Pending], test_payments: [], channels: {web: online}, columns: {category: Vendor}}"
    change = {"Financial Status": "pending", "Payment Method": "bogus", "Vendor": "Tea Ltd", "Paid at": "", "Email": ""}
    order = purchase({**FIRST, **change, "Phone": "+1 555"}, SECOND, mapping=mapping)
    assert (order.channel, order.lines[0].category, order.customer_id) == ("online", "Tea Ltd", "+1 555")
    assert order.at == PAID_AT.replace(second=13)


def test_a_refund_takes_as_much_of_the_lines_as_of_the_total_and_says_that_its_day_is_unknown() -> None:
    part = {**FIRST, "Refunded Amount": "54.00", "Financial Status": "partially_refunded"}
    order, refund = rows(part, SECOND)
    assert order.value == purchase(FIRST, SECOND)
    assert refund.value == Refund("ann@example.com", PAID_AT, "#1001/refund", "#1001", usd("47.50"))
    assert [(p.code, p.path, p.severity) for p in (*order.problems, *refund.problems)] == [
        ("shopify.undated-refund", "row 2.Refunded Amount", "warning")
    ]
    whole = rows({**FIRST, "Refunded Amount": "108.00"}, SECOND)[1].value
    assert isinstance(whole, Refund)
    assert whole.net == usd("95.00")
    free = rows({**FIRST, "Refunded Amount": "1.00", "Total": "0.00", "Taxes": "0.00"}, SECOND)[1].value
    assert isinstance(free, Refund)
    assert free.net == usd("95.00")
    more = rows({**FIRST, "Refunded Amount": "120.00"}, SECOND)[1].value
    assert isinstance(more, Refund)
    assert more.net == usd("95.00")


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"Subtotal": ""}, "table.bad-value", "row 2.Subtotal"),
        ({"Subtotal": "many"}, "table.bad-value", "row 2.Subtotal"),
        ({"Subtotal": "100.01"}, "shopify.totals", "row 2.Subtotal"),
        ({"Subtotal": "-1"}, "shopify.totals", "row 2.Subtotal"),
        ({"Taxes": "-1"}, "shopify.totals", "row 2.Subtotal"),
        ({"Total": "1.005"}, "table.bad-value", "row 2.Total"),
        ({"Lineitem price": ""}, "table.bad-value", "row 2.Lineitem price"),
        ({"Lineitem quantity": "0"}, "table.bad-value", "row 2.Lineitem quantity"),
        ({"Lineitem quantity": "1.5"}, "table.bad-value", "row 2.Lineitem quantity"),
        ({"Currency": ""}, "table.bad-value", "row 2.Currency"),
        ({"Currency": "dollar"}, "table.bad-order", "row 2"),
        ({"Paid at": "", "Created at": ""}, "table.bad-instant", "row 2.Created at"),
        ({"Paid at": "yesterday"}, "table.bad-instant", "row 2.Paid at"),
        ({"Refunded Amount": "some"}, "table.bad-value", "row 2.Refunded Amount"),
        ({"Name": ""}, "table.bad-value", "row 2.Name"),
    ],
)
def test_a_bad_cell_costs_its_order(change: Row, code: str, path: str) -> None:
    other = {**FIRST, "Name": "#2", "Subtotal": "80", "Total": "93", "Discount Amount": "0"}
    first = {**FIRST, **change}
    read = rows(first, {**SECOND, "Name": first["Name"] or "#2"}, other) if first["Name"] else rows(first, other)
    assert [(p.code, p.path, p.severity) for row in read for p in row.problems] == [(code, path, "error")]
    assert [row.value.order_id for row in read if isinstance(row.value, Purchase)] == ["#2"]


def test_a_bad_line_is_told_by_its_own_row() -> None:
    assert problems(FIRST, {**SECOND, "Lineitem price": "x"}) == [("table.bad-value", "row 3.Lineitem price", "error")]


def test_discounts_that_do_not_make_the_subtotal_are_warned_of_and_it_counts() -> None:
    odd = {**FIRST, "Subtotal": "90.00", "Total": "103.00"}
    assert problems(odd, SECOND) == [("shopify.totals", "row 2.Subtotal", "warning")]
    order = rows(odd, SECOND)[0].value
    assert isinstance(order, Purchase)
    assert order.net == usd("90.00")


def test_an_order_that_is_told_twice_is_an_error() -> None:
    assert problems(FIRST, SECOND, FIRST, SECOND) == [("table.order-conflict", "row 4.Subtotal", "error")]


def test_an_export_without_what_is_needed_is_refused() -> None:
    header = [name for name in HEADER if name not in ("Subtotal", "Lineitem price")]
    with pytest.raises(PolicyError) as caught:
        read_shopify(BytesIO(exported(FIRST, header=header)))
    assert [(p.code, p.path) for p in caught.value.problems] == [
        ("table.missing-column", "Subtotal"),
        ("table.missing-column", "Lineitem price"),
    ]


def test_orders_are_a_table_alone() -> None:
    with pytest.raises(PolicyError) as caught:
        ShopifyMapping.parse("records: orders")
    assert [(p.code, p.path) for p in caught.value.problems] == [("document.unknown-key", "records")]
    with pytest.raises(PolicyError) as read:
        read_shopify(BytesIO(b'[{"Name": "#1"}]'))
    assert [p.code for p in read.value.problems] == ["table.json"]


def test_a_column_that_the_mapping_names_must_be_there() -> None:
    with pytest.raises(PolicyError) as caught:
        rows(FIRST, mapping="columns: {category: Product type}")
    assert [(p.code, p.path) for p in caught.value.problems] == [("table.missing-column", "Product type")]


def test_a_discount_may_be_written_with_a_minus() -> None:
    assert purchase(FIRST, {**SECOND, "Lineitem discount": "-5.00"}) == purchase(FIRST, SECOND)


def test_names_of_columns_may_be_written_otherwise() -> None:
    header = [{"Cancelled at": "Canceled at", "Lineitem sku": "Lineitem SKU"}.get(name, name) for name in HEADER]
    row = {**FIRST, "Canceled at": "2026-01-06 09:00:00 -0500", "Lineitem SKU": "tea-1"}
    (read,) = read_shopify(BytesIO(exported(row, header=header)))
    assert read.left_out == "cancelled"


def test_stamps_that_a_spreadsheet_wrote_anew_are_read_in_the_zone_of_the_mapping() -> None:
    mapping = "{timezone: America/New_York, dates: ['%m/%d/%Y %H:%M', '%m/%d/%Y']}"
    order = purchase({**FIRST, "Paid at": "01/05/2026 09:13"}, SECOND, mapping=mapping)
    assert order.at == PAID_AT.replace(second=0)
    assert purchase({**FIRST, "Paid at": "01/05/2026"}, SECOND, mapping=mapping).at == date(2026, 1, 5)


cents = st.integers(0, 20_000)


@given(st.lists(st.tuples(cents, st.integers(1, 3)), min_size=1, max_size=4), st.data())
def test_net_tax_and_discount_make_the_totals_of_the_export(lines: list[tuple[int, int]], data: st.DataObject) -> None:
    gross = sum(price * pieces for price, pieces in lines)
    discount, shipping = data.draw(st.integers(0, gross)), data.draw(cents)
    subtotal = gross - discount
    taxes = data.draw(st.integers(0, (subtotal + shipping) // 3))
    included = data.draw(st.booleans())
    total = subtotal + shipping + (0 if included else taxes)
    money = {"Subtotal": subtotal, "Shipping": shipping, "Taxes": taxes, "Total": total, "Discount Amount": discount}
    items = [
        {"Name": "#1", "Lineitem price": str(Decimal(price) / 100), "Lineitem quantity": str(pieces)}
        for price, pieces in lines
    ]
    items[0] = {**FIRST, **items[0], **{key: str(Decimal(value) / 100) for key, value in money.items()}}
    order = purchase(*items)
    on_goods = order.tax.to_minor()
    assert order.net.to_minor() == subtotal - (on_goods if included else 0)
    if subtotal + shipping:
        assert abs(on_goods - Fraction(taxes * subtotal, subtotal + shipping)) < 1
    assert min(line.amount.to_minor() for line in order.net_lines) >= 0


CELLS = st.sampled_from(["", "0", "1", "-1", "1.005", "x", "USD", "2026-01-05 09:13:25 -0500", "paid", "9e9", "#1001"])


@given(st.lists(st.dictionaries(st.sampled_from(sorted(FIRST)), CELLS, max_size=4), min_size=1, max_size=4))
def test_every_order_is_told_of_and_nothing_raises(changes: list[dict[str, str]]) -> None:
    read = rows(*({**(FIRST if n == 0 else SECOND), **change} for n, change in enumerate(changes)))
    assert read
    for row in read:
        assert (row.value is None) == (row.left_out is not None or any(p.is_error for p in row.problems))
    assert max(Counter(type(row.value) for row in read if row.value).values(), default=0) <= len(changes)
