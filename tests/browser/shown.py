"""What a notebook shows of results: drawings and tables of small examples, with long and with Chinese names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import vl_convert
from altair import TopLevelMixin
from great_tables import GT

from servicekit.calendars import Calendar
from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview, ServicePeriod
from servicekit.events import (
    Activity,
    Cancelled,
    Case,
    CaseEvent,
    Enrolled,
    MilestoneReached,
    Opened,
    Resolved,
    StatusChanged,
    TierGranted,
)
from servicekit.kpi import CohortTable, Measurement, Results, Scorecard, StageFunnel
from servicekit.kpi.display.distribution import Distribution
from servicekit.kpi.display.trend import Trend
from servicekit.loyalty import Adjust, Earn, Ledger, LoyaltyProgram, Redeem
from servicekit.policy import ServicePolicy
from servicekit.reports import chart, table
from servicekit.sla import CaseView, SlaPolicy, fold
from servicekit.statistics import ErlangA
from servicekit.tiers import TierProgram, TierRun
from servicekit.timeline import Period
from servicekit.whatif import Comparison, replay, replay_tiers
from tests.frames.results.made_results import RESULTS


class Shown(Protocol):
    """A result that a notebook shows as HTML."""

    def _repr_html_(self) -> str: ...


NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG = "waiting for the customer, who has been asked for a photograph of the label and for the number of the parcel"

DESK = Calendar.parse(f"""
timezone: Europe/London
weekly: {{mon-fri: ["09:00-12:30", "13:00-17:30"], sat-sun: ["00:00-24:00"]}}
holidays: [{{dates: {{2026-03-30: "{LONG}"}}}}]
closures: [{{start: "2026-03-27 10:00", end: "2026-03-27 11:00", reason: 停电}}]
""")


def case(name: str = "C-1", until: timedelta = 30 * HOUR) -> CaseView:
    """A promise kept, one broken, a pause, and a clock that was never stopped."""
    targets = [{"first_response": "1h", "resolution": "3h"}]
    policy = SlaPolicy.model_validate(
        {"calendar": "desk", "pauses": [{"status": "waiting", "reason": LONG}], "targets": targets}
    )
    waiting = (StatusChanged(name, NINE + 2 * HOUR, "waiting"), StatusChanged(name, NINE + 5 * HOUR, "open"))
    events = [Opened(name, NINE), *waiting, Resolved(name, NINE + 29 * HOUR)]
    return fold(policy.compile({"desk": DESK.compile()}), events, NINE + until)


TIERS_TEXT = """
currency: CNY
activities: [visits]
downgrade: {when: at_review, grace: 31cd}
levels: {normal: {}, vip: {qualify: {visits: 10}}, 高级VIP客户: {qualify: {visits: 30}}}
"""
TIERS = TierProgram.parse(TIERS_TEXT)
JOINED = date(2025, 1, 10)


def tiers(as_of: date, customer: str = "m-1", *, granted: bool = False) -> TierRun:
    visits = [Activity(customer, JOINED + timedelta(days=n * 20), "visits", 4) for n in range(12)]
    given = [TierGranted(customer, date(2025, 2, 1), "vip", LONG, last_on=date(2025, 4, 30))] if granted else []
    happened = [each for each in (*visits, *given) if each.at <= as_of]
    return TIERS.compile().fold([Enrolled(customer, JOINED), Enrolled("m-2", JOINED), *happened], as_of)


def long_tiers() -> Shown:
    """Names, a reason and a threshold that no picture has room for."""
    names = {"vip": "VIP GOLDEN MWW " * 4, "normal": "普通客户" * 16, "visits": "v" * 64}
    names = {short: name.strip() for short, name in names.items()}
    text = TIERS_TEXT
    for short, name in names.items():
        text = text.replace(short, name)
    program, customer = TierProgram.parse(text), "CUSTOMER" * 60
    joined = [Enrolled(customer, JOINED), Activity(customer, JOINED, names["visits"], 3)]
    given = TierGranted(
        customer, date(2025, 2, 1), names["vip"].strip('"'), LONG.upper() * 5, last_on=date(2025, 4, 30)
    )
    return program.compile().fold([*joined, given], date(2025, 3, 1))[customer]


CARD = Scorecard.parse("""
metrics:
  kept: {kind: ratio, table: contact, of: {outcome: answered}, label: 接通率}
  asa: {kind: answer_speed, label: average wait of those who were answered}
  calls: {kind: sum, table: contact}
