"""The commands about key figures: ``scorecard`` measures (``scorecard.py``), ``metrics`` tells what numbers mean
(``definitions.py``).
"""
