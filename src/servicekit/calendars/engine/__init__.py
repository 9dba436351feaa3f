"""The compiled form of calendars, in integers: microseconds for instants, ordinals for dates.

``hours.py`` says what is asked of a calendar, ``combined.py`` answers it for calendars made of calendars; ``table.py``
is open time as sorted spans with prefix sums, ``open_time.py`` grows it by years within ``horizon.py``; ``days.py``
counts dates. The face of it all is :class:`~servicekit.calendars.CompiledCalendar`, one floor up in the room.
"""

from servicekit.calendars.engine.day_count import DayCount
from servicekit.calendars.engine.horizon import Horizon
from servicekit.calendars.engine.hours_source import HoursSource
from servicekit.calendars.engine.open_time import OpenTime
from servicekit.calendars.engine.open_table import OpenTable

__all__ = ["DayCount", "Horizon", "Hours", "OpenTable", "OpenTime"]
