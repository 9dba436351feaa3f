"""What may be asked of a ledger: one immutable command for each verb.

Every command has ``at``, the instant at which it is given; ``on`` is the day on which it takes effect, by default the
day of ``at`` in the zone of the programme. ``key`` names the business event (``order:15:redeem``): a command told again
under its key is answered as the first time, and another command under that key is refused. Without one the ledger makes
a name, and a command told twice is booked twice. ``currency`` may be left out where the programme has one that can be
redeemed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from fractions import Fraction
from typing import TypeAlias, get_args

from servicekit.events import Purchase, Refund


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What all commands share."""

    at: datetime
    key: str | None = None
    on: date | None = None
    currency: str | None = None
    reason: str | None = None
    actor: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Earn(_Order):
    """Points that are given, already reckoned; zero is recorded and makes no lot.

    Days that are not said follow from the programme: when the points can be spent, and when they expire.
    """

    account: str
    points: int
    expires_on: date | None = None
    available_on: date | None = None
    unit_value: Fraction | None = None


@dataclass(frozen=True, slots=True)
class EarnPurchase(_Order):
    """The points of a purchase by the earn rules in force on its day, with the tier in force before it.

    Its key is ``order:<order_id>`` unless it is given another.
    """

    account: str
    purchase: Purchase
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class RefundPurchase(_Order):
    """Take back what a purchase earned too much, and give back what of it was paid with points."""

    account: str
    refund: Refund


@dataclass(frozen=True, slots=True)
class Activate(_Order):
    """Make the pending points of an earn spendable before their day; ``of`` is its key."""

    of: str


@dataclass(frozen=True, slots=True)
class Redeem(_Order):
    """Spend points, all or none; with ``partial`` as many as there are."""

    account: str
    points: int
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Hold(_Order):
    """Set points aside; they come back on the day ``until`` unless they were captured before it."""

    account: str
    points: int
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Capture(_Order):
    """Spend points of a hold, by default all of them; the rest goes back. ``of`` is the key of the hold."""

    of: str
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Release(_Order):
    """Give back what a hold set aside; ``of`` is its key."""

    of: str


@dataclass(frozen=True, slots=True)
class Reverse(_Order):
    """Undo a command, or ``points`` of it; ``of`` is its key."""

    of: str
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Adjust(_Order):
    """Add points or take them away, for a reason that must be given."""

    account: str
    points: int
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer(_Order):
    """Give points of one account to another; they keep the days of their lots."""

    account: str
    to: str
    points: int


@dataclass(frozen=True, slots=True)
class Reschedule(_Order):
    """Change the day on which the points of an earn expire; ``of`` is its key, ``expires_on`` of None is never."""

    of: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Merge(_Order):
    """Move everything that an account has to another, and close it."""

    account: str
    to: str


@dataclass(frozen=True, slots=True)
class Freeze(_Order):
    """Refuse everything that takes points from the account, until it is unfrozen."""

    account: str


@dataclass(frozen=True, slots=True)
class Unfreeze(_Order):
    """End a freeze."""

    account: str


@dataclass(frozen=True, slots=True)
class Close(_Order):
    """Refuse every further command on the account; points that are left are forfeited by choice."""

    account: str
    forfeit: bool = False


Command: TypeAlias = (
    Earn
    | EarnPurchase
    | RefundPurchase
    | Activate
    | Redeem
    | Hold
    | Capture
    | Release
    | Reverse
    | Adjust
    | Transfer
    | Reschedule
    | Merge
    | Freeze
    | Unfreeze
    | Close
)


def asked(command: Command) -> tuple[object, ...]:
    """What the caller asked for, to tell a command from another one: never when it was given, by whom, or a default.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> asked(Redeem("m-1", 50, at=at, actor="till-3")) == asked(Redeem("m-1", 50, at=at.replace(hour=10)))
    True
    """
    given: list[object] = [type(command).__name__]
    for name in _ASKED[type(command)]:
        if (value := getattr(command, name)) is not None and value is not False:
            given += name, value
    return tuple(given)


_NOT_ASKED = ("at", "actor", "key", "expected_version")
_ASKED: Mapping[type, tuple[str, ...]] = {
    kind: tuple(each.name for each in fields(kind) if each.name not in _NOT_ASKED) for kind in get_args(Command)
}
