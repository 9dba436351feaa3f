"""What the ``holidays`` package tells: the days of countries and markets, and the years of which it knows them.

``entity.py`` asks the package, which is imported on first use only, and reads its answers into plain values;
``announced_years.py`` says what the package knows of a year. The documents are in ``holiday_sources.py``.
"""
