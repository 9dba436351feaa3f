"""Tables of evaluations and of the time of agents, and the document that names the files of all tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from servicekit.errors import PolicyError, Problem
from servicekit.events import Evaluation, Imported, Mark, Scale, WorkTime
from servicekit.importers import EvaluationMapping, WorkMapping, read_evaluations, read_sources, read_work
from servicekit.timeline import Interval

DAY = date(2026, 1, 5)
HOUR = timedelta(hours=1)


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in problems]


def odd(rows: list[Imported[Evaluation]] | list[Imported[WorkTime]]) -> list[tuple[str, str]]:
    return [each for row in rows for each in told(row.problems)]


QUALITY = """
form: calls
scale: {low: 0, high: 100, step: 0.5}
columns: {evaluation_id: id, at: day, agent: who, score: total, evaluator: by, contact_id: call,
          critical_failures: failed, passed: passed}
marks: {greeting: {column: q1, out_of: 10}, compliance: q2}
"""
OF_QUALITY = "id,day,who,total,by,call,failed,passed,q1,q2\n"


def evaluations(table: str, mapping: str = QUALITY) -> list[Imported[Evaluation]]:
    return list(read_evaluations(BytesIO(table.encode()), EvaluationMapping.parse(mapping)))


def test_a_row_is_an_evaluation_with_its_marks() -> None:
    [row] = evaluations(OF_QUALITY + "1,2026-01-05,li,92.5,zhao,K-1,privacy; tone ;privacy,no,8,\n")
    marks = (Mark("greeting", 8, 10), Mark("compliance", None))
    scale = Scale(0, 100, Decimal("0.5"))
    assert row.value == Evaluation(
        "1", DAY, "li", "calls", Decimal("92.5"), scale, marks, ("privacy", "tone"), False, "zhao", "K-1"
    )


def test_critical_failures_may_be_no_more_than_yes_or_no() -> None:
    lines = "".join(f"{n},2026-01-05,li,,,,{text},,,\n" for n, text in enumerate(("yes", "No", "")))
    found = [row.value.critical_failures for row in evaluations(OF_QUALITY + lines) if row.value]
    assert found == [("critical",), (), ()]


def test_all_faults_of_an_evaluation_are_told() -> None:
    assert odd(evaluations(OF_QUALITY + ",soon,,101,zhao,K-1,,perhaps,11,x\n")) == [
        ("table.bad-value", "row 2.id"),
        ("table.bad-instant", "row 2.day"),
        ("table.bad-value", "row 2.who"),
        ("table.off-scale", "row 2.total"),
        ("table.off-scale", "row 2.q1"),
        ("table.bad-value", "row 2.q2"),
        ("table.bad-value", "row 2.passed"),
    ]


def test_a_course_is_judged_by_its_own_form() -> None:
    mapping = "columns: {at: day, agent: who, form: course, passed: passed}"
    table = "day,who,course,passed\n2026-01-05,li,onboarding,yes\n2026-01-05,li,,yes\n"
    passed, unnamed = evaluations(table, mapping)
    assert passed.value is not None
    assert (passed.value.form, passed.value.passed, passed.value.score) == ("onboarding", True, None)
    assert told(unnamed.problems) == [("table.bad-value", "row 3.course")]


SHIFTS = """
timezone: Asia/Shanghai
columns: {agent: who, start: from, end: to, paid: {column: paid, unit: hours}, logged_in: {from: from, until: to},
          handling: talk, idle: {column: idle, unit: text}}
