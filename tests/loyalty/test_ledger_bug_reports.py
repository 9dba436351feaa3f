"""What went wrong in other ledgers, and what is right: public bug reports as cases (``loyalty_bugs.json``)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from servicekit.loyalty import Adjust, Earn, FixedTerms, Ledger, Redeem, Terms
from servicekit.loyalty.rejected import IdempotencyConflictError, InsufficientPointsError
from tests.conformance.ledger_answers import Seen, booking, ledger, slow_ledger

CASES = ("opencart-2349", "saleor-13640", "blnk-181", "kademi-2755", "rustledger-2115")


def case_of(folder: Path, name: str) -> dict[str, Any]:
    cases = json.loads((folder.parent / "vectors" / "loyalty_bugs.json").read_text("utf-8"))
    found: dict[str, Any] = next(case["vector"] for case in cases if case["id"] == name)
    return found


@pytest.mark.parametrize("name", CASES)
def test_answer_is_the_right_one_when_another_tool_was_wrong(shared_data: Path, name: str) -> None:
    case = case_of(shared_data, name)
    answers: list[Seen] = (
        [booking(case["input"])] if case["kind"] == "booking" else [ledger(case["input"]), slow_ledger(case["input"])]
    )
    assert answers == [case["expect"]] * len(answers)


def test_mentor_535_each_line_carries_the_balance_after_it_when_a_statement_is_printed_later() -> None:
    shop, at = Ledger(FixedTerms(Terms("points"))), datetime(2026, 1, 5, 9, tzinfo=UTC)
    shop.apply(Earn("m-1", 1_000, at=at))
    shop.apply(Redeem("m-1", 500, at=at))
    shop.apply(Earn("m-1", 2_000, at=at))
    assert list(accumulate(entry.points for entry in shop.entries("m-1"))) == [1_000, 500, 2_500]
    assert shop.balance("m-1", date(2026, 1, 5)).total == 2_500


def test_a_key_of_another_number_is_a_conflict_when_the_hashes_of_both_are_the_same() -> None:
    shop, at = Ledger(FixedTerms(Terms("points"))), datetime(2026, 1, 5, 9, tzinfo=UTC)
    shop.apply(Earn("m-1", 10, at=at))
    shop.apply(Adjust("m-1", -1, at=at, key="k", reason="wear"))
    with pytest.raises(IdempotencyConflictError):
        shop.apply(Adjust("m-1", -2, at=at, key="k", reason="wear"))


def test_an_account_opens_in_a_batch_when_its_first_command_was_refused() -> None:
    shop, at = Ledger(FixedTerms(Terms("points", shortfall="deny"))), datetime(2026, 1, 5, 9, tzinfo=UTC)
    refused, earned = shop.apply_many(
        [Adjust("m-1", -1, at=at, key="a", reason="wear"), Earn("m-1", 10, at=at, key="b")]
    )
    assert isinstance(refused, InsufficientPointsError)
    assert (earned, shop.balance("m-1", at.date()).available) == (
        shop.apply(Earn("m-1", 10, at=at, key="b"))._replace(replayed=False),
        10,
    )
