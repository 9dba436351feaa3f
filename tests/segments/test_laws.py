"""The laws of segments on drawn histories, and the engine beside the slow judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import Case, CustomerEvent, Enrolled, Opened
from servicekit.quantity import Money
from servicekit.segments import (
    STANDARD_SEGMENTS,
    OutreachPlan,
    RfmEdges,
    RfmScore,
    RfmScoring,
    RfmTable,
    RfmValues,
    SegmentsEngine,
    SegmentsPolicy,
    TriggerSources,
    score_rfm,
)
from servicekit.testing import LawBroken
from servicekit.testing.laws import segments as laws
from servicekit.testing.strategies import customer_histories
from servicekit.testing.strategies.loyalty.customers import moments
from servicekit.timeline import Period
from tests.segments.slow_segments import known_of, slow_plan, slow_scores, slow_spend

DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 30))
SPRING = st.dates(date(2025, 1, 1), date(2025, 3, 15))
CLOSE_EVENTS = customer_histories(at=moments(date(2025, 1, 1), date(2025, 3, 15)))
"""Events so close to each other that some fall on the very days on which triggers fire."""
ON_ONE_DAY = customer_histories(at=moments(date(2025, 1, 1), date(2025, 1, 1)))

POLICY = SegmentsPolicy.parse("""
currency: CNY
timezone: Asia/Shanghai
rfm: {bins: 5, ties: midrank, frequency: days}
life_cycle: {new: 30cd, at_risk: 60cd, dormant: 120cd, lost: 240cd}
triggers:
  birthday: {kind: birthday, leap_day: march_1, before: 7cd, channel: email, offer: a gift}
  joined: {kind: anniversary, channel: email, offer: thanks}
  early: {kind: anniversary, before: 400cd, channel: email, offer: thanks}
  asleep: {kind: silence, after: 10cd, channel: email, offer: 10 % off}
  renewal: {kind: renewal, before: 30cd, channel: phone, offer: stay}
  trouble: {kind: problems, count: 2, within: 30cd, channel: phone, offer: a call}
