"""Laws of spending: what comes back is what went, two redemptions are one, a hold changes no sum, credits commute."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import permutations

from servicekit.loyalty import (
    Booking,
    Command,
    Earn,
    FixedTerms,
    Hold,
    Ledger,
    MemoryStore,
    Redeem,
    Release,
    Reverse,
    Terms,
)
from servicekit.loyalty.rejected import Rejected
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.laws.loyalty.ledgers import StoreFactory, lots_of
from servicekit.timeline import from_us, zone


def check_spending(
    terms: Terms, commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """Every law of this file, for the accounts that some commands leave.

    >>> from datetime import UTC
    >>> check_spending(Terms("points"), [Earn("m-1", 30, at=datetime(2026, 1, 5, 9, tzinfo=UTC))])

    Raises:
        LawBroken: the first that does not hold.
    """
    what_comes_back_is_what_went(terms, commands, store, timezone)
    two_redemptions_are_one(terms, commands, store, timezone)
    credits_commute(terms, commands, store, timezone)


def _ledger(terms: Terms, commands: Sequence[Command], store: StoreFactory, timezone: str) -> Ledger:
    """A ledger after some commands, under terms that let every number of points be spent."""
    free = terms._replace(minimum=1, multiple_of=1, most=None, grace_days=None)
    ledger = Ledger(FixedTerms(free, timezone=zone(timezone)), store())
    ledger.apply_many(commands)
    return ledger


def _now(ledger: Ledger, account: str, timezone: str) -> datetime:
    """The instant at which an account was last changed, in its zone."""
    last = max(entry.recorded_us for entry in ledger.entries(account))
    return from_us(last, zone(timezone))


def _accounts(ledger: Ledger) -> list[str]:
    return sorted({entry.account for entry in ledger.entries()})


def what_comes_back_is_what_went(
    terms: Terms, commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """A redemption that is reversed, and a hold that is released, leave the lots that were there before.

    A hold takes from what is available just what is then held.

    Raises:
        LawBroken: they do not.
    """
    ledger = _ledger(terms, commands, store, timezone)
    for account in _accounts(ledger):
        at = _now(ledger, account, timezone)
        today, before = at.date(), lots_of(ledger.state(account, at.date()), terms.currency)
        balance = ledger.balance(account, today)
        for points in {1, balance.available // 2, balance.available} - {0}:
            with suppress(Rejected):
                ledger.apply(Redeem(account, points, at=at, key=f"spend/{account}/{points}"))
                ledger.apply(Reverse(f"spend/{account}/{points}", at=at))
            with suppress(Rejected):
                ledger.apply(Hold(account, points, at=at, key=f"hold/{account}/{points}"))
                set_aside = balance._replace(available=balance.available - points, held=balance.held + points)
                now = ledger.balance(account, today)
                demand(now == set_aside, "a hold only sets points aside", before=balance, now=now)
                ledger.apply(Release(f"hold/{account}/{points}", at=at))
            after = lots_of(ledger.state(account, today), terms.currency)
            demand(after == before, "what comes back is what went", points=points, before=before, after=after)


def two_redemptions_are_one(
    terms: Terms, commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """Points spent in two steps come from the lots that they come from in one.

    Raises:
        LawBroken: they do not.
    """
    once = _ledger(terms, commands, MemoryStore, timezone)
    twice = _ledger(terms, commands, store, timezone)
    for account in _accounts(once):
        at = _now(once, account, timezone)
        whole = once.balance(account, at.date()).available
        parts = (whole // 3, whole - whole // 3)
        one = once.apply_many([Redeem(account, whole, at=at)])
        two = twice.apply_many(Redeem(account, part, at=at) for part in parts)
        if all(isinstance(each, Booking) for each in (*one, *two)):
            left = [lots_of(each.state(account, at.date()), terms.currency) for each in (once, twice)]
            demand(left[0] == left[1], "two redemptions are one", parts=parts, once=left[0], twice=left[1])


def credits_commute(
    terms: Terms, commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """Points that are earned at one instant come to the same balances in any order.

    Raises:
        LawBroken: they do not.
    """
    ledger = _ledger(terms, commands, store, timezone)
    at = max((entry.recorded_at for entry in ledger.entries()), default=None)
    if at is None:
        return
    at = at + timedelta(hours=1)
    given = [Earn(account, points, at=at) for account, points in (("m-1", 5), ("m-2", 7), ("m-1", 11))]
    said = set()
    for order in permutations(given):
        ledger = _ledger(terms, commands, store, timezone)
        ledger.apply_many(order)
        day = at.astimezone(zone(timezone)).date()
        said.add(tuple(ledger.balance(name, day) for name in _accounts(ledger)))
    demand(len(said) == 1, "credits come to the same in any order", balances=said)
