"""What attacks on tiers have found: each test failed before the engine withstood it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Purchase,
    PurchaseLine,
    Refund,
    TierGranted,
)
from servicekit.quantity import Money
from servicekit.testing import strategies as sks
from servicekit.tiers import ProgramVersion, TierEngine, TierProgram, TierStateError, TierStatus

JOINED = Enrolled("m-1", date(2020, 1, 1))
VIP = "levels: {base: {}, vip: {qualify: {spend: 100 CNY}}}"


def engine(*versions: str, levels: str = VIP) -> TierEngine:
    """Versions of a programme, the second from 2024."""
    programs = [TierProgram.parse(f"{{currency: CNY, {rules}, {levels}}}") for rules in versions]
    return TierEngine([ProgramVersion(each, date(2023 + n, 1, 1) if n else None) for n, each in enumerate(programs)])


def bought(order_id: str, on: date, amount: str = "100") -> Purchase:
    return Purchase("m-1", on, order_id, (PurchaseLine(Money(Decimal(amount), "CNY")),))


def daily(days: int) -> list[CustomerEvent]:
    return [JOINED, *(bought(f"o-{n}", JOINED.at + timedelta(days=n), "1") for n in range(days))]


def spent(status: TierStatus) -> Decimal:
    return status.progress[0].value


ROLLING, LIFETIME = "downgrade: immediate, window: rolling {}", "downgrade: never, window: lifetime"
HIGH = "levels: {base: {}, vip: {qualify: {spend: 9999 CNY}}}"


def test_1_days_stay_apart_when_one_version_counts_all_days_and_another_some() -> None:
    recent = engine(ROLLING.format("30 days"), LIFETIME, levels=HIGH)
    assert spent(recent.fold(daily(1400), date(2023, 10, 31))["m-1"]) == 30
    lasting = engine(LIFETIME, ROLLING.format("36 months"), levels=HIGH)
    assert spent(lasting.fold(daily(1462), date(2024, 1, 1))["m-1"]) == 1095


def test_2_a_grant_lasts_when_its_tier_is_renamed_twice_and_another_takes_its_name() -> None:
    ladders = (
        "silver: {qualify: {spend: 1 CNY}}, gold: {qualify: {spend: 2 CNY}}",
        "silver: {qualify: {spend: 1 CNY}}, top: {qualify: {spend: 2 CNY}, formerly: [gold]}",
        "gold: {qualify: {spend: 1 CNY}, formerly: [silver]}, best: {qualify: {spend: 2 CNY}, formerly: [top]}",
    )
    programs = [TierProgram.parse(f"{{currency: CNY, levels: {{base: {{}}, {each}}}}}") for each in ladders]
    days = (None, date(2021, 1, 1), date(2022, 1, 1))
    renamed = TierEngine([ProgramVersion(*each) for each in zip(programs, days, strict=True)])
    given = TierGranted("m-1", date(2020, 2, 1), "gold", "status match")
    status = renamed.fold([JOINED, given], date(2022, 6, 1))["m-1"]
    assert (status.tier, len(status.history)) == ("best", 1)


@pytest.mark.parametrize("days", ["0001-01-01 0001-01-01", "9999-12-31 9999-12-31", "9998-07-01 9999-12-31"])
@pytest.mark.parametrize("window", ["month", "membership_year", "lifetime", "rolling 12 months", "rolling 9 days"])
def test_3_the_first_and_the_last_days_there_are_have_spans_and_pictures(window: str, days: str) -> None:
    first, as_of = map(date.fromisoformat, days.split())
    edge = engine(f"window: {window}, downgrade: immediate")
    status = edge.fold([Enrolled("m-1", first), bought("o-1", first)], as_of)["m-1"]
    assert (status.history[0].on, status.spans[0].first_on) == (first, first)
    assert status.svg().startswith("<svg")


def test_4_a_state_is_open_on_the_last_day_when_all_days_have_passed() -> None:
    tiers = engine("window: year")
    assert tiers.advance(tiers.step(tiers.start(), JOINED).state, date.max).state.open_on == date.max


def test_5_a_number_that_cannot_be_added_exactly_is_refused_at_birth() -> None:
    for text in ("1E+999999", "-1E+401", "1E-401"):
        with pytest.raises(ValueError, match="at most 400 digits"):
            Activity("m-1", date(2026, 1, 5), "visits", Decimal(text))


def test_6_a_refund_gives_nothing_back_when_its_order_is_called_like_a_refund() -> None:
    bad = "refund\0r-1"
    events: list[CustomerEvent] = [
        JOINED,
        bought("o-1", date(2020, 2, 1)),
        *(bought(name, date(2020, 2, 1), "9") for name in (bad, "o-2")),
    ]
    refunds = [
        Refund("m-1", date(2020, 2, 2), f"r-{n}", name, Money.parse("9 CNY")) for n, name in ((1, "o-1"), (2, bad))
    ]
    by_orders = engine("window: lifetime, downgrade: never", levels="levels: {base: {}, vip: {qualify: {orders: 9}}}")
    assert spent(by_orders.fold([*events, *refunds], date(2020, 3, 1))["m-1"]) == 2
    run = by_orders.fold([*events[:2], *refunds], date(2020, 3, 1))
    assert spent(run["m-1"]) == 1
    assert [each.code for each in run.problems] == ["tiers.unknown-order"]


def test_7_a_state_is_refused_when_a_window_reaches_back_to_days_that_it_has_dropped() -> None:
    def stored(rules: str, events: Sequence[CustomerEvent]) -> str:
        tiers = engine(rules, levels=HIGH)
        state = tiers.start()
        for event in events:
            state = tiers.step(state, event).state
        assert tiers.load(tiers.save(state)) == state
        return tiers.save(state)

    for before, after in ((ROLLING.format("30 days"), LIFETIME), (LIFETIME, ROLLING.format("36 months"))):
        with pytest.raises(TierStateError, match="dropped"):
            engine(before, after, levels=HIGH).load(stored(before, daily(900)))
        assert engine(before, after, levels=HIGH).load(stored(before, daily(30))).customer_id == "m-1"


def test_8_a_state_is_stored_when_a_name_is_not_text_that_utf_8_has() -> None:
    tiers = engine("window: year")
    state = tiers.step(tiers.start(), Enrolled("\ud800", date(2020, 1, 1))).state
    assert tiers.load(tiers.save(state)) == state
    assert tiers.save(state).isascii()


def test_9_long_numbers_are_told_to_the_last_digit() -> None:
    many = int("1" * 39)
    levels = f"levels: {{base: {{}}, vip: {{qualify: {{miles: {many}}}}}}}"
    flown = Activity("m-1", date(2020, 2, 1), "miles", many - 1)
    status = engine("activities: [miles]", levels=levels).fold([JOINED, flown], date(2020, 3, 1))["m-1"]
    assert status.missing["miles"] == 1
    assert str(status.progress[0]) == f"{many - 1:,} of {many:,} miles"


@pytest.mark.parametrize("days", [(), (None, None), (None, 2022, 2021), (2021, 2021), (None, 2021, None)])
def test_10_versions_are_refused_when_their_days_do_not_rise(days: Sequence[int | None]) -> None:
    program = engine("window: year").program
    with pytest.raises(ValueError, match="order in which they begin"):
        TierEngine([ProgramVersion(program, None if year is None else date(year, 1, 1)) for year in days])


def test_11_an_event_of_another_customer_is_refused_by_a_state() -> None:
    tiers = engine("window: year")
    state = tiers.step(tiers.start(), JOINED).state
    with pytest.raises(ValueError, match="'m-2' cannot change 'm-1'"):
        tiers.step(state, Enrolled("m-2", date(2020, 1, 2)))


RENAMED = (
    "{base: {}, a: {qualify: {spend: 100 CNY}}}",
    "{base: {}, b: {qualify: {spend: 100 CNY}, formerly: [a]}}",
    "{entry: {}, base: {qualify: {spend: 1 CNY}}, c: {qualify: {spend: 100 CNY}, formerly: [b]}}",
)


def renaming(members: str = "customer") -> TierEngine:
    rules = f"currency: CNY, members: {members}, validity: 99 months"
    days = (None, date(2021, 1, 1), date(2022, 1, 1))
    programs = [TierProgram.parse(f"{{{rules}, levels: {each}}}") for each in RENAMED]
    return TierEngine([ProgramVersion(*each) for each in zip(programs, days, strict=True)])


@pytest.mark.parametrize(("as_of", "tier"), [(date(2020, 6, 1), "a"), (date(2021, 6, 1), "b"), (date(2022, 6, 1), "c")])
def test_12_a_tier_stays_what_it_was_when_it_is_renamed_again_and_again(as_of: date, tier: str) -> None:
    run = renaming().fold([JOINED, bought("o-1", date(2020, 2, 1))], as_of)
    status = run["m-1"]
    assert (status.tier, run.counts()[tier], status.since) == (tier, 1, date(2020, 2, 1))
    assert status.reason == "100.00 of 100.00 CNY in 2020"
    assert status.projected_on == date(2028, 5, 1)
    assert "a 2020-02-01" in status.svg()


def test_13_members_keep_the_tier_of_their_household_when_it_is_renamed_again_and_again() -> None:
    joined = Enrolled("m-1", date(2020, 1, 1), household_id="h")
    run = renaming("household").fold([joined, bought("o-1", date(2020, 2, 1))], date(2022, 6, 1))
    status = run["m-1"]
    assert (run.tier("m-1"), run.counts()["c"]) == ("c", 1)
    assert (status.tier, [str(change.on) for change in status.history]) == ("c", ["2020-02-01"])
    left = HouseholdLeft("m-1", date(2020, 3, 1))
    status = renaming("household").fold([joined, bought("o-1", date(2020, 2, 1)), left], date(2022, 6, 1))["m-1"]
    assert "a 2020-02-01 to 2020-02-29" in status.svg()


def test_14_who_leaves_a_household_without_having_joined_one_is_told() -> None:
    moves: list[CustomerEvent] = [HouseholdLeft("m-1", date(2020, month, 1)) for month in (2, 3, 5)]
    moves.append(HouseholdJoined("m-1", date(2020, 4, 1), "h"))
    run = renaming("household").fold([JOINED, *moves], date(2020, 6, 1))
    assert [(each.code, each.times) for each in run.problems] == [("tiers.no-household", 2)]


@settings(max_examples=25)
@given(sks.tier_programs().flatmap(lambda program: st.tuples(st.just(program), sks.tier_histories(program))), st.data())
def test_15_another_version_of_the_same_rules_changes_nothing(
    case: tuple[TierProgram, list[CustomerEvent]], data: st.DataObject
) -> None:
    (program, events), starts = case, st.dates(date(2024, 1, 1), date(2026, 1, 1))
    as_of, versions = data.draw(starts), [None, *sorted(data.draw(st.sets(starts, max_size=2)))]
    one = TierEngine(program).fold(events, as_of)
    several = TierEngine([ProgramVersion(program, day) for day in versions]).fold(events, as_of)
    assert (dict(one), one.counts()) == (dict(several), several.counts())
