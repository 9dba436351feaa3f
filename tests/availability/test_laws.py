"""What holds for every outage, whatever the promise."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from servicekit.availability import (
    BurnAlert,
    CreditTable,
    KOfN,
    Outage,
    Parallel,
    Serial,
    Slo,
    UptimeMeter,
    UptimeSla,
    UptimeVerdict,
    exhaustion,
)
from servicekit.calendars import Calendar
from servicekit.quantity import Ratio
from servicekit.testing.strategies import credit_tables, instants, maintenance_windows, outages, uptime_slas
from servicekit.testing.strategies.availability import MONTH, burn_alerts, shares
from servicekit.testing.strategies.documents import ratios
from servicekit.timeline import Interval, IntervalSet, month, zone
from servicekit.timeline.instant import delta_to_us

MARCH = month(date(2026, 3, 1))
OFFICE = Calendar.model_validate({"timezone": "Europe/Paris", "weekly": {"mon-fri": ["09:00-17:00"]}}).compile()

moments = instants(min_value=MONTH.start, max_value=MONTH.end, step=timedelta(minutes=1))
parts = st.lists(shares(), min_size=1, max_size=5)


def meters() -> st.SearchStrategy[UptimeMeter]:
    by_day_and_night = uptime_slas().map(lambda sla: sla.compile())
    in_the_office = uptime_slas().map(lambda sla: sla.replace(calendar="office").compile({"office": OFFICE}))
    return by_day_and_night | in_the_office


def exact(**choices: Any) -> UptimeMeter:
    return UptimeSla.model_validate({"target": "99.9%", **choices}).compile()


@given(meters(), outages(open_ended=True), maintenance_windows())
def test_up_down_excluded_and_closed_make_the_period_when_added(
    meter: UptimeMeter, down: list[Outage], announced: list[Any]
) -> None:
    seen = meter.measure(down, announced, over=MARCH)
    sets = [seen.up, seen.down, seen.excluded, seen.closed]
    assert sum((each.total for each in sets), timedelta(0)) == seen.over.length
    assert IntervalSet([seen.over]) == seen.up | seen.down | seen.excluded | seen.closed


@given(meters(), outages(), maintenance_windows(), moments)
def test_nothing_changes_when_an_outage_is_split(
    meter: UptimeMeter, down: list[Outage], announced: list[Any], cut: Any
) -> None:
    halves = [
        half
        for outage in down
        for half in (
            Outage(outage.start, max(outage.start, min(cut, outage.end or cut))),
            Outage(min(max(cut, outage.start), outage.end or cut), outage.end),
        )
    ]
    assert meter.judge(halves, announced, over=MARCH) == meter.judge(down, announced, over=MARCH)


@given(meters(), outages(), maintenance_windows(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_when_outages_overlap(
    meter: UptimeMeter, down: list[Outage], announced: list[Any], random: Any
) -> None:
    again = [*down, *down]
    random.shuffle(again)
    assert meter.measure(again, announced, over=MARCH) == meter.measure(down, announced, over=MARCH)


@given(meters(), outages(open_ended=True), maintenance_windows(), moments)
def test_verdict_is_the_same_when_records_come_as_iterators(
    meter: UptimeMeter, down: list[Outage], announced: list[Any], moment: Any
) -> None:
    listed = meter.judge(down, announced, over=MARCH, as_of=moment)
    assert meter.judge(iter(down), iter(announced), over=MARCH, as_of=moment) == listed
    assert meter.firing(iter(down), iter(announced), at=moment) == meter.firing(down, announced, at=moment)


@given(st.sampled_from(["window", "overlap", "counted"]), outages(), maintenance_windows())
def test_downtime_stays_when_maintenance_lies_outside_outages(
    mode: str, down: list[Outage], announced: list[Any]
) -> None:
    meter = exact(maintenance=mode)
    alone = meter.measure(down, over=MARCH)
    outside = IntervalSet(each.until(MONTH.end) for each in announced) - alone.down
    assert meter.measure(down, outside, over=MARCH).down == alone.down


@given(meters(), outages(), outages(), maintenance_windows())
def test_availability_never_rises_when_another_outage_happens(
    meter: UptimeMeter, down: list[Outage], more: list[Outage], announced: list[Any]
) -> None:
    assume(meter.sla.maintenance != "overlap")
    before, after = (meter.judge(each, announced, over=MARCH) for each in (down, down + more))
    assert before.budget.allowed == after.budget.allowed
    assert before.budget.spent <= after.budget.spent
    if before.uptime.value is not None and after.uptime.value is not None:
        assert after.uptime.value <= before.uptime.value


@given(meters(), outages(open_ended=True), maintenance_windows(), moments, moments)
def test_budget_is_spent_and_never_regained_when_time_passes(
    meter: UptimeMeter, down: list[Outage], announced: list[Any], first: Any, second: Any
) -> None:
    assume(meter.sla.maintenance != "overlap" and (meter.sla.unit is None or meter.sla.bad_slice == "any"))
    earlier, later = sorted((first, second))
    early, late = (meter.judge(down, announced, over=MARCH, as_of=at).budget for at in (earlier, later))
    assert early.allowed == late.allowed
    assert early.spent <= late.spent
    if early.exhausted_at is not None:
        assert late.exhausted_at == early.exhausted_at


def spent_by(verdict: UptimeVerdict, moment: Any) -> Fraction:
    down = verdict.uptime.down.within(Interval(MONTH.start, max(moment, MONTH.start)))
    return Fraction(delta_to_us(down.total), 1_000_000)


@given(shares(), outages())
def test_budget_lasts_to_the_microsecond_when_it_is_exhausted(target: Fraction, down: list[Outage]) -> None:
    verdict = exact(target=target).judge(down, over=MONTH)
    at = verdict.budget.exhausted_at
    has_spent = verdict.budget.is_exhausted and bool(verdict.uptime.down)
    assert (at is not None) == has_spent
    if at is not None:
        assert spent_by(verdict, at) >= verdict.budget.allowed
        before = spent_by(verdict, at - timedelta(microseconds=1))
        assert before < verdict.budget.allowed or before == verdict.budget.allowed == 0


@given(meters(), outages(), maintenance_windows())
def test_target_is_kept_just_when_the_budget_is_not_overspent(
    meter: UptimeMeter, down: list[Outage], announced: list[Any]
) -> None:
    verdict = meter.judge(down, announced, over=MARCH)
    if verdict.is_kept is not None:
        assert verdict.is_kept == (not verdict.budget.is_overspent)


@given(outages(), maintenance_windows(), st.integers(1, 7200), st.sampled_from(["any", "all"]))
def test_slices_come_close_to_exact_when_they_are_short(
    down: list[Outage], announced: list[Any], seconds: int, bad: str
) -> None:
    truth = exact().measure(down, announced, over=MONTH)
    sliced = exact(unit=f"{seconds}s", bad_slice=bad).measure(down, announced, over=MONTH)
    outer, inner = (sliced, truth) if bad == "any" else (truth, sliced)
    assert inner.down - outer.down == IntervalSet()
    edges = 2 * (len(truth.down) + len(truth.excluded) + 1)
    assert outer.downtime - inner.downtime <= edges * timedelta(seconds=seconds)


@given(outages(step=timedelta(minutes=1)), st.sampled_from(["any", "all"]))
def test_slices_are_exact_when_outages_begin_and_end_with_them(down: list[Outage], bad: str) -> None:
    sliced = exact(unit="1m", bad_slice=bad).measure(down, over=MONTH)
    assert sliced == exact().measure(down, over=MONTH)


@given(parts, st.randoms(use_true_random=False))
def test_whole_is_bounded_by_its_parts_in_any_order(availabilities: list[Fraction], random: Any) -> None:
    chain, spares = Serial(serial=availabilities), Parallel(parallel=availabilities)
    assert chain.compile() <= min(availabilities)
    assert spares.compile() >= max(availabilities)
    shuffled = random.sample(availabilities, len(availabilities))
    assert Serial(serial=shuffled).compile() == chain.compile()
    assert Parallel(parallel=shuffled).compile() == spares.compile()


@given(parts)
def test_quorum_lies_between_parallel_and_serial_when_it_grows(availabilities: list[Fraction]) -> None:
    quorums = [KOfN(at_least=k, of=availabilities).compile() for k in range(1, len(availabilities) + 1)]
    assert quorums == sorted(quorums, reverse=True)
    assert quorums[0] == Parallel(parallel=availabilities).compile()
    assert quorums[-1] == Serial(serial=availabilities).compile()


@given(parts, parts)
def test_nesting_changes_nothing_when_the_kind_is_the_same(left: list[Fraction], right: list[Fraction]) -> None:
    assert Serial(serial=[Serial(serial=left), *right]).compile() == Serial(serial=left + right).compile()
    assert Parallel(parallel=[Parallel(parallel=left), *right]).compile() == Parallel(parallel=left + right).compile()


@given(credit_tables(), shares(), shares())
def test_credit_is_total_and_falls_as_availability_rises(table: CreditTable, one: Fraction, other: Fraction) -> None:
    assert [problem for problem in table.problems() if problem.is_error] == []
    low, high = sorted((one, other))
    credits = table.compile()
    assert 0 <= credits.credit(high) <= credits.credit(low) <= 1
    assert (credits.credit(low) == 0) or low < table.committed
    assert CreditTable.parse(table.to_yaml()) == table


@given(credit_tables(), st.data())
def test_gap_is_found_when_a_middle_band_is_missing(table: CreditTable, data: st.DataObject) -> None:
    assume(len(table.bands) > 1)
    explicit = [band for band in table.bands if band.below is not None]
    assume(len(explicit) == len(table.bands))
    missing = data.draw(st.sampled_from(table.bands))
    left = table.replace(bands=[band for band in table.bands if band is not missing])
    assert "availability.band-gap" in [problem.code for problem in left.problems()]


@given(burn_alerts(), shares(), shares(), shares())
def test_alert_is_strict_and_never_rounds_when_a_share_stands_at_its_threshold(
    alert: BurnAlert, target: Fraction, long: Fraction, short: Fraction
) -> None:
    compiled = alert.compile(target, timedelta(days=30))
    fires = compiled.fires(long, short)
    assert not fires or long > compiled.threshold
    if compiled.threshold <= 1:
        assert not compiled.fires(compiled.threshold, 1)
        just_over = compiled.threshold + (1 - compiled.threshold) / 10**30
        assert compiled.fires(just_over, 1) == (compiled.threshold < 1)


@given(st.lists(ratios().filter(lambda ratio: 0 <= ratio.numerator <= ratio.denominator), max_size=8), shares())
def test_slo_budget_and_value_agree_when_events_are_counted(series: list[Ratio], target: Fraction) -> None:
    [verdict] = Slo(name="s", objectives=[{"target": target}]).compile().judge(series)
    whole = sum(series, Ratio(0, 0))
    assert verdict.value == whole.value
    assert verdict.is_kept is None or verdict.is_kept == (not verdict.budget.is_overspent)
    [again] = Slo(name="s", objectives=[{"target": target}]).compile().judge([whole])
    assert again == verdict


@given(uptime_slas(), moments.map(lambda moment: moment.astimezone(UTC)))
def test_period_is_the_window_in_the_zone_of_the_promise(sla: UptimeSla, moment: Any) -> None:
    assert sla.compile().period(moment) == sla.window.around(moment, zone(sla.timezone))
    assert UptimeSla.parse(sla.to_yaml()) == sla


@given(shares(min_value=Fraction(1, 1000)), shares())
def test_budget_lasts_longer_when_it_burns_slower(rate: Fraction, left: Fraction) -> None:
    day = timedelta(days=1)
    fast, slow = exhaustion(day, 2 * rate, left=left), exhaustion(day, rate, left=left)
    assert fast is not None
    assert slow is not None
    assert fast <= slow
