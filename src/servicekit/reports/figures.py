"""Numbers as people read them. Rounding happens here and nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from servicekit.timeline import zone

if TYPE_CHECKING:
    from servicekit.quantity import Ratio

__all__ = ["count", "moment", "percent", "share"]


def count(number: int) -> str:
    """A whole number with its thousands apart.

    >>> count(58093)
    '58,093'
    """
    return f"{number:,}"


def percent(ratio: Ratio) -> str:
    """A share with one decimal; ``n/a`` where there is none.

    Only all is 100.0 % and only none is 0.0 %: rounding never hides the last miss.

    >>> from servicekit.quantity import Ratio
    >>> percent(Ratio(46_572, 58_093)), percent(Ratio(9_999, 10_000)), percent(Ratio(0, 0))
    ('80.2 %', '99.9 %', 'n/a')
    """
    rounded = ratio.percent()
    partly = 0 < ratio.numerator < ratio.denominator
    return {"100.0 %": "99.9 %", "0.0 %": "0.1 %"}.get(rounded, rounded) if partly else rounded


def share(ratio: Ratio) -> str:
    """A ratio as a percentage with its counts.

    >>> from servicekit.quantity import Ratio
    >>> share(Ratio(35_591, 47_112)), share(Ratio(0, 0))
    ('75.5 % 35,591/47,112', 'n/a 0/0')
    """
    return f"{percent(ratio)} {count(ratio.numerator)}/{count(ratio.denominator)}"


def moment(at: datetime, timezone: str) -> str:
    """An instant on the wall clock of ``timezone``, to the second where it has one.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 31, 16, tzinfo=UTC), "Asia/Shanghai")
    '2026-04-01 00:00 Asia/Shanghai'
    """
    local = at.astimezone(zone(timezone))
    return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00") + f" {timezone}"
