"""The outcome schema, there and back; tallies and their three denominators."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import ServiceKitError
from servicekit.sla import OUTCOME_COLUMNS, Attainment, Outcome, OutcomeName, Phase, from_row, to_row

names = st.text(min_size=1, max_size=8)
texts = st.none() | names
instants = st.none() | st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC))
amounts = st.none() | st.integers(0, 10**15)
outcomes = st.builds(
    Outcome,
    *(names, names, st.integers(0, 9), names, texts),
    *[instants] * 4,
    *[amounts] * 2,
    *(st.sampled_from(get_args(Phase)), st.sampled_from(get_args(OutcomeName))),
    *[texts] * 5,
)
tallies = st.builds(Attainment, *[st.integers(0, 50)] * 6)


def outcome(name: str, started_at: datetime | None = None) -> Outcome:
    return Outcome("C", "resolution", 0, "1", "4h", started_at, None, None, None, 1, 0, "running", name)  # type: ignore[arg-type]


@given(outcomes)
def test_outcome_reads_back_as_itself_when_written_as_a_row(given_outcome: Outcome) -> None:
    row = to_row(given_outcome)
    assert len(row) == len(OUTCOME_COLUMNS)
    assert from_row(row) == given_outcome


def test_texts_and_no_numbers_are_neutralised_when_a_row_is_for_a_spreadsheet() -> None:
    """Fault O4: a case id of =1+1 was run by the spreadsheet that opened the file."""
    wild = Outcome("=1+1", "@m", 0, "-1", "+4h", None, None, None, None, -5, 0, "running", "open", "-5", "\tx", "=2")
    exact, shown = to_row(wild), to_row(wild, spreadsheet=True)
    changed = {name for name, one, other in zip(OUTCOME_COLUMNS, exact, shown, strict=True) if one != other}
    assert changed == {"case_id", "metric", "policy_version", "target", "channel", "issue_type", "tier"}
    assert (exact[0], shown[0], shown[9]) == ("=1+1", "'=1+1", "-5")
    assert from_row(exact) == wild


def test_columns_stand_in_the_order_of_the_schema() -> None:
    columns = (
        *("case_id", "metric", "instance", "policy_version", "target"),
        *("started_at", "due_at", "stopped_at", "breached_at", "elapsed_us", "paused_us", "phase", "outcome"),
        *("channel", "issue_type", "tier", "priority", "owner"),
    )
    assert columns == OUTCOME_COLUMNS


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2011, 7, 1, 5, 32, 33, tzinfo=UTC), "2011-07-01T05:32:33Z"),
        (datetime(2011, 7, 1, 5, 32, 33, 120, tzinfo=UTC), "2011-07-01T05:32:33.000120Z"),
        (datetime(2011, 7, 1, 1, 32, 33, tzinfo=ZoneInfo("America/New_York")), "2011-07-01T05:32:33Z"),
        (None, ""),
    ],
)
def test_instant_is_utc_with_a_fraction_only_where_there_is_one_when_written(
    moment: datetime | None, text: str
) -> None:
    assert to_row(outcome("open", moment))[OUTCOME_COLUMNS.index("started_at")] == text


@pytest.mark.parametrize(
    ("column", "cell"),
    [("outcome", "won"), ("phase", ""), ("instance", "x"), ("elapsed_us", "1.5"), ("due_at", "2026-01-05T09:00:00")],
)
def test_cell_is_refused_when_its_column_holds_something_else(column: str, cell: str) -> None:
    row = list(to_row(outcome("open")))
    row[OUTCOME_COLUMNS.index(column)] = cell
    with pytest.raises((ValueError, ServiceKitError)):
        from_row(row)


def test_row_is_refused_when_it_has_other_columns() -> None:
    with pytest.raises(ValueError, match="18"):
        from_row(["C"])


@given(st.lists(st.sampled_from(get_args(OutcomeName))), st.lists(st.sampled_from(get_args(OutcomeName))))
def test_tallies_add_up_when_outcomes_are_put_together(one: list[str], other: list[str]) -> None:
    ours, theirs = [outcome(name) for name in one], [outcome(name) for name in other]
    assert Attainment.of(ours) + Attainment.of(theirs) == Attainment.of([*ours, *theirs])
    assert Attainment.of(ours).total == len(one)


@given(tallies, tallies)
def test_ratio_of_a_sum_is_not_an_average_when_tallies_are_added(one: Attainment, other: Attainment) -> None:
    both = (one + other).ratio("promised")
    assert both == one.ratio("promised") + other.ratio("promised")


@given(tallies)
def test_open_and_cancelled_count_nowhere_when_ratios_are_taken(tally: Attainment) -> None:
    decided = Attainment(tally.met, tally.met_late, tally.missed, 0, 0, tally.no_target)
    for convention in ("all_labelled", "promised", "stopped"):
        assert tally.ratio(convention) == decided.ratio(convention)


def test_three_conventions_differ_when_boston_is_counted() -> None:
    boston = Attainment(met=35_591, met_late=8_073, missed=3_448, no_target=10_981)
    assert boston.ratio("all_labelled").value == Fraction(46_572, 58_093)
    assert boston.ratio("promised").value == Fraction(35_591, 47_112)
    assert boston.ratio("stopped").value == Fraction(35_591, 43_664)


def test_nothing_is_claimed_when_nothing_was_promised() -> None:
    assert Attainment(open=3, cancelled=1).ratio("promised").value is None


def test_unknown_convention_is_refused_when_a_ratio_is_asked() -> None:
    with pytest.raises(ValueError, match="promised"):
        Attainment().ratio("best")  # type: ignore[arg-type]
