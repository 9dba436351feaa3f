"""A comparison of two policies as plain data: exact counts, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.document.json_values import instant_text
from servicekit.reports.blocks.desk_blocks import CONVENTIONS
from servicekit.reports.record import counted_record, problem_record, tally_record
from servicekit.whatif import CHANGES, FLIP_COLUMNS, first_of_each

if TYPE_CHECKING:
    from servicekit.desk import Intake
    from servicekit.errors import ProblemGroup
    from servicekit.sla import Convention
    from servicekit.whatif import ComparedLine, Comparison, Flip


def comparison_record(comparison: Comparison, intake: Intake[object] | None, flips: int) -> dict[str, object]:
    """The comparison as texts, whole numbers, lists and dicts; no number in it is rounded.

    Ratios, and differences in points, are ``{"numerator": n, "denominator": d}``; the totals are lines whose ``group``
    is null.
    """
    first, second = comparison.policies
    return {
        "before": {"policy": first.policy, "version": first.version},
        "after": {"policy": second.policy, "version": second.version},
        "as_of": instant_text(comparison.as_of),
        "timezone": comparison.timezone,
        "by": comparison.by,
        **({} if intake is None else _intake(intake)),
        "cases": comparison.cases,
        "not_opened": comparison.not_opened,
        "without_verdict": comparison.without_verdict,
        "lines": [_line(line) for line in comparison.totals_last()],
        "flip_count": comparison.flip_count,
        "flips": [_flip(flip) for flip in first_of_each(comparison.flips, flips)],
        "problems": {side: [problem_record(group) for group in groups] for side, groups in _sides(comparison, intake)},
    }


def _intake(intake: Intake[object]) -> dict[str, object]:
    return {
        "records": intake.records,
        "unreadable": intake.unreadable,
        "left_out": counted_record(intake.left_out),
        "unjudged": counted_record(intake.unjudged),
    }


def _line(line: ComparedLine) -> dict[str, object]:
    moved = line.transitions
    return {
        "metric": line.metric,
        "group": line.group,
        "before": tally_record(line.before),
        "after": tally_record(line.after),
        "points": {convention: _points(line, convention) for convention in CONVENTIONS},
        "changes": {change: moved.times(change) for change in CHANGES},
        "transitions": [
            {"before": before, "after": after, "outcomes": times} for (before, after), times in moved.counts.items()
        ],
    }


def _points(line: ComparedLine, convention: Convention) -> dict[str, int] | None:
    points = line.difference(convention)
    return None if points is None else {"numerator": points.numerator, "denominator": points.denominator}


def _flip(flip: Flip) -> dict[str, object]:
    cells = dict(zip(FLIP_COLUMNS, flip.row(), strict=True))
    return {column: cell or None for column, cell in cells.items()} | {"instance": flip.instance}


def _sides(comparison: Comparison, intake: Intake[object] | None) -> tuple[tuple[str, tuple[ProblemGroup, ...]], ...]:
    problems = comparison.problems
    of_records = () if intake is None else intake.problems
    return ("records", of_records), *problems._asdict().items()
