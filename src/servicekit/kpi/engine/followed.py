"""Which rows are followed by another of the same key in time, and which are too young to tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise, repeat
from operator import itemgetter
from typing import TypeAlias, cast

from servicekit.kpi.engine.metric_state import Group, State, place_of
from servicekit.kpi.metric import WithinMetric, whole_us
from servicekit.timeline import to_us

OPENS, HOLDS, FOLLOWS = 1, 2, 4
"""What a row may be to a metric of kind ``within``: it may be followed, it satisfies ``of``, it follows others."""

IMMATURE = "immature"
"""Why a row is left out that may still be followed."""


Visit: TypeAlias = tuple[int, int, Group]
"""A row under its key: when it was, in microseconds, what it is to the metric, and the group that it counts in."""

_Visits: TypeAlias = Sequence[Visit]


def followed(metric: WithinMetric, states: Mapping[Group, State], as_of: datetime | None) -> dict[Group, State]:
    """The sums of a metric of kind ``within``, by the group of the row that is followed or not; they add up, and sums
    that are there already stay.

    Raises:
        ValueError: it is not said as of when.
    """
    if as_of is None:
        raise ValueError("say as of when it is measured (as_of): who came yesterday may come again tomorrow")
    sums = {group: [int(state.sums.get("n", 0)), int(state.sums.get("of", 0)), 0] for group, state in states.items()}
    count = _COUNT[metric.per]
    limits = whole_us(metric.within), to_us(as_of), metric.counts == "followed"
    for visits in _by_key(states):
        count(visits, sums, limits)
    return {
        group: State({"n": n, "of": of}, {**states[group].left_out, **({IMMATURE: young} if young else {})})
        for group, (n, of, young) in sums.items()
    }


def _by_key(states: Mapping[Group, State]) -> Iterable[_Visits]:
    """The rows of each key in order; of several at one instant, that of the first group goes first."""
    keys: defaultdict[object, list[Visit]] = defaultdict(list)
    for group, state in sorted(states.items(), key=lambda each: place_of(each[0])):
        for (key, at_us, role), times in cast(Mapping[tuple[object, int, int], int], state.bag).items():
            keys[key].extend(repeat((at_us, role, group), times))
    for visits in keys.values():
        if len(visits) > 1:
            visits.sort(key=itemgetter(0, 1))
        yield visits


_Sums: TypeAlias = Mapping[Group, list[int]]
_Limits: TypeAlias = tuple[int, int, bool]
"""How long after a row another one follows it, until when is known what happened, and whether followed rows count."""


def _count_rows(visits: _Visits, sums: _Sums, limits: _Limits) -> None:
    """Every row that may be followed: those that count, those of the numerator, and those that are too young."""
    within_us, as_of_us, wanted = limits
    next_us: int | None = None
    for at_us, role, group in reversed(visits):
        if role & OPENS:
            counts, end_us = sums[group], at_us + within_us
            if end_us > as_of_us:
                counts[2] += 1
            else:
                counts[0] += 1
                is_followed = next_us is not None and next_us <= end_us
                counts[1] += bool(role & HOLDS) and is_followed == wanted
        if role & FOLLOWS:
            next_us = at_us


def _count_first(visits: _Visits, sums: _Sums, limits: _Limits) -> None:
    """The first row that may be followed, alone."""
    first = next((place for place, (_, role, _) in enumerate(visits) if role & OPENS), len(visits))
    others = [(at_us, role & ~OPENS, group) for at_us, role, group in visits[first + 1 :]]
    _count_rows([*visits[first : first + 1], *others], sums, limits)


def _count_episodes(visits: _Visits, sums: _Sums, limits: _Limits) -> None:
    """Rows no further apart than the window as one, which is followed where there are several."""
    within_us, as_of_us, wanted = limits
    for episode in _chains(visits, within_us):
        _, role, group = episode[0]
        if not role & OPENS:
            continue
        if episode[-1][0] + within_us > as_of_us:
            sums[group][2] += 1
        else:
            sums[group][0] += 1
            sums[group][1] += bool(role & HOLDS) and (len(episode) > 1) == wanted


def _chains(visits: _Visits, within_us: int) -> Iterator[list[Visit]]:
    chain = [visits[0]]
    for before, visit in pairwise(visits):
        if visit[0] - before[0] > within_us:
            yield chain
            chain = []
        chain.append(visit)
    yield chain


_COUNT: Mapping[str, Callable[[_Visits, _Sums, _Limits], None]] = {
    "row": _count_rows,
    "first": _count_first,
    "episode": _count_episodes,
}
