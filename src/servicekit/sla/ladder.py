"""Ladders: who is told when a clock comes near its due moment, reaches it, and passes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Literal, Self, TypeAlias

from annotated_types import Ge, Le
from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.quantity import percentage, share_text
from servicekit.timeline import BusinessDays, CalendarDays, SpanField, format_duration, parse_duration

Deliver: TypeAlias = Literal["open_hours", "always"]
"""When a step may be delivered: only in the open hours of the clock's calendar, or day and night."""

_OFFSET = re.compile(r"(?:due|breach)(?:\s*([+-])\s*(\S+))?", re.ASCII)
_HINT = "write 75%, due, 'due - 30m' or 'due + 2h'"
_MOST_REPEATS = 1000
_MOST_TIMES = 100  # the target; further on lies no date


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a step stands: at a share of the target, or so much open time or so many business days from the due moment.

    Business days keep the clock time of the due moment; negative offsets lie before it.

    >>> print(Rung.parse("75%"), Rung.parse("breach + 2h"), Rung.parse("due"), Rung.parse("due - 2bd"))
    75% due + 2h due due - 2bd

    Raises:
        DocumentValueError: the text is none of these (code ``sla.ladder``).
    """

    share: Fraction | None = None
    offset: timedelta = timedelta(0)
    days: int = 0

    @classmethod
    def parse(cls, text: object) -> Rung:
        """The place that a text names: ``75%``, ``due``, ``due - 30m``, ``due + 2bd``; ``breach`` means ``due``."""
        written = text.strip() if isinstance(text, str) else ""
        part = percentage(written)
        if part is not None and part < _MOST_TIMES:
            return cls(share=part)
        if offset := _OFFSET.fullmatch(written):
            return cls._from_due(offset[2] or "0s", -1 if offset[1] == "-" else 1)
        raise DocumentValueError("sla.ladder", f"{text!r} is not a place on a ladder", hint=_HINT)

    @classmethod
    def _from_due(cls, text: str, sign: int) -> Rung:
        amount = parse_duration(text)
        if isinstance(amount, BusinessDays):
            return cls(days=sign * amount.days)
        if isinstance(amount, CalendarDays):
            raise DocumentValueError("sla.ladder", f"{text!r} are calendar days", hint="write hours or business days")
        return cls(offset=sign * amount)

    def part_of(self, length: int) -> int | None:
        """The whole number, rounded up, that is this share of a length; ``None`` for a place that is not a share.

        >>> Rung.parse("75%").part_of(10), Rung.parse("due").part_of(10)
        (8, None)
        """
        if self.share is None:
            return None
        return -(-length * self.share.numerator // self.share.denominator)

    def __str__(self) -> str:
        if self.share is not None:
            return share_text(self.share)
        if self.days:
            return f"due {'-' if self.days < 0 else '+'} {abs(self.days)}bd"
        sign = "-" if self.offset < timedelta(0) else "+"
        return f"due {sign} {format_duration(abs(self.offset))}" if self.offset else "due"


RungField = Annotated[
    Rung,
    PlainValidator(lambda value: value if isinstance(value, Rung) else Rung.parse(value)),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["75%", "due", "due - 30m", "due + 2bd"]}),
]
"""A document field that holds a place on a ladder."""


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class LadderStep(Document):
    """One step: at which moment of a clock's life, whom to tell or what to do, and in which hours.

    The engine says *when* a step is due; telling people is the application's part. ``notify`` and ``do`` are handed
    on as they are.

    >>> LadderStep(at="75%", notify="owner").to_dict()
    {'at': '75%', 'notify': ['owner']}
    """

    at: RungField
    """``75%`` of the target, ``due``, ``due - 30m``, ``due + 2bd``. Shares and lengths are open time."""
    notify: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """Whom to tell: roles or names, as the application knows them."""
    do: dict[str, str | int | bool] = Field(default_factory=dict)
    """What else to do: ``{priority: urgent}``."""
    deliver: Deliver = "open_hours"
    """Whether the step waits for the open hours of the clock's calendar, so that nobody is woken by a warning; a clock
    of wall time has a calendar that never closes."""
    repeat: SpanField | None = None
    """After how much open time it comes again, while the clock has not stopped."""
    max: Annotated[int, Ge(1), Le(_MOST_REPEATS)] = 1
    """How often it comes at the most."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.repeat is not None and self.repeat <= timedelta(0):
            raise DocumentValueError("sla.ladder", "a step repeats after some time", hint="write repeat: 4h")
        if (self.repeat is None) != (self.max == 1):
            raise DocumentValueError("sla.ladder", "'repeat' and 'max' go together", hint="write repeat: 4h, max: 3")
        return self
