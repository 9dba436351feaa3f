"""Strategies for policies: targets, pauses, target tables without ties, whole service policies, and pairs of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from hypothesis import strategies as st

from servicekit.calendars import AnyCalendar
from servicekit.policy import ServicePolicy
from servicekit.rules import where
from servicekit.sla import (
    Agreement,
    ChangeMode,
    LadderStep,
    Measure,
    Pause,
    Reopening,
    SlaPolicy,
    Target,
    TargetRow,
)
from servicekit.sla.metric import STAGE
from servicekit.sla.policy import ALWAYS
from servicekit.testing.strategies.calendars import calendars as any_calendars
from servicekit.testing.strategies.streams import ANSWERING, FACTS, METRICS, STATUSES
from servicekit.testing.strategies.time import day_rules, durations, spans
from servicekit.timeline import BusinessDays, CalendarDays
from servicekit.vocabulary import Vocabulary

_SUBJECTS = {"channel": "channels", "issue_type": "issue_types", "tier": "tiers", "priority": "priorities"}
_SECOND = timedelta(seconds=1)


def targets(*, calendars: Sequence[str] = (ALWAYS,)) -> st.SearchStrategy[Target]:
    """Targets of every kind but recorded fields: open time, wall time, business and calendar days.

    >>> from hypothesis import find
    >>> find(targets(), lambda target: target.clock == "wall").text
    '0s wall'
    """
    named = st.none() | st.sampled_from(calendars)
    counted = st.builds(Target, within=durations(), calendar=named)
    walls = st.builds(Target, within=spans(step=_SECOND), clock=st.just("wall"))
    closes = st.builds(
        Target, within=st.integers(0, 5).map(lambda days: BusinessDays(days, end="close")), calendar=named
    )
    return st.one_of(counted, walls, closes)


@st.composite
def pauses(draw: st.DrawFn, *, limits: bool = True) -> Pause:
    """Pauses for some metrics: on some statuses or under a condition, with limits or without.

    >>> from hypothesis import find
    >>> find(pauses(), lambda pause: "resolution" in pause.metrics).status
    ('pending',)
    """
    status = tuple(draw(st.lists(st.sampled_from(STATUSES[1:]), min_size=1, max_size=2, unique=True)))
    by_status = {"status": status, "when": None}
    by = draw(st.sampled_from((by_status, by_status, {"status": (), "when": where(priority="low")})))
    return Pause.model_validate(
        {
            **by,
            "metrics": draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=4, unique=True) | st.just(METRICS)),
            "reason": draw(st.sampled_from(("customer", "vendor"))),
            **(draw(_limits()) if limits else {}),
        }
    )


def _limits() -> st.SearchStrategy[dict[str, object]]:
    length = spans(min_value=timedelta(minutes=1), max_value=timedelta(days=3), step=timedelta(minutes=1))
    each = st.sampled_from(({}, {}, {"max_each": "1cd"}, {"max_each": "4h"}))
    return st.one_of(
        each,
        st.fixed_dictionaries({"max_total": length}),
        st.fixed_dictionaries({"max_count": st.integers(1, 2)}),
    )


@st.composite
def target_rows(
    draw: st.DrawFn, *, when: Mapping[str, str] | None = None, calendars: Sequence[str] = (ALWAYS,)
) -> TargetRow:
    """Rows of a target table that promise at least one metric, for cases with the facts ``when``.

    >>> from hypothesis import Phase, find, settings
    >>> row = find(target_rows(when={"tier": "vip"}), lambda row: True, settings=settings(phases=[Phase.generate]))
    >>> row.to_dict()["when"], len(row.targets) > 0
    ({'tier': 'vip'}, True)
    """
    one = targets(calendars=calendars)
    names = draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=4, unique=True))
    promised: dict[str, object] = {name: draw(one) for name in names}
    promised["stages"] = draw(st.just({}) | st.fixed_dictionaries({"vendor_done": one}))
    promised["on_change"] = draw(st.none() | st.none() | st.sampled_from(get_args(ChangeMode)))
    calendar = draw(st.none() | st.sampled_from(calendars))
    return TargetRow.model_validate({"when": dict(when or {}), "calendar": calendar, **promised})


@st.composite
def sla_policies(draw: st.DrawFn, *, calendars: Sequence[str] = (ALWAYS,), max_rows: int = 6) -> SlaPolicy:
    """SLA policies without errors: no two rows of a table tie, and every name stands for something.

    ``calendars`` are the names that may be used; compile with calendars of these names.

    >>> from hypothesis import Phase, find, settings
    >>> policy = find(sla_policies(), lambda policy: True, settings=settings(phases=[Phase.generate]))
    >>> [problem for problem in policy.problems() if problem.is_error]
    []
    """
    nested = [list(FACTS)[:depth] for depth in range(len(FACTS) + 1)]
    kinds = [dict(zip(names, draw(_values(names)), strict=True)) for names in draw(_some(nested, max_rows))]
    distinct = list({tuple(sorted(kind.items())): kind for kind in kinds}.values())
    return SlaPolicy(
        calendar=draw(st.sampled_from(calendars)),
        match=draw(st.sampled_from(("most_specific", "most_specific", "first", "all"))),
        fall_through=draw(st.sampled_from((True, True, False))),
        business_days=draw(day_rules()),
        boundary=draw(st.sampled_from(("close_of_day", "next_open"))),
        on_change=draw(st.sampled_from(get_args(ChangeMode))),
        pin=draw(st.sampled_from(("in_force", "in_force", "at_open"))),
        count_opening=draw(st.booleans()),
        count_agent_opening=draw(st.booleans()),
        resolution_answers=draw(st.sampled_from(ANSWERING)),
        reopen=draw(_reopenings()),
        pauses=tuple(draw(st.lists(pauses(), max_size=2))),
        ladders={"usual": tuple(draw(st.lists(ladder_steps(), max_size=3)))},
        ladder=draw(st.sampled_from((None, "usual"))),
        measures={"callback": Measure(start=where(event="customer_replied"), stop=where(answers=True))},
        agreements=draw(_agreements(calendars)),
        targets=tuple(draw(target_rows(when=kind, calendars=calendars)) for kind in distinct),
    )


def ladder_steps() -> st.SearchStrategy[LadderStep]:
    """Steps of ladders: shares of the target, moments around the due moment, some coming again.

    >>> from hypothesis import find
    >>> str(find(ladder_steps(), lambda step: step.repeat is not None).at)
    '50%'
    """
    places = st.sampled_from(("50%", "75%", "99.5%", "due", "due - 30m", "due + 2h"))
    again = st.sampled_from(({}, {}, {"repeat": "1h", "max": 3}))
    deliver = st.sampled_from(("open_hours", "always"))
    return st.tuples(places, deliver, again).map(
        lambda drawn: LadderStep.model_validate({"at": drawn[0], "deliver": drawn[1], "notify": "owner", **drawn[2]})
    )


def _reopenings() -> st.SearchStrategy[Reopening]:
    within = st.sampled_from(("4h", "2cd"))
    return st.one_of(
        st.builds(Reopening, mode=st.sampled_from(("continue", "new_cycle"))),
        st.builds(Reopening, mode=st.just("continue"), within=within, otherwise=st.just("new_cycle")),
    )


@st.composite
def _agreements(draw: st.DrawFn, calendars: Sequence[str]) -> tuple[Agreement, ...]:
    if draw(st.booleans()):
        return ()
    target = draw(targets(calendars=calendars))
    return (Agreement(kind="ola", name="second_line", when=where(owner="zhao.min"), target=target),)


def _some(nested: Sequence[list[str]], count: int) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.sampled_from(nested), min_size=1, max_size=count)


def _values(names: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.tuples(*(st.sampled_from(FACTS[name]) for name in names))


@st.composite
def service_policies(
    draw: st.DrawFn,
    *,
    calendars: st.SearchStrategy[AnyCalendar] = any_calendars(),  # noqa: B008 - a value
    max_rows: int = 6,
) -> ServicePolicy:
    """Whole policies without errors: the vocabulary of the cases drawn here, two calendars, an SLA.

    >>> from hypothesis import Phase, find, settings
    >>> policy = find(service_policies(), lambda policy: True, settings=settings(phases=[Phase.generate]))
    >>> sorted(policy.calendars), policy.compile().sla is not None
    (['desk', 'night'], True)
    """
    named = {"desk": draw(calendars), "night": draw(calendars)}
    return ServicePolicy(
        name="drawn",
        timezone=draw(st.sampled_from(("UTC", "Asia/Shanghai", "America/New_York"))),
        vocabulary=Vocabulary.model_validate({_SUBJECTS[fact]: list(values) for fact, values in FACTS.items()}),
        calendars=named,
        sla=draw(sla_policies(calendars=(ALWAYS, *named), max_rows=max_rows)),
    )


@st.composite
def policy_pairs(
    draw: st.DrawFn,
    *,
    calendars: st.SearchStrategy[AnyCalendar] = any_calendars(),  # noqa: B008 - a value
    max_rows: int = 6,
) -> tuple[ServicePolicy, ServicePolicy]:
    """A policy, and one that allows more time for one metric in one row of its targets, and is equal else.

    >>> from hypothesis import Phase, find, settings
    >>> strict, lax = find(policy_pairs(), lambda pair: True, settings=settings(phases=[Phase.generate]))
    >>> differing = [one != other for one, other in zip(strict.sla.targets, lax.sla.targets)]
    >>> sum(differing), lax.replace(sla=strict.sla) == strict
    (1, True)
    """
    strict = draw(service_policies(calendars=calendars, max_rows=max_rows))
    assert strict.sla is not None
    rows = strict.sla.targets
    place = draw(st.integers(0, len(rows) - 1))
    metric = draw(st.sampled_from(sorted(rows[place].targets)))
    row = _with(rows[place], metric, draw(_looser(rows[place].targets[metric])))
    return strict, strict.replace(sla=strict.sla.replace(targets=(*rows[:place], row, *rows[place + 1 :])))


def _with(row: TargetRow, metric: str, target: Target) -> TargetRow:
    stage = metric.removeprefix(STAGE)
    changed = {metric: target} if stage == metric else {"stages": {**row.stages, stage: target}}
    return TargetRow.model_validate({**row.to_dict(), **changed})


def _looser(target: Target) -> st.SearchStrategy[Target]:
    more = st.integers(1, 5)
    match target.within:
        case BusinessDays() | CalendarDays() as days:
            return more.map(lambda n: target.replace(within=replace(days, days=days.days + n)))
        case timedelta() as span:
            return more.map(lambda n: target.replace(within=span + n * timedelta(hours=1)))
        case _:
            return st.just(target)
