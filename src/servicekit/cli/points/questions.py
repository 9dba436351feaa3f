"""What may be asked of a ledger on the command line, and what falls due in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from servicekit.cli.points.answer import Cell, PrintedAnswer, problem_rows
from servicekit.loyalty import Ledger

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.policy import PolicyEngine


def balance(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """What a member, or everybody together, has at the end of a day, of each currency or of one."""
    names = [arguments.member] if arguments.member is not None else list(ledger.accounts())
    pool = ledger.pool(names)
    wanted = [arguments.currency] if arguments.currency else list(engine.need_loyalty().program.currencies)
    rows: list[dict[str, Cell]] = [
        {"currency": currency, **pool.balance(arguments.as_of, currency=currency)._asdict()} for currency in wanted
    ]
    facts: dict[str, Cell] = {"member": arguments.member, "accounts": None if arguments.member else len(names)}
    return PrintedAnswer(f"Balance at the end of {arguments.as_of}", facts, rows), 0


def expiring(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """The whole schedule of a member."""
    schedule = ledger.expiring(arguments.member, arguments.as_of, currency=arguments.currency)
    rows: list[dict[str, Cell]] = [
        {"unusable from": str(each.on), "points": each.points, "unless active": "yes" if each.by_inactivity else ""}
        for each in schedule
    ]
    return PrintedAnswer(f"Expiring after {arguments.as_of}", {"member": arguments.member}, rows), 0


def statement(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """What was booked for a member on some days."""
    found = ledger.statement(arguments.member, arguments.first_on, arguments.last_on, currency=arguments.currency)
    rows: list[dict[str, Cell]] = [
        {
            "on": str(line.entry.on),
            "kind": line.entry.kind,
            "key": line.entry.key,
            "points": line.entry.points,
            "balance": line.balance.total,
        }
        for line in found
    ]
    facts: dict[str, Cell] = {
        "member": arguments.member,
        "opening": found.opening.total,
        "closing": found.closing.total,
    }
    return PrintedAnswer(f"Statement from {found.first_on} to {found.last_on}", facts, rows), 0


def expire(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """Write down what has fallen due."""
    written = ledger.run_expiry(arguments.as_of)
    return PrintedAnswer(f"Written up to the beginning of {arguments.as_of}", {"entries": written}), 0


def liability(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """What is owed at the end of a day, and of the months before it in the same year."""
    days = [*_month_ends_before(arguments.as_of), arguments.as_of]
    found = ledger.liability(days, expected=arguments.expected, currency=arguments.currency)
    rows: list[dict[str, Cell]] = [
        {
            "as of": str(each.as_of),
            "earned": each.earned,
            "redeemed": each.redeemed,
            "expired": each.expired,
            "taken back": each.taken_back,
            "adjusted": each.adjusted,
            "outstanding": each.outstanding,
            "debt": each.debt,
        }
        for each in found
    ]
    last, programme = found[-1], engine.need_loyalty()
    unit = programme.program.currencies[last.currency].unit_value
    worth = None if unit is None else str(programme.quote(round(last.outstanding * last.expected), last.currency))
    facts: dict[str, Cell] = {"currency": last.currency, "expected": str(arguments.expected), "worth": worth}
    return PrintedAnswer(f"Liability at the end of {arguments.as_of}", facts, rows), 0


def _month_ends_before(day: date) -> list[date]:
    firsts = (date(day.year, month, 1) for month in range(2, day.month + 1))
    return [date.fromordinal(first.toordinal() - 1) for first in firsts]


def verify(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """Whether the journal and what follows from it are sound."""
    found = ledger.verify()
    rows = problem_rows(found.problems)
    facts: dict[str, Cell] = {"accounts": found.accounts, "entries": found.entries, "problems": len(rows)}
    return PrintedAnswer("Sound" if found.is_sound else "Not sound", facts, rows), int(not found.is_sound)
