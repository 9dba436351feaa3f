"""What people may write into a calendar, and what they are told when it cannot be."""

from __future__ import annotations

from datetime import date

import pytest

from servicekit.calendars import Calendar
from servicekit.document import read

CN = "timezone: Asia/Shanghai\n"

ERRORS = [
    ("timezone: Asia/Shanghay", "zone.unknown", "timezone"),
    ("timezone: ''", "zone.unknown", "timezone"),
    ("timezone: 8", "document.value", "timezone"),
    ("weekly: {mon: ['09:00-12:00', '13:00-25:00']}", "calendar.hours", "weekly.mon[1]"),
    ("weekly: {mon: '24:00-25:00'}", "calendar.hours", "weekly.mon"),
    ("weekly: {mon: '09:00-09:00'}", "calendar.hours", "weekly.mon"),
    ("weekly: {mon: '00:00-00:00'}", "calendar.hours", "weekly.mon"),
    ("weekly: {mon: '9-17'}", "calendar.hours", "weekly.mon"),
    ("weekly: {mon: '09:60-17:00'}", "calendar.hours", "weekly.mon"),
    ("weekly: {mon: ['09:00']}", "calendar.hours", "weekly.mon[0]"),
    ("weekly: {mon: [9]}", "calendar.hours", "weekly.mon[0]"),
    ("weekly: {mon: 9}", "document.value", "weekly.mon"),
    ("weekly: 24x6", "calendar.hours", "weekly"),
    ("weekly: [mon]", "document.value", "weekly"),
    ("weekly: {mno: '09:00-17:00'}", "calendar.day", "weekly.mno"),
    ("weekly: {mon-frei: '09:00-17:00'}", "calendar.day", "weekly.mon-frei"),
    ("weekly: {mon-fri: '09:00-17:00', fri: '09:00-12:00'}", "calendar.duplicate-day", "weekly.fri"),
    ("weekly: {mon: '09:00-17:00', monday: '09:00-12:00'}", "calendar.duplicate-day", "weekly.monday"),
    ("breaks: {mon: '12:00-12:00'}", "calendar.hours", "breaks.mon"),
    ("breaks: {mon-sun: '12:00-13:00', fri-mon: '15:00-16:00'}", "calendar.duplicate-day", "breaks.fri-mon"),
    ("dates: {2026-01-01: '9 to 5'}", "calendar.hours", "dates.2026-01-01"),
    ("dates: {2026-02-30: []}", "document.value", "dates.2026-02-30"),
    ("date_breaks: {2026-01-01: ['12:00-11:60']}", "calendar.hours", "date_breaks.2026-01-01[0]"),
    ("holidays: [XX]", "calendar.unknown-country", "holidays[0]"),
    ("holidays: CHN2", "calendar.unknown-country", "holidays"),
    ("holidays: [{country: cn}]", "calendar.unknown-country", "holidays[0].country"),
    ("holidays: [CN, {country: US, subdivision: CAL}]", "calendar.unknown-subdivision", "holidays[1].subdivision"),
    ("holidays: [{country: US, categories: [public, bnak]}]", "calendar.unknown-category", "holidays[0].categories[1]"),
    ("holidays: [{country: CN, language: zh_XX}]", "calendar.unknown-language", "holidays[0].language"),
    ("holidays: [{market: XNYZ}]", "calendar.unknown-market", "holidays[0].market"),
    (
        "holidays: [{market: XNYS, categories: [public, holy]}]",
        "calendar.unknown-category",
        "holidays[0].categories[1]",
    ),
    ("holidays: [{kind: contry, country: CN}]", "document.unknown-kind", "holidays[0].kind"),
    ("holidays: [{}]", "document.unknown-kind", "holidays[0]"),
    ("holidays: [{country: CN, subdivison: GD}]", "document.unknown-key", "holidays[0].subdivison"),
    ("holidays: [{kind: dates}]", "document.missing-key", "holidays[0].dates"),
    ("holidays: [{dates: [], known_until: 0}]", "document.value", "holidays[0].known_until"),
    ("weekyl: {}", "document.unknown-key", "weekyl"),
    ("weekly: 24x7\nweekly: 24x7", "document.duplicate-key", "weekly"),
    ("weekly: {mon: '09:00-10:00', mon: '09:00-10:00'}", "document.duplicate-key", "weekly.mon"),
    ("cut: midnight", "document.value", "cut"),
    ("unannounced: no", "document.value", "unannounced"),
    ("known_until: 0", "document.value", "known_until"),
    ("make_up_as: funday", "document.value", "make_up_as"),
    ("not_holidays: [tomorrow]", "document.value", "not_holidays[0]"),
    ("", "document.unreadable", ""),
]

