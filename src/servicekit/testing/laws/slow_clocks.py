"""The law that an engine and a judge who walks come to the same verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from servicekit.events import CaseEvent
from servicekit.sla import Outcome, SlaEngine
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.slow import SlowClocks, SlowOutcome

_TICK = timedelta(microseconds=1)


def agrees_with_slow_clocks(engine: SlaEngine, slow: SlowClocks, events: Sequence[CaseEvent], as_of: datetime) -> None:
    """The engine tells of every clock what walking along it minute by minute tells.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened
    >>> from servicekit.sla import SlaPolicy
    >>> policy = SlaPolicy(targets=[{"resolution": "8h"}])
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> agrees_with_slow_clocks(policy.compile({}), SlowClocks(policy, {}), [Opened("C-1", nine)], nine)

    Raises:
        LawBroken: it does not.
    """
    told = {(outcome.metric, outcome.instance): _slowly(outcome) for outcome in engine.judge(events, as_of).outcomes}
    walked = {(outcome.metric, outcome.instance): outcome for outcome in slow.judge(events, as_of)}
    law = "the engine agrees with walking"
    demand(told.keys() == walked.keys(), law, engine=list(told), walked=list(walked))
    for key, outcome in walked.items():
        demand(_counts_alike(told[key], outcome), law, engine=told[key], walked=outcome)


def _counts_alike(told: SlowOutcome, walked: SlowOutcome) -> bool:
    """Whether two outcomes are equal; what was promised nothing has no calendar, so its amounts mean nothing."""
    if walked.outcome != "no_target":
        return told == walked
    return (told.started_at, told.stopped_at, told.outcome) == (walked.started_at, walked.stopped_at, walked.outcome)


def _slowly(outcome: Outcome) -> SlowOutcome:
    """The outcome of an engine as the slow judge would write it."""
    assert outcome.started_at is not None, "a clock that has an outcome has started"
    return SlowOutcome(
        outcome.metric,
        outcome.instance,
        outcome.started_at,
        outcome.stopped_at,
        (outcome.elapsed_us or 0) * _TICK,
        (outcome.paused_us or 0) * _TICK,
        outcome.due_at,
        outcome.outcome,
    )
