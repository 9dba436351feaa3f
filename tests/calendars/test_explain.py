"""explain(): which layer decided, for what reason, on which date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.calendars import Calendar, Explanation, FixedDays
from servicekit.testing import SlowCalendar, laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws.calendars.explanations import explanation_agrees_with_is_open
from tests.calendars.samples import CHANGES, DAY, STEP, at, calendars_around, desk, forms_around

MONDAY = "2026-01-05"
LAYERS = {
    "closure": {"closures": [{"start": "2026-01-05 09:00", "end": "2026-01-05 17:00", "reason": "drill"}]},
    "opening": {"openings": [{"start": "2026-01-05 09:00", "end": "2026-01-05 17:00", "reason": "duty"}]},
    "break": {"breaks": {"mon": "09:30-10:30"}},
    "date": {"dates": {MONDAY: "09:00-17:00"}},
    "recurrence": {
        "recurring": [{"name": "fair", "rule": "FREQ=DAILY", "start_on": "2026-01-01", "hours": "09:00-17:00"}]
    },
    "make-up": {"holidays": [{"dates": {}, "working": {MONDAY: "moved"}}]},
    "holiday": {
        "extra_holidays": {"2026-01-12": "eve"},
        "holidays": [{"dates": {MONDAY: "eve"}}],
        "half_days": [{"names": "eve", "hours": "09:00-17:00"}],
    },
    "season": {"seasons": [{"name": "winter", "weekly": {"mon-fri": "09:00-17:00"}}]},
    "weekly": {},
}
"""The layers from the most specific down; each covers Monday, January 5, at 10 o'clock."""
REASONS = {
    "closure": ("drill", None),
    "opening": ("duty", None),
    "break": ("within mon", None),
    "date": ("override", None),
    "recurrence": ("fair", None),
    "make-up": ("moved", "dates"),
    "holiday": ("eve", "dates"),
    "season": ("winter", None),
    "weekly": ("mon", None),
}


def told(reading: str, **fields: object) -> Explanation:
    """The explanation at a moment of January 2026."""
    return desk(**fields).compile().explain(at(reading))


def merged(*names: str) -> dict[str, object]:
    """The fields of several layers together."""
    fields: dict[str, object] = {}
    for name in names:
        for key, value in LAYERS[name].items():
            fields[key] = [*fields.get(key, []), *value] if isinstance(value, list) else value  # type: ignore[misc]
    return fields


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_is_named_with_its_reason_and_its_source(layer: str) -> None:
    explanation = told("05 10:00", **LAYERS[layer])
    assert (explanation.layer, explanation.reason, explanation.source) == (layer, *REASONS[layer])
    assert explanation.is_open == (layer not in ("closure", "break"))
    assert explanation.on == date(2026, 1, 5)


ORDER = list(LAYERS)
PAIRS = [(first, second) for i, first in enumerate(ORDER) for second in ORDER[i + 1 :]]


@pytest.mark.parametrize(("winner", "loser"), PAIRS)
def test_of_two_layers_the_more_specific_one_is_named(winner: str, loser: str) -> None:
    calendar = desk(**merged(winner, loser))
    explanation = calendar.compile().explain(at("05 10:00"))
    assert explanation.layer == winner
    assert explanation.is_open == (winner not in ("closure", "break"))
    laws.explanation_names_the_layer(calendar.compile(), SlowCalendar(calendar), at("05 10:00"))


def test_an_extra_holiday_beats_a_make_up_day() -> None:
    worked = FixedDays(dates=[], working=[date(2026, 1, 5)])
    assert told("05 10:00", holidays=[worked], extra_holidays={MONDAY: "rest"}).reason == "rest"


def test_the_tail_of_a_night_is_explained_by_the_day_before() -> None:
    explanation = told("06 05:00", weekly={"mon": "22:00-06:00"})
    assert (explanation.is_open, explanation.on, explanation.hours) == (True, date(2026, 1, 5), ("22:00-06:00",))
    assert told("06 07:00", weekly={"mon": "22:00-06:00"}).on == date(2026, 1, 6)