targets: {kept: {at_least: 80%}, asa: {at_least: 5s, at_most: 15s}}
""").compile()


def figures(months: int, *by: str) -> Results:
    contacts = [
        {
            "at": datetime(2026, 1 + number % months, 10, tzinfo=UTC),
            "channel": ("在线客服", "phone")[number % 2],
            "outcome": "answered" if number % 5 else "abandoned",
            "wait_us": (number % 40) * 1_000_000,
        }
        for number in range(240)
    ]
    return CARD.measure({"contact": contacts}, by=by, period="month")


def points() -> Ledger:
    ledger = Ledger(LoyaltyProgram.parse("{currency: CNY, expiry: {kind: inactivity, months: 6}}").compile())
    ledger.apply_many(
        [
            Earn("m-1", 1200, at=NINE),
            Redeem("m-1", 200, at=NINE.replace(month=2)),
            Adjust("m-2", -30, at=NINE.replace(month=2), reason=LONG),
        ]
    )
    return ledger


def long_statement(entries: int) -> Shown:
    """More lines than are shown at once, some of them folded away."""
    ledger = points()
    ledger.apply_many([Earn("m-1", n, at=NINE + n * HOUR) for n in range(1, entries)])
    return ledger.statement("m-1", date(2026, 1, 1), date(2026, 3, 1))


def policies(hours: int) -> ServicePolicy:
    return ServicePolicy.parse(f"""
name: 客户服务部
version: "{hours}"
calendars: {{wall: {{timezone: UTC, weekly: 24x7}}}}
sla: {{calendar: wall, targets: [{{resolution: {hours}h}}]}}
tiers: {{currency: CNY, activities: [visits], levels: {{normal: {{}}, vip: {{qualify: {{visits: {hours}}}}}}}}}
""")


def replayed(by: str | None = None) -> Comparison:
    cases = [
        Case(f"C-{n}", (Opened(f"C-{n}", NINE, {"channel": "电话热线"}), Resolved(f"C-{n}", NINE + n * HOUR)))
        for n in range(1, 9)
    ]
    return replay(policies(2).compile(), policies(4).compile(), cases, as_of=NINE + 20 * HOUR, by=by)


def moved() -> Shown:
    events = [Enrolled("m-1", JOINED), Activity("m-1", date(2025, 2, 1), "visits", 3)]
    return replay_tiers(policies(2).compile(), policies(4).compile(), events, as_of=date(2025, 6, 30))


@dataclass(frozen=True, slots=True)
class Drawn:
    """An Altair chart as a report has it: drawn without a browser."""

    chart: TopLevelMixin

    def _repr_html_(self) -> str:
        return str(vl_convert.vegalite_to_svg(self.chart.to_json()))


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A table by great_tables, as a page has it."""

    table: GT

    def _repr_html_(self) -> str:
        return str(self.table.as_raw_html()).replace("font-color(#FFFFFF)", "#333333")  # great_tables 1.1 writes no CSS


@dataclass(frozen=True, slots=True)
class Together:
    """Many results one below the other, which takes a browser as long as one."""

    results: Sequence[Shown]

    def _repr_html_(self) -> str:
        return f"<div>{''.join(f'<div>{each._repr_html_()}</div>' for each in self.results)}</div>"


def values() -> Distribution:
    waits = Scorecard.parse("""
metrics: {wait: {kind: quantile, table: contact, column: wait_us, unit: duration, q: 0.5, method: linear, label: 等待}}
targets: {wait: {at_most: 30s}}
""").compile()
    contacts = [{"wait_us": number * number % 90 * 1_000_000} for number in range(240)]
    return waits.distribution(waits.states({"contact": contacts}), "wait")


def march() -> ServicePeriod:
    cases = [
        Case(name, (Opened(name, NINE + n * 7 * HOUR, {"channel": channel}), Resolved(name, NINE + n * 8 * HOUR)))
        for n in range(200)
        for name, channel in [(f"C-{n}", ("在线客服", "telephone " * 9)[n % 2])]
    ]
    desk = ServiceDesk(ServicePolicy.parse("{name: 客户服务部, timezone: UTC, sla: {targets: [{resolution: 80h}]}}"))
    return PeriodReview(desk, Period.parse("2026-02")).of(cases)


