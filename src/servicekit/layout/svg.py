"""SVG put together from bars, lines and labels: one element without scripts, with its texts escaped.

Lengths are pixels from the upper left. Fractions are written to a tenth of a pixel, those along a bar to a hundredth.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from servicekit.layout.width import display_width, printable, shortened

INK, FAINT, LINE = "#202428", "#5d646a", "#d5d9dc"
"""Colours of text, of text beside it, and of lines behind it, on the white ground of a drawing."""


def element(tag: str, text: str | None = None, /, *, title: str = "", **attributes: float | str) -> str:
    """One element; its title shows when the pointer rests on it. ``_`` in the name of an attribute stands for ``-``.

    >>> element("text", "A & B", x=3, y=0.25, text_anchor="end", title="all")
    '<text x="3" y="0.2" text-anchor="end"><title>all</title>A &amp; B</text>'
    """
    written = "".join(f' {name.replace("_", "-")}="{_written(value)}"' for name, value in attributes.items())
    if text is None and not title:
        return f"<{tag}{written}/>"
    inner = f"<title>{_escaped(title)}</title>" if title else ""
    return f"<{tag}{written}>{inner}{_escaped(text or '')}</{tag}>"


def bar(x: float, width: float, lane: tuple[float, float], *, title: str = "", **look: float | str) -> str:
    """A horizontal bar; ``lane`` is its upper edge and its height.

    >>> bar(10, 8.125, (4, 12), fill="#2f7d5b")
    '<rect x="10.00" y="4" width="8.12" height="12" fill="#2f7d5b"/>'
    """
    top, height = lane
    return element("rect", title=title, x=f"{x:.2f}", y=top, width=f"{width:.2f}", height=height, **look)


def line(x: float, top: float, bottom: float, *, title: str = "", **look: float | str) -> str:
    """A vertical line.

    >>> line(10, 4, 16, stroke=LINE)
    '<path d="M10.0 4V16" stroke="#d5d9dc"/>'
    """
    return element("path", title=title, d=f"M{x:.1f} {top}V{bottom}", **look)


def label(x: float, y: float, text: str, *, title: str = "", fill: str = INK, **look: float | str) -> str:
    """A text that begins at ``x`` and stands on the line ``y``.

    >>> label(14, 20, "<due>", fill=FAINT)
    '<text x="14" y="20" fill="#5d646a">&lt;due&gt;</text>'
    """
    return element("text", text, title=title, x=x, y=y, fill=fill, **look)


def short_label(x: float, y: float, text: str, columns: int, **look: float | str) -> str:
    """A label of as many columns at most; where it is shortened, the whole shows when the pointer rests on it.

    >>> short_label(14, 20, "waiting for the customer", 8)
    '<text x="14" y="20" fill="#202428"><title>waiting for the customer</title>waiting…</text>'
    """
    shown = shortened(text, columns)
    return element("text", shown, title="" if shown == text else text, x=x, y=y, **{"fill": INK, **look})


def heading(x: float, y: float, text: str) -> str:
    """A label in large, bold type.

    >>> heading(14, 18, "Case C-1")
    '<text x="14" y="18" font-size="13" font-weight="bold" fill="#202428">Case C-1</text>'
    """
    return element("text", text, x=x, y=y, font_size=13, font_weight="bold", fill=INK)


def text_width(text: str, size: float = 11, *, is_bold: bool = False) -> float:
    """About how many pixels a label takes; rather too many, since fonts of readers differ.

    >>> round(text_width("in time")), round(text_width("QA 2026")), round(text_width("按时完成"))
    (44, 52, 44)
    """
    return sum(map(_ems, text)) * size * (1.12 if is_bold else 1)


def _ems(char: str) -> float:
    columns = display_width(char)
    if columns != 1:
        return columns / 2
    return 0.42 if char in _NARROW else 1.0 if char in _BROAD else 0.72 if char.isupper() or char.isdigit() else 0.64


_NARROW, _BROAD = frozenset("fijlrtI|.,:;!'()[]-/ "), frozenset("mwMW@%&")


def drawing(title: str, size: tuple[int, int], parts: Iterable[str], *, description: str = "", style: str = "") -> str:
    """The parts as one SVG element of a width and a height, on a white ground.

    Title and description are for those who cannot see the drawing; a title that shows is a :func:`heading` among the
    parts.

    >>> print(drawing("Spans", (90, 40), [], description="none"))
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40" width="90" height="40" role="img" ...
    """
    width, height = size
    styled = f'style="{_escaped(style)}" ' if style else ""
    described = element("desc", description) if description else ""
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'{styled}role="img" font-family="sans-serif" font-size="11">{element("title", title)}{described}',
            element("rect", width=width, height=height, fill="#ffffff"),
            *parts,
            "</svg>",
        )
    )


def inline(title: str, size: tuple[int, int], parts: Iterable[str]) -> str:
    """A small drawing that stands in a line of text, without a ground: what is drawn in ``currentColor`` can be read on
    a light page and on a dark one.

    >>> print(inline("up", (9, 9), [element("path", d="M0 9L9 0", stroke="currentColor")]))
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9" role="img" ...
    """
    width, height = size
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'{head} role="img" style="{_INLINE}">{element("title", title)}{"".join(parts)}</svg>'


_INLINE = "vertical-align:middle;max-width:none"
"""A page that shrinks its drawings would shrink one in a cell to nothing."""


def _written(value: float | str) -> str:
    if isinstance(value, str):
        return _escaped(value)
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def _escaped(text: str) -> str:
    return escape(printable(text))
