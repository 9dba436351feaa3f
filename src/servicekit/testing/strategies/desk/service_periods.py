"""Strategies for what comes to a desk, and for what it tells of a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview, ServicePeriod
from servicekit.desk.service_period.period_review import Comparing
from servicekit.errors import Problem
from servicekit.events import Case, Imported, Resolved
from servicekit.policy import ServicePolicy
from servicekit.testing.strategies.policies import service_policies
from servicekit.testing.strategies.streams import cases
from servicekit.testing.strategies.time import moments_of_cases, periods
from servicekit.timeline import Period

_NO_CASES: Sequence[Imported[Case]] = (
    Imported(left_out="test ticket"),
    Imported(problems=(Problem("table.short-row", "row 3", "short"),)),
    Imported(Case("C-none", (Resolved("C-none", datetime(2026, 1, 1, tzinfo=UTC)),))),
)


@st.composite
def case_records(
    draw: st.DrawFn,
    *,
    opened_at: st.SearchStrategy[datetime] = moments_of_cases(),  # noqa: B008 - a value
    max_cases: int = 4,
    max_length: timedelta = timedelta(days=90),
) -> list[Imported[Case]]:
    """A few cases as an importer gives them, some unjudged, among records that are no cases.

    >>> from hypothesis import find
    >>> [record] = find(case_records(), lambda records: any(record.unjudged for record in records))
    >>> record.unjudged, record.value.case_id
    ('no label', 'C-0')
    """
    found: list[Imported[Case]] = []
    for number in range(draw(st.integers(0, max_cases))):
        case = draw(cases(case_id=f"C-{number}", opened_at=opened_at, max_length=max_length))
        found.append(Imported(case, unjudged=draw(st.sampled_from((None, None, None, "no label")))))
    return found + draw(st.lists(st.sampled_from(_NO_CASES), max_size=2, unique_by=id))


def service_periods(
    *,
    policies: st.SearchStrategy[ServicePolicy] = service_policies(max_rows=3),  # noqa: B008 - a value
    records: st.SearchStrategy[Sequence[Imported[Case]]] = case_records(),  # noqa: B008 - a value
    within: st.SearchStrategy[Period] = periods(),  # noqa: B008 - a value
) -> st.SearchStrategy[ServicePeriod]:
    """Periods as a desk tells them, whole or not, beside the one before or the year before, or alone.

    >>> from hypothesis import Phase, find, settings
    >>> told = find(service_periods(), lambda period: True, settings=settings(phases=[Phase.generate]))
    >>> told.policy, told.report.cases <= told.report.records
    ('drawn', True)
    """

    def reviewed(policy: ServicePolicy, period: Period, compare: Comparing | None) -> st.SearchStrategy[ServicePeriod]:
        review = PeriodReview(ServiceDesk(policy), period, compare=compare, worst=3)
        return st.builds(review.of, records, as_of=st.none() | moments_of_cases())

    compared: st.SearchStrategy[Comparing | None] = st.sampled_from((None, "previous", "year"))
    return st.tuples(policies, within, compared).flatmap(lambda drawn: reviewed(*drawn))
