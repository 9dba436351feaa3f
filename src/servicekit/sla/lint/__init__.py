"""What is wrong with an SLA policy, before any case meets it.

What lives here: the checks of single rows and of names (``checks.py``), and the target table as a grid of cells that
shows where rows meet (``grid.py``). To add a check, add a generator of Problems to ``checks.py``.
"""

from servicekit.sla.lint.checks import reference_problems, table_problems

__all__ = ["reference_problems", "table_problems"]
