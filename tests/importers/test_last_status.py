"""Fault I3: a status may end a case, or pause it, as of its last update; what the status does not tell is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.cli import main
from servicekit.errors import PolicyError
from servicekit.events import Cancelled, Case, CaseEvent, Closed, Imported, Opened, Reopened, Resolved, StatusChanged
from servicekit.importers import TableMapping, read_cases

MAPPING = TableMapping.parse("""
columns: {case_id: id, opened_at: opened, resolved_at: done, closed_at: shut, status: state, updated_at: touched}
statuses: {resolved: [Solucionado], closed: [Fechado, Encerrado], cancelled: [Anulado], pending: [Pendente],
           open: [Novo]}
""")
HEADER = "id,opened,done,shut,state,touched"
Report = Callable[[str], tuple[dict[str, int], dict[str, int]]]
POLICY = """
name: probe
calendars: {d: {weekly: 24x7}}
sla: {calendar: d, targets: [{resolution: 8h}], pauses: [{status: pending, reason: waits}]}
"""


def at(hour: int) -> datetime:
    return datetime(2026, 1, 5, hour, tzinfo=UTC)


def rows(*lines: str, header: str = HEADER, mapping: TableMapping = MAPPING) -> list[Imported[Case]]:
    return list(read_cases(BytesIO("\n".join([header, *lines]).encode()), mapping))


def told(row: Imported[Case]) -> tuple[list[CaseEvent], list[str]]:
    assert row.value is not None
    return list(row.value.events[1:]), [problem.code for problem in row.problems]


@pytest.mark.parametrize(
    ("line", "events", "codes"),
    [
        ("A,2026-01-05 09:00,,,Fechado,2026-01-05 12:00", ["closed", Closed], ["ticket.unstamped-end"]),
        ("A,2026-01-05 09:00,,,SOLUCIONADO,2026-01-05 12:00", ["resolved", Resolved], ["ticket.unstamped-end"]),
        ("A,2026-01-05 09:00,,,Closed,2026-01-05 12:00", ["closed", Closed], ["ticket.unstamped-end"]),
        ("A,2026-01-05 09:00,,,Anulado,2026-01-05 12:00", ["cancelled", Cancelled], ["ticket.unstamped-end"]),
        ("A,2026-01-05 09:00,,,Pendente,2026-01-05 12:00", ["pending"], []),
        ("A,2026-01-05 09:00,,,Novo,2026-01-05 12:00", ["open"], []),
        ("A,2026-01-05 09:00,,,Perdido,2026-01-05 12:00", ["Perdido"], ["ticket.unknown-status"]),
        ("A,2026-01-05 09:00,,,,2026-01-05 12:00", [], []),
        ("A,2026-01-05 09:00,,,Fechado,", [], ["ticket.incomplete-history"]),
        ("A,2026-01-05 09:00,,,Pendente,", [], ["ticket.incomplete-history"]),
        ("A,2026-01-05 09:00,,,Novo,", [], []),
    ],
)
def test_a_status_tells_what_no_stamp_does(line: str, events: Sequence[object], codes: list[str]) -> None:
    """Fault I3: the last update is the resolution, with a warning; statuses of open cases may pause clocks."""
    found, problems = told(rows(line)[0])
    assert [event.to if isinstance(event, StatusChanged) else type(event) for event in found] == events
    assert {event.at for event in found} <= {at(12)}
    assert problems == codes


def test_a_stamp_is_believed_before_the_last_update() -> None:
    """Fault I3: a closed case with a closing stamp ended by its stamp, whatever touched it later."""
    found, codes = told(rows("A,2026-01-05 09:00,2026-01-05 10:00,,Fechado,2026-01-05 12:00")[0])
    assert (found, codes) == ([Resolved("A", at(10)), StatusChanged("A", at(12), "closed")], [])


def test_a_case_that_is_open_behind_its_stamp_was_reopened() -> None:
    """Fault I3: a stamp of a resolution beside an open status is a reopening, and said."""
    found, codes = told(rows("A,2026-01-05 09:00,2026-01-05 10:00,,Pendente,2026-01-05 12:00")[0])
    assert [type(event) for event in found] == [Resolved, Reopened, StatusChanged]
    assert codes == ["ticket.incomplete-history"]


def test_an_unknown_status_does_not_reopen() -> None:
    """Fault I3: what nobody listed must not undo a resolution that is stamped."""
    found, codes = told(rows("A,2026-01-05 09:00,2026-01-05 10:00,,Perdido,2026-01-05 12:00")[0])
    assert [type(event) for event in found] == [Resolved, StatusChanged]
    assert codes == ["ticket.unknown-status"]


def test_the_last_status_is_not_the_one_at_the_opening() -> None:
    """Fault I3: a fact ``status`` of the same column would pause the case from its first second on."""
    mapping = MAPPING.replace(facts={"status": "state"})
    (row,) = rows("A,2026-01-05 09:00,,,Pendente,2026-01-05 12:00", mapping=mapping)
    assert row.value is not None
    assert row.value.events[0] == Opened("A", at(9), {})


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.sampled_from(["Fechado", "Solucionado", "Pendente", "Novo", ""])), max_size=8
    )
)
def test_every_listed_end_ends_its_case_and_no_other_does(cases: list[tuple[int, str]]) -> None:
    """Fault I3, as a law: ended are exactly the cases whose status is listed as an end, each at its update."""
    lines = [
        f"{number},2026-01-05 09:00,,,{state},{at(9) + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"
        for number, (minutes, state) in enumerate(cases)
    ]
    ends = [
        (event.case_id, event.at)
        for row in rows(*lines)
        if row.value is not None
        for event in row.value.events
        if isinstance(event, Resolved | Closed)
    ]
    assert ends == [
        (str(number), at(9) + timedelta(minutes=minutes))
        for number, (minutes, state) in enumerate(cases)
        if state in ("Fechado", "Solucionado")
    ]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("statuses: {closed: [a]}", "columns.status", "statuses"),
        ("statuses: {Fechado: closed}", "columns.status", "statuses.Fechado"),
        ("statuses: {closed: [a], pending: [b, A]}", "columns.status", "statuses.pending[1]"),
    ],
)
def test_a_list_of_statuses_that_says_nothing_sure_is_refused(text: str, code: str, path: str) -> None:
    status = "" if path == "statuses" else ", status: state"
    with pytest.raises(PolicyError) as caught:
        TableMapping.parse(f"columns: {{case_id: id, opened_at: opened{status}}}\n{text}")
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Report:
    monkeypatch.chdir(tmp_path)
    Path("policy.yaml").write_text(POLICY, "utf-8")
    Path("list.csv").write_text(
        '"Nr";"Estado";"Aberto";"Tocado";\n'
        '"1 001";"Fechado";"05-01-2026 09:00";"05-01-2026 12:00";\n'
        '"1 002";"Fechado";"05-01-2026 09:00";"06-01-2026 12:00";\n'
        '"1 003";"Pendente";"05-01-2026 09:00";"05-01-2026 10:00";\n',
        "utf-8",
    )

    def report(mapping: str) -> tuple[dict[str, int], dict[str, int]]:
        head = "delimiter: ';'\ndates: '%d-%m-%Y %H:%M'\nas_of: 2026-01-09T00:00:00\n"
        Path("mapping.yaml").write_text(head + mapping, "utf-8")
        assert main(["report", "policy.yaml", "list.csv", "--columns", "mapping.yaml", "--format", "json"]) == 0
        result = json.loads(capsys.readouterr().out)
        line = next(line for line in result["lines"] if line["metric"] == "resolution" and line["channel"] is None)
        return line, {group["code"]: group["count"] for group in result["problems"]}

    return report


def test_a_list_with_a_status_and_a_last_update_is_judged_by_them(report: Report) -> None:
    """Fault I3: one closed in time, one late, one paused since its update; said once, with a count."""
    line, problems = report("""
columns: {case_id: Nr, opened_at: Aberto, status: Estado, updated_at: Tocado}
statuses: {closed: [Fechado], pending: [Pendente]}
""")
    assert (line["met"], line["met_late"], line["missed"], line["open"]) == (1, 1, 0, 1)
    assert problems == {"ticket.unstamped-end": 2}


def test_a_promise_that_no_column_can_keep_is_told(report: Report) -> None:
    """Fault I3: everything missed is not reported without a word."""
    line, problems = report("columns: {case_id: Nr, opened_at: Aberto}\nfacts: {status: Estado}\n")
    assert (line["missed"], problems) == (3, {"columns.promise-without-source": 1})
