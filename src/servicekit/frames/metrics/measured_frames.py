"""Scorecards over whole frames: the states of the rows, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from servicekit.frames.metrics.columns_read import columns_read
from servicekit.frames.metrics.counted_columns import TablePass
from servicekit.frames.metrics.group_states import TableAnswers
from servicekit.frames.metrics.metric_columns import MetricSource, metric_columns
from servicekit.frames.metrics.table_columns import TableColumns, no_rows
from servicekit.kpi import Results, ScorecardEngine, States
from servicekit.kpi.engine.collect import StateSource
from servicekit.kpi.table_schema import table_named

if TYPE_CHECKING:
    from servicekit.timeline.period import PeriodUnit


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

    ``data`` has a Polars (eager or lazy), pandas, PyArrow, DuckDB or PySpark frame for each table. Columns are those of
    :data:`TABLES <servicekit.kpi.TABLES>` and facts of the house; a column that is not there is empty. Instants are
    datetimes with a time zone, days, or whole microseconds of UTC; numbers are whole or Decimals.

    Each table is asked once for the sums of all metrics, and once more for the values of each quantile, duration, and
    metric of kind ``within``, which a state keeps one by one.

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
    read = columns_read(plan.metrics.values(), plan.breakdown)
    passes: dict[str, TablePass] = {}
    for name in {**data, **read}:
        schema = table_named(name)
        names = read.get(name)
        if names is not None:
            passes[name] = TablePass(TableColumns(schema, data[name] if name in data else no_rows(), names))
    divisible = plan.breakdown.divisible(plan.metrics, lambda table, column: passes[table].table.has(column))
    source = MetricSource(passes.__getitem__, as_of, StateSource({}, plan.breakdown, as_of, plan.clocks).clock)
    asked = {name: metric_columns(metric, source) for name, metric in plan.metrics.items()}
    divided, whole = TableAnswers(plan.breakdown), TableAnswers(plan.breakdown.whole)
    answers = {name: (divided if name in divisible else whole).states(each) for name, each in asked.items()}
    of = {(name, group): state for name, states in answers.items() for group, state in states.items()}
    return States(plan.breakdown.names, period, of)


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
    :meth:`ScorecardEngine.measure <servicekit.kpi.ScorecardEngine.measure>`.

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
    return engine.finish(states(engine, data, by=by, period=period, as_of=as_of), as_of=as_of, tables=data)
