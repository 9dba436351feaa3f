"""A year of incidents of an IT company, imported row by row and judged by the clock that was inferred from it.

The facts are in the README of the shared data: how many incidents and rows there are, what is odd about them, and the
limits that reproduce ``made_sla``. The verdicts are judged twice: by the calendar alone, and by the engine, where they
are promises on the stages ``closed`` and ``resolved``.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servicekit import Calendar, SlaPolicy
from servicekit.events import Case, Closed, FieldChanged, Imported, Reopened, Resolved
from servicekit.importers import ServiceNowMapping, read_servicenow
from servicekit.rules import Value

MAPPING = ServiceNowMapping.parse("""
facts:
  reassignments: {column: reassignment_count, type: integer}
  updates: {column: sys_mod_count, type: integer}
  written: sys_updated_at
  resolved_stamp: resolved_at
  made_sla: {column: made_sla, type: boolean}
""")
HOURS = Calendar(timezone="America/Chicago", weekly={"mon-fri": "09:00-18:00"}).compile()
LIMITS = {"3": timedelta(hours=62), "4": timedelta(hours=134)}


@pytest.fixture(scope="module")
def log(shared_data: Path) -> Path:
    return shared_data / "incident_servicenow_uci" / "incident_event_log_full_141712.zip"


@pytest.fixture(scope="module")
def records(log: Path) -> list[Imported[Case]]:
    return list(read_servicenow(log, MAPPING))


@pytest.fixture(scope="module")
def cases(records: list[Imported[Case]]) -> list[Case]:
    return [record.value for record in records if record.value is not None]


@pytest.fixture(scope="module")
def stamped(log: Path) -> list[Case]:
    """The incidents that are resolved in the end, where only a stamp says so."""
    records = read_servicenow(log, MAPPING.replace(unstamped="untold"))
    return [record.value for record in records if record.value and resolved_at_last(record.value)]


def rows(log: Path) -> Iterator[tuple[int, str]]:
    """What the test reads by itself: the number of each row, as a spreadsheet counts, and of its incident."""
    with zipfile.ZipFile(log) as archive, archive.open(archive.namelist()[0]) as file:
        text = io.TextIOWrapper(file, "utf-8", newline="")
        for number, row in enumerate(csv.DictReader(text), start=2):
            yield number, row["number"]


def at_the_end(case: Case, name: str) -> Value | None:
    """What a fact was when the incident was closed."""
    assert case.opened is not None
    changed = [event.to for event in case.events if isinstance(event, FieldChanged) and event.name == name]
    return changed[-1] if changed else case.opened.facts.get(name)


def test_every_incident_is_imported_under_the_number_of_its_first_row(log: Path, records: list[Imported[Case]]) -> None:
    first: dict[str, int] = {}
    for number, case_id in rows(log):
        first.setdefault(case_id, number)
    assert len(first) == 24_918
    assert {record.value.case_id: record.row for record in records if record.value} == first
    assert len(records) == 24_918


def test_no_row_is_lost(log: Path, cases: list[Case]) -> None:
    """Each row but the first changes the count of updates or the stamp of the row, so each must have left a trace."""
    of_rows = Counter(case_id for _, case_id in rows(log))
    traces = {case.case_id: 1 + len(list(updates(case))) for case in cases}
    assert sum(traces.values()) == of_rows.total() == 141_712
    assert traces == of_rows


def updates(case: Case) -> Iterator[FieldChanged]:
    """One change for each row: that of the count, or that of the stamp where the count stands."""
    changes = [event for event in case.events if isinstance(event, FieldChanged)]
    counted = {event.at for event in changes if event.name == "updates"}
    yield from (event for event in changes if event.name == "updates")
    yield from (event for event in changes if event.name == "written" and event.at not in counted)


def test_what_is_odd_about_rows_is_reported_and_costs_nothing(records: list[Imported[Case]]) -> None:
    odd = Counter((problem.severity, problem.code) for record in records for problem in record.problems)
    assert odd == {
        ("warning", "ticket.before-opening"): 5,
        ("warning", "ticket.unknown-status"): 2,
        ("warning", "ticket.out-of-order"): 1,
    }


def test_incidents_are_reopened_as_the_log_counts(cases: list[Case]) -> None:
    assert sum(any(isinstance(event, Reopened) for event in case.events) for case in cases) == 275


def test_most_incidents_are_never_reassigned(cases: list[Case]) -> None:
    assert sum(at_the_end(case, "reassignments") == 0 for case in cases) == 13_549


def test_some_stamps_of_resolution_are_missing(cases: list[Case], stamped: list[Case]) -> None:
    missing = {case.case_id for case in cases if at_the_end(case, "resolved_stamp") is None}
    assert len(missing) == 1_556
    assert {case.case_id for case in cases} - {case.case_id for case in stamped} == missing


def resolved_at_last(case: Case) -> bool:
    turns = [event for event in case.events if isinstance(event, Resolved | Reopened)]
    return bool(turns) and isinstance(turns[-1], Resolved)


def agreement(cases: list[Case], priority: str, stop: type[Resolved] | type[Closed]) -> tuple[int, int]:
    """How many incidents have the recorded label when their time up to the last ``stop`` is held against the limit."""
    agreed = of = 0
    for case in cases:
        stops = [event.at for event in case.events if isinstance(event, stop)]
        if at_the_end(case, "priority") != priority or not stops:
            continue
        assert case.opened is not None
        made = HOURS.elapsed(case.opened.at, stops[-1]) <= LIMITS[priority]
        agreed, of = agreed + (made == at_the_end(case, "made_sla")), of + 1
    return agreed, of


def test_the_recorded_verdict_is_that_of_the_closing(cases: list[Case]) -> None:
    agreed, of = agreement(cases, "3", Closed)
    assert of == 23_466
    assert agreed / of >= 0.999  # 23,444
    assert agreement(cases, "4", Closed) == (774, 774)


@pytest.mark.parametrize(("priority", "counts"), [("3", (17_820, 22_010)), ("4", (619, 674))])
def test_the_recorded_verdict_is_not_that_of_the_resolution(
    stamped: list[Case], priority: str, counts: tuple[int, int]
) -> None:
    """The counts are those of the final rows (the other file), taken day by day without this library."""
    assert agreement(stamped, priority, Resolved) == counts


PROMISED = SlaPolicy.parse("""
calendar: desk
on_change: retroactive
targets:
  - {when: {priority: "3"}, stages: {closed: 62h, resolved: 62h}}
  - {when: {priority: "4"}, stages: {closed: 134h, resolved: 134h}}
