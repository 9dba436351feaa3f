"""Scorecards over whole frames: the states of the rows, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from servicekit.frames.metrics.columns.columns_read import columns_read
from servicekit.frames.metrics.columns.counted_columns import TablePass
from servicekit.frames.metrics.columns.metric_columns import MetricColumns, MetricSource, metric_columns
from servicekit.frames.metrics.columns.table_columns import TableColumns, no_rows
from servicekit.frames.metrics.columns.zone_columns import midnight_us
from servicekit.frames.metrics.group_states import TableAnswers
from servicekit.frames.metrics.measured_states import MeasuredStates
from servicekit.kpi import Results, ScorecardEngine, States
from servicekit.kpi.engine.collect import StateSource
from servicekit.kpi.metric import Metric, WithinMetric
from servicekit.kpi.scorecard_engine import StatePlan
from servicekit.kpi.table_schema import table_named
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from servicekit.timeline.period import PeriodUnit
    from servicekit.vocabulary import FieldType


def states(
    engine: ScorecardEngine,
    data: Mapping[str, object],
    *,
    by: Iterable[str] = (),
    period: PeriodUnit | None = None,
    as_of: datetime | None = None,
) -> States:
    """What is to be kept of the rows of some frames: the states that :meth:`ScorecardEngine.states
    <servicekit.kpi.ScorecardEngine.states>` keeps of the same rows as objects, so that parts of both add up.

    ``data`` has a Polars (eager or lazy), pandas, PyArrow, DuckDB, Ibis or PySpark frame for each table. Columns are
    those of :data:`TABLES <servicekit.kpi.TABLES>` and facts of the house; a column that is not there is empty.
    Instants are datetimes with a time zone, days, or whole microseconds of UTC; numbers are whole or Decimals.

    Each table is asked once for the sums of all metrics, and once more for the values of each quantile, duration, and
    metric of kind ``within``, which a state keeps one by one, as objects; :func:`measure` does not need them.

    >>> import pyarrow as pa
    >>> from servicekit.kpi import Nps, Scorecard
    >>> card = Scorecard(metrics={"nps": Nps()}).compile()
    >>> answers = pa.table({"instrument": ["nps"] * 4, "score": [10, 9, 3, None], "channel": list("aabb")})
    >>> kept = states(card, {"answer": answers}, by=["channel"])
    >>> kept.of["nps", ("a",)].sums, kept.of["nps", ("b",)].left_out
    ({'n': 2, 'plus': 2}, {'unanswered': 1})

    Raises:
        FrameError: a column holds what it should not; every such column of a table is named.
        TypeError: a frame is of no supported library.
        UnknownNameError: there is no such table, or no metric has such a column to break down by.
        ValueError: something has not ended, and ``as_of`` does not say when it is measured; or a length is negative.
    """
    plan = engine.plan(by, period)
    (divided, whole), asked = _answers(plan), _asked(plan, data, as_of)
    of = {
        (each.name, group): state
        for each in asked
        for group, state in (divided if each.is_divisible else whole).states(each.columns).items()
    }
    return plan.states(of, [each.name for each in asked if each.is_divisible])


class _Asked(NamedTuple):
    """A metric, what it asks of its tables, and whether all of these have the columns of the breakdown."""

    name: str
    metric: Metric
    columns: MetricColumns
    is_divisible: bool


def _answers(plan: StatePlan) -> tuple[TableAnswers, TableAnswers]:
    """The answers to metrics that are broken down, and to those that are left whole."""
    return TableAnswers(plan.breakdown), TableAnswers(plan.breakdown.whole)


def _asked(plan: StatePlan, data: Mapping[str, object], as_of: datetime | None) -> list[_Asked]:
    """The metrics, and what each asks of its tables."""
    read = columns_read(plan.metrics.values(), plan.breakdown, as_of)
    passes: dict[str, TablePass] = {}
    for name in {**data, **read}:
        schema = table_named(name)
        names = read.get(name)
        if names is not None:
            columns = TableColumns(schema, data[name] if name in data else no_rows(), names)
            passes[name] = TablePass(columns, _last_us(as_of, plan.breakdown.timezone))
    divisible = plan.breakdown.divisible(
        plan.metrics, lambda table, column: passes[table].table.has(column) if table in data else None
    )
    source = MetricSource(passes.__getitem__, as_of, StateSource({}, plan.breakdown, as_of, plan.clocks).clock)
    return [
        _Asked(name, metric, metric_columns(metric, source), name in divisible) for name, metric in plan.metrics.items()
    ]


def _last_us(as_of: datetime | None, tz: ZoneInfo) -> Mapping[FieldType, int]:
    """The last moments that are known, by the type of their column: of a day, that it has begun in the zone."""
    if as_of is None:
        return {}
    return {"instant": to_us(as_of), "day": midnight_us(as_of.astimezone(tz).date())}


def measure(
    engine: ScorecardEngine,
    data: Mapping[str, object],
    *,
    by: Iterable[str] = (),
    period: PeriodUnit | None = None,
    as_of: datetime | None = None,
) -> Results:
    """Measure the rows of frames: all of them, and by columns and by the period of their moments.

    See :func:`states` for the frames; the results are those of
    :meth:`ScorecardEngine.measure <servicekit.kpi.ScorecardEngine.measure>`. The library finds which rows are followed
    (by windows in DuckDB, Ibis and Spark, by sorting once elsewhere) and lists the values of quantiles by group, those
    of Spark on the driver. The lengths of durations become objects, unless bins are kept, as do chains and first rows
    of metrics of kind ``within`` on tables of Arrow.

    >>> import pyarrow as pa
    >>> from servicekit.kpi import Nps, Scorecard
    >>> answers = pa.table({"instrument": ["nps"] * 4, "score": [10, 9, 3, None]})
    >>> measure(Scorecard(metrics={"nps": Nps()}).compile(), {"answer": answers})["nps"].value
    33.333333333333336

    Raises:
        FrameError: a column holds what it should not; every such column of a table is named.
        TypeError: a frame is of no supported library.
        UnknownNameError: there is no such table, or no metric has such a column to break down by.
        ValueError: something has not ended, and ``as_of`` does not say when it is measured; or a length is negative.
    """
    plan = engine.plan(by, period)
    divided, whole = (MeasuredStates(answers, as_of, plan.confidence) for answers in _answers(plan))
    asked = sorted(_asked(plan, data, as_of), key=lambda each: not isinstance(each.metric, WithinMetric))
    of = {
        (each.name, group): state
        for each in asked  # those that need whole tables first, while there is room
        for group, state in (divided if each.is_divisible else whole).of(each.metric, each.columns).items()
    }
    kept = plan.states(of, [each.name for each in asked if each.is_divisible])
    return engine.finish(kept, as_of=as_of, tables=data)
