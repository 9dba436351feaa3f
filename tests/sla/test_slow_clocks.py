"""The engine gives the verdicts that a walk through the life of a case gives, minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from servicekit.calendars import Calendar
from servicekit.events import CaseEvent, CustomerReplied, FieldChanged, Opened, Reopened, Resolved, StatusChanged
from servicekit.sla import SlaPolicy, TargetRow
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
lives = sks.minute_cases(opened_at=openings)
waits = sks.spans(max_value=timedelta(days=4), step=MINUTE)


@given(policies, lives, waits)
def test_the_engine_agrees_with_walking_when_all_has_happened(
    policy: SlaPolicy, events: Sequence[CaseEvent], wait: timedelta
) -> None:
    laws.agrees_with_slow_clocks(policy.compile(HOURS), SlowClocks(policy, HOURS), events, events[-1].at + wait)


@given(policies, lives, waits)
def test_the_engine_agrees_with_walking_when_it_is_asked_early(
    policy: SlaPolicy, events: Sequence[CaseEvent], wait: timedelta
) -> None:
    laws.agrees_with_slow_clocks(policy.compile(HOURS), SlowClocks(policy, HOURS), events, events[0].at + wait)


CHANGES: dict[str, dict[str, object]] = {
    "target": {"targets": [{"resolution": "7h", "next_response": "2h"}]},
    "calendar": {"calendar": "always"},
    "boundary": {"boundary": "next_open"},
    "pauses": {"pauses": ()},
    "reopen": {"reopen": {"mode": "new_cycle"}},
    "count_opening": {"count_opening": False},
}


@pytest.mark.parametrize("changed", CHANGES)
def test_walking_disagrees_when_the_engine_goes_by_another_policy(changed: str) -> None:
    policy = SlaPolicy.model_validate(
        {
            "calendar": "desk",
            "pauses": [{"status": "pending", "reason": "waiting"}],
            "targets": [{"resolution": "5h", "next_response": "2h"}],
        }
    )
    morning = MONDAY + 8 * HOUR
    events: list[CaseEvent] = [
        Opened("C-1", morning),
        StatusChanged("C-1", morning + HOUR, "pending"),
        StatusChanged("C-1", morning + 2 * HOUR, "open"),
        Resolved("C-1", morning + 6 * HOUR),
        Reopened("C-1", morning + 7 * HOUR),
    ]
    slow, as_of = SlowClocks(policy, HOURS), morning + 30 * HOUR
    laws.agrees_with_slow_clocks(policy.compile(HOURS), slow, events, as_of)
    with pytest.raises(LawBroken):
        laws.agrees_with_slow_clocks(policy.replace(**CHANGES[changed]).compile(HOURS), slow, events, as_of)


@pytest.mark.parametrize("limit", [{"max_total": "2h"}, {"max_each": "2h"}, {"max_count": 1}])
@pytest.mark.parametrize("mode", ["restart", "keep_elapsed", "retroactive"])
@pytest.mark.parametrize("calendars", [("always", "always"), ("night", "desk"), ("desk", "always")])
def test_limits_of_pauses_hold_for_a_clocks_whole_life_when_its_target_changes(
    limit: dict[str, object], mode: str, calendars: tuple[str, str]
) -> None:
    """What a restart gave up counts for the limits, too, by the hours of the new target."""
    before, after = calendars
    policy = SlaPolicy.model_validate(
        {
            "on_change": mode,
            "pauses": [{"status": "pending", "reason": "held", **limit}],
            "targets": [
                {"when": {"tier": "vip"}, "calendar": before, "resolution": "4h"},
                {"when": {"tier": "gold"}, "calendar": after, "resolution": "9h"},
            ],
        }
    )
    ten = MONDAY + 9 * HOUR  # in Paris
    statuses = {1: "pending", 2: "open", 3: "pending", 6: "open", 7: "pending", 9: "open"}
    told = [StatusChanged("C-1", ten + hours * HOUR, status) for hours, status in statuses.items()]
    for at in (2.5, 4, 8):
        changed = FieldChanged("C-1", ten + at * HOUR, "tier", "gold")
        events: list[CaseEvent] = [Opened("C-1", ten, {"tier": "vip"}), *told, changed]
        laws.agrees_with_slow_clocks(policy.compile(HOURS), SlowClocks(policy, HOURS), events, ten + 20 * HOUR)


def test_a_thank_you_begins_no_wait_when_the_case_is_resolved() -> None:
    policy = SlaPolicy(calendar="desk", targets=(TargetRow.model_validate({"next_response": "2h"}),))
    one = MONDAY + 12 * HOUR  # in Paris, after lunch
    thanks: list[CaseEvent] = [Opened("C-1", one), Resolved("C-1", one + HOUR), CustomerReplied("C-1", one + 2 * HOUR)]
    [first] = SlowClocks(policy, HOURS).judge(thanks, one + 3 * HOUR)
    assert (first.outcome, first.stopped_at, first.elapsed) == ("met", one + HOUR, HOUR)
    _, second = SlowClocks(policy, HOURS).judge([*thanks, Reopened("C-1", one + 3 * HOUR)], one + 4 * HOUR)
    assert (second.started_at, second.outcome, second.elapsed) == (one + 3 * HOUR, "open", HOUR)


@pytest.mark.parametrize(
    "beyond",
    [
        {"match": "all"},
        {"targets": [{"resolution": "2bd"}]},
        {"targets": [{"resolution": {"field": "promised_at"}}]},
        {"targets": [{"when": {"not": {"tier": "vip"}}, "resolution": "2h"}]},
        {"targets": [{"resolution": "2h"}], "pauses": [{"status": "pending", "reason": "waiting", "max_each": "1bd"}]},
    ],
)
def test_the_slow_judge_refuses_when_a_policy_says_what_it_cannot_walk(beyond: dict[str, object]) -> None:
    policy = SlaPolicy.model_validate(beyond)
    events = [Opened("C-1", MONDAY, {"status": "pending"})]
    with pytest.raises(ValueError, match="the slow judge"):
        SlowClocks(policy, {}).judge(events, MONDAY + HOUR)


def test_nothing_falls_through_when_the_policy_says_so() -> None:
    rows = [{"when": {"tier": "vip"}, "resolution": "2h"}, {"resolution": "8h", "first_response": "1h"}]
    policy = SlaPolicy.model_validate({"fall_through": False, "targets": rows})
    events = [Opened("C-1", MONDAY, {"tier": "vip"})]
    slow, as_of = SlowClocks(policy, {}), MONDAY + HOUR
    assert [(each.metric, each.outcome) for each in slow.judge(events, as_of)] == [
        ("first_response", "no_target"),
        ("resolution", "open"),
    ]
    laws.agrees_with_slow_clocks(policy.compile({}), slow, events, as_of)
