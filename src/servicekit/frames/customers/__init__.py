"""Customers by the frame: tables of purchases, from which whole columns tell tiers and RFM.

What lives here: the functions (``customer_frames.py``); which columns hold what (``purchase_columns.py``), read and
sorted into a log (``purchase_log.py``, ``customer_ids.py``, ``local_days.py``); and the queries, ``tier_query.py`` with
the parts in ``tier_kernels/``, and ``rfm_query.py``.
"""

from servicekit.frames.customers.customer_frames import rfm, tiers

__all__ = ["rfm", "tiers"]
