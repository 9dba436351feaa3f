"""Which rows are followed by another of the same key in time, and which are too young to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise, repeat
from operator import itemgetter
from typing import Any, TypeAlias, cast

from servicekit.kpi.engine.metric_state import Group, State, place_of
from servicekit.kpi.metric import WithinMetric, whole_us
from servicekit.timeline import to_us

OPENS, HOLDS, FOLLOWS = 1, 2, 4
"""What a row may be to a metric of kind ``within``: it may be followed, it satisfies ``of``, it follows others."""

IMMATURE = "immature"
"""Why a row is left out that may still be followed."""


Visit: TypeAlias = tuple[Any, ...]
"""A row: when it was, in microseconds, what it is to the metric, the group that it counts in, and its key behind that.

Who is followed is a matter of all groups, so that the visits of all are kept together, as those of no group.
"""

_Visits: TypeAlias = Sequence[Visit]


def followed(metric: WithinMetric, states: Mapping[Group, State], as_of: datetime | None) -> dict[Group, State]:
    """The sums of a metric of kind ``within``, by the group of the row that is followed or not; they add up, and sums
    that are there already stay.

    Raises:
        ValueError: it is not said as of when.
    """
    if as_of is None:
        raise ValueError("say as of when it is measured (as_of): who came yesterday may come again tomorrow")
    bag = cast(Mapping[Visit, int], states[()].bag if () in states else {})
    groups = set(map(itemgetter(2), bag))
    kept = {group: state for group, state in states.items() if group or groups <= {()}}
    sums = {group: [0, 0, 0] for group in groups}
    sums |= {group: [int(state.sums.get("n", 0)), int(state.sums.get("of", 0)), 0] for group, state in kept.items()}
    count = _COUNT[metric.per]
    limits = whole_us(metric.within), to_us(as_of), metric.counts == "followed"
    for visits in _by_key(bag, {group: place for place, group in enumerate(sorted(groups, key=place_of))}):
        count(visits, sums, limits)
    left_out = {group: state.left_out for group, state in kept.items()}
    return {
        group: State({"n": n, "of": of}, {**left_out.get(group, {}), **({IMMATURE: young} if young else {})})
        for group, (n, of, young) in sums.items()
    }


def _by_key(bag: Mapping[Visit, int], places: Mapping[Group, int]) -> Iterable[_Visits]:
    """The rows of each key in order; of several at one instant, that of the first group goes first."""
    keys: dict[Visit, _Visits] = {}
    for visit, times in bag.items():
        key = visit[3:]
        others = keys.get(key)
        if isinstance(others, list):
            others.extend(repeat(visit, times))
        elif others is None and times == 1:
            keys[key] = (visit,)  # most keys have one row, and a list for each would cost a third of the time
        else:
            keys[key] = [*(others or ()), *repeat(visit, times)]
    for visits in keys.values():
        if isinstance(visits, list):
            visits.sort(key=lambda visit: (visit[0], visit[1], places[visit[2]]))
        yield visits


_Sums: TypeAlias = Mapping[Group, list[int]]
_Limits: TypeAlias = tuple[int, int, bool]
"""How long after a row another one follows it, until when is known what happened, and whether followed rows count."""


def _count_rows(visits: _Visits, sums: _Sums, limits: _Limits) -> None:
    """Every row that may be followed: those that count, those of the numerator, and those that are too young."""
    within_us, as_of_us, wanted = limits
    next_us: int | None = None
    for visit in reversed(visits):
        at_us, role = visit[0], visit[1]
        if role & OPENS:
            counts, end_us = sums[visit[2]], at_us + within_us
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
    first = next((place for place, visit in enumerate(visits) if visit[1] & OPENS), len(visits))
    others = [(at_us, role & ~OPENS, *rest) for at_us, role, *rest in visits[first + 1 :]]
    _count_rows([*visits[first : first + 1], *others], sums, limits)


def _count_episodes(visits: _Visits, sums: _Sums, limits: _Limits) -> None:
    """Rows no further apart than the window as one, which is followed where there are several."""
    within_us, as_of_us, wanted = limits
    for episode in _chains(visits, within_us):
        _, role, group, *_ = episode[0]
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
