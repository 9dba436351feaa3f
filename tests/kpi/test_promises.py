"""A scorecard counts promises as every report of the desk does, by each convention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import ServiceDesk, kpi_tables
from servicekit.events import Case, FieldChanged
from servicekit.kpi import PromisesKept, Scorecard
from servicekit.policy import ServicePolicy
from servicekit.quantity import Ratio
from servicekit.sla import Attainment, Convention, Outcome, OutcomeName
from servicekit.testing import strategies as sks
from servicekit.whatif import replay

START = datetime(2026, 3, 20, tzinfo=UTC)
OPENED = sks.instants(min_value=START, max_value=START + timedelta(days=10))
HOURS = sks.calendars(min_date=date(2026, 3, 15), max_date=date(2026, 4, 30))
CASES = st.lists(st.integers(1, 9).flatmap(lambda n: sks.cases(case_id=f"C-{n}", opened_at=OPENED)), max_size=6)


def outcome(name: OutcomeName) -> Outcome:
    return Outcome("C-1", "resolution", 0, "1", None, None, None, None, None, None, None, "stopped", name)


@pytest.mark.parametrize("convention", get_args(Convention))
@given(names=st.lists(st.sampled_from(get_args(OutcomeName))))
def test_the_scorecard_and_the_desk_cannot_differ(convention: str, names: Sequence[OutcomeName]) -> None:
    outcomes = [outcome(name) for name in names]
    metric = PromisesKept.model_validate({"metric": "resolution", "convention": convention})
    found = Scorecard(metrics={"kept": metric}).compile().measure({"outcome": outcomes})["kept"]
    ratio = Attainment.of(outcomes).ratio(convention)  # type: ignore[arg-type]  # one of the three
    assert Ratio(int(found.numerator or 0), int(found.denominator or 0)) == ratio
    assert found.exact == ratio.value
    assert sum(found.left_out.values()) == len(outcomes) - ratio.denominator


@pytest.mark.parametrize("fact", ["channel", "tier", "issue_type"])
@given(sks.service_policies(calendars=HOURS, max_rows=4), CASES)
def test_desk_replay_and_scorecard_count_the_same_promises(
    fact: str, policy: ServicePolicy, drawn: Sequence[Case]
) -> None:
    """By any fact that does not change: a replay tells cases apart by it as they open, outcomes have it at the end."""
    engine, as_of = policy.compile(), START + timedelta(days=30)
    cases = [replace(each, events=tuple(e for e in each.events if not changes(e, fact))) for each in drawn]
    run = ServiceDesk(policy).run(cases, as_of=as_of)
    outcomes = list(run)
    report, replayed = run.report(), replay(engine, engine, cases, as_of=as_of, by=fact)
    assert {line.metric for line in report.lines} == set(replayed.metrics) == {each.metric for each in outcomes}
    if fact == "channel":
        lines = {(line.metric, line.channel): line.attainment for line in report.lines}
        assert lines == {(line.metric, line.group): line.before for line in replayed.lines}
    assert {each: report.total(each).attainment for each in report.metrics} == replayed.before
    tables = {"outcome": [], **kpi_tables(engine, cases, as_of=as_of)}
    for convention in get_args(Convention):
        kept = {each: PromisesKept(metric=each, convention=convention) for each in report.metrics or ("resolution",)}
        results = Scorecard(metrics=kept).compile().measure(tables, by=[fact], as_of=as_of)
        for line in replayed.lines:
            found, ratio = results[line.metric, line.group or None], line.before.ratio(convention)
            assert Ratio(int(found.numerator or 0), int(found.denominator or 0)) == ratio
            assert sum(found.left_out.values()) == line.before.total - ratio.denominator
        for metric in report.metrics:
            assert results[metric].exact == report.total(metric).attainment.ratio(convention).value


def changes(event: object, fact: str) -> bool:
    return isinstance(event, FieldChanged) and event.name == fact
