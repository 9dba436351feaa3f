"""``servicekit points earn``: purchases and refunds into the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from servicekit.cli.customers.purchases import Purchases
from servicekit.cli.points.answer import Answer, Cell
from servicekit.errors import Problem, ProblemLog
from servicekit.events import CustomerEvent, Moment, Purchase, Refund, order_customers
from servicekit.loyalty import Booking, Command, EarnPurchase, Ledger, RefundPurchase, Rejected

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.policy import PolicyEngine

_AT_ONCE = 2_000  # commands in one transaction


def earn(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[Answer, int]:
    """Book what a table says, each order when it happened; a purchase without a clock time as its day begins."""
    purchases = Purchases(arguments)
    programme = engine.need_loyalty()
    log, booked = ProblemLog(), Counter[str]()
    events = order_customers(purchases.events, programme.timezone).events
    commands = list(_commands(events, programme.timezone))
    for start in range(0, len(commands), _AT_ONCE):
        told = commands[start : start + _AT_ONCE]
        for command, answer in zip(told, ledger.apply_many(told), strict=True):
            log.add(_counted(command, answer, booked))
    facts: dict[str, Cell] = {
        "booked": booked["booked"],
        "points": booked["points"],
        "of 0 points": booked["zero"],
        "booked before": booked["replayed"],
        "refused": booked["refused"],
    }
    groups = log.groups()
    rows: list[dict[str, Cell]] = [
        {"problem": each.code, "times": each.times, "first": f"{each.examples[0].path}: {each.examples[0].message}"}
        for each in (*purchases.intake.problems, *groups)
    ]
    return Answer("Points earned", facts, rows), purchases.exit_code(groups, strict=arguments.strict)


def _commands(events: Sequence[CustomerEvent], tz: tzinfo) -> Iterator[Command]:
    for event in events:
        if isinstance(event, Purchase):
            yield EarnPurchase(event.customer_id, event, at=_instant(event.at, tz))
        elif isinstance(event, Refund):
            yield RefundPurchase(event, at=_instant(event.at, tz))


def _instant(moment: Moment, tz: tzinfo) -> datetime:
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=tz)


def _counted(command: Command, answer: Booking | Rejected, booked: Counter[str]) -> Iterable[Problem]:
    if isinstance(answer, Rejected):
        booked["refused"] += 1
        return (Problem(answer.code, f"command {command.key}", str(answer)),)
    if answer.replayed:
        booked["replayed"] += 1
        return ()
    booked["booked"] += 1
    booked["points"] += answer.points
    booked["zero"] += answer.points == 0
    return ()
