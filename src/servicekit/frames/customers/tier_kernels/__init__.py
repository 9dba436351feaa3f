"""Tiers by whole columns: a programme's levels and windows over arrays.

What lives here: the programme for columns (``tier_rules.py``) and its two kernels, one for tiers that rise and fall
with each day (``running_tiers.py``), one for those that are reviewed by the period (``reviewed_tiers.py``). They are
asked part by part (``purchase_part.py``, ``tier_answers.py``), and ``tier_frame.py`` makes the columns of the answer.

:meth:`TierEngine.fold <servicekit.tiers.TierEngine.fold>` has the last word: what is done by columns may be quicker,
never different. A rule that columns do not know is named by ``why_folded`` in ``tier_rules.py``.
"""
