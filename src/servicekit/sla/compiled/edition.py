"""One version of an SLA policy: as it is given, and compiled."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from servicekit.calendars import Calendar
from servicekit.errors import PolicyError, Problem, UnknownZoneError
from servicekit.rules import FactCheck, Fields, Value
from servicekit.sla.compiled.compiled_pauses import CompiledPauses
from servicekit.sla.compiled.compiled_target import CompiledTarget, TargetKey
from servicekit.sla.compiled.condition_clock import ConditionClock
from servicekit.sla.compiled.target_table import TargetOf, Targets, target_table
from servicekit.sla.custom_clocks import Agreement, Measure
from servicekit.sla.metric import Metric
from servicekit.sla.policy import ALWAYS, STANDARD_FIELDS, DueSource, SlaPolicy
from servicekit.sla.target import Target
from servicekit.sla.target_row import TargetRow
from servicekit.timeline import to_us, zone
from servicekit.timeline.instant import delta_to_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of an SLA policy with what it refers to: its calendars, its declared facts, and its first moment.

    ``effective_at`` is ``None`` for the first version, which was always in force.

    >>> Edition(SlaPolicy(targets=[{"resolution": "8h"}]), {}).version
    '1'
    """

    policy: SlaPolicy
    calendars: Mapping[str, CompiledCalendar] = field(default_factory=dict)
    fields: Fields | None = None
    version: str = "1"
    effective_at: datetime | None = None


