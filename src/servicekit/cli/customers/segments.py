"""``servicekit segments``: a policy and purchases in, who customers are and whom to contact out."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.customers.purchases import Purchases
from servicekit.cli.documents import load
from servicekit.cli.outfile import refuse_form_without_file, refuse_to_overwrite
from servicekit.cli.words import tell
from servicekit.errors import UnknownNameError
from servicekit.events import day_of
from servicekit.layout import spreadsheet_text
from servicekit.policy import ServicePolicy
from servicekit.reports import render_segments
from servicekit.segments import OutreachPlan, ProblemsTrigger, RenewalTrigger, TriggerSources
from servicekit.timeline import Period

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from datetime import date

    from servicekit.policy import PolicyEngine
    from servicekit.segments import SegmentRun, SegmentsPolicy

_COLUMNS = ("customer_id", "state", "segment", "groups", "r", "f", "m", "orders", "spend", "last_on")
_OUTREACH_COLUMNS = ("on", "customer_id", "occasion", "channel", "offer")


def segments(arguments: Namespace) -> int:
    """Run the command; 1 where the table broke off, or where ``--strict`` found an error."""
    refuse_to_overwrite(arguments.out, "--out", arguments.policy, arguments.columns, arguments.purchases)
    refuse_form_without_file(arguments.out, "--out", spreadsheet=arguments.spreadsheet)
    engine = load(ServicePolicy, arguments.policy).compile()
    compiled = engine.need_segments()
    purchases = Purchases(arguments)
    run = compiled.fold(purchases.events, arguments.as_of)
    title = f"{engine.policy.name} {engine.policy.version}"
    if arguments.list is None and arguments.triggers is None:
        return _answer(run, title, purchases, arguments)
    if arguments.triggers is None:
        return _answer(
            _listed(compiled.policy, run, arguments.list), f"{title}: {arguments.list}", purchases, arguments
        )
    plan = _planned(engine, run, purchases, arguments)
    return _answer(plan, f"{title}: {arguments.triggers[0]} to {arguments.triggers[1]}", purchases, arguments)


def _answer(answer: SegmentRun | OutreachPlan, title: str, purchases: Purchases, arguments: Namespace) -> int:
    text = spreadsheet_text if arguments.spreadsheet else str
    columns, rows = (
        (_OUTREACH_COLUMNS, _outreach_rows(answer)) if isinstance(answer, OutreachPlan) else (_COLUMNS, _rows(answer))
    )
    purchases.write(arguments.out, columns, (tuple(map(text, row)) for row in rows))
    sys.stdout.write(
        render_segments(answer, arguments.format, language=arguments.language, title=title, intake=purchases.intake)
    )
    return purchases.exit_code(answer.problems, strict=arguments.strict)


def _listed(policy: SegmentsPolicy, run: SegmentRun, name: str) -> OutreachPlan:
    """Those of a state, segment or group who should come back.

    Raises:
        UsageError: nothing is called so.
    """
    try:
        outreach = run.reactivation(name)
    except UnknownNameError as error:
        raise UsageError(f"--list: {error}") from None
    if not policy.reactivation:
        tell(sys.stderr, "servicekit: the policy has no rows under segments.reactivation, so a list names nobody")
    return OutreachPlan(outreach, run.problems)


def _planned(engine: PolicyEngine, run: SegmentRun, purchases: Purchases, arguments: Namespace) -> OutreachPlan:
    """Whom the triggers name in the period, by what is known on the day of ``--as-of``."""
    compiled = engine.need_segments()
    triggers = compiled.policy.triggers
    if not triggers:
        tell(sys.stderr, "servicekit: the policy has nothing under segments.triggers, so they name nobody")
    for name in [name for name, trigger in triggers.items() if isinstance(trigger, ProblemsTrigger)]:
        tell(
            sys.stderr, f"servicekit: {name!r} counts cases, which a table of purchases does not have; it names nobody"
        )
    known = [event for event in purchases.events if day_of(event.at, compiled.tz) <= arguments.as_of]
    renews = any(isinstance(trigger, RenewalTrigger) for trigger in triggers.values())
    renewals = dict(_renewals(engine, purchases, arguments.as_of)) if renews else {}
    first, last = arguments.triggers
    period = Period(first, last + timedelta(days=1), f"{first}..{last}")
    plan = compiled.plan(known, period, TriggerSources(renewals=renewals))
    return OutreachPlan(plan.outreach, run.problems)


def _renewals(engine: PolicyEngine, purchases: Purchases, as_of: date) -> Iterator[tuple[str, list[date]]]:
    """The last valid days of tiers, where the policy has a programme."""
    if engine.tiers is not None:
        for customer_id, status in engine.tiers.fold(purchases.events, as_of).items():
            if status.valid_until is not None:
                yield customer_id, [status.valid_until]


def _rows(run: SegmentRun) -> Iterator[tuple[str, ...]]:
    for each in run.values():
        scores = ("", "", "") if each.score is None else (str(each.score.r), str(each.score.f), str(each.score.m))
        names = (each.customer_id, each.state or "", each.segment or "", ", ".join(each.groups))
        last_on = each.summary.active_on[-1].isoformat() if each.summary.active_on else ""
        yield *names, *scores, str(each.summary.orders), str(each.summary.spend.amount), last_on


def _outreach_rows(plan: OutreachPlan) -> Iterator[tuple[str, ...]]:
    for each in plan.outreach:
        yield each.on.isoformat(), each.customer_id, each.occasion, each.channel, each.offer
