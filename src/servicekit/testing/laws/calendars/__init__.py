"""Laws of calendars: elapsed, openings, business days, calendars of calendars, explanations, documents, sources.

What lives here is named one by one in :mod:`servicekit.testing.laws`; ``check`` puts them to an object all at once.
"""
