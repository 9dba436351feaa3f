"""A case has the tier that its customer had when it was opened, and the change of it while it is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import ServiceDesk
from servicekit.errors import PolicyError
from servicekit.events import (
    Activity,
    Cancelled,
    Case,
    CaseEvent,
    CustomerEvent,
    Enrolled,
    FieldChanged,
    Opened,
    Purchase,
    PurchaseLine,
    Refund,
    Resolved,
    TierGranted,
    day_of,
)
from servicekit.policy import CaseTiers, ServicePolicy, compile_versions
from servicekit.quantity import Money
from servicekit.testing import strategies as sks
from servicekit.tiers import TierEngine, TierProgram

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = ServicePolicy.parse("""
name: shop
timezone: Asia/Shanghai
vocabulary: {tiers: [normal, vip]}
sla: {targets: [{resolution: 8h}, {when: {tier: vip}, resolution: 2h}]}
tiers:
  currency: CNY
  activities: [visits]
  window: year
  levels: {normal: {}, vip: {qualify: {any: {spend: 100 CNY, visits: 5}}}}
""")
ENGINE = POLICY.compile().need_tiers()
JOINED = Enrolled("m-1", date(2026, 1, 1))


def at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def bought(moment: datetime | date, amount: str = "100", customer: str = "m-1") -> Purchase:
    return Purchase(customer, moment, f"o-{moment}", (PurchaseLine(Money.parse(f"{amount} CNY")),))


def case(opened: datetime, *later: CaseEvent, customer: str | None = "m-1", **facts: str) -> Case:
    return Case("C-1", (Opened("C-1", opened, facts, customer_id=customer), *later))


def told(given: Case, events: list[CustomerEvent], as_of: datetime) -> tuple[object, list[tuple[datetime, object]]]:
    """The tier at the opening, and what it becomes when."""
    placed, _ = CaseTiers(ENGINE, events).with_tier(given, as_of)
    assert placed.opened is not None
    changes = [(event.at, event.to) for event in placed.events if isinstance(event, FieldChanged)]
    return placed.opened.facts.get("tier"), changes


def codes(given: Case, events: list[CustomerEvent], as_of: datetime) -> list[str]:
    _, problems = CaseTiers(ENGINE, events).with_tier(given, as_of)
    assert all(problem.path == "case C-1.tier" and not problem.is_error for problem in problems)
    return [problem.code for problem in problems]


def test_case_of_a_vip_is_due_sooner() -> None:
    events = [JOINED, bought(at(1, 12))]
    cases = [case(at(5, 9), Resolved("C-1", at(5, 12)))]
    due = [[o.outcome for o in ServiceDesk(POLICY).run(cases, customers=known)] for known in (events, [JOINED])]
    assert due == [["met_late"], ["met"]]


def test_purchase_reaches_cases_at_the_end_of_its_day() -> None:
    events = [JOINED, bought(at(5, 15))]
    assert told(case(at(5, 9)), events, at(8, 9)) == ("normal", [(at(6, 0), "vip")])
    assert told(case(at(5, 18)), events, at(8, 9)) == ("normal", [(at(6, 0), "vip")])
    assert told(case(at(6, 0)), events, at(8, 9)) == ("vip", [])


def test_day_is_that_of_the_programme_when_the_case_is_elsewhere() -> None:
    opened = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)  # half past midnight of the 6th in Shanghai
    assert told(case(opened), [JOINED, bought(at(5, 15))], at(8, 9)) == ("vip", [])


def test_review_and_grant_reach_cases_as_their_day_begins() -> None:
    lapsed = [JOINED, bought(at(1, 12))]
    opened = datetime(2027, 12, 31, 20, tzinfo=SHANGHAI)
    new_year = datetime(2028, 1, 1, tzinfo=SHANGHAI)
    assert told(case(opened), lapsed, new_year + timedelta(days=1)) == ("vip", [(new_year, "normal")])
    given_today = [JOINED, TierGranted("m-1", at(5, 15), "vip", "goodwill", last_on=date(2026, 3, 6))]
    assert told(case(at(5, 9)), given_today, at(9, 9)) == ("vip", [(at(7, 0), "normal")])


def test_review_and_purchase_of_one_day_reach_cases_one_after_the_other() -> None:
    bought_again = [JOINED, bought(at(1, 12)), bought(datetime(2028, 1, 1, 15, tzinfo=SHANGHAI))]
    new_year = datetime(2028, 1, 1, tzinfo=SHANGHAI)
    expected = ("vip", [(new_year, "normal"), (new_year + timedelta(days=1), "vip")])
    assert told(case(new_year - timedelta(hours=4)), bought_again, new_year + timedelta(days=2)) == expected


@pytest.mark.parametrize("end", [Resolved("C-1", at(5, 20)), Cancelled("C-1", at(5, 20))])
def test_tier_does_not_change_when_the_case_is_at_rest(end: CaseEvent) -> None:
    assert told(case(at(5, 9), end), [JOINED, bought(at(5, 15))], at(8, 9)) == ("normal", [])
    assert told(case(at(5, 9)), [JOINED, bought(at(5, 15))], at(5, 23)) == ("normal", [])


def test_clock_goes_on_with_the_promise_of_the_new_tier() -> None:
    [outcome] = ServiceDesk(POLICY).run([case(at(5, 21))], as_of=at(6, 9), customers=[JOINED, bought(at(5, 15))])
    assert (outcome.target, outcome.due_at) == ("2h", at(5, 23))
    [outcome] = ServiceDesk(POLICY).run([case(at(5, 21))], as_of=at(5, 23), customers=[JOINED, bought(at(5, 15))])
    assert (outcome.target, outcome.due_at) == ("8h", at(6, 5))


def test_programme_counts_when_another_tier_was_recorded() -> None:
    events = [JOINED, bought(at(5, 15))]
    assert codes(case(at(5, 9), tier="vip"), events, at(5, 23)) == ["desk.other-tier"]
    assert told(case(at(5, 9), tier="vip"), events, at(5, 23)) == ("normal", [])
    assert codes(case(at(5, 9), tier="normal"), events, at(5, 23)) == []
    assert codes(case(at(5, 9), tier=""), events, at(5, 23)) == []


def test_recorded_change_is_taken_for_that_of_the_programme() -> None:
    events = [JOINED, bought(at(5, 15))]
    for hour, to, odd in ((15, "vip", []), (10, "normal", []), (15, "gold", ["desk.other-tier"])):
        given = case(at(5, 9), FieldChanged("C-1", at(5, hour), "tier", to), tier="normal")
        assert told(given, events, at(8, 9)) == ("normal", [(at(6, 0), "vip")])
        assert codes(given, events, at(8, 9)) == odd


def test_recorded_tier_stays_when_nobody_has_enrolled() -> None:
    for customer, events in ((None, [JOINED]), ("m-2", [JOINED]), ("m-1", [Enrolled("m-1", date(2026, 4, 1))])):
        given = case(at(5, 9), customer=customer, tier="vip")
        assert told(given, [*events], at(8, 9)) == ("vip", [])
        assert codes(given, [*events], at(8, 9)) == ["desk.no-tier"]


def test_tier_begins_when_the_customer_enrols_while_the_case_is_open() -> None:
    given = case(at(5, 9), FieldChanged("C-1", at(5, 10), "tier", "gold"), tier="vip")
    assert told(given, [Enrolled("m-1", at(6, 15))], at(8, 9)) == ("vip", [(at(5, 10), "gold"), (at(6, 0), "normal")])


def test_case_without_an_opening_is_left_as_it_is() -> None:
    lost = Case("C-1", (Resolved("C-1", at(5, 9)),))
    assert CaseTiers(ENGINE, [JOINED]).with_tier(lost, at(5, 9)) == (lost, ())


def test_activity_of_a_household_reaches_the_cases_of_its_members() -> None:
    policy = POLICY.replace(tiers=POLICY.tiers.replace(members="household"))  # type: ignore[union-attr]
    events: list[CustomerEvent] = [
        Enrolled("m-1", date(2026, 1, 1), household_id="h"),
        Enrolled("m-2", date(2026, 1, 1), household_id="h"),
        Activity("m-2", at(5, 15), "visits", 5),
    ]
    placed, problems = CaseTiers(policy.compile().need_tiers(), events).with_tier(case(at(5, 16)), at(8, 9))
    assert [(e.at, e.to) for e in placed.events if isinstance(e, FieldChanged)] == [(at(6, 0), "vip")]
    assert problems == ()


def test_tier_has_the_name_of_the_version_in_force() -> None:
    levels = {"normal": {}, "top": {"formerly": ["vip"], "qualify": {"spend": "100 CNY"}}}
    tiers = POLICY.to_dict()["tiers"]
    assert isinstance(tiers, dict)
    newer = ServicePolicy.model_validate(
        {
            **POLICY.to_dict(),
            "version": "2",
            "effective_from": "2026-03-06",
            "vocabulary": {"tiers": ["normal", "top"]},
            "sla": {"targets": [{"resolution": "8h"}]},
            "tiers": {**tiers, "levels": levels},
        }
    )
    engine = compile_versions([POLICY, newer]).need_tiers()
    placed, _ = CaseTiers(engine, [JOINED, bought(at(1, 12))]).with_tier(case(at(5, 9)), at(8, 9))
    assert placed.opened is not None
    assert placed.opened.facts["tier"] == "vip"
    assert [(e.at, e.to) for e in placed.events if isinstance(e, FieldChanged)] == [(at(6, 0), "top")]


def test_problems_of_cases_and_customers_are_counted_in_the_report() -> None:
    events = [JOINED, Enrolled("m-1", date(2026, 1, 1)), bought(at(1, 12), customer="m-9")]
    cases = [case(at(5, 9), customer="m-9"), Case("C-2", (Opened("C-2", at(5, 9), {"tier": "vip"}, "m-1"),))]
    report = ServiceDesk(POLICY).report(cases, as_of=at(6, 9), customers=events)
    assert [(group.code, group.times) for group in report.problems] == [
        ("tiers.not-enrolled", 1),
        ("desk.no-tier", 1),
        ("desk.other-tier", 1),
        ("events.duplicate", 1),
    ]
    assert report.cases == 2


def test_customers_are_refused_when_the_policy_has_no_tiers() -> None:
    desk = ServiceDesk(POLICY.replace(tiers=None))
    with pytest.raises(PolicyError) as caught:
        desk.run([], customers=[])
    assert [problem.code for problem in caught.value.problems] == ["policy.no-tiers"]


moments = st.integers(0, 40 * 24).map(lambda hours: at(1, 0) + timedelta(hours=hours))


@given(
    st.lists(st.tuples(moments, st.sampled_from(["30", "100"])), max_size=6, unique_by=lambda each: each[0]),
    moments,
    moments,
)
def test_verdict_does_not_depend_on_what_was_bought_after_it(
    purchases: list[tuple[datetime, str]], opened: datetime, looked: datetime
) -> None:
    """What was known when somebody looked is enough."""
    events: list[CustomerEvent] = [JOINED, *(bought(moment, amount) for moment, amount in purchases)]
    known = [event for event in events if not isinstance(event.at, datetime) or event.at <= looked]
    outcomes = [list(ServiceDesk(POLICY).run([case(opened)], as_of=looked, customers=log)) for log in (events, known)]
    assert outcomes[0] == outcomes[1]


@given(st.lists(moments, max_size=4, unique=True), moments)
def test_open_case_comes_out_the_same_when_no_instant_is_given(purchases: list[datetime], opened: datetime) -> None:
    events = [JOINED, *map(bought, purchases)]
    cases = [case(opened), Case("C-2", (Opened("C-2", at(20, 9)), Resolved("C-2", at(25, 9))))]
    run = ServiceDesk(POLICY).run(cases, customers=events)
    without = sorted(run, key=lambda outcome: outcome.case_id)
    assert without == list(ServiceDesk(POLICY).run(cases, as_of=run.report().as_of, customers=events))


OPENINGS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(st.data(), sks.tier_programs(), OPENINGS, st.integers(0, 40))
def test_tier_of_each_day_is_what_was_known_as_it_began(
    data: st.DataObject, program: TierProgram, opened: datetime, open_days: int
) -> None:
    """In any programme; and what is bought or done after somebody looks changes nothing of what they saw."""
    engine = TierEngine(program, timezone="Asia/Shanghai")
    log = data.draw(sks.tier_histories(program))
    looked = opened + timedelta(days=open_days)
    placed, _ = CaseTiers(engine, log).with_tier(case(opened), looked)
    seen = {engine_day(engine, e.at): e.to for e in placed.events if isinstance(e, FieldChanged)}
    assert placed.opened is not None
    tier = placed.opened.facts.get("tier")
    for day in days_between(engine_day(engine, opened), engine_day(engine, looked)):
        tier = seen.get(day, tier)
        known = [e for e in log if (on := day_of(e.at, engine.timezone)) < day or (on == day and not is_done(e))]
        run = engine.fold(known, day)
        assert tier == (run.tier("m-1") if "m-1" in run else None)


def engine_day(engine: TierEngine, moment: datetime) -> date:
    return day_of(moment, engine.timezone)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def is_done(event: CustomerEvent) -> bool:
    return isinstance(event, Purchase | Refund | Activity)


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_first_and_last_moment_there_is_are_moments(moment: datetime) -> None:
    given = case(moment, FieldChanged("C-1", moment, "tier", "vip"))
    placed, problems = CaseTiers(ENGINE, [JOINED, bought(date.max)]).with_tier(given, moment)
    assert placed.opened is not None
    assert (placed.opened.facts.get("tier"), len(problems)) == (None if moment.year == 1 else "normal", 1)
