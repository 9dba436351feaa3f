"""The section on the worst breaches: each with what was promised, what happened, and how its clock ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from servicekit.desk.service_period import BrokenPromise
from servicekit.events import Case, Opened
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.told import ClockTime, Listed, LocalMoment, NamedTerm, Promised, Told, columns, say
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.templates.section import BreachSection
from servicekit.sla import ClockExplanation, ClockSpan

_SPANS = ("from", "what", "why", "length", "elapsed")


def breach_blocks(report: PeriodReport, section: BreachSection) -> Iterator[Block]:
    """The promises that were broken for longest."""
    worst = report.service.worst[: section.most]
    if not worst:
        yield Paragraph(say("empty.breaches"))
        return
    yield Paragraph(say("breach.order"))
    for place, broken in enumerate(worst, 1):
        metric = NamedTerm("promise", broken.outcome.metric)
        yield Heading(say("breach.title", place=str(place), metric=metric, case=broken.outcome.case_id), 3)
        yield Items(tuple(_facts(broken, report)))
        yield from _spans(broken.clock.explain())


def _facts(broken: BrokenPromise, report: PeriodReport) -> Iterator[tuple[Told, Told]]:
    outcome, clock = broken.outcome, broken.clock

    def at(moment: datetime) -> LocalMoment:
        return LocalMoment(moment, report.service.timezone)

    yield say("breach.target"), Promised(outcome.target or "")
    if outcome.started_at is not None:
        yield say("breach.opened"), at(outcome.started_at)
    if outcome.due_at is not None:
        yield say("breach.due"), at(outcome.due_at)
    yield say("breach.done"), say("breach.not_done") if outcome.stopped_at is None else at(outcome.stopped_at)
    yield say("breach.late"), broken.late
    if clock.overdue:
        yield say("breach.on_clock"), ClockTime(clock.overdue)
    if "owner" in report.disclosed.fields and outcome.owner:
        yield say("column.owner"), outcome.owner
    if "customer" in report.disclosed.fields and (customer := _customer(broken.case)):
        yield say("column.customer"), customer


def _customer(case: Case) -> str | None:
    return next((event.customer_id for event in case.events if isinstance(event, Opened)), None)


def _spans(explanation: ClockExplanation) -> Iterator[Block]:
    """How the clock ran until the promise was due, span by span, and what followed."""
    due, spans = explanation.due_at, explanation.spans
    before = [span for span in spans if due is None or span.start < due]
    rows = [_span(span, explanation.timezone) for span in before]
    if len(rows) > _MOST:
        hidden = say("breach.hidden", spans=len(rows) - 2 * _ENDS)
        rows[_ENDS:-_ENDS] = [("...", hidden, "", "", "")]
    after = spans[len(before) :]
    if after:
        length = sum((span.length for span in after), timedelta())
        start = LocalMoment(after[0].start, explanation.timezone, has_zone=False)
        rows.append((start, say("breach.after_due"), "", length, ClockTime(after[-1].elapsed)))
    if rows:
        head = columns(*_SPANS)
        yield GroupedTable(head, (tuple(rows),), labels=3, has_totals=False)


_MOST, _ENDS = 12, 4


def _span(span: ClockSpan, timezone: str) -> tuple[Told, ...]:
    start = LocalMoment(span.start, timezone, has_zone=False)
    return start, NamedTerm("span", span.kind), _why(span), ClockTime(span.length), ClockTime(span.elapsed)


def _why(span: ClockSpan) -> Told:
    """The layer of the calendar and its reason, such as a holiday and its name."""
    told: Sequence[Told] = [NamedTerm("layer", span.layer)] if span.layer else []
    return Listed((*told, *filter(None, (span.reason,))))
