"""The content of a report on segments, as blocks without a layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from servicekit.quantity import Ratio
from servicekit.reports.content import Block, GroupedTable, Heading, Paragraph, not_counted, problem_list
from servicekit.reports.customers.tier_blocks import problems_of
from servicekit.reports.figures import count, number_of, share
from servicekit.segments import OutreachPlan, SegmentRun

if TYPE_CHECKING:
    from servicekit.desk import Intake
    from servicekit.segments import Outreach, ScoreBand

SegmentAnswer: TypeAlias = SegmentRun | OutreachPlan
"""Where everybody stands, or whom to contact."""

OUTREACH_SHOWN = 20
"""How many lines of a list people are shown; programs and files get all."""


def segment_blocks(answer: SegmentAnswer, title: str, intake: Intake[object] | None) -> Iterator[Block]:
    """The answer from top to bottom."""
    yield Heading(title, level=1)
    if intake is not None:
        yield Paragraph(f"{number_of(intake.records, 'record')}, {number_of(intake.cases, 'event')} counted.")
    match answer:
        case SegmentRun():
            yield Paragraph(f"{number_of(len(answer), 'customer')} as of {answer.as_of}.")
            yield from _counts("Life cycle", "state", answer.state_counts(), len(answer))
            yield from _counts("Segments", "segment", answer.segment_counts(), len(answer))
            yield from _bands(answer.rfm.bands)
        case OutreachPlan():
            yield from _outreach(answer.outreach)
    yield from not_counted(intake, what="event")
    yield from problem_list(problems_of(intake, answer.problems))


def _counts(title: str, what: str, counts: Mapping[str, int] | Mapping[str | None, int], of: int) -> Iterator[Block]:
    if counts:
        yield Heading(title)
        rows = tuple((name or "(none)", share(Ratio(times, of))) for name, times in counts.items())
        yield GroupedTable((what, "customers"), (rows,), labels=1, has_totals=False)


def _bands(bands: Sequence[ScoreBand]) -> Iterator[Block]:
    if bands:
        yield Heading("Scores")
        groups = dict.fromkeys(band.metric for band in bands)
        rows = tuple(tuple(_band(band) for band in bands if band.metric == metric) for metric in groups)
        yield GroupedTable(("metric", "score", "least", "greatest", "customers"), rows, has_totals=False)


def _band(band: ScoreBand) -> tuple[str, ...]:
    return band.metric, str(band.score), f"{band.least:,}", f"{band.greatest:,}", count(band.customers)


def _outreach(outreach: Sequence[Outreach]) -> Iterator[Block]:
    if not outreach:
        yield Paragraph("Nobody is to be contacted.")
        return
    yield Paragraph(f"{count(min(len(outreach), OUTREACH_SHOWN))} of {number_of(len(outreach), 'contact')} shown.")
    head = ("day", "customer", "occasion", "channel", "offer")
    rows = tuple(
        (str(each.on), each.customer_id, each.occasion, each.channel, each.offer) for each in outreach[:OUTREACH_SHOWN]
    )
    yield GroupedTable(head, (rows,), labels=len(head), has_totals=False)
