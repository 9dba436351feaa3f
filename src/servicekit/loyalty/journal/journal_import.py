"""A journal that was written out, read into a store that is empty: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from servicekit.loyalty.decisions.reverse import undone
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.journal.journal_reader import JournalReader, ReadLine
from servicekit.loyalty.rejected import IdempotencyConflictError, NameTakenError
from servicekit.loyalty.store import Posting, Transaction

_AT_ONCE = 5_000


def read_into(transaction: Transaction, reader: JournalReader) -> int:
    """Write the entries of a journal within a transaction, and say how many they were.

    Raises:
        IdempotencyConflictError: a key stands for two bookings.
        JournalError: a line was changed, moved or removed, or holds what no ledger books.
        NameTakenError: an account of the journal is in the store already.
    """
    count, keys = 0, set[str]()
    for group in _groups(reader):
        count += len(group)
        names = sorted({line.entry.account for line in group})
        _lock(transaction, [name for name in names if name not in reader.audits])
        for line in group:
            reader.take(line)
        for posting in _postings(group, keys):
            transaction.add(posting)
        transaction.keep([reader.audits[name].state for name in names])
    if reader.closed_through is not None:
        transaction.close_period(reader.closed_through)
    return count


def _lock(transaction: Transaction, names: Sequence[str]) -> None:
    taken = [name for name, state in transaction.lock(names, ()).items() if state.version]
    if taken:
        raise NameTakenError(f"the store has an account {taken[0]!r} already; read a journal into an empty store")


def _groups(lines: Iterable[ReadLine]) -> Iterator[list[ReadLine]]:
    """Some thousand lines at a time, never parting those of one booking."""
    group: list[ReadLine] = []
    for line in lines:
        if len(group) >= _AT_ONCE and (line.entry.derived or line.entry.key != group[-1].entry.key):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _postings(lines: Iterable[ReadLine], keys: set[str]) -> Iterator[Posting]:
    for key, run in groupby(lines, key=lambda line: "" if line.entry.derived else line.entry.key):
        group = list(run)
        entries = tuple(line.entry for line in group)
        if not key:
            yield Posting("", None, entries)
            continue
        if key in keys:
            raise IdempotencyConflictError(f"the key {key!r} stands for two bookings")
        keys.add(key)
        yield Posting(key, group[0].asked or "", entries, _reverses(entries))


def _reverses(entries: Sequence[Entry]) -> tuple[str, int] | None:
    of = next((entry.of for entry in entries if entry.kind == "reverse"), None)
    return None if of is None else (of, undone(entries))
