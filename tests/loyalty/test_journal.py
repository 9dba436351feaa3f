"""A journal can be checked and sealed, and gives up a name; whatever is changed in it is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.loyalty import (
    Command,
    Earn,
    Entry,
    FixedTerms,
    Hold,
    Ledger,
    MemoryStore,
    Redeem,
    Reverse,
    Terms,
    Transfer,
)
from servicekit.loyalty.journal.seal import chained
from servicekit.loyalty.rejected import (
    InvalidKeyError,
    NameTakenError,
    UnknownAccountError,
)
from servicekit.stores import SqliteStore
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = FixedTerms(Terms("points", expires_on=lambda on: on + 90 * DAY))
COMMANDS = (
    Earn("m-1", 120, at=NINE, key="o-1", reason="Tee & Kaffee 咖啡"),
    Earn("m-2", 40, at=NINE, key="o-2"),
    Redeem("m-1", 50, at=NINE + DAY, key="r-1"),
    Hold("m-1", 20, NINE.date() + 9 * DAY, at=NINE + DAY, key="h-1"),
    Transfer("m-1", "m-2", 10, at=NINE + 2 * DAY, key="t-1"),
    Reverse("r-1", 20, at=NINE + 3 * DAY, key="u-1"),
    Earn("m-1", 1, at=NINE + 20 * DAY),
)


def booked(commands: Sequence[Command] = COMMANDS, rules: FixedTerms = RULES) -> Ledger:
    ledger = Ledger(rules, MemoryStore())
    ledger.apply_many(commands)
    return ledger


@given(ledger_terms(), ledger_commands(min_size=1))
def test_a_ledger_is_sound_whatever_was_booked(terms: Terms, commands: list[Command]) -> None:
    ledger = booked(commands, FixedTerms(terms))
    seals = ledger.seals()
    found = ledger.verify(seals)
    assert found.problems == ()
    assert found.entries == len(list(ledger.entries())) == sum(seal.version for seal in seals)


class ChangedStore(MemoryStore):
    """A store whose journal somebody has rewritten, and whose projections still are what they were."""

    def __init__(self, entries: Sequence[Entry], honest: MemoryStore) -> None:
        super().__init__()
        self._told, self._honest = list(entries), honest
        self.journal, self._reversed = honest.journal, honest._reversed

    def entries(self, account: str | None = None, after: int = 0) -> Any:
        return iter([entry for entry in self._told if account in (None, entry.account)][after:])


def changed(entry: Entry, data: st.DataObject) -> Entry:
    """The same entry with another value in one of its fields."""
    name = data.draw(st.sampled_from([each for each in Entry._fields if each not in ("account", "allocations")]))
    other: dict[str, Any] = {
        "kind": "adjust" if entry.kind != "adjust" else "earn",
        "currency": "miles",
        "on": entry.on - DAY,
        "until": (entry.until or entry.on) + DAY,
        "derived": not entry.derived,
        "details": {"note": "other"},
    }
    value = getattr(entry, name)
    return entry._replace(**{name: other.get(name, value + 1 if isinstance(value, int) else f"{value}x")})


@given(st.data())
def test_any_changed_removed_or_swapped_entry_is_found_by_seals(data: st.DataObject) -> None:
    store = MemoryStore()
    ledger = Ledger(RULES, store)
    ledger.apply_many(COMMANDS)
    seals, entries = ledger.seals(), list(ledger.entries())
    place = data.draw(st.integers(0, len(entries) - 1))
    match data.draw(st.sampled_from(("change", "remove", "swap"))):
        case "change":
            entries[place] = changed(entries[place], data)
        case "remove":
            del entries[place]
        case _:
            other = data.draw(st.sampled_from([n for n in range(len(entries)) if n != place]))
            entries[place], entries[other] = entries[other], entries[place]
    is_as_before = all(
        [each for each in entries if each.account == seal.account] == list(ledger.entries(seal.account))
        for seal in seals
    )
    assert Ledger(RULES, ChangedStore(entries, store)).verify(seals).is_sound is is_as_before


def test_the_last_entries_of_an_account_cannot_be_cut_off_when_it_is_sealed() -> None:
    store = MemoryStore()
    ledger = Ledger(RULES, store)
    ledger.apply_many(COMMANDS)
    shorter = Ledger(RULES, ChangedStore([each for each in ledger.entries() if each.number < 3], store))
    codes = {problem.code for problem in shorter.verify(ledger.seals()).problems}
    assert codes == {"journal.seal", "journal.projection"}


@pytest.mark.parametrize(
    ("place", "code", "change"),
    [
        (0, "journal.sums", {"available": 121}),
        (2, "journal.lots", {"allocations": ()}),
        (3, "journal.order", {"recorded_us": 0}),
        (1, "journal.currency", {"currency": "miles"}),
        (2, "journal.sums", {"available": 50}),
        (3, "journal.sums", {"held": 40}),
        (3, "journal.sums", {"kind": "steal"}),
        (3, "journal.lots", {"kind": "capture", "available": 0, "held": -20}),
        (2, "journal.sums", {"currency": "points", "kind": "earn"}),
    ],
)
def test_what_no_ledger_books_is_found_without_seals(place: int, code: str, change: dict[str, Any]) -> None:
    store = MemoryStore()
    ledger = Ledger(RULES, store)
    ledger.apply_many(COMMANDS)
    entries = list(ledger.entries())
    if "allocations" in change:
        [(lot, points)] = entries[place].allocations
        change = {"allocations": ((lot._replace(lot_id=9), points),)}
    entries[place] = entries[place]._replace(**change)
    found = Ledger(RULES, ChangedStore(entries, store)).verify().problems
    assert code in {problem.code for problem in found}


def test_a_file_that_somebody_wrote_to_is_reported(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "points.db") as store, closing(sqlite3.connect(tmp_path / "points.db")) as beside:
        ledger = Ledger(RULES, store)
        ledger.apply_many(COMMANDS)
        beside.execute("UPDATE points_lots SET remaining = remaining + 7 WHERE account_id = 1 AND lot_id = 1")
        beside.execute("UPDATE points_days SET available = available + 7 WHERE account_id = 2")
        beside.execute("UPDATE points_bookings SET reversed_points = 0 WHERE key = 'r-1'")
        beside.commit()
        found = ledger.verify().problems
        assert [(group.code, group.times) for group in found] == [("journal.projection", 4)]
        beside.execute("DROP TRIGGER points_entries_no_update")
        beside.execute("UPDATE points_entries SET effective_on = 'never' WHERE key = 'o-2'")
        beside.commit()
        assert [group.code for group in ledger.verify().problems] == ["journal.projection", "journal.unreadable"]


def test_a_transfer_that_has_lost_a_side_is_found(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "points.db") as store, closing(sqlite3.connect(tmp_path / "points.db")) as beside:
        ledger = Ledger(RULES, store)
        ledger.apply_many(COMMANDS)
        beside.execute("DROP TRIGGER points_entries_no_delete")
        beside.execute("DELETE FROM points_entries WHERE key = 't-1' AND available > 0")
        beside.commit()
        codes = {group.code for group in ledger.verify().problems}
        assert codes == {"journal.transfers", "journal.projection"}


def test_projections_that_differ_from_the_journal_are_found() -> None:
    store = MemoryStore()
    ledger = Ledger(RULES, store)
    ledger.apply_many(COMMANDS)
    store.journal.states["m-1"].books["points"].lots[0].points += 5
    store._reversed["r-1"] = 3
    [group] = ledger.verify().problems
    assert (group.code, group.times) == ("journal.projection", 2)


def test_an_account_gives_up_its_name_and_keeps_its_journal(tmp_path: Path) -> None:
    lines = list(booked().export())
    for store in (MemoryStore(), SqliteStore(tmp_path / "points.db")):
        ledger = Ledger(RULES, store)
        ledger.import_journal(lines)
        seals, today = ledger.seals(), NINE.date() + 30 * DAY
        before = ledger.balance("m-1", today), ledger.expiring("m-1", today)
        ledger.pseudonymise("m-1", "x-1")
        assert {seal.account: seal.digest for seal in ledger.seals()} == {
            {"m-1": "x-1"}.get(seal.account, seal.account): seal.digest for seal in seals
        }
        assert (ledger.balance("x-1", today), ledger.expiring("x-1", today)) == before
        assert ledger.verify([seals[0]._replace(account="x-1"), seals[1]]).problems == ()
        assert "m-1" not in "".join(ledger.export())
        with pytest.raises(UnknownAccountError):
            ledger.balance("m-1", today)
        ledger.apply(Earn("m-1", 5, at=NINE + 60 * DAY))  # the name is free again
        ledger.apply(Redeem("x-1", 1, at=NINE + 60 * DAY))
        assert ledger.balance("m-1", today + 60 * DAY).total == 5
        assert ledger.verify().problems == ()


def test_a_name_that_is_taken_or_is_none_is_refused() -> None:
    ledger = booked()
    with pytest.raises(NameTakenError):
        ledger.pseudonymise("m-1", "m-2")
    with pytest.raises(NameTakenError):
        ledger.pseudonymise("m-1", "m-1")
    with pytest.raises(InvalidKeyError):
        ledger.pseudonymise("m-1", "")
    with pytest.raises(UnknownAccountError):
        ledger.pseudonymise("m-9", "x-9")
    assert [seal.account for seal in ledger.seals()] == ["m-1", "m-2"]


def test_a_digest_is_that_of_the_text_and_of_the_one_before() -> None:
    assert chained("", "a") != chained("a", "")[:63]
    assert chained("ab", "c") == chained("", "abc")


def test_statements_of_a_closed_period_stay() -> None:
    ledger, first, last = booked(), NINE.date(), NINE.date() + 3 * DAY
    ledger.close_period(last, last + 30 * DAY)
    before = ledger.statement("m-1", first, last), list(ledger.statement("m-1", first, last))
    ledger.apply(Reverse("r-1", at=NINE + 31 * DAY))
    ledger.apply(Reverse("o-1", 30, at=NINE + 31 * DAY))
    assert (ledger.statement("m-1", first, last), list(ledger.statement("m-1", first, last))) == before
    assert [each.on for each in ledger.entries("m-1", 7)] == [date(2026, 1, 9)] * 2


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_nothing_is_found_while_others_write(kind: str, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "points.db", durable=False) as file:
        store = MemoryStore() if kind == "memory" else file
        ledger = Ledger(RULES, store)
        ledger.apply_many(COMMANDS)

        def write(n: int) -> None:
            names = ("m-1", "m-2") if n % 2 else ("m-2", "m-1")
            for number in range(40):
                at = NINE + 30 * DAY + timedelta(seconds=number)
                ledger.apply(Earn(names[0], 3, at=at, key=f"e-{n}-{number}"))
                ledger.apply(Transfer(*names, 2, at=at, key=f"t-{n}-{number}"))

        with ThreadPoolExecutor(3) as pool:
            writers = [pool.submit(write, n) for n in range(2)]
            found = [ledger.verify() for _ in range(8)]
            exported = list(ledger.export())
            for writer in writers:
                writer.result()
        assert [each.problems for each in found] == [()] * 8
        assert Ledger(RULES).import_journal(exported) == len(exported) - 2
        assert ledger.verify().entries == len(list(ledger.entries()))
