"""How many columns of a terminal a text takes, and two ways to show characters that cannot be printed."""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


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


def with_codes(text: str) -> str:
    """The text with the code of each character that steers terminals, turns directions, or breaks the line.

    >>> print(with_codes("a\\x1b[1mb\\n"))
    a\\x1b[1mb\\n
    """
    if text.isprintable():
        return text
    return "".join(ascii(char)[1:-1] if category(char) in _UNSAFE else char for char in text)
