"""``servicekit points simulate``: the journal under another programme."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from servicekit.cli.documents import load
from servicekit.cli.outfile import WholeTable, refuse_to_overwrite
from servicekit.cli.points.answer import Cell, PrintedAnswer, problem_rows
from servicekit.cli.words import tell
from servicekit.policy import ServicePolicy
from servicekit.whatif import replay_points

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.loyalty import Ledger
    from servicekit.policy import PolicyEngine
    from servicekit.whatif import PointsComparison

_FLOWS = ("earned", "redeemed", "expired", "taken_back", "adjusted", "outstanding", "debt")


def simulate(ledger: Ledger, engine: PolicyEngine, arguments: Namespace) -> tuple[PrintedAnswer, int]:
    """Who gains and who loses, and what becomes of all points; commands that would be refused are told beside it."""
    refuse_to_overwrite(arguments.out, "--out", arguments.policy, arguments.other)
    other = load(ServicePolicy, arguments.other).compile()
    found = replay_points(engine, other, ledger.entries(), as_of=arguments.as_of)
    gains = found.gains
    if arguments.out is not None:
        with WholeTable(arguments.out, ("member", "before", "after", "gain")) as out:
            for member, before, after, gain in gains:
                out.write((member, str(before), str(after), str(gain)))
    for name, side in (("before", found.before), ("after", found.after)):
        rows = problem_rows(side.problems)
        tell(sys.stderr, *(f"servicekit: {name}: {each['times']} {each['problem']}, {each['first']}" for each in rows))
    up = sum(each.gain > 0 for each in gains)
    facts: dict[str, Cell] = {"members who gain": up, "members who lose": len(gains) - up, **_money(found)}
    figures: list[dict[str, Cell]] = [
        {"points": flow.replace("_", " "), "before": getattr(old, flow), "after": getattr(new, flow)}
        for old, new in [(found.before.liability, found.after.liability)]
        for flow in _FLOWS
    ]
    return PrintedAnswer(f"{found.before.policy} -> {found.after.policy} as of {found.as_of}", facts, figures), 0


def _money(found: PointsComparison) -> dict[str, Cell]:
    """What redeemed points were worth, and outstanding ones are, where a programme says what a point is worth."""
    sides = (("before", found.before), ("after", found.after))
    amounts = {f"{what} {name}": getattr(side, what) for what in ("cost", "owed") for name, side in sides}
    return {name: None if amount is None else str(amount) for name, amount in amounts.items()}
