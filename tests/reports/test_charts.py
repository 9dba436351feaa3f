"""The heat map of a year holds the calendar's own figures, and is drawn without a network."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.calendars import AnyCalendar, Calendar, CompiledCalendar
from servicekit.errors import CalendarHorizonError, HolidaysUnknownError, MissingExtraError
from servicekit.events import Opened, Resolved, StatusChanged
from servicekit.reports import chart
from servicekit.sla import SlaPolicy, fold

HOTLINE = Calendar(
    timezone="Asia/Shanghai",
    weekly={"mon-fri": "09:00-18:30"},
    breaks={"mon-fri": "12:00-13:15"},
    holidays=["CN"],
    closures=[{"start": "2026-03-02 14:00", "end": "2026-03-02 15:00", "reason": "fire </text> & drill"}],
)
NIGHTS = Calendar(timezone="America/New_York", weekly={"mon-sun": ["22:00-06:00"]})


def cells(calendar: AnyCalendar | CompiledCalendar, year: int) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = chart(calendar, year=year).to_dict()["data"]["values"]
    return values


def test_a_date_has_the_hours_and_the_reason_of_the_calendar() -> None:
    compiled = HOTLINE.compile()
    for cell in cells(HOTLINE, 2026):
        on = date.fromisoformat(cell["date"])
        assert cell["hours"] == pytest.approx(compiled.hours_on(on).total / timedelta(hours=1))
        assert (cell["open"] == "closed") == (not compiled.is_business_day(on))
        is_usual = compiled.day(on).layer == "weekly" and on != date(2026, 3, 2)
        assert (cell["reason"] == "", cell["exception"]) == (is_usual, not is_usual)
    assert Counter(cell["reason"] for cell in cells(HOTLINE, 2026))["holiday: 春节"] == 3


@settings(max_examples=10)
@given(st.integers(1990, 2090), st.sampled_from([HOTLINE.replace(unannounced="assume"), NIGHTS]))
def test_the_dates_add_up_to_the_open_time_of_the_year(year: int, calendar: Calendar) -> None:
    compiled = calendar.compile()
    start, end = (datetime(y, 1, 1, tzinfo=compiled.timezone) for y in (year, year + 1))
    hours = sum(cell["hours"] for cell in cells(calendar, year))
    assert hours == pytest.approx(compiled.elapsed(start, end) / timedelta(hours=1))


@given(st.integers(1970, 2100))
@settings(max_examples=10)
def test_a_date_stands_in_its_iso_week_alone(year: int) -> None:
    found = cells(Calendar.always(), year)
    assert [cell["date"] for cell in found[:: len(found) - 1]] == [f"{year}-01-01", f"{year}-12-31"]
    assert len({(cell["week"], cell["weekday"]) for cell in found}) == len(found)
    for cell in found:
        assert datetime.strptime(f"{cell['week']} {cell['weekday']}", "%G-W%V %a").date().isoformat() == cell["date"]
    weeks = [cell["week"] for cell in found]
    assert weeks == sorted(weeks)


def test_hours_that_come_twice_are_told_so() -> None:
    told = {cell["date"]: cell for cell in cells(Calendar.always("America/New_York"), 2026)}
    assert (told["2026-03-08"]["hours"], told["2026-03-08"]["open"]) == (23, "00:00-02:00, 03:00-24:00")
    assert (told["2026-11-01"]["hours"], told["2026-11-01"]["open"]) == (25, "00:00-24:00, 01:00-02:00 again")


@pytest.mark.parametrize("calendar", [HOTLINE, HOTLINE.compile(), HOTLINE | NIGHTS, Calendar(timezone="UTC")])
def test_a_chart_is_drawn_as_svg_and_png(calendar: AnyCalendar | CompiledCalendar) -> None:
    import vl_convert

    spec = chart(calendar, year=2026).to_json()
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(spec))
    labels = [node.get("aria-label", "") for node in svg.iter()]
    dates = Counter(label.partition("date: ")[2][:10] for label in labels if "date: " in label)
    exceptions = [cell["date"] for cell in cells(calendar, 2026) if cell["exception"]]
    assert dates == Counter([cell["date"] for cell in cells(calendar, 2026)]) + Counter(exceptions)
    assert vl_convert.vegalite_to_png(spec).startswith(b"\x89PNG")


def test_colours_stand_for_the_hours_that_the_chart_holds() -> None:
    import vl_convert

    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart(HOTLINE, year=2026).to_json()))
    fills = {
        node.attrib["aria-label"].partition("date: ")[2][:10]: node.attrib["fill"]
        for node in svg.iter()
        if "date: " in node.get("aria-label", "") and node.get("aria-roledescription") == "rect mark"
    }
    by_hours = {(cell["hours"], fills[cell["date"]]) for cell in cells(HOTLINE, 2026)}
    assert len(by_hours) == len({hours for hours, _ in by_hours}) == 3


def test_a_season_is_no_exception() -> None:
    summer = {"name": "summer", "start_on": "07-01", "last_on": "08-31", "weekly": {"mon-fri": "08:00-14:00"}}
    told = {cell["date"]: cell for cell in cells(HOTLINE.replace(seasons=[summer]), 2026)}
    assert (told["2026-07-01"]["reason"], told["2026-07-01"]["exception"]) == ("season: summer", False)


def test_a_year_is_refused_when_it_cannot_be_answered() -> None:
    with pytest.raises(HolidaysUnknownError):
        chart(HOTLINE, year=2099)
    with pytest.raises(CalendarHorizonError):
        chart(Calendar.always(), year=2200)


def test_the_extra_is_named_when_altair_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtraError) as told:
        chart(HOTLINE, year=2026)
    assert "pip install 'servicekit-policy[charts]'" in str(told.value)


CLOCKS = SlaPolicy.parse("""
calendar: desk
pauses: [{status: waiting, reason: "waiting for <you> & me"}]
targets: [{first_response: 1h, resolution: 8h}]
""").compile({"desk": HOTLINE.compile()})
NINE = datetime(2026, 1, 5, 1, tzinfo=UTC)
CASE = fold(
    CLOCKS,
    [
        Opened("C-1", NINE),
        StatusChanged("C-1", NINE + timedelta(hours=1), "waiting"),
        StatusChanged("C-1", NINE + timedelta(hours=2), "open"),
        Resolved("C-1", NINE + timedelta(hours=6)),
    ],
    NINE + timedelta(days=1),
)


def test_lives_of_clocks_are_drawn_span_by_span() -> None:
    _, spans, dues = (list(layer["data"]["values"]) for layer in chart(CASE).to_dict()["layer"])
    drawn = [(bar["clock"], bar["kind"], bar["start"][11:16], bar["end"][11:16]) for bar in spans]
    assert drawn == [
        ("first_response", "counted", "09:00", "12:00"),
        ("first_response", "closed", "12:00", "13:15"),
        ("first_response", "counted", "13:15", "15:00"),
        ("resolution", "counted", "09:00", "10:00"),
        ("resolution", "paused", "10:00", "11:00"),
        ("resolution", "counted", "11:00", "12:00"),
        ("resolution", "closed", "12:00", "13:15"),
        ("resolution", "counted", "13:15", "15:00"),
    ]
    assert [(tick["clock"], tick["at"]) for tick in dues] == [
        ("first_response", "2026-01-05T10:00:00"),
        ("resolution", "2026-01-06T09:45:00"),
    ]


def test_one_clock_is_drawn_alone_and_saved_without_a_network(tmp_path: Any) -> None:
    chart(CASE.clock("resolution")).save(str(tmp_path / "clock.svg"))
    root = ElementTree.fromstring((tmp_path / "clock.svg").read_text("utf-8"))
    assert root.tag.endswith("svg")


def test_a_calendar_is_refused_without_its_year() -> None:
    with pytest.raises(TypeError):
        chart(HOTLINE)  # type: ignore[call-overload]
