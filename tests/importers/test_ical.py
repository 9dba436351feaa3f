"""Closures from iCalendar files: what is read, and what is said about what cannot be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar
from servicekit.document import Loaded
from servicekit.errors import UnknownZoneError
from servicekit.importers import Closures, read_closures

SHANGHAI = "Asia/Shanghai"


def ics(*events: str) -> str:
    """A file of events, each given as the lines within it."""
    bodies = [f"BEGIN:VEVENT\nUID:{n}\n{body}\nEND:VEVENT" for n, body in enumerate(events)]
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *bodies, "END:VCALENDAR"]) + "\n"


def loaded(text: str | bytes | Path, first: int = 2026, last: int = 2027) -> Loaded[Closures]:
    start = time.process_time()
    found = read_closures(text, first_year=first, last_year=last, timezone=SHANGHAI)
    assert time.process_time() - start < 20  # it ends: of this process alone, whatever else the machine does
    return found


def told(text: str | bytes | Path) -> list[tuple[str, str, int]]:
    return [(p.code, p.path, p.address.line if p.address else 0) for p in loaded(text).problems]


def dates(text: str, first: int = 2026, last: int = 2027) -> list[str]:
    return [str(on) for on in loaded(text, first, last).unwrap().holidays.dates]


def stretches(text: str, first: int = 2026, last: int = 2027) -> list[tuple[str, str]]:
    closures = loaded(text, first, last).unwrap().closures
    return [(f"{c.start:%Y-%m-%d %H:%M}", f"{c.end:%Y-%m-%d %H:%M}") for c in closures]


def test_an_all_day_event_closes_its_dates_by_name() -> None:
    found = loaded(ics("SUMMARY:Spring\\, outing\nDTSTART;VALUE=DATE:20260401\nDTEND;VALUE=DATE:20260403")).unwrap()
    assert {str(on): name for on, name in found.holidays.dates.items()} == {
        "2026-04-01": "Spring, outing", "2026-04-02": "Spring, outing",
    }  # fmt: skip
    assert (found.holidays.known_until, found.closures) == (2027, ())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("DTSTART;VALUE=DATE:20260401", ["2026-04-01"]),
        ("DTSTART:20260401", ["2026-04-01"]),
        ("DTSTART;VALUE=DATE:20260401\nDURATION:P2D", ["2026-04-01", "2026-04-02"]),
        ("DTSTART;VALUE=DATE:20251231\nDTEND;VALUE=DATE:20260102", ["2026-01-01"]),
        ("DTSTART;VALUE=DATE:20271231\nDTEND;VALUE=DATE:20280102", ["2027-12-31"]),
        ("DTSTART;VALUE=DATE:20300101", []),
        ("DTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY;COUNT=10", []),
        ("DTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY;COUNT=10", ["2026-05-01", "2027-05-01"]),
        ("DTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY;UNTIL=20260501", ["2026-05-01"]),
        ("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20260112",
         ["2026-01-05", "2026-01-19"]),
        ("DTSTART;VALUE=DATE:20260105\nRDATE;VALUE=DATE:20260110,20260111", ["2026-01-05", "2026-01-10", "2026-01-11"]),
        ("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20260105,20260112", []),
        ("STATUS:CANCELLED\nDTSTART;VALUE=DATE:20260401", []),
    ],
)  # fmt: skip
def test_whole_days_come_out_by_date(body: str, expected: list[str]) -> None:
    assert dates(ics(body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("DTSTART:20260401T020000Z\nDTEND:20260401T030000Z", [("2026-04-01 02:00", "2026-04-01 03:00")]),
        ("DTSTART:20260401T100000\nDTEND:20260401T110000", [("2026-04-01 02:00", "2026-04-01 03:00")]),
        ("DTSTART;TZID=Europe/Paris:20260401T100000\nDURATION:PT90M", [("2026-04-01 08:00", "2026-04-01 09:30")]),
        ("DTSTART;TZID=China Standard Time:20260401T100000\nDURATION:PT1H", [("2026-04-01 02:00", "2026-04-01 03:00")]),
        (  # a local night every week, across the change of the clocks: an exact length, from the end given
            "DTSTART;TZID=Europe/Paris:20260321T220000\nDTEND;TZID=Europe/Paris:20260322T040000\nRRULE:FREQ=WEEKLY;COUNT=2",
            [("2026-03-21 21:00", "2026-03-22 03:00"), ("2026-03-28 21:00", "2026-03-29 03:00")],
        ),
        (  # a day on the clock has 23 hours
            "DTSTART;TZID=Europe/Paris:20260328T220000\nDURATION:P1D", [("2026-03-28 21:00", "2026-03-29 20:00")],
        ),
        (  # the clock skips 02:30; an hour later is meant
            "DTSTART;TZID=Europe/Paris:20260329T023000\nDURATION:PT1H", [("2026-03-29 01:30", "2026-03-29 02:30")],
        ),
        (
            "DTSTART;TZID=Asia/Shanghai:20260401T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260403T020000Z\n"
            "EXDATE:20260402T020000Z",
            [("2026-04-01 02:00", "2026-04-01 03:00"), ("2026-04-03 02:00", "2026-04-03 03:00")],
        ),
        (
            "DTSTART;TZID=Asia/Shanghai:20260401T100000\nDURATION:PT1H\nRDATE:20260405T060000Z",
            [("2026-04-01 02:00", "2026-04-01 03:00"), ("2026-04-05 06:00", "2026-04-05 07:00")],
        ),
    ],
)  # fmt: skip
def test_times_of_day_come_out_as_closures(body: str, expected: list[tuple[str, str]]) -> None:
    assert stretches(ics(body)) == expected


def test_one_time_of_a_recurring_event_may_be_moved_or_cancelled() -> None:
    text = ics("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=3")
    moved = "UID:0\nRECURRENCE-ID;VALUE=DATE:20260112\nDTSTART;VALUE=DATE:20260114"
    gone = "UID:0\nRECURRENCE-ID;VALUE=DATE:20260119\nDTSTART;VALUE=DATE:20260119\nSTATUS:CANCELLED"
    more = "".join(f"BEGIN:VEVENT\n{body}\nEND:VEVENT\n" for body in (moved, gone))
    assert dates(text.replace("END:VCALENDAR", f"{more}END:VCALENDAR")) == ["2026-01-05", "2026-01-14"]


def test_folded_lines_alarms_and_other_parts_do_not_disturb() -> None:
    zone = ["BEGIN:VTIMEZONE", "TZID:X", "BEGIN:STANDARD", "DTSTART:19700101T000000", "END:STANDARD", "END:VTIMEZONE"]
    alarm = ["BEGIN:VALARM", "DURATION:oops", "END:VALARM"]
    event = ["BEGIN:VEVENT", "DTSTART;VALUE=", " DATE:20260401", "SUMMARY;LANGUAGE=zh:清", " 明", *alarm, "END:VEVENT"]
    text = "\r\n".join(["\ufeffBEGIN:VCALENDAR", "X-ODD LINE", *zone, *event, "END:VCALENDAR", ""])
    assert loaded(text).unwrap().holidays.dates == {date(2026, 4, 1): "清明"}


def test_closures_close_a_calendar_and_end_its_knowledge(tmp_path: Path) -> None:
    file = tmp_path / "company.ics"
    file.write_text(
        ics("SUMMARY:Founding day\nDTSTART:20260602", "SUMMARY:drill\nDTSTART:20260603T100000\nDURATION:PT1H"), "utf-8"
    )
    desk = Calendar(timezone=SHANGHAI, weekly={"mon-fri": "09:00-18:00"})
    hours = loaded(file).unwrap().added_to(desk).compile()
    assert hours.day(date(2026, 6, 2)).reason == "Founding day"
    assert hours.hours_on(date(2026, 6, 3)).total == timedelta(hours=8)
    told = hours.explain(datetime(2026, 6, 3, 2, 30, tzinfo=UTC))
    assert (told.layer, told.reason, hours.known_until) == ("closure", "drill", 2027)
    assert hours.explain(datetime(2026, 6, 2, 2, 30, tzinfo=UTC)).source == "company.ics"


def test_what_was_read_is_a_document() -> None:
    found = loaded(ics("DTSTART:20260602", "SUMMARY:drill\nDTSTART:20260603T100000\nDURATION:PT1H")).unwrap()
    assert Closures.parse(found.to_yaml()) == found


EVENT = "DTSTART;VALUE=DATE:20260105\n"
TIMED = "DTSTART:20260105T100000Z\n"
BROKEN_EVENTS = [
    ("SUMMARY:no start", "ical.value", "event 0", 3),
    ("DTSTART;VALUE=DATE:20261301", "ical.value", "event 0.dtstart", 5),
    ("DTSTART;VALUE=DATE:tomorrow", "ical.value", "event 0.dtstart", 5),
    ("DTSTART:20260230T100000Z\nDURATION:PT1H", "ical.value", "event 0.dtstart", 5),
    ("DTSTART:00010101", "ical.value", "event 0.dtstart", 5),
    ("DTSTART:99991231", "ical.value", "event 0.dtstart", 5),
    ("DTSTART:20260105\nDTSTART:20260106", "ical.value", "event 0.dtstart", 6),
    ("DTSTART;TZID=Mars/Base:20260105T100000\nDURATION:PT1H", "ical.zone", "event 0.dtstart", 5),
    ("DTSTART;TZID=:20260105T100000\nDURATION:PT1H", "ical.zone", "event 0.dtstart", 5),
    ("DTSTART:20260105T100000Z", "ical.no-end", "event 0.dtstart", 5),
    (TIMED + "DTEND:20260105T090000Z", "ical.interval", "event 0.dtend", 6),
    (TIMED + "DTEND:20260105T100000Z", "ical.interval", "event 0.dtend", 6),
    (TIMED + "DTEND;VALUE=DATE:20260106", "ical.interval", "event 0.dtend", 6),
    (TIMED + "DURATION:-PT1H", "ical.interval", "event 0.duration", 6),
    (TIMED + "DURATION:PT0S", "ical.interval", "event 0.duration", 6),
    (TIMED + "DURATION:an hour", "ical.value", "event 0.duration", 6),
    (TIMED + "DURATION:P99999999999999999999D", "ical.value", "event 0.duration", 6),
    (TIMED + "DURATION:P999999D", "ical.interval", "event 0.duration", 6),
    (EVENT + "DTEND;VALUE=DATE:20260105", "ical.interval", "event 0.dtend", 6),
    (EVENT + "DTEND:99970101", "ical.interval", "event 0.dtend", 6),
    (EVENT + "DURATION:PT1H", "ical.interval", "event 0.duration", 6),
    (EVENT + "RRULE:FREQ=SOMETIMES", "ical.recurrence", "event 0.rrule", 6),
    (EVENT + "RRULE:", "ical.recurrence", "event 0.rrule", 6),
    (EVENT + "RRULE:FREQ=DAILY;INTERVAL=0", "ical.recurrence", "event 0.rrule", 6),
    (EVENT + "RRULE:FREQ=MINUTELY;COUNT=5", "ical.recurrence", "event 0.rrule", 6),
    (EVENT + "RRULE:FREQ=DAILY;COUNT=99999999999999", "ical.recurrence", "event 0.rrule", 6),
    (EVENT + "RRULE:FREQ=DAILY;COUNT=5;BYHOUR=9", "ical.recurrence", "event 0.rrule", 6),
    (EVENT + "RRULE:FREQ=DAILY;UNTIL=soon", "ical.value", "event 0.rrule", 6),
    ("DTSTART:18000101\nRRULE:FREQ=DAILY;UNTIL=20300101", "ical.recurrence", "event 0.rrule", 6),
    (TIMED + "DURATION:PT1S\nRRULE:FREQ=DAILY;COUNT=9;BYSECOND=" + ",".join(map(str, range(60))),
     "ical.recurrence", "event 0.rrule", 7),
    (TIMED + "DURATION:PT1S\nRRULE:FREQ=DAILY;COUNT=99999;BYHOUR=" + ",".join(map(str, range(24))),
     "ical.too-many", "event 0.rrule", 7),
    (EVENT + "EXDATE:never", "ical.value", "event 0.exdate", 6),
    (EVENT + "RDATE;VALUE=PERIOD:20260103T100000Z/PT1H", "ical.value", "event 0.rdate", 6),
    (EVENT + "RECURRENCE-ID;RANGE=THISANDFUTURE:20260105", "ical.recurrence", "event 0.recurrence-id", 6),
    (EVENT + "RECURRENCE-ID:x", "ical.value", "event 0.recurrence-id", 6),
    (EVENT + "a line of prose", "ical.syntax", "event 0", 6),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "path", "line"), BROKEN_EVENTS)
def test_a_broken_event_is_left_out_and_told_at_its_line(body: str, code: str, path: str, line: int) -> None:
    text = ics(body, "SUMMARY:good\nDTSTART:20260601")
    found = loaded(text, 2026, 2100)
    assert [(p.code, p.path, p.is_error) for p in found.problems] == [(code, path, True)]
    assert [p.address.line for p in found.problems if p.address] == [line]
    assert found.value is not None
    assert list(found.value.holidays.dates.values()) == ["good"]


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"]
)
def test_an_endless_rule_is_read_to_the_last_year_with_a_warning(rule: str) -> None:
    found = loaded(ics(f"DTSTART:20240501\nRRULE:{rule}"))
    assert [(p.code, p.path, p.is_error) for p in found.problems] == [("ical.endless", "event 0.rrule", False)]
    expected = [date(2026, 5, 1), date(2027, 5, 1)] if rule == "FREQ=YEARLY" else []
    assert list(found.unwrap().holidays.dates) == expected


BROKEN_FILES = [
    ("", "document.unreadable", 1),
    (b"BEGIN:VCALENDAR\nX:\xff\xfe\n", "document.unreadable", 2),
    (Path("no/such/file.ics"), "document.unreadable", 1),
    ("<html>404</html>", "ical.syntax", 1),
    ("PK\x03\x04", "ical.syntax", 1),
    ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105\n", "ical.syntax", 2),
    ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "ical.syntax", 3),
    ("END:VCALENDAR\n", "ical.syntax", 1),
    (ics(*["DTSTART:20260105"] * 20_001), "ical.too-many", 80_003),
    ("x" * 8_000_001, "document.unreadable", 1),
]


@pytest.mark.parametrize(("source", "code", "line"), BROKEN_FILES, ids=[str(n) for n in range(len(BROKEN_FILES))])
def test_a_broken_file_has_no_value_and_one_problem(source: str | bytes | Path, code: str, line: int) -> None:
    assert told(source) == [(code, "", line)]
    assert loaded(source).value is None


def test_a_file_without_events_is_a_suspicion() -> None:
    assert told("BEGIN:VCALENDAR\nEND:VCALENDAR") == [("ical.empty", "", 1)]
    assert loaded("BEGIN:VCALENDAR\nEND:VCALENDAR").unwrap() is not None


def test_an_event_without_a_uid_is_named_by_its_line() -> None:
    assert told("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR") == [("ical.value", "event of line 2", 2)]


@pytest.mark.parametrize(("first", "last"), [(2027, 2026), (0, 2026), (2026, 10_000)])
def test_years_out_of_order_or_of_time_are_an_error_of_the_caller(first: int, last: int) -> None:
    with pytest.raises(ValueError):
        read_closures(ics(EVENT), first_year=first, last_year=last, timezone=SHANGHAI)


def test_an_unknown_zone_is_an_error_of_the_caller() -> None:
    with pytest.raises(UnknownZoneError):
        read_closures(ics(EVENT), first_year=2026, last_year=2026, timezone="Mars/Base")


def snippets() -> Iterator[str]:
    yield from (
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "UID:a",
        "garbage",
        " folded",
        ":",
        ";",
    )
    yield from ("DTSTART:20260105", "DTSTART;TZID=Europe/Paris:20260329T023000", "DTEND:20260106", "DURATION:PT1H")
    yield from ("RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY;BYDAY=1MO", "EXDATE:20260106", "RDATE:20260203T000000Z")
    yield from ("RECURRENCE-ID:20260105", "STATUS:CANCELLED", 'SUMMARY;X="a', "SUMMARY:\\", "BEGIN:", "END:")


@given(st.lists(st.sampled_from(list(snippets())) | st.text(max_size=12), max_size=14))
def test_no_text_makes_it_raise(lines: list[str]) -> None:
    for text in ("\n".join(lines), ics("\n".join(lines))):
        found = loaded(text)
        assert found.value is not None or found.problems
