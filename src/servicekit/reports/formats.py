"""Reports, comparisons and answers on customers in every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, get_args

from servicekit.desk import DeskReport
from servicekit.reports.blocks.block_records import block_records
from servicekit.reports.blocks.comparison_blocks import comparison_blocks
from servicekit.reports.blocks.desk_blocks import desk_blocks
from servicekit.reports.comparison_record import comparison_record
from servicekit.reports.record import as_record
from servicekit.reports.text import csv_tables, markdown, plain_text
from servicekit.reports.words.languages import Language, languages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from servicekit.desk import Intake
    from servicekit.reports.blocks.block import Block
    from servicekit.reports.customers import SegmentAnswer, TierAnswer
    from servicekit.reports.periods.period_report import PeriodReport
    from servicekit.whatif import Comparison


ReportFormat = Literal["text", "json", "markdown", "html", "csv", "email"]
"""A name of a format that :func:`render` knows."""
FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
"""Every format that :func:`render` knows."""


def render(report: DeskReport | PeriodReport, format: ReportFormat = "text", *, language: Language = "en") -> str:
    """The report in one of :data:`FORMATS`, ending in a line break.

    ``text`` and ``markdown`` are for people and round percentages for display, never to 100 % unless all is met;
    ``html`` is a whole file for a browser and for paper, which fetches nothing; ``email`` the body of a mail, with the
    first sections of a long report. ``json`` has the exact counts, ``csv`` the tables with exact numbers. What they say
    is in English, in Chinese (``language="zh"``), in both, or in the words of a :class:`ReportWords`; names
    and texts of the policy and the data stay as they are.

    >>> from servicekit.desk import DeskReport
    >>> empty = DeskReport("Hotline", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    >>> print(render(empty).splitlines()[0])
    Hotline

    Raises:
        ValueError: the format or the language is unknown.
    """
    blocks = report_blocks(report)

    def record() -> Mapping[str, object]:
        return as_record(report) if isinstance(report, DeskReport) else block_records(blocks)

    return _laid_out(format, language, blocks, record)


def report_blocks(report: DeskReport | PeriodReport) -> tuple[Block, ...]:
    """What a report says, from top to bottom, without a layout and without a language.

    >>> from servicekit.desk import DeskReport
    >>> empty = DeskReport("Hotline", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    >>> report_blocks(empty)[0].text
    'Hotline'
    """
    if isinstance(report, DeskReport):
        return tuple(desk_blocks(report))
    from servicekit.reports.periods.period_blocks import period_blocks  # a report of all cases needs no sections

    return tuple(period_blocks(report))


def render_comparison(
    comparison: Comparison,
    format: ReportFormat = "text",
    *,
    language: Language = "en",
    intake: Intake[object] | None = None,
    flips: int = 5,
) -> str:
    """A comparison of two policies in one of :data:`FORMATS`, ending in a line break.

    ``intake`` is where the cases came from: with it, the report also counts the records that made no case. At most
    ``flips`` flips are shown of each change, and how many there are.

    >>> from datetime import UTC, datetime
    >>> from servicekit.whatif import Comparison, PolicyName
    >>> names = PolicyName("Hotline", "1"), PolicyName("Hotline", "2")
    >>> print(render_comparison(Comparison(names, datetime(2026, 1, 5, tzinfo=UTC), "UTC", ())).splitlines()[0])
    Hotline 1 -> Hotline 2

    Raises:
        ValueError: the format or the language is unknown.
    """
    shown = comparison_blocks(comparison, intake, flips)
    return _laid_out(format, language, shown, lambda: comparison_record(comparison, intake, flips))


def render_tiers(
    answer: TierAnswer,
    format: ReportFormat = "text",
    *,
    language: Language = "en",
    title: str = "Tiers",
    intake: Intake[object] | None = None,
) -> str:
    """Where all customers stand, where one stands, or how two programmes differ, in one of :data:`FORMATS`.

    ``title`` says whose tiers they are; ``intake`` is where the events came from, of which the report then counts
    those that are missing. A :class:`MemberTier` is told
    with what is promised to that customer.

    >>> from datetime import date
    >>> from servicekit.tiers import TierProgram
    >>> engine = TierProgram.parse("{currency: CNY, levels: {normal: {}}}").compile()
    >>> print(render_tiers(engine.fold([], date(2026, 6, 30)), title="shop 1").splitlines()[2])
    Customers stand as they do at the end of 2026-06-30.

    Raises:
        ValueError: the format or the language is unknown.
    """
    from servicekit.reports.customers import tier_blocks, tier_record  # a report of tickets needs no tiers

    shown = tier_blocks(answer, title, intake)
    return _laid_out(format, language, shown, lambda: tier_record(answer, title, intake))


def render_segments(
    answer: SegmentAnswer,
    format: ReportFormat = "text",
    *,
    language: Language = "en",
    title: str = "Segments",
    intake: Intake[object] | None = None,
) -> str:
    """Who customers are, or whom to contact, in one of :data:`FORMATS`; of a list people are shown the beginning.

    ``title`` and ``intake`` are as for :func:`render_tiers`.

    >>> from servicekit.segments import OutreachPlan
    >>> print(render_segments(OutreachPlan((), ()), title="dormant").splitlines()[2])
    Nobody is to be contacted.

    Raises:
        ValueError: the format or the language is unknown.
    """
    from servicekit.reports.customers import segment_blocks, segment_record  # a report of tickets needs no segments

    return _laid_out(
        format, language, segment_blocks(answer, title, intake), lambda: segment_record(answer, title, intake)
    )


def _laid_out(
    format: ReportFormat, language: Language, shown: Iterable[Block], record: Callable[[], Mapping[str, object]]
) -> str:
    blocks, spoken = tuple(shown), languages(language)
    match format:
        case "text":
            return "\n\n".join(plain_text.lay_out(blocks, words) for words in spoken)
        case "markdown":
            return "\n".join(markdown.lay_out(blocks, words) for words in spoken)
        case "json":
            return json.dumps(record(), ensure_ascii=False, indent=2) + "\n"
        case "html":
            from servicekit.reports.html import page  # a report in a terminal needs no styles

            return page.lay_out(blocks, spoken)
        case "csv":
            return "\n".join(csv_tables.lay_out(blocks, words) for words in spoken)
        case "email":
            from servicekit.reports.html import mail_body  # which draws nothing

            return mail_body.lay_out(blocks, spoken)
    raise ValueError(f"no format named {format!r}; known: {', '.join(FORMATS)}")
