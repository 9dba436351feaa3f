"""What a clock measures: what starts it, what stops it, and whether there can be another.

A metric names the signals (``signal.py``) that start and stop its clocks, so it is data: a new metric is an entry here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from servicekit.sla.signal import (
    ANSWERED,
    ASKED,
    CLOSED,
    OPENED,
    OWNED,
    REQUESTED,
    RESOLVED,
    SETTLED,
    UNOWNED,
    milestone_signal,
    status_signal,
)

Again: TypeAlias = Literal["once", "each", "continue", "cycle"]
"""Whether a stopped clock has a successor.

``once``: there is one clock. ``each``: every start while none runs begins another. ``continue``: reopening the case
lets the same clock run on. ``cycle``: reopening does what the policy's ``reopen`` says.
"""

STAGE = "reach_stage:"
"""What the metric of a stage begins with; the stage's name follows."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is promised: a name, the signals that start and stop its clocks, and what follows a stop.

    >>> METRICS["first_response"].again, sorted(METRICS["first_response"].stops)
    ('once', ['answered', 'milestone:first_response', 'settled'])
    """

    id: str
    starts: frozenset[str]
    stops: frozenset[str]
    again: Again = "once"

    @property
    def rests(self) -> bool:
        """Whether the time that the case lies resolved is a pause of the clock.

        >>> METRICS["resolution"].rests, METRICS["first_response"].rests
        (True, False)
        """
        return self.again in ("continue", "cycle")


def reach_stage(name: str) -> Metric:
    """From the opening until the case reaches a stage: a milestone or a status of that name.

    ``resolved`` and ``closed`` are reached by those events, too.

    >>> reach_stage("diagnosed").id, sorted(reach_stage("closed").stops)
    ('reach_stage:diagnosed', ['closed', 'milestone:closed', 'status:closed'])
    """
    own = (name,) if name in (RESOLVED, CLOSED) else ()
    return _metric(STAGE + name, (OPENED,), (milestone_signal(name), status_signal(name), *own))


def _metric(id: str, starts: tuple[str, ...], stops: tuple[str, ...], again: Again = "once") -> Metric:
    return Metric(id, frozenset(starts), frozenset(stops), again)


FIRST_RESPONSE = _metric("first_response", (REQUESTED,), (ANSWERED, milestone_signal("first_response"), SETTLED))
"""From the opening to the first public reply by a person, or the milestone ``first_response``; a case that is resolved
without a reply was answered by its resolution, if the policy says so of whoever resolved it. A case that an agent
opened has nobody waiting before the customer writes, unless the policy says otherwise."""

ACKNOWLEDGEMENT = _metric("acknowledgement", (OPENED,), (ANSWERED, milestone_signal("acknowledged"), SETTLED))
"""From the opening to the milestone ``acknowledged``, or the first public reply by a person, or the resolution.
An assignment acknowledges nothing: the customer does not see it."""

NEXT_RESPONSE = _metric("next_response", (ASKED,), (ANSWERED, SETTLED), "each")
"""One clock for each unanswered wait, from its oldest message to the next public reply by a person, or the
resolution."""

PERIODIC_UPDATE = _metric("periodic_update", (ANSWERED,), (ANSWERED, RESOLVED), "each")
"""From one public reply by a person to the next, or to the resolution; the first reply is the first response's
matter."""

PAUSABLE_UPDATE = _metric("pausable_update", (ANSWERED,), (ANSWERED, RESOLVED), "each")
"""The same; two names, so that pauses may stop one and not the other."""

OWNERSHIP = _metric("ownership", (UNOWNED,), (OWNED, RESOLVED), "each")
"""While nobody owns the case: from its opening, or from the loss of its owner, to the next assignment."""

REQUESTER_WAIT = _metric("requester_wait", (OPENED,), (RESOLVED,), "continue")
"""From the opening to the resolution, less what its pauses say is not the requester's waiting."""

AGENT_WORK = _metric("agent_work", (OPENED,), (RESOLVED,), "continue")
"""From the opening to the resolution, less what its pauses say is not the agents' work."""

RESOLUTION = _metric("resolution", (OPENED,), (RESOLVED,), "cycle")
"""From the opening to the resolution (or the closing, where nobody had resolved). What reopening does the policy says:
the same clock runs on, and the time the case lay resolved is a pause; or a new clock begins."""

FIRST_RESOLUTION = _metric("first_resolution", (OPENED,), (RESOLVED,))
"""From the opening to the first resolution, whatever follows."""

TOTAL_RESOLUTION = _metric("total_resolution", (OPENED,), (RESOLVED,), "continue")
"""From the opening to the last resolution, less the time the case lay resolved in between."""

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        m.id: m
        for m in (
            FIRST_RESPONSE,
            ACKNOWLEDGEMENT,
            NEXT_RESPONSE,
            PERIODIC_UPDATE,
            PAUSABLE_UPDATE,
            OWNERSHIP,
            REQUESTER_WAIT,
            AGENT_WORK,
            RESOLUTION,
            FIRST_RESOLUTION,
            TOTAL_RESOLUTION,
        )
    }
)
"""The metrics that need no definition, by name, in the order in which outcomes are given."""
