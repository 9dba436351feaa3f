"""Laws of key figures: parts make the whole, whatever their order; totals are divided anew; nothing leaves its range.

Draw the rows and the metrics from ``servicekit.testing.strategies.kpi``, or take your own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import isclose
from zoneinfo import ZoneInfo

from servicekit.events import Case
from servicekit.kpi import (
    Backlog,
    CohortTable,
    Measurement,
    RatioMetric,
    Results,
    Scorecard,
    ScorecardEngine,
    ServiceLevel,
    StageFunnel,
    States,
    WithinMetric,
)
from servicekit.sla import SlaPolicy, fold
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.slow.metrics import Row, SlowMeasurement, SlowMetrics
from servicekit.timeline import Interval
from servicekit.timeline.period import PeriodUnit, periods

Rows = Mapping[str, Sequence[Row]]

_RANGES = {"share": (0.0, 1.0), "points": (-100.0, 100.0)}
_ROUNDING = 1e-9


def check_metrics(
    scorecard: Scorecard, rows: Rows, *, by: Sequence[str] = (), period: PeriodUnit | None = None, as_of: datetime
) -> None:
    """States of parts add up to those of the whole, in any order, and as bytes; groups add up to the total; every
    figure is that of :class:`~servicekit.testing.slow.metrics.SlowMetrics`, in range and between its limits.

    The rows are mappings by column; periods are those of the zone of ``as_of``.

    >>> from datetime import UTC
    >>> card = Scorecard.parse("{metrics: {speed: {kind: answer_speed}}}")
    >>> calls = [{"outcome": "answered", "wait_us": 20, "queue": each} for each in ("sales", "sales", "support")]
    >>> check_metrics(card, {"contact": calls}, by=["queue"], as_of=datetime(2026, 1, 5, tzinfo=UTC))

    Raises:
        LawBroken: the first that does not hold.
    """
    timezone = as_of.tzinfo if isinstance(as_of.tzinfo, ZoneInfo) else ZoneInfo("UTC")
    engine = scorecard.compile(timezone=timezone)
    whole = engine.states(rows, by=by, period=period, as_of=as_of)
    _check_states(engine, rows, whole, as_of)
    results = engine.finish(whole, as_of=as_of)
    apart = engine.measure(rows, as_of=as_of)
    for name, metric in scorecard.metrics.items():
        demand(results[name] == apart[name], "the total is that of all rows", grouped=results[name], apart=apart[name])
        if not isinstance(metric.definition(), WithinMetric) and _is_whole_below(scorecard, name):
            _check_explained(engine, rows, apart[name], as_of)
        found = _by_group(results, name)
        judge = SlowMetrics(metric.definition(), timezone, scorecard.first_month)
        judged: dict[tuple[object, ...], SlowMeasurement] = dict(judge.measure(rows, as_of=as_of).items())
        if whole.by:
            judged.update(judge.measure(rows, by=by, period=period, as_of=as_of).items())
        nothing = judge.measure({}, as_of=as_of)[()]  # a sum of no rows is 0
        for group in judged | found:
            agrees_with_slow_metrics(found.get(group), judged.get(group, nothing), metric.min_n)
    for measured in results:
        is_part = isinstance(scorecard.metrics[measured.metric].definition(), RatioMetric | WithinMetric)
        figure_is_in_range(measured, is_part=is_part and _is_whole_below(scorecard, measured.metric))


def _check_explained(engine: ScorecardEngine, rows: Rows, measured: Measurement, as_of: datetime) -> None:
    told = Counter(each.reason for each in engine.explain(measured.metric, rows, as_of=as_of))
    demand(told.pop(None, 0) == measured.n, "as many rows are explained as count", told=told, measured=measured)
    demand(
        told == measured.left_out, "the reasons that are told are those that are counted", told=told, measured=measured
    )


def _is_whole_below(scorecard: Scorecard, name: str) -> bool:
    """Whether what stands above the line is among what stands below it."""
    return getattr(scorecard.metrics[name].definition(), "per", None) in (None, "row", "episode", "first")


def _by_group(results: Results, name: str) -> dict[tuple[object, ...], Measurement]:
    return {group: measured for (metric, group), measured in results.of.items() if metric == name}


def _check_states(engine: ScorecardEngine, rows: Rows, whole: States, as_of: datetime) -> None:
    by, period, read = whole.by[bool(whole.period) :], whole.period, States.from_bytes(whole.to_bytes())
    demand(read == whole, "states survive as bytes", whole=whole, read=read)
    turned = {table: list(reversed(each)) for table, each in rows.items()}
    backwards = engine.states(turned, by=by, period=period, as_of=as_of)
    demand(backwards == whole, "the order of the rows changes nothing", whole=whole, backwards=backwards)
    halves = [{table: each[start::2] for table, each in rows.items()} for start in (0, 1)]
    parts = [engine.states(half, by=by, period=period, as_of=as_of) for half in halves]
    for added in (parts[0] | parts[1], parts[1] | parts[0]):
        demand(added == whole, "parts add up to the whole", whole=whole, added=added)
        finished, expected = (dict(engine.finish(each, as_of=as_of).of) for each in (added, whole))
        demand(finished == expected, "the whole is measured alike", added=finished, whole=expected)


def agrees_with_slow_metrics(measured: Measurement | None, judged: SlowMeasurement, min_n: int = 1) -> None:
    """A measurement is what the rows come to one by one; none is there only for a group in which no row is meant.

    Raises:
        LawBroken: it is not.
    """
    if measured is None:
        demand(not judged.n and not judged.left_out, "a group with rows is measured", judged=judged)
        return
    seen = {"measured": measured, "judged": judged}
    demand(measured.n == judged.n, "as many rows count", **seen)
    demand(measured.left_out == judged.left_out, "the same rows are left out, for the same reasons", **seen)
    demand(measured.censored == judged.censored, "as many are not over", **seen)
    if 1 < min_n > measured.n:
        demand(measured.exact is None is measured.numerator, "too few rows have no value", **seen)
        return
    demand((measured.exact is None) == (judged.value is None), "there is a value, or there is none", **seen)
    if measured.exact is not None and judged.value is not None:
        demand(isclose(measured.exact, judged.value, rel_tol=_ROUNDING), "the value is the same", **seen)


def figure_is_in_range(measured: Measurement, *, is_part: bool) -> None:
    """A value lies between its limits; shares, points and their limits stay in range; a part is no more than the whole.

    Raises:
        LawBroken: it does not.
    """
    if measured.exact is None:
        demand(measured.low is None is measured.high, "what has no value has no limits", measured=measured)
        return
    value = float(measured.exact)
    low, high = (value if each is None else each for each in (measured.low, measured.high))
    holds = low <= value + _ROUNDING * abs(value) and value <= high + _ROUNDING * abs(value)
    demand(holds, "the limits hold the value", measured=measured)
    if is_part:
        above, below = measured.numerator or 0, measured.denominator or 0
        demand(0 <= above <= below, "a part is no more than the whole", measured=measured)
    if is_part or measured.unit == "points":
        least, most = _RANGES[measured.unit]
        demand(least <= low and high <= most, "limits stay in range", measured=measured)


def check_service_level(contacts: Sequence[Row], variant: str, waits: Iterable[timedelta]) -> None:
    """Of the same contacts, no fewer are in time when they may take longer; by any of the conventions.

    >>> calls = [{"outcome": "answered", "wait_us": seconds * 1_000_000} for seconds in (5, 20, 60)]
    >>> check_service_level(calls, "answered_only", [timedelta(seconds=10), timedelta(seconds=20)])

    Raises:
        LawBroken: fewer are.
    """
    found: list[tuple[timedelta, Fraction | None]] = []
    for within in sorted(waits):
        metric = ServiceLevel.model_validate({"within": within, "variant": variant, "short": timedelta(seconds=5)})
        found.append((within, Scorecard(metrics={"sl": metric}).compile().measure({"contact": contacts})["sl"].exact))
    known = [value for _, value in found if value is not None]
    demand(known == sorted(known), "more are in time when they may take longer", found=found, variant=variant)


def check_backlog(cases: Sequence[Case], periods: Sequence[Interval]) -> None:
    """What is open at the end of a period is what was open, came and came back, less what went; the next one begins
    with that; and one period instead of two adjoining ones counts what both do.

    >>> from datetime import UTC
    >>> days = [datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6, 7)]
    >>> check_backlog([], [Interval(start, end) for start, end in pairwise(days)])

    Raises:
        LawBroken: it is not.
    """
    found = Backlog.of(cases, periods)
    for each in found:
        closing = each.opening + each.created + each.reopened - each.resolved - each.cancelled
        demand(each.closing == closing >= 0, "a backlog adds up", backlog=each)
        least = min(each.opening, each.created, each.reopened, each.resolved, each.cancelled)
        demand(least >= 0, "no count is negative", backlog=each)
    for (first, second), (one, other) in zip(pairwise(periods), pairwise(found), strict=True):
        if first.end == second.start:
            demand(one.closing == other.opening, "what closes is what opens", first=one, second=other)
            [both] = Backlog.of(cases, [Interval(first.start, second.end)])
            is_sum = both.opening == one.opening and both.created == one.created + other.created
            demand(is_sum and both.closing == other.closing, "two periods are one", both=both, first=one, second=other)


def check_cohorts(visits: Sequence[tuple[str, date]], unit: PeriodUnit) -> None:
    """Everybody is in one cohort, and in one cell for each period; of a cohort never more come again than there are.

    >>> check_cohorts([("m-1", date(2026, 1, 5)), ("m-1", date(2026, 2, 5))], "month")

    Raises:
        LawBroken: more do, or somebody is in none or in two.
    """
    table = CohortTable.of(visits, unit)
    sizes = sum(counts[0] for counts in table.cohorts.values())
    demand(sizes == len({customer for customer, _ in visits}), "everybody is in one cohort", table=table)
    came = {(customer, periods(unit, on, on)[0].start) for customer, on in visits}
    demand(sum(map(sum, table.cohorts.values())) == len(came), "who came in a period is in one cell", table=table)
    within = all(0 <= count <= counts[0] for counts in table.cohorts.values() for count in counts)
    demand(within, "of a cohort never more come again than there are", table=table)
    backwards = CohortTable.of(list(reversed(visits)), unit)
    demand(backwards == table, "the order of the visits changes nothing", table=table, backwards=backwards)


def check_stages(cases: Sequence[Case], stages: Sequence[str], as_of: datetime) -> None:
    """A stage is reached where a clock of ``reach_stage`` stops; of each stage no more come than of the one before, and
    nobody has come and may come; parts of the cases add up, and nobody goes back as time goes on.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> check_stages([Case("C-1", (Opened("C-1", nine),))], ["opened", "resolved"], nine)

    Raises:
        LawBroken: the first that does not hold.
    """
    whole = StageFunnel.of(cases, stages, as_of=as_of)
    for stage in whole.stages:
        judged = [case for case in cases if _reaches(case, stage.name, as_of)]
        demand(stage.reached == len(judged), "a stage is reached where a clock stops", stage=stage, judged=judged)
        least = min(stage.reached, stage.skipped, stage.may_come)
        demand(least >= 0 and stage.came + stage.may_come <= whole.cases, "nobody counts twice", funnel=whole)
    for before, stage in pairwise(whole.stages):
        demand(stage.came <= before.came, "no more come than came before", funnel=whole)
        share = whole.of_before(stage.name)
        demand(share is not None and 0 <= (share.value or 0) <= 1, "a share is a part", funnel=whole, share=share)
    halves = [StageFunnel.of(cases[start::2], stages, as_of=as_of) for start in (0, 1)]
    for place, stage in enumerate(whole.stages):
        for name in ("reached", "skipped", "may_come"):
            parts = [getattr(half.stages[place], name) for half in halves]
            demand(sum(parts) == getattr(stage, name), "parts add up to the whole", stage=stage, parts=parts)
    later = StageFunnel.of(cases, stages, as_of=as_of + timedelta(days=1))
    went = [(one.came, other.came) for one, other in zip(whole.stages, later.stages, strict=True)]
    demand(all(one <= other for one, other in went), "nobody goes back", now=whole, later=later)


def _reaches(case: Case, stage: str, as_of: datetime) -> bool:
    if case.opened is None or case.opened.at > as_of:
        return False
    if stage == "opened":
        return True
    policy = SlaPolicy.model_validate({"targets": [{"stages": {stage: "1h"}}]}).compile({})
    clock = fold(policy, case.events, as_of).clock(f"reach_stage:{stage}")
    return clock.stopped_at is not None
