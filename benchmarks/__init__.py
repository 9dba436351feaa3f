"""How fast it is, beside other libraries, in one run: ``make bench``, or ``pytest benchmarks``.

What lives here: the questions with their answers worked out by hand (``questions.py``), who answers them (``ours.py``,
``rivals/``), the files that time them (``bench_*.py``), the budgets that the project has set itself (``budgets.py``)
and the tables at the end of a run (``report.py``). An answer is compared before it is timed; a budget that is missed
is shown and fails nothing, because the machine may be busy.

To add a rival, write a module in ``rivals/`` and name it in ``RIVALS``. To add a budget, time what it is about in a
``bench_*.py`` and write one line in ``BUDGETS``.
"""
