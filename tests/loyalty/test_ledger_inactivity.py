"""Points that come back to an account that was silent for too long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from servicekit.loyalty import Earn, FixedTerms, Ledger, Redeem, Reverse, Terms
from servicekit.loyalty.terms import CREDITS, ActivityKind

YEAR = timedelta(days=365)
JANUARY = datetime(2025, 1, 7, 12, tzinfo=UTC)


def reversed_too_late(activity: frozenset[ActivityKind]) -> Ledger:
    """120 points, 50 of them spent, the rest lost to silence; then the 50 come back."""
    ledger = Ledger(FixedTerms(Terms("points", lapses_on=lambda last: last + YEAR, activity=activity)))
    ledger.apply(Earn("m-1", 120, at=JANUARY))
    ledger.apply(Redeem("m-1", 50, at=JANUARY, key="voucher:7"))
    ledger.apply(Reverse("voucher:7", at=JANUARY + 400 * timedelta(days=1)))
    return ledger


def test_points_come_back_to_stay_when_credits_count_as_activity() -> None:
    ledger = reversed_too_late(CREDITS)
    assert ledger.balance("m-1", date(2026, 2, 11)).available == 50
    assert ledger.balance("m-1", date(2027, 2, 10)).available == 50
    assert ledger.balance("m-1", date(2027, 2, 11)).available == 0


def test_nothing_was_there_meanwhile_when_the_past_is_asked_about() -> None:
    ledger = reversed_too_late(CREDITS)
    assert [ledger.balance("m-1", date(2026, 1, day)).available for day in (6, 7, 8)] == [70, 0, 0]


def test_points_that_come_back_are_lost_at_once_when_only_an_earn_counts() -> None:
    assert reversed_too_late(frozenset({"earn"})).balance("m-1", date(2026, 2, 11)).total == 0
