"""Columns checked and read; all that is wrong with them is reported at once, with the rows."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from types import UnionType
from typing import TYPE_CHECKING, Final

import narwhals as nw
import numpy as np

from servicekit.document import did_you_mean
from servicekit.errors import FrameError, NaiveColumnError, Problem
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.coded_texts import CodedTexts, coded, numbered
from servicekit.frames.frame_columns import check_instants, instants, is_whole
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL

if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from servicekit.frames.frame_columns import Frame, Series


NONE: Final = int(np.iinfo(np.int64).min)
"""In place of an instant or a length where there is none."""

_FIRST_US, _LAST_US = (1 - EPOCH_ORDINAL) * DAY_US, (3_652_060 - EPOCH_ORDINAL) * DAY_US - 1  # the years 1 to 9999

_MOST = 2**53


class ColumnSchema:
    """Columns checked before any row is seen; what is wrong with them is collected in ``problems``."""

    __slots__ = ("dtypes", "problems")

    def __init__(self, dtypes: dict[str, DType]) -> None:
        self.dtypes = dtypes
        self.problems: list[Problem] = []

    def has(self, name: str) -> bool:
        """Whether there is such a column; it is a fault if not."""
        if name in self.dtypes:
            return True
        if all(problem.path != name for problem in self.problems):
            known = [str(each) for each in self.dtypes]  # pandas' labels may be numbers
            hint = did_you_mean(name, known) or f"columns: {', '.join(known) or 'none'}"
            self.problems.append(Problem("frames.missing-column", name, f"no column named {name!r}", hint=hint))
        return False

    def holds_instants(self, name: str) -> bool:
        """Whether a column is there and can hold instants."""
        if not self.has(name):
            return False
        try:
            if not self.is_undecided(name):
                check_instants(name, self.dtypes[name])
        except NaiveColumnError as error:
            self.problems.append(Problem("frames.naive-column", name, str(error)))
            return False
        except TypeError as error:
            self.problems.append(Problem("frames.wrong-type", name, str(error)))
            return False
        return True

    def holds_texts(self, name: str, *, numbers: bool = False) -> bool:
        """Whether a column is there and can hold texts, or whole numbers that stand for names."""
        if not self.has(name):
            return False
        dtype = self.dtypes[name]
        fits = self.is_undecided(name) or isinstance(dtype, nw.String | nw.Categorical | nw.Enum)
        if fits or (numbers and is_whole(dtype)):
            return True
        self.problems.append(Problem("frames.wrong-type", name, f"column {name!r} holds {dtype}, not texts"))
        return False

    def is_undecided(self, name: str) -> bool:
        """Whether the type is only known from the values: nulls have no type in most libraries, pandas' texts are
        objects."""
        return isinstance(self.dtypes[name], nw.Unknown | nw.Object)

    def raise_problems(self) -> None:
        """Raise what was collected, if anything was.

        Raises:
            FrameError: a column is missing, or cannot be what it should be.
        """
        if self.problems:
            raise FrameError(self.problems)


class ColumnReader(ColumnSchema):
    """The columns of a frame, read and checked.

    What cannot be read becomes a column of nulls, so that reading goes on and finds what else is wrong.
    """

    __slots__ = ("frame", "rows")

    def __init__(self, frame: Frame) -> None:
        super().__init__(dict(frame.schema))
        self.frame, self.rows = frame, len(frame)

    def is_undecided(self, name: str) -> bool:
        """The same; also for a column without a single value, whatever type its library gives it."""
        return super().is_undecided(name) or self._is_empty(name)

    def cases(self, name: str) -> tuple[Ints, Series]:
        """The number of each row's case, and the distinct case ids."""
        series = self.frame[name]
        nameless = series.is_null().to_numpy().astype(np.bool_, copy=False)
        self.refuse(nameless, "frames.missing-value", name, "the case number is missing")
        if nameless.any() or not self.are_texts(name, str | int):
            return np.arange(self.rows), series
        return numbered(series)

    def instants(self, name: str) -> Ints:
        """UTC microseconds, :data:`NONE` for nulls."""
        if not self.holds_instants(name):
            return np.full(self.rows, NONE)
        try:
            values, null = instants(self.frame, name)
        except (NaiveColumnError, TypeError) as error:
            code = "frames.naive-column" if isinstance(error, NaiveColumnError) else "frames.wrong-type"
            self.problems.append(Problem(code, name, str(error)))
            return np.full(self.rows, NONE)
        outside = ~null & ((values < _FIRST_US) | (values > _LAST_US))
        self.refuse(outside, "frames.out-of-range", name, "the instant lies outside the years 1 to 9999")
        return np.where(null, NONE, values) if null.any() else values

    def texts(self, name: str) -> CodedTexts:
        """The texts of a column as codes."""
        if self._is_empty(name) or not self.holds_texts(name) or not self.are_texts(name, str):
            return CodedTexts(np.zeros(self.rows, np.int64), (None,))
        return coded(self.frame[name])

    def are_texts(self, name: str, kind: type | UnionType) -> bool:
        """Whether a column of objects holds texts only; other columns are checked by their type."""
        series = self.frame[name]
        others = (
            [value for value in series.drop_nulls().to_list() if not isinstance(value, kind)]
            if isinstance(series.dtype, nw.Object)
            else []
        )
        if others:
            message = f"column {name!r} holds {others[0]!r:.40}, which is not text"
            self.problems.append(Problem("frames.wrong-type", name, message))
        return not others

    def holds_facts(self, name: str) -> bool:
        """Whether a column holds one value a row, and no instant without a time zone; all else is checked case by
        case."""
        dtype = self.dtypes[name]
        if isinstance(dtype, nw.Datetime):
            return self.holds_instants(name)
        if isinstance(dtype, nw.Date):
            return self._holds_dates(name)
        values = self.frame[name].drop_nulls().to_list() if isinstance(dtype, nw.Object) else []
        if isinstance(dtype, nw.List | nw.Array | nw.Struct) or not all(isinstance(each, Hashable) for each in values):
            message = f"column {name!r} holds {dtype}, not facts: texts, numbers, booleans or instants"
            self.problems.append(Problem("frames.wrong-type", name, message))
            return False
        if any(isinstance(each, datetime) and each.tzinfo is None for each in values):
            self.problems.append(Problem("frames.naive-column", name, str(NaiveColumnError(name))))
            return False
        return True

    def _holds_dates(self, name: str) -> bool:
        dates = self.frame[name]
        outside = ((dates < date.min) | (dates > date.max)).fill_null(False).to_numpy().astype(np.bool_, copy=False)
        self.refuse(outside, "frames.out-of-range", name, "the date lies outside the years 1 to 9999")
        return not outside.any()

    def texts_if_there(self, name: str) -> CodedTexts:
        """The texts of a column as codes, nulls where there is no such column."""
        return self.texts(name) if name in self.dtypes else CodedTexts(np.zeros(self.rows, np.int64), (None,))

    def flags(self, name: str, *, default: bool) -> Bools:
        """A column of booleans, if there is one; nulls are the default."""
        if name not in self.dtypes or self._is_empty(name):
            return np.full(self.rows, default)
        series = self.frame[name]
        if isinstance(series.dtype, nw.Boolean):
            return series.fill_null(default).to_numpy().astype(np.bool_, copy=False)
        if isinstance(series.dtype, nw.Object):
            known = ~series.is_null().to_numpy().astype(np.bool_, copy=False)
            values = series.drop_nulls().to_list()
            if all(isinstance(value, bool | np.bool_) for value in values):
                found = np.full(self.rows, default)
                found[known] = values
                return found
        message = f"column {name!r} holds {series.dtype}, not booleans"
        self.problems.append(Problem("frames.wrong-type", name, message))
        return np.full(self.rows, default)

    def whole_numbers(self, name: str) -> Ints:
        """Whole numbers, :data:`NONE` for nulls; where there are nulls, pandas makes floats of them."""
        series, found = self.frame[name], np.full(self.rows, NONE)
        if self._is_empty(name):
            return found
        known = ~series.is_null().to_numpy().astype(np.bool_, copy=False)
        values = series.drop_nulls().to_numpy()
        if values.dtype.kind not in "iuf" or not np.all((np.abs(values) < _MOST) & (values == np.floor(values))):
            message = f"column {name!r} holds {series.dtype}, not whole numbers below {_MOST}"
            self.problems.append(Problem("frames.wrong-type", name, message))
            return found
        found[known] = values.astype(np.int64)
        return found

    def refuse(self, rows: Bools, code: str, column: str, message: str, hint: str | None = None) -> None:
        """Report what is wrong with some rows; the first of them is named, the others are counted."""
        count = int(np.count_nonzero(rows))
        if count:
            more = f" (so in {count} rows)" if count > 1 else ""
            self.problems.append(Problem(code, f"{column}[{int(np.argmax(rows))}]", message + more, hint=hint))

    def need(self, rows: Bools, present: Bools, column: str) -> None:
        """Refuse rows that need a value and have none."""
        if self.has(column):
            self.refuse(rows & ~present, "frames.missing-value", column, "the value is missing")

    def _is_empty(self, name: str) -> bool:
        """Whether a column holds no value at all."""
        if name not in self.dtypes:
            return False
        series = self.frame[name]
        return not isinstance(series.dtype, nw.Datetime) and series.null_count() == len(series)
