"""How metrics are measured: rows become columns (``rows.py``), those that count (``counted_rows.py``) are counted by group
(``breakdown.py``) into states (``collect.py``, ``state.py``), which add up and are finished once (``finish.py``,
``followed.py``).
"""
