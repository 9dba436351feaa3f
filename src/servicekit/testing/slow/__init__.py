"""The slow calendar, clocks, tiers, ledger and metrics: answers found by walking, without the code that they check.

``calendar.py`` walks; ``document.py`` says whether one calendar document is open at an instant, ``algebra.py`` whether
a calendar made of calendars is; ``recurrence.py`` tells by walking the days whether a rule names a date. To teach it a
new layer, add it to ``document.py`` in the order of precedence, without looking at how the compiled form does it.

``clocks.py`` walks along the clocks of a case and judges them; ``case_history.py`` says who waits for what, and from
when to when, ``promises.py`` which row promises it. To teach it a metric, read what the documentation says of it, not
the engine.

``tiers.py`` puts together who stands where; ``tier_account.py`` goes through an account evening by evening,
``tier_sums.py`` sums what counts on it. To teach it a rule, read what the documents of ``tiers`` say of it.

``ledger/`` counts points one by one, day by day.

``metrics/`` counts the rows of a metric one by one, group by group.
"""

from servicekit.testing.slow.calendar import SlowCalendar
from servicekit.testing.slow.clocks import SlowClocks, SlowOutcome
from servicekit.testing.slow.ledger import SlowBalance, SlowBooking, SlowLedger, SlowLot
from servicekit.testing.slow.metrics import SlowMeasurement, SlowMetrics
from servicekit.testing.slow.tiers import SlowStatus, SlowTiers

__all__ = [
    "SlowBalance",
    "SlowBooking",
    "SlowCalendar",
    "SlowClocks",
    "SlowLedger",
    "SlowLot",
    "SlowMeasurement",
    "SlowMetrics",
    "SlowOutcome",
    "SlowStatus",
    "SlowTiers",
]
