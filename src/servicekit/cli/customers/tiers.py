"""``servicekit tiers``: a policy and purchases in, who stands where and why out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.customers.purchases import Purchases
from servicekit.cli.documents import load
from servicekit.cli.outfile import refuse_form_without_file, refuse_to_overwrite
from servicekit.cli.words import number_of, tell
from servicekit.document import did_you_mean
from servicekit.layout import spreadsheet_text
from servicekit.policy import ServicePolicy
from servicekit.reports import MemberTier, render_tiers
from servicekit.whatif import TIER_MOVE_COLUMNS, replay_tiers

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from servicekit.policy import PolicyEngine
    from servicekit.tiers import TierRun, TierStatus

_COLUMNS = (
    *("customer_id", "tier", "since", "valid_until", "earned", "next_tier", "missing", "projected_tier"),
    *("projected_on", "reason"),
)


def tiers(arguments: Namespace) -> int:
    """Run the command; 1 where the table broke off, or where ``--strict`` found an error."""
    inputs = (arguments.policy, arguments.columns, arguments.purchases)
    others = () if arguments.against is None else (arguments.against,)
    refuse_to_overwrite(arguments.out, "--out", *inputs, *others)
    refuse_form_without_file(arguments.out, "--out", spreadsheet=arguments.spreadsheet)
    engines = [load(ServicePolicy, path).compile() for path in (arguments.policy, *others)]
    for engine in engines:
        engine.need_tiers()
    purchases = Purchases(arguments)
    if arguments.member is not None:
        return _member(engines, purchases, arguments)
    if others:
        return _compare(engines, purchases, arguments)
    return _standing(engines[0], purchases, arguments)


def _standing(engine: PolicyEngine, purchases: Purchases, arguments: Namespace) -> int:
    run = engine.need_tiers().fold(purchases.events, arguments.as_of)
    purchases.write(arguments.out, _COLUMNS, _rows(run, spreadsheet=arguments.spreadsheet))
    sys.stdout.write(
        render_tiers(run, arguments.format, language=arguments.language, title=_title(engine), intake=purchases.intake)
    )
    return purchases.exit_code(run.problems, strict=arguments.strict)


def _compare(engines: list[PolicyEngine], purchases: Purchases, arguments: Namespace) -> int:
    before, after = engines
    comparison = replay_tiers(before, after, purchases.events, as_of=arguments.as_of)
    rows = (move.row(spreadsheet=arguments.spreadsheet) for move in comparison.moves)
    purchases.write(arguments.out, TIER_MOVE_COLUMNS, rows)
    sys.stdout.write(render_tiers(comparison, arguments.format, language=arguments.language, intake=purchases.intake))
    problems = (*comparison.before.problems, *comparison.after.problems)
    return purchases.exit_code(problems, strict=arguments.strict)


def _member(engines: list[PolicyEngine], purchases: Purchases, arguments: Namespace) -> int:
    """One customer, under each policy that was given.

    Raises:
        UsageError: a file is asked for as well, a page of two reports, or nobody of that id is enrolled.
    """
    if arguments.out is not None:
        raise UsageError("--out is for all customers; leave it or --member out")
    if arguments.format in ("html", "email") and len(engines) > 1:
        raise UsageError("a page holds one report; leave --against out, or ask for another --format")
    runs = [engine.need_tiers().fold(purchases.events, arguments.as_of) for engine in engines]
    found = [_explained(run, engine, arguments) for run, engine in zip(runs, engines, strict=True)]
    together = arguments.format == "json" and len(found) > 1
    sys.stdout.write(f"[{','.join(found)}]\n" if together else "\n".join(found))
    problems = [group for run in runs for group in run.problems]
    if odd := sum(group.times for group in (*purchases.intake.problems, *problems)):
        tell(sys.stderr, f"servicekit: {number_of(odd, 'problem')} in the purchases; without --member they are listed")
    return purchases.exit_code(problems, strict=arguments.strict)


def _explained(run: TierRun, engine: PolicyEngine, arguments: Namespace) -> str:
    member, title = arguments.member, _title(engine)
    if member not in run:
        near = did_you_mean(member, run)
        raise UsageError(f"--member: no customer {member!r} is enrolled in {title}{f'; {near}' if near else ''}")
    status = run[member]
    promises = engine.tier_promises.get(status.tier, ()) if status.benefits.sla else ()
    return render_tiers(MemberTier(status, promises), arguments.format, language=arguments.language, title=title)


def _title(engine: PolicyEngine) -> str:
    return f"{engine.policy.name} {engine.policy.version}"


def _rows(run: TierRun, *, spreadsheet: bool) -> Iterator[tuple[str, ...]]:
    text = spreadsheet_text if spreadsheet else str
    for customer_id in run:
        yield tuple(map(text, _cells(run[customer_id])))


def _cells(status: TierStatus) -> Iterator[str]:
    missing = ", ".join(f"{name} {lack:f}" for name, lack in status.missing.items())
    cells = (
        status.customer_id,
        status.tier,
        status.since,
        status.valid_until,
        status.earned,
        status.next_tier,
        missing,
    )
    for cell in (*cells, status.projected_tier, status.projected_on, status.reason):
        yield "" if cell is None else str(cell)
