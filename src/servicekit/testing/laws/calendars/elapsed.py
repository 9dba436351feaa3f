"""Laws of elapsed open time, and of adding it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args

from servicekit.calendars import Bias
from servicekit.testing.laws.calendars.open_hours import TICK, OpenHours
from servicekit.testing.laws.law_broken import demand
from servicekit.timeline import from_us, to_us

_ZERO = timedelta(0)


def elapsed_is_additive(hours: OpenHours, first: datetime, middle: datetime, last: datetime) -> None:
    """``elapsed(a, c) == elapsed(a, b) + elapsed(b, c)``, for three instants in any order.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> a, b, c = (datetime(2026, 1, day, 12, tzinfo=UTC) for day in (9, 2, 5))
    >>> elapsed_is_additive(Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile(), a, b, c)

    Raises:
        LawBroken: it is not.
    """
    whole, parts = hours.elapsed(first, last), (hours.elapsed(first, middle), hours.elapsed(middle, last))
    law = "elapsed(first, last) == elapsed(first, middle) + elapsed(middle, last)"
    demand(whole == sum(parts, _ZERO), law, first=first, middle=middle, last=last, whole=whole, parts=parts)


def elapsed_is_signed(hours: OpenHours, start: datetime, end: datetime) -> None:
    """``elapsed(a, b) == -elapsed(b, a)``.

    Raises:
        LawBroken: it is not.
    """
    there, back = hours.elapsed(start, end), hours.elapsed(end, start)
    demand(there == -back, "elapsed(start, end) == -elapsed(end, start)", start=start, end=end, there=there, back=back)


def elapsed_is_bounded(hours: OpenHours, start: datetime, end: datetime) -> None:
    """``0 <= elapsed <= wall`` where ``end`` is not before ``start``; the other way round, mirrored.

    Raises:
        LawBroken: it is not.
    """
    low, high = sorted((start, end), key=to_us)
    elapsed, wall = hours.elapsed(low, high), timedelta(microseconds=to_us(high) - to_us(low))
    demand(_ZERO <= elapsed <= wall, "0 <= elapsed <= wall time", start=low, end=high, elapsed=elapsed, wall=wall)


def is_open_agrees_with_elapsed(hours: OpenHours, moment: datetime, *, step: timedelta = TICK) -> None:
    """Time passes exactly while it is open: the step after an open instant counts, that after a closed one does not.

    Raises:
        LawBroken: it does not.
    """
    at, is_open = to_us(moment), hours.is_open(moment)
    passed = hours.elapsed(from_us(at), from_us(at) + step)
    law = "elapsed over the next step is that step when open, and nothing when closed"
    demand(passed == (step if is_open else _ZERO), law, moment=moment, is_open=is_open, passed=passed)


def zero_adds_nothing(hours: OpenHours, moment: datetime) -> None:
    """``add(t, 0)`` is ``t`` under ``close``, and ``next_open(t)`` under ``open``.

    Raises:
        LawBroken: it is not.
    """
    closing, opening, nearest = hours.add(moment, _ZERO), hours.add(moment, _ZERO, bias="open"), hours.next_open(moment)
    demand(to_us(closing) == to_us(moment), "add(t, 0) == t", t=moment, added=closing)
    demand(to_us(opening) == to_us(nearest), "add(t, 0, bias='open') == next_open(t)", t=moment, added=opening)


def add_undoes_elapsed(hours: OpenHours, moment: datetime, amount: timedelta) -> None:
    """``elapsed(t, add(t, d)) == d`` under both biases, for amounts of both signs.

    Raises:
        LawBroken: it is not.
    """
    for bias in get_args(Bias):
        reached = hours.add(moment, amount, bias=bias)
        passed = hours.elapsed(moment, reached)
        law = f"elapsed(t, add(t, amount, bias={bias!r})) == amount"
        demand(passed == amount, law, t=moment, amount=amount, reached=reached, passed=passed)


def add_is_nearest_or_farthest(
    hours: OpenHours, moment: datetime, amount: timedelta, *, step: timedelta = TICK
) -> None:
    """``close`` means the nearest instant at which the amount has passed, ``open`` the farthest; negative ones mirror.

    Raises:
        LawBroken: one step nearer has it passed already, or one step farther is no more.
    """
    away = -step if amount < _ZERO else step
    near, far = hours.add(moment, amount), hours.add(moment, amount, bias="open")
    if amount:
        nearer = hours.elapsed(moment, near - away)
        demand(nearer != amount, "no nearer instant will do", t=moment, amount=amount, near=near, nearer=nearer)
    farther = hours.elapsed(moment, far + away)
    demand(farther != amount, "no farther instant will do", t=moment, amount=amount, far=far, farther=farther)
    in_order = to_us(near) <= to_us(far) if away > _ZERO else to_us(far) <= to_us(near)
    demand(in_order, "the nearest is not beyond the farthest", t=moment, amount=amount, near=near, far=far)


def adds_compose(hours: OpenHours, moment: datetime, first: timedelta, second: timedelta) -> None:
    """``add(add(t, a), b) == add(t, a + b)`` for amounts of one sign other than zero.

    Raises:
        LawBroken: it is not.
        ValueError: the amounts are of different signs, for which it need not hold, or zero.
    """
    if not first or not second or (first > _ZERO) != (second > _ZERO):
        raise ValueError(f"two amounts of one sign are needed, not {first} and {second}")
    for bias in get_args(Bias):
        twice = hours.add(hours.add(moment, first, bias=bias), second, bias=bias)
        once = hours.add(moment, first + second, bias=bias)
        law = f"add(add(t, a), b) == add(t, a + b) with bias={bias!r}"
        demand(to_us(twice) == to_us(once), law, t=moment, a=first, b=second, twice=twice, once=once)
