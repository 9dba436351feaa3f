"""Scorecards by the frame: the same metrics, states and results as of objects, from whole columns.

What lives here: the functions (``measured_frames.py``); which columns metrics read (``columns_read.py``), made alike in
every library (``table_columns.py``, times by ``zone_columns.py``); conditions as expressions
(``condition_columns.py``); the rows that count (``counted_columns.py``) and what each kind of metric asks of them
(``metric_columns.py``); the answers, as states (``group_states.py``); and what is finished at once
(``measured_states.py``): who is followed (``followed_columns.py``), values by rank (``ranked_values.py``).

:class:`ScorecardEngine <servicekit.kpi.ScorecardEngine>` has the last word: what is done by columns may be quicker,
never different. To add a kind of metric, see ``metric_columns.py`` and ``columns_read.py``; to add a library that is
asked lazily, tell its microseconds in ``table_columns.py``.
"""

from servicekit.frames.metrics.measured_frames import measure, states

__all__ = ["measure", "states"]
