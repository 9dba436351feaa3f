"""Cases on their way to be counted: when they are judged (``report_instant.py``), waiting until that is known
(``case_queue.py``), and judged once for each instant that is asked (``judged_case.py``)."""
