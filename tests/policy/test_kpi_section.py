"""The section ``kpi``: what is measured is held against the words, the facts and the calendars of the policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from servicekit.errors import PolicyError
from servicekit.policy import ServicePolicy

POLICY = """
name: desk
timezone: Europe/Vilnius
vocabulary:
  channels: [chat, phone, bot]
  tiers: [standard, vip]
  fields: {site: {type: text, values: [north, south]}}
calendars: {office: {timezone: Europe/Vilnius, weekly: {mon-fri: ["09:00-17:00"]}}}
kpi:
  metrics:
    contacts: {kind: sum, table: contact, where: %s}
    response: {kind: first_response, q: 0.5, clock: %s}
"""


def problems(where: str, clock: str = "office") -> Sequence[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        ServicePolicy.parse(POLICY % (where, clock)).compile()
    return [(each.code, each.path) for each in caught.value.problems]


def test_columns_words_and_calendars_are_those_of_the_policy() -> None:
    place = "kpi.metrics.contacts.where"
    assert problems("{teir: vip}") == [("rules.unknown-field", f"{place}.teir")]
    assert problems("{tier: vpi}") == [("rules.unknown-value", f"{place}.tier")]
    assert problems("{site: west}") == [("rules.unknown-value", f"{place}.site")]
    assert problems("{tier: vip}", "ofice") == [("policy.unknown-calendar", "kpi.metrics.response.clock")]


@pytest.mark.parametrize(
    ("clock", "hint"),
    [("wal", "did you mean 'wall'?"), ("ofice", "did you mean 'office'?"), ("x", "known: wall, always, office")],
)
def test_the_wall_is_among_the_clocks(clock: str, hint: str) -> None:
    with pytest.raises(PolicyError) as caught:
        ServicePolicy.parse(POLICY % ("{tier: vip}", clock))
    assert [each.hint for each in caught.value.problems] == [hint]


def test_facts_of_the_house_are_measured_and_periods_and_clocks_are_its_own() -> None:
    engine = ServicePolicy.parse(POLICY % ("{site: north, tier: vip}", "office")).compile().kpi
    assert engine is not None
    late = datetime(2025, 10, 31, 22, 30, tzinfo=UTC)
    calls = [{"at": late, "site": "north", "tier": "vip"}, {"at": late, "site": "south", "tier": "vip"}]
    friday, monday = (datetime(2026, 1, day, hour, tzinfo=UTC) for day, hour in ((2, 14), (5, 8)))
    cases = [{"opened_at": friday, "asked_at": friday, "first_response_at": monday}]
    found = engine.measure({"contact": calls, "case": cases}, period="month")
    assert [month for month, each in found.trend("contacts") if each.n] == ["2025-11"]
    assert found["response"].exact == 2 * 3_600_000_000, "one hour on Friday, one on Monday, in Vilnius"
    by_site = engine.measure({"contact": calls, "case": cases}, by=["site"])
    assert by_site["contacts", "north"].n == 1
