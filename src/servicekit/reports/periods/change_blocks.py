"""The section on changes of the policy: what a replay by another version of it tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from servicekit.reports.blocks.block import Block, Heading, Paragraph
from servicekit.reports.blocks.comparison_blocks import comparison_blocks
from servicekit.reports.blocks.told import say
from servicekit.reports.blocks.unquoted_problems import unquoted
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.templates.section import ChangeSection
from servicekit.whatif import SidedProblems


def change_blocks(report: PeriodReport, _: ChangeSection) -> Iterator[Block]:
    """The comparison of two versions, a level below the section."""
    if report.changes is None:
        yield Paragraph(say("empty.changes"))
        return
    problems = SidedProblems(*map(unquoted, report.changes.problems))
    for block in comparison_blocks(replace(report.changes, problems=problems), None, 0):
        yield Heading(block.text, block.level + 2 if block.level == 1 else 3) if isinstance(block, Heading) else block
