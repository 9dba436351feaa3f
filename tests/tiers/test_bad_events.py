"""What is odd about events is reported with its code, and nobody stands in the base tier in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

import pytest

from servicekit.errors import NaiveDatetimeError
from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    Purchase,
    PurchaseLine,
    Refund,
    TierGranted,
    TierRevoked,
)
from servicekit.quantity import Money
from servicekit.tiers import TierProgram, TierRun

PROGRAM = TierProgram.parse(
    "{currency: CNY, activities: [visits],"
    " levels: {base: {}, vip: {qualify: {spend: 100 CNY}}, club: {by_grant: true}}}"
)
AS_OF = date(2026, 6, 30)
JOINED = Enrolled("m-1", date(2026, 1, 5))


def bought(order_id: str = "o-1", *, on: date = date(2026, 2, 1), amount: str = "100 CNY") -> Purchase:
    return Purchase("m-1", on, order_id, (PurchaseLine(Money.parse(amount)),))


def returned(amount: str, *, order_id: str = "o-1", refund_id: str = "r-1", day: int = 1) -> Refund:
    return Refund("m-1", date(2026, 3, day), refund_id, order_id, Money.parse(amount))


def granted(tier: str, last_on: date | None = None) -> TierGranted:
    return TierGranted("m-1", date(2026, 2, 1), tier, "status match", last_on)


def told(events: Sequence[CustomerEvent], enrolment: Literal["required", "automatic"] = "required") -> TierRun:
    return PROGRAM.replace(enrolment=enrolment).compile().fold(events, AS_OF)


def codes(run: TierRun) -> list[tuple[str, str]]:
    return [(group.code, group.examples[0].path) for group in run.problems]


ODD: dict[str, tuple[list[CustomerEvent], str, str]] = {
    "nothing odd": ([JOINED, bought()], "", "vip"),
    "before the enrolment": ([JOINED, bought(on=date(2026, 1, 4))], "tiers.before-enrolment", "base"),
    "after the day asked about": ([JOINED, bought(on=date(2026, 7, 1))], "tiers.after-as-of", "base"),
    "enrolled again": ([JOINED, bought(), Enrolled("m-1", date(2026, 2, 2))], "tiers.enrolled-twice", "vip"),
    "another currency": ([JOINED, bought(amount="900 EUR")], "tiers.currency", "base"),
    "a refund in another currency": ([JOINED, bought(), returned("1 EUR")], "tiers.currency", "vip"),
    "a refund of an unknown order": (
        [JOINED, bought(), returned("1 CNY", order_id="o-9")], "tiers.unknown-order", "vip",
    ),
    "a refund above its purchase": ([JOINED, bought(), returned("100.01 CNY")], "tiers.over-refund", "vip"),
    "refunds that add up to more than their purchase": (
        [JOINED, bought(), returned("60 CNY"), returned("60 CNY", refund_id="r-2", day=2)], "tiers.over-refund", "vip",
    ),
    "an order told twice": ([JOINED, bought(), bought()], "events.duplicate", "vip"),
    "an order with another content": ([JOINED, bought(), bought(amount="1 CNY")], "events.id-conflict", "vip"),
    "an unknown metric": ([JOINED, Activity("m-1", AS_OF, "nights", 3)], "tiers.unknown-metric", "base"),
    "an unknown tier given": ([JOINED, granted("gold")], "tiers.unknown-tier", "base"),
    "a tier given too late": ([JOINED, granted("club", date(2026, 1, 31))], "tiers.grant-over", "base"),
    "an unknown tier revoked": ([JOINED, TierRevoked("m-1", AS_OF, "x", "gold")], "tiers.unknown-tier", "base"),
    "revoked what was earned": ([JOINED, bought(), TierRevoked("m-1", AS_OF, "x", "vip")], "tiers.no-grant", "vip"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_an_event_is_reported_when_it_is_odd(what: str) -> None:
    events, code, tier = ODD[what]
    run = told(events)
    assert codes(run) == ([(code, "customer m-1")] if code else [])
    assert run["m-1"].tier == tier


def test_nobody_stands_anywhere_when_they_never_enrolled() -> None:
    run = told([bought()])
    assert (dict(run), codes(run)) == ({}, [("tiers.not-enrolled", "customer m-1")])
    with pytest.raises(KeyError):
        run["m-1"]
    assert run.counts() == {"base": 0, "vip": 0, "club": 0}
    assert told([bought()], "automatic")["m-1"].tier == "vip"


def test_the_enrolment_is_named_when_events_precede_it() -> None:
    early = [bought("o-1", on=date(2026, 1, 3)), bought("o-2", on=date(2026, 1, 4))]
    (group,) = told([*early, JOINED]).problems
    assert (group.code, group.times) == ("tiers.before-enrolment", 2)
    assert group.examples[0].message == f"an event precedes the enrolment at {JOINED.at}; it does not count"


def test_problems_are_told_alike_when_events_come_one_by_one() -> None:
    engine = PROGRAM.compile()
    for events, code, _ in ODD.values():
        state, seen = engine.start(), []
        for event in events:
            state, _, problems = engine.step(state, event)
            seen += [problem.code for problem in problems]
        by_log = {"events.duplicate": "tiers.duplicate", "events.id-conflict": "tiers.id-conflict"}
        # a step is asked event by event, in order, and for no day
        if code not in ("tiers.after-as-of", "tiers.before-enrolment"):
            assert seen == ([by_log.get(code, code)] if code else [])


def test_an_event_is_refused_when_it_is_naive_or_a_float() -> None:
    with pytest.raises(NaiveDatetimeError):
        Purchase("m-1", datetime(2026, 2, 1), "o-1", bought().lines)
    with pytest.raises(TypeError):
        Activity("m-1", AS_OF, "visits", 1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        PurchaseLine(Money(12.5, "CNY"))  # type: ignore[arg-type]


@pytest.mark.parametrize("day", [datetime(2026, 1, 5, tzinfo=UTC), "2026-01-05"])
def test_a_question_is_refused_when_it_names_no_day(day: object) -> None:
    with pytest.raises(TypeError):
        PROGRAM.compile().fold([], day)  # type: ignore[arg-type]


def test_names_of_orders_refunds_and_keys_do_not_meet_when_they_look_alike() -> None:
    lookalike = Purchase("m-1", date(2026, 2, 2), "refund r-1", bought().lines)
    run = told([JOINED, bought(), returned("100 CNY"), lookalike])
    assert codes(run) == []
    assert run["m-1"].tier == "vip"


def test_an_order_of_nothing_counts_once_less_when_it_comes_back_twice() -> None:
    gift, none = bought("o-2", amount="0 CNY"), Money(Decimal(0), "CNY")
    back = [Refund("m-1", date(2026, 3, day), f"r-{day}", "o-2", none) for day in (1, 2)]
    levels = {"base": {}, "vip": {"qualify": {"orders": 2}}}
    by_orders = PROGRAM.replace(levels=levels, downgrade="immediate").compile()
    assert by_orders.fold([JOINED, bought(), gift, *back], AS_OF)["m-1"].missing == {"orders": 1}


def test_lines_and_amounts_of_refunds_add_up_when_they_come_in_any_order() -> None:
    goods, card = PurchaseLine(Money.parse("60 CNY")), PurchaseLine(Money.parse("40 CNY"), category="gift_card")
    order = Purchase("m-1", date(2026, 2, 1), "o-1", (goods, card))
    by_line = Refund("m-1", date(2026, 2, 2), "r-1", "o-1", lines=(card,))
    by_amount = Refund("m-1", date(2026, 2, 3), "r-2", "o-1", Money.parse("30 CNY"))
    engine = PROGRAM.replace(spend={"exclude_categories": ["gift_card"]}).compile()

    def spent(*refunds: Refund) -> Decimal:
        return 100 - engine.fold([JOINED, order, *refunds], AS_OF)["m-1"].missing["spend"]

    assert (spent(), spent(by_line), spent(by_amount)) == (60, 60, 42)
    assert (
        spent(by_line, by_amount) == spent(replace(by_amount, at=by_line.at), replace(by_line, at=by_amount.at)) == 30
    )


def test_keys_of_two_members_do_not_meet_when_they_are_equal() -> None:
    program = PROGRAM.replace(members="household", levels={"base": {}, "vip": {"qualify": {"visits": 2}}})
    joined = [Enrolled(who, date(2026, 1, 5), household_id="home") for who in ("m-1", "m-2")]
    visits = [Activity(who, date(2026, 2, 1), "visits", 1, key="1") for who in ("m-1", "m-2")]
    run = program.compile().fold([*joined, *visits], AS_OF)
    assert (run.counts(), run.problems) == ({"base": 0, "vip": 2}, ())


def test_a_household_means_nothing_where_everybody_stands_alone() -> None:
    engine = TierProgram.parse("{currency: CNY, levels: {normal: {}}}").compile()
    run = engine.fold(
        [Enrolled("m-1", date(2026, 1, 5)), HouseholdJoined("m-1", date(2026, 2, 1), "h-1")], date(2026, 6, 30)
    )
    assert [(each.code, each.times) for each in run.problems] == [("tiers.no-household", 1)]
