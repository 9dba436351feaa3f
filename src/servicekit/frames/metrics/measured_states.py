"""States that are finished at once: of what a state keeps one by one, a library is asked what a measurement needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from servicekit.frames.metrics.columns.metric_columns import Bag, MetricColumns
from servicekit.frames.metrics.followed_columns import AT, COUNTED, ROLE, SATISFY, YOUNG, Visits, followed_sums
from servicekit.frames.metrics.group_states import GroupReader, TableAnswers, item_names
from servicekit.frames.metrics.ranked_values import VALUE, bag_of_ranks, values_by_group
from servicekit.kpi.engine.collect import OF, N
from servicekit.kpi.engine.followed import IMMATURE
from servicekit.kpi.engine.metric_state import Group, State
from servicekit.kpi.metric import Metric, QuantileMetric, WithinMetric
from servicekit.statistics.quantiles import quantile_ranks
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from servicekit.frames.metrics.ranked_values import Ints


@dataclass(frozen=True, slots=True)
class MeasuredStates:
    """The states of metrics, to be finished and not to be added up: where values are ranked, the state of all rows is
    there beside those of their groups, as that of the group without a name.
    """

    answers: TableAnswers
    as_of: datetime | None
    confidence: float
    values: dict[Hashable, Mapping[Group, Ints]] = field(default_factory=dict)

    def of(self, metric: Metric, asked: MetricColumns) -> Mapping[Group, State]:
        """The states of a metric, by group."""
        found: Mapping[Group, State] | None = None
        if isinstance(metric, QuantileMetric):
            found = self._ranked(metric, asked)
        elif isinstance(metric, WithinMetric) and self.as_of is not None:
            found = self._followed(metric, asked, to_us(self.as_of))
        if found is None:
            return self.answers.states(asked)
        kept = self.answers.states(replace(asked, bags=[]))
        if () in found:
            kept = {**kept, (): State.all_of(kept.values())}
        return {group: kept.get(group, State()) | found.get(group, State()) for group in {**kept, **found}}

    def _ranked(self, metric: QuantileMetric, asked: MetricColumns) -> Mapping[Group, State]:
        """The values of each group, and of all rows, at the ranks that are looked at."""
        [bag] = asked.bags
        place = metric.table, metric.at, metric.where, *metric.leave_out.items(), metric.column, metric.keep
        if place not in self.values:
            self.values[place] = self._values(bag)
        states = {}
        for group, values in self.values[place].items():
            ranks = quantile_ranks(len(values), float(metric.q), metric.method, self.confidence)
            told = bag_of_ranks(values, ranks)
            states[group] = State(bag={bag.read((value,)): times for value, times in told.items()})
        return states

    def _values(self, bag: Bag) -> Mapping[Group, Ints]:
        reader, frame = self.answers.rows_of(bag)
        [item] = item_names(bag)
        found: dict[Group, list[Ints]] = {}
        for cells, values in values_by_group(frame.select(*reader.names, nw.col(item).alias(VALUE)), reader.names):
            found.setdefault(reader.group(cells), []).append(values)
        groups = {group: _joined(parts) for group, parts in found.items()}
        return {**groups, (): _joined(list(groups.values()))} if groups or not reader.names else {}

    def _followed(self, metric: WithinMetric, asked: MetricColumns, as_of_us: int) -> Mapping[Group, State] | None:
        read = [self._visits(bag, len(metric.key)) for bag in asked.bags]
        if len({reader.shape(metric.key) for reader, _ in read}) > 1 or any(
            reader.breakdown.period and reader.at != metric.at for reader, _ in read
        ):
            return None
        reader, visits = read[0]
        if len(read) > 1:
            visits = replace(visits, frame=nw.concat([each.frame for _, each in read]))
        answer = followed_sums(metric, visits, as_of_us)
        if answer is None:
            return None
        sums: dict[Group, Counter[str]] = {}
        for *cells, counted, satisfy, young in (
            answer.collect().select(*reader.names, COUNTED, SATISFY, YOUNG).iter_rows()
        ):
            told = sums.setdefault(reader.group(tuple(cells)), Counter())
            told.update({N: int(counted or 0), OF: int(satisfy or 0), IMMATURE: int(young or 0)})
        return {
            group: State({N: told[N], OF: told[OF]}, {IMMATURE: told[IMMATURE]} if told[IMMATURE] else {})
            for group, told in sums.items()
        }

    def _visits(self, bag: Bag, keys: int) -> tuple[GroupReader, Visits]:
        reader, frame = self.answers.rows_of(bag)
        names = item_names(bag)
        at, role = nw.col(names[keys]).alias(AT), nw.col(names[keys + 1]).cast(nw.Int8).alias(ROLE)
        return reader, Visits(frame.select(*reader.names, *names[:keys], at, role), names[:keys], reader.names)


def _joined(parts: list[Ints]) -> Ints:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.array([], dtype=np.int64)
