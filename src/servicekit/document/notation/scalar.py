"""What a plain scalar means: the core schema of YAML 1.2, exact.

``true`` and ``false`` are booleans, ``null`` and ``~`` are None, ``12``, ``0o14`` and ``0xC`` are whole
numbers, ``0.1`` and ``1e3`` are ``Decimal``. All else is text: ``no``, ``on``, ``17:30``, ``2026-01-01``.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

Scalar = str | int | Decimal | bool | None

MAX_DIGITS = 400
"""How long a number may be, and how far its exponent may reach; more is a slip or an attack, no quantity."""

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), Decimal("Infinity")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), Decimal("-Infinity")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), Decimal("NaN")),
}
_STARTS = frozenset("+-.0123456789")
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|(?P<octal>0o[0-7]+)|(?P<hex>0x[0-9a-fA-F]+)"
    r"|(?P<decimal>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)


def plain_value(text: str) -> Scalar:
    """What an unquoted scalar stands for.

    >>> [plain_value(text) for text in ("0.10", "17:30", "no", "true", "~", "0x1F", "1.2.3")]
    [Decimal('0.10'), '17:30', 'no', True, None, 31, '1.2.3']

    Raises:
        OverflowError: a number longer than ``MAX_DIGITS``, or an exponent beyond it.
    """
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _STARTS else text


def _number(text: str) -> Scalar:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    if len(text) > MAX_DIGITS:
        raise OverflowError(f"a number of {len(text):,} characters is out of range")
    match match.lastgroup:
        case "whole":
            return int(text)
        case "octal":
            return int(text[2:], 8)
        case "hex":
            return int(text[2:], 16)
        case _:
            return exact(text)


def exact(text: str) -> Decimal:
    """The decimal number of a text, with just the digits written.

    >>> exact("0.10")
    Decimal('0.10')

    Raises:
        OverflowError: it is too long, or a digit lies more than ``MAX_DIGITS`` places from the point.
    """
    if len(text) > MAX_DIGITS:
        raise OverflowError(f"a number of {len(text):,} characters is out of range")
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond what the decimal module can hold
        raise OverflowError(f"the exponent of {text[:40]} is out of range") from None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and max(abs(exponent), abs(number.adjusted())) > MAX_DIGITS:
        raise OverflowError(f"the exponent of {text[:40]} is out of range")
    return number
