"""When a service is open: calendars as documents, and the engine that answers about them.

A document is a ``Calendar`` (``calendar.py``) with its hours (``week.py``), its sources of exceptional days
(``holiday_sources.py``) and its further layers (``layers/``), or a calendar made of calendars
(``calendar_algebra.py``); ``any_calendar.py`` holds what they share. Compiling it makes a ``CompiledCalendar``
(``compiled_calendar.py``, the face of ``engine/``), which also gives reasons (``explanation.py``). Open hours are drawn
by ``picture.py``, from the rows of a week (``week_picture.py``) or of a span of dates (``dates_picture.py``).

It may import ``timeline``, ``rules``, ``layout`` and below. To add a source of exceptional days, write any object with
``days(year)`` and ``known_until`` and hand it to ``compile(sources=...)``; the built-in ones are in
``holiday_sources.py``, and what they read from the ``holidays`` package in ``packaged_days/``. To add a layer, see
``layers``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.calendar import Calendar
from servicekit.calendars.holiday_sources import (
    CountryHolidays,
    FixedDays,
    HolidaySource,
    MarketHolidays,
    Validity,
)
from servicekit.calendars.layers import Absolute, HalfDay, MonthDay, Recurrence, Season
from servicekit.calendars.packaged_days.announced_years import LAST_ANNOUNCED
from servicekit.calendars.special_days import DaySource, SpecialDay, Unannounced
from servicekit.calendars.week import WeekdayName, Window

if TYPE_CHECKING:
    from servicekit.calendars.calendar_algebra import AllOf, AnyOf, Complement, Difference, NamedCalendar, Shifted
    from servicekit.calendars.compiled_calendar import Bias, CompiledCalendar, DayHours
    from servicekit.calendars.explanation import Explanation
    from servicekit.calendars.picture import Picture

__all__ = [
    "LAST_ANNOUNCED",
    "Absolute",
    "AllOf",
    "AnyCalendar",
    "AnyOf",
    "Bias",
    "Calendar",
    "CompiledCalendar",
    "Complement",
    "CountryHolidays",
    "DayHours",
    "DaySource",
    "Difference",
    "Explanation",
    "FixedDays",
    "HalfDay",
    "HolidaySource",
    "MarketHolidays",
    "MonthDay",
    "NamedCalendar",
    "Picture",
    "Recurrence",
    "Season",
    "Shifted",
    "SpecialDay",
    "Unannounced",
    "Validity",
    "WeekdayName",
    "Window",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "calendar_algebra": "AllOf AnyOf Complement Difference NamedCalendar Shifted",
            "compiled_calendar": "Bias CompiledCalendar DayHours",
            "explanation": "Explanation",
            "picture": "Picture",
        },
    )
