"""What a report says, as blocks that know nothing of their layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servicekit.reports.figures import count, moment, share

if TYPE_CHECKING:
    from servicekit.desk import DeskReport, Line, ProblemGroup
    from servicekit.sla import Convention

__all__ = ["CONVENTIONS", "Block", "Heading", "Items", "Paragraph", "Table", "blocks"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 stands once, at the top."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; an item's first part stands to the left of the others' second parts."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells under a head; the first ``labels`` columns are words, the rest figures."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    labels: int = 2


CONVENTIONS: Mapping[Convention, str] = {
    "all_labelled": "met or never promised, of every case with a verdict",
    "promised": "met, of every promise with a verdict",
    "stopped": "met, of every promise whose clock has stopped",
}
"""The denominators of attainment, in words."""

Block = Heading | Paragraph | Items | Table

_NO_CHANNEL = "(no channel)"
_ALL = "all"
_COUNTS = ("met", "late", "missed", "open", "cancelled", "no target")
_DUE = {"computed": "due moments computed by it", "recorded": "due moments as recorded in the data"}


def blocks(report: DeskReport) -> Iterator[Block]:
    """The report from top to bottom."""
    yield Heading(report.policy, level=1)
    judged = f"; open cases judged as of {moment(report.as_of, report.timezone)}" if report.as_of else ""
    yield Paragraph(f"Policy version {report.version}, {_DUE[report.due]}{judged}.")
    yield Paragraph(f"{count(report.records)} records, {count(report.cases)} cases counted.")
    yield from _tables(report)
    yield from _left_out(report)
    yield from _problems(report)


def _tables(report: DeskReport) -> Iterator[Block]:
    if not report.lines:
        return
    yield Heading("Cases")
    yield Table(("metric", "channel", "cases", *_COUNTS), tuple(_counts(report, line) for line in _lines(report)))
    yield Heading("Attainment")
    yield Table(("metric", "channel", *CONVENTIONS), tuple(_shares(report, line) for line in _lines(report)))
    yield Items(tuple(CONVENTIONS.items()))


def _lines(report: DeskReport) -> Iterator[Line]:
    for metric in report.metrics:
        yield from (line for line in report.lines if line.metric == metric)
        yield report.total(metric)


def _counts(report: DeskReport, line: Line) -> tuple[str, ...]:
    tally = line.attainment
    counts = (tally.met, tally.met_late, tally.missed, tally.open, tally.cancelled, tally.no_target)
    return (line.metric, _channel(report, line), count(sum(counts)), *map(count, counts))


def _shares(report: DeskReport, line: Line) -> tuple[str, ...]:
    ratios = (line.attainment.ratio(convention) for convention in CONVENTIONS)
    return (line.metric, _channel(report, line), *map(share, ratios))


def _channel(report: DeskReport, line: Line) -> str:
    if line.channel is None:
        return _ALL
    label = report.labels.get(line.channel, line.channel)
    both = line.channel if label == line.channel else f"{line.channel} {label}"
    return both or _NO_CHANNEL


def _left_out(report: DeskReport) -> Iterator[Block]:
    yield Heading("Not counted")
    rows = [(count(times), f"{reason} (no case)") for reason, times in report.left_out]
    rows += [(count(times), f"{reason} (computed, not counted)") for reason, times in report.unjudged]
    if report.unreadable:
        rows.append((count(report.unreadable), "could not be read (see the problems)"))
    yield Items(tuple(rows)) if rows else Paragraph("Every record is counted.")


def _problems(report: DeskReport) -> Iterator[Block]:
    yield Heading("Problems")
    if not report.problems:
        yield Paragraph("None.")
    for group in report.problems:
        yield Paragraph(f"{count(group.times)} x {group.severity} {group.code}")
        yield Items(tuple(_examples(group)))


def _examples(group: ProblemGroup) -> Iterator[tuple[str, str]]:
    for problem in group.examples:
        hint = f"; {problem.hint}" if problem.hint else ""
        yield problem.path or str(problem.address or ""), f"{problem.message}{hint}"
    if group.times > len(group.examples):
        yield "...", f"and {count(group.times - len(group.examples))} more"
