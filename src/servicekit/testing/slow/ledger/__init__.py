"""The slow ledger: every point is an object, every day is visited.

``ledger.py`` reads commands and answers questions; ``verbs.py`` says what each command does to an account, or why not;
``account.py`` keeps the points of one account and goes through its days; ``slow_point.py`` says what a point is. To
teach it a command, read what the documentation says of it, not what ``loyalty.decisions`` does.
"""

from servicekit.testing.slow.ledger.ledger import SlowLedger
from servicekit.testing.slow.ledger.slow_point import SlowBalance, SlowBooking, SlowLot

__all__ = ["SlowBalance", "SlowBooking", "SlowLedger", "SlowLot"]
