"""``servicekit points import-balances``: the balances of another system, taken over on a day."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from servicekit.cli.points.answer import Answer, Cell
from servicekit.errors import PolicyError, Problem
from servicekit.loyalty import Booking, Earn, Ledger

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.policy import PolicyEngine

_NEEDED = ("customer_id", "points")


def import_balances(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[Answer, int]:
    """Book each row as an earn with its own day of expiry: all rows, or none.

    Raises:
        PolicyError: rows are wrong; all of them are told.
    """
    tz = engine.need_loyalty().timezone
    at = datetime(arguments.on.year, arguments.on.month, arguments.on.day, tzinfo=tz)
    problems: list[Problem] = []
    commands = list(_commands(arguments.balances, at, arguments.currency, problems))
    if problems:
        raise PolicyError(problems)
    answers = ledger.apply_many(commands, all_or_none=True)
    booked = [answer for answer in answers if isinstance(answer, Booking)]
    fresh = [each for each in booked if not each.replayed]
    facts: dict[str, Cell] = {
        "booked": len(fresh),
        "points": sum(each.points for each in fresh),
        "booked before": len(booked) - len(fresh),
    }
    return Answer(f"Balances taken over on {arguments.on}", facts), 0


def _commands(path: Path, at: datetime, currency: str | None, problems: list[Problem]) -> Iterator[Earn]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if missing := [name for name in _NEEDED if name not in (rows.fieldnames or ())]:
            hint = "the head is customer_id,points and by choice expires_on,key"
            raise PolicyError([Problem("points.column-missing", path.name, f"has no column {missing[0]!r}", hint)])
        for row in rows:
            place = f"{path.name}:{rows.line_num}"
            command = _command(row, place, at, currency)
            if isinstance(command, Problem):
                problems.append(command)
            else:
                yield command


def _command(row: dict[str, str | None], place: str, at: datetime, currency: str | None) -> Earn | Problem:
    account, points, expires = (row.get(name) or "" for name in ("customer_id", "points", "expires_on"))
    if not points.isascii() or not points.isdigit():
        return Problem("points.invalid-row", place, f"points are a whole number of zero or more, not {points!r}")
    try:
        expires_on = date.fromisoformat(expires) if expires else None
    except ValueError:
        return Problem("points.invalid-row", place, f"expires_on is a day such as 2027-12-31, not {expires!r}")
    key = row.get("key") or f"opening:{account}:{expires or 'policy'}"
    return Earn(account, int(points), expires_on, at=at, key=key, currency=currency, reason="opening balance")
