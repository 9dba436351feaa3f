"""How the values of a metric lie: each with how often it came up, and those of which more is to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias, cast

from servicekit.kpi.engine.metric_state import Number, State
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.target import MetricTarget
from servicekit.kpi.value_text import number_text, value_text
from servicekit.layout import Result, Table
from servicekit.quantity import Ratio

Counts: TypeAlias = Mapping[Number, int]
"""How often each value came up."""


@dataclass(frozen=True, slots=True)
class Distribution(Result):
    """The values that a quantile or a duration is taken of, beside what they come to and what that should be.

    ``counts`` are of values that are final; ``unfinished`` of durations that are not over, and so at least as long.
    Durations are in microseconds. Of fewer rows than the metric asks for, no value is shown.

    >>> waits = Distribution(Measurement("wait", "duration", 3), {5_000_000: 2, 30_000_000: 1})
    >>> waits.n, waits.up_to(20_000_000)
    (3, Ratio(numerator=2, denominator=3))
    """

    measured: Measurement
    counts: Counts
    unfinished: Counts = field(default_factory=dict)
    label: str = ""
    """What is measured, for people."""
    target: MetricTarget | None = None

    @property
    def n(self) -> int:
        """How many values there are, with those that are not final."""
        return sum(self.counts.values()) + sum(self.unfinished.values())

    def up_to(self, value: Number) -> Ratio:
        """How many of all values are final, and not more than one.

        >>> Distribution(Measurement("wait", "duration", 2), {5: 1}, {9: 1}).up_to(5)
        Ratio(numerator=1, denominator=2)
        """
        return Ratio(sum(n for each, n in self.counts.items() if each <= value), self.n)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each value, the least first, with how often it came up and whether it is final."""
        return [{"value": value, "times": times, "is_final": is_final} for value, times, is_final in self._values()]

    def table(self) -> Table:
        """The values with how often they came up, and what they come to above them."""
        unit = self.measured.unit
        lines = [
            (number_text(Fraction(value), unit), "" if is_final else "not over", f"{times:,}")
            for value, times, is_final in self._values()
        ]
        caption = f"{self.label or self.measured.metric}: {value_text(self.measured)}, {self.n:,} values"
        return Table(("value", "", "times"), lines, labels=2, caption=caption)

    def _values(self) -> Iterator[tuple[Number, int, bool]]:
        for value in sorted({*self.counts, *self.unfinished}):
            yield from (
                (value, counts[value], is_final)
                for counts, is_final in ((self.counts, True), (self.unfinished, False))
                if value in counts
            )


def counts_of(states: Iterable[State]) -> tuple[Counts, Counts]:
    """The values that states keep, final ones and others.

    >>> counts_of([State(bag={5: 2}), State(bag={(5, True): 1, (7, False): 1})])
    ({5: 3}, {7: 1})
    """
    final: dict[Number, int] = {}
    other: dict[Number, int] = {}
    for item, times in State.all_of(states).bag.items():
        value, is_over = cast(tuple[Number, bool], item if isinstance(item, tuple) else (item, True))
        counts = final if is_over else other
        counts[value] = counts.get(value, 0) + times
    return final, other
