"""A case that is cancelled before it was answered has waited until then, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import kpi_tables
from servicekit.errors import PolicyError
from servicekit.events import AgentReplied, Cancelled, Case, CustomerReplied, MergedInto, Opened, Reopened
from servicekit.kpi import FirstResponse, Measurement, NextResponse, Scorecard, case_row
from servicekit.policy import ServicePolicy
from servicekit.rules import Value

NINE, HOUR = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(hours=1)
HOUR_US = 3_600_000_000
CARD = Scorecard(metrics={"m": FirstResponse(q=Decimal("0.5"), clock="wall")}).compile()


def measured(cases: Sequence[object], as_of: datetime | None = None) -> Measurement:
    return CARD.measure({"case": cases}, as_of=as_of)["m"]


def waits(hours: int | None, cancelled: int | None) -> dict[str, Value]:
    """A case that was answered or cancelled after so many hours."""
    row: dict[str, Value] = {"asked_at": NINE}
    row |= {} if hours is None else {"first_response_at": NINE + hours * HOUR}
    return row | ({} if cancelled is None else {"cancelled_at": NINE + cancelled * HOUR})


@given(
    cases=st.lists(st.tuples(st.none() | st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8),
    later=st.integers(9, 99),
)
def test_what_a_cancelled_case_has_waited_does_not_grow(cases: list[tuple[int | None, int]], later: int) -> None:
    rows = [waits(*each) for each in cases]
    found = measured(rows, NINE + later * HOUR)
    assert found == measured(rows, NINE + 9 * HOUR) == measured(rows)
    assert found.censored == sum(hours is None or hours > cancelled for hours, cancelled in cases)


def test_a_cancelled_case_is_at_risk_until_it_was_cancelled() -> None:
    """Of three cases, one is cancelled after an hour; of the two that wait longer, half are answered after two."""
    rows = [waits(None, 1), waits(2, None), waits(4, None)]
    found = measured(rows, NINE + 9 * HOUR)
    assert (found.n, found.censored, found.exact) == (3, 1, Fraction(2 * HOUR_US))
    waiting = measured([waits(None, None), *rows[1:]], NINE + 9 * HOUR)
    assert waiting.exact == 4 * HOUR_US, "one that still waits has waited longer than both"


def test_events_of_a_cancellation_end_the_wait() -> None:
    opened = Opened("C-1", NINE)
    for end in (Cancelled("C-1", NINE + HOUR), MergedInto("C-1", NINE + HOUR, "C-2")):
        found = measured([Case("C-1", (opened, end))], NINE + 9 * HOUR)
        assert (found.n, found.censored) == (1, 1)
    again = (
        opened,
        Cancelled("C-1", NINE + HOUR),
        Reopened("C-1", NINE + 2 * HOUR),
        AgentReplied("C-1", NINE + 3 * HOUR),
    )
    assert measured([Case("C-1", again)]).exact == 3 * HOUR_US
    assert "cancelled_at" not in case_row(Case("C-1", again))


def test_a_wait_that_a_cancellation_ended_is_not_an_answer() -> None:
    """Of the outcomes of a policy, the wait that was answered counts, the one that was cancelled is left out."""
    policy = ServicePolicy.parse("{name: d, timezone: UTC, sla: {targets: [{next_response: 4h}]}}").compile()
    events = (Opened("C-1", NINE), AgentReplied("C-1", NINE + HOUR), CustomerReplied("C-1", NINE + 2 * HOUR))
    case = Case("C-1", (*events, Cancelled("C-1", NINE + 5 * HOUR)))
    tables = kpi_tables(policy, [case], as_of=NINE + 9 * HOUR)
    metric = NextResponse(q=Decimal("0.5"), method="linear")
    found = Scorecard(metrics={"m": metric}).compile().measure(tables)["m"]
    assert (found.n, found.exact, found.left_out) == (1, HOUR_US, {"cancelled": 1})


def test_a_case_that_is_not_over_still_asks_as_of_when() -> None:
    with pytest.raises(ValueError, match="as of when"):
        measured([waits(None, 1), waits(None, None)])


@pytest.mark.parametrize("as_of", [None, NINE + 3 * HOUR, NINE + 30 * HOUR])
def test_frames_end_the_wait_as_rows_do(as_of: datetime | None) -> None:
    pl = pytest.importorskip("polars")
    from servicekit.frames import metrics

    rows = [waits(hours, cancelled) for hours in (None, 1, 4, 8) for cancelled in (2, 4, 6)]
    found = metrics.measure(CARD, {"case": pl.DataFrame(rows)}, as_of=as_of)["m"]
    assert found == measured(rows, as_of)
    with pytest.raises(ValueError, match="as of when"):
        metrics.measure(CARD, {"case": pl.DataFrame([*rows, waits(None, None)])})


def test_until_belongs_to_two_instants_and_names_a_column() -> None:
    with pytest.raises(PolicyError) as caught:
        Scorecard.parse(
            "{metrics: {m: {kind: duration, table: contact, length: wait_us, ended: {outcome: abandoned},"
            " until: at, q: 0.5}}}"
        )
    assert [each.code for each in caught.value.problems] == ["kpi.duration"]
    with pytest.raises(PolicyError, match="no column 'canceled_at'; did you mean 'cancelled_at'"):
        Scorecard.parse(
            "{metrics: {m: {kind: duration, table: case, start: opened_at, end: resolved_at, until: canceled_at,"
            " clock: wall, q: 0.5}}}"
        ).compile()
