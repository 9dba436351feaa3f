"""Frames give the states and the results of objects, in every library, for drawn rows and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.frames import metrics as frame_metrics
from servicekit.kpi import TABLES, Metric, Scorecard, ScorecardEngine, StandardMetric
from servicekit.kpi.metric import Keep
from servicekit.testing.strategies.kpi.metric_documents import metrics, standard_metrics, within_metrics
from servicekit.testing.strategies.kpi.table_rows import FIRST, Row, table_rows
from servicekit.timeline.period import PeriodUnit
from tests.frames.libraries import IBIS, LIBRARIES, Library

AS_OF = FIRST + timedelta(days=5)
READ = ("contact", "case", "work")
Data = dict[str, list[Row]]
groupings = st.sampled_from(((), ("channel",), ("channel", "issue_type")))
units = st.sampled_from((None, *get_args(PeriodUnit)))
libraries = st.sampled_from((*LIBRARIES, *IBIS))
_ARROW = {"text": pa.string(), "integer": pa.int64(), "boolean": pa.bool_(), "instant": pa.timestamp("us", "UTC")}


def arrow(table: str, rows: Sequence[Row]) -> pa.Table:
    names = {**{name: None for row in rows for name in row}, **TABLES[table].columns}
    return pa.table({name: _column(kind, [row.get(name) for row in rows]) for name, kind in names.items()})


def _column(kind: str | None, cells: list[Any]) -> pa.Array:
    if kind == "decimal":
        return pa.array([None if each is None else Decimal(each) for each in cells], pa.decimal128(18, 4))
    return pa.array(cells, _ARROW[kind] if kind else None)


def framed(library: Library, data: Data) -> Mapping[str, object]:
    return {table: library.make(arrow(table, rows)) for table, rows in data.items()}


def check_same(
    engine: ScorecardEngine, library: Library, data: Data, by: tuple[str, ...], unit: PeriodUnit | None
) -> None:
    try:
        wanted = engine.states(data, by=by, period=unit, as_of=AS_OF)
    except ValueError as error:
        for asked in (frame_metrics.states, frame_metrics.measure):
            with pytest.raises(ValueError, match=str(error)[:20]):
                asked(engine, framed(library, data), by=by, period=unit, as_of=AS_OF)
        return
    results = engine.finish(wanted, as_of=AS_OF)
    measured = frame_metrics.measure(engine, framed(library, data), by=by, period=unit, as_of=AS_OF)
    assert dict(measured.of) == dict(results.of)
    found = frame_metrics.states(engine, framed(library, data), by=by, period=unit, as_of=AS_OF)
    assert dict(found.of) == dict(wanted.of)
    assert dict(engine.finish(found, as_of=AS_OF).of) == dict(results.of)
    assert (found.by, found.period, found.definitions) == (wanted.by, wanted.period, wanted.definitions)


@given(
    st.dictionaries(st.sampled_from("abc"), metrics(), min_size=1),
    table_rows(READ),
    groupings,
    units,
    libraries,
    st.sampled_from(get_args(Keep)),
)
def test_frames_give_the_states_of_objects(
    named: dict[str, Metric], data: Data, by: tuple[str, ...], unit: PeriodUnit | None, library: Library, keep: Keep
) -> None:
    card = Scorecard(metrics=named, keep=keep)
    check_same(card.compile(timezone=ZoneInfo("America/New_York")), library, data, by, unit)


@given(within_metrics(), table_rows(["contact"], max_size=30), groupings, libraries)
def test_what_follows_is_kept_alike(metric: Metric, data: Data, by: tuple[str, ...], library: Library) -> None:
    check_same(Scorecard(metrics={"m": metric}).compile(), library, data, by, None)


@given(standard_metrics(), table_rows(), units, libraries)
def test_metrics_of_the_field_are_kept_alike(
    metric: StandardMetric, data: Data, unit: PeriodUnit | None, library: Library
) -> None:
    check_same(Scorecard(metrics={"m": metric}).compile(timezone=ZoneInfo("Asia/Shanghai")), library, data, (), unit)
