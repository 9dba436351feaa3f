"""Tables of surveys: invitations and answers, scores on their scales and off them, blanks that are not zeros."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import Intake
from servicekit.errors import PolicyError
from servicekit.events import Answer, Imported, Invitation, Scale
from servicekit.importers import AnswerMapping, read_answers
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.service_events import SCALES

NPS = "columns: {answer_id: id, at: day, score: score}\ninstruments: {nps: {low: 0, high: 10}}"
HEADER = "id,day,score\n"
DAY = date(2026, 1, 5)


def rows(data: str, mapping: str = NPS) -> list[Imported[Invitation | Answer]]:
    return list(read_answers(BytesIO(data.encode()), AnswerMapping.parse(mapping)))


def values(data: str, mapping: str = NPS) -> list[Invitation | Answer]:
    found = rows(data, mapping)
    assert [problem for row in found for problem in row.problems] == []
    return [row.value for row in found if row.value is not None]


def scores(found: list[Imported[Invitation | Answer]]) -> list[int | Decimal | None]:
    return [row.value.score for row in found if isinstance(row.value, Answer)]


def told(found: list[Imported[Invitation | Answer]]) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for row in found for problem in row.problems]


EVERYTHING = f"""
columns: {{answer_id: id, at: at, instrument: instrument, score: score, customer_id: who, case_id: case,
           contact_id: contact, invitation_id: invitation, agent: agent}}