def test_a_night_that_is_cut_at_midnight_explains_nothing_after_it() -> None:
    cut = {"weekly": {"mon-sun": "22:00-06:00"}, "cut": "calendar_date"}
    explanation = told("06 05:00", **cut, dates={"2026-01-06": []})
    assert (explanation.is_open, explanation.layer, explanation.on) == (False, "date", date(2026, 1, 6))
    after = told("06 05:00", **cut, dates={"2026-01-05": []})
    assert (after.is_open, after.layer, after.on) == (True, "weekly", date(2026, 1, 6))
    assert after.hours == ("00:00-06:00",)


@pytest.mark.parametrize("cut", ["start_date", "calendar_date"])
@pytest.mark.parametrize(
    ("reading", "on", "reason"), [("06 05:00", 5, "mon"), ("10 02:00", 9, "fri"), ("09 05:00", 8, "thu")]
)
def test_the_window_that_holds_the_reading_is_told_on_its_own_date(
    reading: str, on: int, reason: str, cut: str
) -> None:
    """Fault C5."""
    explanation = told(reading, weekly={"mon-fri": "22:00-06:00"}, cut=cut)
    assert (explanation.is_open, explanation.on, explanation.reason) == (True, date(2026, 1, on), reason)
    assert explanation.hours == ("22:00-06:00",)


def test_an_opening_is_told_on_the_date_on_which_it_begins() -> None:
    """Fault C5."""
    duty = {"start": "2026-01-09 22:00", "end": "2026-01-10 06:00", "reason": "release"}
    explanation = told("10 02:00", openings=[duty])
    assert (explanation.layer, explanation.on) == ("opening", date(2026, 1, 9))


def test_a_break_is_told_only_where_it_takes_something_off() -> None:
    breaks = {"mon-fri": ["12:00-13:00", "18:00-19:00"]}
    assert [told(reading, breaks=breaks).layer for reading in ("05 12:30", "05 18:30")] == ["break", "weekly"]
    closed = told("05 12:30", breaks=breaks, extra_holidays={MONDAY: "rest"})
    assert (closed.layer, closed.reason) == ("holiday", "rest")


def test_hours_are_those_of_the_date_that_was_read() -> None:
    explanation = told("05 20:00", dates={MONDAY: ["09:00-12:00", "13:00-15:00"]})
    assert (explanation.is_open, explanation.hours) == (False, ("09:00-12:00", "13:00-15:00"))


def test_every_part_of_an_algebra_is_explained() -> None:
    duty = desk(weekly={"sat": "10:00-12:00"}, timezone="Asia/Tokyo")
    explanation = (
        (desk(extra_holidays={MONDAY: "rest"}) | duty.shift(timedelta(days=2))).compile().explain(at("05 10:00"))
    )
    assert (explanation.layer, explanation.is_open) == ("algebra", True)
    first, second = explanation.parts
    assert (first.is_open, first.layer, first.reason) == (False, "holiday", "rest")
    assert (second.is_open, second.layer, [part.reason for part in second.parts]) == (True, "algebra", ["sat"])
    assert str(explanation).startswith("open: algebra any of")


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=4)
@given(data=st.data())
def test_explanations_tell_what_the_slow_calendar_finds(name: str, change: datetime, data: st.DataObject) -> None:
    calendar = data.draw(calendars_around(change, zones=st.just(name)))
    hours, slow = calendar.compile(), SlowCalendar(calendar, step=STEP)
    for step in range(-60, 61):
        moment = change + step * 3 * STEP
        explanation_agrees_with_is_open(hours, moment)
        explanation = laws.explanation_names_the_layer(hours, slow, moment)
        night = 2 * DAY if name == "Pacific/Apia" else DAY  # where a date is missing in between
        assert abs(hours.local(moment).date() - explanation.on) <= night


@settings(max_examples=12)
@given(st.sampled_from(CHANGES), st.data())
def test_explanations_of_algebra_follow_their_parts(change: tuple[str, datetime], data: st.DataObject) -> None:
    hours = data.draw(forms_around(*change)).compile(timezone="UTC")
    moment = data.draw(sks.instants(min_value=change[1] - 2 * DAY, max_value=change[1] + 2 * DAY))
    explanation_agrees_with_is_open(hours, moment)


def test_the_date_of_an_explanation_is_of_the_calendars_own_clock() -> None:
    late = datetime(2026, 1, 4, 23, tzinfo=UTC)  # in Shanghai it is Monday, seven o'clock
    assert desk().compile().explain(late).on == date(2026, 1, 5)
    assert (~Calendar.always("America/New_York")).compile().explain(late).on == date(2026, 1, 4)
