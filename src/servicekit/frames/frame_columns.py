"""Columns of data frames as arrays and back: instants are int64 microseconds, nulls are a mask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import narwhals as nw
import numpy as np

from servicekit.document import did_you_mean
from servicekit.errors import NaiveColumnError
from servicekit.frames.array_chunks import Bools, Floats, Ints
from servicekit.frames.whole_microseconds import of_numbers, of_objects, of_times
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL

if TYPE_CHECKING:
    from narwhals.dtypes import DType
    from narwhals.typing import IntoDataFrame, IntoSeries

    Frame: TypeAlias = nw.DataFrame[IntoDataFrame]
    Series: TypeAlias = nw.Series[Any]


ColumnKind: TypeAlias = Literal["integer", "boolean", "number", "instant", "day", "length", "text"]
"""What the values of a column mean; instants are UTC microseconds, days the ordinals of dates, lengths microseconds."""
_INTERVAL = [("months", "<i4"), ("days", "<i4"), ("nanoseconds", "<i8")]
_MANY_DAYS = 10_000_000  # more than there are, and their microseconds still fit 64 bits


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers or booleans with a mask that is true where there is none.

    ``zone`` is the time zone in which instants are shown, as their library names it.

    >>> Column(np.array([1, 0]), np.array([False, True]), "integer").kind
    'integer'
    """

    values: Ints | Bools | Floats
    null: Bools
    kind: ColumnKind
    zone: str | tzinfo = "UTC"


def instants(frame: Frame, name: str) -> tuple[Ints, Bools]:
    """The UTC microseconds of a column of instants; finer fractions are cut off, what does not fit is out of all range.

    Raises:
        KeyError: there is no such column.
        NaiveColumnError: its datetimes have no time zone.
        TypeError: it holds something else.
    """
    series = _in_known_zone(_series(frame, name))
    if _is_empty(series):
        return _nothing(len(series))
    check_instants(name, series.dtype)
    return _microseconds(series)


def amounts(frame: Frame, name: str) -> tuple[Ints, Bools]:
    """The microseconds of a column of whole numbers or of durations; a day of an interval has 24 hours.

    Raises:
        KeyError: there is no such column.
        TypeError: it holds something else, or intervals with months.
    """
    series = _series(frame, name)
    if _is_empty(series):
        return _nothing(len(series))
    if series.implementation.is_pyarrow() and series.to_native().type == "month_day_nano_interval":
        return _of_intervals(name, series)
    check_amounts(name, series.dtype)
    return _microseconds(series)


def keyed(frame: Frame, name: str) -> Iterator[tuple[object, Bools]]:
    """Each distinct value of a column with the rows that hold it; rows without a value are in none.

    Raises:
        KeyError: there is no such column.
    """
    series = _series(frame, name)
    for value in series.drop_nulls().unique().to_list():
        yield value, (series == value).fill_null(False).to_numpy().astype(np.bool_)


def zone_of(frame: Frame, name: str) -> str | tzinfo:
    """The time zone of a column of instants; UTC where it holds whole numbers, or nothing."""
    series = _series(frame, name)
    found = _pandas_zone(series) or getattr(series.dtype, "time_zone", None) or "UTC"
    assert isinstance(found, str | tzinfo)
    return found


def check_known(name: str, known: Iterable[str], also: str = "") -> None:
    """Refuse a name that no column bears; ``also`` says what else it could have been.

    >>> check_known("opened", ["opened_at", "closed_at"])
    Traceback (most recent call last):
    KeyError: "no column named 'opened'; did you mean 'opened_at'?"
    """
    if name not in (labels := list(known)):
        columns = [str(each) for each in labels]  # pandas' labels may be numbers
        hint = did_you_mean(name, columns) or f"columns: {', '.join(columns) or 'none'}"
        raise KeyError(f"no column named {name!r}; {hint}{also}")


def is_whole(dtype: DType) -> bool:
    """Whether it is a type of whole numbers; Arrow has decimals for those of 128 bits."""
    return dtype.is_integer() or (isinstance(dtype, nw.Decimal) and getattr(dtype, "scale", None) == 0)


def check_instants(name: str, dtype: DType) -> None:
    """Refuse a column that cannot hold instants.

    Raises:
        NaiveColumnError: its datetimes have no time zone.
        TypeError: it holds something else.
    """
    if isinstance(dtype, nw.Datetime) and dtype.time_zone is None:
        raise NaiveColumnError(name)
    if not (isinstance(dtype, nw.Datetime) or is_whole(dtype)):
        raise TypeError(
            f"column {name!r} holds {dtype}, not instants; parse it into datetimes of one time zone, or into whole "
            "microseconds of UTC"
        )


def check_amounts(name: str, dtype: DType) -> None:
    """Refuse a column that cannot hold lengths of time.

    Raises:
        TypeError: it holds neither durations nor whole numbers.
    """
    if not (isinstance(dtype, nw.Duration) or is_whole(dtype)):
        raise TypeError(f"column {name!r} holds {dtype}, not lengths of time; give durations or whole microseconds")


def _series(frame: Frame, name: str) -> Series:
    check_known(name, frame.columns)
    return frame[name]


def _pandas_zone(series: Series) -> tzinfo | None:
    zone = getattr(series.to_native().dtype, "tz", None) if series.implementation.is_pandas() else None
    return zone if isinstance(zone, tzinfo) else None


