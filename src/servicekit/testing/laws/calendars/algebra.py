"""Laws of calendars made of calendars: compiling is a homomorphism, so that the algebra of sets holds for them."""

from __future__ import annotations

from datetime import timedelta

from servicekit.calendars import AnyCalendar
from servicekit.testing.laws.law_broken import demand
from servicekit.timeline import Interval, IntervalSet

_ZONE = "UTC"
"""The zone of calendars that name none: two calendars share it, alone or combined."""


def check_algebra(
    first: AnyCalendar, second: AnyCalendar, within: Interval, *, by: timedelta = timedelta(hours=7)
) -> None:
    """Every law of this file for two calendars of any form, over a span, and for shifts ``by`` an amount.

    >>> from datetime import UTC, datetime
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="Europe/Paris", weekly={"mon-fri": "09:00-17:00"})
    >>> week = Interval(datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC))
    >>> check_algebra(desk, Calendar.always("Asia/Shanghai") - desk, week)

    Raises:
        LawBroken: the first that does not hold.
    """
    combining_is_that_of_sets(first, second, within)
    measures_add_up(first, second, within)
    de_morgan_holds(first, second, within)
    complement_twice_is_itself(first, within)
    shifting_moves_open_time(first, by, within)
    shifts_add_up(first, by, -by // 2, within)


def combining_is_that_of_sets(first: AnyCalendar, second: AnyCalendar, within: Interval) -> None:
    """``a | b`` is open for the union of the open times of ``a`` and ``b``; so with ``&``, ``-`` and ``~``.

    Raises:
        LawBroken: it is not.
    """
    a, b = _open(first, within), _open(second, within)
    expected = {"|": a | b, "&": a & b, "-": a - b, "~": a.complement(within)}
    combined: dict[str, AnyCalendar] = {"|": first | second, "&": first & second, "-": first - second, "~": ~first}
    for sign, form in combined.items():
        found = _open(form, within)
        law = f"the open time of calendars combined by {sign} is that of the sets"
        demand(found == expected[sign], law, first=first, second=second, found=found, expected=expected[sign])


def measures_add_up(first: AnyCalendar, second: AnyCalendar, within: Interval) -> None:
    """``|A| + |B| == |A | B| + |A & B|``, by time elapsed.

    Raises:
        LawBroken: they are not equal.
    """
    apart = [_elapsed(form, within) for form in (first, second)]
    together = [_elapsed(form, within) for form in (first | second, first & second)]
    law = "elapsed on a and on b add up to elapsed on a | b and on a & b"
    demand(sum(apart, timedelta()) == sum(together, timedelta()), law, apart=apart, together=together)


def de_morgan_holds(first: AnyCalendar, second: AnyCalendar, within: Interval) -> None:
    """``~(a | b)`` is ``~a & ~b``, ``~(a & b)`` is ``~a | ~b``, and ``a - b`` is ``a & ~b``.

    Raises:
        LawBroken: they are open at different times.
    """
    _alike("~(a | b) == ~a & ~b", ~(first | second), ~first & ~second, within)
    _alike("~(a & b) == ~a | ~b", ~(first & second), ~first | ~second, within)
    _alike("a - b == a & ~b", first - second, first & ~second, within)


def complement_twice_is_itself(form: AnyCalendar, within: Interval) -> None:
    """``~~a`` is open when ``a`` is.

    Raises:
        LawBroken: it is not.
    """
    _alike("~~a == a", ~~form, form, within)


def shifting_moves_open_time(form: AnyCalendar, by: timedelta, within: Interval) -> None:
    """``a.shift(d)`` is open at ``t + d`` when ``a`` is open at ``t``.

    Raises:
        LawBroken: it is not.
    """
    moved = Interval(within.start + by, within.end + by)
    expected = IntervalSet(Interval(i.start + by, i.end + by) for i in _open(form, within))
    found = _open(form.shift(by), moved)
    demand(found == expected, "a shift moves open time", form=form, by=by, found=found, expected=expected)


def shifts_add_up(form: AnyCalendar, first: timedelta, second: timedelta, within: Interval) -> None:
    """``a.shift(x).shift(y)`` is ``a.shift(x + y)``, and a shift of the complement is the complement of the shift.

    Raises:
        LawBroken: it is not.
    """
    _alike("a.shift(x).shift(y) == a.shift(x + y)", form.shift(first).shift(second), form.shift(first + second), within)
    _alike("(~a).shift(x) == ~(a.shift(x))", (~form).shift(first), ~form.shift(first), within)


def _alike(law: str, one: AnyCalendar, other: AnyCalendar, within: Interval) -> None:
    found, expected = _open(one, within), _open(other, within)
    demand(found == expected, law, one=one, other=other, found=found, expected=expected)


def _open(form: AnyCalendar, within: Interval) -> IntervalSet:
    return IntervalSet(form.compile(timezone=_ZONE).open_between(within.start, within.end))


def _elapsed(form: AnyCalendar, within: Interval) -> timedelta:
    return form.compile(timezone=_ZONE).elapsed(within.start, within.end)
