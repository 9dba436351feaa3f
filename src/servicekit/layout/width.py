"""How many columns of a terminal a text takes, and a blank for each character that cannot be printed."""

from __future__ import annotations

from unicodedata import combining, east_asian_width


def display_width(text: str) -> int:
    """How many columns of a terminal ``text`` takes: two for wide characters, none for combining marks.

    >>> display_width("chat"), display_width("在线客服"), display_width("e\\u0301")
    (4, 8, 1)
    """
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def printable(text: str) -> str:
    """The text with a blank for each character that steers terminals, turns directions, or may not stand in XML.

    >>> printable("a\\x1b[1mb")
    'a [1mb'
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
