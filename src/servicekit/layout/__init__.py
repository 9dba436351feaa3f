"""Layout of results for people: columns of a terminal, tables, and SVG drawings. Standard library only.

What lives here: :func:`display_width` and the two ways to show unprintable characters (``width.py``);
:class:`Table`, one table as text, Markdown and HTML, and :func:`aligned`, rows without a head (``table.py``);
:func:`drawing` and its parts :func:`bar`, :func:`line`, :func:`label`, :func:`heading` and :func:`element`
(``svg.py``).

It may import ``errors`` and knows no subject: colours of meaning, words and numbers come from the room that shows
something. To add a format of tables, add a method to :class:`Table`.
"""

from servicekit.layout.svg import FAINT, INK, LINE, bar, drawing, element, heading, label, line
from servicekit.layout.table import Table, aligned, markdown_row
from servicekit.layout.width import display_width, printable, with_codes

__all__ = [
    "FAINT",
    "INK",
    "LINE",
    "Table",
    "aligned",
    "bar",
    "display_width",
    "drawing",
    "element",
    "heading",
    "label",
    "line",
    "markdown_row",
    "printable",
    "with_codes",
]
