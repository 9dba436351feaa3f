"""What is wrong with a programme comes back all at once, each fault with its code and its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from servicekit.errors import PolicyError
from servicekit.tiers import ProgramVersion, TierEngine, TierProgram

Fault = tuple[str, str]
VIP = "vip: {qualify: {spend: 5000 CNY}}"


def faults(text: str) -> list[Fault]:
    try:
        problems: Sequence[object] = TierProgram.parse(text).problems()
    except PolicyError as refused:
        problems = refused.problems
    return [(problem.code, problem.path) for problem in problems]  # type: ignore[attr-defined]


def programme(levels: str, *others: str) -> str:
    return f"{{{', '.join(('currency: CNY', 'activities: [visits]', *others, f'levels: {{{levels}}}'))}}}"


def test_tiers_that_nobody_can_hold_are_told() -> None:
    for window, expected in (("year", ["tiers.lost-at-once"]), ("rolling 12 months", [])):
        text = programme(f"base: {{}}, {VIP}", f"window: {window}", "upgrade: at_review", "downgrade: immediate")
        told = faults(text.replace("currency", "validity: 12 months, currency", 1))
        assert [code for code, _ in told] == expected


LEVELS: dict[str, tuple[str, Fault]] = {
    "thresholds that fall": (
        f"base: {{}}, {VIP}, top: {{qualify: {{spend: 4000 CNY}}}}",
        ("tiers.not-rising", "levels.top.qualify.spend"),
    ),
    "equal thresholds": (
        f"base: {{}}, {VIP}, top: {{qualify: {{spend: 5000.00 CNY}}}}",
        ("tiers.not-rising", "levels.top.qualify.spend"),
    ),
    "thresholds of which one falls": (
        "base: {}, vip: {qualify: {visits: 5}}, top: {qualify: {any: {visits: 4, orders: 9}}}",
        ("tiers.not-rising", "levels.top.qualify.any.visits"),
    ),
    "a gap": (f"base: {{}}, {VIP}, top: {{}}", ("tiers.no-criteria", "levels.top")),
    "a lowest tier that asks for something": (VIP, ("tiers.base", "levels.vip.qualify")),
    "a given tier with criteria": (
        "base: {}, vip: {by_grant: true, qualify: {visits: 5}}",
        ("tiers.by-grant", "levels.vip.by_grant"),
    ),
    "spend as a number": (
        "base: {}, vip: {qualify: {spend: 5000}}",
        ("tiers.threshold", "levels.vip.qualify.spend"),
    ),
    "another currency": (
        "base: {}, vip: {qualify: {spend: 5000 EUR}}",
        ("tiers.threshold", "levels.vip.qualify.spend"),
    ),
    "visits as money": (
        "base: {}, vip: {qualify: {visits: 5 CNY}}",
        ("tiers.threshold", "levels.vip.qualify.visits"),
    ),
    "a threshold of zero": (
        "base: {}, vip: {qualify: {any: {visits: 0}}}",
        ("tiers.threshold", "levels.vip.qualify.any.visits"),
    ),
    "a misspelt metric": (
        "base: {}, vip: {qualify: {visit: 5}}",
        ("tiers.unknown-metric", "levels.vip.qualify.visit"),
    ),
    "more days than there are": (
        "base: {}, vip: {qualify: {days: 367}}",
        ("tiers.unreachable", "levels.vip.qualify.days"),
    ),
    "a tier that is harder to keep than to reach": (
        "base: {}, vip: {qualify: {visits: 5}, retain: {visits: 6}}",
        ("tiers.retain-above", "levels.vip.retain.visits"),
    ),
    "one name for two tiers": (f"base: {{}}, {VIP}, gold: {{formerly: [vip]}}", ("tiers.duplicate", "levels")),
}


@pytest.mark.parametrize("what", LEVELS)
def test_levels_are_reported_when_they_hold(what: str) -> None:
    levels, expected = LEVELS[what]
    assert expected in faults(programme(levels))
    assert faults(programme(f"base: {{}}, {VIP}")) == []


RULES: dict[str, tuple[str, Fault]] = {
    "fortnight": ("window: fortnight", ("tiers.window", "window")),
    "rolling without a length": ("window: {kind: rolling}", ("tiers.window", "window")),
    "status period in years": ("validity: 2 years", ("tiers.validity", "validity")),
    "grace in hours": ("downgrade: {grace: 12h}", ("tiers.grace", "downgrade.grace")),
    "grace in days of no kind": ("downgrade: {grace: 31d}", ("tiers.grace", "downgrade.grace")),
    "no period": ("window: rolling 12 months", ("tiers.no-period", "validity")),
    "grace without a review": ("downgrade: {when: never, grace: 31cd}", ("tiers.no-review", "downgrade.grace")),
    "extension without a review": (
        "downgrade: immediate, extend: on_requalify",
        ("tiers.no-review", "extend"),
    ),
    "no grace that could count": ("downgrade: {grace_counts: true}", ("tiers.no-review", "downgrade.grace_counts")),
}


@pytest.mark.parametrize("what", RULES)
def test_rules_are_reported_when_they_hold(what: str) -> None:
    rule, expected = RULES[what]
    assert expected in faults(programme(f"base: {{}}, {VIP}", rule))


@pytest.mark.parametrize("name", ["spend", "any"])
def test_a_metric_is_reported_when_its_name_is_taken(name: str) -> None:
    taken = f"{{currency: CNY, activities: [{name}], levels: {{base: {{}}, {VIP}}}}}"
    assert ("tiers.reserved-metric", "activities[0]") in faults(taken)


def test_a_float_is_refused_when_it_is_a_threshold() -> None:
    with pytest.raises(ValueError, match=r"0\.1"):
        TierProgram.model_validate({"currency": "CNY", "levels": {"base": {}, "vip": {"qualify": {"orders": 0.1}}}})


def test_all_faults_come_at_once_when_there_are_several() -> None:
    levels = "base: {retain: {visits: 1}}, vip: {qualify: {visit: 5, spend: 3 EUR}}, top: {}"
    assert [code for code, _ in faults(programme(levels, "window: lifetime"))] == [
        "tiers.no-period",
        "tiers.base",
        "tiers.unknown-metric",
        "tiers.threshold",
        "tiers.no-criteria",
    ]
    with pytest.raises(PolicyError) as refused:
        TierProgram.parse(programme(levels, "window: lifetime")).compile()
    assert len(refused.value.problems) == 5


def test_a_tier_is_missed_when_a_later_version_calls_it_otherwise() -> None:
    before = TierProgram.parse(programme(f"base: {{}}, {VIP}"))
    after = before.replace(levels={"base": {}, "gold": {"qualify": {"spend": "5000 CNY"}}})
    later = ProgramVersion(after, date(2026, 1, 1))
    with pytest.raises(PolicyError) as refused:
        TierEngine([ProgramVersion(before), later])
    assert [(problem.code, problem.path) for problem in refused.value.problems] == [
        ("tiers.dropped-tier", "version 2.levels")
    ]
    renamed = {"base": {}, "gold": {"qualify": {"spend": "5000 CNY"}, "formerly": ["vip"]}}
    TierEngine([ProgramVersion(before), later._replace(program=before.replace(levels=renamed))])


@pytest.mark.parametrize("wrong", ["normal", [TierProgram.parse(programme(f"base: {{}}, {VIP}"))]])
def test_what_is_no_programme_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="expected a TierProgram"):
        TierEngine(wrong)  # type: ignore[arg-type]


def test_a_status_is_asked_of_a_state() -> None:
    engine = TierProgram.parse(programme(f"base: {{}}, {VIP}")).compile()
    with pytest.raises(TypeError, match="expected a TierState"):
        engine.status("m-1", date(2026, 6, 30))  # type: ignore[arg-type]
