"""Which rows are followed by another of the same key in time, and which are too young to tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, TypeAlias, cast

from servicekit.kpi.engine.metric_state import Group, State, place_of
from servicekit.kpi.metric import WithinMetric
from servicekit.timeline import to_us

OPENS, HOLDS, FOLLOWS = 1, 2, 4
"""What a row may be to a metric of kind ``within``: it may be followed, it satisfies ``of``, it follows others."""

IMMATURE = "immature"
"""Why a row is left out that may still be followed."""

_ONE_US = timedelta(microseconds=1)


class Visit(NamedTuple):
    """A row under its key: when it was, what it is to the metric, and the group that it counts in."""

    at_us: int
    role: int
    group: Group


_Verdict: TypeAlias = tuple[Group, bool | None]
"""The group of a row that may be followed, and whether it makes the numerator; ``None`` where it is too young."""


def followed(metric: WithinMetric, states: Mapping[Group, State], as_of: datetime | None) -> dict[Group, State]:
    """The sums of a metric of kind ``within``, by the group of the row that is followed or not.

    Raises:
        ValueError: it is not said as of when.
    """
    if as_of is None:
        raise ValueError("say as of when it is measured (as_of): who came yesterday may come again tomorrow")
    as_of_us = to_us(as_of)
    sums: defaultdict[Group, Counter[str]] = defaultdict(Counter)
    for visits in _by_key(states).values():
        for group, makes_it in _VERDICTS[metric.per](metric, visits, as_of_us):
            sums[group].update({IMMATURE: 1} if makes_it is None else {"n": 1, "of": int(makes_it)})
    return {
        group: State(
            {name: sums[group][name] for name in ("n", "of")},
            {**states[group].left_out, **({IMMATURE: sums[group][IMMATURE]} if sums[group][IMMATURE] else {})},
        )
        for group in states
    }


def _by_key(states: Mapping[Group, State]) -> Mapping[object, list[Visit]]:
    """The rows of each key in order; of several at one instant, that of the first group goes first."""
    visits: defaultdict[object, list[Visit]] = defaultdict(list)
    for group, state in sorted(states.items(), key=lambda each: place_of(each[0])):
        for (key, at_us, role), count in cast(Mapping[tuple[object, int, int], int], state.bag).items():
            visits[key] += [Visit(at_us, role, group)] * count
    for each in visits.values():
        each.sort(key=lambda visit: visit[:2])
    return visits


def _rows(metric: WithinMetric, visits: Sequence[Visit], as_of_us: int) -> Iterator[_Verdict]:
    """Every row that may be followed, the last one first."""
    next_us: int | None = None
    for visit in reversed(visits):
        if visit.role & OPENS:
            yield visit.group, _verdict(metric, visit, next_us, as_of_us)
        if visit.role & FOLLOWS:
            next_us = visit.at_us


def _firsts(metric: WithinMetric, visits: Sequence[Visit], as_of_us: int) -> Iterator[_Verdict]:
    """The first row that may be followed, alone."""
    first = next((place for place, visit in enumerate(visits) if visit.role & OPENS), len(visits))
    others = [visit._replace(role=visit.role & ~OPENS) for visit in visits[first + 1 :]]
    return _rows(metric, [*visits[first : first + 1], *others], as_of_us)


def _episodes(metric: WithinMetric, visits: Sequence[Visit], as_of_us: int) -> Iterator[_Verdict]:
    """Rows no further apart than ``within`` as one, which is followed where there are several."""
    within_us = _us(metric)
    for episode in _chains(visits, within_us):
        first, last = episode[0], episode[-1]
        if first.role & OPENS:
            next_us = episode[1].at_us if len(episode) > 1 else None
            is_young = last.at_us + within_us > as_of_us
            yield first.group, None if is_young else _verdict(metric, first, next_us, as_of_us)


def _chains(visits: Sequence[Visit], within_us: int) -> Iterator[list[Visit]]:
    chain = [visits[0]]
    for before, visit in pairwise(visits):
        if visit.at_us - before.at_us > within_us:
            yield chain
            chain = []
        chain.append(visit)
    yield chain


def _verdict(metric: WithinMetric, visit: Visit, next_us: int | None, as_of_us: int) -> bool | None:
    end_us = visit.at_us + _us(metric)
    if end_us > as_of_us:
        return None
    is_followed = next_us is not None and next_us <= end_us
    return bool(visit.role & HOLDS) and is_followed == (metric.counts == "followed")


def _us(metric: WithinMetric) -> int:
    return metric.within // _ONE_US


_VERDICTS: Mapping[str, Callable[[WithinMetric, Sequence[Visit], int], Iterator[_Verdict]]] = {
    "row": _rows,
    "first": _firsts,
    "episode": _episodes,
}
