"""The content of a report, as blocks without a layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servicekit.reports.figures import count, moment, number_of, share

if TYPE_CHECKING:
    from servicekit.desk import DeskReport, Intake, Line
    from servicekit.errors import ProblemGroup
    from servicekit.sla import Convention


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
    """A list of pairs, in two columns. A legend explains the table above it."""

    rows: tuple[tuple[str, str], ...]
    is_legend: bool = False


@dataclass(frozen=True, slots=True)
class GroupedTable:
    """Groups of rows under a head; the first ``labels`` columns are words, the rest figures.

    Where the table has totals, the last row of a group of two and more is the total of that group.
    """

    head: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], ...], ...]
    labels: int = 2
    has_totals: bool = True


CONVENTIONS: Mapping[Convention, str] = {
    "all_labelled": "met or never promised, of every case with a verdict",
    "promised": "met, of every promise with a verdict",
    "stopped": "met, of every promise whose clock has stopped",
}
"""The denominators of attainment, in words."""

Block = Heading | Paragraph | Items | GroupedTable

_ALL = "all"
_COUNTS = ("met", "late", "missed", "open", "cancelled", "no target")
_MEANINGS = (
    ("late", "done, but after it was due"),
    ("missed", "overdue and not done"),
    ("open", "not done and not due yet"),
    ("no target", "nothing was promised"),
)


def blocks(report: DeskReport) -> Iterator[Block]:
    """The report from top to bottom."""
    yield Heading(report.policy, level=1)
    yield Paragraph(f"Policy version {report.version}, due moments {_source_of_due(report)}.")
    if report.as_of:
        set_by = f", the latest instant in the data (case {report.as_of_case})" if report.as_of_case else ""
        yield Paragraph(f"Open cases are judged as of {moment(report.as_of, report.timezone)}{set_by}.")
    yield Paragraph(f"{number_of(report.records, 'record')}, {number_of(report.cases, 'case')} counted.")
    yield from _tables(report)
    yield from not_counted(report, unjudged="computed, not counted")
    yield from problem_list(report.problems)


def _source_of_due(report: DeskReport) -> str:
    if report.due == "computed":
        return "computed by it"
    partly = report.recorded and not {*report.metrics} <= {*report.recorded}
    return f"of {', '.join(report.recorded)} as recorded in the data" if partly else "as recorded in the data"


def _tables(report: DeskReport) -> Iterator[Block]:
    if not report.lines:
        return
    yield Heading("Cases")
    yield GroupedTable(("metric", "channel", "cases", *_COUNTS), _by_metric(report, _counts))
    yield Items(_MEANINGS, is_legend=True)
    yield Heading("Attainment")
    yield GroupedTable(("metric", "channel", *CONVENTIONS), _by_metric(report, _shares))
    yield Items(tuple(CONVENTIONS.items()), is_legend=True)


def _by_metric(
    report: DeskReport, cells: Callable[[DeskReport, Line], tuple[str, ...]]
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    return tuple(tuple(cells(report, line) for line in _lines(report, metric)) for metric in report.metrics)


def _lines(report: DeskReport, metric: str) -> Iterator[Line]:
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
    return group_label(line.channel, report.labels, "channel")


def group_label(group: str | None, labels: Mapping[str, str], fact: str) -> str:
    """A group of cases by its word and its label; ``None`` is all of them, the empty text those without the fact."""
    if group is None:
        return _ALL
    label = labels.get(group, group)
    both = group if label == group else f"{group} {label}"
    return both or f"(no {fact})"


def not_counted(
    intake: DeskReport | Intake[object] | None,
    *,
    unjudged: str = "not counted",
    what: str = "case",
    more: tuple[tuple[str, str], ...] = (),
) -> Iterator[Block]:
    """The records that are in no figure, by reason; ``unjudged`` says what happens to cases that are not judged, and
    ``what`` is what the records are not."""
    yield Heading("Not counted")
    rows = [*(() if intake is None else _left_out(intake, unjudged, what)), *more]
    yield Items(tuple(rows)) if rows else Paragraph("Every record is counted.")


def _left_out(intake: DeskReport | Intake[object], unjudged: str, what: str) -> Iterator[tuple[str, str]]:
    yield from ((count(times), f"{reason} (no {what})") for reason, times in intake.left_out)
    yield from ((count(times), f"{reason} ({unjudged})") for reason, times in intake.unjudged)
    if intake.unreadable:
        yield count(intake.unreadable), "could not be read (see the problems)"


def problem_list(groups: Sequence[ProblemGroup], *, title: str = "Problems") -> Iterator[Block]:
    """The problems by code, with their first few places."""
    yield Heading(title)
    if not groups:
        yield Paragraph("None.")
    for group in groups:
        yield Paragraph(f"{number_of(group.times, group.severity)} ({group.code})")
        yield Items(tuple(_examples(group)))


def _examples(group: ProblemGroup) -> Iterator[tuple[str, str]]:
    for problem in group.examples:
        hint = f"; {problem.hint}" if problem.hint else ""
        yield problem.path or str(problem.address or ""), f"{problem.message}{hint}"
    if group.times > len(group.examples):
        yield "...", f"and {count(group.times - len(group.examples))} more"
