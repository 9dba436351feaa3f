"""The judge of cases has the last word: every outcome of a frame is the one that it gives, row by row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit import ServicePolicy, SlaEngine, frames
from servicekit.errors import Problem
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    Resolver,
    StatusChanged,
    arrange,
)
from servicekit.events.kind import KINDS
from servicekit.frames.cases.event_log.event_frame import events_log
from servicekit.frames.cases.event_log.event_kinds import RANKS
from servicekit.frames.cases.fast.fast_outcomes import fast_outcomes
from servicekit.frames.cases.judging_context import JudgingContext
from servicekit.testing.strategies import event_logs, instants, service_policies
from servicekit.timeline import to_us
from tests.frames.cases.logs import (
    INSTANT,
    as_outcomes,
    event_table,
    judged_one_by_one,
    row_of,
)
from tests.frames.cases.logs import (
    KINDS as COLUMN_KINDS,
)
from tests.frames.libraries import LIBRARIES, Library

engines = pytest.mark.parametrize("library", LIBRARIES, ids=str)
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)
DAYS_OF_2025 = instants(min_value=FIRST, max_value=LAST)
NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)

RICH = """
name: every metric, several calendars
vocabulary: {tiers: [std, vip]}
calendars:
  desk: {timezone: America/New_York, weekly: {mon-fri: ["09:00-12:00", "13:00-17:00"]}, holidays: [US]}
  east: {timezone: Asia/Shanghai, weekly: {mon-fri: ["09:00-18:00"]}, holidays: [CN]}
sla:
  calendar: desk
  boundary: BOUNDARY
  pauses:
    - {status: pending, reason: customer, metrics: [resolution, next_response, total_resolution, first_response]}
    - {status: [on_hold], reason: vendor, metrics: [resolution, "reach_stage:diagnosed", periodic_update]}
    - {when: {channel: phone, status: [open]}, reason: on the phone, metrics: [agent_work]}
  targets:
    - {first_response: 2h, resolution: 16h, next_response: 1h, periodic_update: 4h, ownership: 30m, agent_work: 10h}
    - {when: {tier: vip}, first_response: 30m, resolution: 2bd, acknowledgement: {within: 15m, clock: wall}}
    - {when: {tier: vip, channel: phone}, calendar: east, first_response: 0s, resolution: 3cd, total_resolution: 9h,
       stages: {diagnosed: 2h, on_hold: 1h, closed: 99h}}
"""
SIMPLE = """
name: three metrics
calendars: {desk: {timezone: Asia/Shanghai, weekly: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}}
sla:
  calendar: desk
  boundary: BOUNDARY
  pauses: [{status: [pending, on_hold], reason: waiting, metrics: [resolution, first_response]}]
  targets:
    - {acknowledgement: 30m, first_response: 2h, resolution: 16h}
    - {when: {tier: vip}, acknowledgement: 15m, first_response: 30m, resolution: 1bd}
"""
COARSE = """
name: whole quarters of days, where everything meets
vocabulary: {fields: {status: {type: text}}}
calendars: {nights: {timezone: UTC, weekly: {mon-fri: ["00:00-06:00", "18:00-24:00"]}}}
sla:
  calendar: nights
  boundary: BOUNDARY
  count_opening: false
  pauses:
    - {status: pending, reason: customer, metrics: [resolution, agent_work], max_each: 12h}
    - {status: on_hold, reason: vendor, metrics: [resolution, first_response, acknowledgement, next_response]}
    - {when: {channel: phone, status: [pending, on_hold]}, reason: phone, metrics: [total_resolution, ownership]}
  targets:
    - {first_response: 1bd, acknowledgement: {within: 12h, clock: wall}, next_response: 6h, ownership: 1cd}
    - {when: {owner: li.wei}, first_response: 12h, resolution: 18h, agent_work: 6h}
    - {when: {tier: vip, owner: [a, b]}, resolution: 2cd, total_resolution: 1bd, stages: {pending: 6h}}
"""
FIELDS = """
name: due moments that somebody else wrote down
calendars: {desk: {timezone: Asia/Shanghai, weekly: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}}
sla:
  calendar: desk
  boundary: BOUNDARY
  recorded_due: {first_response: answer_by}
  pauses: [{status: pending, reason: waiting, metrics: [resolution, first_response, acknowledgement]}]
  targets:
    - {acknowledgement: 30m, first_response: 2h, resolution: {field: promised_at}}
    - {when: {tier: vip}, acknowledgement: {field: promised_at, snap: next_open}, resolution: {field: answer_by}}