def _in_known_zone(series: Series) -> Series:
    """The column in UTC where it is pandas': narwhals does not know its zones with an underscore."""
    if _pandas_zone(series) is None:
        return series
    return nw.from_native(series.to_native().dt.tz_convert("UTC"), series_only=True)


def _is_empty(series: Series) -> bool:
    # A column without a single value says nothing of its type: pandas calls it object or float64, Arrow null.
    return not isinstance(series.dtype, nw.Datetime) and series.null_count() == len(series)


def _nothing(rows: int) -> tuple[Ints, Bools]:
    return np.zeros(rows, np.int64), np.ones(rows, np.bool_)


def _microseconds(series: Series) -> tuple[Ints, Bools]:
    """The values at their rows, zero where there is none."""
    null = series.is_null().to_numpy().astype(np.bool_, copy=False)
    if not null.any():
        return _numbers(series), null
    values = np.zeros(len(null), np.int64)
    values[~null] = _numbers(series.drop_nulls())
    return values, null


def _numbers(present: Series) -> Ints:
    dtype = present.dtype
    if isinstance(dtype, nw.Datetime | nw.Duration):
        kind = "M" if isinstance(dtype, nw.Datetime) else "m"
        return of_times(present.cast(nw.Int64).to_numpy().view(f"{kind}8[{dtype.time_unit}]"))
    if isinstance(dtype, nw.Decimal | nw.Int128 | nw.UInt128):
        return of_objects(present.to_list())
    return of_numbers(present.to_numpy())


def _of_intervals(name: str, series: Series) -> tuple[Ints, Bools]:
    """Intervals of Arrow, which DuckDB has, too."""
    flat: Any = series.to_native().combine_chunks()
    parts = np.frombuffer(flat.buffers()[1], _INTERVAL)[flat.offset :][: len(flat)]
    null = series.is_null().to_numpy().astype(np.bool_, copy=False)
    months = np.flatnonzero((parts["months"] != 0) & ~null)
    if len(months):
        raise TypeError(
            f"row {months[0]} of {name!r} holds months, which have no fixed length; give days of 24 hours, or hours"
        )
    days = parts["days"].astype(np.int64).clip(-_MANY_DAYS, _MANY_DAYS)
    return np.where(null, 0, days * DAY_US + parts["nanoseconds"] // 1_000), null


def put(frame: Frame, name: str, column: Column) -> Frame:
    """The frame with one more column; a column of the same name is replaced."""
    native = cast("IntoSeries", series_of(column, frame.implementation))
    return frame.with_columns(nw.from_native(native, series_only=True).alias(name))


def check_library(library: nw.Implementation) -> None:
    """Refuse a library of eager frames that is not supported.

    Raises:
        TypeError: it is not.
    """
    if library not in _MAKERS:
        raise TypeError(f"frames of {library} are not supported; convert them to Arrow first")


def series_of(column: Column, library: nw.Implementation) -> object:
    """The column as a series of a supported library."""
    return _MAKERS[library](column)


def _days_of_1970(column: Column) -> Ints | Bools | Floats:
    """The values, of days those that libraries count."""
    return np.where(column.null, 0, column.values - EPOCH_ORDINAL) if column.kind == "day" else column.values


def _polars(column: Column) -> object:
    import polars as pl

    series = pl.Series(_days_of_1970(column))
    if column.null.any():
        series = pl.select(pl.when(pl.Series(column.null)).then(None).otherwise(series)).to_series()
    if column.kind == "day":
        return series.cast(pl.Date)
    if column.kind == "length":
        return series.cast(pl.Duration("us"))
    return series.cast(pl.Datetime("us", str(column.zone))) if column.kind == "instant" else series


def _pandas(column: Column) -> object:
    import pandas as pd

    if column.kind == "instant":
        stamps = column.values.astype("datetime64[us]")
        stamps[column.null] = np.datetime64("NaT")
        return pd.Series(stamps).dt.tz_localize("UTC").dt.tz_convert(column.zone)
    if column.kind == "day":
        days = _days_of_1970(column).astype("datetime64[D]").astype(object)
        days[column.null] = None
        return pd.Series(days, dtype=object)
    if column.kind == "length":
        lengths = column.values.astype("timedelta64[us]")
        lengths[column.null] = np.timedelta64("NaT")
        return pd.Series(lengths)
    if column.kind == "number":
        return pd.Series(np.where(column.null, np.nan, column.values))
    if not column.null.any():
        return pd.Series(column.values)
    array = pd.array(column.values, dtype="Int64" if column.kind == "integer" else "boolean")
    array[column.null] = pd.NA
    return pd.Series(array)


def _pyarrow(column: Column) -> object:
    import pyarrow as pa

    array = pa.array(_days_of_1970(column), mask=column.null)
    if column.kind == "day":
        array = array.cast(pa.int32()).cast(pa.date32())
    if column.kind == "instant":
        array = array.cast(pa.timestamp("us", str(column.zone)))
    if column.kind == "length":
        array = array.cast(pa.duration("us"))
    return pa.chunked_array([array])


_MAKERS: Mapping[nw.Implementation, Callable[[Column], object]] = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.PANDAS: _pandas,
    nw.Implementation.PYARROW: _pyarrow,
}
