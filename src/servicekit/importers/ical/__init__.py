"""Closures from iCalendar files.

``events`` (text to events), ``times`` (when they happen) and ``closures`` (what that closes) each do one step. To
read one more property of an event, see ``events``; one more way to recur, see ``times``.
"""

from servicekit.importers.ical.closures import Closures, read_closures

__all__ = ["Closures", "read_closures"]
