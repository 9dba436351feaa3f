"""Laws of loyalty: what earning, booking, and keeping points must hold to.

* ``ledgers``: :func:`check_ledger`, a ledger and :class:`~servicekit.testing.slow.SlowLedger` agree on every command
  and every day; journals add up, replay and never change.
* ``ledger_machine``: :func:`ledger_machine`, the same as a state machine, over any store.
* ``spending``: ``check_spending``, what comes back is what went, two redemptions are one, credits commute.
* ``stores``: :func:`check_store`, a store of your own keeps what the one in memory keeps, all of a command or none.
* ``journal``: statements, liability, checks, exports of the journal of a ledger over any store.
* ``earning``: ``check_earning``, more spend never earns less, floor never pays more than exact, refunds take back the
  difference.
"""

from servicekit.testing.laws.loyalty.ledger_machine import ledger_machine
from servicekit.testing.laws.loyalty.ledgers import check_ledger
from servicekit.testing.laws.loyalty.stores import check_store

__all__ = ["check_ledger", "check_store", "ledger_machine"]
