"""The engine of the section ``segments``: events of customers in, where everybody stands and whom to contact out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from servicekit.errors import PolicyError, Problem, ProblemGroup, ProblemLog
from servicekit.events import Case, CustomerEvent, day_of
from servicekit.layout import Result, Table
from servicekit.quantity import Money
from servicekit.rules import FactCheck, Fields, Value, compile_condition
from servicekit.segments.customer_summary import CustomerSummary, summarise
from servicekit.segments.lifecycle import life_cycle_state
from servicekit.segments.named_segments import RESERVED, customer_facts, segment_table
from servicekit.segments.outreach import Outreach, channel_for
from servicekit.segments.policy import SegmentsPolicy
from servicekit.segments.rfm import RfmScore, rfm_values, score_rfm
from servicekit.segments.segment_run import CustomerSegment, SegmentRun
from servicekit.segments.triggers.trigger import ProblemsTrigger
from servicekit.segments.triggers.trigger_days import Occasions, fires_in
from servicekit.timeline import Period

CustomerFacts = Mapping[str, Mapping[str, Value]]
"""The declared fields of customers, by customer id and name of the field."""


@dataclass(frozen=True, slots=True)
class TriggerSources:
    """What triggers look at beside the events of customers: declared fields, cases, and days of renewal by customer.

    >>> TriggerSources(renewals={"m-1": [date(2026, 12, 31)]}).cases
    ()
    """

    facts: CustomerFacts = field(default_factory=dict)
    cases: Iterable[Case] = ()
    renewals: Mapping[str, Iterable[date]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutreachPlan(Result):
    """Whom to contact in a period, in the order of the days, and what was odd about the events.

    >>> OutreachPlan((), ()).outreach
    ()
    """

    outreach: tuple[Outreach, ...]
    problems: tuple[ProblemGroup, ...]

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each customer and occasion, in the order of the days."""
        return [asdict(each) for each in self.outreach]

    def table(self) -> Table:
        """Whom to contact, day by day."""
        lines = [(f"{each.on}", each.customer_id, each.occasion, each.channel, each.offer) for each in self.outreach]
        return Table(("on", "customer", "occasion", "channel", "offer"), lines)


