"""What a verb of points answers, printed as text, Markdown or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servicekit._safe_text import with_codes
from servicekit.errors import ProblemGroup
from servicekit.layout import Table

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class PrintedAnswer:
    """A title, and rows that are all alike; ``facts`` stand before them.

    >>> PrintedAnswer("Balance", {"member": "m-1"}, [{"currency": "points", "available": 1200}]).text()
    'Balance\\n\\nmember: m-1\\n\\ncurrency  available\\npoints        1,200\\n'
    """

    title: str
    facts: Mapping[str, Cell]
    rows: Sequence[Mapping[str, Cell]] = ()

    def show(self, form: str) -> None:
        """Print in one of the three forms."""
        sys.stdout.write({"json": self.json, "markdown": self.markdown}.get(form, self.text)())

    def text(self) -> str:
        """For a terminal."""
        lines = [with_codes(self.title)]
        if facts := self._told():
            lines += ["", *(with_codes(f"{name}: {_shown(value)}") for name, value in facts)]
        if self.rows:
            lines += ["", self._table().text()]
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """For a document."""
        facts = "\n".join(f"- {name}: {_shown(value)}" for name, value in self._told())
        table = [self._table().markdown()] if self.rows else []
        return "\n\n".join(part for part in (f"# {self.title}", facts, *table) if part) + "\n"

    def json(self) -> str:
        """For a program; numbers are numbers."""
        record = {"title": self.title, **self.facts, "rows": [dict(row) for row in self.rows]}
        return json.dumps(record, ensure_ascii=False, indent=2) + "\n"

    def _told(self) -> list[tuple[str, Cell]]:
        return [(name, value) for name, value in self.facts.items() if value is not None]

    def _table(self) -> Table:
        head = tuple(self.rows[0])
        labels = next(
            (place for place, name in enumerate(head) if any(isinstance(row[name], int) for row in self.rows)),
            len(head),
        )
        return Table(head, [tuple(map(_shown, row.values())) for row in self.rows], labels=labels)


def _shown(value: Cell) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else value


def problem_rows(groups: Iterable[ProblemGroup]) -> list[dict[str, Cell]]:
    """Problems as rows: how many of each code, and the first.

    >>> problem_rows([])
    []
    """
    return [{"problem": each.code, "times": each.times, "first": _line(each)} for each in groups]


def _line(group: ProblemGroup) -> str:
    first = group.examples[0]
    return f"{first.path}: {first.message}" + (f"; {first.hint}" if first.hint else "")
