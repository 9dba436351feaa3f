"""Attainment by channel, by tier and by issue type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias

from servicekit.desk.tally import OutcomeKind, attainments
from servicekit.sla import Attainment

if TYPE_CHECKING:
    from servicekit.vocabulary import Vocabulary

Dimension: TypeAlias = Literal["channel", "tier", "issue_type"]
"""What attainment is broken down by."""


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


def breakdown(times: Mapping[OutcomeKind, int], metrics: Sequence[str], words: Vocabulary) -> Iterator[BreakdownLine]:
    """By dimension, by metric, and by value: those of the vocabulary in its order, then others by name.

    >>> from servicekit.vocabulary import Vocabulary
    >>> times = {("resolution", "met", "chat", "vip", None): 9}
    >>> [(line.dimension, line.value) for line in breakdown(times, ["resolution"], Vocabulary())]
    [('channel', 'chat'), ('tier', 'vip'), ('issue_type', '')]
    """
    known: Mapping[Dimension, Iterable[str]] = {
        "channel": words.channels,
        "tier": words.tiers,
        "issue_type": words.issue_types,
    }
    for place, (dimension, own) in enumerate(known.items()):
        counts = attainments(times, place)
        ranks = {word: rank for rank, word in enumerate(own)}
        values = sorted({value for _, value in counts}, key=lambda each: (ranks.get(each, len(ranks)), each))
        for metric, value in product(metrics, values):
            if (metric, value) in counts:
                yield BreakdownLine(metric, dimension, value, counts[metric, value])
