"""The engine gives the verdicts that a walk through the life of a case gives, minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar
from servicekit.events import CaseEvent, Opened, Resolved
from servicekit.sla import Outcome, SlaPolicy
from servicekit.testing import LawBroken, SlowClocks, laws
from servicekit.testing import strategies as sks

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)  # clocks in New York go forward on the Sunday after
HOURS = {
    "desk": Calendar.model_validate(
        {"timezone": "Europe/Paris", "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}}
    ).compile(),
    "night": Calendar.model_validate({"timezone": "America/New_York", "weekly": {"mon-sun": "22:00-06:00"}}).compile(),
}
openings = sks.instants(min_value=MONDAY, max_value=MONDAY + timedelta(days=9), step=MINUTE)
policies = sks.minute_policies(calendars=("always", *HOURS))
lives = sks.minute_lives(opened_at=openings)
later = sks.spans(max_value=timedelta(days=4), step=MINUTE)


@given(policies, lives, later)
def test_the_engine_agrees_with_walking_when_anything_happens(
    policy: SlaPolicy, events: Sequence[CaseEvent], wait: timedelta
) -> None:
    laws.walking_agrees(policy.compile(HOURS), SlowClocks(policy, HOURS), events, events[-1].at + wait)


@given(policies, lives, st.integers(0, 4 * 24 * 60))
def test_the_engine_agrees_with_walking_when_it_is_asked_early(
    policy: SlaPolicy, events: Sequence[CaseEvent], minutes: int
) -> None:
    laws.walking_agrees(policy.compile(HOURS), SlowClocks(policy, HOURS), events, events[0].at + minutes * MINUTE)
