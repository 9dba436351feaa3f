"""What the desk's report says, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, get_args

from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.told import Listed, Moment, Phrase, Term, Told, say
from servicekit.sla import Convention

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
    yield Paragraph(say("desk.policy", version=report.version, source=_source_of_due(report)))
    if report.as_of:
        yield Paragraph(as_of_told(report))
    yield Paragraph(say("desk.counted", records=report.records, cases=report.cases))
    yield from attainment_blocks(report)
    yield from not_counted(report, unjudged="intake.computed")
    yield from problem_list(report.problems)


def _source_of_due(report: DeskReport) -> Phrase:
    if report.due == "computed":
        return say("desk.due_computed")
    partly = report.recorded and not {*report.metrics} <= {*report.recorded}
    if partly:
        return say("desk.due_partly", metrics=Listed(tuple(Term("metric", each) for each in report.recorded)))
    return say("desk.due_recorded")


def as_of_told(report: DeskReport) -> Phrase:
    """As of when open cases are judged, of a report that says so."""
    assert report.as_of is not None
    at = Moment(report.as_of, report.timezone)
    if report.as_of_case:
        return say("desk.as_of_latest", at=at, case=report.as_of_case)
    return say("desk.as_of", at=at)


def attainment_blocks(report: DeskReport) -> Iterator[Block]:
    """How many promises were kept, and the shares of that by their denominators."""
    if not report.lines:
        return
    metric, channel, cases = say("column.metric"), say("column.channel"), say("column.cases")
    yield Heading(say("desk.cases"))
    yield GroupedTable((metric, channel, cases, *_terms("outcome", _COUNTS)), _by_metric(report, _counts))
    yield legend("outcome", "meaning", _EXPLAINED)
    yield Heading(say("desk.attainment"))
    yield GroupedTable((metric, channel, *_terms("convention", CONVENTIONS)), _by_metric(report, _shares))
    yield legend("convention", "denominator", CONVENTIONS)


def _terms(kind: str, names: Sequence[str]) -> tuple[Term, ...]:
    return tuple(Term(kind, name) for name in names)


def legend(kind: str, meaning: str, names: Sequence[str]) -> Items:
    """What words of a table mean."""
    return Items(tuple((Term(kind, name), Term(meaning, name)) for name in names), is_legend=True)


def _by_metric(
    report: DeskReport, cells: Callable[[DeskReport, Line], tuple[Told, ...]]
) -> tuple[tuple[tuple[Told, ...], ...], ...]:
    return tuple(tuple(cells(report, line) for line in _lines(report, metric)) for metric in report.metrics)


def _lines(report: DeskReport, metric: str) -> Iterator[Line]:
    yield from (line for line in report.lines if line.metric == metric)
    yield report.total(metric)


def _counts(report: DeskReport, line: Line) -> tuple[Told, ...]:
    tally = line.attainment
    counts = (tally.met, tally.met_late, tally.missed, tally.open, tally.cancelled, tally.no_target)
    return (Term("metric", line.metric), _channel(report, line), sum(counts), *counts)


def _shares(report: DeskReport, line: Line) -> tuple[Told, ...]:
    ratios = (line.attainment.ratio(convention) for convention in CONVENTIONS)
    return (Term("metric", line.metric), _channel(report, line), *ratios)


def _channel(report: DeskReport, line: Line) -> Told:
    return group_label(line.channel, report.labels, "channel")


def group_label(group: str | None, labels: Mapping[str, str], fact: str) -> Told:
    """A group of cases by its word and its label; ``None`` is all of them, the empty text those without the fact."""
    if group is None:
        return say("group.all")
    label = labels.get(group, group)
    both = group if label == group else f"{group} {label}"
    return both or say("group.none", fact=Term("column", fact))


def not_counted(
    intake: DeskReport | Intake[object] | None,
    *,
    unjudged: Uncounted = "intake.unjudged",
    what: Missing = "intake.no_case",
    more: tuple[tuple[Told, Told], ...] = (),
) -> Iterator[Block]:
    """The records that are in no figure, by reason; ``unjudged`` says what happens to cases that are not judged, and
    ``what`` is what the records are not."""
    yield Heading(say("intake.not_counted"))
    rows = [*(() if intake is None else _left_out(intake, unjudged, what)), *more]
    yield Items(tuple(rows)) if rows else Paragraph(say("intake.all_counted"))


def _left_out(intake: DeskReport | Intake[object], unjudged: Uncounted, what: Missing) -> Iterator[tuple[Told, Told]]:
    yield from ((times, say(what, reason=reason)) for reason, times in intake.left_out)
    yield from ((times, say(unjudged, reason=reason)) for reason, times in intake.unjudged)
    if intake.unreadable:
        yield intake.unreadable, say("intake.unreadable")


def problem_list(groups: Sequence[ProblemGroup], *, title: Phrase | None = None) -> Iterator[Block]:
    """The problems by code, with their first few places."""
    yield Heading(title or say("problems.title"))
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
