"""The commands that report on tickets: ``report`` counts (``report.py``), or tells of a period by a template
(``period.py``), with the uptime of services (``uptime.py``) and of what it was made (``manifest.py``); ``replay``
compares two policies (``replay.py``).
"""
