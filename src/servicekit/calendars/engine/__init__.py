"""The compiled form of calendars, in integers: microseconds for instants, ordinals for dates.

``hours_source.py`` says what is asked of a calendar: ``layered_hours.py`` answers it for one document, by the layers
of ``date_layers.py``, and ``combined_hours.py`` for calendars made of calendars; ``builder.py`` makes them.
``open_table.py`` is open time as sorted spans with prefix sums, ``open_time.py`` grows it by years within
``horizon.py``; ``day_count.py`` counts dates, and ``local_dates.py`` says which one an instant belongs to. The face of
it all is :class:`~servicekit.calendars.CompiledCalendar`, one floor up in the room.
"""

__all__: list[str] = []
