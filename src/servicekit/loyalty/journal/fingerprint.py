"""What a command asks for, as a digest that any process and any store works out alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from json.encoder import encode_basestring_ascii

from servicekit.loyalty.command import Command, asked
from servicekit.timeline import to_us


def fingerprint(command: Command) -> str:
    """A digest of what a command asks for.

    >>> from datetime import UTC
    >>> from servicekit.loyalty.command import Redeem
    >>> fingerprint(Redeem("m-1", 50, at=datetime(2026, 1, 5, 9, tzinfo=UTC)))
    '9fd5ab48651aeddefbc8f8be945da042'
    """
    return _digest(_JSON.encode(asked(command)))


def plain_fingerprint(kind: str, account: str, points: int, reason: str | None) -> str:
    """The digest of what an earn or a redemption asks for that has nothing special about it, by what it has booked.

    >>> plain_fingerprint("redeem", "m-1", -50, None)
    '9fd5ab48651aeddefbc8f8be945da042'
    """
    why, whose = "null" if reason is None else encode_basestring_ascii(reason), encode_basestring_ascii(account)
    if kind == "earn":
        return _digest(f'["Earn",[null,null,{why},{whose},{points},null,null,null]]')
    return _digest(f'["Redeem",[null,null,{why},{whose},{-points},false]]')


def _digest(text: str) -> str:
    digest = _EMPTY.copy()  # faster than a new one
    digest.update(text.encode())
    return digest.hexdigest()


_EMPTY = blake2b(digest_size=16)


def _plain(value: object) -> object:
    """Parts of commands as JSON has them; equal values alike, as an amount of 1.5 and one of 1.50."""
    if is_dataclass(value):
        return [type(value).__name__, *(getattr(value, each.name) for each in fields(value))]
    if isinstance(value, datetime):
        return to_us(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return str(Fraction(value))
    if isinstance(value, Mapping):
        return sorted(value.items())
    if isinstance(value, Set):
        return sorted(value)
    raise TypeError(f"a command cannot hold {value!r}")


_JSON = json.JSONEncoder(default=_plain, separators=(",", ":"))
