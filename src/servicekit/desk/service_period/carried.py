"""Promises of cases that were opened before a period and whose verdict fell into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from servicekit.desk.service_period.judging.judged_case import JudgedCase
from servicekit.sla import Attainment, Outcome, OutcomeName

_DECIDED: tuple[OutcomeName, ...] = ("met", "met_late", "missed")
_SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Carried:
    """What became in a period of the promises of one metric that older cases brought into it.

    ``attainment`` counts verdicts that were not known when the period began: what was met, met late or missed since.
    ``settled`` promises were missed before the period began, and done in it: their breach was told before. So each
    breach is told in one period: that of its case, or a later one as carried.

    >>> Carried("resolution", Attainment(met=3, missed=1), settled=2).attainment.ratio("promised")
    Ratio(numerator=3, denominator=4)
    """

    metric: str
    attainment: Attainment
    settled: int = 0


def news(judged: JudgedCase, since: datetime, as_of: datetime) -> Iterator[tuple[Outcome, bool]]:
    """The promises of a case that were decided between two instants, and whether that settles an older breach.

    >>> from datetime import UTC
    >>> from servicekit.events import Case
    >>> from servicekit.sla import CaseVerdict
    >>> first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    >>> list(news(JudgedCase(lambda case, as_of: CaseVerdict((), ()), Case("C-1", ())), first, second))
    []
    """
    decided = [each for each in judged.at(as_of).outcomes if each.outcome in _DECIDED and not _had_stopped(each, since)]
    if not decided:
        return
    before = {(each.metric, each.instance): each.outcome for each in judged.at(since).outcomes}
    for each in decided:
        was = before.get((each.metric, each.instance))
        if was != each.outcome:
            yield each, (was, each.outcome) == ("missed", "met_late")


def _had_stopped(outcome: Outcome, by: datetime) -> bool:
    return outcome.stopped_at is not None and outcome.stopped_at <= by


class CarriedCount:
    """Counts what was carried into a period.

    >>> CarriedCount().told(["resolution"])
    ()
    """

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: Counter[tuple[str, str]] = Counter()

    def add(self, outcome: Outcome, *, settles: bool) -> None:
        """Count a promise, which may settle a breach that was told before."""
        self._times[outcome.metric, _SETTLED if settles else outcome.outcome] += 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing was."""
        return not self._times

    def told(self, metrics: Sequence[str]) -> tuple[Carried, ...]:
        """The counts by metric, in the order given; metrics of which nothing was carried are left out."""
        carried = {metric for metric, _ in self._times}
        return tuple(self._of(metric) for metric in metrics if metric in carried)

    def _of(self, metric: str) -> Carried:
        counts = {name: self._times[metric, name] for name in _DECIDED}
        return Carried(metric, Attainment(**counts), self._times[metric, _SETTLED])
