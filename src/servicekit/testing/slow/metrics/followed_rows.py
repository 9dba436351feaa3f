"""Whether rows are followed by others of their key in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from servicekit.kpi import WithinMetric
from servicekit.testing.slow.metrics.asked_rows import Asked, Data, SlowGroup, counted_rows, moment_of, values_of
from servicekit.testing.slow.metrics.condition_words import Row, holds
from servicekit.testing.slow.metrics.slow_measurement import SlowMeasurement, divided


class _Visit(NamedTuple):
    at: datetime
    rank: int
    place: tuple[str, ...]
    row: Row
    is_meant: bool
    follows: bool


def slow_within(metric: WithinMetric, data: Data, asked: Asked, group: SlowGroup) -> SlowMeasurement:
    """What a metric of kind ``within`` comes to for a group; followers may be in any."""
    assert asked.as_of is not None
    own, left_out = counted_rows(metric, data, asked, group)
    for row in own:
        if None in values_of(row, metric.key):
            left_out["nobody"] += 1
        elif moment_of(row.get(metric.at)) is None:
            left_out["without a moment"] += 1
    of = n = 0
    for visits in _by_key(metric, data, asked):
        for visit, is_young, is_followed in _followed(metric, visits, asked.as_of):
            if asked.group(visit.row, metric) != group:
                continue
            left_out["immature"] += is_young
            n += not is_young
            of += not is_young and holds(metric.of, visit.row) and is_followed == (metric.counts == "followed")
    return divided(Fraction(of), n, +left_out)


def _by_key(metric: WithinMetric, data: Data, asked: Asked) -> Iterator[list[_Visit]]:
    """The rows of each key in order. At one instant, those that are meant come last where they follow each other, those
    that satisfy ``of`` at the very end; and those that only follow come after those that are meant.
    """
    meant_ids = {id(row) for row in counted_rows(metric, data, asked)[0]}
    told = [(row, id(row) in meant_ids, metric.follower is None) for row in data.get(metric.table, ())]
    if metric.follower is not None:
        told = [each for each in told if each[1]]
        told += [(row, False, True) for row in counted_rows(metric.follower, data, asked)[0]]
    keys: dict[SlowGroup, list[_Visit]] = {}
    for row, is_meant, follows in told:
        key, at = values_of(row, metric.key), moment_of(row.get(metric.at))
        if None in key or at is None:
            continue
        rank = 1 + holds(metric.of, row) if is_meant else 3 * (metric.follower is not None)
        place = tuple(f"{value is None} {type(value).__name__} {value}" for value in asked.group(row, metric))
        keys.setdefault(key, []).append(_Visit(at, rank, place, row, is_meant, follows))
    for visits in keys.values():
        yield sorted(visits, key=lambda visit: visit[:3])


def _followed(metric: WithinMetric, visits: Sequence[_Visit], as_of: datetime) -> Iterator[tuple[_Visit, bool, bool]]:
    """What is counted of one key: a row, whether it is too young, and whether it is followed."""
    if metric.per == "episode":
        for chain in _chains(visits, metric.within):
            if chain[0].is_meant:
                yield chain[0], chain[-1].at + metric.within > as_of, len(chain) > 1
        return
    for place, visit in enumerate(visits):
        if visit.is_meant:
            others = [each for each in visits[place + 1 :] if each.follows and each.at - visit.at <= metric.within]
            yield visit, visit.at + metric.within > as_of, bool(others)
            if metric.per == "first":
                return


def _chains(visits: Sequence[_Visit], within: timedelta) -> list[list[_Visit]]:
    chains: list[list[_Visit]] = []
    for visit in visits:
        if chains and visit.at - chains[-1][-1].at <= within:
            chains[-1].append(visit)
        else:
            chains.append([visit])
    return chains
