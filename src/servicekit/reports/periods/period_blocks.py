"""What a report of a period says, section by section, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from servicekit.desk.service_period import ServicePeriod
from servicekit.kpi import Backlog
from servicekit.reports.blocks.block import Aside, Block, Heading, Items, Paragraph
from servicekit.reports.blocks.desk_blocks import not_counted, problem_list
from servicekit.reports.blocks.told import ByLanguage, Listed, LocalMoment, NamedTerm, Told, columns, say
from servicekit.reports.blocks.unquoted_problems import unquoted
from servicekit.reports.periods.attainment_blocks import attainment_blocks, carried_blocks
from servicekit.reports.periods.backlog_blocks import arrival_blocks, backlog_blocks
from servicekit.reports.periods.breach_blocks import breach_blocks
from servicekit.reports.periods.change_blocks import change_blocks
from servicekit.reports.periods.headline_blocks import headline_blocks
from servicekit.reports.periods.metric_blocks import metric_blocks
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.periods.trend_blocks import trend_blocks
from servicekit.reports.periods.uptime.availability_blocks import availability_blocks
from servicekit.reports.templates.section import AttainmentSection, DataQualitySection, NoSourceSection, TextSection
from servicekit.timeline import zone


def period_blocks(report: PeriodReport) -> Iterator[Block]:
    """The report from top to bottom; sections without data say so."""
    service, template = report.service, report.template
    yield Heading(say("period.title", title=ByLanguage(template.title), period=service.period), level=1)
    yield Paragraph(say("period.policy", policy=service.policy, version=service.version))
    yield from _about(report)
    sections = template.sections
    if _is_bare(service):
        yield Aside(say("period.nothing", period=service.period))
        sections = tuple(each for each in sections if isinstance(each, DataQualitySection) and not service.is_empty)
    for section in sections:
        usual = f"{section.kind}_{section.by}" if isinstance(section, AttainmentSection) else section.kind
        yield Heading(ByLanguage(section.title) if section.title else NamedTerm("section", usual))
        told = list(_SECTIONS[section.kind](report, section))
        yield from told or [Paragraph(say("empty.section"))]
    if report.manifest:
        yield Heading(say("period.made_of"))
        yield Items(tuple((NamedTerm("manifest", name), told) for name, told in report.manifest.items()))


def _about(report: PeriodReport) -> Iterator[Block]:
    service, template = report.service, report.template
    if template.readers:
        yield Paragraph(say("period.readers", readers=ByLanguage(template.readers)))
    if service.as_of is not None:
        days = {"first": service.period.start, "last": service.period.end - timedelta(days=1)}
        at = LocalMoment(service.as_of, service.timezone)
        span = "period.span" if template.tells_of_cases else "uptime.span"
        yield Paragraph(say(span, **days, timezone=service.timezone, at=at))
        if not service.is_whole:
            yield Aside(say("period.cut_short" if _has_begun(service) else "period.not_begun", at=at))
    if service.before is not None:
        yield Paragraph(say("period.compared", period=service.before.period))
    if report.disclosed.fields:
        fields: Told = Listed(columns(*report.disclosed.fields))
        yield Aside(say("period.disclosed", fields=fields, purpose=report.disclosed.purpose))
    if template.min_n > 1:
        yield Aside(say("period.blanked", least=template.min_n))


def _has_begun(service: ServicePeriod) -> bool:
    """Whether the data reach into the period; what is open before is not told as if it were open in it."""
    as_of = service.as_of
    return as_of is None or as_of >= service.period.interval(zone(service.timezone)).start


def _is_bare(service: ServicePeriod) -> bool:
    """Whether the period has nothing that its sections could tell, but for what is wrong with the data."""
    if not _has_begun(service):
        return True
    has_figures = service.report.cases or service.carried or service.measured is not None or service.uptime
    return not has_figures and service.backlog == Backlog()


def _text(_: PeriodReport, section: TextSection) -> Iterator[Block]:
    yield Paragraph(ByLanguage(section.text))


def _no_source(_: PeriodReport, __: NoSourceSection) -> Iterator[Block]:
    yield Paragraph(say("empty.no_source"))


def _data_quality(report: PeriodReport, _: DataQualitySection) -> Iterator[Block]:
    service = report.service
    more: tuple[tuple[Told, Told], ...] = ()
    if service.elsewhere:
        more = ((service.elsewhere, say("quality.elsewhere")),)
    more += tuple((n, say("quality.outage", reason=NamedTerm("uncounted", what))) for what, n in service.unmeasured)
    yield from not_counted(service.report, unjudged="intake.computed", more=more, level=3)
    told = unquoted(service.report.problems)
    yield from problem_list(told, level=3)
    if told != service.report.problems:
        yield Paragraph(say("quality.unquoted"))


_SECTIONS: Mapping[str, Callable[[PeriodReport, Any], Iterator[Block]]] = {
    "headline": headline_blocks,
    "attainment": attainment_blocks,
    "carried": carried_blocks,
    "backlog": backlog_blocks,
    "breaches": breach_blocks,
    "arrivals": arrival_blocks,
    "trend": trend_blocks,
    "metrics": metric_blocks,
    "policy_changes": change_blocks,
    "availability": availability_blocks,
    "text": _text,
    "no_source": _no_source,
    "data_quality": _data_quality,
}
