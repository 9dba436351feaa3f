"""The commands that report on tickets: ``report`` counts (``report.py``), or tells of a period by a template
(``period.py``); ``replay`` compares two policies (``replay.py``).
"""
