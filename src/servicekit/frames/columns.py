"""Columns between data frames and the kernel: instants as int64 microseconds with a mask of nulls, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt

from servicekit.errors import NaiveColumnError
from servicekit.frames.kernel import Ints

if TYPE_CHECKING:
    from narwhals.typing import IntoSeries

__all__ = ["Column", "Mask", "instants", "integers", "keys", "with_column"]

Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """Values with a mask that is true where there is none; ``kind`` says what the values are.

    >>> Column(np.array([1, 0]), np.array([False, True]), "integer").kind
    'integer'
    """

    values: npt.NDArray[np.int64] | npt.NDArray[np.bool_]
    null: Mask
    kind: str = "integer"


def instants(frame: nw.DataFrame[object], name: str) -> tuple[Ints, Mask]:
    """The UTC microseconds of a column of instants; whatever finer than a microsecond is cut off.

    Raises:
        KeyError: there is no such column.
        NaiveColumnError: its datetimes have no time zone.
        TypeError: it holds something else.
    """
    series = _told(_series(frame, name))
    if series.dtype.is_integer():
        return integers(frame, name)
    if not isinstance(series.dtype, nw.Datetime):
        raise TypeError(f"column {name!r} holds {series.dtype}, not instants; parse it into aware datetimes first")
    if series.dtype.time_zone is None:
        raise NaiveColumnError(name)
    null = np.asarray(series.is_null().to_numpy(), np.bool_)
    return _spread(series.drop_nulls().dt.timestamp("us").to_numpy(), null), null


def integers(frame: nw.DataFrame[object], name: str) -> tuple[Ints, Mask]:
    """The whole numbers of a column.

    Raises:
        KeyError: there is no such column.
        TypeError: it holds something else.
    """
    series = _series(frame, name)
    if not series.dtype.is_integer():
        raise TypeError(f"column {name!r} holds {series.dtype}, not whole microseconds")
    null = np.asarray(series.is_null().to_numpy(), np.bool_)
    return _spread(series.drop_nulls().to_numpy(), null), null


def _spread(present: npt.NDArray[np.generic], null: Mask) -> Ints:
    """The values back at their rows, zero where there is none."""
    if not null.any():
        return np.ascontiguousarray(present, np.int64)
    values = np.zeros(len(null), np.int64)
    values[~null] = present
    return values


def keys(frame: nw.DataFrame[object], name: str) -> tuple[list[object], Ints]:
    """The distinct values of a column, and for every row the number of its value."""
    values = _series(frame, name).to_list()
    known = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return list(known), np.fromiter((known[value] for value in values), np.int64, len(values))


def _told(series: nw.Series[IntoSeries]) -> nw.Series[IntoSeries]:
    """The column with a zone that narwhals can tell: it does not know pandas' zones with an underscore."""
    native = series.to_native()
    zoned = series.implementation.is_pandas() and getattr(native.dtype, "tz", None) is not None
    return nw.from_native(native.dt.tz_convert("UTC"), series_only=True) if zoned else series


def _series(frame: nw.DataFrame[object], name: str) -> nw.Series[IntoSeries]:
    if name not in frame.columns:
        from servicekit.document import did_you_mean

        hint = did_you_mean(name, frame.columns) or f"columns: {', '.join(frame.columns)}"
        raise KeyError(f"no column named {name!r}; {hint}")
    return frame[name]


def with_column(frame: nw.DataFrame[object], name: str, column: Column) -> nw.DataFrame[object]:
    """The frame with one more column, of the frame's own library; nulls stay nulls."""
    made = _MAKERS[frame.implementation](column)
    return frame.with_columns(nw.from_native(made, series_only=True, allow_series=True).alias(name))


def _polars(column: Column) -> object:
    import polars as pl

    series = pl.Series("", column.values)
    if column.null.any():
        series = pl.select(pl.when(pl.Series(column.null)).then(None).otherwise(series)).to_series()
    return series.cast(pl.Datetime("us")).dt.replace_time_zone("UTC") if column.kind == "instant" else series


def _pandas(column: Column) -> object:
    import pandas as pd

    if column.kind == "instant":
        stamps = column.values.astype("datetime64[us]")
        stamps[column.null] = np.datetime64("NaT")
        return pd.Series(stamps).dt.tz_localize("UTC")
    dtype = "Int64" if column.kind == "integer" else "boolean"
    array = pd.array(column.values, dtype=dtype)
    array[column.null] = pd.NA
    return pd.Series(array) if column.null.any() else pd.Series(column.values)


def _pyarrow(column: Column) -> object:
    import pyarrow as pa

    array = pa.array(column.values, mask=column.null)
    if column.kind == "instant":
        array = array.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    return pa.chunked_array([array])


_MAKERS = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.PANDAS: _pandas,
    nw.Implementation.PYARROW: _pyarrow,
}
