"""The laws of tier comparisons are broken by a comparison that is wrong in one of the ways that they forbid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from servicekit.events import CustomerEvent, Enrolled, Purchase, PurchaseLine
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.quantity import Money
from servicekit.testing import LawBroken, laws
from servicekit.testing.laws import tier_replays
from servicekit.whatif import TierComparison, TierMove, replay_tiers

AS_OF = date(2026, 6, 30)
BOUGHT = Purchase("m-1", date(2026, 3, 1), "o-1", (PurchaseLine(Money.parse("120 CNY")),))
EVENTS = (Enrolled("m-1", date(2026, 1, 5)), Enrolled("m-2", date(2026, 1, 5)), BOUGHT)
LEVELS = "tiers: {currency: CNY, levels: {normal: {}, vip: {qualify: {spend: %s CNY}}}}"
HIGH, LOW = (ServicePolicy.parse(f"name: shop\n{LEVELS % spend}").compile() for spend in (500, 100))


def one_move_more(found: TierComparison) -> TierComparison:
    return replace(found, moves=(*found.moves, TierMove("m-2", "normal", "vip", AS_OF, 1)))


def no_moves(found: TierComparison) -> TierComparison:
    return replace(found, moves=())


def a_day_late(found: TierComparison) -> TierComparison:
    return replace(found, moves=tuple(replace(m, differs_from=m.differs_from + timedelta(days=1)) for m in found.moves))


def another_count(found: TierComparison) -> TierComparison:
    return replace(found, before=replace(found.before, customers={"normal": 1, "vip": 1}))


def a_day_less(found: TierComparison) -> TierComparison:
    return replace(found, after=replace(found.after, days={"normal": 0, "vip": 1}))


@pytest.mark.parametrize("wrong", [one_move_more, no_moves, a_day_late, another_count, a_day_less])
def test_wrong_comparison_breaks_a_law(
    monkeypatch: pytest.MonkeyPatch, wrong: Callable[[TierComparison], TierComparison]
) -> None:
    def wrongly(
        before: PolicyEngine, after: PolicyEngine, events: Iterable[CustomerEvent], *, as_of: date
    ) -> TierComparison:
        return wrong(replay_tiers(before, after, events, as_of=as_of))

    laws.check_tier_replay(HIGH, LOW, EVENTS, AS_OF)
    monkeypatch.setattr(tier_replays, "replay_tiers", wrongly)
    with pytest.raises(LawBroken):
        laws.check_tier_replay(HIGH, LOW, EVENTS, AS_OF)
