"""What every result has: rows for programs, and a table for people in whatever shows it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from servicekit._safe_text import with_codes
from servicekit.layout.table import Table

_MOST = 200
_MARKS = re.compile(r"[\\*`<\[~&$]|(?<![^\W_])_|_(?![^\W_])")


class Result(ABC):
    """An answer: ``rows()`` for programs, ``table()`` for people.

    ``print`` shows the table as text, a notebook as HTML without script, font or colour of its own, so that it can be
    read on a light page and on a dark one; what is long folds. Both show 200 rows at most. A notebook also gets the
    text, for terminals, and Markdown, which exports to other formats take.

    >>> class Staff(Result):
    ...     def rows(self):
    ...         return [{"agent": "li.wei", "cases": 12}]
    ...     def table(self):
    ...         return Table(("agent", "cases"), [("li.wei", "12")], labels=1, caption="March")
    >>> print(Staff())
    March
    agent   cases
    li.wei     12
    >>> sorted(Staff()._repr_mimebundle_())
    ['text/html', 'text/markdown', 'text/plain']
    """

    __slots__ = ()

    @abstractmethod
    def rows(self) -> Iterable[Mapping[str, object]]:
        """Rows of plain, exact values, all with the same columns; :func:`servicekit.frames.to_frame` takes them."""

    @abstractmethod
    def table(self) -> Table:
        """What people read; it may show less than the rows have, or sums of them."""

    def __str__(self) -> str:
        """The table as a terminal shows it."""
        table = self.table()
        above = [with_codes(table.caption)] if table.caption else []
        return "\n".join((*above, table.first(_MOST).text(), *_left_out(table)))

    def _repr_html_(self) -> str:
        return self.table().folded_html()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        # Without it a notebook would keep ``repr`` as the text; whoever asks selects among the forms.
        return {"text/plain": str(self), "text/markdown": _markdown(self.table()), "text/html": self._repr_html_()}


def _markdown(table: Table) -> str:
    """The table as Markdown in which texts stay texts."""
    head = [escaped_markdown(cell).replace("|", "\\|") for cell in table.head]
    rows = [[escaped_markdown(cell) for cell in row] for row in table.rows[:_MOST]]
    caption = [f"**{with_codes(escaped_markdown(table.caption))}**", ""] if table.caption else []
    below = ["", more] if (more := "".join(_left_out(table))) else []
    return "\n".join((*caption, Table(head, rows, table.labels).markdown(), *below))


def escaped_markdown(text: str) -> str:
    """The text with a backslash before what Markdown would read as a mark; a name such as ``first_response`` stays.

    >>> print(escaped_markdown("_li_ & first_response"))
    \\_li\\_ \\& first_response
    """
    return _MARKS.sub(r"\\\g<0>", text)


def _left_out(table: Table) -> Sequence[str]:
    more = len(table.rows) - _MOST
    return [f"{more:,} more rows are left out; rows() has all."] if more > 0 else []
