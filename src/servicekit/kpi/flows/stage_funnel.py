"""How far cases come: of those that reached a stage, how many reached the next one, and how many may still."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from servicekit.events import Cancelled, Case, Closed, MergedInto, Opened, Reopened, Resolved
from servicekit.layout import Result, Table
from servicekit.quantity import Ratio
from servicekit.sla import reach_stage
from servicekit.sla.signal import CLOSED, OPENED, signals_of
from servicekit.statistics import wilson
from servicekit.timeline import to_us


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage: the cases that reached it, those that skipped it, and those that may still come.

    >>> FunnelStage("diagnosed", reached=7, skipped=2, may_come=3).came
    9
    """

    name: str
    reached: int
    skipped: int
    """Cases that reached a later stage, but not this one."""
    may_come: int
    """Cases that came neither here nor further and are not over."""

    @property
    def came(self) -> int:
        """How many cases came as far as this stage or further."""
        return self.reached + self.skipped


@dataclass(frozen=True, slots=True)
class StageFunnel(Result):
    """Cases by how far they came through stages, as known ``as_of``.

    A case reaches a stage as a clock of ``reach_stage`` would say: by a milestone or a status of that name;
    ``resolved`` and ``closed`` by those events, too, and ``opened`` by the opening. When it does, and how often, does
    not matter, nor in which order: a case that reached a later stage has come as far as the earlier ones, and skipped
    those that it never reached. So no stage has more cases than the one before. What happens after a case was merged or
    cancelled counts no more.

    A case that is open has not failed: it may still come. So may one that is resolved, but only to ``closed``.

    >>> from datetime import UTC, timedelta
    >>> from servicekit.events import MilestoneReached
    >>> nine, hour = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(hours=1)
    >>> cases = [
    ...     Case("C-1", (Opened("C-1", nine), MilestoneReached("C-1", nine + hour, "diagnosed"))),
    ...     Case("C-2", (Opened("C-2", nine), Resolved("C-2", nine + 2 * hour))),
    ...     Case("C-3", (Opened("C-3", nine),)),
    ... ]
    >>> funnel = StageFunnel.of(cases, ["opened", "diagnosed", "resolved"], as_of=nine + 9 * hour)
    >>> [(stage.name, stage.came, stage.skipped, stage.may_come) for stage in funnel.stages]
    [('opened', 3, 0, 0), ('diagnosed', 2, 1, 1), ('resolved', 1, 0, 2)]
    >>> funnel.of_first("resolved"), funnel.of_before("resolved")
    (Ratio(numerator=1, denominator=3), Ratio(numerator=1, denominator=2))
    """

    stages: tuple[FunnelStage, ...]
    cases: int
    as_of: datetime

    @classmethod
    def of(cls, cases: Iterable[Case], stages: Sequence[str], *, as_of: datetime) -> StageFunnel:
        """From the lives of cases; who was not opened by then is not counted.

        Raises:
            TypeError: the stages are one text.
            NaiveDatetimeError: ``as_of`` has no time zone.
            ValueError: there is no stage, or one is named twice.
        """
        places, count = _places(stages), _Count(len(stages))
        to_us(as_of)
        for case in cases:
            count.add(case, places, stages, as_of)
        told = zip(stages, count.reached, count.skipped, count.may_come, strict=True)
        return cls(tuple(FunnelStage(*each) for each in told), count.cases, as_of)

    def of_first(self, name: str) -> Ratio:
        """Of the cases that came as far as the first stage, the share that came as far as another.

        Raises:
            ValueError: no stage has the name.
        """
        return Ratio(self.stages[self._place(name)].came, self.stages[0].came)

    def of_before(self, name: str) -> Ratio | None:
        """Of the cases that came as far as the stage before, the share that came further; ``None`` of the first.

        Raises:
            ValueError: no stage has the name.
        """
        place = self._place(name)
        return Ratio(self.stages[place].came, self.stages[place - 1].came) if place else None

    def _place(self, name: str) -> int:
        names = [stage.name for stage in self.stages]
        if name not in names:
            raise ValueError(f"no stage is named {name!r}; there are {', '.join(names)}")
        return names.index(name)

    def rows(self) -> Iterator[dict[str, object]]:
        """A row for each stage, with Wilson's limits of both shares.

        >>> from datetime import UTC
        >>> funnel = StageFunnel((FunnelStage("opened", 9, 0, 0),), 9, datetime(2026, 1, 5, tzinfo=UTC))
        >>> [(row["stage"], row["of_first"], row["of_before"]) for row in funnel.rows()]
        [('opened', 1.0, None)]
        """
        for stage in self.stages:
            yield {
                "stage": stage.name,
                "reached": stage.reached,
                "skipped": stage.skipped,
                "came": stage.came,
                "may_come": stage.may_come,
                **_limited("of_first", self.of_first(stage.name)),
                **_limited("of_before", self.of_before(stage.name)),
            }

    def table(self) -> Table:
        """A row for each stage, with the shares of the first one and of the one before."""
        head = ("stage", "came so far", "skipped it", "may still come", "of the first", "of the one before")
        rows = [
            (
                each.name,
                *(f"{n:,}" for n in (each.came, each.skipped, each.may_come)),
                self.of_first(each.name).percent(),
                "" if (before := self.of_before(each.name)) is None else before.percent(),
            )
            for each in self.stages
        ]
        return Table(head, rows, labels=1, caption=f"{self.cases:,} cases as of {self.as_of.isoformat()}")


