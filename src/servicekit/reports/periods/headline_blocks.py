"""The section at the top: promises kept, the load, and key figures, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator

from servicekit.desk.service_period import promises_kept
from servicekit.reports.blocks.block import Block, KeyFigure
from servicekit.reports.blocks.told import NamedTerm, Told, say
from servicekit.reports.periods.metric_blocks import measured_in, metric_measure
from servicekit.reports.periods.numbers import change, limits
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.templates.section import HeadlineSection


def headline_blocks(report: PeriodReport, section: HeadlineSection) -> Iterator[Block]:
    """Cases and what is open, the share of promises kept by metric, and the key figures that are measured."""
    service, before = report.service, report.service.before
    then = None if before is None else before.report.cases
    yield KeyFigure(
        say("headline.cases"), service.report.cases, change=_count_change(report, service.report.cases, then)
    )
    then = None if before is None else before.backlog.closing
    closing = service.backlog.closing
    yield KeyFigure(say("headline.open"), closing, change=_count_change(report, closing, then))
    for metric in service.report.metrics:
        yield _kept(report, metric, section)
    for name in section.metrics:
        if measured_in(report, name) is not None:
            yield metric_measure(report, name)


def _count_change(report: PeriodReport, now: int, then: int | None) -> Told | None:
    before = report.service.before
    if before is None or then is None:
        return None
    return say("headline.count_change", change=f"{now - then:+,}", period=before.period)


def _kept(report: PeriodReport, metric: str, section: HeadlineSection) -> KeyFigure:
    service, before = report.service, report.service.before
    now = promises_kept(metric, service.report.total(metric).attainment, section.convention)
    then = None if before is None else promises_kept(metric, before.report.total(metric).attainment, section.convention)
    label = say("headline.kept", metric=NamedTerm("promise", metric))
    since = None if before is None else before.period
    return KeyFigure(label, now, now.n, limits(now), change=change(now, then, since))
