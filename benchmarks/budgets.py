"""What the project has promised itself, and how a run is held against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["BUDGETS", "Budget", "Figure", "Figures", "Key", "Row", "rows"]

Key: TypeAlias = tuple[str, str]
"""What was asked, and who answered."""


class Figure(NamedTuple):
    """Seconds a call: of the best round, and of the median one. Others use the machine too, so both are shown."""

    best: float
    median: float


Figures: TypeAlias = Mapping[Key, Figure]


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit on one figure, or on what it is beside another.

    ``calls``: at least ``limit`` calls a second. ``times``: at least ``limit`` times as fast as the fastest form of
    the rival ``beside``. ``seconds``: at most ``limit`` seconds, beyond those of ``beside`` where it is given.
    ``multiple``: at most ``limit`` times the seconds of ``beside``. ``megabytes``: at most ``limit`` megabytes.
    """

    what: str
    unit: Literal["calls", "times", "seconds", "multiple", "megabytes"]
    limit: float
    of: Key
    beside: Key | None = None

    def measured(self, figures: Figures, statistic: Literal["best", "median"]) -> float | None:
        """The budget's figure in its own unit; None where the run did not time it."""
        mine = _seconds(figures, self.of, statistic)
        other = _seconds(figures, self.beside, statistic) if self.beside else 0.0
        if mine is None or other is None:
            return None
        match self.unit:
            case "calls":
                return 1 / mine
            case "times":
                return other / mine
            case "seconds" | "megabytes":
                return mine - other
            case "multiple":
                return mine / other

    def holds(self, measured: float) -> bool:
        """Whether a figure keeps within the limit."""
        return measured <= self.limit if self.is_ceiling else measured >= self.limit

    @property
    def is_ceiling(self) -> bool:
        """Whether less is better."""
        return self.unit in ("seconds", "multiple", "megabytes")


class Row(NamedTuple):
    """One budget against one run."""

    budget: Budget
    best: float
    median: float

    @property
    def verdict(self) -> str:
        """Whether the best and the median round keep the budget; a busy machine may slow one and not the other."""
        best, median = self.budget.holds(self.best), self.budget.holds(self.median)
        if best and median:
            return "holds"
        return "best round only" if best else "median round only" if median else "MISSED"


def rows(figures: Figures) -> list[Row]:
    """Every budget that the run has figures for."""
    measured = [(b, b.measured(figures, "best"), b.measured(figures, "median")) for b in BUDGETS]
    return [Row(b, best, median) for b, best, median in measured if best is not None and median is not None]


def _seconds(figures: Figures, key: Key, statistic: Literal["best", "median"]) -> float | None:
    """The fastest form of one contender; its name may be the first word of several."""
    question, who = key
    found = [getattr(figure, statistic) for (asked, name), figure in figures.items() if _is(asked, name, question, who)]
    return min(found, default=None)


def _is(asked: str, name: str, question: str, who: str) -> bool:
    return asked == question and (name == who or name.startswith(f"{who}, "))


_DAY, _WEEK, _YEAR = (f"elapsed, {length}, America/New_York" for length in ("a day", "a week", "a year"))
_UTC, _AWARE = "servicekit, UTC datetimes", "servicekit, zoneinfo datetimes"
_RIVAL = "businesstimedelta"
_PAIRS, _ENGINES = "10 M random pairs, 5 years", "5 M rows in and out"
_START_UP, _FLOOR = "start-up, CPU", "pydantic with one model, and PyYAML"
_OUTCOMES = "outcomes, 300,000 cases, three metrics"
_PURCHASES, _BY_HAND = "5 M purchases", "Polars by hand"
_TIERS = "tiers, 200,000 purchases"
_IN_SQLITE = "SQLite, 50,000 commands in one transaction"
_BG_NBD, _FORECAST = "fit of BG/NBD, 2,357 customers", "forecast of BG/NBD, 1 M customers"
_KPIS, _LOOP = "7 KPIs by 72 groups, 200,000 objects", "loop by hand"
_FRAMES = "7 KPIs by 72 groups, 10,000,000 rows"
_MONTH, _OF_CUSTOMERS = "report of 58,251 cases", "1,000 customers, 10 cases each, a report"
_LEDGER, _LONG_JOURNAL = "ledger in memory, 200,000 commands", "ledger in memory, 1 M entries of one account"

