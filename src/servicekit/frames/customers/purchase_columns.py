"""The columns of a frame of purchases: their names, what each may hold, and their values as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import narwhals as nw
import numpy as np

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE, ColumnReader, ColumnSchema
from servicekit.frames.customers.local_days import local_days
from servicekit.frames.frame_columns import is_whole
from servicekit.frames.whole_microseconds import of_numbers
from servicekit.timeline.instant import EPOCH_ORDINAL

if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from servicekit.frames.frame_columns import Frame

NEEDED: Final = ("customer_id", "at", "amount")
KNOWN: Final = (*NEEDED, "order_id", "refund_of", "enrolled_on", "currency")
NO_DAY: Final = int(np.iinfo(np.int64).max)
"""In place of a day where there is none; later than all days."""

_LAST_DAY = date.max.toordinal()
_MOST = 2**62
_FLOATS = "make them whole minor units (cents) or Decimals; a float cannot hold every amount"


@dataclass(frozen=True, slots=True)
class PurchaseNames:
    """Which column of a frame holds what, as far as they are not called by their own names.

    A column that is named must be there; of those that are not, ``customer_id``, ``at`` and ``amount`` must.

    >>> PurchaseNames({"amount": "total"}).of("amount", ["customer_id", "at", "total"])
    'total'

    Raises:
        KeyError: a key is not one of the columns of a frame of purchases.
    """

    names: Mapping[str, str]

    def __post_init__(self) -> None:
        for key in self.names:
            if key not in KNOWN:
                hint = did_you_mean(key, KNOWN) or f"known: {', '.join(KNOWN)}"
                raise KeyError(f"purchases have no column {key!r}; {hint}")

    def of(self, key: str, known: Iterable[str]) -> str | None:
        """The name of a column; None for one that may be missing, and is."""
        name = self.names.get(key, key)
        return name if key in NEEDED or key in self.names or name in known else None

    def check(self, schema: ColumnSchema) -> None:
        """Report the columns that are missing or of the wrong type."""
        for key in KNOWN:
            name = self.of(key, schema.dtypes)
            if name is not None and schema.has(name) and not schema.is_undecided(name):
                schema.problems += _type_problems(key, name, schema.dtypes[name])


def _type_problems(key: str, name: str, dtype: DType) -> Iterable[Problem]:
    if key == "amount":
        if isinstance(dtype, nw.Float32 | nw.Float64):
            yield Problem("frames.wrong-type", name, f"column {name!r} holds floats, not amounts of money", _FLOATS)
        elif not (is_whole(dtype) or isinstance(dtype, nw.Decimal)):
            yield Problem("frames.wrong-type", name, f"column {name!r} holds {dtype}, not amounts of money", _FLOATS)
    elif key in ("at", "enrolled_on"):
        if isinstance(dtype, nw.Datetime) and dtype.time_zone is None:
            message = f"column {name!r} holds datetimes without a time zone, which name neither instants nor days"
            yield Problem("frames.naive-column", name, message, "make them dates, or attach the zone of their clock")
        elif not (isinstance(dtype, nw.Date | nw.Datetime) or is_whole(dtype)):
            hint = "parse it into dates, or into datetimes of one time zone"
            yield Problem("frames.wrong-type", name, f"column {name!r} holds {dtype}, not days or instants", hint)
    elif not (is_whole(dtype) or isinstance(dtype, nw.String | nw.Categorical | nw.Enum)):
        yield Problem("frames.wrong-type", name, f"column {name!r} holds {dtype}, not texts or whole numbers")


class PurchaseReader(ColumnReader):
    """The values of those columns; what is wrong with them is collected, as types are."""

    __slots__ = ("columns",)

    def __init__(self, frame: Frame, columns: PurchaseNames) -> None:
        super().__init__(frame)
        self.columns = columns
        columns.check(self)
        self.raise_problems()

    def name(self, key: str) -> str | None:
        """The name of a column, None where there is none."""
        return self.columns.of(key, self.dtypes)

    def need_values(self, key: str) -> str:
        """The name of a column that may not have nulls."""
        name = self.name(key)
        assert name is not None
        null = self.frame[name].is_null().to_numpy().astype(np.bool_, copy=False)
        self.refuse(null, "frames.missing-value", name, "the value is missing")
        self.raise_problems()
        return name

    def days(self, name: str, tz: tzinfo) -> Ints:
        """Each row's day in a time zone, as an ordinal; :data:`NO_DAY` for nulls."""
        series = self.frame[name]
        if self._is_empty(name):
            return np.full(self.rows, NO_DAY)
        if isinstance(series.dtype, nw.Object):
            return self._days_of_objects(name, tz)
        if not isinstance(series.dtype, nw.Date):
            moments = self.instants(name)
            self.raise_problems()
            known = moments != NONE
            return np.where(known, local_days(np.where(known, moments, 0), tz), NO_DAY)
        null = series.is_null().to_numpy().astype(np.bool_, copy=False)
        days = series.cast(nw.Int32).fill_null(0).to_numpy().astype(np.int64) + EPOCH_ORDINAL
        self.refuse(
            ~null & ((days < 1) | (days > _LAST_DAY)),
            "frames.out-of-range",
            name,
            "the day lies outside the years 1 to 9999",
        )
        self.raise_problems()
        return np.where(null, NO_DAY, days) if null.any() else days

    def _days_of_objects(self, name: str, tz: tzinfo) -> Ints:
        """Dates and datetimes that pandas keeps as objects."""
        values = self.frame[name].to_list()
        odd = np.array([not (value is None or isinstance(value, date)) for value in values], np.bool_)
        self.refuse(odd, "frames.wrong-type", name, "the value is neither a day nor an instant")
        naive = [isinstance(value, datetime) and value.tzinfo is None for value in values]
        self.refuse(np.array(naive, np.bool_), "frames.naive-column", name, "the datetime has no time zone")
        self.raise_problems()
        return np.array([_ordinal(value, tz) for value in values], np.int64)

    def amounts(self, name: str, digits: int) -> Ints:
        """Whole minor units of a currency with so many decimal digits."""
        series = self.frame[name]
        if _is_narrow(series.dtype, digits):
            return of_numbers((series * 10**digits).cast(nw.Int64).to_numpy())
        if not isinstance(series.dtype, nw.Decimal | nw.Object | nw.Int128):
            values = of_numbers(series.to_numpy())
            far = (values >= _MOST) | (values <= -_MOST)
        else:
            exact = self._exact(name, series.to_list(), digits)
            far = np.array([abs(value) >= _MOST for value in exact], np.bool_)
            values = np.array([0 if abs(value) >= _MOST else value for value in exact], np.int64)
        self.refuse(far, "frames.out-of-range", name, "the amount does not fit 64 bits")
        self.raise_problems()
        return values

    def _exact(self, name: str, values: list[object], digits: int) -> list[int]:
        numbers = [value for value in values if isinstance(value, Decimal | int) and not isinstance(value, bool)]
        if len(numbers) < len(values):
            odd = [isinstance(value, bool) or not isinstance(value, Decimal | int) for value in values]
            self.refuse(
                np.array(odd, np.bool_), "frames.wrong-type", name, "the value is not an amount of money", _FLOATS
            )
            self.raise_problems()
        units = [value.scaleb(digits) if isinstance(value, Decimal) else value for value in numbers]
        finer = np.array([unit != int(unit) for unit in units], np.bool_)
        self.refuse(finer, "frames.fraction", name, "the amount is not a whole number of minor units", "round it first")
        self.raise_problems()
        return [int(unit) for unit in units]

    def has_value(self, key: str) -> Bools:
        """Which rows have a value in a column that may be missing."""
        name = self.name(key)
        if name is None:
            return np.zeros(self.rows, np.bool_)
        return ~self.frame[name].is_null().to_numpy().astype(np.bool_, copy=False)


def _is_narrow(dtype: DType, digits: int) -> bool:
    """Whether all Decimals of a type are whole minor units that fit 64 bits, so that whole columns can be converted."""
    precision, scale = getattr(dtype, "precision", None), getattr(dtype, "scale", None)
    return precision is not None and scale is not None and scale <= digits and precision - scale + digits <= 18


def _ordinal(value: date | None, tz: tzinfo) -> int:
    if value is None:
        return NO_DAY
    return (value.astimezone(tz) if isinstance(value, datetime) else value).toordinal()
