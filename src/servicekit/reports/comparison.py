"""The content of a comparison of two policies, as blocks without a layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from servicekit.quantity import points_text
from servicekit.reports.content import (
    CONVENTIONS,
    Block,
    GroupedTable,
    Heading,
    Items,
    Paragraph,
    group_label,
    not_counted,
    problem_list,
)
from servicekit.reports.figures import count, moment, number_of, share
from servicekit.timeline.zone import reading
from servicekit.whatif import CHANGES, first_of_each

if TYPE_CHECKING:
    from datetime import datetime

    from servicekit.desk import Intake
    from servicekit.errors import ProblemGroup
    from servicekit.sla import Convention, Outcome
    from servicekit.whatif import ComparedLine, Comparison, Flip


_MEANINGS = (
    ("better", "late or missed before, met or open after"),
    ("worse", "met or open before, late or missed after"),
    ("appeared", "promised by the second policy only"),
    ("vanished", "promised by the first policy only"),
    ("other", "another verdict, neither better nor worse"),
    ("unchanged", "the same verdict, or promised by neither"),
)
_FLIP_HEAD = ("case", "metric", "change", "before", "due before", "after", "due after", "stopped")


def comparison_blocks(comparison: Comparison, intake: Intake[object] | None, flips: int) -> Iterator[Block]:
    """The comparison from top to bottom."""
    first, second = comparison.policies
    yield Heading(f"{first} -> {second}", level=1)
    yield Paragraph(f"Cases are judged as of {moment(comparison.as_of, comparison.timezone)}.")
    read = "" if intake is None else f"{number_of(intake.records, 'record')}, "
    yield Paragraph(f"{read}{number_of(comparison.cases, 'case')} judged by both policies.")
    yield from _changes(comparison)
    for convention in CONVENTIONS if comparison.lines else ():
        yield from _attainment(comparison, convention)
    yield from _flips(comparison, flips)
    yield from _missing(comparison, intake)
    yield from _problems(comparison, intake)


def _changes(comparison: Comparison) -> Iterator[Block]:
    if not comparison.lines:
        return
    yield Heading("Changes")
    yield _by_metric(comparison, ("outcomes", *CHANGES), _change_counts)
    yield Items(_MEANINGS, is_legend=True)


def _change_counts(line: ComparedLine) -> tuple[str, ...]:
    moved = line.transitions
    return (count(moved.total), *(count(moved.times(change)) for change in CHANGES))


def _attainment(comparison: Comparison, convention: Convention) -> Iterator[Block]:
    def cells(line: ComparedLine) -> tuple[str, ...]:
        sides = (share(tally.ratio(convention)) for tally in (line.before, line.after))
        return (*sides, points_text(line.difference(convention)))

    yield Heading(f"Attainment, {convention}: {CONVENTIONS[convention]}")
    yield _by_metric(comparison, ("before", "after", "points"), cells)


def _by_metric(
    comparison: Comparison, head: tuple[str, ...], cells: Callable[[ComparedLine], tuple[str, ...]]
) -> GroupedTable:
    """A table of the lines; where cases are grouped, metric by metric with the total last."""
    lines, by = comparison.totals_last(), comparison.by
    if by is None:
        rows = tuple((line.metric, *cells(line)) for line in lines)
        return GroupedTable(("metric", *head), (rows,), labels=1, has_totals=False)
    groups = tuple(
        tuple(
            (metric, group_label(line.group, comparison.labels, by), *cells(line))
            for line in lines
            if line.metric == metric
        )
        for metric in comparison.metrics
    )
    return GroupedTable(("metric", by, *head), groups)


def _flips(comparison: Comparison, most: int) -> Iterator[Block]:
    shown = first_of_each(comparison.flips, most)
    yield Heading("Flips")
    if not comparison.flip_count:
        yield Paragraph("No verdict differs.")
        return
    least = f"{count(len(shown))} of {number_of(comparison.flip_count, 'flip')} shown"
    yield Paragraph(f"{least}, at most {count(most)} of each change; times are those of {comparison.timezone}.")
    if shown:
        changes = dict.fromkeys(flip.change for flip in shown)
        alike = (tuple(_flip(flip, comparison.timezone) for flip in shown if flip.change == what) for what in changes)
        yield GroupedTable(_FLIP_HEAD, tuple(alike), labels=len(_FLIP_HEAD), has_totals=False)


def _flip(flip: Flip, timezone: str) -> tuple[str, ...]:
    metric = f"{flip.metric} {flip.instance}" if flip.instance else flip.metric
    sides = (cell for outcome in (flip.before, flip.after) for cell in _side(outcome, timezone))
    stops = (outcome.stopped_at for outcome in (flip.before, flip.after) if outcome is not None)
    stopped = next((_clock(at, timezone) for at in stops if at is not None), "-")
    return (flip.case_id, metric, flip.change, *sides, stopped)


def _side(outcome: Outcome | None, timezone: str) -> tuple[str, str]:
    """A verdict with its target, and the due moment."""
    if outcome is None:
        return "-", "-"
    target = f" ({outcome.target})" if outcome.target else ""
    return f"{outcome.outcome}{target}", _clock(outcome.due_at, timezone) if outcome.due_at else "-"


def _clock(at: datetime, timezone: str) -> str:
    local, known_as = reading(at, timezone)
    return f"{local:%Y-%m-%d %H:%M:%S}" + (f" {known_as}" if known_as != timezone else "")


def _missing(comparison: Comparison, intake: Intake[object] | None) -> Iterator[Block]:
    cases = (
        (comparison.without_verdict, "no verdict, see the problems (no case)"),
        (comparison.not_opened, "not yet opened at the instant of the report (no case)"),
    )
    more = tuple((count(times), reason) for times, reason in cases if times)
    yield from not_counted(intake, unjudged="not replayed", more=more)


def _problems(comparison: Comparison, intake: Intake[object] | None) -> Iterator[Block]:
    problems = comparison.problems
    yield from problem_list(_sorted((*(intake.problems if intake else ()), *problems.both)))
    for side, groups in (("first", problems.before), ("second", problems.after)):
        if groups:
            yield from problem_list(groups, title=f"Problems of the {side} policy alone")


def _sorted(groups: Iterable[ProblemGroup]) -> tuple[ProblemGroup, ...]:
    return tuple(sorted(groups, key=lambda group: (group.severity, group.code)))
