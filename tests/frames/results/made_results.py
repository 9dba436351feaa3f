"""A small result of every kind, made by asking the library; what has hostile, missing and Chinese texts is in there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from servicekit.availability import Outage, Slo, UptimeSla, UptimeVerdict
from servicekit.desk import DeskReport, ServiceDesk
from servicekit.desk.service_period import MeasuredUptime, PeriodReview, ServicePeriod
from servicekit.events import Activity, Case, Enrolled, Opened, Purchase, PurchaseLine, Resolved
from servicekit.kpi import Backlog, CohortTable, Results, Retention, Scorecard, StageFunnel
from servicekit.kpi.display.distribution import Distribution
from servicekit.layout import Result
from servicekit.loyalty import Earn, EarnPurchase, Ledger, LoyaltyProgram, Redeem
from servicekit.policy import ServicePolicy
from servicekit.quantity import Money, Ratio
from servicekit.segments import OutreachPlan, SegmentRun, SegmentsPolicy
from servicekit.sla import CaseView, SlaPolicy, fold
from servicekit.statistics import ControlChart, ErlangC, KaplanMeier, c_chart
from servicekit.tiers import TierProgram, TierRun
from servicekit.timeline import Period, month
from servicekit.whatif import PointsComparison, replay, replay_points, replay_tiers

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = '<script>alert("1")</script>|*_`'
JOINED = date(2025, 1, 10)
TODAY = date(2026, 6, 30)


def policy(hours: int) -> ServicePolicy:
    return ServicePolicy.parse(f"""
name: 客户服务部
version: "{hours}"
timezone: UTC
calendars: {{wall: {{timezone: UTC, weekly: 24x7}}}}
sla: {{calendar: wall, targets: [{{first_response: 1h, resolution: {hours}h}}]}}
tiers: {{currency: CNY, activities: [visits], levels: {{normal: {{}}, vip: {{qualify: {{visits: {hours}}}}}}}}}
loyalty: {{currency: CNY, earn: {{base: {{rate: {{points: {hours}, per: 1 CNY}}}}}}}}
""")


def cases() -> list[Case]:
    channels = ("phone", HOSTILE, None)
    return [
        Case(
            f"C-{n}",
            (
                Opened(f"C-{n}", at, {"channel": channels[n % 3]} if channels[n % 3] else {}),
                Resolved(f"C-{n}", at + n * HOUR),
            ),
        )
        for n in range(1, 9)
        for at in [NINE + n * HOUR]
    ]


def report() -> DeskReport:
    return ServiceDesk(policy(4)).report(cases(), as_of=NINE + 30 * HOUR)


def period() -> ServicePeriod:
    return PeriodReview(ServiceDesk(policy(4)), Period.parse("2026-01")).of(cases())


def case() -> CaseView:
    engine = SlaPolicy(targets=[{"first_response": "1h", "resolution": "3h"}]).compile({})
    return fold(engine, [Opened("C-1", NINE), Resolved("C-1", NINE + HOUR)], NINE + 2 * HOUR)


def figures() -> Results:
    card = Scorecard.parse("""
metrics:
  csat: {kind: csat, method: top2, low: 1, high: 5}
  wait: {kind: quantile, table: contact, column: wait_us, unit: duration, q: 0.5, method: linear}
