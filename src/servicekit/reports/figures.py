"""Numbers as people read them. Rounding happens here and nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from servicekit.quantity import percent_text
from servicekit.timeline.zone import reading

if TYPE_CHECKING:
    from servicekit.quantity import Ratio


_WIDEST = len("100.0 %")


def count(number: int) -> str:
    """A whole number with its thousands apart.

    >>> count(58093)
    '58,093'
    """
    return f"{number:,}"


def number_of(number: int, noun: str) -> str:
    """So many of something, one of it in the singular.

    >>> number_of(1, "case"), number_of(2401, "record")
    ('1 case', '2,401 records')
    """
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def share(ratio: Ratio) -> str:
    """A ratio as its counts with their percentage, of one width so that both stand under each other.

    >>> from servicekit.quantity import Ratio
    >>> share(Ratio(35_591, 47_112)), share(Ratio(0, 0))
    ('35,591/47,112   75.5 %', '0/0      n/a')
    """
    return f"{count(ratio.numerator)}/{count(ratio.denominator)}  {percent_text(ratio.value):>{_WIDEST}}"


def moment(at: datetime, timezone: str) -> str:
    """An instant on the wall clock of ``timezone``, to the second where it has one.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 31, 16, tzinfo=UTC), "Asia/Shanghai")
    '2026-04-01 00:00 Asia/Shanghai'
    """
    local, known_as = reading(at, timezone)
    return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00") + f" {known_as}"
