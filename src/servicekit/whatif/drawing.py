"""A comparison as a table for notebooks; standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from servicekit.quantity import points_text
from servicekit.sla import Convention
from servicekit.whatif.line import ComparedLine
from servicekit.whatif.transitions import CHANGES

__all__ = ["drawn"]

_CONVENTION: Convention = "promised"


def drawn(caption: str, by: str | None, lines: Iterable[ComparedLine]) -> str:
    """The lines as one HTML table: kept promises before and after as counts, the difference, and who moved."""
    head = ("metric", *([by] if by else []), "before", "after", "points", *CHANGES)
    body = (_cells(line, grouped=by is not None) for line in lines)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in body)
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    return (
        f"<table><caption>{escape(caption)}; met of promised</caption>"
        f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cells(line: ComparedLine, *, grouped: bool) -> tuple[str, ...]:
    group = ("all" if line.group is None else line.group,) if grouped else ()
    shares = (f"{line.before.ratio(_CONVENTION)}", f"{line.after.ratio(_CONVENTION)}")
    changes = (str(line.transitions.times(change)) for change in CHANGES)
    return (line.metric, *group, *shares, points_text(line.difference(_CONVENTION)), *changes)
