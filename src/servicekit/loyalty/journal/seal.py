"""A chain of digests over the entries of an account, by which any change to its past is found."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from servicekit.loyalty.entry import Entry
from servicekit.loyalty.journal.entry_json import entry_text


class Seal(NamedTuple):
    """What an account was at one version: the SHA-256 of its entries up to it, each with the digest before it.

    Keep seals outside the database. Whoever changes, removes or swaps an entry afterwards, with whatever right, cannot
    make the digest come out again, and ``Ledger.verify(seals)`` tells. The name of the account is no part of it, so
    that an account may be given another one.

    >>> Seal("m-1", 0, "").version
    0
    """

    account: str
    version: int
    digest: str


def chained(digest: str, text: str) -> str:
    """The digest of a text and of all before it."""
    return sha256(f"{digest}{text}".encode()).hexdigest()


def seal_of(account: str, entries: Iterable[Entry]) -> Seal:
    """The seal of an account after all of its entries, in order."""
    digest, version = "", 0
    for entry in entries:
        digest, version = chained(digest, entry_text(entry)), entry.number
    return Seal(account, version, digest)
