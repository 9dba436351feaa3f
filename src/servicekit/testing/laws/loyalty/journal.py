"""Laws of what is asked of a ledger, and of its journal as a record, over any store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from servicekit.loyalty import Command, FixedTerms, JournalError, Ledger, MemoryStore, Terms
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.laws.loyalty.ledgers import StoreFactory


def check_journal(
    terms: Sequence[Terms], commands: Sequence[Command], store: StoreFactory = MemoryStore, spoilt: int = 0
) -> None:
    """Every law of this file, for a ledger over the stores of a factory; ``spoilt`` chooses what is done to an export.

    >>> from datetime import UTC, datetime
    >>> from servicekit.loyalty import Earn, Redeem
    >>> at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> check_journal([Terms("points")], [Earn("m-1", 30, at=at, key="a"), Redeem("m-1", 10, at=at, key="b")])

    Raises:
        LawBroken: the first that does not hold.
    """
    ledger, rules = Ledger(FixedTerms(*terms), store()), FixedTerms(*terms)
    ledger.apply_many(commands)
    days = sorted({each.at.date() for each in commands})
    for account in {entry.account for entry in ledger.entries()}:
        for each in terms:
            statements_lead_from_balance_to_balance(ledger, account, each.currency, (days[0], days[-1]))
    every_point_is_accounted_for(ledger, [each.currency for each in terms], days)
    ledger_is_sound(ledger)
    export_is_read_as_it_was_written(ledger, Ledger(rules, store()))
    spoilt_export_is_refused(ledger, Ledger(rules, store()), spoilt)


def statements_lead_from_balance_to_balance(
    ledger: Ledger, account: str, currency: str, days: tuple[date, date]
) -> None:
    """Opening and lines make the closing balance, and both are what the ledger says of those days.

    Raises:
        LawBroken: they are not.
    """
    first, last = days
    statement = ledger.statement(account, first, last, currency=currency)
    asked = {"account": account, "currency": currency, "days": days}
    before = ledger.balance(account, first - timedelta(days=1), currency=currency)
    after = ledger.balance(account, last, currency=currency)
    demand(statement.opening == before, "a statement opens with the balance", **asked, statement=statement)
    demand(statement.closing == after, "a statement closes with the balance", **asked, statement=statement, after=after)
    running = [line.balance for line in statement] or [statement.opening]
    demand(running[-1] == statement.closing, "the last line has the closing balance", **asked, line=running[-1])
    added = statement.closing.total - statement.opening.total
    demand(sum(statement.totals.values()) == added, "what was added by kind is the difference", **asked)


def every_point_is_accounted_for(ledger: Ledger, currencies: Sequence[str], days: Sequence[date]) -> None:
    """What was earned was redeemed, has expired, was taken back, or is outstanding, on every day.

    Raises:
        LawBroken: it was not.
    """
    for currency in currencies:
        for day in ledger.liability(days, currency=currency):
            came, gone = day.earned + day.adjusted, day.redeemed + day.expired + day.taken_back
            demand(came - gone == day.outstanding - day.debt, "every point is accounted for", liability=day)


def ledger_is_sound(ledger: Ledger) -> None:
    """Checking finds nothing in what a ledger has booked.

    Raises:
        LawBroken: it does.
    """
    found = ledger.verify(ledger.seals())
    demand(found.is_sound, "what a ledger has booked is sound", problems=found.problems)


def export_is_read_as_it_was_written(ledger: Ledger, empty: Ledger) -> None:
    """Another store that reads a journal in has the same entries, digests and states.

    Raises:
        LawBroken: it has others.
    """
    empty.import_journal(ledger.export())
    mine, theirs = list(ledger.entries()), list(empty.entries())
    demand(mine == theirs, "a journal is read as it was written", written=mine, read=theirs)
    found = empty.verify(ledger.seals())
    demand(found.is_sound, "a journal that was read in is sound, and has the same seals", problems=found.problems)


def spoilt_export_is_refused(ledger: Ledger, empty: Ledger, spoilt: int) -> None:
    """A line that is changed, gone, or elsewhere is found, and nothing is written.

    Raises:
        LawBroken: it is read.
    """
    lines = list(ledger.export())
    place = spoilt % len(lines)
    rest = lines[:place] + lines[place + 1 :]
    changed = lines[place].replace("1", "2", 1) if "1" in lines[place] else f"{lines[place]} "
    for other in ([*rest[:place], changed, *rest[place:]], rest, [*lines[1:], lines[0]], [*lines, lines[place]]):
        try:
            read = empty.import_journal(other)
        except JournalError:
            read = 0
        demand(not read and not list(empty.entries()), "a spoilt journal is not read", line=lines[place], place=place)
