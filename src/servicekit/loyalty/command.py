"""What may be asked of a ledger: one immutable command for each verb.

Every command has ``at``, the instant at which it is given; ``on`` is the day on which it takes effect, by default the
day of ``at`` in the zone of the programme. ``key`` names the business event (``order:15:redeem``): a command told again
under its key is answered as the first time, and another command under that key is refused. Without one the ledger makes
a name, and a command told twice is booked twice. ``currency`` may be left out where the programme has one that can be
redeemed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from operator import attrgetter
from types import FunctionType
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

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that it names, the one that gives first; none where it names an earlier command."""
        return ()


@dataclass(frozen=True, slots=True)
class OnAccount(_Order):
    """A command that names an account."""

    account: str

    @property
    def accounts(self) -> tuple[str, ...]:
        """The account, as the one that is concerned."""
        return (self.account,)


@dataclass(frozen=True, slots=True)
class _OnTwoAccounts(_Order):
    """A command that moves points from one account to another."""

    account: str
    to: str

    @property
    def accounts(self) -> tuple[str, ...]:
        """Both accounts, the one that gives first."""
        return (self.account, self.to)


@dataclass(frozen=True, slots=True)
class _OnEarlier(_Order):
    """A command that names an earlier one by its key."""

    of: str


@dataclass(frozen=True, slots=True)
class Earn(OnAccount):
    """Points that are given, already reckoned; zero is recorded and makes no lot.

    Days that are not said follow from the programme: when the points can be spent, and when they expire.

    >>> from datetime import UTC
    >>> Earn("m-1", 120, at=datetime(2026, 1, 5, 9, tzinfo=UTC), key="order:15").accounts
    ('m-1',)
    """

    points: int
    expires_on: date | None = None
    available_on: date | None = None
    unit_value: Fraction | None = None


@dataclass(frozen=True, slots=True)
class EarnPurchase(OnAccount):
    """The points of a purchase by the earn rules in force on its day, with the tier in force before it.

    Its key is ``order:<order_id>`` unless it is given another, and it takes effect on the day of the purchase, or on
    the first open one. ``multiplier`` is that of the benefits of the tier.

    >>> from datetime import UTC
    >>> from servicekit.events import PurchaseLine
    >>> from servicekit.quantity import Money
    >>> order = Purchase("m-1", date(2026, 1, 5), "15", (PurchaseLine(Money.parse("120 CNY")),))
    >>> EarnPurchase("m-1", order, at=datetime(2026, 1, 5, 9, tzinfo=UTC)).key
    'order:15'
    """

    purchase: Purchase
    tier: str | None = None
    multiplier: int | Decimal | Fraction = 1

    def __post_init__(self) -> None:
        if self.key is None:
            object.__setattr__(self, "key", f"order:{self.purchase.order_id}")


@dataclass(frozen=True, slots=True)
class RefundPurchase(_Order):
    """Take back what a purchase earned too much, and say what of it goes back as money and what as points.

    ``of`` is the key of the purchase, ``order:<order_id>`` unless another is given; its own key is
    ``refund:<refund_id>`` unless it is given another.

    >>> from datetime import UTC
    >>> from servicekit.quantity import Money
    >>> refund = Refund("m-1", date(2026, 1, 9), "r-1", "15", Money.parse("20 CNY"))
    >>> told = RefundPurchase(refund, at=datetime(2026, 1, 9, 9, tzinfo=UTC))
    >>> told.key, told.of
    ('refund:r-1', 'order:15')
    """

    refund: Refund
    of: str = ""

    def __post_init__(self) -> None:
        if self.key is None:
            object.__setattr__(self, "key", f"refund:{self.refund.refund_id}")
        if not self.of:
            object.__setattr__(self, "of", f"order:{self.refund.order_id}")


@dataclass(frozen=True, slots=True)
class Activate(_OnEarlier):
    """Make the pending points of an earn spendable before their day; ``of`` is its key.

    >>> from datetime import UTC
    >>> Activate("order:15", at=datetime(2026, 1, 9, 9, tzinfo=UTC)).of
    'order:15'
    """


@dataclass(frozen=True, slots=True)
class Redeem(OnAccount):
    """Spend points, all or none; with ``partial`` as many as there are.

    >>> from datetime import UTC
    >>> Redeem("m-1", 50, at=datetime(2026, 1, 9, 9, tzinfo=UTC), key="voucher:7").points
    50
    """

    points: int
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Hold(OnAccount):
    """Set points aside; they come back on the day ``until`` unless they were captured before it.

    >>> from datetime import UTC
    >>> Hold("m-1", 50, date(2026, 1, 10), at=datetime(2026, 1, 9, 9, tzinfo=UTC), key="cart:9").until
    datetime.date(2026, 1, 10)
    """

    points: int
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Capture(_OnEarlier):
    """Spend points of a hold, by default all of them; the rest goes back. ``of`` is the key of the hold.

    >>> from datetime import UTC
    >>> Capture("cart:9", 40, at=datetime(2026, 1, 9, 10, tzinfo=UTC)).points
    40
    """

    points: int | None = None