WARNINGS = [
    ("weekly: {mon: ['11:00-13:00', '09:00-12:00']}", "calendar.overlapping-hours", "weekly.mon"),
    ("weekly: {mon: '22:00-06:00', tue: '05:00-09:00'}", "calendar.overlapping-hours", "weekly"),
    ("weekly: {sun: '22:00-06:00', mon-fri: '05:00-09:00'}", "calendar.overlapping-hours", "weekly"),
    ("weekly: 24x7\nbreaks: {mon: ['12:00-13:00', '12:30-14:00']}", "calendar.overlapping-hours", "breaks.mon"),
    (
        "weekly: 24x7\ndates: {2026-01-01: ['09:00-12:00', '10:00-11:00']}",
        "calendar.overlapping-hours",
        "dates.2026-01-01",
    ),
    ("weekly: {mon: []}", "calendar.never-open", "weekly"),
    ("weekly: 24x7\nbreaks: 24x7", "calendar.never-open", "weekly"),
]


@pytest.mark.parametrize(("text", "code", "path"), ERRORS)
def test_a_fault_is_told_with_its_code_and_its_place(text: str, code: str, path: str) -> None:
    loaded = read(Calendar, text, name="hours.yaml")
    assert [(problem.code, problem.path) for problem in loaded.problems] == [(code, path)]
    assert loaded.problems[0].is_error
    assert loaded.problems[0].address is not None
    assert loaded.value is None


@pytest.mark.parametrize(("text", "code", "path"), WARNINGS)
def test_a_suspicion_is_a_warning_beside_the_calendar(text: str, code: str, path: str) -> None:
    loaded = read(Calendar, text)
    assert [(problem.code, problem.path, problem.is_error) for problem in loaded.problems] == [(code, path, False)]
    assert loaded.value is not None


def test_every_fault_is_told_at_once_with_its_line() -> None:
    text = "timezone: Mars/Base\nweekly:\n  mon: 25:00-26:00\n  tue: 09:00-09:00\nholidays: [XX]\nhours: []\n"
    found = [(p.code, p.address.line) for p in read(Calendar, text).problems if p.address]
    assert found == [
        ("zone.unknown", 1),
        ("calendar.hours", 3),
        ("calendar.hours", 4),
        ("calendar.unknown-country", 5),
        ("document.unknown-key", 6),
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("timezone: Europe/Pariss", "Europe/Paris"),
        ("weekly: {wedd: '09:00-17:00'}", "wed"),
        ("holidays: [{country: US, subdivision: CAL}]", "CA"),
        ("holidays: [{country: CN, categories: [publik]}]", "public"),
        ("holidays: [{market: XNYX}]", "XNY"),
        ("timezon: UTC", "timezone"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_one_meant(text: str, meant: str) -> None:
    assert meant in (read(Calendar, text).problems[0].hint or "")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({"weekly": "24x7"}, {"weekly": {"mon-sun": ["00:00-24:00"]}}),
        ({"weekly": {"mon": "09:00-17:00"}}, {"weekly": {"mon": ["09:00-17:00"]}}),
        ({"weekly": {"mon": "closed"}}, {"weekly": {"mon": []}}),
        ({"weekly": {"mon": None}}, {"weekly": {"mon": []}}),
        ({"holidays": "CN"}, {"holidays": [{"kind": "country", "country": "CN"}]}),
        ({"holidays": [{"market": "XNYS"}]}, {"holidays": [{"kind": "market", "market": "XNYS"}]}),
        (
            {"holidays": {"dates": ["2026-01-01"]}},
            {"holidays": [{"kind": "dates", "dates": {"2026-01-01": "holiday"}}]},
        ),
        ({"extra_holidays": ["2026-01-01"]}, {"extra_holidays": {"2026-01-01": "holiday"}}),
    ],
)
def test_short_forms_mean_long_ones(short: dict[str, object], long: dict[str, object]) -> None:
    assert Calendar.model_validate(short) == Calendar.model_validate(long)


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("mon-fri", "mon tue wed thu fri"),
        ("fri-mon", "fri sat sun mon"),
        ("sat,sun", "sat sun"),
        ("Monday", "mon"),
        ("mon, wed-thu", "mon wed thu"),
        ("tues", "tue"),
        ("tu", None),
        ("mondays", None),
        ("mon-sun", "mon tue wed thu fri sat sun"),
    ],
)
def test_days_are_named_alone_in_ranges_and_in_lists(key: str, days: str | None) -> None:
    loaded = read(Calendar, f"timezone: UTC\nweekly: {{'{key}': '09:00-10:00'}}")
    if days is None:
        assert [problem.code for problem in loaded.problems] == ["calendar.day"]
    else:
        hours = loaded.unwrap().compile()
        opened = [on for on in (date(2026, 1, 5 + n) for n in range(7)) if hours.is_business_day(on)]
        assert {f"{on:%a}".lower() for on in opened} == set(days.split())


def test_a_document_and_its_parts_are_frozen() -> None:
    calendar = Calendar(timezone="UTC")
    with pytest.raises(ValueError):
        calendar.timezone = "Asia/Shanghai"  # type: ignore[misc]
    assert calendar.replace(timezone="Asia/Shanghai").timezone == "Asia/Shanghai"
