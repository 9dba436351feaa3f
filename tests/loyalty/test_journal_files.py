"""A journal is written out and read in whole, or not at all; a line that was changed is found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import Purchase, PurchaseLine, Refund
from servicekit.loyalty import (
    Command,
    Earn,
    EarnPurchase,
    FixedTerms,
    JournalError,
    Ledger,
    LoyaltyProgram,
    Redeem,
    RefundPurchase,
    Terms,
)
from servicekit.loyalty.journal.entry_json import entry_of, entry_text
from servicekit.loyalty.journal.export import check_of
from servicekit.loyalty.rejected import (
    IdempotencyConflictError,
    NameTakenError,
    Rejected,
)
from servicekit.quantity import Money
from servicekit.stores import SqliteStore
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms
from tests.loyalty.test_journal import COMMANDS, DAY, NINE, RULES, booked


@given(ledger_terms(), ledger_commands(min_size=1))
def test_a_journal_read_in_is_the_journal_written_out(terms: Terms, commands: list[Command]) -> None:
    ledger, rules = booked(commands, FixedTerms(terms)), FixedTerms(terms)
    lines = list(ledger.export())
    other = Ledger(rules)
    assert other.import_journal(lines) == len(lines) - 2
    assert list(other.entries()) == list(ledger.entries())
    assert other.seals() == ledger.seals()
    assert [line.rpartition(",")[0] for line in other.export()] == [line.rpartition(",")[0] for line in lines]
    assert other.verify(ledger.seals()).problems == ()


@given(ledger_terms(), ledger_commands(min_size=1))
def test_an_entry_survives_as_text(terms: Terms, commands: list[Command]) -> None:
    for entry in booked(commands, FixedTerms(terms)).entries():
        assert entry_of(entry.account, json.loads(entry_text(entry))) == entry


def test_a_journal_moves_to_a_file_and_back(tmp_path: Path) -> None:
    ledger = booked()
    ledger.close_period(NINE.date(), NINE.date() + 30 * DAY)
    with SqliteStore(tmp_path / "one.db") as one, SqliteStore(tmp_path / "two.db") as two:
        first, second, back = Ledger(RULES, one), Ledger(RULES, two), Ledger(RULES)
        first.import_journal(ledger.export())
        for command in COMMANDS[:-1]:
            with pytest.raises(IdempotencyConflictError):
                first.apply(command)  # a store in memory forgets what it was asked
        late = Earn("m-3", 7, at=NINE + 40 * DAY, key="o-9")
        first.apply(late)
        second.import_journal(first.export())
        back.import_journal(second.export())
        assert list(second.export()) == list(first.export()) == list(back.export())
        assert [second.apply(late).replayed, back.apply(late).replayed] == [True, True]
        assert second.seals() == back.seals() == first.seals()
        assert second.verify(first.seals()).problems == ()
        with pytest.raises(Exception, match="closed period"):
            second.apply(Redeem("m-1", 1, at=NINE + 50 * DAY, on=NINE.date()))
        assert [each.state("m-1", NINE.date() + 60 * DAY).holds for each in (first, second, back)] == [{}, {}, {}]


def forged(lines: Sequence[str]) -> list[str]:
    """The lines with checks that fit them again."""
    before, made = "", []
    for line in lines:
        body = f"{line.rpartition(',')[0]}}}"
        before = check_of(before, body)
        made.append(f'{body[:-1]},"check":"{before}"}}')
    return made


@given(st.data())
def test_a_line_that_was_changed_is_refused_with_its_number_and_nothing_is_written(data: st.DataObject) -> None:
    lines = list(booked().export())
    place = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(("change", "remove", "swap", "cut", "twice"))):
        case "change":
            at = data.draw(st.integers(0, len(lines[place]) - 1))
            lines[place] = lines[place][:at] + ("x" if lines[place][at] != "x" else "y") + lines[place][at + 1 :]
            expected = place + 1
        case "remove":
            del lines[place]
            expected = min(place + 1, len(lines))
        case "swap":
            place = min(place, len(lines) - 2)
            lines[place : place + 2] = lines[place + 1], lines[place]
            expected = place + 1
        case "cut":
            lines = lines[:place]
            expected = max(place, 1)
        case _:
            lines.insert(place, lines[place])
            expected = place + 2
    ledger = Ledger(RULES)
    with pytest.raises(JournalError) as error:
        ledger.import_journal(lines, "points.jsonl")
    [problem] = error.value.problems
    assert problem.address is not None
    assert (problem.address.file, problem.address.line) == ("points.jsonl", expected)
    assert problem.hint
    assert list(ledger.entries()) == []
    assert ledger.seals() == []


@pytest.mark.parametrize(
    ("place", "old", "new", "code"),
    [
        (0, "points-journal/1", "points-journal/2", "journal.format"),
        (0, '"closed_through":null', '"closed_through":"soon"', "journal.line"),
        (1, '"available":120', '"available":120.0', "journal.line"),
        (1, '"kind":"earn"', '"kind":"steal"', "journal.line"),
        (1, '"number":1', '"number":1,"colour":"red"', "journal.line"),
        (1, '"available":120', '"available":121', "journal.sums"),
        (1, '"key":"o-1"', '"key":"o-7"', "journal.hash"),
        (1, '"key":"o-1"', '"key":""', "journal.line"),
        (1, '"key":"o-1"', '"key":"#due"', "journal.line"),
        (1, '"account":"m-1"', '"account":"m\\u0000"', "journal.line"),
        (1, '"on":"2026-01-05"', '"on":"9999-12-31"', "journal.order"),
        (1, '"recorded_us":1', '"recorded_us":9000000000000000001', "journal.order"),
        (1, '"recorded_us":1', '"recorded_us":' + "9" * 5000, "journal.line"),
        (1, '"recorded_us":1', '"recorded_us":-1', "journal.order"),
        (3, '"kind":"redeem"', '"kind":"capture"', "journal.lots"),
        (2, '"account":"m-2"', '"account":"m-1"', "journal.order"),
        (-1, '"entries":', '"entries":1', "journal.changed"),
    ],
)
def test_a_journal_that_was_forged_is_refused(place: int, old: str, new: str, code: str) -> None:
    lines = list(booked().export())
    assert old in lines[place]
    lines[place] = lines[place].replace(old, new, 1)
    with pytest.raises(JournalError) as error:
        Ledger(RULES).import_journal(forged(lines))
    assert [problem.code for problem in error.value.problems] == [code]


def test_a_journal_is_not_read_over_another() -> None:
    ledger = booked()
    with pytest.raises(NameTakenError, match="an account 'm-1' already"):
        ledger.import_journal(list(ledger.export()))
    assert ledger.verify().is_sound


SHOP = LoyaltyProgram.parse(
    """
    currency: CNY
    currencies: {points: {unit_value: 0.01 CNY, expiry: 30 days}, status: {kind: qualifying}}
    earn:
      base: {currency: points, rate: {points: 1, per: 1 CNY}, caps: {day: 150, month: 400}}
      status: {currency: status, rate: {points: 1, per: 10 CNY}}
    """
)


def test_a_journal_of_purchases_and_refunds_moves_whole(tmp_path: Path) -> None:
    engine = SHOP.compile(timezone="Asia/Shanghai")
    told: list[Command] = []
    lines = (PurchaseLine(Money.parse("49.99 CNY")),)
    for n in range(40):
        at, customer = NINE + n * timedelta(hours=17), f"m-{n % 3}"
        lines = (PurchaseLine(Money.from_minor(4_999 + 700 * n, "CNY")),)
        told.append(EarnPurchase(customer, Purchase(customer, at, f"o-{n}", lines), at=at))
        if n % 4 == 3:
            part = Money.from_minor(1_000, "CNY")
            told.append(RefundPurchase(Refund(customer, at, f"r-{n}", f"o-{n}", part), at=at))
    with SqliteStore(tmp_path / "points.db") as file:
        here, there, back = Ledger(engine), Ledger(engine, file), Ledger(engine)
        assert not any(isinstance(each, Rejected) for each in here.apply_many(told))
        there.import_journal(here.export())
        back.import_journal(there.export())
        assert list(back.entries()) == list(there.entries()) == list(here.entries())
        assert [ledger.verify(here.seals()).problems for ledger in (here, there, back)] == [(), (), ()]
        more = EarnPurchase("m-0", Purchase("m-0", NINE + 29 * DAY, "o-99", lines), at=NINE + 29 * DAY)
        first, *others = (ledger.apply(more) for ledger in (here, there, back))
        assert others == [first, first]
        there.pseudonymise("m-0", "x-0")
        assert "m-0" not in "".join(there.export())
        late = Refund("m-0", NINE + 29 * DAY, "r-99", "o-0", Money.parse("1 CNY"))
        assert there.apply(RefundPurchase(late, at=NINE + 29 * DAY)).entries[0].account == "x-0"
        assert there.verify().problems == ()


def test_a_journal_of_many_lines_is_read_in_parts(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "points.db", durable=False) as file:
        here, there = booked([Earn(f"m-{n % 7}", 3, at=NINE, key=f"o-{n}") for n in range(5_500)]), Ledger(RULES, file)
        here.apply_many(Redeem(f"m-{n % 7}", 2, at=NINE, key=f"r-{n}") for n in range(5_000))
        assert there.import_journal(here.export()) == 10_500
        assert there.seals() == here.seals()
        assert there.verify().problems == ()
