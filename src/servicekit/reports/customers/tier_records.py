"""Answers on tiers as plain data: exact numbers, for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from servicekit.reports.customers.tier_blocks import MemberTier, TierAnswer, problems_of
from servicekit.reports.record import counted_record, problem_record
from servicekit.tiers import TierRun, TierStatus
from servicekit.whatif import TierComparison

if TYPE_CHECKING:
    from servicekit.desk import Intake
    from servicekit.tiers import Progress
    from servicekit.whatif import TierSide


def tier_record(answer: TierAnswer, title: str, intake: Intake[object] | None) -> dict[str, object]:
    """The answer as texts, whole numbers, lists and dicts; days are ISO 8601, amounts and metrics texts."""
    match answer:
        case TierStatus():
            return tier_record(MemberTier(answer), title, intake)
        case MemberTier(status, promises):
            told = [{"metric": each.metric, "target": each.target, "row": each.row} for each in promises]
            return {"policy": title, **_status(status), "promises": told}
        case TierComparison():
            return {"as_of": str(answer.as_of), **intake_record(intake), **_comparison(answer, intake)}
        case TierRun():
            problems = [problem_record(group) for group in problems_of(intake, answer.problems)]
            head = {"policy": title, "as_of": str(answer.as_of), **intake_record(intake)}
            return {**head, "customers": answer.counts(), "problems": problems}


def intake_record(intake: Intake[object] | None) -> dict[str, object]:
    """Where the events came from, and how many records made none."""
    if intake is None:
        return {}
    return {
        "records": intake.records,
        "events": intake.cases,
        "unreadable": intake.unreadable,
        "left_out": counted_record(intake.left_out),
    }


def _status(status: TierStatus) -> dict[str, object]:
    return {
        "customer_id": status.customer_id,
        "household_id": status.household_id,
        "as_of": str(status.as_of),
        "enrolled_on": str(status.enrolled_on),
        "tier": status.tier,
        "since": str(status.since),
        "valid_until": status.valid_until and str(status.valid_until),
        "in_grace": status.in_grace,
        "earned": status.earned,
        "reason": status.reason,
        "next_tier": status.next_tier,
        "progress": [_progress(each) for each in status.progress],
        "projected_tier": status.projected_tier,
        "projected_on": status.projected_on and str(status.projected_on),
        "benefits": {
            name: f"{value:f}" if isinstance(value, Decimal) else value
            for name, value in status.benefits.to_dict().items()
        },
        "history": [
            {"on": str(each.on), "old": each.old, "new": each.new, "kind": each.kind, "reason": each.reason}
            for each in status.history
        ],
    }


def _progress(progress: Progress) -> dict[str, str | None]:
    numbers = {name: f"{getattr(progress, name):f}" for name in ("value", "needed", "missing")}
    return {"metric": progress.metric, **numbers, "currency": progress.currency}


def _comparison(comparison: TierComparison, intake: Intake[object] | None) -> dict[str, object]:
    return {
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "transitions": comparison.rows(),
        "higher": comparison.higher,
        "lower": comparison.lower,
        "unchanged": comparison.unchanged,
        "moves": len(comparison.moves),
        "problems": {
            "records": [problem_record(group) for group in problems_of(intake)],
            "before": [problem_record(group) for group in comparison.before.problems],
            "after": [problem_record(group) for group in comparison.after.problems],
        },
    }


def _side(side: TierSide) -> dict[str, object]:
    return {
        "policy": side.policy.policy,
        "version": side.policy.version,
        "customers": dict(side.customers),
        "days": dict(side.days),
        "benefits": dict(side.benefits),
        "cost": [str(money) for money in side.cost],
    }
