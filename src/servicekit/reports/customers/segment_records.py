"""Answers on segments as plain data: exact numbers, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.reports.customers.tier_blocks import problems_of
from servicekit.reports.customers.tier_records import intake_record
from servicekit.reports.record import problem_record
from servicekit.segments import SegmentRun

if TYPE_CHECKING:
    from servicekit.desk import Intake
    from servicekit.reports.customers.segment_blocks import SegmentAnswer
    from servicekit.segments import Outreach, ScoreBand


def segment_record(answer: SegmentAnswer, title: str, intake: Intake[object] | None) -> dict[str, object]:
    """The answer as texts, whole numbers, lists and dicts; days are ISO 8601, the limits of scores texts."""
    problems = [problem_record(group) for group in problems_of(intake, answer.problems)]
    found = _run(answer) if isinstance(answer, SegmentRun) else {"outreach": [_outreach(o) for o in answer.outreach]}
    return {"title": title, **intake_record(intake), **found, "problems": problems}


def _run(run: SegmentRun) -> dict[str, object]:
    return {
        "as_of": str(run.as_of),
        "customers": len(run),
        "states": run.state_counts(),
        "segments": [{"segment": name, "customers": times} for name, times in run.segment_counts().items()],
        "scores": [_band(band) for band in run.rfm.bands],
    }


def _band(band: ScoreBand) -> dict[str, object]:
    limits = {"least": f"{band.least}", "greatest": f"{band.greatest}"}
    return {"metric": band.metric, "score": band.score, **limits, "customers": band.customers}


def _outreach(each: Outreach) -> dict[str, object]:
    who = {"on": str(each.on), "customer_id": each.customer_id, "occasion": each.occasion}
    return {**who, "channel": each.channel, "offer": each.offer}
