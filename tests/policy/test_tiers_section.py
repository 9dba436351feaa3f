"""Tiers inside a policy: what is checked where they meet the vocabulary and the promises, and what versions keep."""

from __future__ import annotations

from datetime import date

import pytest

from servicekit.document import read
from servicekit.errors import PolicyError
from servicekit.events import Enrolled, Purchase, PurchaseLine
from servicekit.policy import ServicePolicy, compile_versions
from servicekit.quantity import Money

GOOD = """
name: shop
version: "1"
timezone: Asia/Shanghai
vocabulary: {tiers: [normal, vip, gold], priorities: [low, high], channels: [chat, phone]}
sla:
  targets:
    - {resolution: 8h, first_response: 2h}
    - {when: {tier: vip}, resolution: 4h}
    - {when: {tier: gold, channel: chat}, resolution: 2h}
    - {when: {tier: gold}, resolution: 4h}
tiers:
  currency: CNY
  levels:
    normal: {}
    vip: {qualify: {spend: 100 CNY}, benefits: {sla: true, priority: high}}
    gold: {qualify: {spend: 500 CNY}, benefits: {sla: true, priority: high}}
"""
WORSE = "policy.worse-promise"


def found(text: str) -> list[tuple[str, str]]:
    problems = read(ServicePolicy, text, format="yaml").problems
    assert all(problem.address is not None for problem in problems)
    return [(problem.code, problem.path) for problem in problems]


def bought(amount: str, on: date) -> Purchase:
    return Purchase("m-1", on, f"o-{on}", (PurchaseLine(Money.parse(f"{amount} CNY")),))


def test_policy_with_tiers_is_sound_and_reads_back() -> None:
    policy = ServicePolicy.parse(GOOD)
    assert policy.problems() == ()
    assert ServicePolicy.parse(policy.to_yaml()) == policy


def test_tiers_of_a_policy_have_its_zone_and_its_engine() -> None:
    engine = ServicePolicy.parse(GOOD).compile()
    tiers = engine.need_tiers()
    assert tiers is engine.tiers
    assert str(tiers.timezone) == "Asia/Shanghai"
    run = tiers.fold([Enrolled("m-1", date(2026, 1, 5)), bought("500", date(2026, 2, 1))], date(2026, 3, 1))
    assert run.counts() == {"normal": 0, "vip": 0, "gold": 1}


def test_zone_of_a_programme_goes_before_that_of_the_policy() -> None:
    text = GOOD.replace("currency: CNY", "currency: CNY\n  timezone: Europe/Berlin")
    assert str(ServicePolicy.parse(text).compile().need_tiers().timezone) == "Europe/Berlin"


def test_tiers_are_asked_for_in_vain_when_a_policy_has_none() -> None:
    with pytest.raises(PolicyError) as caught:
        ServicePolicy(name="desk").compile().need_tiers()
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("policy.no-tiers", "tiers")]


@pytest.mark.parametrize(
    ("was", "now", "code", "path"),
    [
        ("[normal, vip, gold]", "[normal, vip]", "tiers.unknown-tier", "tiers.levels.gold"),
        ("[normal, vip, gold]", "[normal, vip, gold, top]", "tiers.no-level", "tiers.levels"),
        ("[normal, vip, gold]", "[normal, gold, vip]", "tiers.order", "tiers.levels"),
        ("500 CNY", "100 CNY", "tiers.not-rising", "tiers.levels.gold.qualify.spend"),
        ("500 CNY}", "500 CNY, nights: 3}", "tiers.unknown-metric", "tiers.levels.gold.qualify.nights"),
        ("priority: high}}\n    gold", "priority: hihg}}\n    gold", "tiers.unknown-priority",
         "tiers.levels.vip.benefits.priority"),
        ("{tier: vip}", "{channel: phone}", "policy.no-own-promise", "tiers.levels.vip.benefits.sla"),
        ("CNY\n", "cny\n", "document.value", "tiers.currency"),
    ],
)  # fmt: skip
def test_fault_of_tiers_is_told_with_its_place_when_a_policy_is_read(was: str, now: str, code: str, path: str) -> None:
    assert was in GOOD
    assert (code, path) in found(GOOD.replace(was, now, 1))


@pytest.mark.parametrize(
    ("targets", "worse"),
    [
        ("[{when: {tier: vip}, resolution: 4h}, {when: {tier: gold}, resolution: 6h}]", ["sla.targets[1]"]),
        ("[{resolution: 8h}, {when: {tier: vip}, resolution: 4h}]", ["sla.targets[0]"]),
        ("[{resolution: 8h}, {when: {tier: [vip, gold]}, resolution: 8h}]", []),
        ("[{resolution: 2bd}, {when: {tier: [vip, gold]}, resolution: 3bd}]", ["sla.targets[1]"]),
        ("[{resolution: 2bd}, {when: {tier: [vip, gold]}, resolution: 40h}]", []),
        ("[{resolution: 1h}, {when: {tier: [vip, gold]}, resolution: {within: 2h, clock: wall}}]", []),
        ("[{resolution: 1h}, {when: {tier: [vip, gold]}, calendar: desk, resolution: 2h}]", []),
        ("[{resolution: 2h}, {when: {channel: chat, priority: high}, resolution: 30m},"
         " {when: {tier: [vip, gold], channel: chat, owner: Li}, resolution: 1h}]", ["sla.targets[2]"]),
        ("[{resolution: 2h}, {when: {not: {tier: gold}}, resolution: 1h}]", ["sla.targets[0]"]),
        ("[{when: {tier: [vip, gold]}, resolution: 4h}, {default: true, resolution: 2h}]", ["sla.targets[0]"]),
        ("[{when: {tier: vip}, resolution: 2h}]", ["sla.targets"]),
    ],
)  # fmt: skip
def test_better_tier_with_a_worse_promise_is_told(targets: str, worse: list[str]) -> None:
    text = (
        "{name: shop, vocabulary: {tiers: [normal, vip, gold]},"
        " calendars: {desk: {weekly: {mon-fri: ['09:00-17:00']}}}, sla: {targets: " + targets + "}}"
    )
    assert [path for code, path in found(text) if code == WORSE] == worse


