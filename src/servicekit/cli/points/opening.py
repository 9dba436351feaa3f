"""``servicekit points import-balances``: the balances of another system, taken over on a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from servicekit.cli.points.answer import Cell, PrintedAnswer
from servicekit.errors import PolicyError, Problem
from servicekit.importers.purchases.balance_table import read_balances
from servicekit.loyalty import Booking, Earn, Ledger, Rejected

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.policy import PolicyEngine


def import_balances(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """Book each row as an earn with its own day of expiry: all rows, or none.

    Raises:
        PolicyError: rows are wrong, or the ledger refuses them; all of them are told.
    """
    rules, on = engine.need_loyalty(), arguments.on
    at = datetime(on.year, on.month, on.day, tzinfo=rules.timezone)
    currency, about = rules.currency(arguments.currency), "opening balance"
    commands = [
        Earn(each.member, each.points, each.expires_on, at=at, key=each.key, currency=currency, reason=about)
        for each in read_balances(arguments.balances)
    ]
    try:
        answers = ledger.apply_many(commands, all_or_none=True)
    except Rejected:
        raise PolicyError(_refusals(ledger, commands)) from None
    booked = [answer for answer in answers if isinstance(answer, Booking)]
    fresh = [each for each in booked if not each.replayed]
    facts: dict[str, Cell] = {
        "booked": len(fresh),
        "points": sum(each.points for each in fresh),
        "booked before": len(booked) - len(fresh),
    }
    return PrintedAnswer(f"Balances taken over on {on}", facts), 0


def _refusals(ledger: Ledger, commands: Sequence[Earn]) -> Iterator[Problem]:
    """Every row that the ledger refuses; one refuses all of them."""
    for command in commands:
        try:
            ledger.preview(command)
        except Rejected as refusal:
            yield Problem(refusal.code, f"balance {command.key}", str(refusal))
