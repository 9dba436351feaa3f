"""What a clock measures: where it stops, and whether it can run again.

Every clock of this slice starts when the case is opened. A metric is a name and two questions put to a case's
history; a further metric is one more entry in :data:`METRICS`, and one more field of a target row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from servicekit.sla.history import History, Span

__all__ = ["ACKNOWLEDGEMENT", "FIRST_RESPONSE", "METRICS", "RESOLUTION", "Metric"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is promised: a name, when its clock stops, and when it stood still by its own nature.

    ``stopped_us`` answers the instant of the stop, or ``None`` while the clock runs; ``rests`` the spans that are
    over and do not count (for a resolution: resolved until reopened).

    >>> sorted(METRICS)
    ['acknowledgement', 'first_response', 'resolution']
    """

    id: str
    stopped_us: Callable[[History], int | None]
    rests: Callable[[History], tuple[Span, ...]] | None = None


def _first(*moments: int | None) -> int | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None


def _first_response(history: History) -> int | None:
    return _first(history.replied_us, history.milestones.get("first_response"), history.resolved_us)


def _acknowledgement(history: History) -> int | None:
    return _first(history.replied_us, history.milestones.get("acknowledged"), history.resolved_us)


def _resolution(history: History) -> int | None:
    return history.resting_since_us


def _resolved_spans(history: History) -> tuple[Span, ...]:
    return tuple(history.rested)


FIRST_RESPONSE = Metric("first_response", _first_response)
"""From the opening to the first public reply by a person, or the milestone ``first_response``; a case that is resolved
without a reply was answered by its resolution."""

ACKNOWLEDGEMENT = Metric("acknowledgement", _acknowledgement)
"""From the opening to the milestone ``acknowledged``, or the first public reply by a person, or the resolution.
An assignment acknowledges nothing: the customer does not see it."""

RESOLUTION = Metric("resolution", _resolution, _resolved_spans)
"""From the opening to the resolution (or the closing, where nobody had resolved). Reopening continues the same clock;
the time it lay resolved is a pause with the reason ``resolved``."""

METRICS: Mapping[str, Metric] = MappingProxyType({m.id: m for m in (FIRST_RESPONSE, ACKNOWLEDGEMENT, RESOLUTION)})
"""The metrics by name, in the order in which outcomes are given."""
