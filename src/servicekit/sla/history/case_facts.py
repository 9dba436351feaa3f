"""The facts of a case as they change: as they came, and as conditions can read them.

Conditions of measures and agreements may also read the event that has just happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from servicekit.document import did_you_mean
from servicekit.errors import Problem, UnknownZoneError
from servicekit.events import AgentReplied, CaseEvent, MilestoneReached
from servicekit.events.kind import kind_of
from servicekit.rules import Value
from servicekit.sla.compiled.edition import CompiledEdition
from servicekit.timeline import zone


class CaseFacts:
    """Facts that are never changed, only replaced: ``facts`` as they came, ``sound`` without those of a wrong type.

    ``problems`` are those of the facts that have just come to be known (``news``), under the names of the facts.
    """

    __slots__ = ("_edition", "facts", "problems", "sound")

    def __init__(
        self, edition: CompiledEdition, facts: Mapping[str, Value], news: Mapping[str, Value] | None = None
    ) -> None:
        self._edition, self.facts = edition, facts
        problems = edition.check.problems(facts)
        self.sound: Mapping[str, Value] = edition.check.sound(facts, problems) if problems else facts
        if news is not None and problems:
            problems = [problem for problem in problems if problem.path in news]
        if edition.calendar_facts or edition.zone_facts:
            problems = [*problems, *self._misplaced(facts if news is None else news)]
        self.problems: Sequence[Problem] = problems

    def under(self, edition: CompiledEdition) -> CaseFacts:
        """The same facts under another version of the policy; there is no news."""
        return CaseFacts(edition, self.facts, {})

    def with_fact(self, name: str, to: Value | None) -> CaseFacts:
        """The facts with one of them changed; ``None`` takes it away."""
        facts = {key: value for key, value in self.facts.items() if key != name}
        if to is None:
            return CaseFacts(self._edition, facts, {})
        facts[name] = to
        return CaseFacts(self._edition, facts, {name: to})

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