""").replace(segments=STANDARD_SEGMENTS)
ENGINE = POLICY.compile()

VALUES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.builds(
        RfmValues, st.integers(0, 9), st.integers(1, 6), st.integers(0, 9).map(lambda n: Money(Decimal(n), "CNY"))
    ),
    max_size=30,
)
SCORINGS = st.builds(
    RfmScoring,
    bins=st.integers(2, 7),
    ties=st.sampled_from(["share", "midrank", "ntile"]),
    edges=st.sampled_from([RfmEdges(), RfmEdges.parse("{recency: [3, 7], frequency: [2], monetary: [1, 2.5, 8]}")]),
)


@st.composite
def sources(draw: st.DrawFn) -> TriggerSources:
    owners = st.sampled_from(["m-1", "m-2", "m-9"])
    opened = draw(st.lists(st.tuples(owners, SPRING, st.integers(0, 23)), max_size=8))
    cases = [
        Case(f"C-{n}", (Opened(f"C-{n}", datetime(on.year, on.month, on.day, hour, tzinfo=UTC), customer_id=who),))
        for n, (who, on, hour) in enumerate(opened)
    ]
    renewals = draw(st.dictionaries(owners, st.lists(DAYS, max_size=3)))
    return TriggerSources(cases=tuple(cases), renewals=renewals)


@given(VALUES, SCORINGS)
def test_scores_keep_their_laws(values: dict[str, RfmValues], scoring: RfmScoring) -> None:
    laws.check_rfm(values, scoring)


@given(VALUES, st.integers(2, 7), st.sampled_from(["share", "midrank", "ntile"]))
def test_scores_are_those_of_comparing_everybody_with_everybody(
    values: dict[str, RfmValues], bins: int, ties: str
) -> None:
    table = score_rfm(values, RfmScoring.parse(f"{{bins: {bins}, ties: {ties}}}"))
    rows = values.items()
    assert {name: each.r for name, each in table.items()} == slow_scores(
        {name: -each.recency_days for name, each in rows}, bins, ties
    )
    assert {name: each.m for name, each in table.items()} == slow_scores(
        {name: each.monetary.amount for name, each in rows}, bins, ties
    )


@given(customer_histories() | ON_ONE_DAY, DAYS)
def test_standings_keep_their_laws(events: tuple[CustomerEvent, ...], as_of: date) -> None:
    laws.check_segments(ENGINE, events, as_of)


@given(customer_histories(), DAYS)
def test_spend_and_orders_are_what_is_left_of_all_orders(events: tuple[CustomerEvent, ...], as_of: date) -> None:
    for name, customer in ENGINE.fold(events, as_of).items():
        spend, orders, days = slow_spend(ENGINE, known_of(ENGINE, events, name, as_of))
        found = customer.summary
        assert (Fraction(found.spend.amount), found.orders, list(found.bought_on)) == (spend, orders, days)


@given(CLOSE_EVENTS, SPRING, st.integers(1, 800), sources())
def test_triggers_fire_once_over_adjoining_periods(
    events: tuple[CustomerEvent, ...], start: date, length: int, given_with: TriggerSources
) -> None:
    laws.check_triggers(ENGINE, events, Period(start, start + timedelta(days=length), "drawn"), given_with)


@given(CLOSE_EVENTS, SPRING, st.integers(1, 120), sources())
def test_triggers_fire_on_the_days_on_which_a_visit_finds_them(
    events: tuple[CustomerEvent, ...], start: date, length: int, given_with: TriggerSources
) -> None:
    period = Period(start, start + timedelta(days=length), "drawn")
    found = {(each.on, each.customer_id, each.occasion) for each in ENGINE.plan(events, period, given_with).outreach}
    assert found == slow_plan(ENGINE, events, list(period), given_with)


class Repeating(SegmentsEngine):
    """Names everybody on the last day of a period once more, as a job does that forgets what it has sent."""

    def plan(
        self, events: Iterable[CustomerEvent], period: Period, sources: TriggerSources | None = None
    ) -> OutreachPlan:
        plan = super().plan(events, period, sources)
        last = period.end - timedelta(days=1)
        return OutreachPlan((*plan.outreach, *(replace(each, on=last) for each in plan.outreach)), plan.problems)


def test_a_law_breaks_where_an_occasion_comes_twice() -> None:
    joined, summer = Enrolled("m-1", date(2025, 7, 1)), Period(date(2026, 6, 1), date(2026, 9, 1), "summer")
    laws.check_triggers(ENGINE, [joined], summer, TriggerSources())
    with pytest.raises(LawBroken, match="two adjoining periods give what one gives"):
        laws.check_triggers(Repeating(POLICY, {}), [joined], summer, TriggerSources())


def test_a_law_breaks_where_scores_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {name: RfmValues(days, 1, Money(Decimal(5), "CNY")) for name, days in (("a", 1), ("b", 9))}

    def upside_down(values: dict[str, RfmValues], scoring: RfmScoring) -> RfmTable:
        return RfmTable({name: RfmScore(name, 1 + each.recency_days // 9, 1, 1, each) for name, each in values.items()})

    monkeypatch.setattr(laws, "score_rfm", upside_down)
    with pytest.raises(LawBroken, match="a better value has no lower score"):
        laws.check_rfm(values, RfmScoring())


def test_of_two_enrolments_of_one_day_the_one_with_the_birthday_counts_in_any_order() -> None:
    """Law: the order of arrival changes nothing; it decided which birthday was known."""
    day = date(2025, 1, 1)
    events = [Enrolled("m-2", day, None, "h-2"), Enrolled("m-2", day, day, "h-2")]
    laws.check_segments(ENGINE, events, day)
    assert ENGINE.fold(events, day)["m-2"].summary.birthday == day