BUDGETS = (
    Budget(
        "monthly report as HTML, both languages, 58,251 cases",
        "multiple",
        1.1,
        (_MONTH, "HTML, monthly, both languages"),
        (_MONTH, "text, attainment alone"),
    ),
    Budget("a report for one of 1,000 customers", "seconds", 0.002, (_OF_CUSTOMERS, "in one pass")),
    Budget(
        "memory of a monthly report, 1 M cases beside 10,000",
        "multiple",
        1.05,
        ("memory of a monthly report, MB", "1,000,000 cases"),
        ("memory of a monthly report, MB", "10,000 cases"),
    ),
    Budget("layout of a monthly report", "seconds", 0.300, ("layout of a monthly report", "Chromium, 1,280 px")),
    Budget(
        "import servicekit, over bare Python", "seconds", 0.010, ("import", "servicekit"), ("import", "bare Python")
    ),
    *(
        Budget(
            f"start-up, {who}: CPU beside pydantic and PyYAML", "multiple", limit, (_START_UP, who), (_START_UP, _FLOOR)
        )
        for who, limit in (("first elapsed of a Calendar", 1.6), ("servicekit check", 3.0))
    ),
    *(
        Budget(f"{question}: {who}", "calls", limit, (question, who))
        for question in (_DAY, _WEEK, _YEAR)
        for who, limit in ((_UTC, 500_000), (_AWARE, 300_000))
    ),
    Budget(f"{_DAY}: beside {_RIVAL}", "times", 20, (_DAY, _UTC), (_DAY, _RIVAL)),
    Budget(f"{_YEAR}: beside {_RIVAL}", "times", 2_000, (_YEAR, _UTC), (_YEAR, _RIVAL)),
    Budget("compile one year: weekly hours", "seconds", 0.0015, ("compile one year", "weekly hours, first time")),
    Budget("compile one year: with holidays", "seconds", 0.0015, ("compile one year", "US holidays, first time")),
    Budget("rule condition, four memberships", "seconds", 0.6e-6, ("condition", "four memberships")),
    Budget("rule condition, four parts with a range", "seconds", 0.6e-6, ("condition of four parts", "servicekit")),
    Budget("policy of 2,000 nodes, load and lint", "seconds", 0.150, ("policy", "2,000 nodes of YAML")),
    Budget(_PAIRS, "seconds", 0.120, (_PAIRS, "mornings and afternoons, New York, 2 threads")),
    *(
        Budget(
            f"{engine}: beside kernel and own copies",
            "times",
            0.5,
            (_ENGINES, f"{engine}: servicekit"),
            (_ENGINES, f"{engine}: kernel and own copies"),
        )
        for engine in ("Polars", "DuckDB", "PySpark")
    ),
    *(
        Budget(f"{_OUTCOMES}: {who}", "seconds", 1.0, (_OUTCOMES, who))  # 300,000 cases a second
        for engine in ("Polars", "DuckDB")
        for who in (f"{engine}, events by case", f"{engine}, events by time", f"{engine}, tickets")
    ),
    *(
        Budget(f"{asked}: beside {_BY_HAND}", "multiple", limit, (asked, "frames"), (asked, _BY_HAND))
        for question in ("tiers, rolling 12 months", "tiers, calendar years", "RFM")
        for asked, limit in ((f"{_PURCHASES}: {question}", 1.25), (f"{_PURCHASES}, peak MB: {question}", 1.5))
    ),
    Budget("judge, six events and three clocks", "seconds", 60e-6, ("judge", "six events, three clocks")),
    Budget("fold, six events and three clocks", "seconds", 60e-6, ("case", "fold, six events, three clocks")),
    Budget("step, six events, 12 us each", "seconds", 72e-6, ("steps", "six events, three clocks")),
    *(
        Budget(f"fold of tiers, {window}, {who}", "seconds", 2.0, (f"{_TIERS}, {window}", f"servicekit, {who}"))
        for window in ("calendar year", "rolling 12 months", "lifetime")
        for who in ("in order", "any order")  # 100,000 purchases a second
    ),
    *(
        Budget(f"{_LEDGER}: {who}", "seconds", limit, (_LEDGER, f"servicekit, {who}"))
        for who, limit in (("one by one", 2.0), ("at once", 1.0))  # 100,000 and 200,000 commands a second
    ),
    Budget(f"{_LEDGER}, memory", "megabytes", 140, (f"{_LEDGER}, peak MB", "servicekit")),  # 700 bytes an entry
    Budget(
        "SQLite, beside raw executemany",
        *("times", 0.6, (_IN_SQLITE, "servicekit, at once"), (_IN_SQLITE, "floor: raw executemany")),
    ),
    Budget("balance as of a day, 1 M entries", "seconds", 0.005, (_LONG_JOURNAL, "balance as of a day")),
    *(
        Budget(
            f"{question}{beside}", unit, limit, (question, "servicekit"), (question, "lifetimes") if beside else None
        )
        for question, most in ((_BG_NBD, 0.15), (_FORECAST, 0.37))  # 2.7 million customers a second
        for unit, limit, beside in (("seconds", most, ""), ("times", 1, ": beside lifetimes"))
    ),
    *(
        Budget(f"{question}: beside a {_LOOP}", "multiple", 2, (question, "servicekit"), (question, _LOOP))
        for question in (_KPIS, f"{_KPIS}, wall")
    ),
    *(
        Budget(
            f"{question}: beside {library} by hand",
            "multiple",
            limit,
            (question, f"servicekit on {library}"),
            (question, f"{library} by hand"),
        )
        for library, limits in (("DuckDB", (1.15, 1.15, 1.25)), ("Polars", (1.25, 1.25, 1.25)))
        for question, limit in zip((_FRAMES, f"{_FRAMES}, wall", f"{_FRAMES}, peak MB"), limits, strict=True)
    ),
    Budget("next breach, 100,000 open cases", "seconds", 0.050, ("next breach", "100,000 open cases")),
)
"""The budgets of the design that concern what exists; the rest come with their rooms."""
