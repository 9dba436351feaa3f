"""What comes, goes and stays: open cases (``backlog.py``), how far cases come through their stages
(``stage_funnel.py``), and customers who are kept or lost (``retention.py``)."""
