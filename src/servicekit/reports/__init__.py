"""Reports that people read: a frozen result in, a text or a chart out.

What lives here: :func:`render` turns a :class:`~servicekit.desk.DeskReport` into text, Markdown, HTML or JSON, and
:func:`render_comparison` a :class:`~servicekit.whatif.Comparison`. ``blocks`` says what a report tells, without a
layout and without a language; ``words`` has the phrases of each language; ``text`` and ``html`` lay the
blocks out. ``record`` and ``comparison_record`` give the exact counts as plain data; ``customers`` holds the same for
tiers and segments (:func:`render_tiers`, :func:`render_segments`). Nothing is computed here but percentages for
display.
:func:`chart` (``charts``, extra ``charts``) draws the open hours of a year, clocks, the tiers of a customer, moves
between tiers, scores, points (statements, when they expire, what is owed), a desk and a period of it, and key figures:
groups beside each other, trends, control charts, distributions, cohorts, funnels, survival curves, staffing.
:func:`table` (``tables``, same extra) lays results, reports and data frames out by great_tables.

It may import every room up to ``desk`` and ``whatif``. To add a format, write one file that lays out blocks and name
it in ``formats.py``; to add a language, write a :class:`ReportWords`.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names

if TYPE_CHECKING:
    from servicekit.reports.charts.subjects import chart
    from servicekit.reports.customers.tier_blocks import MemberTier
    from servicekit.reports.formats import (
        FORMATS,
        render,
        render_comparison,
        render_segments,
        render_tiers,
    )
    from servicekit.reports.periods.period_report import Disclosure, PeriodReport
    from servicekit.reports.tables.table_of import table
    from servicekit.reports.templates.report_template import ReportTemplate
    from servicekit.reports.templates.standard_templates import STANDARD_TEMPLATES, report_template
    from servicekit.reports.words.languages import CHINESE, ENGLISH
    from servicekit.reports.words.report_words import ReportWords

__all__ = [
    "CHINESE",
    "ENGLISH",
    "FORMATS",
    "STANDARD_TEMPLATES",
    "Disclosure",
    "MemberTier",
    "PeriodReport",
    "ReportTemplate",
    "ReportWords",
    "chart",
    "render",
    "render_comparison",
    "render_segments",
    "render_tiers",
    "report_template",
    "table",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "charts.subjects": "chart",
            "customers.tier_blocks": "MemberTier",
            "periods.period_report": "Disclosure PeriodReport",
            "tables.table_of": "table",
            "templates.report_template": "ReportTemplate",
            "templates.standard_templates": "STANDARD_TEMPLATES report_template",
            "words.languages": "CHINESE ENGLISH",
            "words.report_words": "ReportWords",
            "formats": "FORMATS render render_comparison render_segments render_tiers",
        },
    )
