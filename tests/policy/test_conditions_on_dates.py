"""Days and parts of dates in a policy: from the document to promises, records, columns and data frames."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from servicekit import Case, ServicePolicy, SlaEngine, frames, read
from servicekit.events import FieldChanged, Opened
from servicekit.events.logs.case_record import event_from_record, event_to_record
from servicekit.frames import EventColumns
from servicekit.importers import TableMapping, read_cases
from tests.frames.cases.logs import as_outcomes

TEXT = """
name: desk
calendars: {desk: {timezone: Asia/Shanghai, weekly: {mon-sun: ["00:00-24:00"]}}}
vocabulary: {fields: {born: day, bought_at: instant, amount: decimal}}
sla:
  calendar: desk
  match: first
  targets:
    - {when: {field: born, op: month, one_of: [2]}, resolution: 1h}
    - {when: {field: bought_at, op: weekday, one_of: [sat, sun], timezone: Asia/Shanghai}, resolution: 2h}
    - {when: {field: amount, op: between, low: 50, high: 100}, resolution: 3h}
    - {when: {field: born, op: exists}, resolution: 4h}
    - {resolution: 8h}
"""
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = datetime(2026, 2, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def policy() -> ServicePolicy:
    return ServicePolicy.parse(TEXT)


@pytest.fixture(scope="module")
def engine(policy: ServicePolicy) -> SlaEngine:
    engine = policy.compile().sla
    assert engine is not None
    return engine


@pytest.mark.parametrize(
    ("facts", "target"),
    [
        ({"born": date(1990, 2, 28)}, "1h"),
        ({"born": date(1990, 3, 1), "bought_at": datetime(2026, 1, 2, 16, tzinfo=UTC)}, "2h"),  # Saturday 00:00 there
        ({"born": date(1990, 3, 1), "bought_at": datetime(2026, 1, 2, 15, 59, tzinfo=UTC)}, "4h"),
        ({"amount": 100}, "3h"),
        ({"amount": 101}, "8h"),
        ({}, "8h"),
    ],
)
def test_a_promise_goes_by_days_and_parts_of_dates(engine: SlaEngine, facts: dict[str, object], target: str) -> None:
    opened = Opened("C", AT, facts)  # type: ignore[arg-type]
    verdict = engine.judge(Case("C", (opened,)), LATER)
    assert [outcome.target for outcome in verdict.outcomes] == [target]
    assert verdict.problems == ()
    assert event_from_record(event_to_record(opened)) == opened


def test_an_instant_is_no_day_and_is_remarked_on(engine: SlaEngine) -> None:
    verdict = engine.judge(Case("C", (Opened("C", AT, {"born": datetime(1990, 2, 28, tzinfo=UTC)}),)), LATER)
    assert [(problem.code, problem.path) for problem in verdict.problems] == [("facts.wrong-type", "case C.born")]
    assert [outcome.target for outcome in verdict.outcomes] == ["8h"]


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        (", timezone: Asia/Shanghai}, resolution", "}, resolution", "sla.wrong-type", "sla.targets[1].when.timezone"),
        ("op: month", "op: hour", "sla.wrong-type", "sla.targets[0].when.op"),
        ("one_of: [2]", "one_of: [0]", "sla.unknown-value", "sla.targets[0].when.one_of[0]"),
        ("low: 50", "low: 500", "sla.not-ordered", "sla.targets[2].when.low"),
        ("born, op: exists", "bron, op: exists", "sla.unknown-field", "sla.targets[3].when.field"),
    ],
)
def test_a_fault_of_a_form_is_told_with_its_place_in_the_policy(old: str, new: str, code: str, path: str) -> None:
    problems = read(ServicePolicy, TEXT.replace(old, new, 1).encode(), format="yaml").problems
    assert (code, path) in [(problem.code, problem.path) for problem in problems]


def test_a_column_of_a_table_holds_days(engine: SlaEngine, tmp_path: Path) -> None:
    mapping = TableMapping.parse("""
timezone: UTC
columns: {case_id: id, opened_at: opened}
facts: {born: {column: birthday, type: day}}
""")
    path = tmp_path / "t.csv"
    path.write_text(
        "id,opened,birthday\nA,2026-01-05 09:00,1990-02-28\nB,2026-01-05 09:00,28/02/1990\n", encoding="utf-8"
    )
    good, bad = read_cases(path, mapping)
    assert good.value is not None
    assert [outcome.target for outcome in engine.judge(good.value, LATER).outcomes] == ["1h"]
    assert [(problem.code, problem.path) for problem in bad.problems] == [("table.bad-value", "row 3.birthday")]


def test_a_column_of_a_data_frame_holds_days_and_changes_to_days(policy: ServicePolicy, engine: SlaEngine) -> None:
    table = pa.table(
        {
            "case_id": ["A", "B", "B"],
            "event": ["opened", "opened", "field_changed"],
            "at": pa.array([AT, AT, AT], pa.timestamp("us", "UTC")),
            "name": [None, None, "born"],
            "to": [None, None, "1990-02-28"],
            "born": pa.array([date(1990, 2, 28), date(1990, 3, 1), None]),
        }
    )
    found = as_outcomes(frames.outcomes(policy, table, as_of=LATER, columns=EventColumns(facts={"born": "born"})))
    assert {each.case_id: each.target for each in found} == {"A": "1h", "B": "1h"}
    events = (Opened("B", AT, {"born": date(1990, 3, 1)}), FieldChanged("B", AT, "born", date(1990, 2, 28)))
    assert [outcome.target for outcome in engine.judge(Case("B", events), LATER).outcomes] == ["1h"]
    assert frames.outcome_problems(policy, table, as_of=LATER).num_rows == 0
