"""``servicekit points earn``: purchases and refunds into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.cli.customers.purchases import Purchases
from servicekit.cli.documents import instant
from servicekit.cli.points.answer import Cell, PrintedAnswer, problem_rows
from servicekit.desk import earn_points
from servicekit.loyalty import Ledger

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.policy import PolicyEngine


def earn(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """Book what a table says, each order when it happened; where the policy has tiers, with the tier before it."""
    purchases = Purchases(arguments)
    at = None if arguments.at is None else instant(arguments.at, engine.policy.timezone)
    run = earn_points(engine, ledger, purchases.events, at=at)
    facts: dict[str, Cell] = {
        "booked": run.booked,
        "entries": run.entries,
        "of 0 points": run.of_nothing,
        "booked before": run.replayed,
        "refused": run.refused,
        **run.points,
        **({} if run.tiers is None else {f"in tier {name}": times for name, times in run.tiers.counts().items()}),
    }
    groups = run.problems
    rows = problem_rows((*purchases.intake.problems, *groups))
    return PrintedAnswer("Points earned", facts, rows), purchases.exit_code(groups, strict=arguments.strict)