@dataclass(frozen=True, slots=True)
class Release(_OnEarlier):
    """Give back what a hold set aside; ``of`` is its key.

    >>> from datetime import UTC
    >>> Release("cart:9", at=datetime(2026, 1, 9, 10, tzinfo=UTC)).of
    'cart:9'
    """


@dataclass(frozen=True, slots=True)
class Reverse(_OnEarlier):
    """Undo a command, or ``points`` of it; ``of`` is its key.

    >>> from datetime import UTC
    >>> Reverse("voucher:7", 20, at=datetime(2026, 1, 9, 10, tzinfo=UTC)).points
    20
    """

    points: int | None = None


@dataclass(frozen=True, slots=True)
class Adjust(OnAccount):
    """Add points or take them away, for a reason that must be given.

    >>> from datetime import UTC
    >>> Adjust("m-1", 100, at=datetime(2026, 1, 9, 10, tzinfo=UTC), reason="goodwill", actor="agent-7").reason
    'goodwill'
    """

    points: int
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer(_OnTwoAccounts):
    """Give points of one account to another; they keep the days of their lots.

    >>> from datetime import UTC
    >>> Transfer("m-1", "m-2", 30, at=datetime(2026, 1, 9, 10, tzinfo=UTC)).accounts
    ('m-1', 'm-2')
    """

    points: int


@dataclass(frozen=True, slots=True)
class Reschedule(_OnEarlier):
    """Change the day on which what is left of an earn expires; ``of`` is its key, ``expires_on`` of None is never.

    Points that are held or spent keep the day of their lot, and have it again when they come back.

    >>> from datetime import UTC
    >>> Reschedule("order:15", date(2027, 12, 31), at=datetime(2026, 1, 9, 10, tzinfo=UTC)).expires_on
    datetime.date(2027, 12, 31)
    """

    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Merge(_OnTwoAccounts):
    """Move everything that an account has to another, and close it.

    >>> from datetime import UTC
    >>> Merge("m-1", "m-2", at=datetime(2026, 1, 9, 10, tzinfo=UTC)).to
    'm-2'
    """


@dataclass(frozen=True, slots=True)
class Freeze(OnAccount):
    """Refuse what spends or adjusts points of the account until it is unfrozen; earns, refunds and reversals go on.

    >>> from datetime import UTC
    >>> Freeze("m-1", at=datetime(2026, 1, 9, 10, tzinfo=UTC), reason="card lost").reason
    'card lost'
    """


@dataclass(frozen=True, slots=True)
class Unfreeze(OnAccount):
    """End a freeze.

    >>> from datetime import UTC
    >>> Unfreeze("m-1", at=datetime(2026, 1, 9, 10, tzinfo=UTC)).account
    'm-1'
    """


@dataclass(frozen=True, slots=True)
class Close(OnAccount):
    """Refuse every further command on the account; points that are left are forfeited by choice.

    >>> from datetime import UTC
    >>> Close("m-1", forfeit=True, at=datetime(2026, 1, 9, 10, tzinfo=UTC)).forfeit
    True
    """

    forfeit: bool = False


Referring: TypeAlias = Activate | Capture | RefundPurchase | Release | Reschedule | Reverse
"""Commands that name an earlier one; they concern its account."""

OfTwoAccounts: TypeAlias = Transfer | Merge
"""Commands that move points from one account to another."""

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


def asked(command: Command) -> tuple[str, object]:
    """What the caller asked for, to tell a command from another one: never when it was given, by whom, or a default.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> asked(Redeem("m-1", 50, at=at, actor="till-3")) == asked(Redeem("m-1", 50, at=at.replace(hour=10)))
    True
    """
    return type(command).__name__, _ASKED[type(command)](command)


_NOT_ASKED = ("at", "actor", "key", "expected_version")
_ASKED: Mapping[type, Callable[[object], object]] = {
    kind: attrgetter(*(each.name for each in fields(kind) if each.name not in _NOT_ASKED)) for kind in get_args(Command)
}


def _quicken(kind: type[Earn | Redeem]) -> None:
    """Make commands of a kind in half of the time: a frozen dataclass looks every field up by its name to set it, and
    here each slot is set by itself."""
    slow: FunctionType = vars(kind)["__init__"]
    names, count = slow.__code__.co_varnames, slow.__code__.co_argcount
    body = "".join(f"\n    set_{name}(self, {name})" for name in names[1:])
    made: dict[str, FunctionType] = {f"set_{name}": getattr(kind, name).__set__ for name in names[1:]}
    exec(f"def quick({', '.join(names[:count])}, *, {', '.join(names[count:])}):{body}", made)
    made["quick"].__defaults__, made["quick"].__kwdefaults__ = slow.__defaults__, slow.__kwdefaults__
    type.__setattr__(kind, "__init__", wraps(slow)(made["quick"]))


for _kind in (Earn, Redeem):  # there may be millions of them
    _quicken(_kind)
