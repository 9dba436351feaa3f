"""Tables of purchases: what rows become, and what is said of rows that become nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from servicekit.document import Loaded
from servicekit.errors import PolicyError
from servicekit.events import CustomerEvent, Enrolled, Imported, Moment, Purchase, PurchaseLine, Refund, order_customers
from servicekit.importers import (
    PurchaseExportMapping,
    PurchaseMapping,
    read_purchase_export,
    read_purchase_mapping,
    read_purchases,
)
from servicekit.quantity import Money

COLUMNS = "currency: CNY\ncolumns: {customer_id: who, at: day, order_id: order, amount: paid"
PLAIN = f"{COLUMNS}}}"
DAY = date(2026, 1, 5)


def rows(data: str | bytes, mapping: str) -> list[Imported[CustomerEvent]]:
    text = data.encode() if isinstance(data, str) else data
    return list(read_purchases(BytesIO(text), PurchaseMapping.parse(mapping)))


def events(data: str | bytes, mapping: str) -> list[CustomerEvent]:
    read = rows(data, mapping)
    assert [problem for row in read for problem in row.problems] == []
    return [row.value for row in read if row.value is not None]


def problems(data: str, mapping: str) -> list[tuple[str, str, str]]:
    told = [problem for row in rows(data, mapping) for problem in row.problems]
    assert all(problem.address is not None and problem.address.line for problem in told)
    return [(problem.code, problem.path, problem.severity) for problem in told]


def yuan(text: str) -> Money:
    return Money.parse(f"{text} CNY")


def bought(*lines: PurchaseLine, order_id: str = "1", at: Moment = DAY, **more: object) -> Purchase:
    return Purchase("Ann", at, order_id, lines, **more)  # type: ignore[arg-type]


def test_rows_of_one_order_are_its_lines_wherever_they_stand() -> None:
    table = "order,who,day,paid\n1,Ann,2026-01-05,80\n2,Bob,2026-01-05,5\n1,Ann,2026-01-05,20\n"
    first, second = events(table, PLAIN)
    assert first == bought(PurchaseLine(yuan("80")), PurchaseLine(yuan("20")))
    assert second == Purchase("Bob", DAY, "2", (PurchaseLine(yuan("5")),))


def test_every_column_has_its_place_in_the_purchase() -> None:
    mapping = """
        timezone: Asia/Shanghai
        columns: {customer_id: who, at: {column: day, time: clock}, order_id: order, unit_price: price, quantity: n,
                  sku: sku, category: kind, tax: tax, discount: less, order_discount: voucher, paid_with_points: points,
                  channel: where, currency: money}
        values: {channel: {POS: store}, currency: {RMB: CNY}}
    """
    table = (
        "order,who,day,clock,price,n,sku,kind,tax,less,voucher,points,where,money\n"
        "1,Ann,2026-01-05,09:30,12.50,2,s-1,books,1.50,-1,,3,POS,RMB\n"
        "1,Ann,2026-01-05,09:30,0.333,1.5,,,,,-4,,,RMB\n"
    )
    lines = (
        PurchaseLine(yuan("24.00"), yuan("1.50"), 2, "s-1", "books"),
        PurchaseLine(yuan("0.50"), None, Decimal("1.5")),
    )
    at = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    expected = bought(*lines, at=at, discount=yuan("4"), paid_with_points=yuan("3"), channel="store")
    assert events(table, mapping) == [expected]


@pytest.mark.parametrize(
    ("cell", "dates", "at"),
    [
        ("2026-01-05", "iso", DAY),
        ("20260105", "iso", DAY),
        ("2026-01-05T00:00", "iso", datetime(2026, 1, 4, 16, tzinfo=UTC)),
        ("2026-01-05T09:00Z", "iso", datetime(2026, 1, 5, 9, tzinfo=UTC)),
        ("05/01/2026", "%d/%m/%Y", DAY),
        ("05/01/2026 09:00", "%d/%m/%Y %H:%M", datetime(2026, 1, 5, 1, tzinfo=UTC)),
        ("46027", "excel_1900", DAY),
        ("46027.0", "excel_1900", DAY),
        ("46027.375", "excel_1900", datetime(2026, 1, 5, 1, tzinfo=UTC)),
        ("1767603600", "epoch_seconds", datetime(2026, 1, 5, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_day_where_no_time_of_day_is_written(cell: str, dates: str, at: Moment) -> None:
    table = f"order,who,day,paid\n1,Ann,{cell},80\n"
    assert events(table, f"{PLAIN}\ntimezone: Asia/Shanghai\ndates: '{dates}'") == [
        bought(PurchaseLine(yuan("80")), at=at)
    ]


def test_a_row_below_zero_is_a_refund_of_its_order() -> None:
    table = "order,who,day,paid,n\n1,Ann,2026-01-05,80,4\n1,Ann,2026-01-09,-20,-1\n1,Ann,2026-01-09,-5,\n"
    order, refund = events(table, f"{COLUMNS}, quantity: n}}")
    assert order == bought(PurchaseLine(yuan("80"), quantity=4))
    lines = (PurchaseLine(yuan("20")), PurchaseLine(yuan("5")))
    assert refund == Refund("Ann", date(2026, 1, 9), "1/2026-01-09", "1", lines=lines)


def test_a_column_tells_refunds_and_which_order_they_are_of() -> None:
    mapping = f"""{COLUMNS}, kind: type, refund_id: order, refund_of: of}}
