"""The one way in which texts of users reach a terminal or Markdown: what could steer either is shown by its code."""

from __future__ import annotations

from unicodedata import category

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def with_codes(text: str) -> str:
    """The text with the code of each character that steers terminals, turns directions, or breaks the line.

    >>> print(with_codes("a\\x1b[1mb\\n"))
    a\\x1b[1mb\\n
    """
    if text.isprintable():
        return text
    return "".join(ascii(char)[1:-1] if category(char) in _UNSAFE else char for char in text)
