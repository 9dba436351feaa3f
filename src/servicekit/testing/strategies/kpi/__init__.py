"""Strategies for key figures: rows of the declared tables (``table_rows.py``), and metrics (``metric_documents.py``).

To add a table, name its columns in ``table_rows.py``; to add a metric of the field, say some of its settings in
``metric_documents.py``.
"""
