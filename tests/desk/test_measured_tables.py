"""Records as the tables that metrics read, as they stand at the instant of the report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from servicekit.desk import kpi_tables
from servicekit.events import Answer, Case, Contact, Opened, Resolved, WorkTime
from servicekit.kpi import Scorecard, case_row
from servicekit.policy import ServicePolicy
from servicekit.testing import strategies as sks

NINE, HOUR = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(hours=1)
CASE = Case("C-1", (Opened("C-1", NINE, {"channel": "chat"}), Resolved("C-1", NINE + 9 * HOUR)))
POLICY = ServicePolicy.parse("{name: desk, calendars: {}, sla: {targets: [{resolution: 4h}]}}").compile()


def test_cases_and_promises_stand_as_they_were_then() -> None:
    """A case that is resolved later is open, in the row of the case as in that of its promise."""
    card = Scorecard.parse(
        "{metrics: {resolved: {kind: resolution_rate, view: cohort},"
        " kept: {kind: promises_kept, metric: resolution, convention: promised}}}"
    ).compile()
    early, late = (kpi_tables(POLICY, [CASE], as_of=NINE + hours * HOUR) for hours in (2, 10))
    found = [card.measure(tables) for tables in (early, late)]
    assert [each["resolved"].exact for each in found] == [0, 1]
    assert [(each["kept"].n, dict(each["kept"].left_out)) for each in found] == [(0, {"open": 1}), (1, {})]
    assert kpi_tables(POLICY, [CASE], as_of=NINE - HOUR) == {}, "nobody knows of it yet"
    with pytest.raises(ValueError, match="as of when"):
        kpi_tables(POLICY, [CASE])


@given(sks.cases(max_length=timedelta(days=3)))
def test_a_row_ignores_the_future(case: Case) -> None:
    for event in case.events:
        known = Case(case.case_id, tuple(each for each in case.events if each.at <= event.at))
        assert case_row(case, event.at) == case_row(known)


def test_every_record_stands_in_the_table_of_its_kind() -> None:
    happened = [
        Contact("K-1", NINE, "answered"),
        Answer("a-1", NINE, "nps"),
        WorkTime("li.wei", date(2026, 1, 5)),
        CASE,
    ]
    tables = kpi_tables(POLICY, happened, as_of=NINE)
    assert {name: len(rows) for name, rows in tables.items()} == {
        "contact": 1,
        "answer": 1,
        "work": 1,
        "case": 1,
        "outcome": 1,
    }
