"""An intake hands on every case that is to be judged, once and in order, and counts every record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import Intake, Latest
from servicekit.errors import Problem
from servicekit.events import (
    Answer,
    Case,
    Contact,
    Enrolled,
    Evaluation,
    Imported,
    Invitation,
    Opened,
    Purchase,
    PurchaseLine,
    WorkTime,
)
from servicekit.quantity import Money
from servicekit.testing import strategies as sks
from servicekit.timeline import Interval

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def case(number: int) -> Case:
    return Case(f"C-{number}", (Opened(f"C-{number}", NINE + timedelta(hours=number)),))


NUMBERS = st.integers(0, 9)
RECORDS = st.one_of(
    NUMBERS.map(lambda n: Imported(case(n))),
    NUMBERS.map(lambda n: Imported(case(n), unjudged="no label")),
    st.just(Imported(Case("C-0", ()))),
    st.sampled_from(["test ticket", "spam"]).map(lambda reason: Imported(left_out=reason)),
    st.just(Imported(problems=(Problem("table.short-row", "row 3", "short"),))),
)


@given(st.lists(RECORDS, max_size=12))
def test_every_record_is_counted_once_and_every_case_handed_on(records: list[Imported[Case]]) -> None:
    intake = Intake(iter(records))
    handed = list(intake)
    assert handed == [record.value for record in records if record.value is not None and record.unjudged is None]
    apart = sum(times for _, times in (*intake.left_out, *intake.unjudged))
    assert intake.records == len(records) == intake.cases + apart + intake.unreadable
    assert intake.unreadable == sum(group.times for group in intake.problems)


@given(st.lists(RECORDS, max_size=12))
def test_the_latest_instant_is_that_of_all_cases_and_of_the_first_that_has_it(records: list[Imported[Case]]) -> None:
    intake = Intake(records)
    for _ in intake:
        pass
    stamps = [(event.at, event.case_id) for record in records if record.value for event in record.value.events]
    if not stamps:
        assert intake.latest is None
        return
    latest = max(at for at, _ in stamps)
    assert intake.latest == (latest, next(case_id for at, case_id in stamps if at == latest))


SERVICE = st.one_of(sks.contacts(), sks.answers(), sks.evaluations(), sks.work_times(), sks.purchases())


@given(st.lists(SERVICE, max_size=6))
def test_the_latest_instant_is_that_of_records_of_all_kinds(records: list[object]) -> None:
    intake = Intake([Imported(record) for record in records])
    assert list(intake) == records
    stamps = [stamp(record) for record in records]
    assert (intake.latest and intake.latest.at) == max(stamps, default=None)


def stamp(record: object) -> datetime:
    over = getattr(record, "over", None)
    at = over.end if isinstance(over, Interval) else record.at  # type: ignore[attr-defined]  # all have it
    return at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)


def test_a_record_is_called_by_its_number() -> None:
    day = date(2026, 1, 5)
    records = (
        Contact("K-1", NINE, "answered", case_id="C-1"),
        Invitation("i-1", day),
        Answer("a-1", day, "nps", invitation_id="i-1"),
        Evaluation("q-1", day, "li.wei", "calls"),
        WorkTime("li.wei", Interval(NINE, NINE + timedelta(hours=8))),
        Purchase("m-1", day, "o-1", (PurchaseLine(Money.parse("9 CNY")),)),
        Enrolled("m-1", day),
    )
    found = [Latest.of(record) for record in records]
    assert [each and each.record_id for each in found] == ["K-1", "i-1", "a-1", "q-1", "li.wei", "o-1", "m-1"]
    assert [each.at.hour for each in found if each is not None] == [9, 0, 0, 0, 17, 0, 0]
    assert Latest.of("no record") is None


def test_records_are_taken_one_at_a_time() -> None:
    taken: list[int] = []

    def records() -> Iterator[Imported[Case]]:
        for number in range(3):
            taken.append(number)
            yield Imported(case(number))

    intake = Intake(records())
    assert (next(iter(intake)).case_id, taken, intake.records) == ("C-0", [0], 1)