kinds: {{purchase: [Sale], refund: [Credit, Return]}}"""
    table = "order,who,day,paid,type,of\n1,Ann,2026-01-05,80,SALE,\n9,Ann,2026-01-09,20,return,1\n"
    order, refund = events(table, mapping)
    assert (order, refund) == (
        bought(PurchaseLine(yuan("80"))),
        Refund("Ann", date(2026, 1, 9), "9", "1", lines=(PurchaseLine(yuan("20")),)),
    )
    unlisted = table.replace("SALE", "Gift")
    assert problems(unlisted, mapping) == [("table.bad-value", "row 2.type", "error")]


def test_a_row_below_zero_lowers_its_order_or_is_a_problem_where_the_mapping_says_so() -> None:
    table = "order,who,day,paid\n1,Ann,2026-01-05,80\n1,Ann,2026-01-05,-20\n"
    assert events(table, f"{PLAIN}\nnegative: line") == [bought(PurchaseLine(yuan("80")), PurchaseLine(yuan("-20")))]
    assert problems(table, f"{PLAIN}\nnegative: problem") == [("table.bad-value", "row 3.paid", "error")]
    below = table.replace("80", "10")
    assert problems(below, f"{PLAIN}\nnegative: line") == [("table.bad-order", "row 2", "error")]


def test_a_tax_that_is_included_is_taken_off() -> None:
    table = "order,who,day,paid,tax\n1,Ann,2026-01-05,113,13\n1,Ann,2026-01-09,-113,-13\n"
    order, refund = events(table, f"{COLUMNS}, tax: tax}}\ntax_included: true")
    assert order == bought(PurchaseLine(yuan("100"), yuan("13")))
    assert isinstance(refund, Refund)
    assert refund.net == yuan("100")


def test_a_discount_makes_no_refund_of_a_purchase_and_no_purchase_of_a_refund() -> None:
    mapping = f"{COLUMNS}, discount: less}}"
    table = "order,who,day,paid,less\n1,Ann,2026-01-05,10,{less}\n1,Ann,2026-01-09,-10,{less}\n"
    order, refund = events(table.format(less="-4"), mapping)
    assert isinstance(order, Purchase)
    assert isinstance(refund, Refund)
    assert (order.net, refund.net) == (yuan("6"), yuan("6"))
    assert problems(table.format(less="15"), mapping) == [
        ("table.bad-order", "row 2", "error"),
        ("table.bad-order", "row 3", "error"),
    ]


def test_an_order_without_a_number_is_called_by_its_mapped_cells() -> None:
    mapping = "currency: CNY\ncolumns: {customer_id: who, at: day, amount: paid}"
    table = "who,day,paid,note\nAnn,2026-01-05,80,a\nAnn,2026-01-05,20,b\nAnn,2026-01-05,80,c\n"
    read = rows(table, mapping)
    ids = [row.value.order_id for row in read if isinstance(row.value, Purchase)]
    assert ids == ["Ann/2026-01-05/80", "Ann/2026-01-05/20", "Ann/2026-01-05/80#2"]
    assert [(p.code, p.path, p.severity) for row in read for p in row.problems] == [
        ("table.repeated-row", "row 4", "warning")
    ]
    dropped = rows(table, f"{mapping}\nrepeats: drop")
    assert [row.left_out for row in dropped] == [None, None, "told twice"]
    assert order_customers([row.value for row in read if row.value] * 2).events == tuple(
        sorted((row.value for row in read if isinstance(row.value, Purchase)), key=lambda event: event.order_id)
    )


def test_a_refund_needs_an_order() -> None:
    mapping = "currency: CNY\ncolumns: {customer_id: who, at: day, amount: paid}"
    assert problems("who,day,paid\nAnn,2026-01-05,-80\n", mapping) == [("table.bad-value", "row 2", "error")]


def test_rows_of_nobody_and_rows_that_are_filtered_are_told() -> None:
    table = "order,who,day,paid\n1,,2026-01-05,80\n2,Ann,2026-01-05,20\n"
    assert problems(table, PLAIN) == [("table.bad-value", "row 2.who", "error")]
    skip = f"{PLAIN}\nskip: [{{column: who, missing: true, because: a guest}}]"
    assert [row.left_out for row in rows(table, skip)] == ["a guest", None]
    named = f"{PLAIN}\nskip: [{{column: who, equals: Ann, because: staff}}]"
    assert [row.left_out for row in rows(table.replace("Ann", " Ann ").replace(",,", ",Bob,"), named)] == [
        "staff",
        None,
    ]


@pytest.mark.parametrize(
    ("cells", "code", "path"),
    [
        ("1,Ann,2026-01-05,", "table.bad-value", "row 2.paid"),
        ("1,Ann,2026-01-05,free", "table.bad-value", "row 2.paid"),
        ("1,Ann,2026-01-05,1e5", "table.bad-value", "row 2.paid"),
        ("1,Ann,2026-01-05,NaN", "table.bad-value", "row 2.paid"),
        ("1,Ann,2026-01-05,12.345", "table.bad-value", "row 2.paid"),
        ("1,Ann,2026-01-05,1.500", "table.bad-value", "row 2.paid"),
        ("1,Ann,,80", "table.bad-instant", "row 2.day"),
        ("1,Ann,soon,80", "table.bad-instant", "row 2.day"),
        ("1,Ann,2026-02-30,80", "table.bad-instant", "row 2.day"),
        ("1,Ann,9999-12-31T23:00,80", "table.bad-order", "row 2"),
        (",Ann,2026-01-05,80", "table.bad-value", "row 2.order"),
        ("1,Ann,2026-01-05", "table.short-row", "row 2"),
        ("1,Ann,2026-01-05,80,web", "table.long-row", "row 2"),
    ],
)
def test_a_bad_cell_costs_its_order_and_nothing_else(cells: str, code: str, path: str) -> None:
    table = f"order,who,day,paid\n{cells}\n2,Ann,2026-01-05,20\n"
    assert problems(table, PLAIN) == [(code, path, "error")]
    assert [row.value.order_id for row in rows(table, PLAIN) if isinstance(row.value, Purchase)] == ["2"]


def test_a_bad_row_costs_the_whole_order_with_all_its_faults() -> None:
    table = "order,who,day,paid\n1,Ann,2026-01-05,80\n1,,soon,free\n"
    assert problems(table, PLAIN) == [
        ("table.bad-value", "row 3.who", "error"),
        ("table.bad-instant", "row 3.day", "error"),
        ("table.bad-value", "row 3.paid", "error"),
    ]
    with pytest.raises(PolicyError) as caught:
        rows(table, f"{PLAIN}\non_bad_row: stop")
    assert len(caught.value.problems) == 3


CONFLICTS = [
    ("who", "Bob", "error"), ("day", "2026-01-07", "warning"), ("voucher", "2", "error"), ("points", "2", "error"),
    ("where", "web", "warning"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "other", "severity"), CONFLICTS)
def test_rows_of_one_order_that_disagree_are_told(column: str, other: str, severity: str) -> None:
    mapping = f"{COLUMNS}, order_discount: voucher, paid_with_points: points, channel: where}}"
    row = {"order": "1", "who": "Ann", "day": "2026-01-06", "paid": "80", "voucher": "1", "points": "1", "where": "pos"}
    lines = [row.values(), {**row, "paid": "9", column: other}.values()]
    table = "\n".join([",".join(row), *map(",".join, lines)])
    assert problems(table, mapping) == [("table.order-conflict", "row 3", severity)]
    (read,) = rows(table, mapping)
    if severity == "warning":
        assert isinstance(read.value, Purchase)
        assert (read.value.at, read.value.channel) == (date(2026, 1, 6), "pos")


def test_the_earliest_moment_of_an_order_counts() -> None:
    (read,) = rows("order,who,day,paid\n1,Ann,2026-01-06,80\n1,Ann,2026-01-05,20\n", PLAIN)
    assert isinstance(read.value, Purchase)
    assert read.value.at == DAY


def test_an_order_has_one_currency() -> None:
    mapping = "columns: {customer_id: who, at: day, order_id: order, amount: paid, currency: money}"
    table = "order,who,day,paid,money\n1,Ann,2026-01-05,80,CNY\n1,Ann,2026-01-05,20,USD\n"
    assert problems(table, mapping) == [("table.bad-order", "row 2", "error")]
    assert problems(table.replace("USD", "usd"), mapping) == [("table.bad-value", "row 3.paid", "error")]
    assert problems(table.replace("USD", ""), mapping) == [("table.bad-value", "row 3.paid", "error")]
    assert len(events(table.replace("USD", ""), f"{mapping}\ncurrency: CNY")) == 1


def test_customers_are_told_once_with_their_enrolment() -> None:
    mapping = f"{COLUMNS}, enrolled_at: joined, birthday: born, household_id: home}}"
    table = (
        "order,who,day,paid,joined,born,home\n"
        "1,Ann,2026-01-05,80,2025-12-01,2000-02-29,h-1\n"
        "2,Ann,2026-01-06,20,2025-12-01,2000-02-29,h-1\n"
        "3,Bob,2026-01-06,20,,,\n"
    )
    told = [event for event in events(table, mapping) if isinstance(event, Enrolled)]
    assert told == [Enrolled("Ann", date(2025, 12, 1), date(2000, 2, 29), "h-1")]
    other = table.replace("2,Ann,2026-01-06,20,2025-12-01", "2,Ann,2026-01-06,20,2025-12-02")
    assert problems(other, mapping) == [("table.customer-conflict", "row 3", "warning")]
    bad = table.replace("2025-12-01,2000-02-29,h-1\n2", "2025-12-01,2000-02-30,h-1\n2")
    assert [problem[:2] for problem in problems(bad, mapping)][:1] == [("table.bad-instant", "row 2.born")]
    assert sum(isinstance(row.value, Purchase) for row in rows(bad, mapping)) == 3


def test_an_enrolment_that_is_told_otherwise_is_told_once_and_makes_no_other_purchase_of_a_row() -> None:
    mapping = f"{COLUMNS}, enrolled_at: joined, birthday: born, household_id: home}}"
    row = "1,Ann,2026-01-05,80,2025-12-0{day},,-{home}\n"
    table = "order,who,day,paid,joined,born,home\n" + "".join(
        row.format(day=day, home="-" * (day > 1)) for day in (1, 2, 3)
    )
    assert problems(table, mapping) == [
        ("table.customer-conflict", "row 3", "warning"),
        ("table.repeated-row", "row 3", "warning"),
        ("table.repeated-row", "row 4", "warning"),
    ]
    (enrolled,) = [row.value for row in rows(table, mapping) if isinstance(row.value, Enrolled)]
    assert enrolled == Enrolled("Ann", date(2025, 12, 1))
    timed = "order,who,day,paid,joined,born,home\n1,Ann,2026-01-05,80,2025-12-01,2000-01-01T09:00,h\n"
    assert problems(timed, mapping) == [("table.bad-value", "row 2.born", "error")]


def test_ids_of_orders_refunds_and_customers_may_be_alike() -> None:
    table = "order,who,day,paid,joined\n1,1,2026-01-05,80,2025-12-01\n1,1,2026-01-09,-5,2025-12-01\n"
    told = events(table, f"{COLUMNS}, refund_id: order, enrolled_at: joined}}")
    assert [type(event).__name__ for event in told] == ["Enrolled", "Purchase", "Refund"]


def test_refunds_are_told_apart_by_their_numbers_and_else_by_their_moments() -> None:
    table = (
        "order,who,day,paid,no\n1,Ann,2026-01-05,-1,a\n1,Ann,2026-01-05,-2,b\n1,Ann,2026-01-06,-4,b\n"
    )  # fmt: skip
    numbered = [row.value for row in rows(table, f"{COLUMNS}, refund_id: no}}")]
    assert [event.net for event in numbered if isinstance(event, Refund)] == [yuan("1"), yuan("6")]
    dated = [event.net for event in events(table, PLAIN) if isinstance(event, Refund)]
    assert dated == [yuan("3"), yuan("4")]


def test_the_mapping_renames_and_fills_what_cells_leave_open() -> None:
    mapping = f"channel: web\nvalues: {{category: {{B: books}}}}\n{COLUMNS}, category: kind, channel: where}}"
    table = "order,who,day,paid,kind,where\n1,Ann,2026-01-05,80,B,\n2,Ann,2026-01-05,80,B,pos\n"
    lines = (PurchaseLine(yuan("80"), category="books"),)
    assert events(table, mapping) == [
        Purchase("Ann", DAY, order_id, lines, channel=channel) for order_id, channel in (("1", "web"), ("2", "pos"))
    ]
    alone = events("order,who,day,paid\n1,Ann,2026-01-05,80\n", f"channel: web\n{PLAIN}")
    assert alone == [bought(PurchaseLine(yuan("80")), channel="web")]


def test_prices_of_pieces_are_rounded_half_up_and_discounts_take_from_either_side_of_zero() -> None:
    priced = "currency: CNY\ncolumns: {customer_id: who, at: day, order_id: order, unit_price: paid, quantity: n}"
    half = events("order,who,day,paid,n\n1,Ann,2026-01-05,0.125,1\n", priced)
    assert half == [bought(PurchaseLine(yuan("0.13")))]
    lowered = "order,who,day,paid,less\n1,Ann,2026-01-05,80,\n1,Ann,2026-01-05,-20,5\n"
    (order,) = events(lowered, f"{COLUMNS}, discount: less}}\nnegative: line")
    assert isinstance(order, Purchase)
    assert order.net == yuan("65")


def test_one_refund_number_for_two_orders_is_an_error() -> None:
    table = "order,who,day,paid,no\n1,Ann,2026-01-05,-80,r\n2,Ann,2026-01-05,-20,r\n"
    assert problems(table, f"{COLUMNS}, refund_id: no}}") == [("table.duplicate-order", "row 3", "error")]


@pytest.mark.parametrize(
    ("mapping", "code", "path"),
    [
        ("columns: {customer_id: who, at: day, amount: paid}", "columns.currency", "currency"),
        ("currency: CNY\ncolumns: {customer_id: who, at: day}", "columns.amount", "columns.amount"),
        (f"{COLUMNS}, unit_price: each}}", "columns.amount", "columns.amount"),
        ("currency: CNY\ncolumns: {customer_id: w, at: d, unit_price: p}", "columns.amount", "columns.unit_price"),
        (f"{PLAIN}\ntax_included: true", "columns.amount", "tax_included"),
        (f"{COLUMNS}, kind: type}}", "columns.kind", "kinds"),
        (f"{PLAIN}\nkinds: {{refund: [x]}}", "columns.kind", "kinds"),
        (f"{COLUMNS}, kind: t}}\nkinds: {{refund: [x], purchase: [X]}}", "columns.kind", "kinds.purchase[0]"),
        (f"{PLAIN}\nvalues: {{channel: {{a: b}}}}", "columns.kind", "values.channel"),
        (f"{COLUMNS}, birthday: born}}", "columns.enrolment", "columns.birthday"),
        (f"{COLUMNS}, household_id: home}}", "columns.enrolment", "columns.household_id"),
        (PLAIN.replace("day", "{column: x, after_opening: days}"), "columns.length-of-time", "columns.at"),
        (f"{PLAIN}\ntoo_early: 1h", "document.unknown-key", "too_early"),
        (f"{PLAIN}\nconstants: {{a: b}}", "document.unknown-key", "constants"),
        (PLAIN.replace("CNY", "cny"), "document.value", "currency"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_work_is_refused(mapping: str, code: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        PurchaseMapping.parse(mapping)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]


def test_a_table_without_a_mapped_column_is_refused() -> None:
    with pytest.raises(PolicyError) as caught:
        rows("order,who,day\n", PLAIN)
    assert [(p.code, p.path) for p in caught.value.problems] == [("table.missing-column", "paid")]


def test_a_workbook_and_json_are_read_as_the_same_table(tmp_path: Path) -> None:
    header, cells = ["order", "note", "who", "day", "paid"], ["1", "", "Ann", DAY, 80.5]
    workbook = xlsxwriter.Workbook(tmp_path / "t.xlsx", {"default_date_format": "yyyy-mm-dd"})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, header)
    sheet.write_row(1, 0, cells)
    workbook.close()
    text = json.dumps([dict(zip(header, ["1", "", "Ann", "2026-01-05", 80.5], strict=True))])
    expected = [bought(PurchaseLine(yuan("80.5")))]
    assert events((tmp_path / "t.xlsx").read_bytes(), PLAIN) == expected
    assert events((tmp_path / "t.xlsx").read_bytes(), f"{PLAIN}\ndelimiter: ' '") == expected
    assert events(text, PLAIN) == expected
    bad = rows(text.replace("80.5", '"free"'), PLAIN)
    assert [p.path for row in bad for p in row.problems] == ["record 1.paid"]


def test_columns_with_blanks_between_and_without_a_header() -> None:
    mapping = f"{PLAIN}\ndelimiter: ' '\nheader: [order, who, day, paid]"
    table = ' 1  Ann  2026-01-05   80.00\n  22  "Ann  B"\t2026-01-05  7.00\n\n'
    assert [event.customer_id for event in events(table, mapping)] == ["Ann", "Ann  B"]
    assert [row.row for row in rows(table, mapping)] == [1, 2]
    with pytest.raises(PolicyError) as caught:
        rows("1 Ann 2026-01-05\n", mapping)
    assert [p.code for p in caught.value.problems] == ["table.short-row"]
    with pytest.raises(PolicyError) as empty:
        rows("", mapping)
    assert [p.code for p in empty.value.problems] == ["table.empty"]


def mapping_in(folder: Path, text: str) -> Loaded[PurchaseExportMapping]:
    file = folder / "mapping.yaml"
    file.write_text(text, "utf-8")
    return read_purchase_mapping(file)


def test_one_door_reads_the_mapping_and_the_export_of_every_format(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("order,who,day,paid\n1,Ann,2026-01-05,80\n", "utf-8")
    for text in (PLAIN, f"servicekit: purchases/1\n{PLAIN}"):
        read = list(read_purchase_export(table, mapping_in(tmp_path, text).unwrap()))
        assert [row.value for row in read] == [bought(PurchaseLine(yuan("80")))]
    unknown = mapping_in(tmp_path, "servicekit: columns/1").problems
    assert [(problem.code, problem.path) for problem in unknown] == [("document.unknown-kind", "servicekit")]


def test_days_that_may_be_months_are_told_with_the_last_row() -> None:
    mapping = f"{PLAIN}\ndates: ['%d/%m/%Y', '%m/%d/%Y']"
    table = "order,who,day,paid\n1,Ann,05/06/2026,80\n2,Ann,06/05/2026,80\n"
    *_, last = rows(table, mapping)
    assert [(problem.code, problem.severity) for problem in last.problems] == [("table.day-or-month", "warning")]
