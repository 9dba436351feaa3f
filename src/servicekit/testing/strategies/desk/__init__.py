"""Strategies for the desk: records as importers give them, and periods that are reviewed (``service_periods.py``)."""
