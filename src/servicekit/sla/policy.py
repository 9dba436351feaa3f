"""The SLA part of a policy: which case gets which targets, and when clocks stand still."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem
from servicekit.events import Resolver
from servicekit.rules import Condition, DeclaredField, Fields, fields_read
from servicekit.rules.check import bound_fields
from servicekit.sla.custom_clocks import Agreement, Measure
from servicekit.sla.ladder import LadderStep
from servicekit.sla.metric import METRICS, Metric, reach_stage
from servicekit.sla.pause import Pause
from servicekit.sla.target_row import ChangeMode, TargetRow
from servicekit.timeline import DayRule, DayRuleField, DurationField
from servicekit.vocabulary import STANDARD_FACTS

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar
    from servicekit.sla.engine import SlaEngine


DueSource: TypeAlias = Literal["computed", "recorded"]
"""Whether due moments are computed, or taken from the case as another system recorded them."""

ALWAYS = "always"
"""The name of the calendar that never closes; it need not be defined."""

STANDARD_FIELDS: Fields = {name: DeclaredField("text") for name in STANDARD_FACTS}
"""The facts that every case may have; a policy declares others under ``vocabulary.fields``."""


class Reopening(Document):
    """What reopening a case does to the clock of its resolution.

    >>> Reopening(within="7cd", otherwise="new_cycle").mode
    'continue'
    """

    mode: Literal["continue", "new_cycle"] = "continue"
    """The same clock runs on, the time at rest being a pause; or a new one begins."""
    within: DurationField | None = None
    """How long after the resolution that is so, on the policy's calendar; any time where it is left out."""
    otherwise: Literal["continue", "new_cycle"] = "new_cycle"
    """What reopening does later than that."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.within is not None and self.mode == self.otherwise:
            hint = "leave 'within' out, or let 'otherwise' differ from 'mode'"
            raise DocumentValueError("sla.reopen", "both are the same, so 'within' decides nothing", hint=hint)
        return self


class SlaPolicy(Document):
    """Which case is promised what, and when its clocks stand still.

    Per metric the most specific row counts that matches the case and names the metric: the one that pins down the most
    facts. Two rows that are as specific and can meet on a case are an error, unless more specific rows, reading only
    the facts these two read, take every case where they meet.

    >>> from datetime import UTC, datetime
    >>> from servicekit.events import Opened, Resolved
    >>> policy = SlaPolicy(targets=[{"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "2h"}])
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> events = [Opened("C-1", nine, {"tier": "vip"}), Resolved("C-1", nine.replace(hour=12))]
    >>> [outcome] = policy.compile({}).judge(events, as_of=nine.replace(hour=18)).outcomes
    >>> outcome.outcome, outcome.due_at.hour
    ('met_late', 11)
    """

    calendar: str = ALWAYS
    """The calendar that counts where a row or a target names no other; ``always`` counts day and night."""
    match: Literal["most_specific", "first", "all"] = "most_specific"
    """Which of several matching rows counts; ``first`` is the first from the top; with ``all`` each has a clock of its
    own. The default row comes last."""
    fall_through: bool = True
    """Whether the next best row is asked for a metric that the row which counts does not name; otherwise nothing is
    promised on it."""
    blank_matches: bool = True
    """Whether a row with an empty ``when`` is for every case (true) or, unless it is the default row, for none."""
    business_days: DayRuleField = DayRule()
    """How business days are counted where a target does not say: start, landing and end."""
    boundary: Literal["close_of_day", "next_open"] = "close_of_day"
    """Where a due moment falls when the target ends exactly at closing: there, or at the next opening."""
    on_change: ChangeMode = "keep_elapsed"
    """What happens to running clocks when a case's facts, or the policy, come to promise something else."""
    pin: Literal["in_force", "at_open"] = "in_force"
    """Whether a later version of the policy takes over the cases opened under this one."""
    count_opening: bool = True
    """Whether the opening by a customer begins the first ``next_response`` wait."""
    count_agent_opening: bool = False
    """Whether a case that an agent opened is owed a first response from its opening, and not only from the customer's
    first message on."""
    resolution_answers: tuple[Resolver, ...] = ("agent",)
    """Whose resolution of an unanswered case answers the customer: ``agent``, ``bot``, ``customer``. One by a bot that
    does not leaves the clocks of replies running; one by the customer calls them off."""
    reopen: Reopening = Reopening()
    """What reopening a case does to its ``resolution`` clock."""
    pauses: tuple[Pause, ...] = ()
    """The statuses and conditions that pause clocks."""
    measures: dict[str, Measure] = Field(default_factory=dict)
    """Clocks of the policy's own making, by name; rows set targets for them."""
    agreements: tuple[Agreement, ...] = ()
    """What teams and suppliers have promised the service desk."""
    ladders: dict[str, tuple[LadderStep, ...]] = Field(default_factory=dict)
    """Who is told what as due moments come near and pass, by name."""
    ladder: str | None = None
    """The ladder of clocks whose row names none."""
    targets: tuple[TargetRow, ...] = ()
    """The target table."""
    recorded_due: dict[str, str] = Field(default_factory=dict)
    """Per metric the fact that holds the due moment some other system recorded; see ``due="recorded"``."""

    @property
    def due_fields(self) -> frozenset[str]:
        """The facts that a due moment, a calendar or a zone is taken from; they need not be declared.

        >>> sorted(SlaPolicy(targets=[{"resolution": {"field": "promised_at"}}]).due_fields)
        ['promised_at']
        """
        targets = (target.field for row in self.targets for target in row.targets.values())
        places = (name for row in self.targets for name in (row.calendar_from, row.zone_from))
        agreed = (agreement.target.field for agreement in self.agreements)
        return frozenset((*filter(None, (*targets, *places, *agreed)), *self.recorded_due.values()))

    @property
    def statuses(self) -> frozenset[str]:
        """The statuses that some pause, stage or condition waits for.

        >>> sorted(SlaPolicy(pauses=[{"status": "pending", "reason": "customer"}]).statuses)
        ['pending']
        """
        paused = (status for pause in self.pauses for status in pause.status)
        stages = (name for row in self.targets for name in row.stages)
        asked = (each for condition in self._conditions() for each in bound_fields(condition).get("status") or ())
        return frozenset((*paused, *stages, *(value for value in asked if isinstance(value, str))))

    def _conditions(self) -> Iterator[Condition]:
        """Those that are asked about a status; the rows of the table are not."""
        yield from (pause.when for pause in self.pauses if pause.when is not None)
        yield from (each.start for each in self.measures.values())
        yield from (each.stop for each in self.measures.values())
        yield from (each.when for each in self.agreements)

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """Every metric that this policy may promise, by name, in the order of outcomes.

        >>> list(SlaPolicy(targets=[{"stages": {"diagnosed": "2h"}}]).metrics)[-2:]
        ['total_resolution', 'reach_stage:diagnosed']
        """
        stages = dict.fromkeys(name for row in self.targets for name in row.stages)
        own = {name: Metric(name, frozenset(), frozenset(), each.again) for name, each in self.measures.items()}
        agreed = {each.metric: Metric(each.metric, frozenset(), frozenset(), "each") for each in self.agreements}
        return {**METRICS, **{m.id: m for m in map(reach_stage, stages)}, **own, **agreed}

    @property
    def promised(self) -> frozenset[str]:
        """The metrics that some row, agreement or record promises.

        >>> sorted(SlaPolicy(targets=[{"resolution": "8h"}]).promised)
        ['resolution']
        """
        rows = (metric for row in self.targets for metric in row.targets)
        return frozenset((*rows, *(each.metric for each in self.agreements), *self.recorded_due))

    def is_idle(self, row: TargetRow) -> bool:
        """Whether the row's ``when`` is empty and ``blank_matches`` says that such a row is for no case.

        >>> row = TargetRow(resolution="8h")
        >>> SlaPolicy(blank_matches=False).is_idle(row), SlaPolicy().is_idle(row)
        (True, False)
        """
        return not self.blank_matches and not row.default and not fields_read(row.when)

    def own_problems(self) -> Iterable[Problem]:
        """Faults that show in this document alone: ties, rows never reached, metrics nobody knows."""
        from servicekit.sla.lint import table_problems

        return table_problems(self)

    def problems_in(self, calendars: Collection[str], fields: Fields) -> Iterable[Problem]:
        """Names that stand for nothing among these calendars and declared facts; paths are relative to this document.

        >>> [problem] = SlaPolicy(calendar="emae").problems_in({"emea"}, STANDARD_FIELDS)
        >>> problem.code, problem.path, problem.hint
        ('sla.unknown-calendar', 'calendar', "did you mean 'emea'?")
        """
        from servicekit.sla.lint import reference_problems

        return reference_problems(self, calendars, fields)

    def compile(
        self,
        calendars: Mapping[str, CompiledCalendar],
        *,
        fields: Fields | None = None,
        due: DueSource = "computed",
        version: str = "1",
    ) -> SlaEngine:
        """The engine that judges cases.

        ``fields`` are the declared facts, the standard five where left out. ``due="recorded"`` takes the due moments
        of the metrics in ``recorded_due`` from the case instead of computing them.

        Raises:
            PolicyError: the document has errors, or names a calendar or fact that is not there.
        """
        from servicekit.sla.compiled.edition import Edition
        from servicekit.sla.engine import SlaEngine

        return SlaEngine([Edition(self, calendars, fields=fields, version=version)], due=due)