class SegmentsEngine:
    """A compiled section ``segments``; ``fields`` are the declared fields of customers.

    >>> from servicekit.events import Enrolled
    >>> policy = SegmentsPolicy.parse('''
    ... currency: CNY
    ... life_cycle: {at_risk: 90cd, dormant: 180cd}
    ... triggers: {gift: {kind: birthday, channel: email, offer: a gift}}
    ... ''')
    >>> engine, joined = policy.compile(), Enrolled("m-1", date(2026, 1, 5), birthday=date(2000, 2, 29))
    >>> engine.fold([joined], date(2026, 6, 30))["m-1"].state
    'never_active'
    >>> plan = engine.plan([joined], Period(date(2026, 1, 1), date(2028, 1, 1), "two years"))
    >>> [str(each.on) for each in plan.outreach]
    ['2026-02-28', '2027-02-28']

    Raises:
        PolicyError: the section has errors.
    """

    __slots__ = ("_fact_check", "_groups", "_offers", "_segments", "policy", "tz")

    def __init__(self, policy: SegmentsPolicy, fields: Fields, *, timezone: str = "UTC") -> None:
        problems = [each for each in (*policy.problems(), *policy.problems_in(fields)) if each.is_error]
        if problems:
            raise PolicyError(problems)
        self.policy, self.tz = policy, ZoneInfo(policy.timezone or timezone)
        self._fact_check = FactCheck(fields)
        self._segments = segment_table(policy.segments, fields, all_that_hold=False)
        self._groups = segment_table(policy.groups, fields, all_that_hold=True)
        self._offers = tuple((compile_condition(row.when, fields), row) for row in policy.reactivation)

    def __repr__(self) -> str:
        return f"SegmentsEngine(segments={list(self.policy.segments)}, triggers={list(self.policy.triggers)})"

    def fold(self, events: Iterable[CustomerEvent], as_of: date, facts: CustomerFacts | None = None) -> SegmentRun:
        """Where everybody stands on a day who is named by the events or by the ``facts``, their declared fields.

        What is odd comes back with the run: see :func:`~servicekit.segments.summarise` for events; facts that are not
        what they were declared to be are reported as those of cases are, and match nothing.
        """
        facts, log = facts or {}, ProblemLog()
        summaries = summarise(events, as_of, currency=self.policy.currency, tz=self.tz)
        known = {**dict(summaries), **{name: self._unseen(name) for name in facts.keys() - summaries.keys()}}
        scores = self._scores(known, as_of)
        customers = {}
        for name in sorted(known):
            declared = self._sound(name, facts.get(name, {}), log)
            customers[name] = self._placed(known[name], as_of, scores.get(name), declared)
        problems = (*summaries.problems, *log.groups())
        return SegmentRun(as_of, customers, problems, policy=self.policy, offers=self._offers)

    def plan(
        self, events: Iterable[CustomerEvent], period: Period, sources: TriggerSources | None = None
    ) -> OutreachPlan:
        """Whom the triggers name on the days of a period, each occasion once; adjoining periods give what one gives.

        Events and cases after the period may be among those given; they change nothing.
        """
        sources, log = sources or TriggerSources(), ProblemLog()
        last = date.fromordinal(period.end.toordinal() - 1)
        summaries = summarise(events, last, currency=self.policy.currency, tz=self.tz)
        cases = self._cases_of(sources.cases, log)
        names = sorted(summaries.keys() | cases.keys() | sources.renewals.keys())
        outreach: list[Outreach] = []
        for name in names:
            declared = self._sound(name, sources.facts.get(name, {}), log)
            renews_on = tuple(sources.renewals.get(name, ()))
            occasions = Occasions(summaries.get(name) or self._unseen(name), renews_on, tuple(cases.get(name, ())))
            outreach += self._fired(occasions, period, declared)
        groups = [group for group in summaries.problems if group.code != "segments.after-as-of"]
        return OutreachPlan(tuple(sorted(outreach)), (*groups, *log.groups()))

    def _unseen(self, customer_id: str) -> CustomerSummary:
        return CustomerSummary(customer_id, Money(Decimal(0), self.policy.currency))

    def _scores(self, summaries: Mapping[str, CustomerSummary], as_of: date) -> Mapping[str, RfmScore]:
        scoring = self.policy.rfm
        return {} if scoring is None else score_rfm(rfm_values(summaries, as_of, scoring.frequency), scoring)

    def _sound(self, name: str, facts: Mapping[str, Value], log: ProblemLog) -> Mapping[str, Value]:
        """The facts that conditions may be asked about; what is odd about the others is logged."""
        odd = self._fact_check.problems(facts)
        log.add(problem.under(f"customer {name}") for problem in odd)
        sound = self._fact_check.sound(facts, odd)
        if taken := sorted(sound.keys() & RESERVED):
            words = f"{taken[0]!r} is a fact of every customer; the one given is ignored"
            log.add([Problem("segments.reserved-field", f"customer {name}", words, hint="give it another name")])
            sound = {fact: value for fact, value in sound.items() if fact not in RESERVED}
        return sound

    def _placed(
        self, summary: CustomerSummary, as_of: date, score: RfmScore | None, declared: Mapping[str, Value]
    ) -> CustomerSegment:
        stages = self.policy.life_cycle
        state = None if stages is None else life_cycle_state(stages, summary.active_on, as_of)
        facts = {**declared, **customer_facts(summary, as_of, score, state)}
        (segment,) = self._segments.decide(facts).get("segment", (None,))
        groups = self._groups.decide(facts).get("segment", ())
        return CustomerSegment(summary.customer_id, state, score, segment, groups, summary, facts)

    def _cases_of(self, cases: Iterable[Case], log: ProblemLog) -> dict[str, list[tuple[date, Mapping[str, Value]]]]:
        """The day and the facts of each opening, by customer; not read where no trigger counts cases."""
        found: dict[str, list[tuple[date, Mapping[str, Value]]]] = {}
        if not any(isinstance(trigger, ProblemsTrigger) for trigger in self.policy.triggers.values()):
            return found
        for case in cases:
            opened = case.opened
            if opened is not None and opened.customer_id is not None:
                found.setdefault(opened.customer_id, []).append((day_of(opened.at, self.tz), opened.facts))
            else:
                words = "does not say whose it is" if opened else "has no opening"
                path, hint = f"case {case.case_id}", "give Opened.customer_id"
                log.add(
                    [Problem.warning("segments.no-customer", path, f"the case {words}; no trigger counts it", hint)]
                )
        return {name: sorted(openings, key=lambda opening: opening[0]) for name, openings in found.items()}

    def _fired(self, occasions: Occasions, period: Period, facts: Mapping[str, Value]) -> Iterator[Outreach]:
        for name, trigger in self.policy.triggers.items():
            channel = channel_for(trigger, facts, self.policy.preferred_channel)
            for day in fires_in(trigger, occasions, period):
                yield Outreach(day, occasions.summary.customer_id, name, channel, trigger.offer)
