"""The SLA part of a policy: which case gets which targets, and when clocks stand still."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from servicekit.calendars import Calendar
from servicekit.document import Document
from servicekit.errors import PolicyError, Problem
from servicekit.rules import ConditionField, FactField, Fields, Match
from servicekit.sla.metric import METRICS
from servicekit.sla.pause import Pause
from servicekit.sla.target import Target, TargetField
from servicekit.timeline import DayRule, DayRuleField

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar
    from servicekit.sla.engine import SlaEngine

__all__ = ["ALWAYS", "STANDARD_FIELDS", "SlaPolicy", "TargetRow"]

ALWAYS = "always"
"""The name of the calendar that never closes; it need not be defined."""

STANDARD_FIELDS: Fields = {name: FactField("text") for name in ("channel", "issue_type", "tier", "priority", "owner")}
"""The facts that every case may have; a policy declares others under ``vocabulary.fields``."""


class TargetRow(Document):
    """One row of the target table: for which cases, and what they are promised.

    A row promises only the metrics it names; for the others the next best row is asked.

    >>> TargetRow(when={"tier": "vip"}, resolution="8h").targets["resolution"].text
    '8h'
    """

    when: ConditionField = Match()
    """The cases it is for: ``{channel: chat, tier: [vip, gold]}``; see the rules room for more."""
    default: bool = False
    """Whether it is for the cases that no other row takes; such a row has no ``when``."""
    calendar: str | None = None
    """The calendar that counts for this row, where it is not the policy's."""
    first_response: TargetField | None = None
    """Until a person answers in public."""
    acknowledgement: TargetField | None = None
    """Until the customer knows that the case has arrived."""
    resolution: TargetField | None = None
    """Until the case is resolved."""
    because: str | None = None
    """Why the row is as it is; shown with the promise."""

    @property
    def targets(self) -> Mapping[str, Target]:
        """The promised metrics with their targets."""
        every = {name: getattr(self, name) for name in METRICS}
        return {name: target for name, target in every.items() if target is not None}


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
    match: Literal["most_specific", "first"] = "most_specific"
    """Which of several matching rows counts; ``first`` is the first from the top. The default row comes last."""
    blank_matches: bool = True
    """Whether a row with an empty ``when`` is for every case (true) or, unless it is the default row, for none."""
    business_days: DayRuleField = DayRule()
    """How business days are counted where a target does not say: start, landing and end."""
    boundary: Literal["close_of_day", "next_open"] = "close_of_day"
    """Where a due moment falls when the target ends exactly at closing: there, or at the next opening."""
    pauses: tuple[Pause, ...] = ()
    """The statuses that pause clocks."""
    targets: tuple[TargetRow, ...] = ()
    """The target table."""
    recorded_due: dict[str, str] = Field(default_factory=dict)
    """Per metric the fact that holds the due moment some other system recorded; see ``due="recorded"``."""

    def own_problems(self) -> Iterable[Problem]:
        """Faults that show in this document alone: ties, rows never reached, metrics nobody knows."""
        from servicekit.sla.lint import table_problems

        return table_problems(self)

    def compile(
        self,
        calendars: Mapping[str, CompiledCalendar],
        *,
        fields: Fields | None = None,
        due: Literal["computed", "recorded"] = "computed",
        version: str = "1",
    ) -> SlaEngine:
        """The engine that judges cases.

        ``fields`` are the declared facts, the standard five where left out. ``due="recorded"`` takes the due moments
        of the metrics in ``recorded_due`` from the case instead of computing them.

        Raises:
            PolicyError: the document has errors, or names a calendar or fact that is not there.
        """
        from servicekit.sla.engine import SlaEngine
        from servicekit.sla.lint import reference_problems

        declared = STANDARD_FIELDS if fields is None else fields
        known = calendars if ALWAYS in calendars else {ALWAYS: Calendar.always().compile(), **calendars}
        problems = (*self.problems(), *reference_problems(self, known, declared))
        if errors := [problem for problem in problems if problem.is_error]:
            raise PolicyError(errors)
        return SlaEngine(self, known, fields=declared, due=due, version=version)
