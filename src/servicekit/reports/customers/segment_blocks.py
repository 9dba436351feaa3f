"""What a report on segments says, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from servicekit.quantity import Ratio
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Paragraph
from servicekit.reports.blocks.desk_blocks import not_counted, problem_list
from servicekit.reports.blocks.told import NamedTerm, Phrase, Told, columns, say
from servicekit.reports.customers.tier_blocks import counted, problems_of
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
        yield counted(intake)
    match answer:
        case SegmentRun():
            yield Paragraph(say("customers.as_of", customers=len(answer), day=answer.as_of))
            yield from _counts(say("segment.life_cycle"), "state", answer.state_counts(), len(answer))
            yield from _counts(say("segment.title"), "segment", answer.segment_counts(), len(answer))
            yield from _bands(answer.rfm.bands)
        case OutreachPlan():
            yield from _outreach(answer.outreach)
    yield from not_counted(intake, what="intake.no_event")
    yield from problem_list(problems_of(intake, answer.problems))


def _counts(title: Phrase, what: str, counts: Mapping[str, int] | Mapping[str | None, int], of: int) -> Iterator[Block]:
    if counts:
        yield Heading(title)
        rows = tuple(
            (NamedTerm(what, name) if name else say("group.unnamed"), Ratio(times, of))
            for name, times in counts.items()
        )
        yield GroupedTable(columns(what, "customers"), (rows,), labels=1, has_totals=False)


def _bands(bands: Sequence[ScoreBand]) -> Iterator[Block]:
    if bands:
        yield Heading(say("segment.scores"))
        groups = dict.fromkeys(band.metric for band in bands)
        rows = tuple(tuple(_band(band) for band in bands if band.metric == metric) for metric in groups)
        yield GroupedTable(columns("metric", "score", "least", "greatest", "customers"), rows, has_totals=False)


def _band(band: ScoreBand) -> tuple[Told, ...]:
    return band.metric, str(band.score), f"{band.least:,}", f"{band.greatest:,}", band.customers


def _outreach(outreach: Sequence[Outreach]) -> Iterator[Block]:
    if not outreach:
        yield Paragraph(say("segment.nobody"))
        return
    yield Paragraph(say("segment.shown", shown=min(len(outreach), OUTREACH_SHOWN), contacts=len(outreach)))
    head = columns("day", "customer", "occasion", "channel", "offer")
    rows = tuple(
        (str(each.on), each.customer_id, each.occasion, each.channel, each.offer) for each in outreach[:OUTREACH_SHOWN]
    )
    yield GroupedTable(head, (rows,), labels=len(head), has_totals=False)
