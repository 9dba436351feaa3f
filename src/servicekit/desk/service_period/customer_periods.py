"""Periods by customer, each told when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from servicekit.desk.service_period.judging.report_instant import ReportInstant
from servicekit.desk.service_period.period_count import PeriodCount, told_beside
from servicekit.desk.service_period.service_period import ServicePeriod


class CustomerPeriods(Mapping[str | None, ServicePeriod]):
    """The reviews of customers by their ids. Counts are kept, and a review is made of them each time: a thousand
    reports, one after the other, hold one at a time."""

    def __init__(self, counts: Mapping[str | None, Sequence[PeriodCount]], instant: ReportInstant) -> None:
        self._counts = {customer: each for customer, each in counts.items() if not each[0].is_empty}
        self._instant = instant

    def __getitem__(self, customer: str | None) -> ServicePeriod:
        return told_beside(self._counts[customer], self._instant, waited=None)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)
