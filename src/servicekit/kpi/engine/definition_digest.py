"""What tells states of one definition from those of another: a digest of all that they were counted by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING

from servicekit.kpi.engine.breakdown import Breakdown
from servicekit.kpi.metric import DurationMetric, Metric, conditions_of

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

_FOR_PEOPLE = ("label", "min_n", "better")
"""What a metric says that no state depends on."""

_FISCAL = ("quarter", "half_year", "year")


def definition_digest(metric: Metric, breakdown: Breakdown, calendars: Mapping[str, CompiledCalendar]) -> str:
    """A digest of a metric and of how its rows are broken down; with the time zone and the calendar that it needs.

    >>> from servicekit.kpi import SumMetric
    >>> cases, shown = SumMetric(table="case"), SumMetric(table="case", label="all cases")
    >>> len({definition_digest(each, Breakdown(), {}) for each in (cases, shown)})
    1
    """
    told = {name: part for name, part in metric.to_dict().items() if name not in _FOR_PEOPLE}
    reasons = [list(counted.leave_out) for _, counted in conditions_of(metric)]  # the first that holds is told
    clock = calendars.get(metric.clock or "") if isinstance(metric, DurationMetric) else None
    hours = None if clock is None else clock.calendar.to_dict()
    text = json.dumps([told, reasons, list(_cut(breakdown)), hours], sort_keys=True, default=_plain)
    return sha256(text.encode()).hexdigest()[:16]


def _cut(breakdown: Breakdown) -> Iterator[object]:
    """How rows are broken down: by names, and where there are periods, by whose midnight and in which year."""
    yield breakdown.names
    if breakdown.period is not None:
        yield breakdown.period, breakdown.timezone.key
        if breakdown.period in _FISCAL:
            yield breakdown.first_month


def _plain(value: object) -> str:
    return str(Fraction(value)) if isinstance(value, Decimal) else str(value)
