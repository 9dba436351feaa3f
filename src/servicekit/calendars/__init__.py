"""When a service is open: calendars as documents, and the engine that answers about them.

What lives here: the document (:class:`Calendar`) with its hours (``week.py``), its sources of exceptional days
(``sources.py``) and its further layers (``layers/``); calendars made of calendars (``algebra.py``, over what all forms
share in ``form.py``); the compiled form in integers (``engine/``) and its face, :class:`CompiledCalendar`, which also
gives reasons (``explain.py``). Open hours are drawn by ``picture.py``, from the rows of ``rows.py``.

It may import ``timeline``, ``rules`` and below. To add a source of exceptional days, write any object with
``days(year)`` and ``known_until`` and hand it to ``compile(sources=...)``; the built-in ones are in ``sources.py``. To
add a layer, see ``layers``.
"""

from servicekit.calendars.calendar_algebra import AllOf, AnyCalendar, AnyOf, Complement, Difference, Shifted
from servicekit.calendars.calendar import Calendar
from servicekit.calendars.compiled_calendar import Bias, CompiledCalendar, DayHours
from servicekit.calendars.engine.horizon import Horizon
from servicekit.calendars.engine.hours_source import Hours
from servicekit.calendars.explanation import Explanation, Layer
from servicekit.calendars.any_calendar import CalendarForm, Unannounced
from servicekit.calendars.layers import Absolute, HalfDay, MonthDay, Recurrence, Season
from servicekit.calendars.picture import Picture, PictureRow
from servicekit.calendars.holiday_sources import (
    LAST_ANNOUNCED,
    CountryHolidays,
    DaySource,
    FixedDays,
    HolidaySource,
    MarketHolidays,
    SpecialDay,
    Validity,
)
from servicekit.calendars.week import WeekdayName, Window

__all__ = [
    "LAST_ANNOUNCED",
    "Absolute",
    "AllOf",
    "AnyCalendar",
    "AnyOf",
    "Bias",
    "Calendar",
    "CalendarForm",
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
    "Horizon",
    "Hours",
    "Layer",
    "MarketHolidays",
    "MonthDay",
    "Picture",
    "PictureRow",
    "Recurrence",
    "Season",
    "Shifted",
    "SpecialDay",
    "Unannounced",
    "Validity",
    "WeekdayName",
    "Window",
]
