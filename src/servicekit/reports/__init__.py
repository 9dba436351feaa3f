"""Reports that people read: a frozen result in, a text out.

What lives here: :func:`render` turns a :class:`~servicekit.desk.DeskReport` into text, Markdown or JSON.
``content`` decides what a report says, as blocks; ``text`` and ``markdown`` only lay the blocks out, ``record`` gives
the exact counts as plain data. Nothing is computed here but percentages for display.

It may import every room up to ``desk``. To add a format, write one file that lays out the blocks of ``content`` and
name it in :func:`render`.
"""

from servicekit.reports.render import FORMATS, ReportFormat, render
from servicekit.reports.text import aligned, display_width

__all__ = ["FORMATS", "ReportFormat", "aligned", "display_width", "render"]
