"""Seven key figures of 200,000 objects by 72 groups, beside a loop by hand that gives the same figures."""

from __future__ import annotations

import gc
import random
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from math import isclose
from operator import itemgetter
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pytest

from benchmarks.conftest import OtherClock
from benchmarks.seven_figures import AS_OF, CHANNELS, FIRST, seven_figures

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

TICKETS, CUSTOMERS, PAIRS = 200_000, 60_000, 5
WEEK = timedelta(days=7)
QUESTION = f"7 KPIs by 72 groups, {TICKETS:,} objects"
OURS, BY_HAND = "servicekit", "loop by hand"
ELSEWHERE = OtherClock()

_Group: TypeAlias = tuple[Any, ...]
_Place: TypeAlias = tuple[str, _Group]
_Told: TypeAlias = Mapping[_Place, tuple[float, int]]
"""What a metric comes to for a group, and of how many rows."""

_Visit: TypeAlias = tuple[datetime, bool, list[int]]


@dataclass(slots=True)
class Ticket:
    """A case as a house keeps it."""

    customer_id: str
    issue_type: str
    channel: str
    opened_at: datetime
    csat: int | None
    nps: int | None
    wait_us: int | None
    sla: str
    resolved: bool


@cache
def tickets() -> list[Ticket]:
    """A year of tickets, in no order."""
    dice = random.Random(7)
    return [
        Ticket(
            customer_id=f"c-{dice.randrange(CUSTOMERS)}",
            issue_type=dice.choice("abcde"),
            channel=dice.choice(CHANNELS),
            opened_at=FIRST + timedelta(seconds=dice.randrange(365 * 86_400)),
            csat=dice.choice((None, 1, 2, 3, 4, 5)),
            nps=dice.choice((None, *range(11))),
            wait_us=dice.choice((None, dice.randrange(10**9, 10**11))),
            sla=dice.choice(("met", "missed", "open")),
            resolved=dice.random() < 0.9,
        )
        for _ in range(TICKETS)
    ]


def ours() -> _Told:
    """The figures of the scorecard, which have limits and reasons besides."""
    results = seven_figures().measure({"case": tickets()}, by=["channel"], period="month", as_of=AS_OF)
    return {place: (float(each.exact or 0), each.n) for place, each in results.of.items() if each.n}


def by_hand() -> _Told:
    """The same figures by a loop over the tickets, and one over those of each customer and issue."""
    groups: defaultdict[_Group, list[int]] = defaultdict(lambda: [0] * 9)
    waits: defaultdict[_Group, list[int]] = defaultdict(list)
    keys: defaultdict[tuple[str, str], list[_Visit]] = defaultdict(list)
    for ticket in tickets():
        at = ticket.opened_at
        group = at.year, at.month, ticket.channel
        counts = groups[group]
        counts[0] += 1
        if (csat := ticket.csat) is not None:
            counts[1] += 1
            counts[2] += csat >= 4
        if (nps := ticket.nps) is not None:
            counts[3] += 1
            counts[4] += (nps >= 9) - (nps <= 6)
        if (wait_us := ticket.wait_us) is not None:
            waits[group].append(wait_us)
        if (sla := ticket.sla) in ("met", "missed"):
            counts[5] += 1
            counts[6] += sla == "met"
        keys[ticket.customer_id, ticket.issue_type].append((at, ticket.resolved, counts))
    for visits in keys.values():
        _count_first(visits)
    groups[()] = [sum(column) for column in zip(*groups.values(), strict=True)]
    waits[()] = list(chain.from_iterable(waits.values()))
    return {place: told for group, counts in groups.items() for place, told in _figures(group, counts, waits[group])}


def _count_first(visits: list[_Visit]) -> None:
    if len(visits) > 1:
        visits.sort(key=itemgetter(0))
    for place, (at, is_resolved, counts) in enumerate(visits, 1):
        if at + WEEK <= AS_OF:
            counts[7] += 1
            counts[8] += is_resolved and (place == len(visits) or visits[place][0] - at > WEEK)


def _figures(group: _Group, counts: list[int], waits: list[int]) -> Iterator[tuple[_Place, tuple[float, int]]]:
    """Each metric, what it comes to, and of how many rows."""
    named = (f"{group[0]}-{group[1]:02}", group[2]) if group else ()
    n, told, content, asked, net, judged, met, settled, first = counts
    yield ("tickets", named), (n, n)
    yield ("csat", named), (content / told, told)
    yield ("nps", named), (100 * net / asked, asked)
    waits.sort()
    for name, q in (("p50", 0.5), ("p90", 0.9)):
        below, rest = divmod(q * (len(waits) - 1), 1)
        low, high = waits[int(below)], waits[min(int(below) + 1, len(waits) - 1)]
        yield (name, named), (low + (high - low) * rest, len(waits))
    yield ("sla", named), (met / judged, judged)
    if settled:
        yield ("first_contact", named), (first / settled, settled)


class _Cost(NamedTuple):
    """Seconds of the processor and of the clock."""

    processor: float
    clock: float


def cost(call: Callable[[], object]) -> _Cost:
    """What a call takes."""
    gc.collect()
    clock, processor = perf_counter(), process_time()
    call()
    return _Cost(process_time() - processor, perf_counter() - clock)


def peak(call: Callable[[], object]) -> float:
    """The megabytes that a call needs besides the tickets, at most."""
    gc.collect()
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return most


@cache
def pairs() -> Mapping[str, list[_Cost]]:
    """The costs of both, in turns, once their figures are known to be the same."""
    mine, other = ours(), by_hand()
    assert mine.keys() == other.keys()
    assert len(mine) > 7 * 72
    for place, (value, n) in mine.items():
        assert n == other[place][1], place
        assert isclose(value, other[place][0], rel_tol=1e-9), place
    found: dict[str, list[_Cost]] = {OURS: [], BY_HAND: []}
    for _ in range(PAIRS):
        found[OURS].append(cost(ours))
        found[BY_HAND].append(cost(by_hand))
    return found


@pytest.mark.parametrize("who", [OURS, BY_HAND])
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_objects(stopwatch: Stopwatch, who: str) -> None:
    stopwatch.replay(QUESTION, who, ELSEWHERE, [each.processor for each in pairs()[who]])


@pytest.mark.parametrize("who", [OURS, BY_HAND])
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_objects_by_the_clock(stopwatch: Stopwatch, who: str) -> None:
    stopwatch.replay(f"{QUESTION}, wall", who, ELSEWHERE, [each.clock for each in pairs()[who]])


@pytest.mark.parametrize("who", [OURS, BY_HAND])
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_memory(stopwatch: Stopwatch, who: str) -> None:
    most = peak(ours if who == OURS else by_hand)
    stopwatch.replay(f"{QUESTION}, peak MB", who, ELSEWHERE, [most])
