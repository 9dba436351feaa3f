"""Pairs of policies that differ in one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from servicekit.calendars import AnyCalendar
from servicekit.policy import ServicePolicy
from servicekit.sla import Target, TargetRow
from servicekit.sla.metric import STAGE
from servicekit.testing.strategies.calendars import calendars as any_calendars
from servicekit.testing.strategies.policies import service_policies
from servicekit.timeline import BusinessDays, CalendarDays


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
