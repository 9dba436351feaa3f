"""Pictures show the calendar's open hours, whatever was done to the clock, and survive whatever a document says."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import StringIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from servicekit.calendars import Calendar, CompiledCalendar, Picture
from servicekit.calendars.picture import PictureRow
from servicekit.errors import CalendarHorizonError, HolidaysUnknownError
from servicekit.testing import strategies

NASTY = "</svg><script>alert(1)</script> & \"x\" 'y' \x1b[31m \x00 \u202e [bold]b[/bold] \\[red] :heart: \ud800"
SHAPES = "{http://www.w3.org/2000/svg}"
CHANGES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "America/Sao_Paulo": (date(2018, 11, 4), date(2018, 2, 17)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/St_Johns": (date(2010, 3, 14), date(2010, 11, 6)),
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 4, 2)),
    "Africa/Casablanca": (date(2026, 3, 22), date(2026, 2, 15)),
}
"""A date on which the clock skips readings, and one on which it shows some twice."""


def hours_between(calendar: CompiledCalendar, first: date, last: date) -> float:
    """The open time of the dates from ``first`` to ``last``, by the clock of the calendar."""
    start, end = (datetime.combine(on, time(), calendar.timezone) for on in (first, last + timedelta(days=1)))
    return calendar.elapsed(start, end) / timedelta(hours=1)


def texts(picture: Picture) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(picture.svg()).iter(f"{SHAPES}text")]


def printed(shown: object, width: int = 200) -> str:
    console = Console(file=StringIO(), width=width, color_system="truecolor", force_terminal=False)
    console.print(shown)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


@given(strategies.calendars(), st.integers(0, 360), st.integers(0, 9))
def test_the_rows_add_up_to_the_open_time(calendar: Calendar, offset: int, days: int) -> None:
    compiled = calendar.replace(unannounced="assume").compile(timezone="UTC")
    first = date(2026, 1, 1) + timedelta(days=offset)
    last = first + timedelta(days=days)
    picture = compiled.picture(first, last)
    assert len(picture.rows) == days + 1
    assert sum(row.hours for row in picture.rows) == pytest.approx(hours_between(compiled, first, last))


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("weekly", ["24x7", {"mon-sun": ["00:30-01:45", "22:00-05:00"]}])
def test_the_rows_add_up_when_the_clock_is_changed(zone: str, weekly: dict[str, list[str]]) -> None:
    compiled = Calendar(timezone=zone, weekly=weekly).compile()
    for on in CHANGES[zone]:
        first, last = on - timedelta(days=3), on + timedelta(days=3)
        rows = compiled.picture(first, last).rows
        assert sum(row.hours for row in rows) == pytest.approx(hours_between(compiled, first, last))


@pytest.mark.parametrize("zone", CHANGES)
def test_skipped_and_repeated_readings_are_marked_when_the_clock_is_changed(zone: str) -> None:
    compiled = Calendar.always(zone).compile()
    spring, autumn = (compiled.picture(on, on).rows[0] for on in CHANGES[zone])
    assert (bool(spring.skipped), bool(spring.repeated)) == (True, False)
    assert (bool(autumn.skipped), bool(autumn.repeated)) == (False, True)
    assert autumn.again == autumn.repeated


def test_the_two_times_of_an_hour_are_told_apart_when_only_one_is_open() -> None:
    second = {"start": "2026-11-01T06:00Z", "end": "2026-11-01T07:00Z", "reason": "night of the change"}
    compiled = Calendar(timezone="America/New_York", weekly="24x7", closures=[second]).compile()
    row = compiled.picture(date(2026, 11, 1), date(2026, 11, 1)).rows[0]
    assert (row.bars, row.repeated, row.again) == (((0.0, 24.0),), ((1.0, 2.0),), ())
    picture = Picture("", (row,))
    assert str(picture).splitlines()[2].split()[2] == "██▌▌" + "█" * 44
    assert row.note == "closure: night of the change; 01:00-02:00 twice"


def test_a_date_that_the_clock_skips_is_blank() -> None:
    row = Calendar.always("Pacific/Apia").compile().picture(date(2011, 12, 30), date(2011, 12, 30)).rows[0]
    assert (row.bars, row.skipped, row.hours) == ((), ((0.0, 24.0),), 0)
    assert "█" not in str(Picture("", (row,)))


DESK = Calendar(
    timezone="Europe/Paris",
    weekly={"mon-fri": "09:00-17:00"},
    breaks={"mon-fri": "12:00-13:00"},
    seasons=[{"name": "summer", "start_on": "07-01", "last_on": "08-31", "weekly": {"mon-fri": "08:00-14:00"}}],
    extra_holidays={"2026-12-24": "Christmas Eve", "2026-12-25": "Christmas Day"},
    half_days=[{"names": "Eve", "hours": "09:00-11:00"}],
    recurring=[{"name": "stocktaking", "rule": "FREQ=MONTHLY;BYDAY=-1FR", "start_on": "2026-01-01"}],
    openings=[
        {"start": "2026-06-06 10:00", "end": "2026-06-06 12:00", "reason": "release"},
        {"start": "2026-06-08 11:00", "end": "2026-06-08 14:00", "reason": "over lunch"},
    ],
    closures=[{"start": "2026-06-02 16:00", "end": "2026-06-04 10:00", "reason": "move"}],
    dates={"2026-06-10": "10:00-12:00"},
)


@pytest.mark.parametrize(
    ("on", "note"),
    [
        (date(2026, 6, 1), ""),
        (date(2026, 6, 2), "closure: move"),
        (date(2026, 6, 3), "closure: move"),
        (date(2026, 6, 4), "closure: move"),
        (date(2026, 6, 6), "opening: release"),
        (date(2026, 6, 8), "opening: over lunch"),
        (date(2026, 6, 10), "date override"),
        (date(2026, 6, 26), "recurrence: stocktaking"),
        (date(2026, 7, 1), "season: summer"),
        (date(2026, 12, 24), "half day: Christmas Eve"),
        (date(2026, 12, 25), "holiday: Christmas Day"),
        (date(2027, 3, 28), "02:00-03:00 skipped"),
    ],
)
def test_a_note_names_what_decides(on: date, note: str) -> None:
    assert DESK.compile().picture(on, on).rows[0].note == note
    assert (DESK & Calendar.always("Europe/Paris")).compile().picture(on, on).rows[0].note == note


def test_texts_are_escaped_when_a_document_is_hostile() -> None:
    calendar = Calendar(timezone="UTC", weekly="24x7", extra_holidays={"2026-01-01": NASTY[:-1]})
    picture = calendar.compile().picture(date(2026, 1, 1), date(2026, 1, 2))
    drawn = Picture(NASTY, (*picture.rows, PictureRow(NASTY, ((0, 1),), NASTY)))
    nodes = {node.tag.removeprefix(SHAPES) for node in ElementTree.fromstring(drawn.svg()).iter()}
    assert nodes == {"svg", "title", "style", "rect", "text", "path"}
    assert any("<script>" in text for text in texts(drawn))
    assert not {"\x1b", "\x00", "\u202e"} & set(str(drawn))


def test_rich_takes_a_document_literally() -> None:
    row = PictureRow("mon", ((9, 17),), "[bold]b[/bold] \\[red] :heart: [/]")
    assert row.note in printed(Picture("[link=x]", (row,)))


def test_rich_cuts_lines_when_the_terminal_is_narrow() -> None:
    picture = DESK.compile().picture(date(2026, 6, 1), date(2026, 6, 12))
    assert len(printed(picture, width=70).splitlines()) == len(str(picture).splitlines())


def test_rich_and_notebooks_show_the_week_of_a_calendar() -> None:
    for calendar in (DESK, DESK.compile()):
        assert printed(calendar).splitlines() == str(DESK.picture()).splitlines()
        assert calendar._repr_html_() == DESK.picture().svg()


def test_a_long_note_is_shortened_and_told_in_full() -> None:
    note = "opening: " + "春节" * 60
    picture = Picture("", (PictureRow("mon", (), note),))
    label = ElementTree.fromstring(picture.svg()).findall(f"{SHAPES}text")[-1]
    assert label.findtext(f"{SHAPES}title") == note
    assert not any(note in text for text in texts(picture))


def test_nothing_is_drawn_outside_the_picture() -> None:
    svg = ElementTree.fromstring(DESK.compile().picture(date(2026, 6, 1), date(2026, 6, 30)).svg())
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    for box in svg.iter(f"{SHAPES}rect"):
        assert float(box.get("x", 0)) + float(box.attrib["width"]) <= width
        assert float(box.get("y", 0)) + float(box.attrib["height"]) <= height


def test_a_week_wraps_when_a_night_runs_into_monday() -> None:
    week = Calendar(timezone="UTC", weekly={"sun": "22:00-06:00"}, breaks={"sun": "23:30-00:30", "mon": "05:00-05:30"})
    rows = week.picture().rows
    assert rows[0].bars == ((0.5, 5.0), (5.5, 6.0))
    assert rows[6].bars == ((22.0, 23.5),)


@given(strategies.calendars(), strategies.calendars(), st.timedeltas(timedelta(-9), timedelta(9)))
def test_a_week_of_an_algebra_is_the_algebra_of_the_weeks(a: Calendar, b: Calendar, by: timedelta) -> None:
    a, b = (Calendar(timezone="UTC", weekly=x.weekly, breaks=x.breaks) for x in (a, b))
    by -= timedelta(microseconds=by.microseconds)
    for form in (a | b, a & b, a - b, ~a, a.shift(by), (a | ~b).shift(by) - b):
        week = form.picture()
        compiled = form.compile().picture(date(2026, 1, 5), date(2026, 1, 11))
        assert [row.hours for row in week.rows] == pytest.approx([row.hours for row in compiled.rows])


def test_the_parts_are_drawn_when_their_clocks_differ() -> None:
    paris, boston = DESK, Calendar(timezone="America/New_York", weekly="24x7")
    rows = (paris & boston).picture().rows
    assert [row.note for row in rows if row.note] == ["Europe/Paris", "America/New_York"]
    assert len(rows) == 14


@pytest.mark.parametrize("last", [date(2025, 12, 31), date(2027, 2, 5), date(2100, 12, 31)])
def test_a_span_is_refused_when_it_is_reversed_or_huge(last: date) -> None:
    with pytest.raises(ValueError, match="400"):
        DESK.compile().picture(date(2026, 1, 1), last)


def test_a_span_is_refused_when_it_cannot_be_answered() -> None:
    with pytest.raises(CalendarHorizonError):
        DESK.compile().picture(date(2101, 1, 1), date(2101, 1, 1))
    with pytest.raises(HolidaysUnknownError):
        DESK.replace(holidays=["CN"]).compile().picture(date(2099, 1, 1), date(2099, 1, 1))
    with pytest.raises(TypeError):
        DESK.compile().picture(datetime(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_the_horizon_can_be_drawn_up_to_its_ends(zone: str) -> None:
    compiled = Calendar.always(zone).compile()
    for on in (date(1970, 1, 2), date(2100, 12, 30)):
        assert compiled.picture(on, on).rows[0].bars == ((0.0, 24.0),)


def test_combining_marks_take_no_room() -> None:
    name, same = "Café", "Cafe\u0301"
    drawn = [Picture(text, (PictureRow(text, ((9, 17),), text), PictureRow("mon", (), ""))) for text in (name, same)]
    assert drawn[0].svg().replace(name, same) == drawn[1].svg()
    assert str(drawn[0]).replace(name, same) == str(drawn[1])
