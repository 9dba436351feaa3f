"""Any programme keeps the laws for any history; an engine that goes by other rules is found out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import CustomerEvent, Enrolled, Purchase, PurchaseLine, Refund
from servicekit.quantity import Money
from servicekit.testing import LawBroken, laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws import tiers as tier_laws
from servicekit.tiers import Progress, TierEngine, TierProgram, TierRun, TierStatus

DAY, ONE = timedelta(days=1), Decimal(1)
AS_OF = date(2024, 3, 1)
Drawn: TypeAlias = tuple[TierProgram, list[CustomerEvent]]

programs = sks.tier_programs()
drawn = programs.flatmap(lambda program: st.tuples(st.just(program), sks.tier_histories(program, min_events=8)))
days = st.integers(30, 400).map(lambda n: date(2024, 1, 1) + n * DAY)


@given(drawn, days)
def test_a_programme_keeps_every_law_for_any_history(case: Drawn, as_of: date) -> None:
    program, events = case
    assert [problem for problem in program.problems() if problem.is_error] == []
    laws.check_tiers(program.compile(timezone="Asia/Shanghai"), events, as_of)


PROGRAM = TierProgram.parse(
    """
    currency: CNY
    window: month
    downgrade: {when: immediate, max_levels: 1}
    levels: {base: {}, silver: {qualify: {spend: 100 CNY}}, gold: {qualify: {spend: 200 CNY}}}
    """
)


def bought(order_id: str, on: date, amount: str) -> Purchase:
    return Purchase("m-1", on, order_id, (PurchaseLine(Money.parse(amount)),))


EVENTS: list[CustomerEvent] = [
    Enrolled("m-1", date(2024, 1, 5)),
    bought("o-1", date(2024, 1, 31), "100 CNY"),
    bought("o-2", date(2024, 2, 29), "150 CNY"),
    bought("o-3", date(2024, 2, 29), "150 CNY"),
    Refund("m-1", date(2024, 6, 2), "r-1", "o-4", Money.parse("10 CNY")),
    bought("o-4", date(2024, 6, 1), "100 CNY"),
]
Lie: TypeAlias = Callable[[TierStatus], TierStatus]


class Lying(TierEngine):
    """An engine whose every answer a test may bend."""

    lie: Lie = staticmethod(lambda status: status)

    def fold(self, events: Sequence[CustomerEvent], as_of: date, *, in_order: bool = False) -> TierRun:  # type: ignore[override]
        run, lie = super().fold(events, as_of, in_order=in_order), self.lie
        told = type("Told", (TierRun,), {"__getitem__": lambda run, name: lie(TierRun.__getitem__(run, name))})
        run.__class__ = told
        return run


def changed(**fields: object) -> Lie:
    """A history whose last change is another."""
    return lambda status: replace(status, history=(*status.history[:-1], replace(status.history[-1], **fields)))  # type: ignore[arg-type]


def never_twice() -> Lie:
    """Another reason, and another tier, with every answer."""
    answers = count()
    return lambda status: replace(status, reason=f"{next(answers)}", tier=("gold", "base")[next(answers) % 4 // 2])


LIES: list[tuple[str, Lie]] = [
    ("agrees_with_slow_tiers", lambda status: replace(status, tier="gold")),
    ("agrees_with_slow_tiers", lambda status: replace(status, valid_until=date(2024, 12, 31))),
    ("agrees_with_slow_tiers", lambda status: replace(status, progress=())),
    ("agrees_with_slow_tiers", lambda status: replace(status, history=status.history[1:])),
    ("agrees_with_slow_tiers", lambda status: replace(status, since=date(2024, 1, 6))),
    ("agrees_with_slow_tiers", lambda status: replace(status, enrolled_on=date(2024, 1, 4))),
    ("tier_fold_is_iterated_step", lambda status: replace(status, since=date(2024, 1, 6))),
    ("history_is_contiguous", lambda status: replace(status, history=status.history[1:])),
    ("history_is_contiguous", lambda status: replace(status, tier="gold")),
    ("history_is_contiguous", changed(on=date(2024, 2, 29))),
    ("history_is_contiguous", changed(on=date(2024, 8, 1))),
    ("history_is_contiguous", changed(kind="renew")),
    ("history_is_contiguous", changed(reason="")),
    ("losses_are_limited", changed(old="gold", new="base")),
    (
        "upgrade_comes_at_once",
        lambda status: replace(status, next_tier="silver", progress=(Progress("spend", ONE, ONE),)),
    ),
    ("later_events_change_nothing", never_twice()),
    ("order_of_arrival_changes_nothing", never_twice()),
    ("repeats_change_nothing", never_twice()),
    ("times_of_day_change_nothing", never_twice()),
    ("more_purchases_lower_nobody", never_twice()),
    ("projection_comes_true", lambda status: replace(status, projected_on=status.as_of + 9 * DAY)),
    ("projection_comes_true", lambda status: replace(status, projected_on=None)),
]


@pytest.mark.parametrize(("law", "lie"), LIES)
def test_a_law_is_broken_when_an_engine_lies(law: str, lie: Lie) -> None:
    check: Callable[[TierEngine, Sequence[CustomerEvent], date], None] = getattr(tier_laws, law)
    check(PROGRAM.compile(), EVENTS, AS_OF)
    liar = type("Liar", (Lying,), {"__slots__": (), "lie": staticmethod(lie)})(PROGRAM)
    with pytest.raises(LawBroken):
        check(liar, EVENTS, AS_OF)
