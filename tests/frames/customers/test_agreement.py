"""Whole columns say of every customer what the engine's fold says."""

from __future__ import annotations

from datetime import date

from hypothesis import assume, given

from servicekit import frames
from servicekit.tiers import TierProgram
from tests.frames.customers.purchases import DAYS, ROWS, Row, folded, frame_of, programs


def answered(program: TierProgram, rows: list[Row], as_of: date) -> dict[str, dict[str, object]]:
    answer = frames.tiers(frame_of(rows), program, as_of=as_of).to_pylist()
    found = {row.pop("customer_id"): row for row in answer}
    for row in found.values():
        del row["problems"], row["folded"]
    return {customer: row for customer, row in found.items() if row["tier"] is not None}


@given(programs(), ROWS, DAYS)
def test_a_frame_says_what_the_fold_says(program: TierProgram, rows: list[Row], as_of: date) -> None:
    assume(not any(problem.is_error for problem in program.problems()))
    assert answered(program, rows, as_of) == folded(program, rows, as_of)
