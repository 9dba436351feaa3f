"""Loyalty: points that are earned, held, spent, given back and expire, in a journal that loses nothing.

What lives here. A programme as a document (:class:`LoyaltyProgram`, ``program/``) and the :class:`LoyaltyEngine` that
it compiles to, which tells what purchases earn (``earning/``). Commands (``command.py``), one for each thing that may
be asked, and why one is refused (``rejected.py``). A journal (:class:`Entry`, :class:`Lot`, ``entry.py``), the state
of an account that follows from it (``account/``) and what a command books (``decisions/``), both pure: by
:func:`decide` alone. The :class:`Ledger` (``ledger.py``), which books commands one by one or many at once
(``booker.py``, ``fast_path.py``) over a store (``store.py``, ``memory_store.py``), and what is asked of it: statements,
what expires, liability (``questions/``). The journal is checked, sealed, written out and read in by ``journal/``.

It may import ``events``, ``timeline``, ``quantity`` and below; it knows no other subject. To add a setting of earn
rules, see ``earning/__init__.py``; to add a command, ``decisions/__init__.py``; to add a question,
``questions/__init__.py``; to add a store, implement the protocol of ``store.py`` and run the suite of
``servicekit.testing`` over it.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.loyalty.program.earn_rule import Campaign, EarnRule, Rate
from servicekit.loyalty.program.expiry import (
    EarliestOf,
    Expiry,
    FixedDate,
    Inactivity,
    Never,
    PeriodEnd,
    RollingDays,
    RollingMonths,
)
from servicekit.loyalty.program.program import (
    Clawback,
    LoyaltyProgram,
    PointsCurrency,
    PointsValue,
    Redemption,
    Reversal,
)

if TYPE_CHECKING:
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
    from servicekit.loyalty.decisions.decision import Decision, decide
    from servicekit.loyalty.earning.earned import EarnedPoints
    from servicekit.loyalty.earning.payment import PaymentBack
    from servicekit.loyalty.entry import Allocation, Booking, Entry, Lot
    from servicekit.loyalty.journal.journal_reader import JournalError
    from servicekit.loyalty.journal.ledger_check import Verification
    from servicekit.loyalty.journal.seal import Seal
    from servicekit.loyalty.ledger import Ledger
    from servicekit.loyalty.memory_store import MemoryStore
    from servicekit.loyalty.program.loyalty_engine import EarnContext, LoyaltyEngine, LoyaltyVersion, RefundedPoints
    from servicekit.loyalty.questions.allocated_price import AllocatedPrice
    from servicekit.loyalty.questions.expiring import ExpiringPoints
    from servicekit.loyalty.questions.liability import Liability
    from servicekit.loyalty.questions.pool import Pool
    from servicekit.loyalty.questions.statement import Statement, StatementLine
    from servicekit.loyalty.rejected import (
        AccountClosedError,
        ExceedsOriginalError,
        HoldClosedError,
        IdempotencyConflictError,
        InsufficientPointsError,
        InvalidDayError,
        InvalidKeyError,
        InvalidPointsError,
        NameTakenError,
        NotReversibleError,
        ReasonRequiredError,
        RedemptionLimitError,
        Rejected,
        SameAccountError,
        UnknownAccountError,
        UnknownCurrencyError,
        UnknownEntryError,
        VersionConflictError,
    )
    from servicekit.loyalty.terms import BookingRules, FixedTerms, Terms

__all__ = [
    "AccountClosedError",
    "Activate",
    "Adjust",
    "AllocatedPrice",
    "Allocation",
    "Balance",
    "Booking",
    "BookingRules",
    "Campaign",
    "Capture",
    "Clawback",
    "Close",
    "Command",
    "Decision",
    "EarliestOf",
    "Earn",
    "EarnContext",
    "EarnPurchase",
    "EarnRule",
    "EarnedPoints",
    "Entry",
    "ExceedsOriginalError",
    "ExpiringPoints",
    "Expiry",
    "FixedDate",
    "FixedTerms",
    "Freeze",
    "Hold",
    "HoldClosedError",
    "IdempotencyConflictError",
    "Inactivity",
    "InsufficientPointsError",
    "InvalidDayError",
    "InvalidKeyError",
    "InvalidPointsError",
    "JournalError",
    "Ledger",
    "Liability",
    "Lot",
    "LoyaltyEngine",
    "LoyaltyProgram",
    "LoyaltyVersion",
    "MemoryStore",
    "Merge",
    "NameTakenError",
    "Never",
    "NotReversibleError",
    "PaymentBack",
    "PeriodEnd",
    "PointsCurrency",
    "PointsValue",
    "Pool",
    "Rate",
    "ReasonRequiredError",
    "Redeem",
    "Redemption",
    "RedemptionLimitError",
    "RefundPurchase",
    "RefundedPoints",
    "Rejected",
    "Release",
    "Reschedule",
    "Reversal",
    "Reverse",
    "RollingDays",
    "RollingMonths",
    "SameAccountError",
    "Seal",
    "Statement",
    "StatementLine",
    "Terms",
    "Transfer",
    "Unfreeze",
    "UnknownAccountError",
    "UnknownCurrencyError",
    "UnknownEntryError",
    "Verification",
    "VersionConflictError",
    "decide",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "balance": "Balance",
            "command": "Activate Adjust Capture Close Command Earn EarnPurchase Freeze Hold Merge Redeem RefundPurchase"
            " Release Reschedule Reverse Transfer Unfreeze",
            "decisions.decision": "Decision decide",
            "earning.earned": "EarnedPoints",
            "earning.payment": "PaymentBack",
            "entry": "Allocation Booking Entry Lot",
            "journal.journal_reader": "JournalError",
            "journal.seal": "Seal",
            "journal.ledger_check": "Verification",
            "ledger": "Ledger",
            "memory_store": "MemoryStore",
            "program.loyalty_engine": "EarnContext LoyaltyEngine LoyaltyVersion RefundedPoints",
            "questions.allocated_price": "AllocatedPrice",
            "questions.expiring": "ExpiringPoints",
            "questions.liability": "Liability",
            "questions.pool": "Pool",
            "questions.statement": "Statement StatementLine",
            "rejected": (
                "AccountClosedError ExceedsOriginalError HoldClosedError IdempotencyConflictError "
                "InsufficientPointsError "
                "InvalidDayError InvalidKeyError InvalidPointsError NameTakenError NotReversibleError "
                "ReasonRequiredError RedemptionLimitError Rejected SameAccountError UnknownAccountError "
                "UnknownCurrencyError UnknownEntryError VersionConflictError"
            ),
            "terms": "BookingRules FixedTerms Terms",
        },
    )
