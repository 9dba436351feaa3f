"""A journal as lines of JSON, to be kept or read into another store.

The first line names the format, the last counts the entries; each other one is an entry with its account, the
fingerprint of what was asked where a booking begins, and its digest in the chain of the account (:class:`Seal`). Every
line ends with a check over itself and all lines before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from servicekit.loyalty.journal.entry_json import entry_text
from servicekit.loyalty.journal.seal import chained
from servicekit.loyalty.store import LedgerStore

FORMAT = "points-journal/1"


def check_of(before: str, body: str) -> str:
    """The check of a line, given that of the line before it."""
    return sha256(f"{before}{body}".encode()).hexdigest()[:16]


def journal_lines(store: LedgerStore, closed_through: date | None) -> Iterator[str]:
    """The lines of a store's journal, without line breaks; a string of ASCII each."""
    check = ""
    for body in _bodies(store, closed_through):
        check = check_of(check, body)
        yield f'{body[:-1]},"check":"{check}"}}'


def _bodies(store: LedgerStore, closed_through: date | None) -> Iterator[str]:
    yield _text({"format": FORMAT, "closed_through": None if closed_through is None else closed_through.isoformat()})
    digests: dict[str, str] = {}
    count = 0
    for entry, asked, _ in store.lines():
        count += 1
        text = entry_text(entry)
        digest = digests[entry.account] = chained(digests.get(entry.account, ""), text)
        told = f',"asked":{_text(asked)}' if asked else ""
        yield f'{{"account":{_text(entry.account)}{told},"entry":{text},"hash":"{digest}"}}'
    yield _text({"entries": count})


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
