"""Calendars agree with the vectors: facts from peers' specs, published tables and slow oracles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.timeline import Interval
from tests.conformance.cases import BUNDLED, REFUSED, Vector, plan_file


def hours(days: Mapping[str, Any]) -> dict[str, list[str]]:
    """``{mon: [[09:00, 17:00]]}`` as a document has it."""
    return {day: [f"{start}-{end}" for start, end in windows] for day, windows in days.items()}


def document(given: Mapping[str, Any]) -> dict[str, Any]:
    """A vector's calendar as a Calendar document.

    Where the peer lets a holiday beat the hours of a single date, those hours are left out.
    """
    beaten = given["holidays"] if given.get("holiday_beats_override") else []
    return {
        "timezone": given["tz"],
        "weekly": hours(given["weekly"]),
        "breaks": hours(given["weekly_breaks"]),
        "dates": hours({on: windows for on, windows in given["overrides"].items() if on not in beaten}),
        "date_breaks": hours(given["breaks"]),
        "extra_holidays": given["holidays"],
    }


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def amount(args: Mapping[str, Any]) -> timedelta:
    return timedelta(**{args["unit"].rstrip("s") + "s": args["amount"]})


def pairs(intervals: Iterable[Interval], count: int) -> list[list[datetime]]:
    return [[interval.start, interval.end] for interval in islice(intervals, count)]


READINGS: dict[str, Callable[[CompiledCalendar, datetime, Vector], object]] = {
    "elapsed": lambda hours, at, vector: hours.elapsed(at, instant(vector.args["end"])),
    "add": lambda hours, at, vector: hours.add(at, amount(vector.args), bias=vector.bias),
    "subtract": lambda hours, at, vector: hours.add(at, -amount(vector.args), bias=vector.bias),
    "is_open": lambda hours, at, _: hours.is_open(at),
    "next_open": lambda hours, at, _: hours.next_open(at),
    "next_start": lambda hours, at, _: hours.next_start(at),
    "next_close": lambda hours, at, _: hours.next_close(at),
    "prev_open": lambda hours, at, _: hours.snap(at, "backward"),
    "periods_after": lambda hours, at, vector: pairs(hours.open_after(at), vector.args["first"]),
    "periods_before": lambda hours, at, vector: pairs(hours.open_before(at), vector.args["first"]),
    "on_break": lambda hours, at, _: hours.explain(at).layer == "break",
    "on_holiday": lambda hours, at, _: hours.explain(at).layer == "holiday",
}
"""How the library answers each op of the vectors."""


def answer(calendar: CompiledCalendar, vector: Vector) -> object:
    """What the library says, in the form of :func:`expected`."""
    if vector.op not in READINGS:
        pytest.fail(f"no reading of the op {vector.op!r}", pytrace=False)
    at = instant(vector.args["at"] if "at" in vector.args else vector.args["start"])
    return READINGS[vector.op](calendar, at, vector)


def expected(vector: Vector) -> object:
    given = vector.expected
    if vector.op == "elapsed":
        assert isinstance(given, int | float)
        return timedelta(seconds=given)
    if isinstance(given, list):
        return [[instant(start), instant(end)] for start, end in given]
    return instant(given) if isinstance(given, str) else given


def test_the_library_agrees_with_the_vector(vector: Vector) -> None:
    if vector.expected == REFUSED:
        with pytest.raises(ValidationError):
            Calendar.model_validate(document(vector.calendar))
        return
    calendar = Calendar.model_validate(document(vector.calendar)).compile()
    assert answer(calendar, vector) == expected(vector)


def test_nothing_of_the_bundled_file_is_lost() -> None:
    plan = plan_file(BUNDLED)
    assert Counter(vector.op for vector in plan.asserted) == {
        "add": 220,
        "elapsed": 162,
        "is_open": 91,
        "next_close": 12,
        "next_open": 78,
        "next_start": 8,
        "on_break": 3,
        "on_holiday": 6,
        "periods_after": 17,
        "periods_before": 11,
        "prev_open": 14,
        "subtract": 83,
    }
    assert plan.excluded == {
        "days (peers differ, documentation only)": 115,
        "elapsed (a peer's own answer)": 5,
        "next_close (a peer's own answer)": 3,
    }
    assert len(plan.asserted) + sum(plan.excluded.values()) == 828


def test_conventions_and_recommendations_are_both_asserted() -> None:
    plan = plan_file(BUNDLED)
    assert sum(vector.bias == "open" for vector in plan.asserted) == 17
    assert sum(vector.expected == REFUSED for vector in plan.asserted) == 1


def test_the_bundled_file_equals_the_shared_one(shared_data: Path) -> None:
    shared = shared_data.parent / "vectors" / BUNDLED.name
    assert shared.read_bytes() == BUNDLED.read_bytes()
