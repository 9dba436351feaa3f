"""CDNOW, 1997 and 1998: two programmes of 100 and 500 USD over 69,659 purchases of 23,570 customers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from servicekit.events import CustomerEvent
from servicekit.importers import read_cdnow
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.whatif import replay_tiers

AS_OF = date(1998, 6, 30)


def engine(root: Path, name: str) -> PolicyEngine:
    return ServicePolicy.load(root / "examples" / "cdnow" / name).compile()


@pytest.fixture(scope="module")
def events(shared_data: Path) -> list[CustomerEvent]:
    stream = read_cdnow(shared_data / "cdnow" / "CDNOW_master.txt.gz")
    return [record.value for record in stream if record.value is not None]


def test_tiers_are_those_of_the_two_programmes(root: Path, events: list[CustomerEvent]) -> None:
    rolling, year = engine(root, "policy.yaml"), engine(root, "policy_year.yaml")
    comparison = replay_tiers(rolling, year, events, as_of=AS_OF)
    assert comparison.before.customers == {"base": 20_687, "silver": 2_557, "gold": 326}
    assert comparison.after.customers == {"base": 18_097, "silver": 4_992, "gold": 481}
    assert comparison.higher + comparison.lower + comparison.unchanged == 23_570
    assert comparison.before.problems == comparison.after.problems == ()


def test_same_rules_move_nobody(root: Path, events: list[CustomerEvent]) -> None:
    year = engine(root, "policy_year.yaml")
    comparison = replay_tiers(year, year, events, as_of=AS_OF)
    assert (comparison.moves, comparison.unchanged) == ((), 23_570)
