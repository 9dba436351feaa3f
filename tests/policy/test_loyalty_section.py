"""Points inside a policy: what is checked where they meet the vocabulary and the tiers, and what versions keep."""

from __future__ import annotations

from datetime import date

import pytest

from servicekit.document import read
from servicekit.errors import PolicyError
from servicekit.events import Purchase, PurchaseLine
from servicekit.policy import ServicePolicy, compile_versions
from servicekit.quantity import Money

GOOD = """
name: shop
version: "1"
timezone: Asia/Shanghai
vocabulary: {tiers: [normal, vip], channels: [web, shop]}
tiers:
  currency: CNY
  levels: {normal: {}, vip: {qualify: {spend: 100 CNY}, benefits: {points_multiplier: 1.5}}}
loyalty:
  currency: CNY
  currencies: {points: {}, status: {kind: qualifying}}
  earn:
    base: {rate: {points: 1, per: 1 CNY}, channels: [web], when: {tier: vip}}
    status: {currency: status, rate: {points: 1, per: 1 CNY}, tier_multiplier: {normal: 2}}
  campaigns: {double: {multiplier: 2, when: {channel: web}}}
"""
SECOND = GOOD.replace('version: "1"', 'version: "2"\neffective_from: 2026-07-01')
ORDER = Purchase("m-1", date(2026, 3, 3), "o-1", (PurchaseLine(Money.parse("10 CNY")),), channel="web")


def found(text: str) -> list[tuple[str, str]]:
    problems = read(ServicePolicy, text, format="yaml").problems
    assert all(problem.address is not None for problem in problems)
    return [(problem.code, problem.path) for problem in problems]


def test_a_policy_with_points_is_sound_and_reads_back() -> None:
    policy = ServicePolicy.parse(GOOD)
    assert policy.problems() == ()
    assert ServicePolicy.parse(policy.to_yaml()) == policy


def test_points_have_the_zone_and_the_engine_of_the_policy() -> None:
    engine = ServicePolicy.parse(GOOD).compile()
    assert engine.need_loyalty() is engine.loyalty
    assert str(engine.need_loyalty().timezone) == "Asia/Shanghai"


def test_points_are_asked_for_in_vain_when_a_policy_has_none() -> None:
    with pytest.raises(PolicyError) as caught:
        ServicePolicy(name="desk").compile().need_loyalty()
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("policy.no-loyalty", "loyalty")]


@pytest.mark.parametrize(
    ("was", "now", "code", "path"),
    [
        ("{normal: 2}", "{normall: 2}", "loyalty.unknown-tier", "loyalty.earn.status.tier_multiplier.normall"),
        ("channels: [web],", "channels: [web, wap],", "loyalty.unknown-channel", "loyalty.earn.base.channels[1]"),
        ("{tier: vip}", "{tier: vpi}", "rules.unknown-value", "loyalty.earn.base.when.tier"),
        ("{channel: web}", "{channel: wap}", "rules.unknown-value", "loyalty.campaigns.double.when.channel"),
        ("{channel: web}", "{chanel: web}", "rules.unknown-field", "loyalty.campaigns.double.when.chanel"),
        ("{normal: 2}", "{vip: 2}", "policy.two-multipliers", "loyalty.earn.status.tier_multiplier.vip"),
        ("currency: status", "currency: stars", "loyalty.unknown-currency", "loyalty.earn.status.currency"),
    ],
)
def test_a_fault_of_points_is_told_with_its_place(was: str, now: str, code: str, path: str) -> None:
    assert was in GOOD
    assert found(GOOD.replace(was, now, 1)) == [(code, path)]


def test_any_tier_and_channel_will_do_when_the_vocabulary_lists_none() -> None:
    text = GOOD.replace("vocabulary: {tiers: [normal, vip], channels: [web, shop]}\n", "").replace(
        "{tier: vip}", "{tier: x}"
    )
    assert found(text.replace("channels: [web]", "channels: [wap]")) == []


def test_a_purchase_earns_by_the_version_of_its_day() -> None:
    later = SECOND.replace("points: 1, per: 1 CNY", "points: 3, per: 1 CNY")
    loyalty = compile_versions([ServicePolicy.parse(text) for text in (later, GOOD)]).need_loyalty()
    july = Purchase("m-1", date(2026, 7, 1), "o-2", ORDER.lines, channel="web")
    assert [loyalty.earn(order)[1].points for order in (ORDER, july)] == [20, 60]


@pytest.mark.parametrize(
    ("was", "now", "code", "path"),
    [
        ("{points: {}, status", "{stars: {}, status", "loyalty.dropped-currency", "version 2.loyalty.currencies"),
        ("kind: qualifying", "kind: redeemable", "loyalty.other-points", "version 2.loyalty.currencies.status.kind"),
    ],
)
def test_a_version_that_loses_points_is_refused(was: str, now: str, code: str, path: str) -> None:
    later = SECOND.replace(was, now).replace("base: {rate", "base: {currency: status, rate")
    with pytest.raises(PolicyError) as caught:
        compile_versions([ServicePolicy.parse(text) for text in (GOOD, later)])
    assert (code, path) in [(problem.code, problem.path) for problem in caught.value.problems]


def test_points_begin_with_the_version_that_has_them_and_do_not_end() -> None:
    without = GOOD[: GOOD.index("loyalty:\n")]
    begun = compile_versions([ServicePolicy.parse(text) for text in (without, SECOND)])
    assert begun.need_loyalty().program.currency == "CNY"
    later = SECOND[: SECOND.index("loyalty:\n")]
    with pytest.raises(PolicyError) as caught:
        compile_versions([ServicePolicy.parse(text) for text in (GOOD, later)])
    assert [(each.code, each.path) for each in caught.value.problems] == [
        ("loyalty.dropped-program", "version 2.loyalty")
    ]
