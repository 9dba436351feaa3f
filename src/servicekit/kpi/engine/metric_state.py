"""What is kept of rows to work out a metric later: sums and bags of values, which add up over parts in any order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self, TypeAlias

from servicekit.timeline.period import PeriodUnit

VERSION = 2
"""The version of states as bytes."""

PERIOD = "period"
"""The name that periods have among what results are broken down by; it goes first."""

Number: TypeAlias = int | Fraction
"""A number that is added up without loss; decimals are fractions here. A float's sum depends on the order."""

Group: TypeAlias = tuple[object, ...]
"""The values of the columns that results are broken down by, in order; empty where they are not."""

Item: TypeAlias = object
"""What a bag holds: a number, or a tuple of plain values."""


def place_of(group: Group) -> list[tuple[bool, str, object]]:
    """Where a group stands among others: values of one type by their order, what is missing last.

    >>> sorted([(None,), (Decimal(10),), (9,), (Decimal("2.5"),)], key=place_of)
    [(Decimal('2.5'),), (9,), (Decimal('10'),), (None,)]
    """
    return [(each is None, *_order_of(each)) for each in group]


def _order_of(value: object) -> tuple[str, object]:
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return "number", value
    return type(value).__name__, value if isinstance(value, str | bool | date) else str(value)


@dataclass(frozen=True, slots=True)
class State:
    """Of one metric and one group: sums by name, what was left out by reason, and a bag of values with their counts.

    >>> State({"n": 2, "of": 1}) | State({"n": 3, "of": 3}, {"unanswered": 1})
    State(sums={'n': 5, 'of': 4}, left_out={'unanswered': 1}, bag={})
    """

    sums: Mapping[str, Number] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    bag: Mapping[Item, int] = field(default_factory=dict)

    def __or__(self, other: State) -> State:
        return State.all_of((self, other))

    @classmethod
    def all_of(cls, states: Iterable[State]) -> State:
        """All of some states together."""
        sums: dict[str, Number] = {}
        left_out: dict[str, int] = {}
        bag: dict[Item, int] = {}
        for state in states:
            _add(sums, state.sums)
            _add(left_out, state.left_out)
            _add(bag, state.bag)
        return cls(sums, left_out, bag)


def _add(to: dict[Any, Any], numbers: Mapping[Any, Any]) -> None:
    if to.keys().isdisjoint(numbers):
        to.update(numbers)
        return
    for name, number in numbers.items():
        to[name] = to.get(name, 0) + number


