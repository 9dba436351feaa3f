"""What is asked of a ledger agrees with its journal: statements, what expires, pools of accounts."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.loyalty import Command, Earn, FixedTerms, Hold, Ledger, Redeem, Reschedule, Terms
from servicekit.loyalty.rejected import UnknownAccountError
from servicekit.stores import SqliteStore
from servicekit.testing.strategies.loyalty.ledger_commands import ACCOUNTS, ledger_commands, ledger_terms

DAY = timedelta(days=1)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAYS = st.dates(date(2024, 1, 20), date(2024, 12, 31))


def booked(terms: Terms, commands: Sequence[Command]) -> Ledger:
    ledger = Ledger(FixedTerms(terms))
    ledger.apply_many(commands)
    return ledger


def opened(ledger: Ledger) -> list[str]:
    return [account for account in ACCOUNTS if any(ledger.entries(account))]


@given(ledger_terms(), ledger_commands(min_size=1), DAYS, DAYS)
def test_a_statement_leads_from_balance_to_balance(
    terms: Terms, commands: list[Command], one: date, other: date
) -> None:
    ledger, (first, last) = booked(terms, commands), sorted((one, other))
    for account in opened(ledger):
        statement = ledger.statement(account, first, last)
        lines = list(statement)
        assert statement.opening == ledger.balance(account, first - DAY)
        assert statement.closing == ledger.balance(account, last)
        assert statement.closing == (lines[-1].balance if lines else statement.opening)
        assert statement.opening.total + sum(statement.totals.values()) == statement.closing.total
        assert len(lines) == len(statement)
        assert [line.entry.on for line in lines] == sorted(line.entry.on for line in lines)


@given(ledger_terms(), ledger_commands(min_size=1), DAYS)
def test_two_statements_are_one_when_they_meet(terms: Terms, commands: list[Command], middle: date) -> None:
    ledger = booked(terms, commands)
    for account in opened(ledger):
        before, after = (
            ledger.statement(account, date.min, middle),
            ledger.statement(account, middle + DAY, date.max - DAY),
        )
        whole = ledger.statement(account, date.min, date.max - DAY)
        assert before.closing == after.opening
        assert [line.balance for line in (*before, *after)] == [line.balance for line in whole]


@given(ledger_terms(), ledger_commands(min_size=2), st.data())
def test_a_statement_of_what_was_known_stays_when_more_is_booked(
    terms: Terms, commands: list[Command], data: st.DataObject
) -> None:
    known = commands[: data.draw(st.integers(1, len(commands) - 1))]
    ledger = booked(terms, known)
    last = max(each.at for each in known).date()
    instant = max((each.at for each in known), default=NINE)
    accounts = opened(ledger)
    asked = {each: ledger.statement(each, date.min, last) for each in accounts}
    before = {each: list(statement) for each, statement in asked.items()}
    ledger.apply_many(commands[len(known) :])
    later = min((each.at for each in commands[len(known) :]), default=instant)
    for account in accounts:
        assert list(asked[account]) == before[account]
        if later > instant:
            assert list(ledger.statement(account, date.min, last, known_at=instant)) == before[account]


@given(ledger_terms(), ledger_commands(min_size=1))
def test_points_expire_as_was_foretold_when_nothing_else_happens(terms: Terms, commands: list[Command]) -> None:
    ledger = booked(terms, commands)
    today = max(each.at for each in commands).date()
    for account in opened(ledger):
        foretold = ledger.expiring(account, today)
        ledger.run_expiry(today + 400 * DAY, [account])
        expired: Counter[date] = Counter()
        for entry in ledger.entries(account):
            if entry.kind == "expire" and entry.on > today:
                expired[entry.on] -= entry.points
        told: Counter[date] = Counter()
        for on, points, _ in foretold:
            told[on] += points
        assert told == expired
        assert [each.on for each in foretold] == sorted(each.on for each in foretold)


@given(ledger_terms(), ledger_commands(min_size=1), DAYS, DAYS)
def test_a_pool_is_the_sum_of_its_accounts(terms: Terms, commands: list[Command], one: date, other: date) -> None:
    ledger, (first, last) = booked(terms, commands), sorted((one, other))
    accounts = opened(ledger)
    if not accounts:
        return
    pool = ledger.pool(ACCOUNTS)
    assert pool.balance(last).total == sum(ledger.balance(each, last).total for each in accounts)
    statement = pool.statement(first, last)
    assert statement.closing == pool.balance(last)
    assert len(statement) == sum(len(ledger.statement(each, first, last)) for each in accounts)
    assert sum(each.points for each in pool.expiring(last)) == sum(
        each.points for account in accounts for each in ledger.expiring(account, last)
    )


def test_expiry_by_inactivity_is_told_apart() -> None:
    terms = Terms("points", expires_on=lambda on: on + 90 * DAY, lapses_on=lambda last: last + 60 * DAY)
    ledger = booked(terms, [Earn("m-1", 30, at=NINE), Earn("m-1", 20, at=NINE + 40 * DAY)])
    day = NINE.date()
    assert ledger.expiring("m-1", day + 40 * DAY) == ((day + 90 * DAY, 30, False), (day + 100 * DAY, 20, True))


def test_held_points_expire_when_the_hold_ends() -> None:
    ledger = Ledger(FixedTerms(Terms("points", expires_on=lambda on: on + 10 * DAY)))
    day = NINE.date()
    ledger.apply_many([Earn("m-1", 30, at=NINE), Hold("m-1", 20, day + 15 * DAY, at=NINE)])
    assert [(each.on - day, each.points) for each in ledger.expiring("m-1", day)] == [(10 * DAY, 10), (15 * DAY, 20)]


def test_a_statement_shows_every_line_in_a_notebook() -> None:
    ledger = booked(Terms("points"), [Earn("m-1", 1_200, at=NINE), Redeem("m-1", 50, at=NINE, key="voucher:<7>")])
    page = ledger.statement("m-1", NINE.date(), NINE.date())._repr_html_()
    assert [word in page for word in ("1,150", "+1,200", "-50", "voucher:&lt;7&gt;", "opening", "closing")] == [
        True
    ] * 6


def test_rows_are_plain_values() -> None:
    ledger = booked(Terms("points"), [Earn("m-1", 120, at=NINE, key="o-1")])
    [row] = ledger.statement("m-1", NINE.date(), NINE.date()).rows()
    assert (row["on"], row["kind"], row["points"], row["balance"], row["key"]) == (NINE.date(), "earn", 120, 120, "o-1")


def test_questions_about_nobody_and_backwards_are_refused() -> None:
    ledger = booked(Terms("points"), [Earn("m-1", 120, at=NINE)])
    with pytest.raises(UnknownAccountError, match="nothing was ever booked on 'm-9'"):
        ledger.statement("m-9", NINE.date(), NINE.date())
    with pytest.raises(ValueError, match="a statement ends on or after its first day"):
        ledger.statement("m-1", NINE.date(), NINE.date() - DAY)


def test_the_journal_stays_as_it_was_when_days_are_changed_later() -> None:
    ledger, until = booked(Terms("points"), [Earn("m-1", 120, at=NINE, key="o-1")]), NINE.date() + 9 * DAY
    before = list(ledger.entries("m-1"))
    ledger.apply(Reschedule("o-1", until, at=NINE, key="longer"))
    assert list(ledger.entries("m-1"))[:1] == before
    assert [each.allocations[0].lot.expires_on for each in ledger.entries("m-1")] == [None, until]


def test_a_long_statement_is_read_line_by_line(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "points.db", durable=False) as store:
        ledger = Ledger(FixedTerms(Terms("points")), store)
        times = [NINE + timedelta(minutes=n) for n in range(3_000)]
        ledger.apply_many([verb("m-1", 2, at=at) for at in times for verb in (Earn, Redeem)])
        tracemalloc.start()
        statement = ledger.statement("m-1", NINE.date(), date(2026, 12, 31))
        balances = sum(line.balance.total for line in statement)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (len(statement), balances) == (6_000, 6_000)
    assert peak < 2**20  # the lines themselves take six times as much
