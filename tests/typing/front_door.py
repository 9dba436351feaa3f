"""What type checkers make of the front door. Read by mypy and pyright, never run.

A line with an ignore comment is wrong on purpose: a checker that accepts it reports the comment as unused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import assert_type

import servicekit
from servicekit import (
    Attainment,
    Calendar,
    Case,
    CompiledCalendar,
    Interval,
    Money,
    Outcome,
    PolicyEngine,
    Problem,
    Ratio,
    ServicePolicy,
    format_duration,
    parse_duration,
    read,
    replay,
)
from servicekit.document import Loaded
from servicekit.timeline import Duration, IntervalSet
from servicekit.whatif import Comparison


def documents_compile_to_engines(calendar: Calendar, policy: ServicePolicy) -> None:
    assert_type(calendar.compile(), CompiledCalendar)
    assert_type(policy.compile(), PolicyEngine)
    assert_type(Calendar.always(), Calendar)


def a_calendar_answers_in_ordinary_types(hours: CompiledCalendar, opened_at: datetime, replied_at: datetime) -> None:
    assert_type(hours.elapsed(opened_at, replied_at), timedelta)
    assert_type(hours.add(opened_at, timedelta(hours=4)), datetime)
    assert_type(hours.due(opened_at, parse_duration("2bd")), datetime)
    assert_type(hours.is_open(opened_at), bool)
    assert_type([span.length for span in hours.open_between(opened_at, replied_at)], list[timedelta])
    hours.elapsed("2026-01-05", replied_at)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    hours.add(opened_at, 4)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def a_document_is_read_as_its_own_type(path: Path) -> None:
    assert_type(ServicePolicy.load(path), ServicePolicy)
    assert_type(Calendar.parse("timezone: UTC"), Calendar)
    loaded = read(ServicePolicy, path)
    assert_type(loaded, Loaded[ServicePolicy])
    assert_type(loaded.unwrap(), ServicePolicy)
    assert_type(loaded.value, ServicePolicy | None)
    assert_type(loaded.problems, tuple[Problem, ...])


def a_change_makes_a_new_document_of_the_same_type(calendar: Calendar) -> None:
    assert_type(calendar.replace(timezone="Asia/Shanghai"), Calendar)
    assert_type(calendar.to_yaml(), str)


def values_keep_their_types_through_operators(morning: Interval, day: IntervalSet, kept: Ratio, paid: Money) -> None:
    assert_type(morning & morning, Interval | None)
    assert_type(day & day, IntervalSet)
    assert_type(day - day, IntervalSet)
    assert_type(day.total, timedelta)
    assert_type(kept + kept, Ratio)
    assert_type(paid + paid, Money)
    day & morning.start  # type: ignore[operator] # pyright: ignore[reportOperatorIssue, reportUnusedExpression]


def durations_are_a_closed_union(text: str) -> str:
    duration = parse_duration(text)
    assert_type(duration, Duration)
    return format_duration(duration)


def an_outcome_has_instants_and_integers(outcome: Outcome, tally: Attainment) -> None:
    assert_type(outcome.due_at, datetime | None)
    assert_type(outcome.elapsed_us, int | None)
    assert_type(tally.ratio("promised"), Ratio)
    tally.ratio("all")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def nothing_can_be_edited(calendar: Calendar, span: Interval, outcome: Outcome, problem: Problem) -> None:
    calendar.timezone = "UTC"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    span.start = span.end  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    outcome.phase = "paused"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    problem.code = "other"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


def money_takes_no_floats() -> None:
    assert_type(Money(Decimal("9.90"), "CNY").amount, Decimal)
    Money(9.9, "CNY")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def a_misspelt_name_is_reported() -> None:
    servicekit.Calender  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def a_replay_takes_compiled_policies(engine: PolicyEngine, policy: ServicePolicy, cases: list[Case]) -> None:
    now = datetime.now().astimezone()
    assert_type(replay(engine, engine, cases, as_of=now), Comparison)
    assert_type(replay(engine, engine, cases, as_of=now).difference("resolution", "promised"), Fraction | None)
    replay(policy, engine, cases, as_of=now)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    replay(engine, engine, cases)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
