"""The fast path leaves in a file what the ordinary way leaves there, to the last column of every table."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicekit.loyalty import (
    Adjust,
    Booking,
    Command,
    Earn,
    FixedTerms,
    Hold,
    Ledger,
    Redeem,
    Reverse,
    Terms,
    Transfer,
)
from servicekit.loyalty.fast_path import FastPath
from servicekit.loyalty.journal.fingerprint import fingerprint, plain_fingerprint
from servicekit.loyalty.rejected import Rejected
from servicekit.stores import SqliteStore, tables
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms

NINE, DAY = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
PLAIN = Terms("points", expires_on=lambda earned_on: earned_on + 30 * DAY)
SLOWLY = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
ACCOUNTS, WORDS = ("m-1", "m-2", "会员"), (None, "gift", 'of "two"')


class Files:
    """New files in a folder; of two of the same commands, one is written without the fast path."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0

    def written(self, terms: Terms, batches: Sequence[Sequence[Command]], *, is_fast: bool) -> tuple[object, object]:
        """What was answered, and the rows of every table."""
        self._made += 1
        path = self._folder / f"{self._made}.db"
        with SqliteStore(path, durable=False) as store, pytest.MonkeyPatch.context() as patch:
            if not is_fast:
                patch.setattr(FastPath, "book", lambda *_: None)
            ledger = Ledger(FixedTerms(terms), store)
            answers = [[said(answer) for answer in ledger.apply_many(batch)] for batch in batches]
        return answers, dump(path)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def said(answer: Booking | Rejected) -> object:
    return (type(answer), str(answer)) if isinstance(answer, Rejected) else answer


def dump(path: Path) -> dict[str, list[object]]:
    connection = sqlite3.connect(path)
    found = {table.name: list(connection.execute(f"SELECT * FROM {table.name}")) for table in tables.TABLES}
    connection.close()
    return found


def in_batches(commands: Sequence[Command], sizes: Sequence[int]) -> list[Sequence[Command]]:
    places = [0]
    for size in sizes:
        places.append(places[-1] + size)
    return [commands[first:last] for first, last in zip(places, [*places[1:], len(commands)], strict=True)]


def mixed_commands() -> st.SearchStrategy[list[Command]]:
    """Mostly plain earns and redemptions, and between them what moves the same lots the ordinary way."""
    numbers = st.tuples(st.integers(0, 11), st.integers(1, 30), st.integers(0, 2), st.integers(0, 30))
    return st.lists(numbers, max_size=60).map(lambda each: [command(place, *four) for place, four in enumerate(each)])


def command(place: int, verb: int, points: int, who: int, back: int) -> Command:
    account = ACCOUNTS[who]
    order: dict[str, Any] = {"at": NINE + place * DAY / 4, "key": f"k-{place}", "reason": WORDS[back % 3]}
    match verb:
        case 0:
            return Reverse(f"k-{max(place - back, 0)}", None if back % 2 else 1, **order)
        case 1:
            return Hold(account, points, (NINE + (place + back) * DAY / 4).date() + DAY, **order)
        case 2:
            return Transfer(account, ACCOUNTS[who - 1], points, **order)
        case 3:
            return Adjust(account, points - 20, actor="agent-7", **{**order, "reason": "goodwill"})
        case 4 | 5 | 6:
            return Redeem(account, points, **order)
        case _:
            return Earn(account, points, actor="till-3" if back == 7 else None, **order)


@SLOWLY
@given(st.just(PLAIN) | ledger_terms(), mixed_commands() | ledger_commands(max_size=30), st.lists(st.integers(1, 25)))
def test_both_ways_leave_the_same_tables(
    files: Files, terms: Terms, commands: Sequence[Command], sizes: Sequence[int]
) -> None:
    batches = in_batches(commands, sizes)
    assert files.written(terms, batches, is_fast=True) == files.written(terms, batches, is_fast=False)


def test_plain_commands_take_the_fast_path_and_what_lies_between_them_sees_them(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, taken = FastPath.book, list[bool]()

    def counted(self: FastPath, *told: object) -> object:
        row = book(self, *told)  # type: ignore[arg-type]
        taken.append(row is not None)
        return row

    commands: list[Command] = [
        *(Earn("m-1", 30, at=NINE, key=key) for key in "abc"),
        *(Redeem("m-1", 50, at=NINE, key="d"), Redeem("m-1", 50, at=NINE, key="d"), Reverse("d", 45, at=NINE, key="e")),
        *(Redeem("m-1", 80, at=NINE, key="f"), Reverse("b", at=NINE, key="g")),
    ]
    ordinary = files.written(PLAIN, [commands], is_fast=False)
    monkeypatch.setattr(FastPath, "book", counted)
    assert files.written(PLAIN, [commands], is_fast=True) == ordinary
    assert taken == [True, True, True, True, False, False, True, False]


def test_more_rows_than_go_into_one_statement_are_all_written(files: Files) -> None:
    commands = [Earn(f"m-{place % 7}", 1 + place, at=NINE + place * DAY / 99, key=f"k-{place}") for place in range(500)]
    _, fast = files.written(PLAIN, [commands], is_fast=True)
    assert fast == files.written(PLAIN, [commands], is_fast=False)[1]
    assert isinstance(fast, dict)
    assert [len(fast[name]) for name in ("points_entries", "points_bookings", "points_lots")] == [500, 500, 500]


def test_answers_can_be_read_when_the_store_is_closed(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "points.db") as store:
        ledger = Ledger(FixedTerms(PLAIN), store)
        ledger.apply(Earn("m-1", 30, at=NINE, key="a"))
        answers = ledger.apply_many([Earn("m-1", 20, at=NINE, key="b"), Redeem("m-1", 40, at=NINE, key="c")])
        known = ledger.apply(Redeem("m-1", 40, at=NINE, key="c"))
    [booking] = (answer for answer in answers[1:] if isinstance(answer, Booking))
    assert [(lot.origin, points) for lot, points in booking.allocations] == [("a", 30), ("b", 10)]
    assert known == booking._replace(replayed=True)


@given(st.text(), st.integers(1, 2**53), st.none() | st.text())
def test_the_digest_of_a_plain_command_is_that_of_any_command(account: str, points: int, reason: str | None) -> None:
    earn, redeem = (kind(account, points, at=NINE, reason=reason) for kind in (Earn, Redeem))
    assert plain_fingerprint("earn", account, points, reason) == fingerprint(earn)
    assert plain_fingerprint("redeem", account, -points, reason) == fingerprint(redeem)
