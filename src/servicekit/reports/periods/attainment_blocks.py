"""Sections on promises: how many were kept, by what, and what became of those of older cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import add

from servicekit.desk.service_period.breakdown_line import BreakdownLine
from servicekit.reports.blocks.block import Block, GroupedTable, Items, Paragraph
from servicekit.reports.blocks.desk_blocks import TallyRow, desk_rows, group_label, tally_tables
from servicekit.reports.blocks.told import NamedTerm, Told, say
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.periods.small_groups import too_small
from servicekit.reports.templates.section import AttainmentSection, CarriedSection
from servicekit.sla import Attainment

_TITLES = say("attainment.counts"), say("attainment.shares")


def attainment_blocks(report: PeriodReport, section: AttainmentSection) -> Iterator[Block]:
    """Promises of cases that were opened in the period, by channel, tier or issue type; the first explains words."""
    groups = [_blanked(rows, report.template.min_n) for rows in _groups(report, section)]
    if groups:
        is_first = section == next(each for each in report.template.sections if isinstance(each, AttainmentSection))
        yield from tally_tables(groups, section.by, _TITLES, level=3, has_legend=is_first)


def _groups(report: PeriodReport, section: AttainmentSection) -> Sequence[Sequence[TallyRow]]:
    service = report.service
    if section.by == "channel":
        return desk_rows(service.report, "promise")
    lines = [line for line in service.breakdown if line.dimension == section.by]
    labels = service.labels.get(section.by, {})
    return [_rows([line for line in lines if line.metric == metric], labels) for metric in service.report.metrics]


def _rows(lines: Sequence[BreakdownLine], labels: Mapping[str, str]) -> Sequence[TallyRow]:
    rows = [
        TallyRow(NamedTerm("promise", line.metric), group_label(line.value, labels, line.dimension), line.attainment)
        for line in lines
    ]
    total = reduce(add, (line.attainment for line in lines), Attainment())
    return [*rows, *(TallyRow(row.metric, say("group.all"), total) for row in rows[:1])]


def _blanked(rows: Sequence[TallyRow], least: int) -> Sequence[TallyRow]:
    """The rows of one metric, the last of which is the total, without the figures of groups that are too small; where
    no group is left to be told, the total alone."""
    small = too_small([row.tally.total if row.tally else 0 for row in rows[:-1]], least)
    if 0 < len(rows) - 1 == len(small):
        return rows[-1:]
    return [row._replace(tally=None) if place in small else row for place, row in enumerate(rows)]


def carried_blocks(report: PeriodReport, _: CarriedSection) -> Iterator[Block]:
    """Promises of cases that were opened before the period, and decided in it."""
    carried = report.service.carried
    if not carried:
        yield Paragraph(say("empty.carried"))
        return
    head: tuple[Told, ...] = (
        say("column.metric"),
        *(NamedTerm("outcome", name) for name in ("met", "met_late", "missed")),
    )
    rows = tuple(
        (
            NamedTerm("promise", each.metric),
            each.attainment.met,
            each.attainment.met_late,
            each.attainment.missed,
            each.settled,
        )
        for each in carried
    )
    yield GroupedTable((*head, say("carried.settled")), (rows,), labels=1, has_totals=False)
    yield Items(((say("carried.settled"), say("carried.meaning")),), is_legend=True)
