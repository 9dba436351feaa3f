"""Which rows are followed by another of their key in time, by columns: the sums of a metric of kind ``within``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import narwhals as nw

from servicekit.frames.metrics.columns.literals import whole
from servicekit.kpi.engine.followed import FOLLOWS, HOLDS, OPENS
from servicekit.kpi.metric import WithinMetric, whole_us

if TYPE_CHECKING:
    from servicekit.frames.metrics.columns.table_columns import AnyFrame

AT, ROLE = "at", "role"
"""The columns of visits beside those of their keys and groups: when a row was, and what it is to the metric."""

COUNTED, SATISFY, YOUNG = "counted", "satisfy", "young"
"""The columns of answers: rows that count, those of the numerator, and those that are too young to tell."""

_at, _next = nw.col(AT), nw.col("next")
_MAY, _UNTIL, _IS_FOLLOWED, _PLACE = "may", "until", "followed", "place"


@dataclass(frozen=True, slots=True)
class Visits:
    """Rows under their keys: a frame with :data:`AT` and :data:`ROLE`, and the names of its keys and groups."""

    frame: AnyFrame
    keys: Sequence[str]
    groups: Sequence[str]

    def over(self, column: nw.Expr) -> nw.Expr:
        """A column that looks at rows of the same key, in their order."""
        return column.over(*self.keys, order_by=[_PLACE])

    def with_columns(self, **made: nw.Expr) -> Visits:
        """The visits, and columns of them."""
        return replace(self, frame=self.frame.with_columns(**made)) if made else self

    def with_next(self) -> Visits:
        """The visits, and when the next of the key was; all are sorted where that is quicker than windows."""
        if _has_windows(self.frame):
            return self._ordered(next=_at.shift(-1))
        ordered = self.frame.sort(*self.keys, AT).collect()
        is_same = reduce(and_, [nw.col(key) == nw.col(key).shift(-1) for key in self.keys])
        if ordered.select(tie=is_same & (_at == _at.shift(-1)))["tie"].any():
            ordered = ordered.sort(*self.keys, AT, ROLE, *self.groups, nulls_last=True)
        shifted = nw.when(is_same).then(_at.shift(-1)).alias("next")
        return replace(self, frame=ordered.select(AT, ROLE, *self.groups, shifted).lazy())

    def placed(self) -> Visits:
        """The visits with their places under their keys: of rows that are alike, every window sees the same first."""
        return self._ordered(**{_PLACE: _at.cum_count()})

    def _ordered(self, **made: nw.Expr) -> Visits:
        """Columns that look at rows by time, role and group, a group that is missing last."""
        missing = {f"{group}_missing": nw.col(group).is_null().cast(nw.Int8) for group in self.groups}
        by = [AT, ROLE, *(name for pair in zip(missing, self.groups, strict=True) for name in pair)]
        told = {name: column.over(*self.keys, order_by=by) for name, column in made.items()}
        return self.with_columns(**missing).with_columns(**told)


def _has_windows(frame: AnyFrame) -> bool:
    return frame.implementation.is_duckdb() or frame.implementation.is_ibis() or frame.implementation.is_pyspark()


def followed_sums(metric: WithinMetric, visits: Visits, as_of_us: int) -> AnyFrame | None:
    """What is counted, by group, not yet asked; ``None`` where the library has no windows for it."""
    within_us = whole_us(metric.within)
    is_simple = metric.per == "row" and metric.follower is None
    if not is_simple and visits.frame.implementation.is_pyarrow():
        return None
    if is_simple:
        seen = visits.with_next().with_columns(may=_is(OPENS), until=_at, followed=_by(within_us))
    else:
        seen = _SEEN[metric.per](visits.placed(), within_us)
    may, until = nw.col(_MAY), nw.col(_UNTIL)
    is_young = until + whole(within_us) > whole(as_of_us)
    is_wanted = nw.col(_IS_FOLLOWED) if metric.counts == "followed" else ~nw.col(_IS_FOLLOWED)
    flags = {COUNTED: may & ~is_young, SATISFY: may & ~is_young & is_wanted & _is(HOLDS), YOUNG: may & is_young}
    counted = seen.frame.select(*visits.groups, **{name: flag.cast(nw.Int64) for name, flag in flags.items()})
    added = [nw.col(name).sum() for name in flags]
    return counted.group_by(*visits.groups).agg(*added) if visits.groups else counted.select(*added)


def _is(role: int) -> nw.Expr:
    return nw.col(ROLE).is_in([each for each in range(8) if each & role])


def _by(within_us: int) -> nw.Expr:
    """Whether the next row that follows came in time."""
    return (_next - _at <= whole(within_us)).fill_null(value=False)


def _rows(visits: Visits, within_us: int) -> Visits:
    """Every row that may be followed, by the next one that follows."""
    seen = visits.with_columns(follower=_soonest(visits, _is(FOLLOWS)))
    seen = seen.with_columns(next=visits.over(nw.col("follower").shift(-1)))
    return seen.with_columns(may=_is(OPENS), until=_at, followed=_by(within_us))


def _first(visits: Visits, within_us: int) -> Visits:
    """The first row that may be followed, alone."""
    counted = visits.with_columns(opened=visits.over(_is(OPENS).cast(nw.Int64).cum_sum()))
    return _rows(counted, within_us).with_columns(may=_is(OPENS) & (nw.col("opened") == 1))


def _episodes(visits: Visits, within_us: int) -> Visits:
    """The first row of each chain of rows no further apart than the window, until the last one of it."""
    seen = visits.with_columns(before=visits.over(_at.shift(1)), next=visits.over(_at.shift(-1)))
    limit = whole(within_us)
    starts = (_at - nw.col("before") > limit).fill_null(value=True)
    seen = seen.with_columns(may=_is(OPENS) & starts, followed=_by(within_us))
    return seen.with_columns(until=_soonest(visits, ~nw.col(_IS_FOLLOWED)))


def _soonest(visits: Visits, holds: nw.Expr) -> nw.Expr:
    """When the next row of the key is for which something holds, the row itself included; else after all times.

    Libraries leave a running minimum empty where the row itself has nothing, so that every row has a time here.
    """
    return visits.over(nw.when(holds).then(_at).otherwise(whole(_AFTER_ALL)).cum_min(reverse=True))


_AFTER_ALL = 2**62


_SEEN: Mapping[str, Callable[[Visits, int], Visits]] = {"row": _rows, "first": _first, "episode": _episodes}
"""For each row whether it may be followed, until when it must be known what happened, and whether it is followed."""
