"""What comes back, and what is refused: types of frames and columns, orders, nulls, and faults with their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import ServicePolicy, SlaEngine, frames
from servicekit.errors import FrameError, NaiveDatetimeError, PolicyError
from servicekit.frames import EventColumns, TicketPause, WideColumns
from servicekit.sla import OUTCOME_COLUMNS
from tests.frames.cases.logs import INSTANT, as_outcomes
from tests.frames.libraries import LIBRARIES, Library

engines = pytest.mark.parametrize("library", LIBRARIES, ids=str)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = NINE + timedelta(days=30)
HOUR = timedelta(hours=1)
POLICY = ServicePolicy.parse("""
name: desk
vocabulary: {fields: {amount: {type: decimal}, insured: {type: boolean}}}
sla:
  pauses: [{status: pending, reason: customer}]
  targets:
    - {first_response: 1h, resolution: 8h}
    - {when: {tier: vip}, resolution: 4h}
    - {when: {tier: fixed}, resolution: {field: promised_at}}
    - {when: {all: [{field: amount, op: ge, value: 1000}, {tier: std}]}, resolution: 2h}
""")
ENGINE = POLICY.compile().sla


def log(**columns: Any) -> pa.Table:
    """Two cases whose rows are mixed: one answered late and resolved in time, one still open."""
    table = {
        "case_id": pa.array(["B", "A", "B", "A", "B"]),
        "at": pa.array([NINE, NINE + HOUR, NINE + 2 * HOUR, NINE + 3 * HOUR, NINE + 4 * HOUR], INSTANT),
        "event": pa.array(["opened", "opened", "agent_replied", "status_changed", "resolved"]),
        "to": pa.array([None, None, None, "pending", None]),
    }
    return pa.table({**table, **columns})


def test_the_schema_is_the_one_of_outcomes() -> None:
    found = frames.outcomes(POLICY, log(), as_of=LATER)
    assert tuple(found.column_names) == OUTCOME_COLUMNS
    kinds = dict(zip(found.column_names, found.schema.types, strict=True))
    instants = {"started_at", "due_at", "stopped_at", "breached_at"}
    numbers = {"instance", "elapsed_us", "paused_us"}
    assert {kinds[name] for name in instants} == {pa.timestamp("us", "UTC")}
    assert {kinds[name] for name in numbers} == {pa.int64()}
    assert {kinds[name] for name in set(OUTCOME_COLUMNS) - instants - numbers} == {pa.string()}


@engines
def test_cases_come_in_the_order_of_their_first_rows(library: Library) -> None:
    found = frames.outcomes(POLICY, library.make(log()), as_of=LATER)
    rows = [(each.case_id, each.metric, each.outcome) for each in as_outcomes(library.read(found))]
    assert rows == [
        ("B", "first_response", "met_late"),
        ("B", "resolution", "met"),
        ("A", "first_response", "missed"),
        ("A", "resolution", "open"),
    ]


@engines
def test_lazy_and_eager_frames_have_the_columns_that_they_promise(library: Library) -> None:
    empty = log().slice(0, 0)
    for ask in (frames.outcomes, frames.outcome_problems):
        found = ask(POLICY, library.make(empty), as_of=LATER)
        assert isinstance(found, library.native)
        table = library.read(found)
        assert table.num_rows == 0
        assert table.column_names == library.read(ask(POLICY, library.make(log()), as_of=LATER)).column_names


def test_the_schema_of_a_lazy_frame_is_known_before_it_is_collected() -> None:
    lazy = pl.LazyFrame(pl.from_arrow(log()))
    for ask in (frames.outcomes, frames.outcome_problems):
        found = ask(POLICY, lazy, as_of=LATER)
        assert found.collect_schema() == found.collect().schema


@pytest.mark.parametrize(
    "ask",
    [
        lambda answer: answer.head(1),
        lambda answer: answer.filter(pl.col("tier") == "vip"),
        lambda answer: answer.filter(pl.col("metric") == "resolution"),
        lambda answer: answer.select("outcome"),
    ],
    ids=["head", "a column of both", "a new column", "one column"],
)
def test_what_is_asked_of_a_lazy_answer_is_not_asked_of_the_log(ask: Callable[[Any], Any]) -> None:
    events = pl.from_arrow(log(tier=pa.array(["vip", None, None, None, None])))
    assert isinstance(events, pl.DataFrame)
    found = ask(frames.outcomes(POLICY, events.lazy(), as_of=LATER)).collect()
    assert found.equals(ask(frames.outcomes(POLICY, events, as_of=LATER)))


@pytest.mark.parametrize("policy", [POLICY, POLICY.compile(), ENGINE], ids=["document", "engines", "engine"])
def test_a_policy_may_be_compiled_already(policy: frames.AnyPolicy) -> None:
    assert frames.outcomes(policy, log(), as_of=LATER).equals(frames.outcomes(ENGINE or POLICY, log(), as_of=LATER))


@engines
def test_case_ids_may_be_numbers(library: Library) -> None:
    frame = library.make(log(case_id=pa.array([2, 1, 2, 1, 2])))
    found = as_outcomes(library.read(frames.outcomes(POLICY, frame, as_of=LATER)))
    assert [each.case_id for each in found] == ["2", "2", "1", "1"]


@engines
def test_instants_may_be_of_any_zone_or_whole_microseconds(library: Library) -> None:
    expected = as_outcomes(frames.outcomes(POLICY, log(), as_of=LATER))
    us = pa.array([moment.value // 1000 for moment in pd.to_datetime(log()["at"].to_pandas())])
    for at in (log()["at"].cast(pa.timestamp("ms", "Asia/Shanghai")), us):
        found = frames.outcomes(POLICY, library.make(log(at=at)), as_of=LATER.astimezone())
        assert as_outcomes(library.read(found)) == expected


@engines
def test_columns_may_have_other_names(library: Library) -> None:
    table = log().rename_columns(["ticket", "created", "what", "value"])
    columns = EventColumns(case_id="ticket", at="created", event="what", to="value")
    found = frames.outcomes(POLICY, library.make(table), as_of=LATER, columns=columns)
    assert as_outcomes(library.read(found)) == as_outcomes(frames.outcomes(POLICY, log(), as_of=LATER))


@engines
def test_facts_of_every_type_are_read(library: Library) -> None:
    facts = {
        "amount": pa.array([1500, 20, None, None, None]),
        "customer_tier": pa.array(["std", "fixed", None, None, None]),
        "insured": pa.array([True, False, None, None, None]),
        "promised_at": pa.array([None, NINE + 9 * HOUR, None, None, None], INSTANT),
    }
    columns = EventColumns(facts={"tier": "customer_tier", "amount": "amount", "promised_at": "promised_at"})
    frame = library.make(log(**facts))
    found = as_outcomes(library.read(frames.outcomes(POLICY, frame, as_of=LATER, columns=columns)))
    due = {each.case_id: each.due_at for each in found if each.metric == "resolution"}
    assert [each.tier for each in found] == ["std", "std", "fixed", "fixed"]
    assert due == {"B": NINE + 2 * HOUR, "A": None}  # the pause that lasts hides when A is due
    before = as_outcomes(library.read(frames.outcomes(POLICY, frame, as_of=NINE + 2 * HOUR, columns=columns)))
    assert {each.case_id: each.due_at for each in before if each.metric == "resolution"}["A"] == NINE + 9 * HOUR


def test_a_column_named_status_is_no_fact_unless_that_is_said() -> None:
    table = log(status=pa.array(["pending"] * 5))
    found = [frames.outcomes(POLICY, table, as_of=LATER), frames.outcomes(
        POLICY, table, as_of=LATER, columns=EventColumns(facts={"status": "status"})
    )]  # fmt: skip
    assert [as_outcomes(each)[1].paused_us for each in found] == [0, 4 * 3_600_000_000]


def test_changed_facts_are_read_as_what_their_fields_are() -> None:
    table = log(
        event=pa.array(["opened", "opened", "agent_replied", "field_changed", "resolved"]),
        name=pa.array([None, None, None, "amount", None]),
        to=pa.array([None, None, None, "1500.50", None]),
        tier=pa.array(["std"] * 5),
    )
    found = {(each.case_id, each.metric): each for each in as_outcomes(frames.outcomes(POLICY, table, as_of=LATER))}
    assert found["A", "resolution"].target == "2h"
    assert frames.outcome_problems(POLICY, table, as_of=LATER).num_rows == 0


@engines
def test_problems_come_as_a_frame(library: Library) -> None:
    table = log(event=pa.array(["opened", "closed", "agent_replied", "status_changed", "resolved"]))
    found = library.read(frames.outcome_problems(POLICY, library.make(table), as_of=LATER))
    assert found.column_names == ["case_id", "code", "severity", "path", "message", "hint"]
    rows = list(zip(*(found[name].to_pylist() for name in ("case_id", "code", "severity", "path")), strict=True))
    assert rows == [("A", "events.no-opening", "error", "case A")]
    outcomes = frames.outcomes(POLICY, library.make(table), as_of=LATER)
    assert {each.case_id for each in as_outcomes(library.read(outcomes))} == {"B"}


@engines
def test_a_misspelt_status_and_a_case_that_no_row_is_for_are_problems(library: Library) -> None:
    policy = ServicePolicy.parse("""
    name: desk
    sla: {pauses: [{status: pending, reason: x}], targets: [{when: {tier: vip}, resolution: 4h}]}
    """)
    table = log(to=pa.array([None, None, None, "Pending", None]), tier=pa.array(["gold", "vip", None, None, None]))
    found = library.read(frames.outcome_problems(policy, library.make(table), as_of=LATER))
    rows = zip(*(found[name].to_pylist() for name in ("code", "path", "hint")), strict=True)
    assert sorted(rows) == [
        ("facts.misspelt-status", "case A.status", "did you mean 'pending'?"),
        ("sla.no-row", "case B", "add a row for it, or one that is the default"),
    ]


def test_a_ticket_that_never_opened_is_a_problem() -> None:
    table = pa.table({"case_id": ["A", "B"], "opened_at": pa.array([NINE, None], INSTANT)})
    columns = WideColumns(first_response_at=None, resolved_at=None)
    assert frames.outcomes_wide(POLICY, table, as_of=LATER, columns=columns)["case_id"].to_pylist() == ["A", "A"]
    problems = frames.outcome_problems(POLICY, table, as_of=LATER, columns=columns)
    assert problems.select(["case_id", "code", "path"]).to_pylist() == [
        {"case_id": "B", "code": "events.no-opening", "path": "case B"}
    ]


def refusal(ask: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(FrameError) as refused:
        ask()
    return [(problem.code, problem.path) for problem in refused.value.problems]


@pytest.mark.parametrize("library", [each for each in LIBRARIES if each.name != "lazy Polars"], ids=str)
def test_every_fault_is_told_at_once_with_its_row(library: Library) -> None:
    table = log(
        case_id=pa.array(["B", None, "B", "A", "B"]),
        at=pa.array([NINE, NINE, None, NINE, NINE], INSTANT),
        event=pa.array(["opened", "opened", "repplied", "status_changed", None]),
        to=pa.array([None] * 5, pa.string()),
        by=pa.array(["custommer", None, None, None, None]),
        counts_from=pa.array([NINE + HOUR, None, None, None, None], INSTANT),
    )
    assert sorted(refusal(lambda: frames.outcomes(POLICY, library.make(table), as_of=LATER))) == [
        ("frames.late-start", "counts_from[0]"),
        ("frames.missing-value", "at[2]"),
        ("frames.missing-value", "case_id[1]"),
        ("frames.missing-value", "event[4]"),
        ("frames.missing-value", "to[3]"),
        ("frames.unknown-event", "event[2]"),
        ("frames.unknown-opener", "by[0]"),
    ]


@engines
def test_columns_that_cannot_be_read_are_refused_together(library: Library) -> None:
    naive = pa.array([NINE.replace(tzinfo=None)] * 5, pa.timestamp("us"))
    table = log(at=naive, event=pa.array([1] * 5)).drop_columns(["case_id"])
    assert sorted(refusal(lambda: frames.outcomes(POLICY, library.make(table), as_of=LATER))) == [
        ("frames.missing-column", "case_id"),
        ("frames.naive-column", "at"),
        ("frames.wrong-type", "event"),
    ]


def test_what_some_row_needs_must_be_there() -> None:
    table = log(event=pa.array(["opened", "opened", "due_overridden", "milestone_reached", "assigned"]))
    assert refusal(lambda: frames.outcomes(POLICY, table, as_of=LATER)) == [
        ("frames.missing-column", "name"),
        ("frames.missing-column", "due_at"),
        ("frames.missing-column", "metric"),
    ]


def test_an_instant_that_no_datetime_can_be_is_refused() -> None:
    table = log(at=pa.array([0, 0, 0, 2**60, -(2**60)]))
    assert refusal(lambda: frames.outcomes(POLICY, table, as_of=LATER)) == [("frames.out-of-range", "at[3]")]


@pytest.mark.parametrize("library", [each for each in LIBRARIES if each.name not in ("lazy Polars", "pandas")], ids=str)
def test_a_fact_that_no_datetime_can_be_is_refused(library: Library) -> None:
    never = pa.array([2**62, None, None, None, None], INSTANT)
    frame = library.make(log(promised_at=never, tier=pa.array(["fixed"] * 5)))
    assert refusal(lambda: frames.outcomes(POLICY, frame, as_of=LATER)) == [("frames.out-of-range", "promised_at[0]")]


def test_a_column_of_objects_must_hold_texts() -> None:
    frame = log().to_pandas()
    frame["event"] = pd.Series(["opened", "opened", 5, "opened", "opened"], dtype=object)
    assert ("frames.wrong-type", "event") in refusal(lambda: frames.outcomes(POLICY, frame, as_of=LATER))
    frame = log().to_pandas()
    frame["public"] = pd.Series([True, None, "no", True, True], dtype=object)
    assert refusal(lambda: frames.outcomes(POLICY, frame, as_of=LATER)) == [("frames.wrong-type", "public")]


def test_objects_may_be_booleans_and_nulls() -> None:
    frame = log().to_pandas()
    frame["public"] = pd.Series([None, None, False, None, None], dtype=object)
    found = as_outcomes(pa.Table.from_pandas(frames.outcomes(POLICY, frame, as_of=LATER)))
    assert found[0].stopped_at == NINE + 4 * HOUR  # a note answers nobody; the resolution does


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA], ids=str)
def test_a_boolean_that_is_missing_may_be_any_null_of_pandas(nothing: object) -> None:
    frame = log().to_pandas()
    frame["public"] = pd.Series([nothing, nothing, np.False_, nothing, nothing], dtype=object)
    found = as_outcomes(pa.Table.from_pandas(frames.outcomes(POLICY, frame, as_of=LATER)))
    assert found[0].stopped_at == NINE + 4 * HOUR


@engines
def test_a_fact_that_is_missing_on_some_openings_is_none_there(library: Library) -> None:
    facts = {"amount": pa.array([1500, None, None, None, None]), "tier": pa.array(["std"] * 5)}
    found = as_outcomes(library.read(frames.outcomes(POLICY, library.make(log(**facts)), as_of=LATER)))
    assert [each.target for each in found] == ["1h", "2h", "1h", "8h"]


def test_nullable_booleans_of_pandas_are_facts() -> None:
    frame = log().to_pandas().assign(insured=pd.array([True, None, None, None, None], dtype="boolean"))
    columns = EventColumns(facts={"insured": "insured"})
    assert frames.outcome_problems(POLICY, frame, as_of=LATER, columns=columns).empty


@pytest.mark.parametrize("values", [[["vip"]] * 5, [{"level": "vip"}] * 5], ids=["lists", "records"])
@pytest.mark.parametrize("library", [each for each in LIBRARIES if each.name != "lazy Polars"], ids=str)
def test_what_can_be_no_fact_is_refused_by_name(library: Library, values: list[object]) -> None:
    frame = library.make(log(tier=pa.array(values)))
    assert refusal(lambda: frames.outcomes(POLICY, frame, as_of=LATER)) == [("frames.wrong-type", "tier")]


def test_objects_that_are_datetimes_need_a_zone_too() -> None:
    frame = log().to_pandas()
    frame["promised_at"] = pd.Series([NINE.replace(tzinfo=None)] * 5, dtype=object)
    assert refusal(lambda: frames.outcomes(POLICY, frame, as_of=LATER)) == [("frames.naive-column", "promised_at")]


def test_facts_may_be_views_of_texts() -> None:
    table = log(tier=pa.array(["vip", None, None, None, None]).cast(pa.string_view()))
    assert frames.outcomes(POLICY, table, as_of=LATER)["tier"].to_pylist() == ["vip", "vip", None, None]


def test_columns_whose_labels_are_numbers_are_told_as_well() -> None:
    frame = log().to_pandas().rename(columns={"at": 0})
    assert refusal(lambda: frames.outcomes(POLICY, frame, as_of=LATER)) == [("frames.missing-column", "at")]
    with pytest.raises(KeyError, match="no column named 'at'"):
        frames.elapsed(frame, "at", "at", calendar=POLICY.compile().calendars["always"])


def wide(**columns: Any) -> pa.Table:
    table = {
        "case_id": pa.array(["A", "B"]),
        "opened_at": pa.array([NINE, NINE], INSTANT),
        "resolved_at": pa.array([NINE + 9 * HOUR, None], INSTANT),
        "paused_at": pa.array([NINE + HOUR, None], INSTANT),
        "resumed_at": pa.array([NINE + 3 * HOUR, None], INSTANT),
    }
    return pa.table({**table, **columns})


WIDE = WideColumns(first_response_at=None, pauses=(TicketPause(),))


@engines
def test_pauses_of_tickets_give_their_time_back(library: Library) -> None:
    found = as_outcomes(library.read(frames.outcomes_wide(POLICY, library.make(wide()), as_of=LATER, columns=WIDE)))
    [resolved, open_still] = [each for each in found if each.metric == "resolution"]
    assert (resolved.outcome, resolved.paused_us) == ("met", 2 * 3_600_000_000)
    assert resolved.due_at == NINE + 10 * HOUR
    assert (open_still.outcome, open_still.phase) == ("missed", "running")


WAITS = [TicketPause(f"{status}_from", f"{status}_to", status) for status in ("pending", "on_hold", "waiting")]
WAITING = ServicePolicy.parse("""
name: desk
sla:
  pauses: [{status: [pending, waiting], reason: customer}, {status: on_hold, reason: vendor}]
  targets: [{resolution: 8h}]
