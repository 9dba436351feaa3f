"""The arguments of ``servicekit points`` and its verbs."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeAlias

Add: TypeAlias = Callable[[str, str], ArgumentParser]
"""Adds a verb by its name and what it does."""


def add_verbs(add: Add) -> None:
    """Give each verb what it takes."""
    earn = _verb(add, "earn", "Book what purchases earn, and take back what was refunded; safe to run again.")
    earn.add_argument("purchases", metavar="PURCHASES", type=Path, help="the table of purchases, as its mapping says")
    earn.add_argument("--columns", metavar="MAPPING", type=Path, required=True, help="what the columns mean")
    earn.add_argument(
        "--at", metavar="T", help="when they are booked, after all of them; default: each when it happened"
    )
    earn.add_argument("--strict", action="store_true", help="stop at the first bad row; exit with 1 on any refusal")
    opening = _verb(add, "import-balances", "Book the balances of another system: member, points, expires_on.")
    opening.add_argument(
        "balances",
        metavar="BALANCES",
        type=Path,
        help="the table, with the columns member, points, and by choice expires_on and key",
    )
    opening.add_argument("--on", metavar="D", type=day, required=True, help="the day on which they are taken over")
    _of_member(_verb(add, "balance", "Say what a member, or everybody, has at the end of a day."), is_required=False)
    _of_member(_verb(add, "expiring", "Say on which days which points of a member expire."), is_required=True)
    statement = _verb(add, "statement", "List what was booked for a member, with the balance after each line.")
    statement.add_argument("--member", metavar="ID", required=True, help="the account")
    statement.add_argument("--from", dest="first_on", metavar="D", type=day, required=True, help="the first day")
    statement.add_argument("--to", dest="last_on", metavar="D", type=day, required=True, help="the last day")
    _on_day(_verb(add, "expire", "Write down what has expired up to the beginning of a day; safe to repeat."))
    liability = _verb(add, "liability", "Say how many points are owed at the end of a day, and what became of all.")
    _on_day(liability)
    liability.add_argument(
        "--expected",
        metavar="SHARE",
        type=share,
        default=Decimal(1),
        help="the share of outstanding points that will be used, such as 0.92 (default: all)",
    )
    simulate = _verb(
        add, "simulate", "Book the journal anew by another policy: who gains, what it costs, what is owed."
    )
    simulate.add_argument("other", metavar="OTHER", type=Path, help="the policy document to compare with")
    simulate.add_argument("--out", metavar="OUT.csv", type=Path, help="also write a row per member who gains or loses")
    _on_day(simulate)
    _verb(add, "verify", "Check the journal and all that follows from it.")


def _verb(add: Add, name: str, summary: str) -> ArgumentParser:
    verb = add(name, summary)
    verb.add_argument("policy", metavar="POLICY", type=Path, help="a policy with a section loyalty")
    verb.add_argument(
        "--store", metavar="STORE", required=True, help="a file such as points.db, or postgresql://user@host/database"
    )
    verb.add_argument("--currency", metavar="NAME", help="the currency of points, where there are several")
    return verb


def _of_member(verb: ArgumentParser, *, is_required: bool) -> None:
    verb.add_argument("--member", metavar="ID", required=is_required, help="the account")
    _on_day(verb)


def _on_day(verb: ArgumentParser) -> None:
    verb.add_argument("--as-of", metavar="D", type=day, required=True, help="the day, YYYY-MM-DD")


def day(text: str) -> date:
    """A day as it is typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a day such as 2026-02-14, not {text!r}") from None


def share(text: str) -> Decimal:
    """A share from 0 to 1 as it is typed."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found <= 1:
        raise ArgumentTypeError(f"expected a share from 0 to 1 such as 0.92, not {text!r}")
    return found
