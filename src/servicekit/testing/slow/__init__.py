"""The slow calendar: answers found by walking and looking at the clock, with none of the compiled form's code.

``calendar.py`` walks; ``document.py`` says whether one calendar document is open at an instant, ``algebra.py`` whether
a calendar made of calendars is; ``recurrence.py`` tells by walking the days whether a rule names a date. To teach it a
new layer, add it to ``document.py`` in the order of precedence, without looking at how the compiled form does it.
"""

from servicekit.testing.slow.calendar import SlowCalendar

__all__ = ["SlowCalendar"]