""")
LONG_AFTER = datetime(2017, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def judged(cases: list[Case]) -> Counter[tuple[str, str, bool]]:
    """How many incidents of a priority have the recorded label by a stage: (priority, stage, agreed)."""
    engine = PROMISED.compile({"desk": HOURS})
    found: Counter[tuple[str, str, bool]] = Counter()
    for case in cases:
        priority, made = at_the_end(case, "priority"), at_the_end(case, "made_sla")
        for outcome in engine.judge(case, LONG_AFTER).outcomes:
            if outcome.phase == "stopped" and outcome.outcome != "no_target":
                found[str(priority), outcome.metric, (outcome.outcome == "met") == made] += 1
    return found


def test_engine_gives_the_recorded_verdict_when_the_closing_is_promised(
    judged: Counter[tuple[str, str, bool]],
) -> None:
    p3, p4 = (judged[priority, "reach_stage:closed", True] for priority in ("3", "4"))
    assert (p3 + judged["3", "reach_stage:closed", False], p4) == (23_466, 774)
    assert p3 / 23_466 >= 0.999
    assert judged["4", "reach_stage:closed", False] == 0


def test_engine_gives_it_less_often_when_the_resolution_is_promised(judged: Counter[tuple[str, str, bool]]) -> None:
    for priority in ("3", "4"):
        agreed, not_agreed = (judged[priority, "reach_stage:resolved", agrees] for agrees in (True, False))
        closed = judged[priority, "reach_stage:closed", True]
        of_closed = closed + judged[priority, "reach_stage:closed", False]
        assert agreed / (agreed + not_agreed) < closed / of_closed - 0.05
