"""Segments inside a policy: what they read of its vocabulary, its zone and its versions."""

from __future__ import annotations

from datetime import date

import pytest

from servicekit.document import read
from servicekit.errors import PolicyError
from servicekit.events import Enrolled
from servicekit.policy import ServicePolicy, compile_versions

GOOD = """
name: shop
timezone: Asia/Shanghai
vocabulary:
  fields: {amount: decimal}
  customers: {industry: {values: [retail, bank]}, contact_by: text}
segments:
  currency: CNY
  rfm: {bins: 5}
  life_cycle: {at_risk: 90cd, dormant: 180cd}
  segments: {champions: {r: 5, f: [4, 5]}, sleepers: {state: dormant}}
  groups: {banks: {industry: bank}}
  preferred_channel: contact_by
  reactivation: [{when: {segment: sleepers}, channel: email, offer: 10 % off}]
  triggers:
    complaints: {kind: problems, count: 3, within: 30cd, when: {amount: 5}, channel: phone, offer: a call}
"""


def test_policy_with_segments_is_sound_and_reads_back() -> None:
    policy = ServicePolicy.parse(GOOD)
    assert policy.problems() == ()
    assert ServicePolicy.parse(policy.to_yaml()) == policy


def test_segments_read_the_fields_of_customers_in_the_zone_of_the_policy() -> None:
    engine = ServicePolicy.parse(GOOD).compile()
    segments = engine.need_segments()
    assert (segments is engine.segments, str(segments.tz)) == (True, "Asia/Shanghai")
    run = segments.fold([Enrolled("m-1", date(2026, 1, 5))], date(2026, 6, 30), {"m-1": {"industry": "bank"}})
    assert (run["m-1"].groups, run["m-1"].state) == (("banks",), "never_active")


@pytest.mark.parametrize(
    ("was", "now", "code", "path"),
    [
        ("industry: bank}", "industry: bnak}", "rules.unknown-value", "segments.groups.banks.industry"),
        ("{state: dormant}", "{stat: dormant}", "rules.unknown-field", "segments.segments.sleepers.stat"),
        ("{segment: sleepers}", "{segment: slepers}", "rules.unknown-value", "segments.reactivation[0].when.segment"),
        ("contact_by: text", "contact: text", "segments.unknown-field", "segments.preferred_channel"),
        ("when: {amount: 5}", "when: {industry: bank}", "rules.unknown-field",
         "segments.triggers.complaints.when.industry"),
        ("dormant: 180cd", "dormant: 80cd", "segments.not-rising", "segments.life_cycle.dormant"),
        ("contact_by: text", "contact_by: text, state: text", "segments.reserved-field", "segments"),
    ],
)  # fmt: skip
def test_fault_of_segments_is_told_with_its_place_when_a_policy_is_read(
    was: str, now: str, code: str, path: str
) -> None:
    assert was in GOOD
    problems = read(ServicePolicy, GOOD.replace(was, now, 1), format="yaml").problems
    assert (code, path) in [(problem.code, problem.path) for problem in problems]
    assert all(problem.address is not None for problem in problems)


def test_segments_are_asked_for_in_vain_when_a_policy_has_none() -> None:
    with pytest.raises(PolicyError) as caught:
        ServicePolicy(name="desk").compile().need_segments()
    assert [(each.code, each.path) for each in caught.value.problems] == [("policy.no-segments", "segments")]


def test_latest_version_says_who_customers_are() -> None:
    first = ServicePolicy.parse(GOOD)
    second = ServicePolicy.parse(f'{GOOD}\nversion: "2"\neffective_from: 2026-07-01'.replace("sleepers", "asleep"))
    segments = compile_versions([first, second]).need_segments()
    assert list(segments.policy.segments) == ["champions", "asleep"]
    without = ServicePolicy(name="shop", version="3", effective_from=date(2026, 8, 1))
    assert compile_versions([first, second, without]).segments is None
