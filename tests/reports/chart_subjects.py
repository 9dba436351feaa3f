"""Something of every kind that a chart or a table can be made of, with what is passed beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from servicekit.kpi import CohortTable
from servicekit.quantity import Money
from servicekit.segments import RfmValues, score_rfm
from servicekit.statistics import ErlangA, ErlangC, KaplanMeier, c_chart, individuals_chart, u_chart
from tests.browser.shown import DESK, OWED_ON, case, figures, funnel, march, moved, points, replayed, tiers, values

Subject = tuple[Any, dict[str, Any]]


def _of(subject: Any, **options: Any) -> Subject:
    return subject, options


DRAWN: Mapping[str, Callable[[], Subject]] = {
    "year": lambda: _of(DESK, year=2026),
    "case": lambda: _of(case()),
    "clock": lambda: _of(case().clock("resolution")),
    "tier": lambda: _of(tiers(date(2025, 8, 1), granted=True)["m-1"]),
    "tiers replayed": lambda: _of(moved()),
    "rfm": lambda: _of(score_rfm({f"m-{n}": RfmValues(n, 1 + n % 3, Money.parse(f"{10 * n} CNY")) for n in range(20)})),
    "statement": lambda: _of(points().statement("m-1", date(2026, 1, 1), date(2026, 3, 1))),
    "points that expire": lambda: _of(points().expiring("m-1", date(2026, 3, 1))),
    "points owed": lambda: _of(points().liability(OWED_ON, expected=Decimal("0.75"))),
    "results": lambda: _of(figures(2, "channel")),
    "desk": lambda: _of(march().report),
    "replay": lambda: _of(replayed()),
    "period": lambda: _of(march()),
    "trend": lambda: _of(figures(3).trend("kept")),
    "long trend": lambda: _of(figures(12).trend("asa")),
    "distribution": lambda: _of(values()),
    "p-chart": lambda: _of(figures(6).trend("kept").control_chart()),
    "chart of durations": lambda: _of(figures(12).trend("asa").control_chart()),
    "u-chart": lambda: _of(u_chart([(4, 2.0), (0, 0.0), (6, 2.0), (2, 1.0)])),
    "c-chart": lambda: _of(c_chart([4, 5, 3, 4, 19])),
    "chart of individuals": lambda: _of(individuals_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6])),
    "cohorts": lambda: _of(CohortTable({"2026-01": (120, 31, 12), "2026-02": (80, 9), "2026-03": (7,)})),
    "funnel": lambda: _of(funnel()),
    "staffing": lambda: _of(ErlangC(100, 1800, 180, 0).staffing(0.8, 20)),
    "staffing of impatient callers": lambda: _of(ErlangA(250, 3600, 330, 0, 180).staffing(0.8, 30, max_occupancy=0.85)),
    "survival": lambda: _of(KaplanMeier({6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}, {6: 1, 9: 1, 34: 1, 35: 1})),
}
"""What a chart is drawn of."""

LAID_OUT: Mapping[str, Callable[[], Subject]] = {
    "results": lambda: _of(figures(3)),
    "results by channel": lambda: _of(figures(3, "channel")),
    "desk": lambda: _of(march().report),
    "period": lambda: _of(march()),
}
"""What a table is laid out of."""
