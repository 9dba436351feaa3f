"""The time of agents, as a roster, a phone system or a clock at the door tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from servicekit.events.exact_values import check_length, check_moment
from servicekit.rules import Value
from servicekit.timeline import Interval


@dataclass(frozen=True, slots=True)
class WorkTime:
    """How an ``agent`` spent a day or another stretch of time: ``over`` is a day, or an interval of instants.

    ``paid`` is what the wages are for, ``logged_in`` what the system saw. Of that, ``handling`` went into contacts or
    cases and ``idle`` was free for the next one; the rest was breaks, training and other work. Several chats at once
    can make more handling than time. What the source does not tell is None, and not zero.

    >>> day = WorkTime("li.wei", date(2026, 1, 5), paid=timedelta(hours=8), handling=timedelta(hours=4))
    >>> day.handling / day.paid, day.idle is None
    (0.5, True)

    Raises:
        TypeError: ``over`` is neither a day nor an interval, or a length is not a timedelta.
        ValueError: a length is negative, or an interval begins in the first or last year that there is.
    """

    agent: str
    over: date | Interval
    paid: timedelta | None = None
    logged_in: timedelta | None = None
    handling: timedelta | None = None
    idle: timedelta | None = None
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if isinstance(self.over, datetime) or not isinstance(self.over, date | Interval):
            raise TypeError(f"work is told of a day or of an interval, not of {self.over!r}")
        check_moment(self.at)
        for name in ("paid", "logged_in", "handling", "idle"):
            check_length(name, getattr(self, name))

    @property
    def at(self) -> date | datetime:
        """When it began: the day, or the first instant."""
        return self.over.start if isinstance(self.over, Interval) else self.over
