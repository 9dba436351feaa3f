"""The section on changes of the policy: what a replay by another version of it tells."""

from __future__ import annotations

from collections.abc import Iterator

from servicekit.reports.blocks.block import Block, Heading, Paragraph
from servicekit.reports.blocks.comparison_blocks import comparison_blocks
from servicekit.reports.blocks.told import say
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.templates.section import ChangeSection


def change_blocks(report: PeriodReport, _: ChangeSection) -> Iterator[Block]:
    """The comparison of two versions, a level below the section."""
    if report.changes is None:
        yield Paragraph(say("empty.changes"))
        return
    for block in comparison_blocks(report.changes, None, 0):
        yield Heading(block.text, block.level + 2 if block.level == 1 else 3) if isinstance(block, Heading) else block
