"""When a service is open: calendars as documents, and the engine that answers about them.

What lives here: the document (:class:`Calendar`) with its hours (``week.py``), its sources of exceptional days
(``sources.py``) and its further layers (``layers/``); calendars made of calendars (``algebra.py``, over what all forms
share in ``form.py``); the compiled form in integers (``engine/``) and its face, :class:`CompiledCalendar`, which also
gives reasons (``explain.py``). Open hours are drawn by ``picture.py``, from the rows of ``rows.py``.

It may import ``timeline``, ``rules`` and below. To add a source of exceptional days, write any object with
``days(year)`` and ``known_until`` and hand it to ``compile(sources=...)``; the built-in ones are in ``sources.py``. To
add a layer, see ``layers``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.calendars.calendar import Calendar
from servicekit.calendars.form import CalendarForm, Unannounced
from servicekit.calendars.layers import Absolute, HalfDay, MonthDay, Recurrence, Season
from servicekit.calendars.sources import (
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

if TYPE_CHECKING:
    from servicekit.calendars.algebra import AllOf, AnyCalendar, AnyOf, Complement, Difference, Shifted
    from servicekit.calendars.compiled import Bias, CompiledCalendar, DayHours
    from servicekit.calendars.engine.horizon import Horizon
    from servicekit.calendars.engine.hours import Hours
    from servicekit.calendars.explain import Explanation, Layer
    from servicekit.calendars.picture import Picture, PictureRow

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

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "algebra": "AllOf AnyCalendar AnyOf Complement Difference Shifted",
            "compiled": "Bias CompiledCalendar DayHours",
            "engine.horizon": "Horizon",
            "engine.hours": "Hours",
            "explain": "Explanation Layer",
            "picture": "Picture PictureRow",
        },
    )
