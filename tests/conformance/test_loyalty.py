"""Other tools' own cases on loyalty (``vectors/loyalty.json``): those of the kinds that are served, all asserted.

``pytest tests/conformance --vectors FILE`` runs another file of the form; the cases of other kinds are counted in the
summary of the run.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from servicekit.stores import SqliteStore
from tests.conformance.ledger_answers import StoredJudge, ledger_answers, slow_ledger
from tests.conformance.loyalty_answers import ANSWERS, BUNDLED, cases_of, loyalty_files, slow_tiers, summary


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        files = loyalty_files(metafunc.config.getoption("--vectors", default=None) or [])
        served = [case for path in files for case in cases_of(path) if case["kind"] in ANSWERS]
        metafunc.parametrize("case", served, ids=[case["id"] for case in served])


def test_answer_is_that_of_its_source_when_a_case_is_asked(case: dict[str, Any]) -> None:
    assert ANSWERS[case["kind"]](case["input"]) == case["expect"]


def test_slow_judge_answers_alike_when_tiers_are_asked() -> None:
    cases = [case for case in cases_of(BUNDLED) if case["kind"] == "tier"]
    assert {case["id"]: slow_tiers(case["input"]) for case in cases} == {case["id"]: case["expect"] for case in cases}


def test_slow_judge_answers_alike_when_points_are_booked() -> None:
    cases = [case for case in cases_of(BUNDLED) if case["kind"] == "ledger"]
    assert {case["id"]: slow_ledger(case["input"]) for case in cases} == {case["id"]: case["expect"] for case in cases}


def test_file_answers_alike_when_points_are_booked(tmp_path: Path) -> None:
    for case in (case for case in cases_of(BUNDLED) if case["kind"] == "ledger"):
        with SqliteStore(tmp_path / f"{case['id']}.db", durable=False) as store:
            judge = partial(StoredJudge, store=store)
            assert ledger_answers(case["input"], judge) == case["expect"], case["id"]


def test_every_case_is_asserted_or_counted_when_kinds_are_chosen() -> None:
    kinds = Counter(case["kind"] for case in cases_of(BUNDLED))
    assert {kind: kinds[kind] for kind in ANSWERS} == {
        "ledger": 80,
        "booking": 12,
        "liability": 4,
        "tier": 17,
        "earn": 16,
        "expiry": 10,
        "rfm": 4,
        "dormant": 1,
    }
    assert summary(BUNDLED) == "144 asserted; 0 not served yet (none)"
