"""The layers of a calendar document beyond its weekly hours, as documents.

``season.py``, ``half_day.py``, ``recurrence.py`` and ``absolute_interval.py`` hold one kind of entry each,
``recurrence_rule.py`` reads RRULEs and ``rule_dates.py`` counts their dates. To add a layer, add its document here, its
field to ``Calendar``, and its line to ``engine/date_layers.py``, in the order of precedence.
"""

from servicekit.calendars.layers.absolute_interval import Absolute
from servicekit.calendars.layers.half_day import HalfDay
from servicekit.calendars.layers.recurrence import Recurrence
from servicekit.calendars.layers.season import MonthDay, Season

__all__ = ["Absolute", "HalfDay", "MonthDay", "Recurrence", "Season"]
