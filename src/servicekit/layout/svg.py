"""SVG put together from bars, lines and labels: one element without scripts, with its texts escaped.

Lengths are pixels from the upper left. Fractions are written to a tenth of a pixel, those along a bar to a hundredth.

Colours are written as attributes, which every viewer knows, and are those of a light page. A drawing brings one style
that says what each becomes for readers who like dark pages. Colours of marks are hues of Okabe and Ito's, dark and
bright by turns, so that people who see fewer colours can tell them apart. In light and in dark, text has a contrast of
4.5:1 at least, and marks have one of 3:1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from servicekit.layout.width import display_width, printable, shortened

GROUND, INK, FAINT, LINE = "#ffffff", "#202428", "#5d646a", "#d5d9dc"
"""Colours of a drawing's ground, of text, of text beside it, and of lines behind it."""
BLUE, RED, AMBER, VIOLET, GREY = "#0072b2", "#a83200", "#b58000", "#8f3a74", "#7d858c"
"""Colours of marks."""
TRACK, PALE_BLUE, PALE_AMBER = "#eef0f2", "#cfe5f4", "#fcf1d6"
"""Colours of areas behind marks, or within an outline; too pale to mean anything by themselves."""

DARK = {
    GROUND: "#15181b",
    INK: "#e6e9ec",
    FAINT: "#a7afb7",
    LINE: "#3b4248",
    BLUE: "#56b4e9",
    RED: "#e8622c",
    AMBER: "#f0b030",
    VIOLET: "#e0a3c6",
    GREY: "#868e95",
    TRACK: "#272c31",
    PALE_BLUE: "#1b3d54",
    PALE_AMBER: "#4d3a0e",
}
"""What each colour becomes on a dark page."""

_DARK_RULES = "".join(
    f'.sk-drawing [{kind}="{light}"]{{{kind}:{dark}}}' for light, dark in DARK.items() for kind in ("fill", "stroke")
)
STYLE = (
    f"@media screen and (prefers-color-scheme:dark){{{_DARK_RULES}}}"
    "@media print{.sk-drawing{max-width:100%;height:auto}}.sk-inline{vertical-align:middle;max-width:none}"
)
"""The style of drawings, small ones too: light on paper, where nothing scrolls, and as readers like on screens.

A page that allows only its own style sheet has this in it.
"""


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

    >>> bar(10, 8.125, (4, 12), fill=BLUE)
    '<rect x="10.00" y="4" width="8.12" height="12" fill="#0072b2"/>'
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
    """The parts as one SVG element of a width and a height, on a ground of its own, in colours for light and for dark.

    Title and description are for those who cannot see the drawing; a title that shows is a :func:`heading` among the
    parts.

    >>> print(drawing("Spans", (90, 40), [], description="none"))
    <svg xmlns="http://www.w3.org/2000/svg" class="sk-drawing" viewBox="0 0 90 40" width="90" height="40" role="img" ...
    """
    described = element("desc", description) if description else ""
    ground = element("rect", width=size[0], height=size[1], fill=GROUND)
    head = _head("sk-drawing", size, style, ' font-family="sans-serif" font-size="11"')
    return "".join((head, element("title", title), described, _STYLE_ELEMENT, ground, *parts, "</svg>"))


def inline(title: str, size: tuple[int, int], parts: Iterable[str]) -> str:
    """A small drawing that stands in a line of text, without a ground: what is drawn in ``currentColor`` can be read on
    a light page and on a dark one.

    >>> print(inline("up", (9, 9), [element("path", d="M0 9L9 0", stroke="currentColor")]))
    <svg xmlns="http://www.w3.org/2000/svg" class="sk-inline" viewBox="0 0 9 9" width="9" height="9" ...
    """
    # A page that shrinks its drawings would shrink one in a cell to nothing.
    head = _head("sk-inline", size, "vertical-align:middle;max-width:none")
    return f"{head}{element('title', title)}{''.join(parts)}</svg>"


def unstyled(drawing: str) -> str:
    """A drawing without a style of its own, for a page that allows only its own style sheet; that one has STYLE in it.

    How far the drawing may shrink is then for the page to say.

    >>> unstyled(inline("up", (9, 9), []))
    '<svg xmlns="http://www.w3.org/2000/svg" class="sk-inline" viewBox="0 0 9 9" width="9" ...
    """
    return _OWN_STYLE.sub(r"\1", drawing.replace(_STYLE_ELEMENT, ""))


_STYLE_ELEMENT = f"<style>{STYLE}</style>"
_OWN_STYLE = re.compile(r'(<svg [^<>]*?) style="[^"]*"')


def _head(kind: str, size: tuple[int, int], style: str, more: str = "") -> str:
    width, height = size
    styled = f' style="{_escaped(style)}"' if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"{styled} role="img"{more}>'
    )


def _written(value: float | str) -> str:
    if isinstance(value, str):
        return _escaped(value)
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def _escaped(text: str) -> str:
    return escape(printable(text))
