"""What the columns of each result hold, so that a frame has the same types whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import lcm
from typing import cast

from servicekit.frames.results.typed_columns import Cells, ResultKind, kind_of

_COUNTS = """met integer, met_late integer, missed integer, open integer, cancelled integer, no_target integer,
    all_labelled fraction, promised fraction, stopped fraction"""
_BEFORE_AND_AFTER = ", ".join(
    f"{name}_{side} integer"
    for side in ("before", "after")
    for name in ("met", "met_late", "missed", "open", "cancelled", "no_target")
)
_BUDGET = "allowed fraction, spent fraction, unit text, exhausted_at instant, burn_rate fraction"
_MEASURED = """value number, low number, high number, n integer, numerator integer, denominator integer, unit text,
    censored integer, left_out integer, status text"""
_SCORES = "customer_id text, r integer, f integer, m integer, recency_days integer, frequency integer, monetary money"

_UPTIME = f"""start instant, end instant, target fraction, value fraction, is_kept boolean, up length, down length,
    excluded length, closed length, {_BUDGET}, credit fraction"""

RESULT_COLUMNS: Mapping[str, str] = {
    "Backlog": """opening integer, created integer, resolved integer, reopened integer, cancelled integer,
        closing integer, clearance_rate fraction""",
    "CaseView": """case_id text, metric text, instance integer, policy_version text, target text, started_at instant,
        due_at instant, stopped_at instant, breached_at instant, elapsed_us integer, paused_us integer, phase text,
        outcome text, channel text, issue_type text, tier text, priority text, owner text""",
    "ClockExplanation": """start instant, end instant, kind text, layer text, reason text, target text,
        elapsed_us integer""",
    "ClockView": "as ClockExplanation",
    "CohortTable": "cohort text, later integer, customers integer, size integer, share fraction",
    "Comparison": f"""metric text, group text, {_BEFORE_AND_AFTER}, better integer, worse integer,
        appeared integer, vanished integer, other integer, unchanged integer,
        points_all_labelled fraction, points_promised fraction, points_stopped fraction""",
    "ControlChart": "name text, value number, centre number, low number, high number, signals text",
    "DeskReport": f"metric text, channel text, {_COUNTS}",
    "Distribution": "value fraction, times integer, is_final boolean",
    "ExpirySchedule": "on day, points integer, by_inactivity boolean",
    "KaplanMeier": "time number, at_risk integer, events integer, survival number, error number",
    "LiabilityDays": """as_of day, currency text, earned integer, redeemed integer, expired integer,
        taken_back integer, adjusted integer, outstanding integer, debt integer, expected fraction,
        breakage fraction""",
    "MeasuredUptime": f"""service text, period text, {_UPTIME}, status text, is_recorded boolean,
        is_of_window boolean""",
    "OutreachPlan": "on day, customer_id text, occasion text, channel text, offer text",
    "PointsComparison": "member text, before integer, after integer, gain fraction",
    "Results": f"metric text, {_MEASURED}",
    "Retention": "start integer, lost integer, joined integer, end integer, churn fraction, retention fraction",
    "RfmTable": _SCORES,
    "SegmentRun": f"{_SCORES}, state text, segment text, groups text",
    "ServicePeriod": f"period text, metric text, by text, value text, {_COUNTS}",
    "SloVerdict": f"objective text, target fraction, value fraction, is_kept boolean, {_BUDGET}",
    "Staffing": "agents integer, service_level number, occupancy number, is_fewest boolean",
    "StageFunnel": """stage text, reached integer, skipped integer, came integer, may_come integer, of_first number,
        of_first_low number, of_first_high number, of_before number, of_before_low number, of_before_high number""",
    "Statement": """on day, account text, kind text, points integer, balance integer, available integer,
        pending integer, held integer, debt integer, key text, of text, reason text, recorded_at instant""",
    "TierComparison": "before text, after text, customers integer",
    "TierRun": """customer_id text, tier text, since day, valid_until day, in_grace boolean, earned text,
        next_tier text, projected_tier text, projected_on day, household_id text""",
    "TierStatus": "tier text, first_on day, last_on day, reason text",
    "Trend": f"period text, {_MEASURED}",
    "UptimeVerdict": _UPTIME,
}
"""The columns of rows by result, each with its kind; the reference shows them."""


@cache
def kinds_of(result: str) -> Mapping[str, ResultKind]:
    """The columns of a result with their kinds; none of one that is not ours.

    >>> kinds_of("ExpirySchedule")
    {'on': 'day', 'points': 'integer', 'by_inactivity': 'boolean'}
    """
    text = RESULT_COLUMNS.get(result, "")
    if text.startswith("as "):
        return kinds_of(text.removeprefix("as "))
    return {name: cast(ResultKind, kind) for name, kind in map(str.split, filter(None, text.split(",")))}


def columns_of(result: type, rows: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, ResultKind, Cells]]:
    """The columns of some rows with their kinds; one that is not declared is what its values are.

    >>> list(columns_of(object, [{"a": 1}, {"a": None}]))
    [('a', 'integer', [1, None])]
    """
    kinds = kinds_of(result.__name__) if result.__module__.startswith("servicekit.") else {}
    if "numerator" in kinds:
        rows = [_in_whole_numbers(row) for row in rows]
    for name in dict.fromkeys(name for row in rows for name in row) if rows else kinds:
        values = [row.get(name) for row in rows]
        yield name, kinds.get(name) or kind_of(values), values


def _in_whole_numbers(row: Mapping[str, object]) -> Mapping[str, object]:
    """The row with its numerator and denominator made larger by the least whole number that makes them whole."""
    above, below = (cast("Fraction | int | None", row[name]) for name in ("numerator", "denominator"))
    scale = lcm(*(each.denominator for each in (above, below) if each is not None))
    if scale == 1:
        return row
    return {
        **row,
        "numerator": None if above is None else int(above * scale),
        "denominator": int((1 if below is None else below) * scale),
    }
