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
_STEPS = (*(timedelta(hours=n) for n in (0, 1, 2, 4, 8)), *(n * _DAY for n in (1, 1, 1, 2, 2, 3, 5, 9, 30)))
_BACK = (timedelta(hours=-1), -4 * _DAY)
_EARNING = (*ACCOUNTS[:1] * 3, *ACCOUNTS)
_ODD = (0, -1, 2**53 + 1)
"""Points that are refused."""
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
    days = st.integers(3, 30).map(lambda n: partial(_later, n))
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
    draw: st.DrawFn,
    *,
    told: Sequence[Command] = (),
    min_size: int = 0,
    max_size: int = 20,
    currencies: Sequence[str | None] = (None,),
) -> list[Command]:
    """What is asked of a ledger after some commands, in the order in which it comes; every command has a key.

    >>> from hypothesis import find
    >>> found = find(ledger_commands(min_size=2), lambda commands: len({each.key for each in commands}) > 1)
    >>> [each.key for each in found]
    ['k-0', 'k-1']
    """
    commands: list[Command] = []
    for _ in range(draw(st.integers(min_size, max_size))):
        commands.append(draw(next_commands([*told, *commands], currencies)))
    return commands


@st.composite
def next_commands(draw: st.DrawFn, told: Sequence[Command], currencies: Sequence[str | None] = (None,)) -> Command:
    """What may be asked after all that was asked before: mostly sense, some nonsense, some of it late or once more.

    >>> from hypothesis import find
    >>> find(next_commands([]), lambda command: True).key
    'k-0'
    """
    last = told[-1].at if told else _START
    at = last + draw(st.sampled_from(_STEPS * 2 + _BACK))
    on = at.date() - draw(st.integers(0, 6)) * _DAY if _seldom(draw) else None
    order = {"at": at, "key": f"k-{len(told)}", "on": on, "currency": draw(st.sampled_from(currencies))}
    verb = draw(st.sampled_from(_VERBS if told else (_earn,)))
    return verb(draw, order, told)


def _seldom(draw: st.DrawFn, one_in: int = 10) -> bool:
    return draw(st.integers(1, one_in)) == one_in


def _account(draw: st.DrawFn, told: Sequence[Command]) -> str:
    """Mostly one that points were earned on."""
    known = [each.account for each in told if isinstance(each, Earn | Adjust)]
    return draw(st.sampled_from(ACCOUNTS if not known or _seldom(draw, 20) else known))


def _points(draw: st.DrawFn) -> int:
    if _seldom(draw, 20):
        return draw(st.sampled_from(_ODD))
    return draw(st.integers(1, 6) | st.integers(1, 5).map(lambda n: 3 * n) | st.integers(1, 20))


def _part(draw: st.DrawFn) -> int | None:
    """Some points of an earlier command, mostly fewer than it had."""
    return None if draw(st.booleans()) else _points(draw) if _seldom(draw, 4) else draw(st.integers(1, 6))


def _day(draw: st.DrawFn, order: _Told, first: int, last: int) -> date | None:
    """No day, or one that comes soon; seldom one that is past."""
    first = -2 if _seldom(draw, 20) else first
    day: date = order["at"].date()
    return None if draw(st.booleans()) else day + draw(st.integers(first, last)) * _DAY


def _of(draw: st.DrawFn, told: Sequence[Command], *kinds: type[Command]) -> str | None:
    """The key of an earlier command, mostly of a kind that makes sense, and not long ago."""
    fitting = [each.key for each in told if isinstance(each, kinds)][-4:]
    return draw(
        st.sampled_from([each.key for each in told] + ["k-unknown"] if _seldom(draw, 20) else fitting or [None])
    )


def _earn(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    until, first = _day(draw, order, 2, 25), _day(draw, order, 0, 6) if _seldom(draw, 4) else None
    value, account = draw(st.sampled_from((None, Fraction(1, 3), Fraction(1, 2)))), draw(st.sampled_from(_EARNING))
    return Earn(account, 0 if _seldom(draw, 20) else draw(st.integers(5, 40)), until, first, value, **order)


def _redeem(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Redeem(_account(draw, told), _points(draw), draw(st.booleans()), **order)


def _hold(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    return Hold(_account(draw, told), _points(draw), _day(draw, order, 1, 9), **order)


def _capture(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    of = _of(draw, told, Hold)
    return Capture(of, _part(draw), **order) if of else _hold(draw, order, told)


def _release(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    of = _of(draw, told, Hold)
    return Release(of, **order) if of else _hold(draw, order, told)


def _reverse(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    of = _of(draw, told, Redeem, Capture) if draw(st.booleans()) else _of(draw, told, Earn, Adjust)
    return Reverse(of, _part(draw), **order) if of else _redeem(draw, order, told)


def _adjust(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    points, reason = draw(st.integers(-20, 20)), None if _seldom(draw, 20) else "goodwill"
    return Adjust(_account(draw, told), points, _day(draw, order, 2, 15), **{**order, "reason": reason})


def _transfer(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    account = _account(draw, told)
    others = [each for each in ACCOUNTS if each != account or _seldom(draw, 20)]
    return Transfer(account, draw(st.sampled_from(others)), _points(draw), **order)


def _activate(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    of = _of(draw, told, Earn)
    return Activate(of, **order) if of else _earn(draw, order, told)


def _reschedule(draw: st.DrawFn, order: _Told, told: Sequence[Command]) -> Command:
    of = _of(draw, told, Earn, Adjust)
    return Reschedule(of, _day(draw, order, 1, 15), **order) if of else _earn(draw, order, told)


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
    changes: dict[str, Any] = {"points": 7} if has_points and _seldom(draw, 4) else {}
    return replace(earlier, at=order["at"], **changes)


_VERBS: tuple[_Verb, ...] = (
    *(_earn,) * 5,
    *(_redeem,) * 5,
    *(_hold,) * 4,
    *(_capture,) * 3,
    *(_release,) * 3,
    *(_reverse,) * 6,
    *(_adjust,) * 3,
    *(_transfer,) * 3,
    *(_activate,) * 2,
    *(_reschedule,) * 2,
    _end,
    _again,
)