def test_first_row_counts_when_a_policy_says_so() -> None:
    rows = "[{resolution: 2h}, {when: {tier: vip}, resolution: 4h}]"
    text = "{name: s, vocabulary: {tiers: [normal, vip]}, sla: {match: MATCH, targets: " + rows + "}}"
    assert [WORSE in dict(found(text.replace("MATCH", match))) for match in ("most_specific", "first", "all")] == [
        True,
        False,
        False,
    ]


def test_row_that_decides_alone_promises_less_when_it_names_less() -> None:
    rows = "[{resolution: 4h, first_response: 1h}, {when: {tier: vip}, resolution: 2h}]"
    text = "{name: s, vocabulary: {tiers: [normal, vip]}, sla: {fall_through: false, targets: " + rows + "}}"
    [problem] = read(ServicePolicy, text, format="yaml").problems
    assert (problem.code, problem.path) == (WORSE, "sla.targets[1]")
    assert "first_response" in problem.message


def test_hundreds_of_rows_are_compared_in_time() -> None:
    tiers, channels = [f"t{n}" for n in range(4)], [f"c{n}" for n in range(250)]
    rows = [
        {"when": {"tier": t, "channel": c}, "resolution": f"{9 - n}h"} for n, t in enumerate(tiers) for c in channels
    ]
    rows[-1]["resolution"] = "20h"
    policy = ServicePolicy.model_validate({"name": "s", "vocabulary": {"tiers": tiers}, "sla": {"targets": rows}})
    assert [(problem.code, problem.path) for problem in policy.problems()] == [(WORSE, "sla.targets[999]")]


def test_promises_of_a_tier_are_those_of_its_rows() -> None:
    promises = ServicePolicy.parse(GOOD).compile().tier_promises
    assert {tier: [str(each) for each in rows] for tier, rows in promises.items()} == {
        "normal": [],
        "vip": ["resolution 4h by sla.targets[1]"],
        "gold": ["resolution 2h by sla.targets[2]", "resolution 4h by sla.targets[3]"],
    }
    assert promises["gold"][0].when == ServicePolicy.parse(GOOD).sla.targets[2].when  # type: ignore[union-attr]


SECOND = GOOD.replace('version: "1"', 'version: "2"\neffective_from: 2026-07-01')


def test_version_changes_thresholds_from_its_day() -> None:
    later = SECOND.replace("spend: 100 CNY", "spend: 300 CNY")
    tiers = compile_versions([ServicePolicy.parse(text) for text in (later, GOOD)]).need_tiers()
    events = [Enrolled("m-1", date(2026, 1, 5)), Enrolled("m-2", date(2026, 1, 5)), bought("200", date(2026, 6, 30))]
    events.append(Purchase("m-2", date(2026, 7, 1), "o", (PurchaseLine(Money.parse("200 CNY")),)))
    run = tiers.fold(events, date(2026, 7, 1))
    assert (run["m-1"].tier, run["m-2"].tier) == ("vip", "normal")


def test_tiers_begin_with_the_version_that_has_them() -> None:
    first = GOOD[: GOOD.index("tiers:\n")]
    engine = compile_versions([ServicePolicy.parse(text) for text in (first, SECOND)])
    assert engine.need_tiers().program.currency == "CNY"


@pytest.mark.parametrize(
    ("was", "now", "code", "path"),
    [
        ("gold", "top", "tiers.dropped-tier", "version 2.tiers.levels"),
        ("CNY", "USD", "tiers.other-accounts", "version 2.tiers.currency"),
    ],
)
def test_version_that_loses_standings_is_refused(was: str, now: str, code: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        compile_versions([ServicePolicy.parse(text) for text in (GOOD, SECOND.replace(was, now))])
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]


def test_renamed_tier_is_taken_over_when_its_former_name_is_told() -> None:
    later = SECOND.replace("gold: {qualify", "top: {formerly: [gold], qualify").replace("gold", "top", 1)
    later = later.replace("tier: gold", "tier: top")
    tiers = compile_versions([ServicePolicy.parse(text) for text in (GOOD, later)]).need_tiers()
    run = tiers.fold([Enrolled("m-1", date(2026, 1, 5)), bought("500", date(2026, 2, 1))], date(2026, 8, 1))
    assert run["m-1"].tier == "top"


def test_version_without_tiers_is_refused_after_one_that_has_them() -> None:
    last = SECOND[: SECOND.index("tiers:\n")]
    with pytest.raises(PolicyError) as caught:
        compile_versions([ServicePolicy.parse(text) for text in (GOOD, last)])
    assert [(each.code, each.path) for each in caught.value.problems] == [("tiers.dropped-program", "version 2.tiers")]
