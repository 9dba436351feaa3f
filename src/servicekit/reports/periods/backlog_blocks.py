"""Sections on the load: the backlog with its ages, and when cases are opened."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from servicekit.reports.blocks.block import Block, Figure, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.told import NamedTerm, Told, say
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.pictures.hour_map import hour_map
from servicekit.reports.templates.section import ArrivalSection, BacklogSection

_FLOWS = ("opening", "created", "reopened", "resolved", "cancelled", "closing")


def backlog_blocks(report: PeriodReport, _: BacklogSection) -> Iterator[Block]:
    """What was open, what came and went, and the ages of what is open at the end."""
    backlog, ages = report.service.backlog, report.service.ages
    yield Items(tuple((NamedTerm("backlog", name), getattr(backlog, name)) for name in _FLOWS))
    if any(times for _, times in ages):
        yield Heading(say("backlog.ages"), 3)
        rows: tuple[tuple[Told, ...], ...] = tuple(
            (say("backlog.older") if age is None else say("backlog.up_to", length=age), times) for age, times in ages
        )
        yield GroupedTable((say("backlog.age"), say("column.cases")), (rows,), labels=1, has_totals=False)


def arrival_blocks(report: PeriodReport, _: ArrivalSection) -> Iterator[Block]:
    """When cases are opened, by weekday and hour of the policy's zone."""
    by_hour = report.service.by_hour
    most, weekday, hour = max(
        ((times, -day, -hour) for day, hours in enumerate(by_hour) for hour, times in enumerate(hours)),
        default=(0, 0, 0),
    )
    if not most:
        yield Paragraph(say("empty.section"))
        return
    hours: dict[str, Told] = {"hour": f"{-hour:02}", "until": f"{1 - hour:02}"}
    busiest = say("arrivals.busiest", weekday=NamedTerm("weekday", str(-weekday)), **hours, cases=most)
    yield Figure(say("arrivals.figure"), busiest, partial(hour_map, by_hour))
