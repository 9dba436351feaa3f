"""Loyalty: points that are earned, held, spent, given back and expire, in a journal that loses nothing.

What lives here. Commands (``command.py``), one for each thing that may be asked, and why one is refused
(``rejected.py``). A journal (:class:`Entry`, :class:`Lot`, ``entry.py``), the state of an account that follows from it
(``account/``) and what a command books (``decide/``), both pure. The :class:`Ledger` (``ledger.py``), which books
commands one by one or many at once (``booker.py``) over a store (``store.py``, ``memory_store.py``).

It may import ``events``, ``timeline``, ``quantity`` and below; it knows no other subject. To add a command, see
``decide/__init__.py``; to add a store, implement the protocol of ``store.py`` and run the suite of
``servicekit.testing`` over it.
"""

from servicekit.loyalty.balance import Balance
from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Close,
    Command,
    Earn,
    EarnPurchase,
    Freeze,
    Hold,
    Merge,
    Redeem,
    RefundPurchase,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.entry import Allocation, Booking, Entry, Lot
from servicekit.loyalty.ledger import Ledger
from servicekit.loyalty.memory_store import MemoryStore
from servicekit.loyalty.terms import BookingRules, FixedTerms, Terms

__all__ = [
    "Activate",
    "Adjust",
    "Allocation",
    "Balance",
    "Booking",
    "BookingRules",
    "Capture",
    "Close",
    "Command",
    "Earn",
    "EarnPurchase",
    "Entry",
    "FixedTerms",
    "Freeze",
    "Hold",
    "Ledger",
    "Lot",
    "MemoryStore",
    "Merge",
    "Redeem",
    "RefundPurchase",
    "Release",
    "Reschedule",
    "Reverse",
    "Terms",
    "Transfer",
    "Unfreeze",
]
