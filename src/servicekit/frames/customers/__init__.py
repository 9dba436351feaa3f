"""Customers by the frame: tables of purchases, from which whole columns tell tiers and RFM.

What lives here: the functions (``customer_frames.py``); which columns hold what (``purchase_columns.py``), read and
sorted into a log (``purchase_log.py`` with ``customer_ids.py``, ``local_days.py`` and ``row_order.py``); the queries,
``tier_query.py`` with the parts in ``tier_kernels/``, and ``rfm_query.py`` with ``rfm_scores.py``. Rows about which
columns cannot tell are made into events again (``purchase_events.py``).
"""

from servicekit.frames.customers.customer_frames import rfm, tiers

__all__ = ["rfm", "tiers"]
