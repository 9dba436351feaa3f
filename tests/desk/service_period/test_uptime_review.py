"""The uptime of services in a period: the example counted by hand, laws against a slow judge, ends of things."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.availability import Maintenance, Outage, UptimeSla
from servicekit.desk.service_period import MeasuredUptime, ServicePeriod, UptimeReview
from servicekit.errors import NaiveDatetimeError, PolicyError
from servicekit.events import Imported
from servicekit.importers import read_sources
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.testing.strategies import instants, maintenance_windows, outages, uptime_slas
from servicekit.testing.strategies.availability import MONTH
from servicekit.timeline import Interval, Period, to_us, zone

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "uptime"
MARCH, STEP = Period.parse("2026-03"), timedelta(minutes=30)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
POLICY = "{name: x, timezone: %s, availability: {shop: {target: 99.9%%}, pay: {target: 99%%, maintenance: overlap}}}"


def engine(timezone: str = "UTC") -> PolicyEngine:
    return ServicePolicy.parse(POLICY % timezone).compile()


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def review(records: Sequence[Outage | Maintenance], as_of: datetime | None = LATER, **asked) -> ServicePeriod:
    return UptimeReview(engine(), asked.pop("period", MARCH), **asked).of(records, as_of=as_of)


@pytest.fixture(scope="module")
def example() -> ServicePeriod:
    table = read_sources(EXAMPLE / "sources.yaml").outages
    assert table is not None
    return UptimeReview(ServicePolicy.load(EXAMPLE / "policy.yaml").compile(), MARCH).of(
        table.open(), as_of=table.as_of
    )


def minutes(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(seconds=1), 60)


def test_the_example_counted_by_hand(example: ServicePeriod) -> None:
    """March has 743 hours in Vilnius. The shop: half an hour since February, an hour on the 10th told by two monitors,
    15 minutes after four hours of maintenance (two nights, one of them an hour short). Payments: three started minutes,
    and ten that are not over. The back office: an hour on Friday and one on Monday, of which half was announced."""
    counted = {"shop": 743 * 60 - 240, "payments": 743 * 60, "back office": 22 * 8 * 60 - 30, "search": 743 * 60}
    down = {"shop": 30 + 60 + 15, "payments": 3 + 10, "back office": 90, "search": 0}
    left_out = {"shop": 240, "payments": 0, "back office": 30, "search": 0}
    found = {each.service: each.verdict for each in example.uptime}
    assert {name: minutes(each.uptime.downtime) for name, each in found.items()} == down
    assert {name: minutes(each.uptime.excluded.total) for name, each in found.items()} == left_out
    assert {name: each.uptime.value for name, each in found.items()} == {
        name: 1 - Fraction(down[name], counted[name]) for name in down
    }
    assert found["shop"].budget.used == Fraction(105 * 1000, 44_340)
    assert [each.credit for each in found.values()] == [Fraction(1, 10), None, None, None]
    assert [each.status for each in example.uptime] == ["missed", "met", "met", "met_not_proven"]


def test_the_example_has_its_outages_and_what_is_in_no_figure(example: ServicePeriod) -> None:
    assert {each.service: len(each.outages) for each in example.uptime} == {
        "shop": 4, "payments": 2, "back office": 1, "search": 0,
    }  # fmt: skip
    assert [tuple(each) for each in example.unmeasured] == [("unpromised", 1), ("unreadable", 1)]
    assert [(group.code, group.times) for group in example.report.problems] == [
        ("table.ends-before-start", 1), ("availability.unknown-service", 1),
    ]  # fmt: skip
    assert (example.is_whole, example.as_of) == (True, datetime(2026, 3, 31, 21, tzinfo=UTC))


def test_the_trend_of_the_example_begins_where_its_records_do(example: ServicePeriod) -> None:
    told = {each.service: [(one.period.name, minutes(one.verdict.uptime.downtime)) for one in each.trend]
            for each in example.uptime}  # fmt: skip
    assert told["shop"] == [("2026-01", 90), ("2026-02", 30), ("2026-03", 105)]
    assert told["payments"] == [("2026-01", 0), ("2026-02", 20), ("2026-03", 13)]


class SlowJudge:
    """A period looked at every half hour, instant by instant; true of records that begin and end at such instants."""

    def __init__(self, sla: UptimeSla, records: Sequence[Outage | Maintenance]) -> None:
        self.sla, self.records = sla, records

    def state(self, moment: datetime, known: datetime) -> str:
        down = any(
            each.start <= moment < min(each.end or known, known) for each in self.records if isinstance(each, Outage)
        )
        announced = any(each.start <= moment < each.end for each in self.records if isinstance(each, Maintenance))
        if self.sla.maintenance == "window" and announced:
            return "excluded"
        if self.sla.maintenance == "overlap" and announced and down:
            return "excluded"
        return "down" if down else "up"

    def lengths(self, over: Interval) -> dict[str, timedelta]:
        moment, found = over.start, dict.fromkeys(("up", "down", "excluded"), timedelta())
        while moment < over.end:
            found[self.state(moment, over.end)] += STEP
            moment += STEP
        return found


half_hours = instants(min_value=MONTH.start, max_value=MONTH.end, step=STEP)
promises = uptime_slas().map(lambda sla: sla.replace(unit=None, timezone="UTC"))


@given(promises, outages(step=STEP, open_ended=True), maintenance_windows(step=STEP), half_hours)
def test_a_slow_judge_finds_the_same(
    sla: UptimeSla, down: list[Outage], announced: list[Maintenance], known: datetime
) -> None:
    records = [Outage(each.start, each.end, service="shop") for each in down]
    records += [Maintenance(each.start, each.end, service="shop") for each in announced]
    policy = ServicePolicy(name="x", availability={"shop": sla})
    [shop] = UptimeReview(policy.compile(), MARCH).of(records, as_of=known).uptime
    over = Interval(MONTH.start, min(known, MONTH.end))
    found = {name: getattr(shop.verdict.uptime, name).total for name in ("up", "down", "excluded")}
    assert found == SlowJudge(sla, records).lengths(over)
    assert shop.verdict == policy.compile().need_availability()["shop"].judge(
        [each for each in records if isinstance(each, Outage)],
        [each for each in records if isinstance(each, Maintenance)],
        over=MARCH,
        as_of=known,
    )
    assert sum(found.values(), timedelta()) + shop.verdict.uptime.closed.total == over.length


@given(outages(step=STEP, open_ended=True), st.randoms())
def test_the_order_of_records_and_what_comes_after_the_period_change_nothing(down: list[Outage], chance) -> None:
    records = [Outage(each.start, each.end, service="shop") for each in down]
    one = review(records).uptime
    chance.shuffle(records)
    after = [Outage(datetime(2026, 4, 2, tzinfo=UTC), None, "later", "shop")]
    assert review(records).uptime == one
    assert [each.verdict for each in review([*records, *after]).uptime] == [each.verdict for each in one]


@given(outages(step=STEP, open_ended=True))
def test_every_outage_that_counts_is_within_the_downtime(down: list[Outage]) -> None:
    [shop, _] = review([Outage(each.start, each.end, service="shop") for each in down]).uptime
    assert all(timedelta() <= shop.downtime_of(each) <= shop.length_of(each) for each in shop.outages)
    assert all(shop.downtime_of(each) <= shop.verdict.uptime.downtime for each in shop.outages)
    assert sum(map(shop.downtime_of, shop.outages), timedelta()) >= shop.verdict.uptime.downtime


def shop_of(records: Sequence[Outage | Maintenance], **asked) -> MeasuredUptime:
    return review(records, **asked).uptime[0]


def test_an_outage_over_the_ends_of_a_period_counts_in_each_with_its_part() -> None:
    outage = Outage(datetime(2026, 2, 28, 22, tzinfo=UTC), datetime(2026, 4, 1, 3, tzinfo=UTC), service="shop")
    found = [shop_of([outage], period=Period.parse(name)).verdict.uptime.downtime for name in ("2026-02", "2026-04")]
    assert found == [timedelta(hours=2), timedelta(hours=3)]
    march = shop_of([outage])
    assert (march.verdict.uptime.value, march.length_of(outage)) == (0, timedelta(days=31))


def test_an_outage_that_is_not_over_lasts_to_what_is_known() -> None:
    shop = shop_of([Outage(at(10), None, service="shop")], as_of=at(10, 6))
    assert (shop.verdict.uptime.downtime, shop.is_whole) == (timedelta(hours=6), False)


def test_a_period_that_is_not_over_proves_little() -> None:
    quick, slow = Outage(at(2), at(2, 0, 20), service="shop"), Outage(at(2), at(2, 2), service="shop")
    assert shop_of([quick], as_of=at(20)).status == "met_not_proven"
    assert shop_of([quick], as_of=at(3)).status == "missed_not_proven"
    assert shop_of([slow], as_of=at(20)).status == "missed"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_the_clock_changes_has_its_own_length(day: str, hours: int) -> None:
    period = Period.parse(day)
    start = period.interval(zone("Europe/Vilnius")).start
    records = [Outage(start - timedelta(days=2), start + timedelta(days=3), service="shop")]
    [shop, _] = UptimeReview(engine("Europe/Vilnius"), period).of(records, as_of=LATER).uptime
    assert shop.verdict.uptime.downtime == timedelta(hours=hours)


def test_without_a_row_nothing_is_known_until_somebody_says_until_when() -> None:
    found = review([], as_of=None)
    assert (found.uptime, found.as_of) == ((), None)
    assert [group.code for group in found.report.problems] == ["desk.as-of-from-data"]
    found = review([])
    assert [(each.status, each.is_recorded, each.verdict.uptime.value) for each in found.uptime] == [
        ("met_not_proven", False, 1)
    ] * 2


def test_the_latest_instant_of_the_outages_says_how_far_they_reach() -> None:
    records = [Outage(at(2), at(2, 1), service="shop"), Maintenance(at(30), at(31), service="shop")]
    found = review(records, as_of=None)
    assert (found.as_of, found.is_whole) == (at(2, 1), False)
    assert [group.code for group in found.report.problems] == ["desk.as-of-from-data"]
    beyond = review([*records, Outage(LATER, service="pay")], as_of=None)
    assert (beyond.is_whole, beyond.report.problems) == (True, ())


def test_a_period_of_the_future_is_not_measured() -> None:
    found = review([Outage(at(2), at(2, 1), service="shop")], as_of=at(3), period=Period.parse("2026-05"))
    assert [(each.verdict.uptime.value, each.status) for each in found.uptime] == [(None, None)] * 2


def test_records_of_nobody_and_rows_without_a_record_are_counted() -> None:
    bad: list[Imported[Outage]] = [Imported(row=7), Imported(left_out="test", row=8)]
    records = [Outage(at(2), at(3), service="shpo"), *bad]
    found = UptimeReview(engine(), MARCH).of(records, as_of=LATER)
    assert sorted((each.what, each.times) for each in found.unmeasured) == [
        ("test", 1), ("unpromised", 1), ("unreadable", 1),
    ]  # fmt: skip
    assert [each.examples[0].hint for each in found.report.problems] == ["did you mean 'shop'?"]


def test_the_period_of_a_service_is_cut_by_its_own_clock() -> None:
    policy = ServicePolicy.parse("{name: x, availability: {shop: {target: 99%, timezone: Asia/Shanghai}}}")
    [shop] = UptimeReview(policy.compile(), MARCH).of([Outage(at(1), at(31, 20), service="shop")], as_of=LATER).uptime
    assert shop.verdict.uptime.over == MARCH.interval(zone("Asia/Shanghai"))
    assert shop.verdict.uptime.uptime == timedelta(hours=8)
    assert (shop.is_whole, shop.verdict.uptime.down.spans_us[-1][1]) == (True, to_us(at(31, 16)))


def test_a_quarter_may_be_told_by_month() -> None:
    records = [Outage(at(2), at(2, 1), service="shop"), Outage(datetime(2026, 5, 3, tzinfo=UTC), service="shop")]
    shop = shop_of(records, period=Period.parse("2026-Q2"), trend_by="month", as_of=datetime(2026, 5, 4, tzinfo=UTC))
    assert [each.period.name for each in shop.trend] == ["2026-03", "2026-04", "2026-05"]
    with pytest.raises(ValueError, match="trend by month"):
        UptimeReview(engine(), Period.parse("2026-W10"), trend_by="month")


@pytest.mark.parametrize(
    ("window", "found"),
    [("month", [True, False, False]), ("quarter", [False, True, False]), ("rolling 28d", [False] * 3)],
)
def test_a_credit_is_agreed_for_a_window_of_the_promise(window: str, found: list[bool]) -> None:
    policy = ServicePolicy.parse(f"{{name: x, availability: {{shop: {{target: 99%, window: {window}}}}}}}")
    periods = [Period.parse(name) for name in ("2026-03", "2026-Q1", "2026-W10")]
    reviews = [UptimeReview(policy.compile(), each).of([], as_of=LATER) for each in periods]
    assert [each.uptime[0].is_of_window for each in reviews] == found


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        review([], as_of=datetime(2026, 3, 1))
    with pytest.raises(PolicyError, match="no-availability"):
        UptimeReview(ServicePolicy(name="x").compile(), MARCH)


def test_what_print_shows_says_what_is_not_proven_and_where_uptime_stands(example: ServicePeriod) -> None:
    [search] = [each for each in example.uptime if each.service == "search"]
    assert str(search).splitlines()[0].endswith(": met not proven")
    assert "the uptime of 4 services is in uptime" in str(example)
