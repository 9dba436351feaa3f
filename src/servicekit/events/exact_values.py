"""What events hold beside texts: moments, lengths of time and exact numbers; others are refused."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from decimal import Decimal

from servicekit.errors import NaiveDatetimeError
from servicekit.quantity.exact import MAX_DIGITS

_NOTHING = timedelta()
_LARGE = 2**62


def check_moment(moment: object) -> None:
    """Refuse what is neither an aware datetime nor a day.

    Raises:
        NaiveDatetimeError: a datetime without a time zone.
        TypeError: no date at all.
        ValueError: an instant in the first or last year that there is, which may have no day in some time zone.
    """
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise NaiveDatetimeError(moment)
        if not MINYEAR < moment.year < MAXYEAR:
            raise ValueError(f"years run from 2 to 9998, not to {moment.year}")
    elif not isinstance(moment, date):
        raise TypeError(f"an event happens at a datetime with a time zone, or on a day, not at {moment!r}")


def check_day(day: object) -> None:
    """Refuse what is neither a day nor None.

    Raises:
        TypeError: something else, such as a datetime.
    """
    if day is not None and (isinstance(day, datetime) or not isinstance(day, date)):
        raise TypeError(f"a day is a date without a time of day, not {day!r}")


def check_instant(at: object) -> None:
    """Refuse what is not an aware datetime.

    Raises:
        NaiveDatetimeError: a datetime without a time zone.
        TypeError: not a datetime at all.
        ValueError: an instant in the first or last year that there is.
    """
    if not isinstance(at, datetime):
        raise TypeError(f"an event happens at a datetime with a time zone, not at {at!r}")
    check_moment(at)


def check_length(name: str, length: object) -> None:
    """Refuse what is neither a length of time of zero or more, nor None.

    Raises:
        TypeError: not a timedelta, such as a number of seconds.
        ValueError: it is negative.
    """
    if length is None:
        return
    if not isinstance(length, timedelta):
        raise TypeError(f"{name} is a timedelta, such as timedelta(seconds=20), not {length!r}")
    if length < _NOTHING:
        raise ValueError(f"{name} is zero or more, not {length.total_seconds():g} s")


def check_number(name: str, number: object) -> None:
    """Refuse what is not an exact number.

    Raises:
        TypeError: neither an int nor a Decimal, such as a float.
        ValueError: it is not finite, or has a digit more than 400 places from the point.
    """
    if type(number) is int and -_LARGE < number < _LARGE:  # nearly always
        return
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise TypeError(f"{name} is an int or a Decimal, not {number!r:.60}")
    exact = Decimal(number)
    if not exact.is_finite() or max(abs(exact.adjusted()), -int(exact.as_tuple().exponent)) > MAX_DIGITS:
        raise ValueError(f"{name} is a number of at most {MAX_DIGITS} digits, not {exact!s:.40}")


def check_tuple(name: str, values: object, kind: type) -> None:
    """Refuse what is not a tuple of one kind of values.

    Raises:
        TypeError: it is a list, or holds something else.
    """
    if not isinstance(values, tuple) or not all(isinstance(value, kind) for value in values):
        raise TypeError(f"{name} are a tuple of {kind.__name__}, not {values!r:.60}")
