"""Laws of tables of purchases: what was written is read, every row is told of, nothing raises, rows stream."""

from __future__ import annotations

import contextlib
import csv
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.events import CustomerEvent, Imported, Purchase
from servicekit.importers import PurchaseMapping, read_purchases
from servicekit.quantity import Money
from servicekit.testing import strategies as sks

PLAIN = "currency: CNY\ncolumns: {customer_id: who, at: day, order_id: order, amount: paid}"


def rows(data: str | bytes, mapping: str) -> list[Imported[CustomerEvent]]:
    text = data.encode() if isinstance(data, str) else data
    return list(read_purchases(BytesIO(text), PurchaseMapping.parse(mapping)))


EVERYTHING = """
columns: {customer_id: who, at: at, order_id: order, amount: amount, quantity: n, sku: sku, category: category,
          tax: tax, order_discount: discount, paid_with_points: points, channel: channel, currency: currency}
"""
HEADER = "who at order amount n sku category tax discount points channel currency".split()  # noqa: SIM905


def written(order: Purchase) -> list[list[str]]:
    """The rows of an order in a table that has a column for everything."""

    def text(value: object) -> str:
        return "" if value is None else str(value.amount if isinstance(value, Money) else value)

    whole = [order.discount, order.paid_with_points, order.channel, order.currency]
    own = [[order.customer_id, order.at.isoformat(), order.order_id]] * len(order.lines)
    return [
        [*mine, *map(text, [line.amount, line.quantity, line.sku, line.category, line.tax, *whole])]
        for mine, line in zip(own, order.lines, strict=True)
    ]


@given(st.lists(sks.purchases(), max_size=5, unique_by=lambda order: order.order_id))
def test_a_written_table_reads_back_as_its_purchases_whatever_the_order_of_its_rows(
    orders: list[Purchase],
) -> None:
    lines = [row for order in orders for row in written(order)]
    text = StringIO()
    csv.writer(text).writerows([HEADER, *lines])
    read = rows(text.getvalue(), EVERYTHING)
    assert [row.value for row in read] == orders
    shuffled = StringIO()
    csv.writer(shuffled).writerows([HEADER, *lines[::-1]])
    again = [row.value for row in rows(shuffled.getvalue(), EVERYTHING) if isinstance(row.value, Purchase)]
    assert {order.order_id: Counter(order.lines) for order in again} == {
        order.order_id: Counter(order.lines) for order in orders
    }


CELLS = st.sampled_from(
    ["", "1", "-1", "Ann", "2026-01-05", "9999-12-31", "0001-01-01T00:00", "NaN", "1e9", "9999999", "0.5", "CNY", "x"]
)  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER)), max_size=6))
def test_every_row_is_told_of_and_nothing_raises(table: Sequence[Sequence[str]]) -> None:
    text = StringIO()
    csv.writer(text).writerows([HEADER, *table])
    read = rows(text.getvalue(), EVERYTHING)
    for row in read:
        assert (row.value is None) == (row.left_out is not None or any(p.is_error for p in row.problems))
    assert len(read) <= len(table)
    assert bool(read) == bool(table)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_table_are_refused_and_nothing_else_raises(data: bytes) -> None:
    read: list[Imported[CustomerEvent]] = []
    with contextlib.suppress(PolicyError):
        read = rows(b"order,who,day,paid\n" + data, PLAIN)
    assert all(row.value is not None or row.left_out or row.problems for row in read)


def peak(rows_: int, path: Path) -> int:
    lines = (f"Ann {n},2026-01-{1 + n % 28:02},{n % 900}.50\n" for n in range(rows_))
    path.write_text("who,day,paid\n" + "".join(lines), "utf-8")
    mapping = PurchaseMapping.parse("currency: CNY\ncolumns: {customer_id: who, at: day, amount: paid}")
    tracemalloc.start()
    try:
        assert sum(row.value is not None for row in read_purchases(path, mapping)) == rows_
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_rows_without_order_numbers_stream(tmp_path: Path) -> None:
    small, large = peak(1_000, tmp_path / "small.csv"), peak(10_000, tmp_path / "large.csv")
    # Two tables of 24 bytes a row, one for repeats and one for ids, each held twice while it grows.
    assert large - small <= 4 * 24 * 10_000
