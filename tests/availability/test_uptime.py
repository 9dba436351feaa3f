"""Promises on uptime, by cases that can be checked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from servicekit.availability import SRE_ALERTS, CreditTable, Maintenance, Outage, UptimeMeter, UptimeSla
from servicekit.calendars import Calendar
from servicekit.document import read
from servicekit.errors import NaiveDatetimeError, PolicyError, UnknownNameError
from servicekit.timeline import Interval, IntervalSet, month, quarter, rolling

APRIL = month(date(2026, 4, 1))
PARIS = ZoneInfo("Europe/Paris")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=UTC)


def meter(**choices: Any) -> UptimeMeter:
    return UptimeSla.model_validate({"target": "99.9%", **choices}).compile()


def minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)


NIGHT = Maintenance(at(12, 2), at(12, 4), "new disks")
OVER_ITS_EDGE = Outage(at(12, 1), at(12, 3))


@pytest.mark.parametrize(
    ("mode", "down", "excluded", "of"),
    [("window", 60, 120, 43_080), ("overlap", 60, 60, 43_140), ("counted", 120, 0, 43_200)],
)
def test_maintenance_leaves_the_count_as_the_promise_says_when_it_meets_an_outage(
    mode: str, down: int, excluded: int, of: int
) -> None:
    seen = meter(maintenance=mode).measure([OVER_ITS_EDGE], [NIGHT], over=APRIL)
    assert (minutes(seen.downtime), minutes(seen.excluded.total)) == (down, excluded)
    assert seen.value == Fraction(of - down, of)


def test_overlapping_maintenance_is_taken_out_once_when_outages_overlap_too() -> None:
    twice = meter().measure([OVER_ITS_EDGE, Outage(at(12, 2), at(12, 5))], [NIGHT, NIGHT], over=APRIL)
    assert (minutes(twice.downtime), minutes(twice.excluded.total)) == (120, 120)


def test_open_hours_alone_count_when_a_calendar_is_named() -> None:
    desk = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-fri": ["09:00-17:00"]}}).compile()
    promise = UptimeSla(target="99%", calendar="desk").compile({"desk": desk})
    seen = promise.measure([Outage(at(3, 16), at(6, 10))], over=APRIL)  # Friday to Monday after Easter
    assert seen.downtime == timedelta(hours=2)
    assert seen.uptime + seen.downtime == 22 * timedelta(hours=8)


def test_month_is_an_hour_short_when_the_clock_of_the_zone_goes_forward() -> None:
    promise = meter(timezone="Europe/Paris")
    seen = promise.measure([], over=month(date(2026, 3, 1)))
    assert seen.uptime == timedelta(days=31) - timedelta(hours=1)
    assert promise.period(datetime(2026, 3, 15, tzinfo=PARIS)) == seen.over


def test_period_of_dates_is_measured_when_it_is_a_quarter_or_a_rolling_window() -> None:
    assert meter().measure([], over=quarter(date(2026, 4, 1))).uptime == timedelta(days=91)
    assert meter().measure([], over=rolling(date(2026, 4, 30), days=28)).uptime == timedelta(days=28)


@pytest.mark.parametrize(("bad", "expected"), [("any", 3), ("all", 1)])
def test_started_minutes_count_or_do_not_when_downtime_is_measured_in_minutes(bad: str, expected: int) -> None:
    ninety_seconds = Outage(at(1, 9) + timedelta(seconds=45), at(1, 9, 2) + timedelta(seconds=15))
    seen = meter(unit="1m", bad_slice=bad).measure([ninety_seconds], over=APRIL)
    assert minutes(seen.downtime) == expected


def test_budget_is_that_of_the_whole_month_when_it_is_not_over() -> None:
    verdict = meter().judge([Outage(at(2, 9))], over=APRIL, as_of=at(2, 9, 30))
    assert (verdict.budget.allowed, verdict.budget.spent) == (Fraction("2592"), 1800)
    assert verdict.is_kept is False
    assert (verdict.budget.is_overspent, verdict.budget.exhausted_at) == (False, None)


def test_budget_is_exhausted_at_its_instant_when_an_outage_goes_on() -> None:
    verdict = meter().judge([Outage(at(2, 9))], over=APRIL, as_of=at(2, 10))
    assert verdict.budget.exhausted_at == at(2, 9, 43) + timedelta(seconds=12)
    assert verdict.budget.used == Fraction(3600, 2592)


def test_burn_rate_is_that_of_the_time_so_far_when_a_month_is_not_over() -> None:
    verdict = meter().judge([Outage(at(1), at(1, 2, 24))], over=APRIL, as_of=at(11))
    assert verdict.burn_rate == 10  # a hundredth of ten days, where a thousandth was allowed


def test_number_of_a_billion_digits_is_refused_when_it_is_a_target() -> None:
    with pytest.raises(ValidationError):
        UptimeSla(target=Decimal("1e-999999999"))  # type: ignore[arg-type]


def test_first_second_exhausts_the_budget_when_everything_is_promised() -> None:
    verdict = meter(target="100%").judge([Outage(at(2, 9), at(2, 10))], over=APRIL)
    assert (verdict.budget.allowed, verdict.budget.used, verdict.budget.exhausted_at) == (0, None, at(2, 9))


def test_there_is_no_verdict_when_no_time_counts() -> None:
    credits = {"committed": "99%", "bands": [{"credit": "10%"}]}
    verdict = meter(credits=credits).judge([], [Maintenance(at(1), at(30))], over=Interval(at(2), at(3)))
    assert (verdict.uptime.value, verdict.is_kept, verdict.credit) == (None, None, None)


def test_credit_follows_the_exact_availability_when_it_is_just_missed() -> None:
    credits = {"committed": "99.9%", "bands": [{"at_least": "99%", "credit": "10%"}, {"credit": "100%"}]}
    budget = timedelta(minutes=43, seconds=12)
    for more, expected in ((timedelta(0), 0), (timedelta(microseconds=1), Fraction(1, 10))):
        verdict = meter(credits=credits).judge([Outage(at(2), at(2) + budget + more)], over=APRIL)
        assert verdict.credit == expected


def test_page_fires_when_both_windows_burn_and_stops_soon_after() -> None:
    promise = UptimeSla(target="99.9%", window="rolling 30d", alerts=SRE_ALERTS).compile()
    outage = [Outage(at(10, 9), at(10, 9, 10))]
    fired = [promise.firing(outage, at=at(10, hour, minute)) for hour, minute in ((9, 0), (9, 5), (9, 20), (12, 30))]
    assert [[str(alert.long) for alert in alerts] for alerts in fired] == [
        [],
        ["1:00:00", "6:00:00", "1 day, 0:00:00", "3 days, 0:00:00"],
        ["6:00:00", "1 day, 0:00:00", "3 days, 0:00:00"],
        ["3 days, 0:00:00"],
    ]


def test_set_of_instants_is_taken_when_there_are_no_records() -> None:
    down = IntervalSet([OVER_ITS_EDGE.until(at(30))])
    assert meter().measure(down, over=APRIL) == meter().measure([OVER_ITS_EDGE], over=APRIL)


def test_naive_or_reversed_records_are_refused_when_they_are_made() -> None:
    with pytest.raises(NaiveDatetimeError):
        Outage(datetime(2026, 4, 1, 9))
    with pytest.raises(ValueError):
        Maintenance(at(2), at(1))


@pytest.mark.parametrize("window", ["month", "rolling 28d", "rolling 1M"])
def test_naive_moment_is_refused_when_a_promise_is_asked(window: str) -> None:
    promise, nine = meter(window=window, alerts=SRE_ALERTS), datetime(2026, 4, 1, 9)
    asked = (
        lambda: promise.period(nine),
        lambda: promise.firing([], at=nine),
        lambda: promise.judge([], over=APRIL, as_of=nine),
        lambda: OVER_ITS_EDGE.until(nine),
    )
    for ask in asked:
        with pytest.raises(NaiveDatetimeError):
            ask()


def test_unknown_calendar_is_refused_when_a_promise_is_compiled() -> None:
    with pytest.raises(UnknownNameError):
        UptimeSla(target="99%", calendar="desk").compile({})


def test_float_is_refused_when_a_target_is_given_in_a_program() -> None:
    with pytest.raises(ValidationError):
        UptimeSla(target=0.999)  # type: ignore[arg-type]


def faults(text: str, model: type[UptimeSla] | type[CreditTable] = UptimeSla) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in read(model, text).problems]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("target: 99.9", "availability.share", "target"),
        ("target: -1%", "availability.share", "target"),
        ("target: often", "availability.share", "target"),
        ("{target: 99%, window: fortnight}", "availability.window", "window"),
        ("{target: 99%, window: rolling 28}", "availability.window", "window"),
        ("{target: 99%, window: {length: 1M, rolling: true, start: 2026-01-01}}", "availability.window", "window"),
        ("{target: 99%, window: {length: 1M, start: noon}}", "availability.window", "window.start"),
        ("{target: 99%, window: rolling 101Y}", "availability.window", "window"),
        ("{target: 99%, unit: 0s}", "availability.unit", "unit"),
        ("{target: 99%, timezone: Mars}", "zone.unknown", "timezone"),
        ("{target: 99%, alerts: [{long: 1h}]}", "availability.alert", "alerts[0]"),
        ("{target: 99%, alerts: [{long: 5m, short: 1h, factor: 2}]}", "availability.alert", "alerts[0]"),
        ("{target: 99%, alerts: [{long: 0s, factor: 2}]}", "availability.alert", "alerts[0]"),
        ("{target: 99%, alerts: [{long: 1h, short: 0s, factor: 2}]}", "availability.alert", "alerts[0]"),
        ("{target: 99%, maintainance: counted}", "document.unknown-key", "maintainance"),
    ],
)
def test_fault_is_told_with_its_place_when_a_promise_is_read(text: str, code: str, path: str) -> None:
    assert faults(text) == [(code, path)]


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ("[{at_least: 95%, credit: 10%}]", [("availability.band-gap", "bands")]),
        ("[{credit: 10%, below: 98%}]", [("availability.band-gap", "bands")]),
        (
            "[{credit: 10%, below: 98%}, {at_least: 97%, credit: 5%}]",
            [("availability.band-overlap", "bands[0].below")],
        ),
        (
            "[{credit: 10%}, {at_least: 99.95%, credit: 5%}]",
            [("availability.band-above-commitment", "bands[0]"), ("availability.band-above-commitment", "bands[1]")],
        ),
        ("[{credit: 5%}, {at_least: 95%, credit: 10%}]", [("availability.credit-falls", "bands[0].credit")]),
    ],
)
def test_every_fault_of_a_table_is_told_when_its_bands_do_not_fit(bands: str, expected: list[tuple[str, str]]) -> None:
    assert faults(f"{{committed: 99.9%, bands: {bands}}}", CreditTable) == expected


def test_two_bands_from_the_same_share_are_an_overlap_or_an_empty_band_when_read() -> None:
    bands = "[{at_least: 0%, credit: 5%}, {at_least: 0%, credit: 10%}]"
    assert ("availability.band-empty", "bands[0]") in faults(f"{{committed: 99%, bands: {bands}}}", CreditTable)


def test_table_with_a_gap_is_refused_when_it_is_compiled() -> None:
    table = CreditTable.model_validate({"committed": "99.9%", "bands": [{"at_least": "99%", "credit": "10%"}]})
    with pytest.raises(PolicyError):
        table.compile()
