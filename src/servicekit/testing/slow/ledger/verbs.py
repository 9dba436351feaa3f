"""What each command does to the points of an account, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Close,
    Command,
    Earn,
    Freeze,
    Hold,
    Merge,
    Redeem,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.rejected import (
    AccountClosedError,
    ExceedsOriginalError,
    HoldClosedError,
    InsufficientPointsError,
    InvalidDayError,
    InvalidPointsError,
    NotReversibleError,
    ReasonRequiredError,
    RedemptionLimitError,
)
from servicekit.testing.slow.ledger.account import SlowAccount, SlowHold
from servicekit.testing.slow.ledger.slow_point import ALIVE, PointState, SlowBooking, SlowPoint


class Told(NamedTuple):
    """What all verbs are told: the key, the day of effect and the currency of the command."""

    key: str
    on: date
    currency: str


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


def _check_points(points: int | None, least: int = 1) -> None:
    if points is not None and not least <= points <= 2**53:
        raise InvalidPointsError(f"{points} points")


def earn(account: SlowAccount, told: Told, command: Earn | Adjust) -> list[SlowPoint]:
    """Points are given; those of an adjustment can be spent at once."""
    _check_points(command.points, least=0)
    terms = account.terms[told.currency]
    first, value = None, None
    if isinstance(command, Earn):
        first, value = command.available_on or terms.available_on(told.on), command.unit_value
    until = command.expires_on or terms.expires_on(told.on)
    if isinstance(command, Earn) and command.expires_on is not None and command.expires_on <= told.on:
        raise InvalidDayError(str(until))
    account.touch(told.currency, "earn" if isinstance(command, Earn) else "adjust", told.on)
    new = SlowPoint(told.currency, told.key, told.on, account.now, 0, until, first, value)
    return account.arrive([new] * command.points, told.on)


def redeem(account: SlowAccount, told: Told, command: Redeem) -> list[SlowPoint]:
    """Points are spent, within the limits of the programme."""
    _check_points(command.points)
    terms, count = account.terms[told.currency], command.points
    if count < terms.minimum or count % terms.multiple_of or (terms.most is not None and count > terms.most):
        raise RedemptionLimitError(f"{count} points")
    ready = account.ready(told.currency, told.on)
    if command.partial and len(ready) < count:
        count = len(ready) - len(ready) % terms.multiple_of
        if count < max(terms.minimum, 1):
            raise InsufficientPointsError(len(ready), command.points)
    points = account.take(ready, count, told.on, "redeemed", told.key)
    account.touch(told.currency, "redeem", told.on)
    return points


def hold(account: SlowAccount, told: Told, command: Hold) -> list[SlowPoint]:
    """Points are set aside."""
    _check_points(command.points)
    if command.until is not None and command.until <= account.today:
        raise InvalidDayError(str(command.until))
    ready = account.ready(told.currency, told.on)
    account.holds[told.key] = SlowHold(told.currency, command.until)
    return account.take(ready, command.points, told.on, "held", told.key)


def capture(account: SlowAccount, told: Told, of: str, count: int | None) -> list[SlowPoint]:
    """The first points of a hold are spent, the others come back."""
    held = _open_hold(account, of)
    _check_points(count)
    if count is not None and count > len(held):
        raise ExceedsOriginalError(f"{count} of {len(held)} points")
    spent = account.take(held, len(held) if count is None else count, told.on, "redeemed", told.key)
    account.touch(told.currency, "redeem", told.on)
    if account.let_go(of, told.on):
        account.touch(told.currency, "release", told.on)
    return spent


def release(account: SlowAccount, told: Told, of: str) -> list[SlowPoint]:
    """All points of a hold come back."""
    _open_hold(account, of)
    account.touch(told.currency, "release", told.on)
    return account.let_go(of, told.on)


def _open_hold(account: SlowAccount, of: str) -> list[SlowPoint]:
    if of not in account.holds:
        raise NotReversibleError(of)
    if not account.holds[of].is_open:
        raise HoldClosedError(of)
    return account.taken_by(of, "held")


def activate(account: SlowAccount, told: Told, of: str) -> list[SlowPoint]:
    """The pending points of an earn become available before their day."""
    points = [point for point in account.alive(told.currency, "pending") if point.origin == of]
    if not points:
        raise NotReversibleError(of)
    account.welcome(points, told.on)
    return points


def adjust(account: SlowAccount, told: Told, command: Adjust) -> Undone:
    """Points are given or taken, for a reason."""
    if not (command.reason or "").strip():
        raise ReasonRequiredError(account.name)
    _check_points(abs(command.points))
    if command.points > 0:
        return Undone(earn(account, told, command))
    ready = account.ready(told.currency, told.on)
    if len(ready) < min(-command.points, len(account.alive(told.currency, "available"))):
        raise InvalidDayError(str(told.on))
    return _wrest(account, told, ready, -command.points, "adjusted")


def reschedule(account: SlowAccount, told: Told, command: Reschedule) -> list[SlowPoint]:
    """What is left of an earn, and is not held, expires on another day; it queues up again as if it came now."""
    if command.expires_on is not None and command.expires_on <= account.today:
        raise InvalidDayError(str(command.expires_on))
    points = [point for point in account.alive(told.currency, "available", "pending") if point.origin == command.of]
    if not points:
        raise ExceedsOriginalError(command.of)
    for point in points:
        point.expires_on, point.number = command.expires_on, account.next_number()
    return points


def transfer(giver: SlowAccount, taker: SlowAccount, told: Told, count: int) -> list[SlowPoint]:
    """Points go to another account, with the days of their lots."""
    _check_points(count)
    points = giver.take(giver.ready(told.currency, told.on), count, told.on, "elsewhere", told.key)
    _hand_over(taker, told, _at_once(points))
    return points


def _at_once(points: list[SlowPoint]) -> list[SlowPoint]:
    """Points that were available are so where they come to as well, whatever day they were promised for."""
    return [replace(point, available_on=None) for point in points]


def _hand_over(taker: SlowAccount, told: Told, points: list[SlowPoint]) -> None:
    if points:
        taker.touch(told.currency, "transfer_in", told.on)
        taker.arrive([replace(point, state="elsewhere", by=None) for point in points], told.on)


def merge(giver: SlowAccount, taker: SlowAccount, told: Told) -> list[SlowPoint]:
    """All points go to another account, and the debts after them; nothing may be held."""
    if any(each.is_open for each in giver.holds.values()):
        raise NotReversibleError(giver.name)
    for currency in giver.terms:
        theirs = told._replace(currency=currency)
        for state in ALIVE[:2]:
            points = giver.alive(currency, state)
            giver.turn(points, "elsewhere", told.on, told.key)
            _hand_over(taker, theirs, points if state == "pending" else _at_once(points))
        if debt := giver.debts[currency]:
            giver.owe(currency, -debt, told.on)
            taker.owe(currency, debt, told.on)
    giver.status = "closed"
    return []


def close(account: SlowAccount, told: Told, command: Close) -> list[SlowPoint]:
    """The account ends; points that are left are forfeited by choice, what is held or owed forbids it."""
    left = [point for currency in account.terms for point in account.alive(currency)]
    if account.debts.total() or any(point.state == "held" for point in left) or (left and not command.forfeit):
        raise AccountClosedError(account.name)
    account.turn(left, "forfeited", told.on, told.key)
    account.status = "closed"
    return []


def set_status(account: SlowAccount, command: Freeze | Unfreeze) -> list[SlowPoint]:
    """A freeze begins or ends."""
    if isinstance(command, Unfreeze) and account.status != "frozen":
        raise AccountClosedError(account.name)
    account.status = "frozen" if isinstance(command, Freeze) else "open"
    return []


def reverse(account: SlowAccount, told: Told, command: Reverse, original: Booked) -> Undone:
    """Undo what was spent, or what was given."""
    match original.command:
        case Redeem() | Capture():
            whole = original.booking.points
        case Earn(points=points) | Adjust(points=points):
            whole = max(points, 0)
        case _:
            raise NotReversibleError(command.of)
    _check_points(command.points)
    left = whole - original.undone
    count = left if command.points is None else command.points
    if not 0 < count <= left:
        raise ExceedsOriginalError(f"{count} of {left} points")
    if isinstance(original.command, Redeem | Capture):
        return Undone(_give_back(account, told, command.of, count))
    return _claw_back(account, told, command.of, count)


def _give_back(account: SlowAccount, told: Told, of: str, count: int) -> list[SlowPoint]:
    """The last points that were spent come back into their lots, with days of grace where the programme gives some."""
    back, grace = account.taken_by(of, "redeemed")[-count:], account.terms[told.currency].grace_days
    least = account.today + timedelta(grace or 0)
    for point in back:
        if grace is not None and point.expires_on is not None and point.expires_on < least:
            point.expires_on, point.number = least, account.next_number()
    is_awake = account.lapse(told.currency) > account.today or "reverse" not in account.terms[told.currency].activity
    on = told.on if is_awake else account.today  # in an account that has lapsed there was nothing meanwhile
    account.touch(told.currency, "reverse", on)
    account.welcome(back, on)
    return back


def _claw_back(account: SlowAccount, told: Told, of: str, count: int) -> Undone:
    """Points that were given are taken back: those of the same origin, the last first, then others in order."""
    terms = account.terms[told.currency]
    own = [point for point in account.alive(told.currency, "available", "pending") if point.origin == of][::-1]
    others = [point for point in account.alive(told.currency, "available") if point.origin != of]
    among = [*own, *(others if terms.from_other_lots or terms.shortfall == "debt" else [])]
    was_so = len(among) >= count and all(_was_so(point, told.on) for point in among[:count] if point.origin == of)
    if not was_so or any(point.origin != of for point in among[:count]):
        told = told._replace(on=account.today)
    return _wrest(account, told, among, count, "reversed")


def _was_so(point: SlowPoint, on: date) -> bool:
    """Whether a point has been pending or available since a day as it is now."""
    return point.state == "pending" or (point.available_on or on) <= on


def _wrest(account: SlowAccount, told: Told, among: list[SlowPoint], count: int, state: PointState) -> Undone:
    """Take points; those that are missing are owed, or forgiven, or the whole is refused."""
    shortfall, missing = account.terms[told.currency].shortfall, max(count - len(among), 0)
    if missing and shortfall == "deny":
        raise InsufficientPointsError(len(among), count)
    account.turn(among[:count], state, told.on, told.key)
    if missing and shortfall == "debt":
        account.owe(told.currency, missing, told.on)
    return Undone(among[:count], missing)


def book(command: Command, accounts: Sequence[SlowAccount], told: Told, original: Booked | None) -> Undone:
    """Do what a command asks for, on accounts that may be thrown away where it is refused.

    Raises:
        Rejected: it cannot be done.
    """
    account = accounts[0]
    match command:
        case Earn():
            return Undone(earn(account, told, command))
        case Redeem():
            return Undone(redeem(account, told, command))
        case Hold():
            return Undone(hold(account, told, command))
        case Adjust():
            return adjust(account, told, command)
        case Transfer():
            return Undone(transfer(account, accounts[1], told, command.points))
        case Merge() | Close() | Freeze() | Unfreeze():
            return Undone(_on_account(command, accounts, told))
        case _:
            assert original is not None
            return _on_original(command, account, told, original)


def _on_account(
    command: Merge | Close | Freeze | Unfreeze, accounts: Sequence[SlowAccount], told: Told
) -> list[SlowPoint]:
    match command:
        case Merge():
            return merge(accounts[0], accounts[1], told)
        case Close():
            return close(accounts[0], told, command)
        case _:
            return set_status(accounts[0], command)


def _on_original(command: Command, account: SlowAccount, told: Told, original: Booked) -> Undone:
    match command:
        case Activate():
            return Undone(activate(account, told, command.of))
        case Capture():
            return Undone(capture(account, told, command.of, command.points))
        case Release():
            return Undone(release(account, told, command.of))
        case Reschedule():
            return Undone(reschedule(account, told, command))
        case Reverse():
            return reverse(account, told, command, original)
        case _:
            raise TypeError(f"purchases are booked by a programme, not {command!r}")
