"""What is wrong with an SLA policy, before any case meets it.

What lives here: the checks of single rows and of names (``policy_checks.py``), of pauses, ladders, measures and
agreements (``clock_checks.py``), and of rows that meet on one case (``row_conflicts.py``). To add a check, add a
generator of Problems to ``policy_checks.py``.
"""

from servicekit.sla.lint.policy_checks import reference_problems, table_problems

__all__ = ["reference_problems", "table_problems"]
