"""Layout of results for people: columns of a terminal, tables, and SVG drawings. Standard library only.

What lives here: :func:`display_width`, :func:`shortened` and what stands for unprintable characters (``width.py``);
:class:`Table`, one table as text, Markdown and HTML, and :func:`aligned`, rows without a head (``table.py``);
:class:`Result`, what every answer of the rooms above has: rows, and a table for terminals and notebooks
(``result.py``); ``svg``, a module of functions: ``svg.drawing`` and its parts, ``svg.bar``, ``svg.line``, ``svg.label``
and so on; :func:`spreadsheet_text`, a text in a CSV file for people (``spreadsheet.py``).

It may import ``errors`` and knows no subject: words, numbers and the meaning of colours come from the room that shows
something. To add a format of tables, add a method to :class:`Table`.
"""

from servicekit.layout import svg
from servicekit.layout.result import Result
from servicekit.layout.spreadsheet import spreadsheet_text
from servicekit.layout.table import Table, aligned, markdown_row
from servicekit.layout.width import display_width, printable, shortened

__all__ = [
    "Result",
    "Table",
    "aligned",
    "display_width",
    "markdown_row",
    "printable",
    "shortened",
    "spreadsheet_text",
    "svg",
]
