"""Strategies of policies and cases on whole minutes, which a judge that walks can follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from servicekit.events import CaseEvent, Opened, Opener, order
from servicekit.rules import where
from servicekit.sla import METRICS, ChangeMode, Pause, Reopening, SlaPolicy, Target, TargetRow
from servicekit.sla.policy import ALWAYS
from servicekit.testing.strategies.streams import ANSWERING, case_events, facts, sequenced
from servicekit.testing.strategies.time import instants, spans

_MINUTE = timedelta(minutes=1)
_KINDS: tuple[dict[str, str], ...] = (
    {},
    {"tier": "vip"},
    {"tier": "gold"},
    {"tier": "vip", "channel": "chat"},
    {"tier": "vip", "channel": "chat", "priority": "low"},
)
"""Cases that rows are for; no two of them can tie."""
_STAGES: tuple[dict[str, str], ...] = (
    {},
    {},
    {"vendor_done": "2h"},
    {"pending": "5h", "closed": "9h", "resolved": "9h"},
)
_HELD: tuple[dict[str, object], ...] = (
    {"status": ("pending",)},
    {"status": ("on_hold",)},
    {"status": ("pending", "on_hold")},
    {"when": where(priority="low")},
    {"when": where(status="pending", tier="vip")},
)
_REOPENINGS = tuple(
    Reopening.model_validate(each) for each in ({}, {"mode": "new_cycle"}, {"within": "4h"}, {"within": "2cd"})
)


def _lengths(most: int) -> st.SearchStrategy[timedelta]:
    """Mostly of whole hours, so that things happen together."""
    hours = spans(min_value=timedelta(hours=1), max_value=most * _MINUTE, step=timedelta(hours=1))
    return hours | spans(min_value=_MINUTE, max_value=most * _MINUTE, step=_MINUTE)


def _targets(calendars: Sequence[str]) -> st.SearchStrategy[Target]:
    named = st.sampled_from((None, *calendars))
    counted = st.builds(Target, within=_lengths(1500), calendar=named)
    return counted | st.builds(Target, within=_lengths(1500), clock=st.just("wall"))


@st.composite
def _rows(draw: st.DrawFn, when: dict[str, str], calendars: Sequence[str]) -> TargetRow:
    names = draw(st.lists(st.sampled_from(tuple(METRICS)), min_size=1, max_size=4, unique=True))
    promised = {name: draw(_targets(calendars)) for name in names}
    modes = st.sampled_from((None, None, *get_args(ChangeMode)))
    calendar = draw(st.sampled_from((None, *calendars)))
    stages = draw(st.sampled_from(_STAGES))
    return TargetRow.model_validate(
        {"when": when, "calendar": calendar, "on_change": draw(modes), "stages": stages, **promised}
    )


@st.composite
def _rest(draw: st.DrawFn, rows: Sequence[TargetRow]) -> TargetRow:
    """A default row that promises whatever the others do, so that no case is ever promised less."""
    promised = {metric: target for row in rows for metric, target in row.targets.items() if metric in METRICS}
    stages = {name: target for row in rows for name, target in row.stages.items()}
    mode = draw(st.sampled_from((None, *get_args(ChangeMode))))
    return TargetRow.model_validate({"default": True, "on_change": mode, "stages": stages, **promised})


def _pauses() -> st.SearchStrategy[Pause]:
    limits: st.SearchStrategy[dict[str, object]] = st.one_of(
        st.just({}),
        st.just({"max_each": "1cd"}),
        st.fixed_dictionaries({"max_each": _lengths(600)}),
        st.fixed_dictionaries({"max_total": _lengths(600)}),
        st.fixed_dictionaries({"max_count": st.integers(1, 2)}),
    )
    metrics = st.lists(st.sampled_from(tuple(METRICS)), min_size=1, max_size=6, unique=True)
    return st.tuples(st.sampled_from(_HELD), metrics, limits).map(
        lambda drawn: Pause.model_validate({"reason": "held", "metrics": drawn[1], **drawn[0], **drawn[2]})
    )


@st.composite
def minute_policies(draw: st.DrawFn, *, calendars: Sequence[str] = (ALWAYS,)) -> SlaPolicy:
    """SLA policies that :class:`~servicekit.testing.SlowClocks` can judge: lengths of up to 25 hours in whole minutes.

    Every metric, pauses with limits, every mode of change and of reopening, rows by one to three facts.

    >>> from hypothesis import Phase, find, settings
    >>> once = settings(phases=[Phase.generate], max_examples=2000)
    >>> find(minute_policies(), lambda policy: policy.pauses != (), settings=once).match in ("most_specific", "first")
    True
    """
    kinds = draw(st.lists(st.sampled_from(_KINDS), min_size=1, max_size=4, unique_by=str))
    rows = [draw(_rows(kind, calendars)) for kind in kinds]
    rest = [draw(_rest(rows))] if draw(st.booleans()) else []
    return SlaPolicy(
        calendar=draw(st.sampled_from(calendars)),
        match=draw(st.sampled_from(("most_specific", "first"))),
        fall_through=draw(st.sampled_from((True, True, False))),
        blank_matches=draw(st.sampled_from((True, True, False))),
        boundary=draw(st.sampled_from(("close_of_day", "next_open"))),
        on_change=draw(st.sampled_from(get_args(ChangeMode))),
        count_opening=draw(st.booleans()),
        count_agent_opening=draw(st.booleans()),
        resolution_answers=draw(st.sampled_from(ANSWERING)),
        reopen=draw(st.sampled_from(_REOPENINGS)),
        pauses=tuple(draw(st.lists(_pauses(), max_size=2))),
        targets=(*rows, *rest),
    )


@st.composite
def minute_cases(
    draw: st.DrawFn,
    *,
    case_id: str = "C-1",
    opened_at: st.SearchStrategy[datetime] = instants(step=_MINUTE),  # noqa: B008 - a value
    max_events: int = 9,
    max_length: timedelta = timedelta(days=3),
) -> tuple[CaseEvent, ...]:
    """The events of one case as :func:`ticket_streams` draws them, all on whole minutes, many at the same one.

    >>> from hypothesis import find
    >>> len(find(minute_cases(), lambda events: len({event.at for event in events}) < len(events)))
    2
    """
    opened = draw(_openings(case_id, draw(opened_at)))
    later = [spans(max_value=max_length, step=step) for step in (_MINUTE, timedelta(hours=1))]
    events = case_events(case_id=case_id, at=st.one_of(later).map(lambda span: opened.at + span))
    return order([opened, *draw(sequenced(st.lists(events, max_size=max_events)))]).events


@st.composite
def _openings(draw: st.DrawFn, case_id: str, at: datetime) -> Opened:
    known = draw(facts()) | draw(st.sampled_from(({}, {}, {"status": "pending"}, {"owner": "li.wei"})))
    earlier = draw(st.none() | st.none() | spans(max_value=timedelta(hours=10), step=_MINUTE))
    by: Opener = draw(st.sampled_from(get_args(Opener)))
    return Opened(case_id, at, known, by=by, counts_from=None if earlier is None else at - earlier)
