"""An SLA policy made ready for cases: its metrics, who listens to which signal, and its editions by date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from servicekit.sla.compiled.edition import CompiledEdition, Edition, condition_documents
from servicekit.sla.metric import Metric
from servicekit.sla.policy import DueSource
from servicekit.timeline import Dated


class CompiledSla:
    """Everything an engine knows: its metrics in order, who listens to which signal, and its editions in order.

    ``later`` holds, for each edition, those after it; ``limited`` says of each metric whether any edition limits its
    pauses. ``condition_metrics`` are the numbers of the metrics whose clocks start and stop by conditions; the
    condition clocks of each edition stand in that order.
    """

    __slots__ = (
        "_by_date",
        "condition_metrics",
        "editions",
        "index",
        "later",
        "limited",
        "listeners",
        "metrics",
        "resuming",
    )

    def __init__(self, editions: Sequence[Edition], due: DueSource) -> None:
        every = {name: metric for each in editions for name, metric in each.policy.metrics.items()}
        promised = {name for each in editions for name in each.policy.promised}
        self.metrics = tuple(metric for name, metric in every.items() if name in promised)
        self.index = {metric.id: index for index, metric in enumerate(self.metrics)}
        conditions = {
            name: None for each in editions for name in condition_documents(each.policy) if name in self.index
        }
        self.condition_metrics = tuple(self.index[name] for name in conditions)
        self._by_date = Dated(
            (each.effective_at, CompiledEdition(number, each, self.metrics, tuple(conditions), due))
            for number, each in enumerate(editions)
        )
        self.editions = self._by_date.values
        self.later = tuple(self.editions[number:] for number in range(1, len(self.editions) + 1))
        self.limited = [any(e.pauses[index].has_limits for e in self.editions) for index in range(len(self.metrics))]
        self.listeners = _listeners(self.metrics)
        self.resuming = tuple(index for index, metric in enumerate(self.metrics) if metric.rests)

    @property
    def latest(self) -> CompiledEdition:
        """The last edition."""
        return self.editions[-1]

    def edition_at(self, at: int) -> CompiledEdition:
        """The edition in force at an instant; before the first one began, the first."""
        return self._by_date.at(at)

    def __deepcopy__(self, memo: object) -> CompiledSla:
        return self  # nothing in it changes, and targets are distinguished by identity


def _listeners(metrics: Sequence[Metric]) -> Mapping[str, tuple[tuple[int, bool, bool], ...]]:
    """By signal: the metrics that it concerns, whether it stops their clocks, and whether it starts one."""
    signals = {signal for metric in metrics for signal in (*metric.starts, *metric.stops)}
    return {
        signal: tuple(
            (index, signal in metric.stops, signal in metric.starts)
            for index, metric in enumerate(metrics)
            if signal in metric.stops or signal in metric.starts
        )
        for signal in signals
    }
