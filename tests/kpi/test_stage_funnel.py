"""How far cases come: who skipped a stage came further, and who is open has not failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from servicekit.errors import NaiveDatetimeError
from servicekit.events import (
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.kpi import StageFunnel
from servicekit.quantity import Ratio
from servicekit.statistics import wilson
from servicekit.testing.laws.law_broken import LawBroken
from servicekit.testing.laws.metrics import check_stages

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
STAGES = ["opened", "diagnosed", "resolved", "closed"]


def case(*events: CaseEvent) -> Case:
    return Case("C-1", (Opened("C-1", NINE), *events))


def after(hours: int, kind: Any, *more: Any) -> CaseEvent:
    event: CaseEvent = kind("C-1", NINE + hours * HOUR, *more)
    return event


def counts(*cases: Case, stages: list[str] = STAGES, hours: int = 99) -> dict[str, tuple[int, int, int]]:
    funnel = StageFunnel.of(cases, stages, as_of=NINE + hours * HOUR)
    return {stage.name: (stage.reached, stage.skipped, stage.may_come) for stage in funnel.stages}


def test_a_stage_is_a_milestone_a_status_or_an_event_of_that_name() -> None:
    ways = [
        case(after(1, MilestoneReached, "diagnosed")),
        case(after(1, StatusChanged, "diagnosed")),
        case(after(1, FieldChanged, "status", "diagnosed")),
        Case("C-1", (Opened("C-1", NINE, {"status": "diagnosed"}),)),
    ]
    assert [counts(each)["diagnosed"] for each in ways] == [(1, 0, 0)] * 4
    assert counts(case(after(1, StatusChanged, "closed")))["closed"] == (1, 0, 0)


def test_who_came_further_skipped_what_he_never_reached() -> None:
    found = counts(case(after(1, Closed)))
    assert found == {"opened": (1, 0, 0), "diagnosed": (0, 1, 0), "resolved": (1, 0, 0), "closed": (1, 0, 0)}


def test_an_open_case_may_still_come_and_one_that_is_over_may_not() -> None:
    assert [counts(case())[name] for name in ("diagnosed", "closed")] == [(0, 0, 1), (0, 0, 1)]
    for ended in (Cancelled, Closed):
        assert [one[2] for one in counts(case(after(1, ended))).values()] == [0, 0, 0, 0]
    merged = case(after(1, MergedInto, "C-0"), after(2, MilestoneReached, "diagnosed"))
    assert counts(merged)["diagnosed"] == (0, 0, 0)


def test_a_case_that_is_resolved_may_come_to_closed_alone() -> None:
    resolved = case(after(1, Resolved))
    assert counts(resolved, stages=["opened", "closed"])["closed"] == (0, 0, 1)
    assert counts(resolved, stages=["opened", "diagnosed"])["diagnosed"] == (0, 0, 0)
    again = case(after(1, Resolved), after(2, Reopened))
    assert counts(again, stages=["opened", "diagnosed"])["diagnosed"] == (0, 0, 1)


def test_what_is_not_known_yet_does_not_count() -> None:
    late = case(after(5, MilestoneReached, "diagnosed"))
    assert [counts(late, hours=hours)["diagnosed"] for hours in (-1, 4, 5)] == [(0, 0, 0), (0, 0, 1), (1, 0, 0)]
    assert StageFunnel.of([late], STAGES, as_of=NINE - HOUR).cases == 0
    lost = Case("C-1", (after(1, MilestoneReached, "diagnosed"),))
    assert StageFunnel.of([lost], STAGES, as_of=NINE + 9 * HOUR).cases == 0


def test_shares_are_of_the_first_stage_and_of_the_one_before_with_wilsons_limits() -> None:
    cases = [case(), *[case(after(1, MilestoneReached, "diagnosed"))] * 3, *[case(after(1, Resolved))] * 4]
    funnel = StageFunnel.of(cases, ["opened", "diagnosed", "resolved"], as_of=NINE + 9 * HOUR)
    assert (funnel.of_first("diagnosed"), funnel.of_before("resolved")) == (Ratio(7, 8), Ratio(4, 7))
    assert (funnel.of_first("opened"), funnel.of_before("opened")) == (Ratio(8, 8), None)
    *_, last = funnel.rows()
    limits = wilson(4, 7)
    assert limits is not None
    assert (last["of_before"], last["of_before_low"], last["of_before_high"]) == (4 / 7, limits.low, limits.high)
    assert (last["came"], last["skipped"], last["may_come"]) == (4, 0, 4)
    shown = funnel._repr_html_()
    for text in ("57.1 %", "50.0 %", "may still come", "8 cases as of 2026-01-05T18:00:00+00:00"):
        assert text in shown


def test_of_no_case_there_is_no_share() -> None:
    funnel = StageFunnel.of([], STAGES, as_of=NINE)
    assert funnel.of_first("resolved").value is None
    assert [row["of_before"] for row in funnel.rows()] == [None] * 4
    assert "n/a" in funnel._repr_html_()


@pytest.mark.parametrize(
    ("stages", "error", "words"),
    [
        ([], ValueError, "one stage or more"),
        (["a", "b", "a"], ValueError, "'a' is named twice"),
        ("opened", TypeError, "a list of names"),
    ],
)
def test_stages_that_are_none_are_refused(stages: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        StageFunnel.of([], stages, as_of=NINE)


def test_a_moment_without_a_zone_and_an_unknown_stage_are_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        StageFunnel.of([], STAGES, as_of=NINE.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no stage is named 'shipped'; there are opened, diagnosed"):
        StageFunnel.of([], STAGES, as_of=NINE).of_first("shipped")


def test_the_law_finds_a_stage_that_no_clock_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    check_stages([case()], STAGES, NINE)
    counted = StageFunnel.of
    closed = [case(after(0, Closed))]
    monkeypatch.setattr(StageFunnel, "of", lambda _, stages, as_of: counted(closed, stages, as_of=as_of))
    with pytest.raises(LawBroken, match="where a clock stops"):
        check_stages([case()], STAGES, NINE)
