"""On which day points expire, day by day beside a walk through the calendar; and what versions of a programme keep."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from itertools import count, islice
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from servicekit.loyalty import LoyaltyEngine, LoyaltyProgram, LoyaltyVersion
from servicekit.testing.strategies.loyalty.points_programs import expiries

DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
days = st.dates(date(2023, 1, 1), date(2030, 12, 31)) | st.sampled_from((date(2024, 2, 29), date(2023, 12, 31)))


def programme(expiry: Any, **others: Any) -> LoyaltyProgram:
    return LoyaltyProgram.model_validate({"currency": "CNY", "expiry": expiry, **others})


def is_last_of(day: date, unit: str) -> bool:
    after = day + DAY
    return after.day == 1 and (after.month - 1) % MONTHS[unit] == 0


def walked(expiry: Any, earned_on: date) -> date | None:
    """The first unusable day, by walking: every day is asked whether it is the last."""
    if expiry["kind"] in ("never", "inactivity"):
        return None
    if expiry["kind"] == "earliest_of":
        return min((day for part in expiry["of"] if (day := walked(part, earned_on))), default=None)
    last = last_day(expiry, earned_on)
    while expiry.get("round_up") and not is_last_of(last, expiry["round_up"]):
        last += DAY
    return last + DAY


def last_day(expiry: Any, earned_on: date) -> date:
    match expiry["kind"]:
        case "rolling_days":
            days: int = expiry["days"]
            return earned_on + (days - 1) * DAY
        case "rolling_months":
            return earned_on + relativedelta(months=expiry["months"])
        case "period_end":
            walk = (earned_on + number * DAY for number in count())
            ends = (day for day in walk if is_last_of(day, expiry["unit"]))
            return next(islice(ends, expiry["extra_periods"], None))
        case _:
            walk = (earned_on + number * DAY for number in count(expiry["min_days"]))
            return next(day for day in walk if is_fixed(day, expiry["month"], expiry["day"]))


def is_fixed(day: date, month: int, number: int) -> bool:
    return day.month == month and (day.day == number or (day.day < number and (day + DAY).month != month))


@given(expiries(), days)
def test_points_expire_on_the_day_that_walking_finds(expiry: Any, earned_on: date) -> None:
    terms = programme(expiry).compile().terms("points")
    assert terms.expires_on(earned_on) == walked(expiry, earned_on)


@given(expiries(), days, st.integers(1, 400))
def test_points_that_are_earned_later_expire_no_earlier(expiry: Any, earned_on: date, later: int) -> None:
    expires_on = programme(expiry).compile().terms("points").expires_on
    first, second = expires_on(earned_on), expires_on(earned_on + later * DAY)
    assert first is None or (second is not None and earned_on < first <= second)


@given(expiries(), days)
def test_members_lapse_after_the_shortest_inactivity(expiry: Any, active_on: date) -> None:
    parts = [each for each in (expiry, *expiry.get("of", ())) if each["kind"] == "inactivity"]
    lapses_on = programme(expiry).compile().terms("points").lapses_on
    found = [
        active_on + (each["days"] * DAY if "days" in each else relativedelta(months=each["months"])) for each in parts
    ]
    assert (None if lapses_on is None else lapses_on(active_on)) == min(found, default=None)


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("never", {"kind": "never"}),
        ("365 days", {"kind": "rolling_days", "days": 365}),
        ("1 month", {"kind": "rolling_months", "months": 1}),
        ("12 months", {"kind": "rolling_months", "months": 12}),
        ("end of half_year", {"kind": "period_end", "unit": "half_year"}),
    ],
)
def test_an_expiry_may_be_written_in_short(text: str, full: Any) -> None:
    assert programme(text).expiry == programme(full).expiry


@pytest.mark.parametrize(
    "expiry",
    [
        {"kind": "rolling_days", "days": 365},
        {"kind": "rolling_months", "months": 12, "round_up": "year"},
        {"kind": "period_end", "unit": "year"},
        {"kind": "fixed_date", "month": 1, "day": 1},
    ],
)
def test_points_do_not_expire_when_the_day_lies_past_the_last_one(expiry: Any) -> None:
    terms = programme(expiry, pending="14cd").compile().terms("points")
    assert terms.expires_on(date.max) is None
    assert terms.available_on(date.max) == date.max
    assert terms.expires_on(date(9996, 6, 5)) is not None
    silent = programme({"kind": "inactivity", "months": 18}).compile().terms("points")
    assert silent.lapses_on is not None
    assert silent.lapses_on(date.max) == date.max


def test_the_last_day_of_all_can_be_the_first_unusable_one() -> None:
    days_of = {30: date(9999, 12, 31), 31: None}
    for number, expected in days_of.items():
        terms = programme({"kind": "rolling_days", "days": number}).compile().terms("points")
        assert terms.expires_on(date(9999, 12, 1)) == expected
    yearly = programme("12 months").compile().terms("points")
    assert yearly.expires_on(date(9998, 12, 30)) == date(9999, 12, 31)


def test_pending_points_can_be_spent_so_many_days_later() -> None:
    currencies = {"points": {}, "status": {"kind": "qualifying", "pending": "0cd"}}
    engine = programme({"kind": "never"}, pending="14cd", currencies=currencies).compile()
    assert engine.terms("points").available_on(date(2026, 1, 5)) == date(2026, 1, 19)
    assert engine.terms("status").available_on(date(2026, 1, 5)) is None


def test_terms_are_those_of_the_programme() -> None:
    program = LoyaltyProgram.parse("""
        currency: CNY
        currencies: {points: {}, status: {kind: qualifying}}
        redemption: {minimum: 100, multiple_of: 50, most_per_order: 5000, order: lifo}
        reversal: {grace: 30cd}
        clawback: {lots: own_only, shortfall: deny}
        activity: [earn]
        """)
    terms = program.compile().terms("points")
    assert (terms.minimum, terms.multiple_of, terms.most, terms.order, terms.grace_days) == (100, 50, 5000, "lifo", 30)
    assert (terms.shortfall, terms.from_other_lots, *terms.activity) == ("deny", False, "earn")
    assert (terms.is_redeemable, program.compile().terms("status").is_redeemable) == (True, False)


def test_points_expire_by_the_version_in_force_when_they_were_earned() -> None:
    year = programme({"kind": "period_end", "unit": "year"}, pending="1cd")
    silent = programme({"kind": "inactivity", "days": 90}, redemption={"minimum": 100})
    engine = LoyaltyEngine([LoyaltyVersion(year), LoyaltyVersion(silent, date(2026, 7, 1))])
    for terms in (engine.terms("points"), pickle.loads(pickle.dumps(engine)).terms("points")):
        assert [terms.expires_on(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [date(2027, 1, 1), None]
        assert terms.available_on(date(2026, 6, 30)) == date(2026, 7, 1)
        assert terms.lapses_on is not None
        assert terms.lapses_on(date(2026, 6, 30)) == date.max
        assert terms.lapses_on(date(2026, 7, 1)) == date(2026, 9, 29)
        assert terms.minimum == 100


def test_a_currency_that_a_version_adds_has_its_days() -> None:
    first = programme({"kind": "never"})
    second = programme({"kind": "rolling_days", "days": 1}, currencies={"points": {}, "stars": {}})
    terms = LoyaltyEngine([LoyaltyVersion(first), LoyaltyVersion(second, date(2026, 7, 1))]).terms("stars")
    assert terms.expires_on(date(2026, 7, 1)) == date(2026, 7, 2)
