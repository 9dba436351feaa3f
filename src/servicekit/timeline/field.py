"""Amounts of time as fields of documents: how they are read from text or a mapping, and written back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from servicekit.document import DocumentValueError
from servicekit.timeline.duration import (
    FORMS,
    BusinessDays,
    CalendarDays,
    DayRule,
    Duration,
    choices_of,
    clock_text,
    format_duration,
    format_span,
    parse_duration,
    parse_span,
)

_CLOCK = re.compile(r"(?:by )?([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


def _read_clock(value: object) -> time:
    if isinstance(value, time):
        return value
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise DocumentValueError("duration.clock", f"{value!r} is not a time of day", hint="write it as 17:30")
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def _read_choices(given: Mapping[str, object], known: tuple[str, ...]) -> dict[str, object]:
    for name in given:
        if name not in known:
            raise DocumentValueError("duration.rule", f"unknown key {name!r}", hint=f"known: {', '.join(known)}")
    end = given.get("end")
    timed = end if end is None or end in ("same_clock", "close") else _read_clock(end)
    return dict(given) | ({"end": timed} if "end" in given else {})


def _read_rule(value: object) -> DayRule:
    if isinstance(value, DayRule):
        return value
    if not isinstance(value, Mapping):
        raise DocumentValueError("duration.rule", f"{value!r} is not a day rule", hint="give start, landing and end")
    return DayRule(**_read_choices(value, ("start", "landing", "end")))  # type: ignore[arg-type]


def _read_duration(value: object) -> Duration:
    if isinstance(value, timedelta | BusinessDays | CalendarDays):
        return value
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, Mapping) and "business_days" in value:
        choices = _read_choices(value, ("business_days", "start", "landing", "end"))
        return BusinessDays(_read_count(choices.pop("business_days")), **choices)  # type: ignore[arg-type]
    raise DocumentValueError("duration.text", f"{value!r} is not an amount of time", hint=FORMS)


def _read_count(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise DocumentValueError("duration.text", f"{value!r} is not a whole number of days") from None


def _read_span(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        return parse_span(value)
    raise DocumentValueError("duration.text", f"{value!r} is not a length of time", hint=FORMS)


def _write_duration(amount: Duration) -> str | dict[str, str | int]:
    chosen = choices_of(amount) if isinstance(amount, BusinessDays) else {}
    return {"business_days": amount.days, **chosen} if chosen else format_duration(amount)


def _write_rule(rule: DayRule) -> dict[str, str]:
    return {name: value for name, value in choices_of(rule).items() if value != getattr(DayRule(), name)}


SpanField = Annotated[
    timedelta,
    BeforeValidator(_read_span),
    PlainSerializer(format_span, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["90s", "4h", "1h30m"]}),
]
"""A document field that holds an exact length."""

DurationField = Annotated[
    Duration,
    PlainValidator(_read_duration),
    PlainSerializer(_write_duration, when_used="json"),
    WithJsonSchema({"type": ["string", "object"], "examples": ["90s", "4h", "2bd", "3cd"]}),
]
"""A document field that holds an amount of time of any kind."""

DayRuleField = Annotated[
    DayRule,
    PlainValidator(_read_rule),
    PlainSerializer(_write_rule, when_used="json"),
    WithJsonSchema({"type": "object"}),
]
"""A document field that holds a :class:`DayRule`."""

ClockTimeField = Annotated[
    time,
    PlainValidator(_read_clock),
    PlainSerializer(clock_text, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["17:30"]}),
]
"""A document field that holds a time of day."""
