"""A frame as a log of events: numbers in columns, case by case and in order.

What lives here: columns checked and read (``checked_columns.py``), their texts as codes and back (``coded_texts.py``);
the kinds of events as numbers (``event_kinds.py``) and the columns of their fields (``event_fields.py``), both derived
from the classes of events; the facts of cases (``case_facts.py``); and the log (``log.py``), made from a frame of
events (``event_frame.py``) or of tickets (``ticket_frame.py``). Nothing here knows what a clock is.
"""
