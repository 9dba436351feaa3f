"""A report as plain data: exact counts, for programs."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from servicekit.reports.content import CONVENTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from servicekit.desk import Counted, DeskReport, Line, ProblemGroup
    from servicekit.sla import Attainment

__all__ = ["as_record"]


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
        "as_of": report.as_of and report.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "timezone": report.timezone,
        "records": report.records,
        "cases": report.cases,
        "unreadable": report.unreadable,
        "left_out": _counted(report.left_out),
        "unjudged": _counted(report.unjudged),
        "lines": [_line(line) for line in lines],
        "problems": [_group(group) for group in report.problems],
    }


def _counted(counts: Iterable[Counted]) -> list[dict[str, object]]:
    return [{"because": what, "records": times} for what, times in counts]


def _line(line: Line) -> dict[str, object]:
    return {"metric": line.metric, "channel": line.channel, **_tally(line.attainment)}


def _tally(tally: Attainment) -> dict[str, object]:
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


def _group(group: ProblemGroup) -> dict[str, object]:
    examples = [
        {"path": problem.path, "message": problem.message, "hint": problem.hint, "address": str(problem.address or "")}
        for problem in group.examples
    ]
    return {"code": group.code, "severity": group.severity, "count": group.times, "examples": examples}
