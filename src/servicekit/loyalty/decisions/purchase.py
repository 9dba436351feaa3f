"""Purchases and their refunds, by the earn rules of a programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import cast

from servicekit.document.json_values import JsonValue
from servicekit.events import (
    CustomerEvent,
    Moment,
    Purchase,
    Refund,
    customer_event_from_record,
    customer_event_to_record,
    day_of,
)
from servicekit.loyalty.account.draft import NO_MOVES, Draft, Note
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import EarnPurchase, RefundPurchase
from servicekit.loyalty.decisions.credit import credit
from servicekit.loyalty.decisions.reverse import claw_back
from servicekit.loyalty.entry import Allocation, Booking, Entry, Lot
from servicekit.loyalty.program.loyalty_engine import EarnContext, LoyaltyEngine
from servicekit.loyalty.rejected import InvalidDayError, NotReversibleError, Rejected, UnknownCurrencyError
from servicekit.quantity import CurrencyMismatchError

_Record = Mapping[str, JsonValue]


def earn_purchase(draft: Draft, state: AccountState, command: EarnPurchase, currency: str) -> Rejected | None:
    """Post what a purchase earns of every currency, 0 included; the first entry keeps the purchase."""
    engine, purchase = _engine(draft), command.purchase
    if refusal := _take_effect(draft, command.on, purchase.at):
        return refusal
    used = state.used.copy()
    context = EarnContext(command.tier, command.multiplier, used)
    try:
        earned = engine.earn(purchase, context)
    except CurrencyMismatchError as error:
        return UnknownCurrencyError(str(error))
    if not earned:
        return UnknownCurrencyError("no rule of the programme earns anything")
    told: dict[str, object] = {"purchase": _nameless(purchase), **_context_record(context)}
    for each in earned:
        days = draft.book(state, each.currency).days_of(draft.on)
        lot = Lot(state.next_lot, draft.key, draft.on, draft.recorded_us, *days)
        details = {**told, "caps": _use_record(each.used)} if each.used else told
        credit(draft, state, each.currency, Allocation(lot, each.points), Note(details=details or None))
        told = {}
    return None


def refund_purchase(draft: Draft, state: AccountState, command: RefundPurchase, original: Booking) -> Rejected | None:
    """Take back what the purchase earned too much, and say what of its price goes back as points."""
    engine, refund = _engine(draft), command.refund
    told = original.entries[0].details or {}
    if "purchase" not in told:
        return NotReversibleError(f"{original.key!r} is not a purchase; reverse it")
    if refusal := _take_effect(draft, command.on, refund.at):
        return refusal
    purchase = cast(Purchase, event_of(refund.customer_id, told["purchase"]))
    try:
        back = engine.refund(
            purchase,
            refund,
            context_of(told),
            earlier=_earlier(refund.customer_id, draft.journal.referring(state.account, original.key)),
        )
    except (CurrencyMismatchError, ValueError) as error:
        return error if isinstance(error, Rejected) else NotReversibleError(str(error))
    money, paid, points = back.payment
    record = {"refund": _nameless(refund), "money": str(money), "paid_with_points": str(paid)}
    given_back = record if points is None else {**record, "points": points}
    draft.post(state, "reverse", original.entries[0].currency, NO_MOVES, Note(original.key, details=given_back))
    for each in back.taken_back:
        if each.points and (refusal := claw_back(draft, state, each.currency, original.key, each.points)):
            return refusal
    return None


def _engine(draft: Draft) -> LoyaltyEngine:
    if isinstance(draft.rules, LoyaltyEngine):
        return draft.rules
    raise TypeError("purchases are booked by the earn rules of a LoyaltyProgram; this ledger has fixed terms")


def _take_effect(draft: Draft, on: date | None, at: Moment) -> Rejected | None:
    """A purchase takes effect on its own day while that is open, else on the first open one."""
    if on is not None:
        return None
    day, closed_through = day_of(at, draft.rules.timezone), draft.journal.closed_through()
    if day > draft.today:
        return InvalidDayError(f"the purchase or refund of {day} lies ahead of the command, given on {draft.today}")
    if closed_through is not None and day <= closed_through:
        day = min(closed_through + timedelta(1), draft.today)
    draft.on = day
    return None


def _earlier(customer_id: str, entries: Sequence[Entry]) -> list[Refund]:
    records = (entry.details["refund"] for entry in entries if entry.details and "refund" in entry.details)
    return [cast(Refund, event_of(customer_id, record)) for record in records]


def _nameless(event: Purchase | Refund) -> _Record:
    """What is kept of an event: all but whose it is, which the name of the account says, and may be given up."""
    return {name: value for name, value in customer_event_to_record(event).items() if name != "customer_id"}


def event_of(customer_id: str, record: object) -> CustomerEvent:
    """The purchase or refund of which an entry keeps everything but whose it is."""
    return customer_event_from_record({**cast(_Record, record), "customer_id": customer_id})


def _context_record(context: EarnContext) -> dict[str, object]:
    record: dict[str, object] = {}
    if context.tier is not None:
        record["tier"] = context.tier
    if context.multiplier != 1:
        record["multiplier"] = str(Fraction(context.multiplier))
    if context.used:
        record["used"] = _use_record(context.used)
    return record


def _use_record(used: Mapping[tuple[str, str], int]) -> list[list[object]]:
    return [[rule, period, points] for (rule, period), points in used.items()]


def context_of(told: Mapping[str, object]) -> EarnContext:
    """The context in which a purchase earned, by the details of its entry."""
    used = cast(Sequence[tuple[str, str, int]], told.get("used", ()))
    tier = cast(str | None, told.get("tier"))
    multiplier = Fraction(cast(str, told.get("multiplier", "1")))
    return EarnContext(tier, multiplier, {(rule, period): points for rule, period, points in used})
