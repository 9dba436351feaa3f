"""The section on availability: services against their targets, their days, the longest outages, and the trend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

from servicekit.desk.service_period import MeasuredUptime, ServicePeriod
from servicekit.quantity import Ratio
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.told import ExactShare, Listed, LocalMoment, NamedTerm, Told, columns, say
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.periods.uptime.outage_blocks import outage_blocks
from servicekit.reports.pictures.budget_picture import UsedBudget, budget_picture
from servicekit.reports.pictures.uptime_days import UptimeDay, uptime_days
from servicekit.reports.pictures.uptime_picture import uptime_picture
from servicekit.reports.templates.section import UptimeSection

_HEAD = ("service", "target", "availability", "status", "outages", "downtime", "maintenance", "budget", "credit")
_TREND = ("service", "period", "target", "availability", "status", "outages", "downtime")
_LEGEND = {"availability": "meaning", "budget": "allowed"}
_MOST_PICTURES = 8


def availability_blocks(report: PeriodReport, section: UptimeSection) -> Iterator[Block]:
    """Every service in a row, and what is not known of it; pictures of those that were down longest."""
    services = report.service.uptime
    if not services:
        yield Paragraph(say("empty.uptime"))
        return
    yield GroupedTable(columns(*_HEAD), (tuple(map(_row, services)),), labels=1, has_totals=False)
    legend = ((NamedTerm("column", name), say(f"uptime.{key}")) for name, key in _LEGEND.items())
    yield Items(tuple(legend), is_legend=True)
    yield from _not_known(report.service)
    yield from _figures(services)
    yield from outage_blocks(report, section.most)
    yield from _trend(services)


def _row(measured: MeasuredUptime) -> tuple[Told, ...]:
    verdict, is_due = measured.verdict, measured.is_of_window and measured.is_whole
    budget, credit = _share(verdict.budget.used), _share(verdict.credit if is_due else None)
    return measured.service, *_against_target(measured), verdict.uptime.excluded.total, budget, credit


def _against_target(measured: MeasuredUptime) -> tuple[Told, ...]:
    """Target, availability, status, outages and downtime."""
    verdict, status = measured.verdict, measured.status
    told = say("uptime.no_time") if status is None else NamedTerm("status", status)
    availability = ExactShare(verdict.uptime.ratio)
    return _share(verdict.target), availability, told, len(measured.outages), verdict.uptime.downtime


def _share(value: Fraction | None) -> Told:
    return "" if value is None else ExactShare(Ratio(value.numerator, value.denominator))


def _not_known(service: ServicePeriod) -> Iterator[Block]:
    unrecorded = tuple(each.service for each in service.uptime if not each.is_recorded)
    if unrecorded:
        yield Aside(say("uptime.unrecorded", names=Listed(unrecorded)))
    others = tuple(each.service for each in service.uptime if not each.is_of_window)
    if others:
        yield Aside(say("uptime.other_window", names=Listed(others)))
    begun = (each.verdict.uptime.over for each in service.uptime if not each.is_whole)
    known_until = min((over.end for over in begun if over.start < over.end), default=None)
    if known_until is not None:
        yield Aside(say("uptime.known_until", at=LocalMoment(known_until, service.timezone)))
    for each in service.uptime:
        if each.timezone != service.timezone:
            yield Aside(say("uptime.own_clock", service=each.service, timezone=each.timezone))


def _figures(services: Sequence[MeasuredUptime]) -> Iterator[Block]:
    """The days of the services that were down longest, in the order of the table."""
    by_downtime = sorted(services, key=lambda each: each.verdict.uptime.downtime, reverse=True)
    shown = {each.service for each in by_downtime[:_MOST_PICTURES] if each.verdict.uptime.down}
    for each in services:
        if each.service in shown:
            days = tuple(uptime_days(each))
            yield Figure(say("uptime.days_of", service=each.service), _told(days), partial(uptime_picture, days))
    if len(shown) < len(services):
        yield Paragraph(say("uptime.pictures", services=len(services) - len(shown)))


def _told(days: Sequence[UptimeDay]) -> Told:
    """What can be seen in a picture of days; of several worst days, the first."""
    worst = max(days, key=lambda each: each.downtime)
    down = sum(bool(each.down) for each in days)
    return say("uptime.told", days=down, all=len(days), worst=worst.day, length=worst.downtime)


def _trend(services: Sequence[MeasuredUptime]) -> Iterator[Block]:
    """Each service by period, where the records reach further back than this one."""
    recorded = [each for each in services if each.is_recorded and len(each.trend) > 1]
    groups = [each.trend for each in recorded]
    if groups:
        yield Heading(say("uptime.trend"), 3)
        yield from _budgets(recorded)
        rows = tuple(tuple((each.service, each.period, *_against_target(each)) for each in trend) for trend in groups)
        yield GroupedTable(columns(*_TREND), rows, labels=2, has_totals=False)


def _budgets(services: Sequence[MeasuredUptime]) -> Iterator[Block]:
    """How much of the budget was used in each period, by those services that used most of it."""
    used = {each.service: _used(each.trend) for each in services}
    worst = sorted(used, key=lambda service: max((share for _, share in used[service]), default=Fraction(0)))
    for service in [name for name in used if name in worst[-_MOST_PICTURES:]]:
        if any(share for _, share in used[service]):
            missed = sum(share > 1 for _, share in used[service])
            told = say("uptime.overspent", missed=missed, all=len(used[service]))
            title = say("uptime.budget_of", service=service)
            yield Figure(title, told, partial(budget_picture, used[service]))


def _used(trend: Sequence[MeasuredUptime]) -> tuple[UsedBudget, ...]:
    found = ((each.period, each.verdict.budget.used) for each in trend)
    return tuple((period, used) for period, used in found if used is not None)
