"""Charts by Altair: drawn in notebooks, or saved as SVG and PNG without a network.

``subjects.py`` has :func:`~servicekit.reports.chart`, which finds the chart of what it is given. What is shown is
computed here, in Python; Vega only draws it. Texts of cases and documents stand in a chart as ``chart_text.py`` says;
what charts and tables say themselves is in ``chart_phrases.py``.
Charts of customers and points are beside their reports, in ``reports/customers``. To add a chart, write a function of
its subject in a file of its own, and name both in ``subjects.py``.
"""