@dataclass(frozen=True, slots=True)
class States:
    """States of several metrics, broken down alike; those of parts of the rows add up to those of all rows.

    ``definitions`` has a digest for each metric of what it was counted by: its document, the breakdown, and the time
    zone and the calendar that matter to it. ``whole`` names the metrics that are not broken down, since one of their
    tables lacks a column. Of metrics of kind ``within`` the rows of all groups are kept together, beside the states of
    the groups, since who is followed is a matter of all.

    >>> part = States(("channel",), None, {"nps": "5ca1ab1e"}, {("nps", ("chat",)): State({"n": 2})})
    >>> whole = part | part
    >>> whole.of["nps", ("chat",)].sums
    {'n': 4}
    >>> States.from_bytes(whole.to_bytes()) == whole
    True

    Raises:
        ValueError: two are added that are broken down differently, or counted by different definitions; or a metric is
            left whole in one of them.
    """

    by: tuple[str, ...]
    period: PeriodUnit | None
    definitions: Mapping[str, str]
    of: Mapping[tuple[str, Group], State]
    whole: frozenset[str] = frozenset()

    @property
    def _cut(self) -> str:
        names = [self.period or name if name == PERIOD else name for name in self.by]
        return ", ".join(names) or "nothing"

    def by_metric(self) -> Mapping[str, Mapping[Group, State]]:
        """The states of each metric, by group."""
        metrics: dict[str, dict[Group, State]] = {}
        for (metric, group), state in self.of.items():
            metrics.setdefault(metric, {})[group] = state
        return metrics

    def __or__(self, other: States) -> States:
        if (self.by, self.period) != (other.by, other.period):
            raise ValueError(f"states by {self._cut} and by {other._cut} do not add up; break both down alike")
        self.check_definitions(other.definitions, "do not add up")
        if mixed := self._mixed_with(other):
            words = f"states of {', '.join(sorted(mixed))} do not add up"
            raise ValueError(f"{words}: one is left whole, as its rows lack a column of {self._cut}")
        added = dict(self.of)
        for place, state in other.of.items():
            added[place] = added[place] | state if place in added else state
        return States(self.by, self.period, self.definitions, added, self.whole | other.whole)

    def check_definitions(self, others: Mapping[str, str], what: str) -> None:
        """Refuse other definitions than those of the states, by name.

        Raises:
            ValueError: some differ, or are there for one of both alone.
        """
        ours, theirs = (
            ", ".join(f"{name!r} ({digest})" for name, digest in told.items() if other.get(name) != digest) or "nothing"
            for told, other in ((self.definitions, others), (others, self.definitions))
        )
        if ours != theirs:
            hint = "make both by one scorecard, in one time zone, with the same calendars"
            raise ValueError(f"states of {ours} and of {theirs} {what}; {hint}")

    def _mixed_with(self, other: States) -> set[str]:
        """The metrics that are broken down in one and left whole in the other."""
        divided = (self.by_metric().keys() - self.whole, other.by_metric().keys() - other.whole)
        return (divided[0] & other.whole) | (divided[1] & self.whole)

    def to_bytes(self) -> bytes:
        """As bytes that :meth:`from_bytes` of this version reads."""
        rows = [[metric, group, *_parts(state)] for (metric, group), state in self.of.items()]
        head = {"by": self.by, "period": self.period, "definitions": list(self.definitions.items())}
        told = {"version": VERSION, **head, "whole": sorted(self.whole), "states": rows}
        return json.dumps(told, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The states that bytes hold.

        Raises:
            ValueError: they hold none, or those of another version.
        """
        told = json.loads(data, object_hook=_exact)
        if not isinstance(told, Mapping) or told.get("version") != VERSION:
            raise ValueError(f"these are not states of version {VERSION}; make them again of their rows")
        try:
            return cls._of(told)
        except (KeyError, TypeError, ValueError) as broken:
            raise ValueError(f"these are not whole states: {broken!r}") from broken

    @classmethod
    def _of(cls, told: Mapping[str, Any]) -> Self:
        return cls(
            tuple(told["by"]),
            told["period"],
            dict(told["definitions"]),
            {
                (metric, _tuples(group)): State(sums, dict(left_out), {_frozen(item): count for item, count in bag})
                for metric, group, sums, left_out, bag in told["states"]
            },
            frozenset(told["whole"]),
        )


def _parts(state: State) -> tuple[object, ...]:
    return state.sums, list(state.left_out.items()), list(state.bag.items())


def _plain(value: object) -> object:
    for kind, name in _EXACT.items():
        if isinstance(value, kind):
            return {name: str(value)}
    raise TypeError(f"{value!r} has no place in a state")


_EXACT: Mapping[type, str] = {Decimal: "$decimal", Fraction: "$fraction", datetime: "$instant", date: "$day"}
_READ: Mapping[str, Callable[[str], object]] = {
    "$decimal": Decimal,
    "$fraction": Fraction,
    "$instant": datetime.fromisoformat,
    "$day": date.fromisoformat,
}


def _exact(told: dict[str, Any]) -> object:
    for name, read in _READ.items():
        if name in told:
            return read(told[name])
    return told


def _tuples(value: object) -> tuple[object, ...]:
    """Lists as tuples, however deep."""
    if not isinstance(value, list):
        raise TypeError(f"expected a list, not {value!r:.60}")
    return tuple(map(_frozen, value))


def _frozen(value: object) -> object:
    return _tuples(value) if isinstance(value, list) else value
