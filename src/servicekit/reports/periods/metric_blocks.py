"""The section on key figures: values with their limits, targets and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servicekit.kpi import Measurement, Results
from servicekit.reports.blocks.block import Block, GroupedTable, KeyFigure, Paragraph
from servicekit.reports.blocks.told import Listed, NamedTerm, Told, columns, say
from servicekit.reports.periods.numbers import change, goal, limits, number
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.templates.section import MetricSection
from servicekit.timeline import Period

_HEAD = ("metric", "value", "n", "limits", "target", "status", "left_out")


def metric_blocks(report: PeriodReport, section: MetricSection) -> Iterator[Block]:
    """The key figures of a section; those that are not measured are named."""
    found = [name for name in section.metrics if measured_in(report, name) is not None]
    lacking = tuple(name for name in section.metrics if name not in found)
    results = report.service.measured
    if results is None or not found:
        yield Paragraph(say("empty.no_kpi"))
        return
    head = columns(*_HEAD)
    yield GroupedTable(head, (tuple(_row(report, name) for name in found),), labels=1, has_totals=False)
    yield from _benchmarks(results, found)
    if lacking:
        yield Paragraph(say("empty.metrics", names=Listed(lacking)))


def measured_in(report: PeriodReport, name: str, period: Period | None = None) -> Measurement | None:
    """What a key figure came to in a period, that of the report by default; ``None`` where it is not measured."""
    results = report.service.measured
    place = (name, ((period or report.service.period).name,))
    return None if results is None else results.of.get(place)


def metric_measure(report: PeriodReport, name: str) -> KeyFigure:
    """A key figure that is measured, with what it should be and what it was."""
    results, measured = report.service.measured, measured_in(report, name)
    assert results is not None
    assert measured is not None
    target, before = results.goals.targets.get(name), report.service.before
    since = None if before is None else before.period
    then = None if since is None else measured_in(report, name, since)
    told_goal, status = goal(target, measured.unit), None if target is None else target.status(measured)
    told_change = change(measured, then, since)
    return KeyFigure(_label(results, name), measured, measured.n, limits(measured), told_goal, status, told_change)


def _label(results: Results, name: str) -> Told:
    """What the policy calls it, or else its words of the field."""
    label = results.labels[name]
    return label if label and label != name else NamedTerm("figure", name)


def _row(report: PeriodReport, name: str) -> tuple[Told, ...]:
    told, measured = metric_measure(report, name), measured_in(report, name)
    left_out = sum(measured.left_out.values()) if measured else 0
    status: Told = "" if told.status is None else NamedTerm("status", told.status)
    return told.label, told.value, told.n or 0, told.limits or "", told.target or "", status, left_out


def _benchmarks(results: Results, names: Sequence[str]) -> Iterator[Block]:
    """What others reach, with who says so and when."""
    known = [(name, results.goals.benchmarks[name]) for name in names if name in results.goals.benchmarks]
    if known:
        unit = {
            name: next(each.unit for (metric, _), each in results.of.items() if metric == name) for name, _ in known
        }
        head = columns("metric", "benchmark", "source", "day")
        rows = tuple(
            (_label(results, name), number(each.value, unit[name]), each.source, each.as_of) for name, each in known
        )
        yield GroupedTable(head, (rows,), labels=4, has_totals=False)
