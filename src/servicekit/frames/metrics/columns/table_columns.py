"""The columns of a frame that metrics read, made alike in every library: whole numbers, texts, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from zoneinfo import ZoneInfo

import narwhals as nw

from servicekit.errors import Problem
from servicekit.frames.cases.event_log.checked_columns import ColumnSchema
from servicekit.frames.frame_columns import is_whole
from servicekit.frames.metrics.columns.literals import whole
from servicekit.frames.metrics.columns.zone_columns import Bounds, local_us
from servicekit.timeline import from_us
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, SECOND_US

if TYPE_CHECKING:
    from narwhals.dtypes import DType
    from narwhals.typing import IntoFrame

    from servicekit.kpi.table_schema import TableSchema
    from servicekit.vocabulary import FieldType

    AnyFrame: TypeAlias = nw.LazyFrame[Any]

_A_TYPE: Final[Mapping[str, str]] = {
    "integer": "whole numbers",
    "decimal": "whole numbers or Decimals",
    "boolean": "booleans",
    "instant": "instants",
}


_EXACT = "sums of floats depend on the order of rows: "


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column as it is made here: texts, or whole numbers that are read by ``kind``; decimals are scaled.

    >>> TypedColumn("score", "decimal", 1).value(45)
    Decimal('4.5')
    """

    name: str
    kind: FieldType
    scale: int = 0
    is_known: bool = True

    @property
    def values(self) -> nw.Expr:
        """The column; nulls where there is none."""
        return nw.col(self.name)

    def value(self, cell: object) -> object:
        """What a row of objects has in place of a cell."""
        if cell is None or self.kind == "text":
            return cell
        number = int(cast(int, cell))
        match self.kind:
            case "boolean":
                return bool(number)
            case "instant":
                return from_us(number, UTC)
            case "day":
                return date.fromordinal(number // DAY_US + EPOCH_ORDINAL)
            case _:
                return Decimal(number).scaleb(-self.scale) if self.scale else number


class TableColumns:
    """A frame with the columns that are read of it, under the names of :class:`TypedColumn`."""

    __slots__ = ("_kept", "_shown", "columns", "frame", "limits", "rows", "schema")

    def __init__(self, schema: TableSchema, native: object, names: Iterable[str]) -> None:
        self.schema = schema
        self._shown: dict[str, str] = {}
        self._kept = 0
        frame = _lazy(native)
        dtypes = dict(frame.collect_schema())
        checked = ColumnSchema(dtypes)
        self.columns = {name: _typed(schema, name, dtypes, n) for n, name in enumerate(sorted(names))}
        for name, column in self.columns.items():
            checked.problems += _faults(schema, name, column, dtypes.get(name))
        checked.problems += _strangers(schema, frame, [name for name in self.columns if _is_unknown(dtypes.get(name))])
        checked.raise_problems()
        self.frame = _selected(frame, self.columns, dtypes)
        self.rows, self.limits = self._survey()
        for name, column in self.columns.items():
            bounds = self.limits.get(column.name)
            if name.endswith("_us") and bounds is not None and bounds[0] < 0:
                raise ValueError(f"{schema.name}.{name} holds {bounds[0]}; expected a length of zero or more")

    def _survey(self) -> tuple[int, Mapping[str, Bounds]]:
        """How many rows there are, and the bounds of each column of numbers."""
        names = [each.name for each in self.columns.values() if each.kind != "text" and each.is_known]
        asked = [nw.col(name).min().alias(f"{name}_least") for name in names]
        asked += [nw.col(name).max().alias(f"{name}_most") for name in names]
        [told] = self.frame.select(nw.col(ONE).sum().alias("rows"), *asked).collect().rows(named=True)
        found = {name: (told[f"{name}_least"], told[f"{name}_most"]) for name in names}
        return int(told["rows"] or 0), {
            name: (int(least), int(most)) for name, (least, most) in found.items() if least is not None
        }

    def has(self, name: str) -> bool | None:
        """Whether the table has a column, or the frame does; ``None`` of no rows, of which nobody can tell."""
        if name in self.schema.columns or self.columns[name].is_known:
            return True
        return False if self.rows else None

    def shown(self, name: str, tz: ZoneInfo | None) -> nw.Expr:
        """What a zone's clock shows at the instants of a column; made once, since a zone has many changes."""
        column = self.columns[name]
        place = f"{column.name} {tz.key if tz else 'day'}"
        if place not in self._shown:
            self._shown[place] = f"z{len(self._shown)}"
            made = local_us(column.values, self.bounds(name), tz).alias(self._shown[place])
            self.frame = self.frame.with_columns(made)
        return nw.col(self._shown[place])

    def keep(self, made: nw.Expr) -> nw.Expr:
        """A column of the frame for a step of a longer way."""
        self._kept += 1
        name = f"k{self._kept}"
        self.frame = self.frame.with_columns(made.alias(name))
        return nw.col(name)

    def bounds(self, name: str) -> Bounds | None:
        """The least and the greatest value of a column; ``None`` where it has none."""
        return self.limits.get(self.columns[name].name)


def _lazy(native: object) -> AnyFrame:
    """The frame as one that is asked later; pandas' by way of Arrow, which knows what is missing."""
    frame = nw.from_native(cast("IntoFrame", native))
    if isinstance(frame, nw.LazyFrame):
        if frame.implementation not in _MICROSECONDS and not frame.implementation.is_polars():
            raise TypeError(f"frames of {frame.implementation} are not supported; collect them first")
        return frame
    if frame.implementation.is_polars():
        return frame.lazy()
    if frame.implementation.is_pandas() or frame.implementation.is_pyarrow():
        return cast("AnyFrame", nw.from_native(frame.to_arrow(), eager_only=True).lazy())
    raise TypeError(f"frames of {frame.implementation} are not supported; convert them to Arrow first")


def _typed(schema: TableSchema, name: str, dtypes: Mapping[str, DType], number: int) -> TypedColumn:
    dtype, kind = dtypes.get(name), schema.columns.get(name)
    if dtype is None or _is_unknown(dtype):
        return TypedColumn(f"c{number}", kind or "text", is_known=False)
    if isinstance(dtype, nw.Date):
        kind = "day"
    elif kind is None:
        kind = next((each for each, types in _KINDS.items() if isinstance(dtype, types)), None)
        kind = kind or ("integer" if dtype.is_integer() else "decimal")
    scale = getattr(dtype, "scale", None) or 0
    return TypedColumn(f"c{number}", kind, scale if kind in ("integer", "decimal") else 0)


_KINDS: Final[Mapping[FieldType, tuple[type[DType], ...]]] = {
    "text": (nw.String, nw.Categorical, nw.Enum),
    "boolean": (nw.Boolean,),
    "instant": (nw.Datetime,),
}
"""What a fact of the house is, by the type of its column; others are numbers."""


def _faults(schema: TableSchema, name: str, column: TypedColumn, dtype: DType | None) -> Iterator[Problem]:
    if dtype is None or not column.is_known:
        return
    place = f"{schema.name}.{name}"
    if isinstance(dtype, nw.Datetime) and dtype.time_zone is None:
        message = f"column {name!r} holds datetimes without a time zone, which name no instants"
        yield Problem("frames.naive-column", place, message, "attach the zone of their clock")
    elif not _fits(column.kind, dtype, is_declared_at=schema.columns.get(name) == "instant"):
        wanted = _A_TYPE.get(column.kind, "texts")
        is_number = column.kind in ("integer", "decimal")
        hint = f"{_EXACT if is_number else ''}cast the column to {wanted}"
        yield Problem("frames.wrong-type", place, f"column {name!r} holds {dtype}, not {wanted}", hint)


def _is_unknown(dtype: DType | None) -> bool:
    return isinstance(dtype, nw.Unknown)


def _strangers(schema: TableSchema, frame: AnyFrame, names: Sequence[str]) -> Iterator[Problem]:
    """The columns of types that are not known here and which are not empty, such as UUIDs or wide decimals."""
    if not names:
        return
    counted = frame.select(*((~nw.col(name).is_null()).cast(nw.Int64).sum().alias(name) for name in names))
    [told] = counted.collect().rows(named=True)
    for name in names:
        if told[name]:
            wanted = _A_TYPE.get(schema.columns.get(name, "text"), "texts")
            message = f"column {name!r} holds values of a type that is not known here, not {wanted}"
            yield Problem("frames.wrong-type", f"{schema.name}.{name}", message, f"cast the column to {wanted}")


def _fits(kind: FieldType, dtype: DType, *, is_declared_at: bool) -> bool:
    if kind == "day":
        return is_declared_at or isinstance(dtype, nw.Date)
    if kind in _KINDS:
        return isinstance(dtype, _KINDS[kind]) or (kind == "instant" and is_whole(dtype))
    return is_whole(dtype) or (kind == "decimal" and isinstance(dtype, nw.Decimal))


def _made(column: TypedColumn, source: nw.Expr, dtype: DType) -> nw.Expr:
    """The column as texts, or as whole numbers of 64 bits."""
    if column.kind == "text":
        return source.cast(nw.String)
    if column.scale:
        source = source * 10**column.scale
    if isinstance(dtype, nw.Date):
        return source.cast(nw.Int32).cast(nw.Int64) * DAY_US
    return source.dt.timestamp("us") if isinstance(dtype, nw.Datetime) else source.cast(nw.Int64)


def _selected(frame: AnyFrame, columns: Mapping[str, TypedColumn], dtypes: Mapping[str, DType]) -> AnyFrame:
    """The frame with those columns alone, and one of ones, by which rows are counted."""
    times = [name for name, each in columns.items() if each.is_known and isinstance(dtypes[name], _TIMES)]
    shim = _MICROSECONDS.get(frame.implementation)
    if shim is not None and times:
        frame = nw.from_native(cast("IntoFrame", shim(frame.to_native(), times, dtypes)))
    if frame.implementation.is_pyarrow():
        frame = _widened(frame, [name for name, each in columns.items() if each.is_known and each.scale])
    is_wide = frame.implementation.is_duckdb() or frame.implementation.is_ibis()
    made = []
    for name, column in columns.items():
        if not column.is_known:
            null = nw.lit(None, dtype=nw.String if column.kind == "text" else nw.Int64)
            made.append(null.alias(column.name))
        elif shim is not None and name in times:
            made.append(nw.col(f"{_US}{name}").cast(nw.Int64).alias(column.name))
        else:
            source = nw.col(name)
            if is_wide and column.scale:  # a product of decimals has no more digits than these there
                source = source.cast(nw.Decimal(38, column.scale))
            made.append(_made(column, source, dtypes[name]).alias(column.name))
    return frame.with_columns(whole(1).alias(ONE), *made).select(ONE, *(each.name for each in columns.values()))


def _widened(frame: AnyFrame, names: Iterable[str]) -> AnyFrame:
    """Arrow's decimals with more room: those of more digits than :data:`_NARROW` cannot be multiplied otherwise."""
    import pyarrow as pa

    table = cast(pa.Table, frame.collect().to_native())
    for name in names:
        kind = cast(pa.Decimal128Type, table.schema.field(name).type)
        if kind.precision > _NARROW:
            wide = table[name].cast(pa.decimal256(kind.precision, kind.scale))
            table = table.set_column(table.schema.get_field_index(name), name, wide)
    return cast("AnyFrame", nw.from_native(table, eager_only=True).lazy())


_NARROW = 18
_TIMES = (nw.Datetime, nw.Date)
_US = "servicekit_us_"
ONE = "one"
"""A column of ones."""


def _of_duckdb(relation: Any, names: Iterable[str], _: Mapping[str, DType]) -> object:
    quoted = {name: name.replace('"', '""') for name in names}
    told = ", ".join(f'epoch_us("{each}") AS "{_US}{each}"' for each in quoted.values())
    return relation.project(f"*, {told}")


def _of_spark(frame: Any, names: Iterable[str], dtypes: Mapping[str, DType]) -> object:
    from pyspark.sql import functions

    made = {}
    for name in names:
        column = functions.col("`{}`".format(name.replace("`", "``")))
        is_day = isinstance(dtypes[name], nw.Date)
        days = functions.unix_date(column).cast("long") * functions.lit(DAY_US)
        made[f"{_US}{name}"] = days if is_day else functions.unix_micros(column)
    return frame.withColumns(made)


def _of_ibis(table: Any, names: Iterable[str], dtypes: Mapping[str, DType]) -> object:
    made = {}
    for name in names:
        column = table[name]
        if isinstance(dtypes[name], nw.Date):
            made[f"{_US}{name}"] = column.epoch_days().cast("int64") * DAY_US
        else:  # some backends tell seconds with a fraction
            seconds = column.epoch_seconds().floor().cast("int64")
            made[f"{_US}{name}"] = seconds * SECOND_US + column.microsecond().cast("int64")
    return table.mutate(**made)


_MICROSECONDS: Final[Mapping[nw.Implementation, Callable[[Any, Iterable[str], Mapping[str, DType]], object]]] = {
    nw.Implementation.DUCKDB: _of_duckdb,
    nw.Implementation.IBIS: _of_ibis,
    nw.Implementation.PYSPARK: _of_spark,
}
"""How libraries tell microseconds for which narwhals has no word; columns of them are added."""


def no_rows() -> object:
    """A frame without rows, for a table that is not given; Polars comes without PyArrow, and the others with it."""
    schema = {"servicekit_nothing": nw.Int64()}
    if find_spec("pyarrow"):
        return nw.from_dict({"servicekit_nothing": []}, schema, backend="pyarrow").to_native()
    return nw.from_dict({"servicekit_nothing": []}, schema, backend="polars").to_native()
