"""What a ledger answers with several rows, a notebook shows as a table with their figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from servicekit import Ledger, LoyaltyProgram
from servicekit.loyalty import Adjust, Earn, Redeem

EXPIRY = "{kind: earliest_of, of: [{kind: period_end, unit: year}, {kind: inactivity, months: 6}]}"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    made = Ledger(LoyaltyProgram.parse(f"{{currency: CNY, expiry: {EXPIRY}}}").compile())
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    made.apply_many(
        [
            Earn("m-1", 1200, at=noon),
            Redeem("m-1", 200, at=noon.replace(month=2)),
            Adjust("m-2", -30, at=noon.replace(month=2), reason="<given back>"),
        ]
    )
    return made


def shown(answer: object) -> list[list[str]]:
    """The cells of the table."""
    table = ElementTree.fromstring(answer._repr_html_())  # type: ignore[attr-defined]
    return [[cell.text or "" for cell in row] for row in table.iter("tr")]


def test_a_schedule_says_through_which_day_points_can_be_used(ledger: Ledger) -> None:
    schedule = ledger.expiring("m-1", date(2026, 3, 1))
    assert isinstance(schedule, tuple)
    assert shown(schedule)[1:] == [["2026-08-04", "without activity", "1,000"]]


def test_what_is_owed_adds_up_from_left_to_right(ledger: Ledger) -> None:
    owed = ledger.liability([date(2026, 1, 31), date(2026, 3, 31), date(2026, 12, 31)], expected=Decimal("0.75"))
    head, *rows = shown(owed)
    assert head[1:-1] == ["earned", "adjusted", "redeemed", "expired", "taken back", "debt", "outstanding"]
    for row, day in zip(rows, owed, strict=True):
        earned, adjusted, redeemed, expired, taken, debt, outstanding = (
            int(each.replace(",", "")) for each in row[1:-1]
        )
        assert earned + adjusted - redeemed - expired - taken + debt == outstanding == day.outstanding
        assert int(row[-1]) == day.breakage
    assert [row[-1] for row in rows] == ["300", "250", "0"]


def test_nothing_is_an_empty_table(ledger: Ledger) -> None:
    assert len(shown(ledger.liability([]))) == len(shown(ledger.expiring("m-2", date(2026, 3, 1)))) == 1
