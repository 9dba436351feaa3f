"""What the desk's report says, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.told import Listed, LocalMoment, NamedTerm, Phrase, Told, say
from servicekit.sla import Attainment, Convention

if TYPE_CHECKING:
    from servicekit.desk import DeskReport, Intake, Line
    from servicekit.errors import ProblemGroup

CONVENTIONS: tuple[Convention, ...] = get_args(Convention)
"""The denominators of attainment."""

Uncounted = Literal["intake.unjudged", "intake.computed", "intake.not_replayed"]
"""What happens to cases that are not judged."""
Missing = Literal["intake.no_case", "intake.no_event"]
"""What records that are left out are not."""

_COUNTS = ("met", "met_late", "missed", "open", "cancelled", "no_target")
_EXPLAINED = ("met_late", "missed", "open", "no_target")


def desk_blocks(report: DeskReport) -> Iterator[Block]:
    """The report from top to bottom."""
    yield Heading(report.policy, level=1)
    yield Paragraph(say("report.policy", version=report.version, source=_source_of_due(report)))
    if report.as_of:
        yield Paragraph(as_of_told(report))
    yield Paragraph(say("report.counted", records=report.records, cases=report.cases))
    yield from attainment_blocks(report)
    yield from not_counted(report, unjudged="intake.computed")
    yield from problem_list(report.problems)


def _source_of_due(report: DeskReport) -> Phrase:
    if report.due == "computed":
        return say("report.due_computed")
    partly = report.recorded and not {*report.metrics} <= {*report.recorded}
    if partly:
        return say("report.due_partly", metrics=Listed(tuple(NamedTerm("metric", each) for each in report.recorded)))
    return say("report.due_recorded")


def as_of_told(report: DeskReport) -> Phrase:
    """As of when open cases are judged, of a report that says so."""
    assert report.as_of is not None
    at = LocalMoment(report.as_of, report.timezone)
    if report.as_of_case:
        return say("report.as_of_latest", at=at, case=report.as_of_case)
    return say("report.as_of", at=at)


def attainment_blocks(report: DeskReport) -> Iterator[Block]:
    """How many promises were kept, and the shares of that by their denominators."""
    if report.lines:
        yield from tally_tables(desk_rows(report, "metric"), "channel", (say("report.cases"), say("report.attainment")))


class TallyRow(NamedTuple):
    """The verdicts of a metric on a group of cases; ``None`` where the group is too small to be told apart."""

    metric: Told
    group: Told
    tally: Attainment | None


def desk_rows(report: DeskReport, kind: str) -> tuple[tuple[TallyRow, ...], ...]:
    """The lines of a report by metric, each with its total; ``kind`` is that of the words for metrics."""
    return tuple(
        tuple(
            TallyRow(NamedTerm(kind, metric), group_label(line.channel, report.labels, "channel"), line.attainment)
            for line in _lines(report, metric)
        )
        for metric in report.metrics
    )


def tally_tables(
    groups: Sequence[Sequence[TallyRow]],
    column: str,
    titles: tuple[Phrase, Phrase],
    *,
    level: int = 2,
    has_legend: bool = True,
) -> Iterator[Block]:
    """Verdicts in counts, and the shares of those that were kept, by metric and group."""
    metric, group = say("column.metric"), NamedTerm("column", column)
    counts = tuple(tuple((*row[:2], *_counts(row.tally)) for row in rows) for rows in groups)
    shares = tuple(tuple((*row[:2], *_shares(row.tally)) for row in rows) for rows in groups)
    yield Heading(titles[0], level)
    yield GroupedTable((metric, group, say("column.cases"), *_terms("outcome", _COUNTS)), counts)
    yield from [legend("outcome", "meaning", _EXPLAINED)] * has_legend
    yield Heading(titles[1], level)
    yield GroupedTable((metric, group, *_terms("convention", CONVENTIONS)), shares)
    yield from [legend("convention", "denominator", CONVENTIONS)] * has_legend


def _counts(tally: Attainment | None) -> tuple[Told, ...]:
    if tally is None:
        return (BLANK,) * (len(_COUNTS) + 1)
    counts = (tally.met, tally.met_late, tally.missed, tally.open, tally.cancelled, tally.no_target)
    return (sum(counts), *counts)


def _shares(tally: Attainment | None) -> tuple[Told, ...]:
    return tuple(BLANK if tally is None else tally.ratio(convention) for convention in CONVENTIONS)


BLANK = "–"
"""Stands for what is not told."""


def _terms(kind: str, names: Sequence[str]) -> tuple[NamedTerm, ...]:
    return tuple(NamedTerm(kind, name) for name in names)


def legend(kind: str, meaning: str, names: Sequence[str]) -> Items:
    """What words of a table mean."""
    return Items(tuple((NamedTerm(kind, name), NamedTerm(meaning, name)) for name in names), is_legend=True)


def _lines(report: DeskReport, metric: str) -> Iterator[Line]:
    yield from (line for line in report.lines if line.metric == metric)
    yield report.total(metric)


def group_label(group: str | None, labels: Mapping[str, str], fact: str) -> Told:
    """A group of cases by its word and its label; ``None`` is all of them, the empty text those without the fact."""
    if group is None:
        return say("group.all")
    label = labels.get(group, group)
    both = group if label == group else f"{group} {label}"
    return both or say("group.none", fact=NamedTerm("column", fact))


def not_counted(
    intake: DeskReport | Intake[object] | None,
    *,
    unjudged: Uncounted = "intake.unjudged",
    what: Missing = "intake.no_case",
    more: tuple[tuple[Told, Told], ...] = (),
    level: int = 2,
) -> Iterator[Block]:
    """The records that are in no figure, by reason; ``unjudged`` says what happens to cases that are not judged, and
    ``what`` is what the records are not."""
    yield Heading(say("intake.not_counted"), level)
    rows = [*(() if intake is None else _left_out(intake, unjudged, what)), *more]
    yield Items(tuple(rows)) if rows else Paragraph(say("intake.all_counted"))


def _left_out(intake: DeskReport | Intake[object], unjudged: Uncounted, what: Missing) -> Iterator[tuple[Told, Told]]:
    yield from ((times, say(what, reason=reason)) for reason, times in intake.left_out)
    yield from ((times, say(unjudged, reason=reason)) for reason, times in intake.unjudged)
    if intake.unreadable:
        yield intake.unreadable, say("intake.unreadable")


def problem_list(groups: Sequence[ProblemGroup], *, title: Phrase | None = None, level: int = 2) -> Iterator[Block]:
    """The problems by code, with their first few places."""
    yield Heading(title or say("problems.title"), level)
    if not groups:
        yield Paragraph(say("problems.none"))
    for group in groups:
        yield Paragraph(say(f"problems.{group.severity}", times=group.times, code=group.code))
        yield Items(tuple(_examples(group)))


def _examples(group: ProblemGroup) -> Iterator[tuple[Told, Told]]:
    for problem in group.examples:
        message = say("problems.hint", message=problem.message, hint=problem.hint) if problem.hint else problem.message
        yield problem.path or str(problem.address or ""), message
    if group.times > len(group.examples):
        yield "...", say("problems.more", times=group.times - len(group.examples))
