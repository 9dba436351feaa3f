"""The one door to every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, get_args

from servicekit.reports import markdown, text
from servicekit.reports.content import blocks
from servicekit.reports.record import as_record

if TYPE_CHECKING:
    from servicekit.desk import DeskReport

__all__ = ["FORMATS", "ReportFormat", "render"]

ReportFormat = Literal["text", "json", "markdown"]
FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
"""Every format that :func:`render` knows."""


def render(report: DeskReport, format: ReportFormat = "text") -> str:
    """The report in one of :data:`FORMATS`, ending in a line break.

    ``text`` and ``markdown`` are for people and round percentages for display, never to 100 % unless all is met;
    ``json`` has the exact counts.

    >>> from servicekit.desk import DeskReport
    >>> empty = DeskReport("Hotline", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    >>> print(render(empty).splitlines()[0])
    Hotline

    Raises:
        ValueError: there is no such format.
    """
    match format:
        case "text":
            return text.lay_out(blocks(report))
        case "markdown":
            return markdown.lay_out(blocks(report))
        case "json":
            return json.dumps(as_record(report), ensure_ascii=False, indent=2) + "\n"
    raise ValueError(f"no format named {format!r}; known: {', '.join(FORMATS)}")
