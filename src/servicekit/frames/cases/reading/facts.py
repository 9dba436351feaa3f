"""The facts of cases from columns, and the kinds of cases that a policy tells apart by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from servicekit.frames.cases.reading.intake import NONE
from servicekit.frames.cases.reading.log import Fact, Openings
from servicekit.frames.cases.reading.texts import coded
from servicekit.frames.chunks import Bools, Ints
from servicekit.rules import Value, fields_read
from servicekit.sla import STANDARD_FIELDS, SlaPolicy
from servicekit.timeline import from_us

if TYPE_CHECKING:
    from servicekit.frames.cases.columns import Facts
    from servicekit.frames.cases.reading.intake import Intake, Schema
    from servicekit.frames.columns import Series

__all__ = ["fact_columns", "facts_at", "kinds_of", "names_read"]

_MOST_CELLS = 1 << 22


def names_read(policy: SlaPolicy) -> frozenset[str]:
    """The facts that decide what a case is promised, and when its clocks stand still."""
    conditions = [row.when for row in policy.targets]
    conditions += [pause.when for pause in policy.pauses if pause.when is not None]
    places = (name for row in policy.targets for name in (row.calendar_from, row.zone_from) if name is not None)
    return frozenset((*places, *(name for condition in conditions for name in fields_read(condition))))


def fact_columns(wanted: Facts, policies: Iterable[SlaPolicy], schema: Schema, used: Iterable[str]) -> dict[str, str]:
    """Each fact with its column.

    Left to itself it takes what has the fact's name, but never the status: a column of that name mostly holds the
    status of today, and the fact is the one a case was born with.
    """
    if wanted is not None:
        return {name: column for name, column in wanted.items() if schema.has(column)}
    names = set(STANDARD_FIELDS)
    for policy in policies:
        names |= names_read(policy) | policy.due_fields
        names |= {
            name for each in policy.measures.values() for name in fields_read(each.start) | fields_read(each.stop)
        }
        names |= {name for each in policy.agreements for name in fields_read(each.when)}
    return {name: name for name in schema.dtypes if name in names - {"status", *used}}


def facts_at(intake: Intake, columns: Mapping[str, str], rows: Ints | None) -> dict[str, Fact]:
    """The facts on some rows, or on all."""
    frame = intake.frame
    found: dict[str, Fact] = {}
    for name, column in columns.items():
        if not intake.holds_facts(column):
            continue
        if isinstance(intake.dtypes[column], nw.Datetime):
            moments = intake.instants(column)
            if not intake.problems:  # else nothing will come of the frame, and some may be no instants
                found[name] = _of_instants(moments if rows is None else moments[rows])
            continue
        series = frame[column]
        found[name] = _fact(series if rows is None else _taken(series, rows))
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
    """Values of any kind; 1 and True are two, and what is no number is none."""
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


def kinds_of(openings: Openings, names: Iterable[str]) -> tuple[Ints, list[dict[str, Value]]]:
    """The number of each opening's kind, and the facts of each kind, as far as these names go."""
    facts = [(name, openings.facts[name]) for name in sorted(names) if name in openings.facts]
    codes, cells = np.zeros(len(openings.by_agent), np.int64), 1
    for _, fact in facts:
        codes, cells = codes * len(fact.values) + fact.codes, cells * len(fact.values)
        if cells > _MOST_CELLS:
            codes, cells = _closed_up(codes)
    codes, _ = _closed_up(codes, cells)
    firsts = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
    firsts[codes[::-1]] = np.arange(len(codes))[::-1]
    chosen = Openings(openings.by_agent, openings.counts_from, dict(facts))
    kinds = [chosen.told(first) for first in firsts.tolist()]
    return codes, kinds


def _closed_up(codes: Ints, cells: int = _MOST_CELLS + 1) -> tuple[Ints, int]:
    """The same numbers without gaps."""
    if cells > _MOST_CELLS:
        unique, numbers = np.unique(codes, return_inverse=True)
        return numbers.reshape(-1), len(unique)
    seen = np.zeros(cells, np.bool_)
    seen[codes] = True
    return (np.cumsum(seen) - 1)[codes], int(seen.sum())


def odd_values(fact: Fact, oddities: Callable[[Value], Sequence[object]]) -> Bools:
    """Per opening, whether something is odd about the value."""
    odd = np.array([value is not None and bool(oddities(value)) for value in fact.values], np.bool_)
    return odd[fact.codes] if odd.any() else np.zeros(len(fact.codes), np.bool_)
