"""Rows of results as a data frame of the library that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, cast, overload

import narwhals as nw

from servicekit._extras import require
from servicekit.document import did_you_mean
from servicekit.frames.cases.event_log.coded_texts import TextColumn
from servicekit.frames.cases.outcome_frame import Columns, framed
from servicekit.frames.frame_columns import Column
from servicekit.frames.results.result_columns import columns_of
from servicekit.frames.results.typed_columns import typed_columns
from servicekit.layout import Result

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame as SparkFrame

FrameLibrary: TypeAlias = Literal["polars", "pandas", "pyarrow", "duckdb", "pyspark"]
"""A library that :func:`to_frame` makes frames of."""

_Subject: TypeAlias = Result | Sequence[object]


@overload
def to_frame(result: _Subject, *, using: Literal["polars"] = "polars") -> pl.DataFrame: ...
@overload
def to_frame(result: _Subject, *, using: Literal["pandas"]) -> pd.DataFrame: ...
@overload
def to_frame(result: _Subject, *, using: Literal["pyarrow"]) -> pa.Table: ...
@overload
def to_frame(result: _Subject, *, using: Literal["duckdb"]) -> duckdb.DuckDBPyRelation: ...
@overload
def to_frame(result: _Subject, *, using: Literal["pyspark"]) -> SparkFrame: ...
def to_frame(result: _Subject, *, using: FrameLibrary = "polars") -> object:
    """The rows of a result as a data frame, or of several results of one kind, one below the other.

    Columns have the same types whatever they hold: counts are 64-bit integers, instants in UTC to the microsecond, days
    dates, lengths of time durations, texts texts. A fraction ``x`` is a float beside ``x_numerator`` and
    ``x_denominator``, in lowest terms; money is in whole minor units beside ``x_currency``. The reference lists the
    columns of each result. Rows are those of ``rows()``, in its order, totals included.

    A frame of Spark is made in the session that is active. For Ibis: ``ibis.memtable(to_frame(x, using="pyarrow"))``.

    >>> from servicekit.kpi import Retention
    >>> frame = to_frame(Retention(start=1000, lost=50, joined=120))
    >>> frame.columns
    ['start', 'lost', 'joined', 'end', 'churn', 'churn_numerator', 'churn_denominator', 'retention', ...]
    >>> frame["churn"].to_list(), frame["churn_denominator"].to_list()
    ([0.05], [20])

    Raises:
        MissingExtraError: the library is not installed.
        TypeError: it is not a result, or results of two kinds.
        ValueError: there is no such library, no Spark session, no result in a list, or a number is too large; or two
            columns would have one name.
    """
    if using not in _MAKERS:
        hint = did_you_mean(using, _MAKERS)
        raise ValueError(f"unknown library {using!r}; {hint or 'expected one of ' + ', '.join(_MAKERS)}")
    results = _results(result)
    rows = [row for each in results for row in each.rows()]
    columns: dict[str, TextColumn | Column] = {}
    for name, kind, values in columns_of(type(results[0]), rows):
        for label, column in typed_columns(name, kind, values):
            if label in columns:
                raise ValueError(f"two columns are called {label!r}: one is a part of {name!r}; give it another name")
            columns[label] = column
    return _MAKERS[using](columns)


def _results(subject: _Subject) -> Sequence[Result]:
    if isinstance(subject, Result):
        return [subject]
    if not isinstance(subject, list | tuple) or not all(isinstance(each, Result) for each in subject):
        kind = type(subject).__name__
        raise TypeError(f"there are no rows of a {kind}; give a result, such as a DeskReport, or a list of results")
    kinds = list(dict.fromkeys(type(each).__name__ for each in subject))
    if not kinds:
        raise ValueError("an empty list has no rows and says nothing of their columns; give at least one result")
    if len(kinds) > 1:
        raise TypeError(f"a {kinds[0]} and a {kinds[1]} have different columns; make a frame of each")
    return cast("Sequence[Result]", subject)


def _polars(columns: Columns) -> object:
    require("polars", extra="polars")
    return framed(columns, nw.Implementation.POLARS)


def _pandas(columns: Columns) -> object:
    require("pandas", extra="spark")
    return framed(columns, nw.Implementation.PANDAS)


def _pyarrow(columns: Columns) -> object:
    require("pyarrow", extra="duckdb")
    return framed(columns, nw.Implementation.PYARROW)


def _duckdb(columns: Columns) -> object:
    return require("duckdb", extra="duckdb").from_arrow(_pyarrow(columns))


def _pyspark(columns: Columns) -> object:
    session = require("pyspark.sql", extra="spark").SparkSession.getActiveSession()
    if session is None:
        raise ValueError("there is no Spark session; start one first, by SparkSession.builder.getOrCreate()")
    return session.createDataFrame(_pyarrow(columns))


_MAKERS: Mapping[str, Callable[[Columns], object]] = {
    "polars": _polars,
    "pandas": _pandas,
    "pyarrow": _pyarrow,
    "duckdb": _duckdb,
    "pyspark": _pyspark,
}