def _limited(name: str, share: Ratio | None) -> dict[str, float | None]:
    limits = None if share is None else wilson(share.numerator, share.denominator)
    ends = (None, None, None) if limits is None else (limits.value, limits.low, limits.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def _places(stages: Sequence[str]) -> Mapping[str, frozenset[int]]:
    """Which stages are reached by a signal."""
    if isinstance(stages, str):
        raise TypeError(f"stages are a list of names, such as ['opened', {stages!r}]")
    if not stages:
        raise ValueError("a funnel has one stage or more; name some, such as ['opened', 'resolved']")
    if twice := [name for place, name in enumerate(stages) if name in stages[:place]]:
        raise ValueError(f"the stage {twice[0]!r} is named twice")
    found: dict[str, frozenset[int]] = {}
    for place, name in enumerate(stages):
        own = {OPENED} if name == OPENED else set()
        for signal in reach_stage(name).stops | own:
            found[signal] = found.get(signal, frozenset()) | {place}
    return found


class _Count:
    """The counts of all stages, case by case."""

    __slots__ = ("cases", "may_come", "reached", "skipped")

    def __init__(self, stages: int) -> None:
        self.cases = 0
        self.reached, self.skipped, self.may_come = ([0] * stages for _ in range(3))

    def add(self, case: Case, places: Mapping[str, frozenset[int]], stages: Sequence[str], as_of: datetime) -> None:
        reached, is_opened, state = set[int](), False, OPENED
        for event in sorted(case.events, key=lambda event: event.at):
            if event.at > as_of or state == _GONE:
                break
            is_opened = is_opened or isinstance(event, Opened)
            state = _STATES.get(type(event), state)
            reached.update(*(places[signal] for signal in signals_of(event) if signal in places))
        if not is_opened:
            return
        self.cases += 1
        furthest = max(reached, default=-1)
        for place, name in enumerate(stages):
            self.reached[place] += place in reached
            self.skipped[place] += place < furthest and place not in reached
            self.may_come[place] += place > furthest and _may_come(state, name)


_DONE, _OVER, _GONE = "resolved", "closed", "gone"
_STATES: Mapping[type, str] = {
    Resolved: _DONE,
    Closed: _OVER,
    Reopened: OPENED,
    Cancelled: _GONE,
    MergedInto: _GONE,
}


def _may_come(state: str, stage: str) -> bool:
    return state == OPENED or (state == _DONE and stage == CLOSED)
