"""The status of a member of a household: on each day the higher of the household's tier and their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from servicekit.tiers.account.account import Account
from servicekit.tiers.account.compiled_program import Versions
from servicekit.tiers.account.days import rank_on
from servicekit.tiers.account.household import Stay
from servicekit.tiers.standing.status import ChangeKind, TierChange, TierStatus
from servicekit.tiers.standing.view import changes_of, status_of

_Held = tuple[int, str, Account]
"""A rank, its tier, and the account that has it."""


def joint_status(versions: Versions, own: Account, stays: Sequence[Stay]) -> TierStatus:
    """The status of a customer with stays in households, all accounts closed on the day that is asked about.

    Of equal tiers the household's counts, so that its status period is shown.
    """
    changes = tuple(_changes(versions, own, stays))
    _, tier, source = _held(versions, own, stays, own.day)
    since = next((each.on for each in reversed(changes) if each.old != each.new), date.fromordinal(own.enrolled))
    now = next((stay for stay in stays if stay.last is None), None)
    reason = next((each.why for each in reversed(changes) if each.new == tier), None)
    among = {id(each): each.copy() for each in (own, *(stay.household for stay in stays if stay.last is None))}
    status = status_of(versions, among[id(source)], tuple(among.values()))
    return replace(
        status,
        customer_id=own.account_id,
        since=since,
        history=changes,
        reason=status.reason if reason is None else reason,
        enrolled_on=date.fromordinal(own.enrolled),
        household_id=None if now is None else now.household.account_id,
    )


def joint_tier(versions: Versions, own: Account, stays: Sequence[Stay]) -> str:
    """The tier of :func:`joint_status`, without the rest."""
    return _held(versions, own, stays, own.day)[2].tier


def _changes(versions: Versions, own: Account, stays: Sequence[Stay]) -> Iterator[TierChange]:
    """The net changes of all days on which an account of the customer changed, or a stay began or ended."""
    told = {(id(account), each.on): each for account in _accounts(own, stays) for each in changes_of(versions, account)}
    moves = {day for stay in stays for day in (stay.first, stay.last + 1 if stay.last is not None else own.day + 1)}
    days = sorted({on.toordinal() for _, on in told} | moves)
    before: _Held = (*_tier_on(versions, own, own.enrolled - 1), own)
    for day in (each for each in days if own.enrolled <= each <= own.day):
        held = _held(versions, own, stays, day)
        on = date.fromordinal(day)
        change = told.get((id(held[2]), on)) or told.get((id(before[2]), on))
        reason = _stay_reason(stays, day) or (change.reason if change else "")
        if held[0] != before[0]:
            kind: ChangeKind = "upgrade" if held[0] > before[0] else "downgrade"
            yield TierChange(own.account_id, on, before[1], held[1], kind, reason)
        elif change is not None and change.kind == "renew" and change.new == held[1]:
            yield replace(change, customer_id=own.account_id)
        before = held


def _accounts(own: Account, stays: Sequence[Stay]) -> list[Account]:
    return [own, *(stay.household for stay in stays)]


def _held(versions: Versions, own: Account, stays: Sequence[Stay], day: int) -> _Held:
    accounts = [own, *(s.household for s in stays if s.first <= day and (s.last is None or day <= s.last))]
    return max(
        ((*_tier_on(versions, account, day), account) for account in accounts),
        key=lambda held: (held[0], held[2] is not own),
    )


def _tier_on(versions: Versions, account: Account, day: int) -> tuple[int, str]:
    """The rank and the tier of an account on a day, named as when it came to it."""
    last = next((each for each in reversed(account.changes) if each.day <= day), None)
    if last is not None:
        return rank_on(versions, last.new, last.day), last.new
    if account.changes:
        return rank_on(versions, account.changes[0].old, account.changes[0].day), account.changes[0].old
    return account.version.ranks[account.tier], account.tier


def _stay_reason(stays: Sequence[Stay], day: int) -> str:
    said = [
        *(f"left household {s.household.account_id}" for s in stays if s.last is not None and s.last + 1 == day),
        *(f"joined household {s.household.account_id}" for s in stays if s.first == day),
    ]
    return "; ".join(said)