targets: {csat: {at_least: 80%}}
""").compile()
    answers = [
        {
            "instrument": "csat",
            "score": 1 + n % 5,
            "channel": ("在线客服", HOSTILE, None)[n % 3],
            "at": NINE + n * 300 * HOUR,
        }
        for n in range(12)
    ]
    return card.measure({"answer": answers, "contact": [{"wait_us": 5, "at": NINE}]}, by=["channel"], period="month")


def tiers() -> TierRun:
    visits = [Activity("m-1", JOINED + timedelta(days=n * 20), "visits", 4) for n in range(12)]
    program = TierProgram.parse(
        "{currency: CNY, activities: [visits], levels: {normal: {}, vip: {qualify: {visits: 10}}}}"
    )
    return program.compile().fold([Enrolled("m-1", JOINED), Enrolled(HOSTILE, JOINED), *visits], TODAY)


def bought(customer_id: str, at: datetime, yuan: int) -> Purchase:
    return Purchase(customer_id, at, f"o-{customer_id}-{at:%m%d}", (PurchaseLine(Money(yuan, "CNY")),))


SEGMENTS = SegmentsPolicy.parse("""
currency: CNY
rfm: {bins: 3}
life_cycle: {at_risk: 60cd, dormant: 90cd}
segments: {small: {m: 1}}
triggers: {hello: {kind: anniversary, channel: email, offer: 礼物}}
""").compile({})


def segmented() -> SegmentRun:
    events = [bought(f"m-{n % 4}", NINE + n * 300 * HOUR, 10 * n + 5) for n in range(9)]
    return SEGMENTS.fold([Enrolled("m-1", JOINED), Enrolled(HOSTILE, JOINED), *events], TODAY)


def plan() -> OutreachPlan:
    return SEGMENTS.plan([Enrolled("m-1", JOINED), Enrolled(HOSTILE, JOINED)], Period.parse("2026"))


def ledger() -> Ledger:
    made = Ledger(LoyaltyProgram.parse("{currency: CNY, expiry: {kind: inactivity, months: 6}}").compile())
    order = bought(HOSTILE, NINE, 100)
    commands = [Earn("m-1", 1200, at=NINE), Redeem("m-1", 200, at=NINE + HOUR, reason="礼物")]
    made.apply_many([*commands, EarnPurchase(HOSTILE, order, at=NINE)])
    return made


def points_replayed() -> PointsComparison:
    before, after = policy(1).compile(), policy(3).compile()
    journal = Ledger(before.need_loyalty())
    journal.apply_many([EarnPurchase(name, bought(name, NINE, 100), at=NINE) for name in ("m-1", HOSTILE)])
    return replay_points(before, after, journal.entries(), as_of=TODAY)


def uptime() -> UptimeVerdict:
    meter = UptimeSla(target="99.9%").compile()
    return meter.judge([Outage(NINE, NINE + HOUR)], over=month(date(2026, 1, 1)))


def waits() -> Distribution:
    card = Scorecard.parse(
        "{metrics: {wait: {kind: quantile, table: contact, column: wait_us, unit: duration, q: 0.5, method: linear}}}"
    ).compile()
    return card.distribution(card.states({"contact": [{"wait_us": n % 5 * 1_500_000} for n in range(9)]}), "wait")


RESULTS: Mapping[str, Callable[[], Result]] = {
    "Backlog": lambda: Backlog(opening=120, created=80, resolved=90, reopened=5, cancelled=3),
    "CaseView": case,
    "ClockExplanation": lambda: case().clock("resolution").explain("zh"),
    "ClockView": lambda: case().clock("resolution"),
    "CohortTable": lambda: CohortTable({"2026-01": (2, 1, 0), "2026-02": (0, 0), "2026-03": (1,)}),
    "Comparison": lambda: replay(
        policy(2).compile(), policy(4).compile(), cases(), as_of=NINE + 30 * HOUR, by="channel"
    ),
    "ControlChart": lambda: none_missing(c_chart([4, 5, 3, 4, 19])),
    "DeskReport": report,
    "Distribution": waits,
    "ExpirySchedule": lambda: result(ledger().expiring("m-1", date(2026, 3, 1))),
    "KaplanMeier": lambda: KaplanMeier({6: 3, 7: 1}, {6: 1, 9: 2}),
    "LiabilityDays": lambda: result(ledger().liability([date(2026, 1, 31)], expected=Fraction(1, 3))),
    "MeasuredUptime": lambda: MeasuredUptime(HOSTILE, Period.parse("2026-01"), "UTC", uptime()),
    "OutreachPlan": plan,
    "PointsComparison": points_replayed,
    "Results": figures,
    "Retention": lambda: Retention(start=1000, lost=50, joined=120),
    "RfmTable": lambda: segmented().rfm,
    "SegmentRun": segmented,
    "ServicePeriod": period,
    "SloVerdict": lambda: Slo(name="search", objectives=[{"target": "99%"}]).compile().judge([Ratio(980, 1000)])[0],
    "Staffing": lambda: ErlangC(calls=100, period=1800, handle_time=180, agents=0).staffing(0.8, within=20),
    "StageFunnel": lambda: StageFunnel.of(cases(), ["opened", HOSTILE, "resolved"], as_of=NINE + 30 * HOUR),
    "Statement": lambda: ledger().statement("m-1", date(2026, 1, 1), date(2026, 3, 1)),
    "TierComparison": lambda: replay_tiers(
        policy(2).compile(),
        policy(4).compile(),
        [Enrolled("m-1", JOINED), Activity("m-1", date(2025, 2, 1), "visits", 3)],
        as_of=TODAY,
    ),
    "TierRun": tiers,
    "TierStatus": lambda: tiers()["m-1"],
    "Trend": lambda: figures().trend("csat", "在线客服"),
    "UptimeVerdict": uptime,
}
"""By the name of its class."""


def result(found: object) -> Result:
    """What an annotation calls a list or a tuple, and is a result, too."""
    assert isinstance(found, Result)
    return found


def none_missing(found: ControlChart | None) -> ControlChart:
    assert found is not None
    return found
