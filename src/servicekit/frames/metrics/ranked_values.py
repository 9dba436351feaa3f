"""Values by group, of which a quantile needs but few ranks: those are found, and no value becomes an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from servicekit.frames.metrics.columns.metric_columns import AnswerRow
    from servicekit.frames.metrics.columns.table_columns import AnyFrame

    Ints: TypeAlias = NDArray[np.int64]

VALUE = "value"
"""The column of values, none of which is missing."""


def values_by_group(frame: AnyFrame, groups: Sequence[str]) -> Iterator[tuple[AnswerRow, Ints]]:
    """The values of each group, in no order, with the cells that name it; each library lists them in its own way."""
    if not groups:
        yield (), frame.select(VALUE).collect()[VALUE].to_numpy()
        return
    native: Any = frame.to_native()
    if frame.implementation.is_polars():
        listed = native.group_by(*groups).agg(VALUE).collect()
        yield from zip(listed.select(groups).rows(), (each.to_numpy() for each in listed[VALUE]), strict=True)
        return
    if frame.implementation.is_duckdb():
        table = native.aggregate(f"{', '.join(groups)}, list({VALUE}) AS {VALUE}", ", ".join(groups)).to_arrow_table()
        lists = table[VALUE]
    else:
        table = frame.collect("pyarrow").to_native().group_by(groups).aggregate([(VALUE, "list")])
        lists = table[f"{VALUE}_list"]
    cells = zip(*(table[name].to_pylist() for name in groups), strict=True)
    yield from zip(cells, (each.values.to_numpy() for each in lists), strict=True)


def bag_of_ranks(values: Ints, ranks: Iterable[int]) -> Mapping[int, int]:
    """Values with their counts that have, at some ranks from 1, what all values have there; they are as many.

    >>> bag_of_ranks(np.array([5, 3, 9, 1, 7]), [2, 4])
    {3: 2, 7: 3}
    """
    n, told = len(values), sorted(set(ranks))
    if not n:
        return {}
    found = np.partition(values, [rank - 1 for rank in told])
    bag: dict[int, int] = {}
    before = 0
    for rank, until in zip(told, [*told[:-1], n], strict=True):
        value = int(found[rank - 1])
        bag[value] = bag.get(value, 0) + until - before
        before = until
    return bag
