"""From columns to a log: what a frame says happened, as numbers, case by case and in order.

What lives here. Columns with everything that is wrong with them (``intake.py``), their texts as codes and back
(``texts.py``), and the facts of cases (``facts.py``); the log (``log.py``), of events (``events.py``) or of tickets
(``tickets.py``). Nothing here knows what a clock is.
"""
