"""What is given to be measured is rows of the tables that are meant, or it is refused; what is not given is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import UnknownNameError
from servicekit.events import Answer, Case, Contact, Opened, Resolved
from servicekit.kpi import Scorecard
from servicekit.rules import DeclaredField
from servicekit.testing import strategies as sks

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
CALL = Contact("K-1", NINE, "answered")
CARD = Scorecard.parse(
    "{metrics: {calls: {kind: sum, table: contact}, asa: {kind: answer_speed}, cost: {kind: cost_per_contact},"
    " nps: {kind: nps}}}"
).compile()
ROWS: dict[str, Sequence[object]] = {
    "contact": [{"queue": "sales", "outcome": "answered"}, {"queue": None, "outcome": "answered"}],
    "cost": [{"amount": 30}],
    "answer": [{"instrument": "nps", "score": 9}],
}


class Frame:
    """Something with columns, as all data frames are."""

    columns = ("outcome",)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)


class Spent(NamedTuple):
    amount: int


class Ticket(NamedTuple):
    resolved_at: datetime | None = None
    cancelled_at: datetime | None = None


class OldCase(Case):
    """A case of a house's own class."""


def measure(**data: Any) -> int:
    return CARD.measure(data)["calls"].n


@given(rows=st.lists(sks.contacts(), max_size=4))
def test_rows_that_come_one_by_one_are_those_of_a_list(rows: Sequence[Contact]) -> None:
    by_list = CARD.measure({"contact": rows}, by=["queue"])
    assert CARD.measure({"contact": (each for each in rows)}, by=["queue"]).of == by_list.of


