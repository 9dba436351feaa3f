"""Scorecards by the frame: the same metrics, states and results as of objects, from whole columns.

What lives here: the functions (``measured_frames.py``); what metrics ask of columns (``columns/``: which ones, made
alike in every library, times by ``zone_columns.py``, conditions, the rows that count, each kind of metric); the
answers, as states (``group_states.py``); and what is finished at once (``measured_states.py``): who is followed
(``followed_columns.py``), values by rank (``ranked_values.py``).

:class:`ScorecardEngine <servicekit.kpi.ScorecardEngine>` has the last word: what is done by columns may be quicker,
never different. To add a kind of metric, see ``columns/metric_columns.py`` and ``columns/columns_read.py``; to add a
library that is asked lazily, tell its microseconds in ``columns/table_columns.py``.
"""

from servicekit.frames.metrics.measured_frames import measure, states

__all__ = ["measure", "states"]
