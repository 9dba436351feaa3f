"""The layers of a calendar document, from weekly hours to single closures.

``season.py``, ``half_day.py``, ``recurrence.py`` and ``closure.py`` hold one kind of entry each, ``rule.py`` counts out
RRULEs; ``stack.py`` resolves the layers that work on dates, ``hours.py`` puts everything on the UTC line. To add a
layer, add its document here, its field to ``Calendar``, and its line to ``Stack``, in the order of precedence.
"""

from servicekit.calendars.layers.absolute_interval import Absolute
from servicekit.calendars.layers.half_day import HalfDay
from servicekit.calendars.engine.layered_hours import LayeredHours
from servicekit.calendars.layers.recurrence import Recurrence
from servicekit.calendars.layers.season import MonthDay, Season
from servicekit.calendars.engine.date_layers import DayPlan, Stack

__all__ = ["Absolute", "DayPlan", "HalfDay", "LayeredHours", "MonthDay", "Recurrence", "Season", "Stack"]