def funnel() -> StageFunnel:
    """Cases that are diagnosed or not, resolved or not, and of which some are open."""
    cases = []
    for n in range(60):
        name = f"C-{n}"
        events: list[CaseEvent] = [Opened(name, NINE + n * HOUR)]
        events += [MilestoneReached(name, NINE + (n + 1) * HOUR, "diagnosed")] if n % 4 else []
        events += [StatusChanged(name, NINE + (n + 2) * HOUR, "waiting <vendor>")] if n % 3 else []
        events += [Resolved(name, NINE + (n + 3) * HOUR)] if n % 5 > 1 else []
        events += [Cancelled(name, NINE + (n + 3) * HOUR)] if n % 5 == 1 else []
        cases.append(Case(name, tuple(events)))
    return StageFunnel.of(cases, ["opened", "diagnosed", "waiting <vendor>", "resolved"], as_of=NINE + 90 * HOUR)


def busy_year() -> Trend:
    """Twelve months of numbers that take much room."""
    return Trend(
        tuple(
            (f"2026-{month:02}", Measurement("kept", "share", 123_456, Fraction(4, 5), 98_765, 123_456, 0.7, 0.9))
            for month in range(1, 13)
        ),
        "接通率",
    )


OWED_ON = [date(2026, 1, 31), date(2026, 3, 31), date(2026, 12, 31)]

SHOWN: Mapping[str, Callable[[], Shown]] = {
    "a week": DESK.picture,
    "days with a changed clock": lambda: DESK.compile().picture(date(2026, 3, 25), date(2026, 3, 31)),
    "an hour twice": lambda: DESK.compile().picture(date(2026, 10, 23), date(2026, 10, 27)),
    "a case": case,
    "a case of minutes": lambda: case(until=20 * HOUR / 60),
    "a case with a long name": lambda: case("工单" * 250),
    "a case with a loud name": lambda: case("WAITING ROOM " * 30),
    "a clock": lambda: case().clock("resolution"),
    "a clock in Chinese": lambda: case().clock("resolution").explain("zh"),
    "a new tier": lambda: tiers(JOINED)["m-1"],
    "a tier in its grace": lambda: tiers(date(2026, 1, 20))["m-1"],
    "a tier after years": lambda: tiers(date(2032, 1, 1), "客户" * 20)["客户" * 20],
    "a tier that was given": lambda: tiers(date(2025, 3, 1), granted=True)["m-1"],
    "tiers with long names": long_tiers,
    "all tiers": lambda: tiers(date(2025, 3, 1)),
    "figures": lambda: figures(3),
    "figures by channel": lambda: figures(3, "channel"),
    "figures folded": lambda: figures(6, "channel"),
    "cohorts": lambda: CohortTable({"2026-01": (120, 31, 12), "2026-02": (80, 9), "2026-03": (7,)}),
    "points owed": lambda: points().liability(OWED_ON, expected=Decimal("0.75")),
    "points that expire": lambda: points().expiring("m-1", date(2026, 3, 1)),
    "a statement": lambda: points().statement("m-2", date(2026, 1, 1), date(2026, 3, 1)),
    "a policy replayed": lambda: replayed("channel"),
    "tiers replayed": moved,
    "a long statement": lambda: long_statement(250),
    "a result of every kind": lambda: Together([made() for made in RESULTS.values()]),
    "chart of a year": lambda: Drawn(chart(DESK, year=2026)),
    "chart of a case": lambda: Drawn(chart(case())),
    "chart of results": lambda: Drawn(chart(figures(2, "channel"))),
    "chart of a period": lambda: Drawn(chart(march())),
    "chart of a distribution": lambda: Drawn(chart(values())),
    "table of results": lambda: LaidOut(table(figures(3), title="Calls")),
    "table of a period": lambda: LaidOut(table(march())),
    "chart of a trend": lambda: Drawn(chart(figures(3).trend("kept"))),
    "chart of a funnel": lambda: Drawn(chart(funnel())),
    "chart of staffing": lambda: Drawn(chart(ErlangA(250, 3600, 330, 0, 180).staffing(0.8, 30, max_occupancy=0.85))),
    "chart of a busy year in Chinese": lambda: Drawn(chart(busy_year(), language="zh")),
    "chart of a case in Chinese": lambda: Drawn(chart(case(), language="zh")),
    "chart of a period in Chinese": lambda: Drawn(chart(march(), language="zh")),
    "chart of a funnel in Chinese": lambda: Drawn(chart(funnel(), language="zh")),
    "table of a period in Chinese": lambda: LaidOut(table(march(), language="zh")),
    "chart of a statement": lambda: Drawn(chart(points().statement("m-1", date(2026, 1, 1), date(2026, 3, 1)))),
}
