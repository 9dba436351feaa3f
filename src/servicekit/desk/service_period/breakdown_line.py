"""Attainment by channel, by tier and by issue type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from servicekit.sla import Attainment, OutcomeName

if TYPE_CHECKING:
    from servicekit.sla import Outcome
    from servicekit.vocabulary import Vocabulary

Dimension: TypeAlias = Literal["channel", "tier", "issue_type"]
"""What attainment is broken down by."""

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)


@dataclass(frozen=True, slots=True)
class BreakdownLine:
    """A metric on the cases that have one value of a dimension; those that have none stand under the empty text.

    >>> BreakdownLine("resolution", "tier", "vip", Attainment(met=9, missed=1)).attainment.ratio("promised").percent()
    '90.0 %'
    """

    metric: str
    dimension: Dimension
    value: str
    attainment: Attainment


class BreakdownCount:
    """Counts outcomes by their channel, tier and issue type.

    >>> from servicekit.vocabulary import Vocabulary
    >>> BreakdownCount().told(["resolution"], Vocabulary())
    ()
    """

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: Counter[tuple[str, str | None, str | None, str | None, OutcomeName]] = Counter()

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        self._times[outcome.metric, outcome.channel, outcome.tier, outcome.issue_type, outcome.outcome] += 1

    def told(self, metrics: Sequence[str], words: Vocabulary) -> tuple[BreakdownLine, ...]:
        """By dimension, by metric, and by value: those of the vocabulary in its order, then others by name."""
        known: dict[Dimension, Iterable[str]] = {
            "channel": words.channels,
            "tier": words.tiers,
            "issue_type": words.issue_types,
        }
        return tuple(
            line
            for place, name in enumerate(DIMENSIONS, 1)
            for line in self._by(name, place, metrics, list(known[name]))
        )

    def _by(
        self, dimension: Dimension, place: int, metrics: Sequence[str], known: Sequence[str]
    ) -> Iterator[BreakdownLine]:
        found: dict[tuple[str, str], Counter[str]] = {}
        for key, times in self._times.items():
            found.setdefault((key[0], str(key[place] or "")), Counter())[key[4]] += times
        ranks = {word: rank for rank, word in enumerate(known)}
        for metric in metrics:
            values = [value for name, value in found if name == metric]
            for value in sorted(values, key=lambda each: (ranks.get(each, len(ranks)), each)):
                yield BreakdownLine(metric, dimension, value, Attainment(**found[metric, value]))
