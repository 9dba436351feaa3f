"""What each command does to the points of an account, once nothing speaks against it being tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Command,
    Earn,
    Hold,
    Redeem,
    Release,
    Reverse,
    Transfer,
)
from servicekit.loyalty.rejected import (
    ExceedsOriginalError,
    HoldClosedError,
    InsufficientPointsError,
    NotReversibleError,
    RedemptionLimitError,
)
from servicekit.loyalty.terms import ActivityKind
from servicekit.testing.slow.ledger.account import SlowAccount, SlowHold
from servicekit.testing.slow.ledger.points import PointState, SlowLot, SlowPoint, as_lots


class Told(NamedTuple):
    """What all verbs are told: the key, the day of effect and the currency of the command."""

    key: str
    on: date
    currency: str


class SlowBooking(NamedTuple):
    """What a command has come to: points by lot, in the order of consumption, and how many were missing."""

    lots: tuple[SlowLot, ...]
    missing: int = 0
    replayed: bool = False

    @property
    def points(self) -> int:
        """How many points were moved."""
        return sum(lot.points for lot in self.lots)


@dataclass(slots=True)
class Booked:
    """A command that was booked, and how many of its points were taken back since."""

    command: Command
    told: Told
    account: str
    booking: SlowBooking
    undone: int = 0


class Undone(NamedTuple):
    """Points that were taken back, and how many were missing."""

    points: list[SlowPoint]
    missing: int = 0


def book(command: Command, accounts: Sequence[SlowAccount], told: Told, original: Booked | None) -> SlowBooking:
    """Do what a command asks for, on accounts that may be thrown away where it is refused.

    Raises:
        Rejected: it cannot be done.
    """
    account, missing = accounts[0], 0
    points: list[SlowPoint]
    match command:
        case Earn():
            points = earn(account, told, command)
        case Redeem():
            points = redeem(account, told, command)
        case Hold():
            points = hold(account, told, command)
        case Adjust():
            points, missing = adjust(account, told, command)
        case Transfer():
            points = transfer(account, accounts[1], told, command.points)
        case _:
            assert original is not None
            points, missing = _on_original(command, account, told, original)
    return SlowBooking(as_lots(points, "available"), missing)


def _on_original(command: Command, account: SlowAccount, told: Told, original: Booked) -> Undone:
    match command:
        case Activate():
            return Undone(activate(account, told, command.of))
        case Capture():
            return Undone(capture(account, told, command.of, command.points))
        case Release():
            return Undone(release(account, told, command.of))
        case Reverse():
            return reverse(account, told, command, original)
        case _:
            raise NotImplementedError(command)


def earn(account: SlowAccount, told: Told, command: Earn | Adjust) -> list[SlowPoint]:
    """Points are given; an adjustment can be spent at once."""
    terms = account.terms[told.currency]
    first = value = None
    kind: ActivityKind = "adjust"
    if isinstance(command, Earn):
        kind, value = "earn", command.unit_value
        first = command.available_on or terms.available_on(told.on)
    until = command.expires_on or terms.expires_on(told.on)
    account.touch(told.currency, kind, told.on)
    points = [
        SlowPoint(told.currency, told.key, told.on, account.now, n, until, first, value) for n in range(command.points)
    ]
    account.arrive(points, told.on)
    return points


def redeem(account: SlowAccount, told: Told, command: Redeem) -> list[SlowPoint]:
    """Points are spent, within the limits of the programme."""
    terms, count = account.terms[told.currency], command.points
    if count < terms.minimum or count % terms.multiple_of or (terms.most is not None and count > terms.most):
        raise RedemptionLimitError(f"{count} points")
    if command.partial:
        count = min(count, len(account.ready(told.currency, told.on)))
    points = account.take(told.currency, count, told.on, "redeemed", told.key)
    account.touch(told.currency, "redeem", told.on)
    return points


def hold(account: SlowAccount, told: Told, command: Hold) -> list[SlowPoint]:
    """Points are set aside."""
    account.holds[told.key] = SlowHold(told.currency, command.until)
    return account.take(told.currency, command.points, told.on, "held", told.key)


def capture(account: SlowAccount, told: Told, of: str, count: int | None) -> list[SlowPoint]:
    """The first points of a hold are spent, the others come back."""
    held = _open_hold(account, of)
    if count is not None and count > len(held):
        raise ExceedsOriginalError(f"{count} of {len(held)} points")
    spent = held[:count]
    account.turn(spent, "redeemed", told.on, told.key)
    account.touch(told.currency, "redeem", told.on)
    account.let_go(of, told.on)
    return spent


def release(account: SlowAccount, told: Told, of: str) -> list[SlowPoint]:
    """All points of a hold come back."""
    _open_hold(account, of)
    account.touch(told.currency, "release", told.on)
    return account.let_go(of, told.on)


def _open_hold(account: SlowAccount, of: str) -> list[SlowPoint]:
    if not account.holds[of].is_open:
        raise HoldClosedError(of)
    return account.taken_by(of, "held")


def give_back(account: SlowAccount, told: Told, of: str, count: int | None) -> Undone:
    """The last points that were spent come back into their lots, with days of grace where the programme gives some."""
    spent = account.taken_by(of, "redeemed")
    count = len(spent) if count is None else count
    if not 0 < count <= len(spent):
        raise ExceedsOriginalError(f"{count} of {len(spent)} points")
    back, grace = spent[-count:], account.terms[told.currency].grace_days
    for point in back:
        if grace is not None and point.expires_on is not None:
            point.expires_on = max(point.expires_on, told.on + timedelta(grace))
    account.touch(told.currency, "reverse", told.on)
    account.welcome(back, told.on)
    return Undone(back)


def reverse(account: SlowAccount, told: Told, command: Reverse, original: Booked) -> Undone:
    """Undo what was spent, or what was given."""
    match original.command:
        case Redeem() | Capture():
            return give_back(account, told, command.of, command.points)
        case Earn(points=given) | Adjust(points=given):
            left = given - original.undone
            count = left if command.points is None else command.points
            if not 0 < count <= left:
                raise ExceedsOriginalError(f"{count} of {left} points")
            return claw_back(account, told, command.of, count)
        case _:
            raise NotReversibleError(command.of)


def activate(account: SlowAccount, told: Told, of: str) -> list[SlowPoint]:
    """The pending points of an earn become available before their day."""
    points = [point for point in account.alive(told.currency, "pending") if point.origin == of]
    for point in points:
        point.available_on = told.on
    account.welcome(points, told.on)
    return points


def adjust(account: SlowAccount, told: Told, command: Adjust) -> Undone:
    """Points are given or taken, for a reason."""
    if command.points > 0:
        return Undone(earn(account, told, command))
    return _wrest(account, told, account.alive(told.currency, "available"), -command.points, "adjusted")


def claw_back(account: SlowAccount, told: Told, of: str, count: int) -> Undone:
    """Points that were given are taken back: those of the same origin, the last first, then others in order."""
    terms = account.terms[told.currency]
    own = [point for point in account.alive(told.currency, "available", "pending") if point.origin == of][::-1]
    others = [point for point in account.alive(told.currency, "available") if point.origin != of]
    return _wrest(account, told, [*own, *(others if terms.from_other_lots else [])], count, "reversed")


def _wrest(account: SlowAccount, told: Told, among: list[SlowPoint], count: int, state: PointState) -> Undone:
    """Take points; those that are missing are owed, or forgiven, or the whole is refused."""
    shortfall, missing = account.terms[told.currency].shortfall, max(count - len(among), 0)
    if missing and shortfall == "deny":
        raise InsufficientPointsError(len(among), count)
    account.turn(among[:count], state, told.on, told.key)
    if missing and shortfall == "debt":
        account.owe(told.currency, missing, told.on)
    return Undone(among[:count], missing)


def transfer(giver: SlowAccount, taker: SlowAccount, told: Told, count: int) -> list[SlowPoint]:
    """Points go to another account, with the days of their lots."""
    points = giver.take(told.currency, count, told.on, "elsewhere", told.key)
    taker.touch(told.currency, "transfer_in", told.on)
    taker.arrive([replace(point, by=None) for point in points], told.on)
    return points
