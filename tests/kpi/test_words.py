"""A word that nothing bears is refused with the one that was meant: an outcome, a metric by its other name, a clock."""

from __future__ import annotations

from typing import get_args

import pytest

from servicekit.errors import PolicyError, UnknownNameError
from servicekit.events import Answer, Case, Contact, Evaluation, Invitation, Purchase, WorkTime
from servicekit.events.contact import OUTCOMES
from servicekit.kpi import STANDARD, TABLES, Scorecard
from servicekit.kpi.catalogue import meant_by
from servicekit.sla import Outcome
from servicekit.sla.outcome import OutcomeName, Phase


def problem(metric: str) -> tuple[str, str, str | None]:
    with pytest.raises(PolicyError) as caught:
        Scorecard.parse(f"{{metrics: {{m: {metric}}}}}").compile()
    [found] = caught.value.problems
    return found.code, found.path, found.hint


@pytest.mark.parametrize(
    ("metric", "path", "hint"),
    [
        ("{kind: sum, table: contact, where: {outcome: answerd}}", "where.outcome", "did you mean 'answered'?"),
        ("{kind: ratio, table: contact, of: {outcome: [fax]}}", "of.outcome", f"known: {', '.join(sorted(OUTCOMES))}"),
        ("{kind: answer_speed, where: {outcome: answred}}", "where.all[1].outcome", "did you mean 'answered'?"),
        ("{kind: escalation_rate, of: {resolved_by: agnt}}", "of.resolved_by", "did you mean 'agent'?"),
        (
            "{kind: ratio, table: outcome, leave_out: {late: {field: outcome, op: eq, value: met_lat}}}",
            "leave_out.late.value",
            "did you mean 'met_late'?",
        ),
        ("{kind: sum, table: outcome, where: {phase: runing}}", "where.phase", "did you mean 'running'?"),
    ],
)
def test_a_word_that_a_column_never_has_is_refused(metric: str, path: str, hint: str) -> None:
    assert problem(metric) == ("rules.unknown-value", f"metrics.m.{path}", hint)


def test_words_are_those_of_the_records() -> None:
    outcome = TABLES["outcome"].words
    assert (outcome["outcome"], outcome["phase"]) == (frozenset(get_args(OutcomeName)), frozenset(get_args(Phase)))
    records = (Answer, Case, Contact, Evaluation, Invitation, Outcome, Purchase, WorkTime)
    assert {table.record for table in TABLES.values()} == {"", *(record.__name__ for record in records)}


def test_every_word_of_a_column_is_taken() -> None:
    for table in TABLES.values():
        for column, words in table.words.items():
            for word in words:
                metric = {"kind": "sum", "table": table.name, "where": {column: word}}
                assert Scorecard.model_validate({"metrics": {"m": metric}}).compile() is not None


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("asa", "answer_speed"),
        ("average_speed_of_answer", "answer_speed"),
        ("AHT", "handling_time"),
        ("fcr", "first_contact_resolution"),
        ("FRT", "first_response"),
        ("mttr", "resolution_time"),
        ("net promoter score", "nps"),
        ("customer-satisfaction", "csat"),
        ("CSAT", "csat"),
        ("abandon_rate", "abandonment"),
        ("utilization", "utilisation"),
        ("service_levl", "service_level"),
    ],
)
def test_another_name_of_a_metric_leads_to_it(other: str, name: str) -> None:
    assert name in STANDARD
    assert meant_by(other) == f"did you mean {name!r}?"
    assert problem(f"{{kind: {other}}}") == ("document.unknown-kind", "metrics.m.kind", f"did you mean {name!r}?")


def test_no_other_name_is_the_name_of_a_metric() -> None:
    assert [name for name in STANDARD if (meant_by(name) or "") != f"did you mean {name!r}?"] == []
    assert problem("{kind: weather}")[2].startswith("known: ratio, mean")  # type: ignore[union-attr]  # there is a hint


def test_the_wall_is_among_the_clocks() -> None:
    for clock, hint in (("wal", "did you mean 'wall'?"), ("moon", "known: wall")):
        metric = f"{{kind: resolution_time, q: 0.5, clock: {clock}, reading: first}}"
        with pytest.raises(UnknownNameError, match=f"no clock named '{clock}'; {hint}"):
            Scorecard.parse(f"{{metrics: {{m: {metric}}}}}").compile()
