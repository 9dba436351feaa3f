"""ServicePolicy: the one document a service is run by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from servicekit.calendars import AnyCalendar, Calendar, CalendarForm
from servicekit.document import Document
from servicekit.errors import PolicyError, Problem, UnknownNameError
from servicekit.rules import FactField, Fields
from servicekit.sla import ALWAYS, SlaPolicy, reference_problems
from servicekit.timeline import ZoneName
from servicekit.vocabulary import Vocabulary

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar
    from servicekit.sla import SlaEngine

__all__ = ["PolicyEngine", "ServicePolicy", "declared_fields"]


def declared_fields(vocabulary: Vocabulary) -> Fields:
    """The facts that conditions may test, with their types and values: the standard five and the declared ones.

    >>> declared_fields(Vocabulary(tiers=["standard", "vip"]))["tier"].fault("gold")[0]
    "'gold' is not one of its values"
    """
    types = vocabulary.value_types()
    return {
        name: FactField(types[name], None if values is None else frozenset(values))
        for name, values in vocabulary.fields_schema().items()
    }


class PolicyEngine:
    """A compiled policy: its calendars by name, and the engine of each subject that it has.

    >>> engine = ServicePolicy(name="desk", timezone="Asia/Shanghai").compile()
    >>> sorted(engine.calendars), engine.sla
    (['always'], None)
    >>> engine
    PolicyEngine('desk', version='1', calendars=['always'], sla=None)
    """

    __slots__ = ("calendars", "policy", "sla")

    def __init__(self, policy: ServicePolicy, calendars: Mapping[str, CompiledCalendar], sla: SlaEngine | None) -> None:
        self.policy, self.calendars, self.sla = policy, calendars, sla

    def calendar(self, name: str) -> CompiledCalendar:
        """The calendar of that name; ``always`` is there without being defined.

        >>> ServicePolicy(name="desk").compile().calendar("always").timezone.key
        'UTC'

        Raises:
            UnknownNameError: the policy has no such calendar; the message offers the nearest.
        """
        if name not in self.calendars:
            raise UnknownNameError("calendar", name, self.calendars)
        return self.calendars[name]

    def __repr__(self) -> str:
        policy, names = self.policy, sorted(self.calendars)
        return f"PolicyEngine({policy.name!r}, version={policy.version!r}, calendars={names}, sla={self.sla!r})"


class ServicePolicy(Document):
    """Everything a service has promised and by which clocks it counts, in one document.

    >>> policy = ServicePolicy.parse('''
    ... name: retail support
    ... timezone: Asia/Shanghai
    ... calendars:
    ...   desk: {weekly: {mon-fri: ["09:00-18:30"]}, holidays: [CN]}
    ... sla:
    ...   calendar: desk
    ...   targets:
    ...     - {first_response: 2h, resolution: 24h}
    ...     - {when: {tier: vip}, first_response: 30m}
    ... ''')
    >>> from datetime import UTC, datetime
    >>> promise = policy.compile().sla.promise(datetime(2026, 1, 5, 2, tzinfo=UTC), {"tier": "vip"})
    >>> str(promise["first_response"].due_at)
    '2026-01-05 02:30:00+00:00'
    """

    servicekit: Literal["policy/1"] = "policy/1"
    """The format of this document."""
    name: str
    """What the policy is called."""
    version: str = "1"
    """Which edition of it this is; every outcome carries it."""
    effective_from: date | None = None
    """The day from which it is in force."""
    timezone: ZoneName = "UTC"
    """The zone of calendars that name none."""
    vocabulary: Vocabulary = Field(default_factory=Vocabulary)
    """The words of the house: channels, issue types, tiers, priorities, and further facts of a case."""
    calendars: dict[str, AnyCalendar] = Field(default_factory=dict)
    """When the service is open, by name: hours, or calendars made of calendars (``any_of``, ``all_of``, ``of`` and
    ``minus``, ``complement``, ``shifted`` and ``by``). ``always`` is there without being defined."""
    sla: SlaPolicy | None = None
    """What is promised, and when clocks stand still."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that stand for nothing: calendars, facts and values that no part of the policy declares.

        And one that is taken: a calendar of the policy's own cannot be called ``always``.
        """
        if ALWAYS in self.calendars:
            message = f"{ALWAYS!r} is the calendar that never closes, in every policy"
            yield Problem("policy.reserved-name", f"calendars.{ALWAYS}", message, "choose another name")
        if self.sla is not None:
            names = {ALWAYS, *self.calendars}
            for problem in reference_problems(self.sla, names, declared_fields(self.vocabulary)):
                yield problem.under("sla")

    def compile(self, *, due: Literal["computed", "recorded"] = "computed") -> PolicyEngine:
        """The engines that answer; ``due`` as in :meth:`SlaPolicy.compile <servicekit.sla.SlaPolicy.compile>`.

        Raises:
            PolicyError: the document has errors; all of them are in ``problems``.
        """
        if errors := [problem for problem in self.problems() if problem.is_error]:
            raise PolicyError(errors)
        documents: dict[str, CalendarForm] = {ALWAYS: Calendar.always(self.timezone), **self.calendars}
        calendars = {name: calendar.compile(timezone=self.timezone) for name, calendar in documents.items()}
        fields = declared_fields(self.vocabulary)
        sla = None if self.sla is None else self.sla.compile(calendars, fields=fields, due=due, version=self.version)
        return PolicyEngine(self, calendars, sla)
