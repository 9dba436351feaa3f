"""What holds of a replay whatever the policies and the cases are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import Case
from servicekit.policy import ServicePolicy
from servicekit.sla import Attainment
from servicekit.testing import laws
from servicekit.testing import strategies as sks
from servicekit.whatif import CHANGES, Transitions, change, replay

START = datetime(2026, 3, 20, tzinfo=UTC)
OPENED = sks.instants(min_value=START, max_value=START + timedelta(days=10))
AS_OF = sks.instants(min_value=START, max_value=START + timedelta(days=40))
HOURS = sks.calendars(min_date=date(2026, 3, 15), max_date=date(2026, 4, 30))
POLICIES = sks.service_policies(calendars=HOURS, max_rows=4)
CASES = st.lists(st.integers(1, 9).flatmap(lambda n: sks.cases(case_id=f"C-{n}", opened_at=OPENED)), max_size=4)
VERDICTS = st.sampled_from([None, "met", "met_late", "missed", "open", "cancelled", "no_target"])
PAIRS = st.dictionaries(st.tuples(VERDICTS, VERDICTS), st.integers(1, 50), max_size=12).map(Transitions)


@given(POLICIES, POLICIES, CASES, AS_OF)
def test_two_policies_keep_the_laws_of_replays(
    before: ServicePolicy, after: ServicePolicy, cases: Sequence[Case], as_of: datetime
) -> None:
    laws.check_replay(before.compile(), after.compile(), cases, as_of)


@given(sks.policy_pairs(calendars=HOURS, max_rows=4), CASES, AS_OF)
def test_looser_target_turns_no_hit_into_a_miss_when_all_else_is_equal(
    pair: tuple[ServicePolicy, ServicePolicy], cases: Sequence[Case], as_of: datetime
) -> None:
    strict, lax = pair
    laws.looser_target_turns_no_hit_into_a_miss(strict.compile(), lax.compile(), cases, as_of)
    laws.check_replay(strict.compile(), lax.compile(), cases, as_of)


@given(POLICIES, POLICIES, CASES, st.sampled_from(["channel", "tier", "priority", "owner"]))
def test_groups_add_up_to_the_whole_when_cases_are_told_apart(
    before: ServicePolicy, after: ServicePolicy, cases: Sequence[Case], by: str
) -> None:
    as_of = START + timedelta(days=30)
    whole = replay(before.compile(), after.compile(), cases, as_of=as_of)
    parted = replay(before.compile(), after.compile(), cases, as_of=as_of, by=by)
    assert (whole.before, whole.after, whole.flip_count) == (parted.before, parted.after, parted.flip_count)
    assert whole.problems == parted.problems
    for metric in parted.metrics:
        assert parted.line(metric).transitions == whole.line(metric).transitions


@given(PAIRS)
def test_changes_add_up_to_all_pairs(moved: Transitions) -> None:
    assert sum(moved.times(what) for what in CHANGES) == moved.total == sum(moved.counts.values())
    assert moved.flips == sum(moved.times(what) for what in CHANGES if what != "unchanged")


@given(PAIRS, PAIRS)
def test_tallies_of_a_sum_are_sums_of_tallies(one: Transitions, other: Transitions) -> None:
    both = one + other
    assert both.before == one.before + other.before
    assert both.after == one.after + other.after
    assert all(both.times(what) == one.times(what) + other.times(what) for what in CHANGES)


@given(PAIRS)
def test_shared_promises_are_all_that_neither_appeared_nor_vanished(moved: Transitions) -> None:
    shared, whole = moved.shared, moved.before.total + moved.after.total
    assert shared.before.total == shared.after.total == shared.total
    assert (shared.times("appeared"), shared.times("vanished")) == (0, 0)
    assert all(shared.times(what) == moved.times(what) for what in ("better", "worse", "other"))
    assert whole - 2 * shared.total >= moved.times("appeared") + moved.times("vanished")


@given(VERDICTS, VERDICTS)
def test_change_is_its_opposite_when_the_policies_are_swapped(before: str | None, after: str | None) -> None:
    opposite = {"better": "worse", "worse": "better", "appeared": "vanished", "vanished": "appeared"}
    there, back = change(before, after), change(after, before)  # type: ignore[arg-type]
    assert back == opposite.get(there, there)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_difference_is_better_less_worse_when_every_promise_is_on_both_sides(
    better: int, worse: int, breached: int, kept: int
) -> None:
    counts = {("missed", "met"): better, ("met", "missed"): worse, ("missed", "missed"): breached, ("met", "met"): kept}
    moved = Transitions(counts)  # type: ignore[arg-type]
    assert moved.difference("promised") == Fraction(100 * (better - worse), better + worse + breached + kept)
    assert moved.before == Attainment(met=worse + kept, missed=better + breached)
