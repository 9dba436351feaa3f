"""The facts of cases from columns, and the distinct sets of facts that a policy distinguishes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from servicekit.errors import Problem
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.coded_texts import coded
from servicekit.frames.cases.event_log.log import Fact, Openings
from servicekit.rules import Value, fields_read
from servicekit.sla import STANDARD_FIELDS, SlaPolicy
from servicekit.timeline import from_us

if TYPE_CHECKING:
    from servicekit.frames.cases.column_names import Facts
    from servicekit.frames.cases.event_log.checked_columns import ColumnReader, ColumnSchema
    from servicekit.frames.frame_columns import Series


_MOST_CELLS = 1 << 22


def facts_read(policy: SlaPolicy) -> frozenset[str]:
    """The facts that decide what a case is promised, and when its clocks are paused."""
    conditions = [row.when for row in policy.targets]
    conditions += [pause.when for pause in policy.pauses if pause.when is not None]
    places = (name for row in policy.targets for name in (row.calendar_from, row.zone_from) if name is not None)
    return frozenset((*places, *(name for condition in conditions for name in fields_read(condition))))


def fact_columns(
    wanted: Facts, policies: Iterable[SlaPolicy], schema: ColumnSchema, used: Iterable[str]
) -> dict[str, str]:
    """Each fact with its column.

    Without ``wanted`` each fact has the column of its name, except the status: a column of that name mostly holds
    today's status, and the fact is the status at the opening.
    """
    if wanted is not None:
        return {name: column for name, column in wanted.items() if schema.has(column)}
    names = set(STANDARD_FIELDS)
    for policy in policies:
        names |= facts_read(policy) | policy.due_fields
        names |= {
            name for each in policy.measures.values() for name in fields_read(each.start) | fields_read(each.stop)
        }
        names |= {name for each in policy.agreements for name in fields_read(each.when)}
    return {name: name for name in schema.dtypes if name in names - {"status", *used}}


def facts_at(reader: ColumnReader, columns: Mapping[str, str], rows: Ints | None) -> dict[str, Fact]:
    """The facts on some rows, or on all."""
    frame = reader.frame
    found: dict[str, Fact] = {}
    for name, column in columns.items():
        if not reader.holds_facts(column):
            continue
        if isinstance(reader.dtypes[column], nw.Datetime):
            moments = reader.instants(column)
            if not reader.problems:  # else nothing will come of the frame, and some may be no instants
                found[name] = _of_instants(moments if rows is None else moments[rows])
            continue
        series = frame[column]
        try:
            found[name] = _fact(series if rows is None else _taken(series, rows))
        except OverflowError as error:
            message = f"column {column!r} holds a value that Python does not: {error}"
            reader.problems.append(Problem("frames.out-of-range", column, message))
    return found


def _taken(series: Series, rows: Ints) -> Series:
    native: Any = series.to_native()
    if series.implementation.is_polars():
        import polars as pl

        native = native.gather(pl.Series(rows))
    elif str(getattr(native, "type", "")) == "string_view":  # of which Arrow cannot take rows
        native = native.cast("string").take(rows)
    else:
        native = native.take(rows)
    return nw.from_native(native, series_only=True)


def _fact(series: Series) -> Fact:
    if isinstance(series.dtype, nw.String | nw.Categorical | nw.Enum):
        found = coded(series)
        return Fact(found.codes, found.words)
    return _of_objects(series.to_list(), series.is_null().to_list())


def _of_instants(moments: Ints) -> Fact:
    unique, codes = np.unique(moments[moments != NONE], return_inverse=True)
    found = np.zeros(len(moments), np.int64)
    found[moments != NONE] = codes.reshape(-1) + 1
    return Fact(found, (None, *map(from_us, unique.tolist())))


def _of_objects(values: Sequence[Any], nulls: Sequence[bool]) -> Fact:
    """Values of any kind; 1 and True are two values, and NaN is none."""
    known: dict[tuple[type, Any], int] = {}
    words: list[Any] = [None]
    codes = np.zeros(len(values), np.int64)
    for row, (value, null) in enumerate(zip(values, nulls, strict=True)):
        if null or value != value:
            continue
        key = type(value), value
        if key not in known:
            known[key] = len(words)
            words.append(value)
        codes[row] = known[key]
    return Fact(codes, words)


def fact_sets(openings: Openings, names: Iterable[str]) -> tuple[Ints, list[dict[str, Value]]]:
    """The distinct sets of some facts, and for each opening the number of its set."""
    facts = [(name, openings.facts[name]) for name in sorted(names) if name in openings.facts]
    codes, cells = np.zeros(len(openings.by_agent), np.int64), 1
    for _, fact in facts:
        codes, cells = codes * len(fact.values) + fact.codes, cells * len(fact.values)
        if cells > _MOST_CELLS:
            codes, cells = _without_gaps(codes)
    codes, _ = _without_gaps(codes, cells)
    firsts = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
    firsts[codes[::-1]] = np.arange(len(codes))[::-1]
    chosen = Openings(openings.by_agent, openings.counts_from, dict(facts))
    return codes, [chosen.facts_of(first) for first in firsts.tolist()]


def _without_gaps(codes: Ints, cells: int = _MOST_CELLS + 1) -> tuple[Ints, int]:
    """The same numbers without gaps."""
    if cells > _MOST_CELLS:
        unique, numbers = np.unique(codes, return_inverse=True)
        return numbers.reshape(-1), len(unique)
    seen = np.zeros(cells, np.bool_)
    seen[codes] = True
    return (np.cumsum(seen) - 1)[codes], int(seen.sum())


def faulty_values(fact: Fact, problems: Callable[[Value], Sequence[object]]) -> Bools:
    """Per opening, whether the value has a problem."""
    faulty = np.array([value is not None and bool(problems(value)) for value in fact.values], np.bool_)
    return faulty[fact.codes] if faulty.any() else np.zeros(len(fact.codes), np.bool_)