""")


def waited(waits: Iterable[tuple[TicketPause, int, int]], named: Sequence[TicketPause]) -> float:
    """The hours that a ticket was paused."""
    hours: dict[str, int] = {}
    for wait, since, until in waits:
        hours |= {wait.paused_at: since, wait.resumed_at: until}
    stamps = {name: pa.array([NINE + each * HOUR, None], INSTANT) for name, each in hours.items()}
    table = wide(resolved_at=pa.array([NINE + 90 * HOUR, None], INSTANT), **stamps)
    columns = WideColumns(first_response_at=None, pauses=tuple(named))
    [paused, _] = frames.outcomes_wide(WAITING, table, as_of=LATER, columns=columns)["paused_us"].to_pylist()
    return float(paused / 3_600_000_000)


@given(
    lengths=st.lists(st.integers(0, 3), min_size=3, max_size=3),
    gaps=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    waits=st.permutations(WAITS),
    named=st.permutations(WAITS),
)
def test_pauses_one_after_another_add_up_in_whatever_order_they_are_named(
    lengths: list[int], gaps: list[int], waits: list[TicketPause], named: list[TicketPause]
) -> None:
    begins = [sum(lengths[:place]) + sum(gaps[: place + 1]) for place in range(3)]
    spans = [(wait, begin, begin + length) for wait, begin, length in zip(waits, begins, lengths, strict=True)]
    assert waited(spans, named) == sum(lengths)


@pytest.mark.parametrize("second", [(2, 3), (3, 5), (0, 1), (1, 4)], ids=["within", "over the end", "before", "alike"])
@pytest.mark.parametrize("named", [WAITS[:2], WAITS[1::-1]], ids=["in turn", "turned round"])
def test_a_pause_that_ends_within_another_leaves_that_one_standing(
    second: tuple[int, int], named: list[TicketPause]
) -> None:
    either = set(range(1, 4)) | set(range(*second))
    assert waited([(WAITS[0], 1, 4), (WAITS[1], *second)], named) == len(either)


@pytest.mark.parametrize("nothing", [None, np.nan], ids=str)
def test_a_column_without_a_value_says_that_nothing_happened(nothing: object) -> None:
    frame = wide().to_pandas().assign(cancelled_at=[nothing, nothing])
    columns = WideColumns(first_response_at=None, cancelled_at="cancelled_at")
    found = as_outcomes(pa.Table.from_pandas(frames.outcomes_wide(POLICY, frame, as_of=LATER, columns=columns)))
    assert {each.outcome for each in found} <= {"met", "met_late", "missed"}


def test_an_empty_frame_needs_no_types() -> None:
    frame = pd.DataFrame({"case_id": [], "at": [], "event": []})
    assert frames.outcomes(POLICY, frame, as_of=LATER).empty


@engines
def test_a_named_column_of_tickets_must_be_there(library: Library) -> None:
    columns = WideColumns(closed_at="closed_at")
    assert refusal(lambda: frames.outcomes_wide(POLICY, library.make(wide()), as_of=LATER, columns=columns)) == [
        ("frames.missing-column", "first_response_at"),
        ("frames.missing-column", "closed_at"),
    ]


def test_tickets_that_contradict_themselves_are_refused() -> None:
    table = wide(
        case_id=pa.array(["A", "A"]),
        paused_at=pa.array([NINE + 5 * HOUR, None], INSTANT),
        resumed_at=pa.array([NINE, NINE], INSTANT),
    )
    assert refusal(lambda: frames.outcomes_wide(POLICY, table, as_of=LATER, columns=WIDE)) == [
        ("frames.repeated-case", "case_id[1]"),
        ("frames.pause-without-start", "resumed_at[1]"),
        ("frames.ends-before-start", "resumed_at[0]"),
    ]


def test_wrong_arguments_are_refused_at_once() -> None:
    with pytest.raises(NaiveDatetimeError):
        frames.outcomes(POLICY, log(), as_of=datetime(2026, 1, 1))
    with pytest.raises(PolicyError) as refused:
        frames.outcomes(ServicePolicy(name="nothing"), log(), as_of=LATER)
    assert [problem.code for problem in refused.value.problems] == ["desk.no-sla"]
    with pytest.raises(TypeError):
        frames.outcomes("policy.yaml", log(), as_of=LATER)  # type: ignore[arg-type]
    for frame in ([1], None, np.zeros(3), "log"):
        with pytest.raises(TypeError):
            frames.outcomes(POLICY, frame, as_of=LATER)


def test_cases_beyond_what_a_calendar_knows_do_not_hold_up_the_others() -> None:
    policy = ServicePolicy.parse("""