class CompiledEdition:
    """One edition, compiled: the target table, the pauses of each metric, and the targets of its agreements.

    ``condition_clocks`` stand in the order of :attr:`CompiledSla.condition_metrics`, ``None`` for a metric that this
    edition does not have.
    """

    __slots__ = (
        "_fields",
        "_fingerprint",
        "_places",
        "_targets",
        "agreed",
        "calendar_facts",
        "calendars",
        "check",
        "condition_clocks",
        "from_us",
        "hours",
        "index",
        "pauses",
        "policy",
        "recorded",
        "table",
        "version",
        "zone_facts",
    )

    def __init__(
        self, index: int, edition: Edition, metrics: Sequence[Metric], condition_metrics: Sequence[str], due: DueSource
    ) -> None:
        policy = edition.policy
        fields = STANDARD_FIELDS if edition.fields is None else edition.fields
        known = edition.calendars
        self.index, self.policy, self.version = index, policy, edition.version
        self.calendars = known if ALWAYS in known else {ALWAYS: Calendar.always().compile(), **known}
        _refuse_faults(policy, self.calendars, fields)
        self.from_us = None if edition.effective_at is None else to_us(edition.effective_at)
        self.hours = self.calendars[policy.calendar]
        self.check = FactCheck(fields, policy.due_fields, policy.statuses)
        self.recorded = dict(policy.recorded_due) if due == "recorded" else {}
        by_condition = condition_documents(policy)
        self.condition_clocks = tuple(
            ConditionClock(by_condition[name], fields) if name in by_condition else None for name in condition_metrics
        )
        self._fields = fields
        self._fingerprint: str | None = None
        self.pauses = [CompiledPauses(metric, policy.pauses, fields) for metric in metrics]
        self.calendar_facts = frozenset(row.calendar_from for row in policy.targets if row.calendar_from is not None)
        self.zone_facts = frozenset(row.zone_from for row in policy.targets if row.zone_from is not None)
        self._targets: dict[TargetKey, CompiledTarget] = {}
        self._places: dict[tuple[str, str], CompiledCalendar] = {}
        self.table = target_table(policy, fields, self._target_of)
        self.agreed = {each.metric: self._agreed(number, each) for number, each in enumerate(policy.agreements)}

    def is_promise(self, targets: Targets) -> bool:
        """Whether a case with these targets is promised anything, be it by an agreement or a record."""
        return bool(targets or self.agreed or self.recorded)

    def target(self, key: TargetKey) -> CompiledTarget | None:
        """The target of that key; ``None`` where this edition has none."""
        if key not in self._targets:
            found = self._source(key)
            if found is None or key.calendar not in self.calendars:
                return None
            self._targets[key] = self._compiled(key, *found)
        return self._targets[key]

    def _source(self, key: TargetKey) -> tuple[Target, TargetRow | Agreement] | None:
        """The target that a key means, and where it stands."""
        kind, _, rest = key.place.partition("[")
        number = int(rest.removesuffix("]")) if rest[:-1].isdigit() else -1
        rows: Sequence[TargetRow | Agreement] = self.policy.targets if kind == "targets" else self.policy.agreements
        if not 0 <= number < len(rows):
            return None
        row = rows[number]
        targets = row.targets if isinstance(row, TargetRow) else {row.metric: row.target}
        return (targets[key.metric], row) if key.metric in targets else None

    def _target_of(self, index: int, row: TargetRow, metric: str) -> TargetOf:
        """The target of a row for the facts of a case; nearly always the same one."""
        target = row.targets[metric]
        name = ALWAYS if target.clock == "wall" else target.calendar or row.calendar or self.policy.calendar

        def compiled(facts: Mapping[str, Value]) -> CompiledTarget:
            chosen = self._place(row, facts, name) if target.clock != "wall" else (name, None)
            found = self.target(TargetKey(self.index, f"targets[{index}]", metric, *chosen))
            assert found is not None  # the row is there, and its calendar was looked for
            return found

        if row.calendar_from is None and row.zone_from is None:
            only = compiled({})
            return lambda facts: only
        return compiled

    def _place(self, row: TargetRow, facts: Mapping[str, Value], name: str) -> tuple[str, str | None]:
        """The calendar and the zone that the facts of a case choose; what they name wrongly is not chosen."""
        named = facts.get(row.calendar_from) if row.calendar_from is not None else None
        where = facts.get(row.zone_from) if row.zone_from is not None else None
        calendar = named if isinstance(named, str) and named in self.calendars else name
        return calendar, where if isinstance(where, str) and _is_zone(where) else None

    def _compiled(self, key: TargetKey, target: Target, row: TargetRow | Agreement) -> CompiledTarget:
        within, policy = target.within, self.policy
        named = row.ladder or policy.ladder
        ladder = policy.ladders[named] if named is not None else ()
        length = delta_to_us(within) if isinstance(within, timedelta) else None
        return CompiledTarget(
            key=key,
            text=target.text,
            hours=self._hours(key.calendar, key.zone),
            within=None if isinstance(within, timedelta) else within,
            length_us=length,
            field=target.field,
            snaps=target.snap == "next_open",
            rule=policy.business_days,
            bias="open" if policy.boundary == "next_open" else "close",
            on_change=(row.on_change if isinstance(row, TargetRow) else None) or policy.on_change,
            ladder=ladder,
            step_lengths=tuple(None if length is None else step.at.part_of(length) for step in ladder),
            because=row.because,
        )

    def _hours(self, calendar: str, where: str | None) -> CompiledCalendar:
        if where is None:
            return self.calendars[calendar]
        place = calendar, where
        if place not in self._places:
            self._places[place] = self.calendars[calendar].in_zone(where)
        return self._places[place]

    def _agreed(self, number: int, agreement: Agreement) -> tuple[CompiledTarget, ...]:
        target = agreement.target
        name = ALWAYS if target.clock == "wall" else target.calendar or agreement.calendar or self.policy.calendar
        found = self.target(TargetKey(self.index, f"agreements[{number}]", agreement.metric, name, None))
        return () if found is None else (found,)

    def __deepcopy__(self, memo: object) -> CompiledEdition:
        return self

    @property
    def fingerprint(self) -> str:
        """What tells this edition from any other: a digest of its document, its calendars and its declared facts."""
        if self._fingerprint is None:
            calendars = {name: hours.calendar.to_dict() for name, hours in self.calendars.items()}
            fields = {name: [field.type, sorted(field.values or ())] for name, field in self._fields.items()}
            text = json.dumps([self.policy.to_dict(), calendars, fields], sort_keys=True, default=str)
            self._fingerprint = sha256(text.encode()).hexdigest()[:16]
        return self._fingerprint


def condition_documents(policy: SlaPolicy) -> dict[str, Measure | Agreement]:
    """The measures and agreements of a policy by the names of their metrics."""
    return {**policy.measures, **{agreement.metric: agreement for agreement in policy.agreements}}


def _refuse_faults(policy: SlaPolicy, calendars: Mapping[str, CompiledCalendar], fields: Fields) -> None:
    problems: tuple[Problem, ...] = (*policy.problems(), *policy.problems_in(calendars, fields))
    if errors := [problem for problem in problems if problem.is_error]:
        raise PolicyError(errors)


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except UnknownZoneError:
        return False
    return True
