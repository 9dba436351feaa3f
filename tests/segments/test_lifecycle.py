"""The states of the life cycle, day by day at their edges."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from servicekit.document import read
from servicekit.segments import LifeCycle, life_cycle_state

STAGES = LifeCycle.parse("{new: 30cd, at_risk: 90cd, dormant: 180cd, lost: 365cd}")
DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("silent", "state"),
    [
        (0, "new"),
        (29, "new"),
        (30, "active"),
        (89, "active"),
        (90, "at_risk"),
        (179, "at_risk"),
        (180, "dormant"),
        (364, "dormant"),
        (365, "lost"),
    ],
)
def test_each_state_begins_exactly_on_its_day(silent: int, state: str) -> None:
    assert life_cycle_state(STAGES, [DAY - timedelta(days=silent)], DAY) == state


def test_who_comes_back_is_active_and_not_new_again() -> None:
    assert life_cycle_state(STAGES, [DAY - timedelta(days=400), DAY], DAY) == "active"


def test_what_lies_ahead_is_not_known() -> None:
    assert life_cycle_state(STAGES, [DAY + timedelta(days=1)], DAY) == "never_active"


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("{at_risk: 180cd, dormant: 180cd}", "segments.not-rising", "dormant"),
        ("{at_risk: 90cd, dormant: 180cd, lost: 100cd}", "segments.not-rising", "lost"),
        ("{at_risk: 0cd, dormant: 180cd}", "segments.days", "at_risk"),
        ("{at_risk: 90d, dormant: 180cd}", "duration.text", "at_risk"),
        ("{at_risk: 90bd, dormant: 180cd}", "segments.days", "at_risk"),
        ("{at_risk: 90cd}", "document.missing-key", "dormant"),
    ],
)
def test_a_fault_is_told_at_its_place(text: str, code: str, path: str) -> None:
    assert [(problem.code, problem.path) for problem in read(LifeCycle, text).problems] == [(code, path)]
