"""The outages that lasted longest in a period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from servicekit.availability import Outage
from servicekit.desk.service_period import MeasuredUptime
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Paragraph
from servicekit.reports.blocks.told import LocalMoment, Told, columns, say
from servicekit.reports.periods.period_report import PeriodReport

_HEAD = ("service", "from", "until", "in_period", "downtime")


class _Shown(NamedTuple):
    """An outage, and the service that it took down."""

    length: timedelta
    measured: MeasuredUptime
    outage: Outage


def outage_blocks(report: PeriodReport, most: int) -> Iterator[Block]:
    """The outages with their lengths within the period; their reasons only where these are asked for."""
    services = report.service.uptime
    found = [_Shown(each.length_of(outage), each, outage) for each in services for outage in each.outages]
    longest = sorted(found, key=lambda shown: shown.length, reverse=True)[:most]
    if not most:
        return
    yield Heading(say("uptime.longest"), 3)
    if not longest:
        yield Paragraph(say("uptime.none"))
        return
    has_reasons = "reason" in report.disclosed.fields
    head = columns(*_HEAD, *(("reason",) if has_reasons else ()))
    rows = tuple((*_row(shown, report), *((shown.outage.reason,) if has_reasons else ())) for shown in longest)
    yield GroupedTable(head, (rows,), labels=3, has_totals=False)
    if not has_reasons and any(shown.outage.reason for shown in longest):
        yield Paragraph(say("uptime.no_reasons"))


def _row(shown: _Shown, report: PeriodReport) -> tuple[Told, ...]:
    """What ends after the report is not over in it, however late the report is made."""
    length, measured, outage = shown
    has_zone = measured.timezone != report.service.timezone
    start = LocalMoment(outage.start, measured.timezone, has_zone)
    is_over = outage.end is not None and outage.end <= measured.verdict.uptime.over.end
    end = LocalMoment(outage.end, measured.timezone, has_zone) if is_over and outage.end else say("uptime.lasting")
    return measured.service, start, end, length, measured.downtime_of(outage)
