"""Strategies for policies: targets, pauses, target tables without ties, and whole service policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hypothesis import strategies as st

from servicekit.calendars import AnyCalendar
from servicekit.policy import ServicePolicy
from servicekit.sla import ALWAYS, Pause, SlaPolicy, Target, TargetRow
from servicekit.testing.strategies.calendars import calendars as any_calendars
from servicekit.testing.strategies.streams import FACTS, METRICS, STATUSES
from servicekit.testing.strategies.time import day_rules, durations, spans
from servicekit.timeline import BusinessDays
from servicekit.vocabulary import Vocabulary

__all__ = ["pauses", "service_policies", "sla_policies", "target_rows", "targets"]

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


def pauses() -> st.SearchStrategy[Pause]:
    """Pauses on some statuses for some metrics.

    >>> from hypothesis import find
    >>> find(pauses(), lambda pause: "resolution" in pause.metrics).status
    ('pending',)
    """
    statuses = st.lists(st.sampled_from(STATUSES[1:]), min_size=1, max_size=2, unique=True)
    metrics = st.lists(st.sampled_from(METRICS), min_size=1, max_size=3, unique=True)
    return st.builds(Pause, status=statuses, metrics=metrics, reason=st.sampled_from(("customer", "vendor")))


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
    names = draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=3, unique=True))
    promised = {name: draw(one) for name in names}
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
        match=draw(st.sampled_from(("most_specific", "first"))),
        business_days=draw(day_rules()),
        boundary=draw(st.sampled_from(("close_of_day", "next_open"))),
        pauses=tuple(draw(st.lists(pauses(), max_size=2))),
        targets=tuple(draw(target_rows(when=kind, calendars=calendars)) for kind in distinct),
    )


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
