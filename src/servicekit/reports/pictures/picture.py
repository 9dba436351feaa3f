"""The frame of a picture: an SVG element that shrinks with its page and has a title and a description."""

from __future__ import annotations

from collections.abc import Iterable

from servicekit.layout import svg

BLUE, ORANGE = "#0072b2", "#d55e00"
"""Two colours of Okabe and Ito's, which people who are colour-blind tell apart, on light and on dark ground."""


def picture(title: str, description: str, size: tuple[int, int], parts: Iterable[str]) -> str:
    """The parts as one SVG element without a ground; texts are in the colour of the page.

    >>> print(picture("Load", "busy on Monday", (90, 40), []))
    <svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 90 40" width="90" height="40" role="img" ...
    """
    width, height = size
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" font-family="sans-serif" font-size="11" fill="currentColor">',
            svg.element("title", title),
            svg.element("desc", description),
            *parts,
            "</svg>",
        )
    )


def text(x: float, y: float, told: str, *, anchor: str = "start") -> str:
    """A text in the colour of the page; ``anchor`` says where ``x`` is: at its start, middle or end."""
    return svg.element("text", told, x=x, y=y, text_anchor=anchor)
