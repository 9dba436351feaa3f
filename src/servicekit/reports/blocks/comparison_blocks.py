"""What a comparison of two policies says, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from servicekit.quantity import points_text
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Paragraph
from servicekit.reports.blocks.desk_blocks import CONVENTIONS, group_label, legend, not_counted, problem_list
from servicekit.reports.blocks.told import LocalMoment, NamedTerm, Told, columns, say
from servicekit.whatif import CHANGES, first_of_each

if TYPE_CHECKING:
    from datetime import datetime

    from servicekit.desk import Intake
    from servicekit.errors import ProblemGroup
    from servicekit.sla import Convention, Outcome
    from servicekit.whatif import ComparedLine, Comparison, Flip


_FLIP_HEAD = ("case", "metric", "change", "before", "due_before", "after", "due_after", "stopped")


def comparison_blocks(comparison: Comparison, intake: Intake[object] | None, flips: int) -> Iterator[Block]:
    """The comparison from top to bottom."""
    first, second = comparison.policies
    yield Heading(say("comparison.title", first=str(first), second=str(second)), level=1)
    yield Paragraph(say("comparison.as_of", at=LocalMoment(comparison.as_of, comparison.timezone)))
    if intake is None:
        yield Paragraph(say("comparison.cases", cases=comparison.cases))
    else:
        yield Paragraph(say("comparison.records", records=intake.records, cases=comparison.cases))
    yield from _changes(comparison)
    for convention in CONVENTIONS if comparison.lines else ():
        yield from _attainment(comparison, convention)
    yield from _flips(comparison, flips)
    yield from _missing(comparison, intake)
    yield from _problems(comparison, intake)


def _changes(comparison: Comparison) -> Iterator[Block]:
    if not comparison.lines:
        return
    yield Heading(say("comparison.changes"))
    head: tuple[Told, ...] = (say("column.outcomes"), *(NamedTerm("change", change) for change in CHANGES))
    yield _by_metric(comparison, head, _change_counts)
    yield legend("change", "meaning", CHANGES)


def _change_counts(line: ComparedLine) -> tuple[Told, ...]:
    moved = line.transitions
    return (moved.total, *(moved.times(change) for change in CHANGES))


def _attainment(comparison: Comparison, convention: Convention) -> Iterator[Block]:
    def cells(line: ComparedLine) -> tuple[Told, ...]:
        sides = (tally.ratio(convention) for tally in (line.before, line.after))
        return (*sides, points_text(line.difference(convention)))

    names = NamedTerm("convention", convention), NamedTerm("denominator", convention)
    yield Heading(say("comparison.attainment", convention=names[0], meaning=names[1]))
    yield _by_metric(comparison, columns("before", "after", "points"), cells)


def _by_metric(
    comparison: Comparison, head: tuple[Told, ...], cells: Callable[[ComparedLine], tuple[Told, ...]]
) -> GroupedTable:
    """A table of the lines; where cases are grouped, metric by metric with the total last."""
    lines, by, metric_head = comparison.totals_last(), comparison.by, say("column.metric")
    if by is None:
        rows = tuple((NamedTerm("metric", line.metric), *cells(line)) for line in lines)
        return GroupedTable((metric_head, *head), (rows,), labels=1, has_totals=False)
    groups = tuple(
        tuple(
            (NamedTerm("metric", metric), group_label(line.group, comparison.labels, by), *cells(line))
            for line in lines
            if line.metric == metric
        )
        for metric in comparison.metrics
    )
    return GroupedTable((metric_head, NamedTerm("column", by), *head), groups)


def _flips(comparison: Comparison, most: int) -> Iterator[Block]:
    shown = first_of_each(comparison.flips, most)
    yield Heading(say("comparison.flips"))
    if not comparison.flip_count:
        yield Paragraph(say("comparison.no_flip"))
        return
    counts = {"shown": len(shown), "flips": comparison.flip_count, "most": most}
    yield Paragraph(say("comparison.shown", **counts, timezone=comparison.timezone))
    if shown:
        changes = dict.fromkeys(flip.change for flip in shown)
        alike = (tuple(_flip(flip, comparison.timezone) for flip in shown if flip.change == what) for what in changes)
        head = columns(*_FLIP_HEAD)
        yield GroupedTable(head, tuple(alike), labels=len(_FLIP_HEAD), has_totals=False)


def _flip(flip: Flip, timezone: str) -> tuple[Told, ...]:
    name = f"{flip.metric} {flip.instance}" if flip.instance else flip.metric
    sides = (cell for outcome in (flip.before, flip.after) for cell in _side(outcome, timezone))
    stops = (outcome.stopped_at for outcome in (flip.before, flip.after) if outcome is not None)
    stopped = next((_clock(at, timezone) for at in stops if at is not None), "-")
    return (flip.case_id, NamedTerm("metric", name), NamedTerm("change", flip.change), *sides, stopped)


def _side(outcome: Outcome | None, timezone: str) -> tuple[Told, Told]:
    """A verdict with its target, and the due moment."""
    if outcome is None:
        return "-", "-"
    verdict: Told = NamedTerm("verdict", outcome.outcome)
    told = say("comparison.side", outcome=verdict, target=outcome.target) if outcome.target else verdict
    return told, _clock(outcome.due_at, timezone) if outcome.due_at else "-"


def _clock(at: datetime, timezone: str) -> Told:
    return LocalMoment(at, timezone, has_zone=False)


def _missing(comparison: Comparison, intake: Intake[object] | None) -> Iterator[Block]:
    cases = (
        (comparison.without_verdict, say("comparison.no_verdict")),
        (comparison.not_opened, say("comparison.not_opened")),
    )
    more = tuple((times, reason) for times, reason in cases if times)
    yield from not_counted(intake, unjudged="intake.not_replayed", more=more)


def _problems(comparison: Comparison, intake: Intake[object] | None) -> Iterator[Block]:
    problems = comparison.problems
    yield from problem_list(_sorted((*(intake.problems if intake else ()), *problems.both)))
    for side, groups in (("first", problems.before), ("second", problems.after)):
        if groups:
            yield from problem_list(groups, title=say(f"comparison.problems_of_{side}"))


def _sorted(groups: Iterable[ProblemGroup]) -> tuple[ProblemGroup, ...]:
    return tuple(sorted(groups, key=lambda group: (group.severity, group.code)))
