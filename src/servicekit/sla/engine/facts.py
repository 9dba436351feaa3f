"""The facts of a case as they change: as they were told, and as conditions can be asked about them.

Conditions of measures and agreements may ask about the event that has just happened, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from servicekit.document import did_you_mean
from servicekit.errors import Problem, UnknownZoneError
from servicekit.events import AgentReplied, CaseEvent, MilestoneReached
from servicekit.events.kind import kind_of
from servicekit.rules import Value
from servicekit.sla.engine.edition import CompiledEdition
from servicekit.timeline import zone

__all__ = ["FactBook", "facts_of_event"]


class FactBook:
    """Facts that are never changed, only replaced: ``facts`` as told, ``sound`` without those of a wrong type.

    ``odd`` is what is odd about those that have just been told, by the names of the facts.
    """

    __slots__ = ("_edition", "facts", "odd", "sound")

    def __init__(
        self, edition: CompiledEdition, facts: Mapping[str, Value], told: Mapping[str, Value] | None = None
    ) -> None:
        self._edition, self.facts = edition, facts
        odd = edition.check.problems(facts)
        self.sound: Mapping[str, Value] = edition.check.sound(facts, odd) if odd else facts
        if told is not None and odd:
            odd = [problem for problem in odd if problem.path in told]
        if edition.calendar_facts or edition.zone_facts:
            odd = [*odd, *self._misplaced(facts if told is None else told)]
        self.odd: Sequence[Problem] = odd

    def under(self, edition: CompiledEdition) -> FactBook:
        """The same facts under another version of the policy; nothing has been told anew."""
        return FactBook(edition, self.facts, {})

    def with_fact(self, name: str, to: Value | None) -> FactBook:
        """The facts with one of them changed; ``None`` takes it away."""
        facts = {key: value for key, value in self.facts.items() if key != name}
        if to is None:
            return FactBook(self._edition, facts, {})
        facts[name] = to
        return FactBook(self._edition, facts, {name: to})

    def _misplaced(self, facts: Mapping[str, Value]) -> Iterator[Problem]:
        """Facts that should name a calendar or a time zone and name none."""
        for name in sorted(self._edition.calendar_facts & facts.keys()):
            value, known = facts[name], self._edition.calendars
            if value not in ("", None) and (not isinstance(value, str) or value not in known):
                hint = did_you_mean(str(value), known) or f"known: {', '.join(sorted(known))}"
                yield Problem.warning(
                    "sla.unknown-calendar", name, f"no calendar named {value!r}; the row's own counts", hint
                )
        for name in sorted(self._edition.zone_facts & facts.keys()):
            try:
                zone(str(facts[name])) if facts[name] not in ("", None) else None
            except UnknownZoneError as error:
                yield Problem.warning("zone.unknown", name, f"{error}; the calendar's own zone counts", None)


def facts_of_event(facts: Mapping[str, Value], status: str | None, event: CaseEvent) -> Mapping[str, Value]:
    """The facts as they are now, with what is known of the event that has just happened.

    >>> from datetime import UTC, datetime
    >>> facts_of_event({}, "open", MilestoneReached("C-1", datetime(2026, 1, 5, tzinfo=UTC), "called_back"))
    {'event': 'milestone_reached', 'status': 'open', 'milestone': 'called_back'}
    """
    known: dict[str, Value] = {**facts, "event": kind_of(event).name}
    if status is not None:
        known["status"] = status
    if isinstance(event, MilestoneReached):
        known["milestone"] = event.name
    if isinstance(event, AgentReplied):
        known["answers"] = event.answers
    return known
