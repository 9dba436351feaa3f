"""From a journal back to the commands that it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import TypedDict, cast

from servicekit.events import Purchase, Refund
from servicekit.loyalty.account.evolve import TermsOf
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
from servicekit.loyalty.decisions.points import total
from servicekit.loyalty.decisions.purchase import context_of, event_of
from servicekit.loyalty.decisions.reverse import undone
from servicekit.loyalty.entry import Entry, EntryKind


class _Told(TypedDict):
    """What every command has."""

    at: datetime
    on: date
    key: str
    currency: str | None
    reason: str | None
    actor: str | None


def commands_of(entries: Iterable[Entry], terms_of: TermsOf | None = None) -> Iterator[Command]:
    """The commands that a journal came from, in its order; without those that were refused, which left no trace.

    Points that were earned or adjusted without a purchase are given once more as they were; by the terms under which
    they were booked it is told which of their days were said, and are said again. What falls due by itself is left out:
    it will again. A command that had no key has the name that the ledger gave it, behind ``journal``, and is referred
    to by it. Booked anew under the same terms, the commands make the same journal.

    >>> from datetime import UTC
    >>> from servicekit.loyalty import FixedTerms, Ledger, Terms
    >>> ledger, at = Ledger(FixedTerms(Terms("points"))), datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> _ = ledger.apply_many([Earn("m-1", 120, at=at, key="order:1"), Redeem("m-1", 50, at=at)])
    >>> [(type(each).__name__, each.points, each.key[:8]) for each in commands_of(ledger.entries())]
    [('Earn', 120, 'order:1'), ('Redeem', 50, 'journal#')]
    """
    sizes: dict[str | None, int] = {}
    for key, some in groupby((each for each in entries if not each.derived), lambda entry: entry.key):
        own = tuple(some)
        sizes[key] = total(own[0].allocations)
        if own[0].kind == "reverse":
            yield _reverse(own, sizes.get(own[0].of))
        else:
            command = (_ending if own[-1].kind == "close" else _COMMAND_OF[own[0].kind])(own, _told(own[0]))
            yield command if terms_of is None else _with_days(command, own[0], terms_of)


def _with_days(command: Command, entry: Entry, terms_of: TermsOf) -> Command:
    """The command with the days of its lot that its terms do not give."""
    if not isinstance(command, Earn | Adjust) or not entry.allocations or entry.points < 0:
        return command
    (lot, _), terms = entry.allocations[0], terms_of(entry.currency)
    expires_on = None if lot.expires_on == terms.expires_on(entry.on) else lot.expires_on
    if isinstance(command, Adjust):
        return replace(command, expires_on=expires_on)
    available_on = None if lot.available_on == terms.available_on(entry.on) else lot.available_on
    return replace(command, expires_on=expires_on, available_on=available_on, unit_value=lot.unit_value)


def _told(first: Entry) -> _Told:
    return {
        "at": first.recorded_at,
        "on": first.on,
        "key": _name(first.key),
        "currency": first.currency or None,
        "reason": first.reason,
        "actor": first.actor,
    }


def _name(key: str | None) -> str:
    return f"journal{key}" if key is not None and key.startswith("#") else key or ""


def _earn(entries: Sequence[Entry], told: _Told) -> Command:
    first = entries[0]
    if "purchase" not in (details := first.details or {}):
        return Earn(first.account, first.points, **told)
    context, told["currency"] = context_of(details), None
    purchase = cast(Purchase, event_of(first.account, details["purchase"]))
    return EarnPurchase(first.account, purchase, context.tier, context.multiplier, **told)


def _reverse(entries: Sequence[Entry], whole: int | None) -> Command:
    """What took points back: a refund, or a reversal of a part or of the whole."""
    first = entries[0]
    told, points = _told(first), undone(entries)
    if "refund" in (details := first.details or {}):
        refund = cast(Refund, event_of(first.account, details["refund"]))
        return RefundPurchase(refund, _name(first.of), **told)
    return Reverse(_name(first.of), None if len(entries) > 1 or points == whole else points, **told)


def _ending(entries: Sequence[Entry], told: _Told) -> Command:
    account = entries[-1].account
    others = [entry.account for entry in entries if entry.account != account]
    return Merge(account, others[0], **told) if others else Close(account, forfeit=True, **told)


_COMMAND_OF: Mapping[EntryKind, Callable[[Sequence[Entry], _Told], Command]] = {
    "earn": _earn,
    "activate": lambda own, told: Activate(_name(own[0].of), **told),
    "redeem": lambda own, told: Redeem(own[0].account, -own[0].points, partial=True, **told),
    "hold": lambda own, told: Hold(own[0].account, own[0].held, own[0].until, **told),
    "capture": lambda own, told: Capture(_name(own[0].of), -own[0].held, **told),
    "release": lambda own, told: Release(_name(own[0].of), **told),
    "adjust": lambda own, told: Adjust(own[0].account, own[0].points or -1, **told),  # of which nothing was there
    "transfer": lambda own, told: Transfer(own[0].account, own[1].account, -own[0].points, **told),
    "reschedule": lambda own, told: Reschedule(_name(own[0].of), own[0].allocations[0].lot.expires_on, **told),
    "freeze": lambda own, told: Freeze(own[0].account, **told),
    "unfreeze": lambda own, told: Unfreeze(own[0].account, **told),
}
"""What a booking was, by the kind of its first entry."""
