"""What is missing: shown as it is, and for keeping a tier, what the next review will look at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from servicekit.events import Enrolled, Purchase, PurchaseLine
from servicekit.quantity import Money
from servicekit.tiers import TierProgram, TierStatus

LEVELS = """
currency: CNY
levels: {normal: {}, vip: {qualify: {spend: 100 CNY}, retain: {spend: 80 CNY}}}
"""
BOUGHT = (("2025-03-10", "100"), ("2025-12-15", "30"), ("2026-01-20", "50"))


def stands(rules: str, as_of: str) -> TierStatus:
    events = [
        Purchase("m-1", date.fromisoformat(on), on, (PurchaseLine(Money.parse(f"{amount} CNY")),))
        for on, amount in BOUGHT
        if on <= as_of
    ]
    engine = TierProgram.parse(LEVELS + rules).compile()
    return engine.fold([Enrolled("m-1", date(2025, 1, 5)), *events], date.fromisoformat(as_of))["m-1"]


@pytest.mark.parametrize(
    ("rules", "as_of", "counted"),
    [
        ("validity: period_end", "2025-12-20", 130),
        ("validity: next_period_end", "2025-12-20", 0),  # the review looks at 2026
        ("validity: next_period_end", "2026-02-01", 50),
        ("downgrade: {grace: 31cd}", "2026-01-25", 130),
        ("downgrade: {grace: 31cd, grace_counts: true}", "2026-01-25", 180),
        ("window: rolling 12 months\nvalidity: 12 months", "2025-12-20", 130),
        ("window: rolling 12 months\nvalidity: 12 months", "2026-03-09", 180),
        ("downgrade: immediate", "2025-12-20", 130),
    ],
)
def test_what_keeps_a_tier_is_what_its_next_review_will_count(rules: str, as_of: str, counted: int) -> None:
    status = stands(rules, as_of)
    [line] = status.to_keep
    assert (status.tier, line.metric, line.value, line.needed) == ("vip", "spend", Decimal(counted), Decimal(80))


@pytest.mark.parametrize("as_of", ["2025-03-10", "2025-12-31", "2026-01-31", "2026-12-31"])
@pytest.mark.parametrize("validity", ["period_end", "next_period_end", "12 months"])
def test_tier_is_projected_to_stay_when_what_keeps_it_is_met(validity: str, as_of: str) -> None:
    status = stands(f"validity: {validity}", as_of)
    assert [line.is_met for line in status.to_keep] == [status.projected_tier == "vip"] * (status.tier == "vip")


def test_nothing_keeps_a_tier_that_is_never_lost_or_that_everybody_has() -> None:
    assert stands("downgrade: never", "2025-12-20").to_keep == stands("", "2025-02-01").to_keep == ()
    assert (stands("downgrade: never", "2025-12-20").tier, stands("", "2025-02-01").tier) == ("vip", "normal")
