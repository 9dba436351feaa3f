"""A report as plain data: exact counts, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.document.json_values import instant_text
from servicekit.reports.blocks.desk_blocks import CONVENTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from servicekit.desk import Counted, DeskReport, Line
    from servicekit.errors import ProblemGroup
    from servicekit.sla import Attainment


def as_record(report: DeskReport) -> dict[str, object]:
    """The report as texts, whole numbers, lists and dicts; no number in it is rounded.

    A ratio is ``{"numerator": n, "denominator": d}``; the totals are lines whose ``channel`` is null.
    Instants are ISO 8601 in UTC.
    """
    lines = [*report.lines, *(report.total(metric) for metric in report.metrics)]
    return {
        "policy": report.policy,
        "version": report.version,
        "due": report.due,
        "recorded": list(report.recorded),
        "as_of": report.as_of and instant_text(report.as_of),
        "as_of_case": report.as_of_case,
        "timezone": report.timezone,
        "records": report.records,
        "cases": report.cases,
        "unreadable": report.unreadable,
        "left_out": counted_record(report.left_out),
        "unjudged": counted_record(report.unjudged),
        "lines": [_line(line) for line in lines],
        "problems": [problem_record(group) for group in report.problems],
    }


def counted_record(counts: Iterable[Counted]) -> list[dict[str, object]]:
    """How many records, by reason."""
    return [{"because": what, "records": times} for what, times in counts]


def _line(line: Line) -> dict[str, object]:
    return {"metric": line.metric, "channel": line.channel, **tally_record(line.attainment)}


def tally_record(tally: Attainment) -> dict[str, object]:
    """A tally and its three shares, as counts."""
    ratios = {name: tally.ratio(name) for name in CONVENTIONS}
    return {
        "met": tally.met,
        "met_late": tally.met_late,
        "missed": tally.missed,
        "open": tally.open,
        "cancelled": tally.cancelled,
        "no_target": tally.no_target,
        "attainment": {
            name: {"numerator": ratio.numerator, "denominator": ratio.denominator} for name, ratio in ratios.items()
        },
    }


def problem_record(group: ProblemGroup) -> dict[str, object]:
    """The problems of one code."""
    examples = [
        {"path": problem.path, "message": problem.message, "hint": problem.hint, "address": str(problem.address or "")}
        for problem in group.examples
    ]
    return {"code": group.code, "severity": group.severity, "count": group.times, "examples": examples}
