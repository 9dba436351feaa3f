"""Windows of local time as values and as text."""

from __future__ import annotations

import pytest
from hypothesis import given

from servicekit.calendars import Window
from servicekit.document import DocumentValueError
from servicekit.testing.strategies.weeks import windows

HOUR = 3_600_000_000


@given(windows())
def test_a_window_reads_back_from_its_text(window: Window) -> None:
    assert Window.parse(str(window)) == window


@given(windows(overnight=False))
def test_a_window_of_one_day_does_not_cross_midnight(window: Window) -> None:
    assert not window.crosses_midnight


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-17:30", 9, 17.5),
        ("00:00-24:00", 0, 24),
        ("00:00-24:00:00", 0, 24),
        ("22:00-24:00", 22, 24),
        ("22:00-00:00", 22, 24),
        ("22:00-06:00", 22, 30),
        (" 09:00 - 17:00 ", 9, 17),
        ("23:59:59-00:00:01", 24 - 1 / 3600, 24 + 1 / 3600),
    ],
)
def test_a_text_means_hours_past_the_midnight_of_its_date(text: str, start: float, end: float) -> None:
    assert Window.parse(text) == Window(round(start * HOUR), round(end * HOUR))


@pytest.mark.parametrize(
    "text",
    ["", "09:00", "9:00-17:00", "09.00-17.00", "09:00-25:00", "24:00-06:00", "09:00-09:00", "-", "09:00-17:00-18:00"],
)
def test_a_text_that_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(DocumentValueError) as raised:
        Window.parse(text)
    assert raised.value.code == "calendar.hours"


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1, 5), (0, 0), (5 * HOUR, 4 * HOUR), (24 * HOUR, 25 * HOUR), (0, 25 * HOUR), (HOUR, 25 * HOUR), (0, 500_000)],
)
def test_a_window_that_cannot_be_written_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        Window(start, end)


def test_fullwidth_digits_are_no_clock() -> None:
    with pytest.raises(DocumentValueError):
        Window.parse("０９:00-17:00")
