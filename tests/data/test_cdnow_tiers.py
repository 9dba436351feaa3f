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
POLICY = """
name: CDNOW
version: {version}
tiers:
  currency: USD
  enrolment: automatic
  {rules}
  levels:
    base: {{}}
    silver: {{qualify: {{spend: 100 USD}}}}
    gold: {{qualify: {{spend: 500 USD}}}}
"""
ROLLING = "{window: rolling 12 months, validity: 12 months, downgrade: immediate}"
YEAR = "{window: year, validity: next_period_end}"


def engine(version: str, rules: str) -> PolicyEngine:
    lines = "\n  ".join(rules.strip("{}").split(", "))
    return ServicePolicy.parse(POLICY.format(version=version, rules=lines)).compile()


@pytest.fixture(scope="module")
def events(shared_data: Path) -> list[CustomerEvent]:
    stream = read_cdnow(shared_data / "cdnow" / "CDNOW_master.txt.gz")
    return [record.value for record in stream if record.value is not None]


def test_tiers_are_those_of_the_two_programmes(events: list[CustomerEvent]) -> None:
    comparison = replay_tiers(engine("rolling", ROLLING), engine("year", YEAR), events, as_of=AS_OF)
    assert comparison.before.customers == {"base": 20_687, "silver": 2_557, "gold": 326}
    assert comparison.after.customers == {"base": 18_097, "silver": 4_992, "gold": 481}
    assert comparison.higher + comparison.lower + comparison.unchanged == 23_570
    assert comparison.before.problems == comparison.after.problems == ()


def test_same_rules_move_nobody(events: list[CustomerEvent]) -> None:
    year = engine("year", YEAR)
    comparison = replay_tiers(year, year, events, as_of=AS_OF)
    assert (comparison.moves, comparison.unchanged) == ((), 23_570)
