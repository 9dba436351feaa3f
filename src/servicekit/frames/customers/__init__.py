"""Customers by the frame: tables of purchases, from which whole columns tell tiers and RFM.

What lives here: the functions (``purchases.py``) and the query for tiers (``tier_query.py``); which columns hold what
(``purchase_columns.py``), read and sorted into a log (``purchase_log.py``, ``customer_ids.py``, ``local_days.py``); the
programme for columns (``tier_rules.py``) and its two kernels, one for tiers that rise and fall with each day
(``running_tiers.py``), one for those that are reviewed by the period (``reviewed_tiers.py``), asked part by part in
``tier_answers.py``; all others are folded in ``folded_tiers.py``; and ``tier_frame.py`` makes the columns of the answer.

:meth:`TierEngine.fold <servicekit.tiers.TierEngine.fold>` has the last word: what is done by columns may be quicker,
never different. A rule that columns do not know is named in ``why_folded`` in ``tier_rules.py``.
"""

from servicekit.frames.customers.purchases import tiers

__all__ = ["tiers"]
