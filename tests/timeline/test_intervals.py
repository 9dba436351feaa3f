"""Intervals and sets of them: half-open, in UTC, with the algebra of sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from servicekit.errors import NaiveDatetimeError
from servicekit.testing import strategies as sks
from servicekit.testing.laws.interval_sets import (
    complement_fills_the_rest,
    membership_is_half_open,
    operations_are_those_of_sets,
    totals_merge,
)
from servicekit.timeline import Interval, IntervalSet, from_us

SETS = sks.interval_sets()
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(SETS, SETS)
def test_totals_of_unions_intersections_and_differences_merge(first: IntervalSet, second: IntervalSet) -> None:
    totals_merge(first, second)


@given(SETS, SETS, sks.instants(min_value=from_us(0), max_value=from_us(130)))
def test_operations_are_those_of_sets_of_instants(first: IntervalSet, second: IntervalSet, moment: datetime) -> None:
    operations_are_those_of_sets(first, second, moment)


@given(SETS, SETS, SETS)
def test_algebra_is_boolean(a: IntervalSet, b: IntervalSet, c: IntervalSet) -> None:
    assert a | b == b | a
    assert a & b == b & a
    assert (a | b) | c == a | (b | c)
    assert (a & b) & c == a & (b & c)
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)
    assert a - (b | c) == (a - b) & (a - c)
    assert a - a == IntervalSet() != a | IntervalSet.from_us([(0, 1)])
    assert (a | a) == (a & a) == a


@given(SETS, sks.intervals(instants=sks.instants(min_value=from_us(0), max_value=from_us(130)), max_length=HOUR))
def test_a_complement_fills_the_rest_of_its_span(intervals: IntervalSet, within: Interval) -> None:
    complement_fills_the_rest(intervals, within)


@given(SETS)
def test_membership_is_half_open_and_parts_stand_apart(intervals: IntervalSet) -> None:
    membership_is_half_open(intervals)
    assert all(a[1] < b[0] for a, b in zip(intervals.spans_us, intervals.spans_us[1:], strict=False))


@given(SETS)
def test_a_set_is_what_it_holds_however_it_was_written(intervals: IntervalSet) -> None:
    halves = [(start, start + (end - start) // 2) for start, end in intervals.spans_us]
    rest = [(start + (end - start) // 2, end) for start, end in intervals.spans_us]
    again = IntervalSet.from_us(rest + halves)
    assert again == intervals == IntervalSet(intervals)
    assert hash(again) == hash(intervals)
    assert len(again) == len(list(again)) == len(intervals.spans_us)
    assert bool(again) == bool(intervals.total)
    assert intervals.total == sum((interval.length for interval in intervals), timedelta(0))


def test_a_set_equals_only_sets() -> None:
    assert IntervalSet() != ()
    assert IntervalSet() == IntervalSet.from_us([(5, 5)])


def test_an_interval_holds_its_start_and_not_its_end() -> None:
    shift = Interval(NINE, NINE + 8 * HOUR)
    assert (NINE in shift, shift.end in shift, shift.end - timedelta(microseconds=1) in shift) == (True, False, True)


def test_an_empty_interval_holds_nothing() -> None:
    empty = Interval(NINE, NINE)
    assert (bool(empty), NINE in empty, empty.length) == (False, False, timedelta(0))
    assert len(IntervalSet([empty])) == 0


def test_ends_are_kept_in_utc_so_that_lengths_are_real() -> None:
    new_york = ZoneInfo("America/New_York")
    day = Interval(datetime(2026, 3, 8, tzinfo=new_york), datetime(2026, 3, 9, tzinfo=new_york))
    assert (day.length, day.start.tzinfo) == (23 * HOUR, UTC)


def test_touching_intervals_do_not_overlap() -> None:
    first, second = Interval(NINE, NINE + HOUR), Interval(NINE + HOUR, NINE + 2 * HOUR)
    assert (first.overlaps(second), first & second) == (False, None)
    assert first & Interval(NINE + HOUR / 2, second.end) == Interval(NINE + HOUR / 2, first.end)
    assert IntervalSet([first, second]) == IntervalSet([Interval(NINE, NINE + 2 * HOUR)])


def test_an_interval_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError):
        Interval(NINE, NINE - HOUR)


def test_a_fold_may_make_an_end_precede_a_start_that_reads_the_same() -> None:
    late = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York"))
    assert Interval(late.replace(fold=0), late).length == HOUR
    with pytest.raises(ValueError):
        Interval(late, late.replace(fold=0))


@pytest.mark.parametrize(("start", "end"), [(datetime(2026, 1, 5), NINE), (NINE, datetime(2026, 1, 6))])
def test_naive_ends_are_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(NaiveDatetimeError):
        Interval(start, end)


def test_a_naive_moment_is_in_no_set() -> None:
    with pytest.raises(NaiveDatetimeError):
        assert datetime(2026, 1, 5) in IntervalSet()
