"""How events change an account on its open day; what is odd about one comes back as a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Purchase,
    Refund,
    TierGranted,
    TierRevoked,
)
from servicekit.quantity import Money
from servicekit.quantity.exact import EXACT
from servicekit.tiers.account.account import Account, Grant, Order
from servicekit.tiers.account.compiled_program import CompiledProgram
from servicekit.tiers.account.day_sums import SPEND, add, add_order, count_order
from servicekit.tiers.account.window_days import FIRST_DAY

_ZERO = Decimal(0)
_RETURNED = "returned"


def enrol(account_id: str, version: CompiledProgram, day: int) -> Account:
    """A new account whose first day is open."""
    return Account(
        account_id=account_id,
        version=version,
        enrolled=day,
        day=day,
        level=0,
        tier=version.names[0],
        since=day,
        review_after=version.valid_until(day, day) if version.has_review(0) else None,
        window_start=version.window.start(day, day),
        sums=[0] * len(version.metrics),
        days=[],
        day_sums=[[] for _ in version.metrics],
        first=0,
        orders={},
        grants=[],
        changes=[],
        reasons=[],
        reviewed=False,
        active=False,
        falls_on=False,
        is_negative=False,
        kept_from=FIRST_DAY,
        merged_before=FIRST_DAY,
    )


def take(account: Account, event: CustomerEvent, day: int) -> Iterable[Problem]:
    """Count an event of ``day``, which is the open day or, for one that comes late, an earlier one.

    What is odd about it comes back, and must be used up, for it may be counted on the way.
    """
    if day == account.day and isinstance(event, Purchase):  # what most events are; a generator would cost a tenth
        return _purchase(account, event, day)
    return _taken(account, event, day)


def _taken(account: Account, event: CustomerEvent, day: int) -> Iterator[Problem]:
    if day < account.enrolled:
        yield before_enrolment(event)
        return
    if day < account.day:
        since = date.fromordinal(account.day)
        message = f"came after events of {since}; it counts on its day, but changes no tier before {since}"
        yield _warning("tiers.late", event, message, "fold the events of the customer again, in order")
    yield from _HANDLERS[type(event)](account, event, day)


def order_name(order_id: str) -> str:
    """What an order is called among ``Account.orders``; the names of refunds and activities hold a NUL."""
    return order_id if "\0" not in order_id else f"order\0{order_id}"


def before_enrolment(event: CustomerEvent) -> Problem:
    """What is said of an event that nobody has enrolled before."""
    hint = "give the enrolment first, or let the first event enrol: enrolment: automatic"
    return _problem("tiers.before-enrolment", event, "precedes the enrolment; it does not count", hint)


def _purchase(account: Account, purchase: Purchase, day: int) -> tuple[Problem, ...]:
    name, currency = purchase.order_id, account.version.currency
    if "\0" in name:
        name = order_name(name)
    if purchase.lines[0].amount.currency != currency:
        words = f"is in {purchase.currency}, not in {currency}; it does not count"
        hint = "convert it, or give its currency a programme of its own"
        return (_problem("tiers.currency", purchase, words, hint),)
    counted, net = account.version.spend_and_net(purchase)
    if (known := account.orders.get(name)) is not None:
        return (_told_again(purchase, known, known[:3] == (day, counted, net)),)
    account.orders[name] = (day, counted, net, counted, net, _ZERO, "")
    add_order(account, day, counted)
    account.active = True
    return ()


def _refund(account: Account, refund: Refund, day: int) -> Iterator[Problem]:
    order = account.orders.get(order_name(refund.order_id))
    if order is None:
        hint = "give the purchase as well; one that no window counts any more needs no refund"
        words = f"is of the order {refund.order_id!r}, which is not known; it takes nothing back"
        yield _problem("tiers.unknown-order", refund, words, hint)
        return
    name = f"refund\0{refund.refund_id}"
    if (told := account.orders.get(name)) is not None:
        yield _told_again(refund, told, (told[0], told[2]) == (day, refund.net.amount))
        return
    if refund.net.currency != account.version.currency:
        yield _problem("tiers.currency", refund, f"is in {refund.net.currency}; it takes nothing back", None)
        return
    account.orders[name] = (day, _ZERO, refund.net.amount, _ZERO, _ZERO, _ZERO, "")
    if refund.net.amount > (net_left := _net_left(order)):
        words = f"gives back {refund.net}, more than the {net_left} that are left of its order"
        yield _problem("tiers.over-refund", refund, f"{words}; what is left is taken back", "check both amounts")
    _take_back(account, refund, order)


def _take_back(account: Account, refund: Refund, order: Order) -> None:
    """Take a refund off the day of its purchase; an order of which nothing is left does not count as one."""
    day, counted, net, counted_left, net_left, by_amount, was_returned = order
    if refund.lines:
        counted_left = EXACT.subtract(counted_left, account.version.spend_of_lines(refund.lines))
        net_left = EXACT.subtract(net_left, refund.net.amount)
    else:
        by_amount = EXACT.add(by_amount, refund.net.amount)
    is_left = was_returned or EXACT.subtract(net_left, by_amount) > 0
    after = day, counted, net, counted_left, net_left, by_amount, was_returned if is_left else _RETURNED
    account.orders[order_name(refund.order_id)] = after
    add(
        account,
        day,
        SPEND,
        EXACT.subtract(_counted_left(account.version, after), _counted_left(account.version, order)),
    )
    if not is_left:
        count_order(account, day, -1)


def _net_left(order: Order) -> Decimal:
    return max(EXACT.subtract(order[4], order[5]), _ZERO)


def _counted_left(version: CompiledProgram, order: Order) -> Decimal:
    """What an order still counts: the lines that are left, less what came back by amount, in proportion."""
    _, _, _, counted, net, by_amount, returned = order
    if returned or counted <= 0:
        return _ZERO
    if not by_amount or counted == net:
        return EXACT.subtract(counted, by_amount)
    share = Fraction(_net_left(order)) / Fraction(net)
    return Money(counted, version.currency).times(share, "half_even").amount


def _activity(account: Account, activity: Activity, day: int) -> Iterator[Problem]:
    metrics = account.version.metrics
    if activity.metric not in account.version.program.activities:
        known = account.version.program.activities
        hint = did_you_mean(activity.metric, known) or "list the metric under activities"
        words = f"is of the metric {activity.metric!r}, which the programme does not have; it does not count"
        yield _problem("tiers.unknown-metric", activity, words, hint)
        return
    delta = Decimal(activity.delta)
    if activity.key is not None:
        name = f"activity\0{activity.customer_id!r}\0{activity.key}"
        if (known_as := account.orders.get(name)) is not None:
            same = (known_as[0], known_as[1], known_as[-1]) == (day, delta, activity.metric)
            yield _told_again(activity, known_as, same)
            return
        account.orders[name] = (day, delta, _ZERO, _ZERO, _ZERO, _ZERO, activity.metric)
    add(account, day, metrics.index(activity.metric), delta)
    account.active = account.active or delta > 0


def _granted(account: Account, granted: TierGranted, day: int) -> Iterator[Problem]:
    levels = account.version.level_of
    if granted.tier not in levels:
        hint = did_you_mean(granted.tier, levels) or f"known: {', '.join(levels)}; a former name stands under formerly"
        yield _problem("tiers.unknown-tier", granted, f"grants {granted.tier!r}, which is not a tier; ignored", hint)
        return
    start = max(day if granted.effective_on is None else granted.effective_on.toordinal(), account.day)
    last = None if granted.last_on is None else granted.last_on.toordinal()
    if last is not None and last < start:
        yield _warning("tiers.grant-over", granted, f"grants a tier that ended on {granted.last_on}", "check its days")
        return
    grant = Grant(granted.tier, start, last, granted.reason)
    if grant not in account.grants:
        account.grants.append(grant)


def _revoked(account: Account, revoked: TierRevoked, day: int) -> Iterator[Problem]:
    levels = account.version.level_of
    if revoked.tier is not None and revoked.tier not in levels:
        hint = did_you_mean(revoked.tier, levels) or f"known: {', '.join(levels)}"
        yield _problem("tiers.unknown-tier", revoked, f"revokes {revoked.tier!r}, which is not a tier; ignored", hint)
        return
    ends = max(day if revoked.effective_on is None else revoked.effective_on.toordinal(), account.day)
    grants = [_ended(grant, ends) if _is_of(grant, revoked, levels) else grant for grant in account.grants]
    if grants == account.grants:
        yield _warning("tiers.no-grant", revoked, "revokes what is not granted", "what was earned cannot be revoked")
    account.grants = [grant for grant in grants if grant is not None]


def _is_of(grant: Grant, revoked: TierRevoked, levels: Mapping[str, int]) -> bool:
    return revoked.tier is None or levels.get(grant.tier) == levels[revoked.tier]


def _ended(grant: Grant, day: int) -> Grant | None:
    if day <= grant.start:
        return None
    return grant if grant.last is not None and grant.last < day else grant._replace(last=day - 1)


def _enrolled(account: Account, enrolled: Enrolled, day: int) -> Iterator[Problem]:
    since = date.fromordinal(account.enrolled)
    if day != account.enrolled:
        yield _warning("tiers.enrolled-twice", enrolled, f"comes after an enrolment on {since}, which counts", None)


def _household(account: Account, event: HouseholdJoined | HouseholdLeft, day: int) -> Iterator[Problem]:
    """Who belongs together is known to the run over all accounts; an account alone stays as it is."""
    if account.version.program.members == "customer":
        hint = "write members: household, if those who belong together count together"
        yield _warning("tiers.no-household", event, "has no effect: in this programme everybody stands alone", hint)


_HANDLERS: Mapping[type[CustomerEvent], Callable[[Account, Any, int], Iterable[Problem]]] = {
    Purchase: _purchase,
    Refund: _refund,
    Activity: _activity,
    TierGranted: _granted,
    TierRevoked: _revoked,
    Enrolled: _enrolled,
    HouseholdJoined: _household,
    HouseholdLeft: _household,
}


def _told_again(event: CustomerEvent, known: Order, same: bool) -> Problem:
    if same:
        return _warning("tiers.duplicate", event, "is told again; counted once", None)
    message = f"has the id of another, of {date.fromordinal(known[0])}; the first counts"
    return _problem("tiers.id-conflict", event, message, "give each its own id")


def _problem(code: str, event: CustomerEvent, words: str, hint: str | None) -> Problem:
    what = f"{type(event).__name__} at {event.at.isoformat()}"
    return Problem(code, f"customer {event.customer_id}", f"{what} {words}", hint=hint)


def _warning(code: str, event: CustomerEvent, words: str, hint: str | None) -> Problem:
    what = f"{type(event).__name__} at {event.at.isoformat()}"
    return Problem.warning(code, f"customer {event.customer_id}", f"{what} {words}", hint)
