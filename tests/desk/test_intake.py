"""An intake hands on every case that is to be judged, once and in order, and counts every record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import Intake
from servicekit.errors import Problem
from servicekit.events import Case, Imported, Opened

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


def test_records_are_taken_one_at_a_time() -> None:
    taken: list[int] = []

    def records() -> Iterator[Imported[Case]]:
        for number in range(3):
            taken.append(number)
            yield Imported(case(number))

    intake = Intake(records())
    assert (next(iter(intake)).case_id, taken, intake.records) == ("C-0", [0], 1)