facts: {queue: queue}
"""
OF_SHIFTS = "who,from,to,paid,talk,idle,queue\n"


def work(table: str, mapping: str = SHIFTS) -> list[Imported[WorkTime]]:
    return list(read_work(BytesIO(table.encode()), WorkMapping.parse(mapping)))


def test_a_shift_runs_over_midnight() -> None:
    [row] = work(OF_SHIFTS + "li,2026-01-05T22:00,2026-01-06T06:00,7.5,14400,1:30:00,it\n")
    ten = datetime(2026, 1, 5, 14, tzinfo=UTC)
    over = Interval(ten, ten + 8 * HOUR)
    assert row.value == WorkTime("li", over, 7.5 * HOUR, 8 * HOUR, 4 * HOUR, 1.5 * HOUR, {"queue": "it"})


def test_what_cannot_be_of_a_shift_is_told() -> None:
    table = OF_SHIFTS + "li,2026-01-06T06:00,2026-01-05T22:00,-8,x,,it\n,2026-01-05T06:00,,,,,\n"
    assert odd(work(table)) == [
        ("table.ends-before-start", "row 2.to"),
        ("table.bad-value", "row 2.paid"),
        ("table.ends-before-start", "row 2.to"),
        ("table.bad-value", "row 2.talk"),
        ("table.bad-value", "row 3.who"),
        ("table.bad-instant", "row 3.to"),
    ]


def test_years_that_have_no_day_in_some_zones_are_told() -> None:
    table = OF_SHIFTS + "li,9998-12-31T22:00,9999-01-01T22:00,,,,\nli,0001-01-02T00:00,0001-01-02T06:00,,,,\n"
    first, second = work(table)
    assert (first.value is None, told(second.problems)) == (False, [("table.bad-value", "row 3")])
    assert odd(evaluations(OF_QUALITY + "1,9999-12-31T12:00,li,,,,,,,\n")) == [("table.bad-value", "row 2")]


def test_an_agent_has_a_day_once_for_each_queue() -> None:
    mapping = "columns: {agent: who, day: day, handling: talk}\nfacts: {queue: queue}"
    table = "who,day,talk,queue\nli,2026-01-05,60,it\nli,2026-01-05,90,sales\nli,2026-01-05,120,it\n"
    found = work(table, mapping)
    assert odd(found) == [("table.duplicate-record", "row 4")]
    assert [row.value.over for row in found if row.value] == [DAY, DAY]
    assert odd(work("who,day,talk,queue\nli,2026-01-05T09:00,,\n", mapping)) == [("table.bad-value", "row 2.day")]


@pytest.mark.parametrize(
    ("kind", "mapping", "problems"),
    [
        (EvaluationMapping, "columns: {at: a, agent: b}", [("columns.form", "form")]),
        (EvaluationMapping, "form: x\ncolumns: {at: a, agent: b, score: c}", [("columns.scale", "scale")]),
        (
            EvaluationMapping,
            "form: x\nscale: {low: 1, high: 1}\ncolumns: {at: a, agent: b, score: c}",
            [("columns.scale", "scale")],
        ),
        (WorkMapping, "columns: {agent: a}", [("columns.day", "columns.day")]),
        (WorkMapping, "columns: {agent: a, day: b, start: c, end: d}", [("columns.day", "columns.day")]),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(
    kind: type[EvaluationMapping | WorkMapping], mapping: str, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(PolicyError) as caught:
        kind.parse(mapping)
    assert told(caught.value.problems) == problems


MAPPINGS = {
    "cases": "columns: {case_id: id, opened_at: at}",
    "contacts": "{servicekit: contacts/1, columns: {at: at, outcome: end}, as_of: 2026-01-07T00:00}",
    "answers": "columns: {at: at, score: score}\ninstruments: {nps: {low: 0, high: 10}}\nas_of: 2026-01-08T00:00",
    "evaluations": "{form: calls, columns: {at: at, agent: who}}",
    "work": "columns: {agent: who, day: at}",
    "purchases": "{currency: CNY, columns: {customer_id: who, at: at, amount: paid}}",
}
TABLE = "id,at,end,score,who,paid\n1,2026-01-05{},answered,9,li,80\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table and a mapping of each kind, and the document that names them."""
    for name, mapping in MAPPINGS.items():
        (tmp_path / f"{name}.yaml").write_text(mapping, "utf-8")
        (tmp_path / f"{name}.csv").write_text(TABLE.format("T09:00" if name in {"cases", "contacts"} else ""), "utf-8")
    lines = [f"  {name}: {{file: {name}.csv, columns: {name}.yaml}}\n" for name in MAPPINGS]
    (tmp_path / "sources.yaml").write_text(f"servicekit: sources/1\ntables:\n{''.join(lines)}", "utf-8")
    return tmp_path


def test_a_document_opens_every_table(folder: Path) -> None:
    sources = read_sources(folder / "sources.yaml")
    found = {name: getattr(sources, name) for name in MAPPINGS}
    assert {name: [type(row.value).__name__ for row in source.open()] for name, source in found.items()} == {
        "cases": ["Case"],
        "contacts": ["Contact"],
        "answers": ["Answer"],
        "evaluations": ["Evaluation"],
        "work": ["WorkTime"],
        "purchases": ["Purchase"],
    }
    assert [source.as_of and source.as_of.day for source in found.values()] == [None, 7, 8, None, None, None]


def test_all_that_is_wrong_with_the_sources_is_told_at_once(folder: Path) -> None:
    (folder / "work.csv").unlink()
    (folder / "contacts.yaml").write_text("{servicekit: answers/1, columns: {}}", "utf-8")
    (folder / "evaluations.yaml").write_text("{form: calls, columns: {at: at}}", "utf-8")
    (folder / "cases.yaml").unlink()
    with pytest.raises(PolicyError) as caught:
        read_sources(folder / "sources.yaml")
    assert told(caught.value.problems) == [
        ("document.unreadable", ""),
        ("document.unknown-kind", "servicekit"),
        ("document.missing-key", "columns.agent"),
        ("table.no-such-file", "tables.work.file"),
    ]
    places = [str(problem.address) for problem in caught.value.problems]
    assert [Path(place.partition(":")[0]).name for place in places[1:]] == [
        "contacts.yaml",
        "evaluations.yaml",
        "sources.yaml",
    ]


def test_a_table_that_nobody_knows_is_told(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text("tables: {contact: {file: a, columns: b}}", "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_sources(file)
    [problem] = caught.value.problems
    assert (problem.code, problem.path) == ("document.unknown-key", "tables.contact")
    assert "contacts" in str(problem.hint)