@pytest.mark.parametrize(
    ("given_rows", "message"),
    [
        (Frame(), "not a Frame; servicekit.frames.metrics measures data frames"),
        ({"outcome": "answered"}, "not a dict; put one row in a list"),
        (CALL, "not a Contact; put one row in a list"),
        ("answered", "not a str; put one row in a list"),
        (None, "not a NoneType; put one row in a list"),
        ([CALL, 5], r"contact\[1\] is 5; expected a Contact, or a mapping by column"),
        (["answered"], r"contact\[0\] is 'answered'; expected a Contact"),
        ([["answered"]], r"contact\[0\] is \['answered'\]; expected a Contact"),
        ([Answer("a-1", NINE, "nps")], r"contact\[0\] is an Answer, which is a row of 'answer'; expected a Contact"),
    ],
)
def test_what_is_not_rows_is_refused_with_what_is(given_rows: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        measure(contact=given_rows)


def test_what_is_not_given_by_table_is_refused() -> None:
    for data in ([CALL], CALL, "contact"):
        with pytest.raises(TypeError, match="rows are given by table"):
            CARD.measure(data)  # type: ignore[arg-type]  # as untyped callers do


def test_records_of_others_are_rows_by_their_attributes() -> None:
    found = CARD.measure(
        {"cost": [Spent(30), Spent(12)], "contact": [CALL], "case": [Case("C-1", (Opened("C-1", NINE),))]}
    )
    assert (found["cost"].exact, found["calls"].n) == (Fraction(42), 1)


def test_a_timedelta_in_place_of_microseconds_is_refused_with_the_way_to_write_it() -> None:
    wrong = [{"outcome": "answered", "wait_us": each} for each in (timedelta(seconds=20), 20.5)]
    with pytest.raises(TypeError, match=r"wait_us is .*expected int, whole microseconds: length // timedelta\(mi"):
        measure(contact=wrong[:1])
    with pytest.raises(TypeError, match=r"wait_us is 20.5; expected int, whole microseconds$"):
        measure(contact=wrong[1:])


@given(named=st.sets(st.sampled_from(sorted(ROWS))))
def test_a_table_that_nobody_gave_is_told_and_no_other(named: set[str]) -> None:
    found = CARD.measure({name: ROWS[name] for name in named})
    assert {each.path for each in found.problems} == ROWS.keys() - named
    assert {(each.code, each.severity) for each in found.problems} <= {("kpi.no-table", "warning")}
    assert CARD.measure({name: [] for name in ROWS}).problems == ()


def test_the_metrics_of_a_table_that_nobody_gave_are_named() -> None:
    [problem] = CARD.measure({"cost": [], "answer": []}).problems
    assert problem.message == "nobody gave the table 'contact', of which are: calls, asa, cost"
    assert "kpi.no-table at contact" in str(CARD.measure({"cost": [], "answer": []}))


def test_metrics_of_a_table_without_the_column_are_left_whole_and_named_once() -> None:
    found, whole = CARD.measure(ROWS, by=["queue"]), CARD.measure(ROWS)
    groups = [(name, group) for name, group in found.of if group]
    assert groups == [(name, (queue,)) for name in ("calls", "asa") for queue in ("sales", None)]
    assert all(found[name] == whole[name] for name in ("calls", "asa", "cost", "nps"))
    [problem] = found.problems
    assert (problem.code, problem.path) == ("kpi.not-broken-down", "by")
    assert problem.message == "left whole, not broken down by queue: cost, nps"
    with pytest.raises(UnknownNameError, match="no group named 'sales'"):
        found["nps", "sales"]


def test_a_ratio_of_two_tables_is_whole_where_one_of_them_has_no_column() -> None:
    """Otherwise every queue would cost nothing."""
    found = CARD.measure(ROWS, by=["queue"], period="month")
    assert [group for name, group in found.of if name == "cost"] == [()]
    assert found["cost"].exact == 15


def test_a_breakdown_that_no_metric_has_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no column named 'quee'; did you mean 'queue'"):
        CARD.measure(ROWS, by=["quee"])
    with pytest.raises(UnknownNameError, match="no column named 'instrument'"):
        CARD.measure(ROWS, by=["queue", "instrument"])
    assert CARD.measure({"contact": []}, by=["quee"]).problems[-1].code == "kpi.no-table", "of no rows nobody can tell"


def test_parts_that_are_left_whole_add_up_to_each_other_alone() -> None:
    card = Scorecard.parse("{metrics: {calls: {kind: sum, table: contact}, nps: {kind: nps}}}").compile()
    answer, calls = {"instrument": "nps", "score": 9}, [{"site": "north"}]
    whole, divided, none = (
        card.states({"answer": part, "contact": calls}, by=["site"])
        for part in ([answer], [{**answer, "site": "x"}], [])
    )
    found = card.finish(whole | none | whole)
    assert (found["nps"].n, found["calls", "north"].n) == (2, 3)
    assert [each.code for each in found.problems] == ["kpi.not-broken-down"]
    assert card.finish(divided | none)["nps", "x"].n == 1
    for one, other in ((whole, divided), (divided, whole | none)):
        with pytest.raises(ValueError, match="states of nps do not add up: one is left whole"):
            one | other


def test_frames_are_left_whole_as_rows_are() -> None:
    pl = pytest.importorskip("polars")
    from servicekit.frames import metrics

    quantile = "wait: {kind: quantile, table: contact, column: wait_us, q: 0.5, method: linear, unit: duration}"
    card = Scorecard.parse(
        f"{{metrics: {{calls: {{kind: sum, table: contact}}, {quantile}, nps: {{kind: nps}},"
        " cost: {kind: cost_per_contact},"
        " mark: {kind: quantile, table: answer, column: score, q: 0.5, method: linear, unit: score}}}"
    ).compile()
    frames = {name: pl.DataFrame(rows) for name, rows in ROWS.items() if name != "cost"}
    rows = {name: rows for name, rows in ROWS.items() if name != "cost"}
    by_frame, by_row = metrics.measure(card, frames, by=["queue"]), card.measure(rows, by=["queue"])
    assert by_frame == by_row
    assert metrics.states(card, frames, by=["queue"]) == card.states(rows, by=["queue"])
    assert [each.code for each in by_frame.problems] == ["kpi.no-table", "kpi.not-broken-down"]
    with pytest.raises(UnknownNameError, match="no column named 'quee'"):
        metrics.measure(CARD, frames, by=["quee"])
    with pytest.raises(TypeError, match=r"servicekit\.frames\.metrics measures data frames"):
        CARD.measure(frames)


def test_a_path_is_not_rows(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="put one row in a list"):
        measure(contact=tmp_path)


def test_cases_beside_other_records_are_refused_and_those_are_not_dropped() -> None:
    engine = Scorecard.parse("{metrics: {open: {kind: open_cases}}}").compile()
    with pytest.raises(TypeError, match="not some of both: cases, records"):
        engine.measure({"case": [Case("C-1", (Opened("C-1", NINE),)), Ticket()]})


def test_cases_of_a_class_of_the_house_are_cases() -> None:
    engine = Scorecard.parse("{metrics: {open: {kind: open_cases}}}").compile()
    events = (Opened("C-1", NINE), Resolved("C-1", NINE + timedelta(hours=1)))
    assert engine.measure({"case": [OldCase("C-1", events)]})["open"].value == 0
    assert engine.measure({"case": [OldCase("C-1", events)]}, as_of=NINE)["open"].value == 1


@pytest.mark.parametrize("fee", [Decimal("NaN"), Decimal("-Infinity")])
def test_a_fact_that_is_not_finite_is_refused_in_words(fee: Decimal) -> None:
    text = "{metrics: {fees: {kind: sum, table: cost, column: fee, unit: money}}}"
    engine = Scorecard.parse(text).compile(fields={"fee": DeclaredField("decimal")})
    with pytest.raises(ValueError, match="finite"):
        engine.measure({"cost": [{"fee": Decimal(1)}, {"fee": fee}]})