"""
POLICIES = pytest.mark.parametrize("policy", [RICH, SIMPLE, COARSE], ids=["rich", "simple", "coarse"])


def engine_of(text: str, boundary: str = "close_of_day") -> SlaEngine:
    engine = ServicePolicy.parse(text.replace("BOUNDARY", boundary)).compile().sla
    assert engine is not None
    return engine


def without_order(problems: list[Problem]) -> list[tuple[str, str, str]]:
    return [(each.code, each.severity, each.path) for each in problems if each.code != "events.out-of-order"]


def told(table: pa.Table) -> list[tuple[str, str, str]]:
    return list(zip(*(table[name].to_pylist() for name in ("code", "severity", "path")), strict=True))


@engines
@settings(max_examples=12)
@given(policy=service_policies(), log=event_logs(opened_at=DAYS_OF_2025), as_of=DAYS_OF_2025)
def test_outcomes_are_those_of_the_judge(
    library: Library, policy: ServicePolicy, log: list[CaseEvent], as_of: datetime
) -> None:
    engine = policy.compile().sla
    assert engine is not None
    expected, problems = judged_one_by_one(engine, log, as_of)
    frame = library.make(event_table(log))
    found = frames.outcomes(engine, frame, as_of=as_of, columns=WITH_STATUS)
    assert isinstance(found, library.native)
    assert as_outcomes(library.read(found)) == expected
    odd = frames.outcome_problems(engine, frame, as_of=as_of, columns=WITH_STATUS)
    assert told(library.read(odd)) == without_order(problems)


def random_event(dice: random.Random, case_id: str, at: datetime) -> CaseEvent:
    """One more thing that happens to a case; overrides, reopenings and changes of facts are rare."""
    makers = (
        (20, lambda: AgentReplied(case_id, at, dice.random() < 0.8, dice.random() < 0.2)),
        (30, lambda: StatusChanged(case_id, at, dice.choice(("open", "pending", "on_hold")))),
        (15, lambda: CustomerReplied(case_id, at)),
        (8, lambda: MilestoneReached(case_id, at, dice.choice(("acknowledged", "diagnosed", "first_response")))),
        (8, lambda: Assigned(case_id, at, dice.choice(("li.wei", "zhao.min", None, "")))),
        (9, lambda: Resolved(case_id, at, resolver(dice))),
        (4, lambda: Closed(case_id, at, resolver(dice))),
        (2, lambda: Cancelled(case_id, at)),
        (1, lambda: MergedInto(case_id, at, "C-0")),
        (1, lambda: Reopened(case_id, at)),
        (1, lambda: FieldChanged(case_id, at, "tier", "vip")),
        (1, lambda: DueOverridden(case_id, at, "resolution", at + timedelta(hours=3), "agreed")),
    )
    [make] = dice.choices([make for _, make in makers], [weight for weight, _ in makers])
    return make()


def resolver(dice: random.Random) -> Resolver:
    return dice.choice(("bot", "customer")) if dice.random() < 0.06 else "agent"


FACTS = {"channel": ("phone", "chat"), "tier": ("std", "vip"), "owner": ("a", "b", ""), "issue_type": ("q", "r")}
WITH_STATUS = frames.EventColumns(facts={name: name for name in (*FACTS, "priority", "status")})


def random_case(dice: random.Random, number: int, grain: int) -> Iterator[CaseEvent]:
    case_id, at = f"C-{number}", datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=dice.randrange(86_400 * 60))
    at -= timedelta(seconds=at.timestamp() % grain)
    facts = {name: dice.choice(choice) for name, choice in FACTS.items() if dice.random() < 0.7}
    if dice.random() < 0.1:
        facts["status"] = dice.choice(("open", "pending", "on_hold", "new"))
    since = at - timedelta(hours=6) if dice.random() < 0.1 else None
    yield Opened(case_id, at, facts, by=dice.choice(("customer", "customer", "agent")), counts_from=since)
    orders = dice.random()
    for place in range(dice.randrange(8)):
        at += timedelta(seconds=dice.choice((0, dice.randrange(1, 86_400), dice.randrange(1, 86_400 * 3))))
        at -= timedelta(seconds=at.timestamp() % grain)
        known = orders < 0.25 or (orders < 0.4 and dice.random() < 0.5)  # whether the source knows the place
        event = random_event(dice, case_id, at)
        yield replace(event, sequence=place if orders < 0.25 else dice.randrange(4)) if known else event


def random_log(seed: int, cases: int, *, grain: int = 1) -> list[CaseEvent]:
    """Case by case, line by line as time went by, or in no order at all; instants are whole grains of seconds."""
    dice = random.Random(seed)
    log = [event for number in range(cases) for event in random_case(dice, number, grain)]
    if seed % 3 == 1:
        log.sort(key=lambda event: event.at)
    if seed % 3 == 2:
        dice.shuffle(log)
    return log


@pytest.mark.parametrize("seed", range(6))
@POLICIES
def test_random_cases_are_judged_alike(policy: str, seed: int) -> None:
    engine = engine_of(policy, "next_open" if seed % 2 else "close_of_day")
    log = random_log(seed, 1_200, grain=6 * 3_600 if policy is COARSE else 1)
    table = event_table(log)
    expected, problems = judged_one_by_one(engine, log, NOW)
    assert as_outcomes(frames.outcomes(engine, table, as_of=NOW, columns=WITH_STATUS)) == expected
    problems_found = frames.outcome_problems(engine, table, as_of=NOW, columns=WITH_STATUS)
    assert told(problems_found) == without_order(problems)


@pytest.mark.parametrize("due", ["computed", "recorded"])
@pytest.mark.parametrize("seed", range(3))
def test_due_moments_are_taken_from_fields(seed: int, due: Literal["computed", "recorded"]) -> None:
    dice = random.Random(seed)
    engine = ServicePolicy.parse(FIELDS.replace("BOUNDARY", "next_open")).compile(due=due).sla
    assert engine is not None
    log = random_log(seed, 1_000)
    for event in log:
        if isinstance(event, Opened):
            moments = {
                name: event.at + timedelta(hours=dice.randrange(-5, 90)) for name in ("promised_at", "answer_by")
            }
            event.facts.update({name: at for name, at in moments.items() if dice.random() < 0.7})  # type: ignore[attr-defined]
    table = event_table(log, {**COLUMN_KINDS, "promised_at": INSTANT, "answer_by": INSTANT})
    expected, problems = judged_one_by_one(engine, log, NOW)
    columns = frames.EventColumns(
        facts={**(WITH_STATUS.facts or {}), "promised_at": "promised_at", "answer_by": "answer_by"}
    )
    assert as_outcomes(frames.outcomes(engine, table, as_of=NOW, columns=columns)) == expected
    found = frames.outcome_problems(engine, table, as_of=NOW, columns=columns)
    assert told(found) == without_order(problems)
    assert any(outcome.target == "field promised_at" for outcome in expected)
    assert left_of(engine, table, columns) < 0.4


def test_a_field_that_holds_no_instant_is_told_event_by_event() -> None:
    engine = engine_of(FIELDS)
    log: list[CaseEvent] = [
        Opened("C-1", FIRST, {"promised_at": "tomorrow"}),
        Opened("C-2", FIRST, {"promised_at": ""}),
    ]
    table = event_table(log, {**COLUMN_KINDS, "promised_at": pa.string()})
    expected, problems = judged_one_by_one(engine, log, NOW)
    assert as_outcomes(frames.outcomes(engine, table, as_of=NOW)) == expected
    assert told(frames.outcome_problems(engine, table, as_of=NOW)) == without_order(problems)
    assert [problem.code for problem in problems] == ["sla.due-not-instant"]


def left_of(engine: SlaEngine, table: pa.Table, columns: frames.EventColumns) -> float:
    """The share of cases that are told event by event."""
    frame = nw.from_native(table, eager_only=True)
    context = JudgingContext(engine, events_log(frame, columns, [engine.policy]))
    return float(np.mean(fast_outcomes(context, to_us(NOW))[2]))


@pytest.mark.parametrize("policy", [RICH, SIMPLE], ids=["rich", "simple"])
def test_ordinary_cases_are_plain(policy: str) -> None:
    assert left_of(engine_of(policy), event_table(random_log(0, 2_000)), frames.EventColumns()) < 0.4


def test_events_at_one_instant_have_the_order_of_the_stream() -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    every: list[CaseEvent] = [
        Opened("C-1", at),
        CustomerReplied("C-1", at),
        AgentReplied("C-1", at),
        StatusChanged("C-1", at, "open"),
        FieldChanged("C-1", at, "tier", None),
        Assigned("C-1", at, None),
        MilestoneReached("C-1", at, "acknowledged"),
        DueOverridden("C-1", at, "resolution", at, "agreed"),
        Resolved("C-1", at),
        Reopened("C-1", at),
        MergedInto("C-1", at, "C-0"),
        Closed("C-1", at),
        Cancelled("C-1", at),
    ]
    assert [row_of(event)["event"] for event in every] == list(KINDS)
    at_rest = Resolved("C-1", at - timedelta(days=1))  # else a reopening makes sense after a resolution only
    for (one, first), (other, second) in permutations(enumerate(every), 2):
        assert (arrange([at_rest, second, first])[1] is first) == (RANKS[one] < RANKS[other])


moments = st.none() | st.integers(0, 40 * 86_400)


@st.composite
def tickets(draw: st.DrawFn) -> list[dict[str, datetime | str | None]]:
    """Rows whose stamps may be missing, equal, or in any order; pauses end after they begin."""
    rows: list[dict[str, datetime | str | None]] = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(DAYS_OF_2025)
        names = ("opened_at", "first_response_at", "acknowledged_at", "resolved_at", "closed_at", "cancelled_at")
        drawn = {name: draw(moments) for name in (*names, "paused_at", "resumed_at")}
        if drawn["paused_at"] is None:
            drawn["resumed_at"] = None
        elif drawn["resumed_at"] is not None:
            drawn["paused_at"], drawn["resumed_at"] = sorted((drawn["paused_at"], drawn["resumed_at"]))
        stamps = {name: None if s is None else start + timedelta(seconds=s) for name, s in drawn.items()}
        rows.append({"case_id": f"T-{number}", **stamps, "tier": draw(st.sampled_from(("std", "vip", None)))})
    return rows


WIDE = frames.WideColumns(
    acknowledged_at="acknowledged_at",
    closed_at="closed_at",
    cancelled_at="cancelled_at",
    pauses=(frames.TicketPause(),),
)


def events_of(row: dict[str, datetime | str | None]) -> Iterator[CaseEvent]:
    """The events that the stamps of a row stand for."""
    case_id = str(row["case_id"])
    made = {
        "opened_at": lambda at: Opened(case_id, at, {"tier": row["tier"]} if row["tier"] else {}),
        "acknowledged_at": lambda at: MilestoneReached(case_id, at, "acknowledged"),
        "first_response_at": lambda at: AgentReplied(case_id, at),
        "resolved_at": lambda at: Resolved(case_id, at),
        "closed_at": lambda at: Closed(case_id, at),
        "cancelled_at": lambda at: Cancelled(case_id, at),
        "paused_at": lambda at: StatusChanged(case_id, at, "pending"),
        "resumed_at": lambda at: StatusChanged(case_id, at, "open"),
    }
    yield from (make(row[name]) for name, make in made.items() if row[name] is not None)


def ticket_table(rows: list[dict[str, datetime | str | None]]) -> pa.Table:
    stamps = ("opened_at", "first_response_at", "acknowledged_at", "resolved_at", "closed_at", "cancelled_at")
    columns = {name: pa.timestamp("us", "Asia/Shanghai") for name in (*stamps, "paused_at", "resumed_at")}
    kinds = {"case_id": pa.string(), **columns, "tier": pa.string()}
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})


@engines
@settings(max_examples=12)
@given(rows=tickets(), as_of=DAYS_OF_2025, boundary=st.sampled_from(("close_of_day", "next_open")))
def test_tickets_are_judged_as_their_events(
    library: Library, rows: list[dict[str, datetime | str | None]], as_of: datetime, boundary: str
) -> None:
    engine = engine_of(SIMPLE, boundary)
    log = [event for row in rows for event in events_of(row)]
    expected, _ = judged_one_by_one(engine, log, as_of)
    found = frames.outcomes_wide(engine, library.make(ticket_table(rows)), as_of=as_of, columns=WIDE)
    assert isinstance(found, library.native)
    assert as_outcomes(library.read(found)) == expected
