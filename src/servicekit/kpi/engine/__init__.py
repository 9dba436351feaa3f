"""How metrics are measured.

Rows become columns (``row_columns.py``), of which those that count (``counted_rows.py``) are counted by group
(``breakdown.py``) into states (``collect.py``, ``metric_state.py``), which add up and are finished once
(``finish.py``, ``followed.py``). Which rows those are, ``explain.py`` tells.
"""
