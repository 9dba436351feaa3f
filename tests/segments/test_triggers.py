"""On which days triggers fire: one story each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from servicekit.events import Activity, Case, CustomerEvent, Enrolled, Opened, Purchase, PurchaseLine, Refund
from servicekit.quantity import Money
from servicekit.rules import DeclaredField
from servicekit.segments import SegmentsPolicy, TriggerSources
from servicekit.timeline import Period

TWO_YEARS = Period(date(2026, 1, 1), date(2028, 1, 1), "2026-2027")
JOINED = Enrolled("ann", date(2025, 3, 10), birthday=date(1990, 1, 3))


def days(trigger: str, *events: CustomerEvent, period: Period = TWO_YEARS, **sources: object) -> list[str]:
    policy = SegmentsPolicy.parse(f"{{currency: CNY, triggers: {{x: {{{trigger}, channel: email, offer: hello}}}}}}")
    plan = policy.compile().plan(events, period, TriggerSources(**sources))  # type: ignore[arg-type]
    assert plan.problems == ()
    return [str(each.on) for each in plan.outreach]


def bought(on: date) -> Purchase:
    return Purchase("ann", on, f"o-{on}", (PurchaseLine(Money.parse("5 CNY")),))


def case(number: int, on: date, who: str | None = "ann", **facts: str) -> Case:
    name = f"C-{number}"
    return Case(name, (Opened(name, datetime(on.year, on.month, on.day, 9, tzinfo=UTC), facts, customer_id=who),))


def test_a_birthday_comes_every_year_and_a_notice_of_it_may_fall_in_the_year_before() -> None:
    assert days("kind: birthday", JOINED) == ["2026-01-03", "2027-01-03"]
    assert days("kind: birthday, before: 7cd", JOINED) == ["2026-12-27", "2027-12-27"]


def test_a_birthday_on_the_day_of_the_enrolment_is_kept() -> None:
    assert days("kind: birthday", Enrolled("ann", date(2026, 1, 3), birthday=date(1990, 1, 3)))[0] == "2026-01-03"


def test_what_happens_after_the_period_is_not_odd_and_changes_nothing() -> None:
    may = Period(date(2026, 5, 1), date(2026, 6, 1), "May")
    late = bought(date(2026, 6, 1))
    assert days("kind: silence, after: 30cd", bought(date(2026, 4, 20)), late, period=may) == ["2026-05-20"]


def test_no_birthday_is_kept_before_the_enrolment_nor_without_one_that_is_known() -> None:
    late = Enrolled("ann", date(2026, 1, 4), birthday=date(1990, 1, 3))
    assert days("kind: birthday", late) == ["2027-01-03"]
    assert days("kind: birthday", Enrolled("ann", date(2026, 1, 4))) == []


@pytest.mark.parametrize(("leap_day", "on"), [("february_28", "2027-02-28"), ("march_1", "2027-03-01")])
def test_the_anniversary_of_29_february_follows_the_setting(leap_day: str, on: str) -> None:
    years = Period(date(2024, 1, 1), date(2029, 1, 1), "2024-2028")
    found = days(f"kind: anniversary, leap_day: {leap_day}", Enrolled("ann", date(2024, 2, 29)), period=years)
    assert (len(found), found[2], found[3]) == (4, on, "2028-02-29")


def test_a_silence_is_told_once_on_its_day_and_again_after_the_next() -> None:
    events = bought(date(2026, 1, 1)), Activity("ann", date(2026, 6, 1), "visits", 1)
    assert days("kind: silence, after: 90cd", *events) == ["2026-04-01", "2026-08-30"]


def test_who_buys_on_the_very_day_is_not_silent() -> None:
    assert days("kind: silence, after: 90cd", bought(date(2026, 1, 1)), bought(date(2026, 4, 1))) == ["2026-06-30"]
    assert days("kind: silence, after: 90cd", bought(date(2026, 1, 1)), bought(date(2026, 4, 2))) == [
        "2026-04-01",
        "2026-07-01",
    ]


def test_a_silence_that_would_end_after_the_last_year_is_never_told() -> None:
    years = Period(date(9990, 1, 1), date(9998, 1, 1), "the end")
    assert days("kind: silence, after: 36525cd", bought(date(9990, 1, 1)), period=years) == []


def test_a_refund_does_not_undo_that_the_customer_was_there() -> None:
    order = bought(date(2026, 1, 1))
    refund = Refund("ann", date(2026, 12, 1), "r-1", order.order_id, amount=Money.parse("5 CNY"))
    assert days("kind: silence, after: 90cd", order, refund) == ["2026-04-01"]


def test_a_renewal_is_told_before_the_day_that_is_given_and_once_though_it_is_given_twice() -> None:
    renewals = {"ann": [date(2026, 12, 31), date(2026, 12, 31)], "bob": [date(2029, 1, 1)]}
    assert days("kind: renewal, before: 30cd", renewals=renewals) == ["2026-12-01"]


def test_problems_are_told_when_they_come_to_the_number_and_again_only_after_there_were_fewer() -> None:
    march = [case(n, date(2026, 3, day)) for n, day in enumerate((1, 5, 9, 10, 11))]
    june = [case(n, date(2026, 6, day)) for n, day in enumerate((1, 2, 2), start=10)]
    found = days("kind: problems, count: 3, within: 30cd", cases=[*june, *march, case(99, date(2026, 3, 2), "bob")])
    assert found == ["2026-03-09", "2026-06-02"]


def test_a_case_of_within_days_ago_is_too_old_by_one_day() -> None:
    cases = [case(1, date(2026, 3, 1)), case(2, date(2026, 3, 31))]
    assert days("kind: problems, count: 2, within: 31cd", cases=cases) == ["2026-03-31"]
    assert days("kind: problems, count: 2, within: 30cd", cases=cases) == []


def test_only_the_cases_of_the_condition_count() -> None:
    cases = [
        case(n, date(2026, 3, n), issue_type=kind) for n, kind in ((1, "complaint"), (2, "question"), (3, "complaint"))
    ]
    assert days("kind: problems, count: 2, within: 9cd, when: {issue_type: complaint}", cases=cases) == ["2026-03-03"]


def test_a_case_of_nobody_is_told() -> None:
    policy = SegmentsPolicy.parse(
        "{currency: CNY, triggers: {x: {kind: problems, count: 1, within: 9cd, channel: phone, offer: a call}}}"
    )
    plan = policy.compile().plan([], TWO_YEARS, TriggerSources(cases=[case(1, date(2026, 3, 1), who=None)]))
    assert [(group.code, group.times) for group in plan.problems] == [("segments.no-customer", 1)]
    assert plan.outreach == ()


@pytest.mark.parametrize(("facts", "channel"), [({"contact_by": "phone"}, "phone"), ({}, "email")])
def test_the_channel_that_a_customer_prefers_comes_first(facts: Mapping[str, str], channel: str) -> None:
    text = "{currency: CNY, preferred_channel: contact_by, triggers: {x: {kind: birthday, channel: email, offer: hi}}}"
    engine = SegmentsPolicy.parse(text).compile({"contact_by": DeclaredField()})
    [first, _] = engine.plan([JOINED], TWO_YEARS, TriggerSources(facts={"ann": facts})).outreach
    assert (first.channel, first.customer_id, first.occasion, first.offer) == (channel, "ann", "x", "hi")


def test_no_occasion_is_noticed_before_the_first_day_there_is() -> None:
    year = Period(date(1, 1, 1), date(2, 1, 1), "the first year")
    joined, renewals = Enrolled("ann", date(1, 1, 1), birthday=date(1, 1, 5)), {"ann": [date(1, 1, 9), date(1, 2, 9)]}
    assert days("kind: birthday, before: 400cd", joined, period=year) == ["0001-12-01"]
    assert days("kind: renewal, before: 30cd", joined, period=year, renewals=renewals) == ["0001-01-10"]
    cases = [case(1, date(1, 1, 1)), case(2, date(1, 1, 2))]
    assert days("kind: problems, count: 2, within: 30cd", joined, period=year, cases=cases) == ["0001-01-02"]
