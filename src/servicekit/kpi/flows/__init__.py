"""What comes, goes and stays: open cases (``backlog.py``), customers who are kept or lost (``retention.py``)."""
