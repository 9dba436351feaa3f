"""How many columns of a terminal a text takes, as much of it as fits, and what stands for what cannot be printed."""

from __future__ import annotations

from itertools import accumulate, takewhile
from unicodedata import combining, east_asian_width


def display_width(text: str) -> int:
    """How many columns of a terminal ``text`` takes: two for wide characters, none for combining marks.

    >>> display_width("chat"), display_width("在线客服"), display_width("e\\u0301")
    (4, 8, 1)
    """
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def shortened(text: str, columns: int) -> str:
    """The text, or its beginning and ``…`` where it takes more columns.

    >>> shortened("waiting", 7), shortened("waiting for", 7), shortened("在线客服", 6)
    ('waiting', 'waitin…', '在线…')
    """
    if display_width(text) <= columns:
        return text
    kept = sum(1 for _ in takewhile(lambda taken: taken < columns, accumulate(map(display_width, text))))
    return f"{text[:kept].rstrip()}…"


def printable(text: str) -> str:
    """The text with a blank for each character that steers terminals, turns directions, or may not stand in XML.

    >>> printable("a\\x1b[1mb")
    'a [1mb'
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
