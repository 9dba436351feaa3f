"""ServicePolicy: the one document a service is run by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import Field

from servicekit.availability.uptime import UptimeSla
from servicekit.calendars import AnyCalendar, Calendar
from servicekit.document import Document
from servicekit.errors import PolicyError, Problem, UnknownNameError
from servicekit.kpi import Scorecard
from servicekit.loyalty import LoyaltyProgram
from servicekit.policy.calendar_names import CalendarNames
from servicekit.policy.sections.availability_section import AvailabilitySection
from servicekit.policy.sections.kpi_section import KpiSection
from servicekit.policy.sections.loyalty_section import LoyaltySection, multiplier_problems
from servicekit.policy.sections.section import Context, Section
from servicekit.policy.sections.segments_section import SegmentsSection
from servicekit.policy.sections.sla_section import SlaSection
from servicekit.policy.sections.tiers_section import TiersSection
from servicekit.policy.tier_promises import TierPromise, promise_problems, ranked_tiers, tier_promises
from servicekit.rules import DeclaredField, Fields
from servicekit.segments import SegmentsPolicy
from servicekit.sla import SlaPolicy
from servicekit.sla.policy import ALWAYS, DueSource
from servicekit.tiers import TierProgram
from servicekit.timeline import ZoneName
from servicekit.vocabulary import Vocabulary

if TYPE_CHECKING:
    from servicekit.availability import UptimeMeter
    from servicekit.calendars import CompiledCalendar
    from servicekit.kpi import ScorecardEngine
    from servicekit.loyalty import LoyaltyEngine
    from servicekit.segments import SegmentsEngine
    from servicekit.sla import SlaEngine
    from servicekit.tiers import TierEngine


SECTIONS: tuple[Section[Any], ...] = (
    SlaSection(),
    AvailabilitySection(),
    TiersSection(),
    SegmentsSection(),
    LoyaltySection(),
    KpiSection(),
)
"""The sections of a policy: each is a field of :class:`ServicePolicy` and an attribute of :class:`PolicyEngine`."""

C = TypeVar("C")


def declared_fields(vocabulary: Vocabulary) -> Fields:
    """The facts that conditions may test, with their types and values: the standard five and the declared ones.

    >>> declared_fields(Vocabulary(tiers=["standard", "vip"]))["tier"].fault("gold")[0]
    "'gold' is not one of its values"
    """
    types = vocabulary.value_types()
    return {
        name: DeclaredField(types[name], None if values is None else frozenset(values))
        for name, values in vocabulary.fields_schema().items()
    }


class PolicyEngine:
    """A compiled policy: its calendars by name, and the engine of each subject that it has.

    >>> engine = ServicePolicy(name="desk", timezone="Asia/Shanghai").compile()
    >>> sorted(engine.calendars), engine.sla
    (['always'], None)
    >>> engine
    PolicyEngine('desk', version='1', calendars=['always'])
    """

    __slots__ = ("availability", "calendars", "kpi", "loyalty", "policy", "segments", "sla", "tiers")

    def __init__(  # noqa: PLR0913 - an engine for each section
        self,
        policy: ServicePolicy,
        calendars: Mapping[str, CompiledCalendar],
        sla: SlaEngine | None = None,
        tiers: TierEngine | None = None,
        segments: SegmentsEngine | None = None,
        loyalty: LoyaltyEngine | None = None,
        kpi: ScorecardEngine | None = None,
        availability: Mapping[str, UptimeMeter] | None = None,
    ) -> None:
        self.policy, self.calendars = policy, calendars
        self.availability = availability
        self.sla, self.tiers, self.segments, self.loyalty, self.kpi = sla, tiers, segments, loyalty, kpi

    def need_sla(self) -> SlaEngine:
        """The engine of the section ``sla``, for a question that makes no sense without it.

        Raises:
            PolicyError: the policy has no such section (``desk.no-sla``).
        """
        if self.sla is None:
            hint = "add a section 'sla' with targets"
            raise PolicyError([Problem("desk.no-sla", "sla", "the policy promises nothing", hint=hint)])
        return self.sla

    def need_availability(self) -> Mapping[str, UptimeMeter]:
        """The meters of the section ``availability`` by service, for a question that makes no sense without them.

        Raises:
            PolicyError: the policy has no such section (``policy.no-availability``).
        """
        if not self.availability:
            hint = "add a section 'availability' with a target for each service"
            raise PolicyError(
                [Problem("policy.no-availability", "availability", "the policy promises no uptime", hint=hint)]
            )
        return self.availability

    def need_tiers(self) -> TierEngine:
        """The engine of the section ``tiers``, for a question that makes no sense without it.

        Raises:
            PolicyError: the policy has no such section (``policy.no-tiers``).
        """
        if self.tiers is None:
            hint = "add a section 'tiers' with levels"
            raise PolicyError([Problem("policy.no-tiers", "tiers", "the policy has no tier programme", hint=hint)])
        return self.tiers

    def need_segments(self) -> SegmentsEngine:
        """The engine of the section ``segments``, for a question that makes no sense without it.

        Raises:
            PolicyError: the policy has no such section (``policy.no-segments``).
        """
        if self.segments is None:
            hint = "add a section 'segments'"
            raise PolicyError(
                [Problem("policy.no-segments", "segments", "the policy describes no customers", hint=hint)]
            )
        return self.segments

    def need_loyalty(self) -> LoyaltyEngine:
        """The engine of the section ``loyalty``, for a question that makes no sense without it.

        Raises:
            PolicyError: the policy has no such section (``policy.no-loyalty``).
        """
        if self.loyalty is None:
            hint = "add a section 'loyalty' with earn rules"
            raise PolicyError([Problem("policy.no-loyalty", "loyalty", "the policy has no loyalty programme", hint)])
        return self.loyalty

    def need_kpi(self) -> ScorecardEngine:
        """The engine of the section ``kpi``, for a question that makes no sense without it.

        Raises:
            PolicyError: the policy has no such section (``policy.no-kpi``).
        """
        if self.kpi is None:
            hint = "add a section 'kpi' with metrics"
            raise PolicyError([Problem("policy.no-kpi", "kpi", "the policy measures nothing", hint)])
        return self.kpi

    @property
    def tier_promises(self) -> Mapping[str, tuple[TierPromise, ...]]:
        """What the benefit ``sla`` of each tier comes to: the rows of ``sla.targets`` that are for it, in their order.

        >>> sla = {"targets": [{"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "2h"}]}
        >>> engine = ServicePolicy(name="desk", vocabulary={"tiers": ["normal", "vip"]}, sla=sla).compile()
        >>> {tier: [str(each) for each in promises] for tier, promises in engine.tier_promises.items()}
        {'normal': [], 'vip': ['resolution 2h by sla.targets[1]']}
        """
        policy = self.policy
        return tier_promises(ranked_tiers(policy.vocabulary, policy.tiers), policy.sla)

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
        engines = {section.name: getattr(self, section.name) for section in SECTIONS}
        told = "".join(f", {name}={engine!r}" for name, engine in engines.items() if engine is not None)
        return f"PolicyEngine({policy.name!r}, version={policy.version!r}, calendars={names}{told})"


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
    ``minus``, ``complement``, ``shifted`` and ``by``), in which the name of another calendar stands for that calendar.
    ``always`` is there without being defined."""
    sla: SlaPolicy | None = None
    """What is promised, and when clocks stand still."""
    availability: dict[str, UptimeSla] | None = None
    """For which share of the time a service is up, by its name."""
    tiers: TierProgram | None = None
    """Who stands where: the tiers of the vocabulary, how customers reach and keep them, and what they give."""
    segments: SegmentsPolicy | None = None
    """Who customers are by what they do, and whom to contact when; conditions read the fields of
    ``vocabulary.customers``."""
    loyalty: LoyaltyProgram | None = None
    """How points are earned, expire, are spent and are taken back."""
    kpi: Scorecard | None = None
    """What is measured, and how good it should be."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that stand for nothing: calendars, facts and values that no part of the policy declares.

        And one that is taken: a calendar of the policy's own cannot be called ``always``. Warnings: a better tier with
        a worse promise, and a tier that is said to be promised more and is not. And points that
        are multiplied in two places.
        """
        if ALWAYS in self.calendars:
            message = f"{ALWAYS!r} is the calendar that never closes, in every policy"
            yield Problem("policy.reserved-name", f"calendars.{ALWAYS}", message, "choose another name")
        calendars = self._calendars()
        yield from CalendarNames(calendars).problems
        context = self._context(calendars)
        for section in SECTIONS:
            document = getattr(self, section.name)
            if document is not None:
                yield from (problem.under(section.name) for problem in section.problems_in(document, context))
        yield from promise_problems(ranked_tiers(self.vocabulary, self.tiers), self.sla, self.tiers)
        yield from multiplier_problems(self.loyalty, self.tiers)

    def compile(self, *, due: DueSource = "computed") -> PolicyEngine:
        """The engines that answer; ``due`` as in :meth:`SlaPolicy.compile <servicekit.sla.SlaPolicy.compile>`.

        Raises:
            PolicyError: the document has errors; all of them are in ``problems``.
        """
        if errors := [problem for problem in self.problems() if problem.is_error]:
            raise PolicyError(errors)
        return compile_in_order([(self, None)], due)

    def _calendars(self) -> dict[str, AnyCalendar]:
        return {ALWAYS: Calendar.always(self.timezone), **self.calendars}

    def _context(self, calendars: Mapping[str, C]) -> Context[C]:
        words = self.vocabulary
        return Context(calendars, words, declared_fields(words), self.timezone, self.version)

    def _compiled_context(self) -> Context[CompiledCalendar]:
        documents = CalendarNames(self._calendars()).resolved.items()
        return self._context({name: document.compile(timezone=self.timezone) for name, document in documents})


def compile_in_order(versions: Sequence[tuple[ServicePolicy, datetime | None]], due: DueSource) -> PolicyEngine:
    """One engine of versions that have no errors, each with the moment from which it is in force."""
    contexts = [replace(policy._compiled_context(), effective_at=at, due=due) for policy, at in versions]
    engines: dict[str, Any] = {}
    for section in SECTIONS:
        documents = [getattr(policy, section.name) for policy, _ in versions]
        if any(document is not None for document in documents):
            engines[section.name] = section.compile(list(zip(documents, contexts, strict=True)))
    return PolicyEngine(versions[-1][0], contexts[-1].calendars, **engines)
