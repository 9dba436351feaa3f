"""Strategies for the terms of points, and for what is asked of a ledger: in order and late, twice, or wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

from hypothesis import strategies as st

from servicekit.loyalty import (
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
    Terms,
    Transfer,
    Unfreeze,
)
from servicekit.timeline import month

ACCOUNTS = ("m-1", "m-2", "m-3")
"""The accounts that commands are drawn for."""

_DAY = timedelta(days=1)
_START = datetime(2024, 1, 28, 15, tzinfo=UTC)
_STEPS = (timedelta(0), timedelta(seconds=1), timedelta(hours=2), *(n * _DAY for n in (1, 1, 2, 3, 5, 9, 30)))
_BACK = (timedelta(hours=-1), -_DAY, -4 * _DAY)
_Told: TypeAlias = Mapping[str, Any]
_Verb: TypeAlias = Callable[[st.DrawFn, _Told, Sequence[Command]], Command]


def _later(days: int, day: date) -> date:
    return day + days * _DAY


def _next_month(day: date) -> date:
    return month(day).end


def _never(day: date) -> None:
    return None


def ledger_terms(currency: str = "points") -> st.SearchStrategy[Terms]:
    """Terms of every kind: expiry by days, by month or by inactivity, pending days, limits, grace, shortfall, order.

    >>> from hypothesis import find
    >>> find(ledger_terms(), lambda terms: terms.order == "lifo").shortfall
    'debt'
    """
    days = st.integers(1, 20).map(lambda n: partial(_later, n))
    activity = st.sets(st.sampled_from(("earn", "redeem", "transfer_in", "adjust", "reverse", "release")))
    return st.builds(
        Terms,
        st.just(currency),
        expires_on=st.just(_never) | days | st.just(_next_month),
        lapses_on=st.none() | st.none() | days,
        available_on=st.just(_never) | st.integers(1, 6).map(lambda n: partial(_later, n)),
        activity=st.just(Terms("points").activity) | activity.map(frozenset),
        order=st.sampled_from(("earliest_expiry", "fifo", "lifo", "hifo")),
        minimum=st.sampled_from((1, 1, 5)),
        multiple_of=st.sampled_from((1, 1, 3)),
        most=st.sampled_from((None, None, 15)),
        grace_days=st.sampled_from((None, None, 0, 7)),
        shortfall=st.sampled_from(("debt", "floor", "deny")),
        from_other_lots=st.booleans(),
        is_redeemable=st.just(True),
    )


@st.composite
def ledger_commands(
    draw: st.DrawFn, *, min_size: int = 0, max_size: int = 20, currencies: Sequence[str | None] = (None,)
) -> list[Command]:
    """What is asked of a ledger, in the order in which it comes; every command has a key.

    >>> from hypothesis import find
    >>> type(find(ledger_commands(), lambda told: len(told) > 0)[0]).__name__
    'Earn'
    """
    told: list[Command] = []
    for _ in range(draw(st.integers(min_size, max_size))):
        told.append(draw(next_commands(told, currencies)))
    return told


@st.composite
def next_commands(draw: st.DrawFn, told: Sequence[Command], currencies: Sequence[str | None] = (None,)) -> Command:
    """What may be asked after all that was asked before: mostly sense, some nonsense, some of it late or once more.

    >>> from hypothesis import find
    >>> find(next_commands([]), lambda command: True).key
    'k-0'
    """
    last = told[-1].at if told else _START
    at = last + draw(st.sampled_from(_STEPS * 3 + _BACK))
    on = at.date() - draw(st.integers(0, 6)) * _DAY if draw(st.integers(0, 5)) == 5 else None
    order = {"at": at, "key": f"k-{len(told)}", "on": on, "currency": draw(st.sampled_from(currencies))}
    verb = draw(st.sampled_from(_VERBS if told else (_earn,)))
    return verb(draw, order, told)


def _accounts() -> st.SearchStrategy[str]:
    return st.sampled_from((*ACCOUNTS[:1] * 3, *ACCOUNTS))


def _spent() -> st.SearchStrategy[int]:
    return st.integers(1, 30) | st.sampled_from((3, 6, 15, 0, -1))


def _days_after(order: _Told, most: int) -> st.SearchStrategy[date]:
    day: date = order["at"].date()
    return st.integers(0, most).map(lambda n: day + n * _DAY)


def _of(draw: st.DrawFn, told: Sequence[Command], *kinds: type[Command]) -> str:
    """The key of an earlier command, mostly of a kind that makes sense."""
    fitting = [each.key for each in told if isinstance(each, kinds) and each.key is not None]
    others = [each.key for each in told if each.key is not None]
    return draw(st.sampled_from(fitting * 4 + others + ["k-unknown"]))


def _earn(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    until, first = st.none() | _days_after(order, 15), st.none() | st.none() | _days_after(order, 6)
    value = st.sampled_from((None, Fraction(1, 3), Fraction(1, 2)))
    return Earn(draw(_accounts()), draw(st.integers(0, 40)), draw(until), draw(first), draw(value), **order)


def _redeem(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Redeem(draw(_accounts()), draw(_spent()), draw(st.booleans()), **order)


def _hold(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Hold(draw(_accounts()), draw(_spent()), draw(st.none() | _days_after(order, 9)), **order)


def _capture(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Capture(_of(draw, told, Hold), draw(st.none() | _spent()), **order)


def _release(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Release(_of(draw, told, Hold), **order)


def _reverse(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Reverse(_of(draw, told, Earn, Redeem, Capture, Adjust), draw(st.none() | _spent()), **order)


def _adjust(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    reason, until = st.sampled_from(("goodwill",) * 9 + (None,)), st.none() | _days_after(order, 15)
    return Adjust(draw(_accounts()), draw(st.integers(-20, 20)), draw(until), reason=draw(reason), **order)


def _transfer(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Transfer(draw(_accounts()), draw(st.sampled_from(ACCOUNTS)), draw(_spent()), **order)


def _activate(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Activate(_of(draw, told, Earn), **order)


def _reschedule(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Reschedule(_of(draw, told, Earn, Adjust), draw(st.none() | _days_after(order, 15)), **order)


def _end(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    """Something that ends what an account may do, or lets it go on."""
    account = draw(st.sampled_from(ACCOUNTS[1:]))
    kinds: tuple[Command, ...] = (
        Unfreeze(account, **order),
        Freeze(account, **order),
        Merge(account, ACCOUNTS[0], **order),
        Close(account, draw(st.booleans()), **order),
    )
    return draw(st.sampled_from(kinds))


def _again(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    """An earlier command once more, mostly as it was."""
    earlier = draw(st.sampled_from(told))
    has_points = "points" in {field.name for field in fields(earlier)}
    changes: dict[str, Any] = {"points": 7} if has_points and draw(st.integers(0, 3)) == 3 else {}
    return replace(earlier, at=order["at"], **changes)


_VERBS: tuple[_Verb, ...] = (
    *(_earn,) * 4,
    *(_redeem,) * 4,
    *(_hold,) * 3,
    *(_capture,) * 2,
    *(_release,) * 2,
    *(_reverse,) * 5,
    *(_adjust,) * 2,
    *(_transfer,) * 2,
    _activate,
    _reschedule,
    _end,
    _again,
)
