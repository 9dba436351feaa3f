"""What the conditions of measures and agreements may read after an event: the facts, the status, the event itself."""

from __future__ import annotations

from collections.abc import Mapping

from servicekit.events import AgentReplied, CaseEvent, MilestoneReached
from servicekit.rules import Value

__all__ = ["facts_of_event"]


def facts_of_event(facts: Mapping[str, Value], status: str | None, event: CaseEvent) -> Mapping[str, Value]:
    """The facts as they are now, with what is known of the event that has just happened.

    >>> from datetime import UTC, datetime
    >>> facts_of_event({}, "open", MilestoneReached("C-1", datetime(2026, 1, 5, tzinfo=UTC), "called_back"))
    {'event': 'milestone_reached', 'status': 'open', 'milestone': 'called_back'}
    """
    known: dict[str, Value] = {**facts, "event": _name(event)}
    if status is not None:
        known["status"] = status
    if isinstance(event, MilestoneReached):
        known["milestone"] = event.name
    if isinstance(event, AgentReplied):
        known["answers"] = event.answers
    return known


def _name(event: CaseEvent) -> str:
    """The class's name in the words of a document: ``customer_replied``."""
    name = type(event).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