name: desk
calendars: {desk: {timezone: Asia/Shanghai, weekly: {mon-fri: "09:00-18:00"}, holidays: [CN]}}
sla: {calendar: desk, targets: [{resolution: 8h}]}
""")
    engine = policy.compile().sla
    assert isinstance(engine, SlaEngine)
    times = [NINE - timedelta(days=700), NINE + timedelta(days=40_000), NINE - timedelta(days=600)]
    table = pa.table({"case_id": ["A", "B", "C"], "opened_at": pa.array(times, INSTANT)})
    columns = WideColumns(first_response_at=None, resolved_at=None)
    as_of = times[1] + HOUR
    found = as_outcomes(frames.outcomes_wide(engine, table, as_of=as_of, columns=columns))
    assert [(each.case_id, each.due_at is None) for each in found] == [("A", False), ("B", True), ("C", False)]
    problems = frames.outcome_problems(engine, table, as_of=as_of, columns=columns)
    assert {"sla.elapsed-unknown"} <= set(problems["code"].to_pylist())


def test_a_relation_comes_back_with_plain_texts() -> None:
    events = log()
    assert events.num_rows == 5
    found = frames.outcomes(POLICY, duckdb.sql("SELECT * FROM events"), as_of=LATER)
    assert {str(kind) for kind in found.types} == {"VARCHAR", "BIGINT", "TIMESTAMP WITH TIME ZONE"}
    assert duckdb.sql("SELECT count(*) FROM found WHERE outcome = 'met'").fetchall() == [(1,)]