facts: {{channel: channel, priority: priority, tier: tier, issue_type: issue_type}}
instruments: {{{", ".join(f"{name}: {{low: {s.low}, high: {s.high}, step: {s.step}}}" for name, s in SCALES.items())}}}
"""
FACTS = ["channel", "priority", "tier", "issue_type"]


@given(st.lists(sks.answers(), max_size=6, unique_by=lambda answer: (answer.answer_id, answer.instrument)))
def test_written_answers_are_read_back(answers: list[Answer]) -> None:
    text = StringIO()
    names = ["id", "at", "instrument", "score", "who", "case", "contact", "invitation", "agent"]
    written = [
        [a.answer_id, a.at.isoformat(), a.instrument, a.score, a.customer_id, a.case_id, a.contact_id, a.invitation_id,
         a.agent, *(a.facts.get(name) for name in FACTS)]
        for a in answers
    ]  # fmt: skip
    csv.writer(text).writerows([[*names, *FACTS], *written])
    assert values(text.getvalue(), EVERYTHING) == answers


def test_a_blank_is_an_answer_without_a_score() -> None:
    assert values(HEADER + "1,2026-01-05,0\n2,2026-01-05,\n") == [
        Answer("1", DAY, "nps", 0, Scale(0, 10)),
        Answer("2", DAY, "nps", None, Scale(0, 10)),
    ]


def test_scores_off_the_scale_are_refused_with_their_rows() -> None:
    """formbricks-9248: half marks are no whole numbers."""
    table = HEADER + "1,2026-01-05,6.5\n2,2026-01-05,8.5\n3,2026-01-05,11\n4,2026-01-05,-1\n5,2026-01-05,9.0\n"
    found = rows(table)
    assert told(found) == [("table.off-scale", f"row {n}.score") for n in (2, 3, 4, 5)]
    assert scores(found) == [9]
    intake = Intake(found)
    assert (len(list(intake)), intake.unreadable, intake.records) == (1, 4, 5)


def test_half_marks_are_read_where_they_are_declared() -> None:
    """formbricks-9248, the other reading."""
    halves = NPS.replace("high: 10", "high: 10, step: 0.5")
    found = rows(HEADER + "1,2026-01-05,6.5\n2,2026-01-05,8.5\n3,2026-01-05,8.25\n", halves)
    assert scores(found) == [Decimal("6.5"), Decimal("8.5")]
    assert told(found) == [("table.off-scale", "row 4.score")]


@pytest.mark.parametrize("score", ["nine", "inf", "NaN", "1e1", "9,5,1", "１"])
def test_what_is_no_number_is_told(score: str) -> None:
    assert told(rows(HEADER + f'1,2026-01-05,"{score}"\n')) == [("table.bad-value", "row 2.score")]


def test_texts_stand_for_scores() -> None:
    mapping = NPS.replace("{low: 0, high: 10}", "{low: 0, high: 1, values: {good: 1, bad: 0}}")
    assert scores(rows(HEADER + "1,2026-01-05,good\n2,2026-01-05,bad\n3,2026-01-05,\n", mapping)) == [1, 0, None]


WIDE = """
columns: {at: answered, invited_at: sent, invitation_id: id, customer_id: who, delivery: status}
bounced: [Bounced]
nobody: ["0"]
instruments: {nps: {column: q1, low: 0, high: 10}, csat: {column: q2, low: 1, high: 5}}
"""
OF_WIDE = "id,sent,status,answered,who,q1,q2\n"


def test_a_row_makes_an_invitation_and_an_answer_to_each_question() -> None:
    found = values(OF_WIDE + "i-1,2026-01-05,ok,2026-01-06,m-1,9,\ni-2,2026-01-05,bounced,,0,,\n", WIDE)
    assert [type(value).__name__ for value in found] == ["Invitation", "Answer", "Answer", "Invitation"]
    first, nps, csat, second = found
    assert first == Invitation("i-1", DAY, "m-1")
    assert second == Invitation("i-2", DAY, None, bounced=True)
    assert isinstance(nps, Answer)
    assert isinstance(csat, Answer)
    assert (nps.score, csat.score, nps.answer_id == csat.answer_id) == (9, None, True)
    assert (nps.invitation_id, csat.customer_id) == ("i-1", "m-1")


def test_a_score_without_a_moment_is_told_and_so_are_all_other_faults_of_its_row() -> None:
    found = rows(OF_WIDE + "i-1,2026-01-05,ok,,m-1,9,6\n", WIDE)
    assert told(found) == [("table.off-scale", "row 2.q2"), ("table.bad-instant", "row 2.answered")]


def test_each_question_has_its_scale_and_an_unknown_one_is_told() -> None:
    mapping = """
    columns: {answer_id: id, at: day, instrument: kind, score: score}
    instruments: {nps: {low: 0, high: 10}, csat: {low: 1, high: 5}}
    """
    table = "id,day,kind,score\n1,2026-01-05,nps,9\n1,2026-01-05,csat,9\n2,2026-01-05,cast,3\n3,2026-01-05,,3\n"
    found = rows(table, mapping)
    assert told(found) == [
        ("table.off-scale", "row 3.score"),
        ("table.bad-value", "row 4.kind"),
        ("table.bad-value", "row 5.kind"),
    ]
    assert "csat" in str(found[2].problems[0].hint)


def test_repeated_answers_are_told() -> None:
    """sourcegraph-43884: two clicks have two numbers, and both answers are kept; the very same row is one too many."""
    mapping = NPS.replace("at: day", "at: day, invitation_id: asked")
    table = "id,day,score,asked\n1,2026-01-05T10:00:00.000Z,2,i-1\n2,2026-01-05T10:00:00.350Z,2,i-1\n"
    assert [answer.invitation_id for answer in values(table, mapping) if isinstance(answer, Answer)] == ["i-1", "i-1"]
    again = rows(HEADER + "1,2026-01-05,9\n1,2026-01-05,9\n")
    assert told(again) == [("table.duplicate-record", "row 3")]
    bare = "columns: {at: day, score: score}\nrepeats: drop\ninstruments: {nps: {low: 0, high: 10}}"
    intake = Intake(rows(HEADER + "1,2026-01-05,9\n2,2026-01-05,9\n", bare))
    assert (len(list(intake)), [what.what for what in intake.left_out]) == (1, ["told twice"])


def test_the_day_of_an_export_is_its_last() -> None:
    mapping = f"{NPS}\ntimezone: Asia/Shanghai\nas_of: 2026-01-05T23:00\n"
    assert told(rows(HEADER + "1,2026-01-05,9\n2,2026-01-06,9\n", mapping)) == [("table.after-as-of", "row 3")]


@pytest.mark.parametrize(
    ("mapping", "problems"),
    [
        (NPS.replace("high: 10", "high: 0"), [("columns.scale", "instruments.nps")]),
        (NPS.replace("high: 10", "high: 10, step: 3"), [("columns.scale", "instruments.nps")]),
        (NPS.replace("high: 10", "high: 10, values: {x: 11}"), [("columns.scale", "instruments.nps.values.x")]),
        (NPS.replace(", score: score", ""), [("columns.instrument", "instruments")]),
        (NPS.replace("{low", "{column: score, low"), [("columns.instrument", "instruments")]),
        (NPS.replace("10}}", "10}, csat: {low: 1, high: 5}}"), [("columns.instrument", "columns.instrument")]),
        (f"{NPS}\nbounced: [x]", [("columns.instrument", "bounced")]),
        ("columns: {at: day, score: score}\ninstruments: {}", [("document.value", "instruments")]),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(mapping: str, problems: list[tuple[str, str]]) -> None:
    with pytest.raises(PolicyError) as caught:
        AnswerMapping.parse(mapping)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == problems
