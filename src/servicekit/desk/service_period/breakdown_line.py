"""Attainment by channel, by tier and by issue type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from servicekit.desk.report import Line
from servicekit.desk.tally import OutcomeKind, attained
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


def breakdown(
    lines: Iterable[Line], times: Mapping[OutcomeKind, int], metrics: Sequence[str], words: Vocabulary
) -> Iterator[BreakdownLine]:
    """By dimension, by metric, and by value: those of the vocabulary in its order, then others by name. ``lines`` are
    by channel already.

    >>> from servicekit.vocabulary import Vocabulary
    >>> times = {("resolution", "met", "chat", "vip", None): 9}
    >>> [(line.dimension, line.value) for line in breakdown([], times, ["resolution"], Vocabulary())]
    [('tier', 'vip'), ('issue_type', '')]
    """
    yield from (BreakdownLine(line.metric, "channel", line.channel or "", line.attainment) for line in lines)
    others: Mapping[Dimension, Iterable[str]] = {"tier": words.tiers, "issue_type": words.issue_types}
    for place, (dimension, own) in enumerate(others.items(), start=1):
        for metric, value, attainment in attained(times, place, metrics, own):
            yield BreakdownLine(metric, dimension, value, attainment)
