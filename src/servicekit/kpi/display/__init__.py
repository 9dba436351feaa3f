"""How results are looked at: a metric over time (``trend.py``, ``control_counts.py``), as a line of signs or an SVG
(``sparkline.py``), beside its target (``interval_bar.py``), and all of them as HTML (``results_html.py``)."""
