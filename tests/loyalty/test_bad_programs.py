"""What is wrong with a loyalty programme comes back all at once, each fault with its code and its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from servicekit.errors import PolicyError, Problem
from servicekit.loyalty import LoyaltyEngine, LoyaltyProgram, LoyaltyVersion
from servicekit.testing.strategies.loyalty.points_programs import loyalty_programs

Fault = tuple[str, str]
RATE = "rate: {points: 1, per: 1 CNY}"
BASE = f"earn: {{base: {{{RATE}}}}}"


def problems(text: str) -> Sequence[Problem]:
    try:
        return LoyaltyProgram.parse(text).problems()
    except PolicyError as refused:
        return refused.problems


def faults(*settings: str) -> list[Fault]:
    return [(each.code, each.path) for each in problems(f"{{{', '.join(('currency: CNY', *settings))}}}")]


def earn(rule: str) -> str:
    return f"earn: {{base: {{{rule}}}}}"


def campaign(text: str) -> str:
    return f"campaigns: {{double: {{{text}}}}}"


RULES: dict[str, tuple[str, Fault]] = {
    "points of none": ("rate: {points: 0, per: 1 CNY}", ("loyalty.rate", "earn.base.rate.points")),
    "points for nothing": ("rate: {points: 1, per: 0 CNY}", ("loyalty.rate", "earn.base.rate.per")),
    "points for a number": ("rate: {points: 1, per: 10}", ("loyalty.rate", "earn.base.rate.per")),
    "points for a misspelt thing": ("rate: {points: 1, per: orders}", ("loyalty.rate", "earn.base.rate.per")),
    "points beyond count": ("rate: {points: 1e16, per: order}", ("loyalty.rate", "earn.base.rate.points")),
    "a minimum of nothing": (f"{RATE}, minimum_spend: -5 CNY", ("loyalty.idle-setting", "earn.base.minimum_spend")),
    "points below zero": ("rate: {points: -1, per: order}", ("availability.share", "earn.base.rate.points")),
    "another money": ("rate: {points: 1, per: 1 EUR}", ("loyalty.money", "earn.base.rate.per")),
    "a minimum in another money": (f"{RATE}, minimum_spend: 1 EUR", ("loyalty.money", "earn.base.minimum_spend")),
    "points that are not there": (f"{RATE}, currency: point", ("loyalty.unknown-currency", "earn.base.currency")),
    "an unknown fact": (f"{RATE}, when: {{chanel: web}}", ("rules.unknown-field", "earn.base.when.chanel")),
    "an amount as text": (f"{RATE}, when: {{amount: much}}", ("rules.wrong-type", "earn.base.when.amount")),
    "a cap of none": (f"{RATE}, caps: {{day: 0}}", ("document.value", "earn.base.caps.day")),
    "a cap of a week": (f"{RATE}, caps: {{week: 5}}", ("document.value", "earn.base.caps.week")),
    "an order by lines": (
        "rate: {points: 1, per: order, per_line: true}",
        ("loyalty.idle-setting", "earn.base.rate.per_line"),
    ),
    "an order in steps": (
        "rate: {points: 1, per: order, whole_steps: true}",
        ("loyalty.idle-setting", "earn.base.rate.whole_steps"),
    ),
    "a cap that is never reached": (
        f"{RATE}, caps: {{transaction: 500, day: 500}}",
        ("loyalty.idle-setting", "earn.base.caps.transaction"),
    ),
    "nothing that counts": (
        f"{RATE}, categories: [books], exclude_categories: [books, music]",
        ("loyalty.idle-setting", "earn.base.exclude_categories"),
    ),
}


@pytest.mark.parametrize("what", RULES)
def test_a_fault_of_an_earn_rule_is_told(what: str) -> None:
    rule, expected = RULES[what]
    assert expected in faults(earn(rule))
    assert faults(BASE) == []


SETTINGS: dict[str, tuple[str, Fault]] = {
    "a campaign of nothing": (campaign("first_on: 2026-01-01"), ("loyalty.campaign", "campaigns.double")),
    "a campaign of both": (campaign("multiplier: 2, bonus: 5"), ("loyalty.campaign", "campaigns.double")),
    "a campaign that ends before it begins": (
        campaign("multiplier: 2, first_on: 2026-02-01, last_on: 2026-01-31"),
        ("loyalty.campaign", "campaigns.double.last_on"),
    ),
    "a campaign for no rule": (
        campaign("multiplier: 2, rules: [bas]"),
        ("loyalty.unknown-rule", "campaigns.double.rules[0]"),
    ),
    "a bonus that stacks": (campaign("bonus: 5, stacking: add"), ("loyalty.idle-setting", "campaigns.double.stacking")),
    "a campaign that raises nothing": (
        campaign("multiplier: 1"),
        ("loyalty.idle-setting", "campaigns.double.multiplier"),
    ),
    "a campaign without a day": (
        campaign("multiplier: 2, first_on: 2026-03-02, last_on: 2026-03-07, weekdays: [sun]"),
        ("loyalty.idle-setting", "campaigns.double.weekdays"),
    ),
    "a campaign of an unknown fact": (
        campaign("bonus: 5, when: {any: [{teir: vip}]}"),
        ("rules.unknown-field", "campaigns.double.when.any[0].teir"),
    ),
    "a worth without money": (
        "currencies: {points: {unit_value: 5}}",
        ("loyalty.value", "currencies.points.unit_value"),
    ),
    "a text that is no expiry": ("expiry: 12 weeks", ("loyalty.expiry", "expiry")),
    "an expiry of centuries": ("expiry: 99999 days", ("document.value", "expiry")),
    "more points than count": (f"redemption: {{minimum: {2**53 + 1}}}", ("document.value", "redemption.minimum")),
    "a free point": ("currencies: {points: {unit_value: 0 CNY}}", ("loyalty.value", "currencies.points.unit_value")),
    "a point in another money": (
        "currencies: {points: {unit_value: 0.01 EUR}}",
        ("loyalty.money", "currencies.points.unit_value"),
    ),
    "a point that only qualifies and has a value": (
        "currencies: {points: {kind: qualifying, unit_value: 0.01 CNY}}",
        ("loyalty.idle-setting", "currencies.points.unit_value"),
    ),
    "a part of a cent": (
        "currencies: {points: {unit_value: 0.001 CNY}}, redemption: {multiple_of: 5}",
        ("loyalty.part-of-cent", "currencies.points.unit_value"),
    ),
    "months without an end": ("expiry: {kind: rolling_months}", ("document.missing-key", "expiry.months")),
    "an unknown kind": ("expiry: {kind: rolling}", ("document.unknown-kind", "expiry.kind")),
    "31 April": ("expiry: {kind: fixed_date, month: 4, day: 31}", ("loyalty.expiry", "expiry.day")),
    "two inactivities": ("expiry: {kind: inactivity, days: 5, months: 1}", ("loyalty.expiry", "expiry")),
    "the earliest of one": (
        "expiry: {kind: earliest_of, of: [{kind: rolling_days, days: 1}]}",
        ("document.value", "expiry.of"),
    ),
    "pending in hours": ("pending: 12h", ("loyalty.days", "pending")),
    "pending in days of no kind": ("pending: 14d", ("loyalty.days", "pending")),
    "pending for centuries": ("pending: 36526cd", ("loyalty.days", "pending")),
    "points that are dead": (
        "pending: 14cd, expiry: {kind: period_end, unit: month}",
        ("loyalty.dead-points", "currencies.points"),
    ),
    "nothing to spend": (
        "redemption: {minimum: 100, most_per_order: 99}",
        ("loyalty.unspendable", "redemption.most_per_order"),
    ),
    "no multiple to spend": (
        "redemption: {minimum: 10, multiple_of: 50, most_per_order: 40}",
        ("loyalty.unspendable", "redemption.most_per_order"),
    ),
    "a minimum between two steps": (
        "redemption: {minimum: 70, multiple_of: 50}",
        ("loyalty.idle-setting", "redemption.minimum"),
    ),
}


@pytest.mark.parametrize("what", SETTINGS)
def test_a_fault_of_a_setting_is_told(what: str) -> None:
    setting, expected = SETTINGS[what]
    assert expected in faults(BASE, setting)


@pytest.mark.parametrize(
    "settings",
    [
        earn(f"{RATE}, minimum_spend: 0.01 CNY"),
        earn(f"{RATE}, caps: {{transaction: 499, day: 500, year: 501}}"),
        earn(f"{RATE}, categories: [books, music], exclude_categories: [books]"),
        campaign("multiplier: 101%"),
        campaign("multiplier: 2, first_on: 2026-03-02, last_on: 2026-03-08, weekdays: [sun]"),
        "currencies: {points: {unit_value: 0.001 CNY}}, redemption: {multiple_of: 10}",
        "currencies: {points: {unit_value: 0.01 CNY}}, redemption: {multiple_of: 7}",
        "redemption: {multiple_of: 50}",
        "redemption: {minimum: 100, multiple_of: 50, most_per_order: 100}",
        "pending: 29cd, expiry: 30 days",
    ],
)
def test_nothing_is_told_when_settings_just_fit(settings: str) -> None:
    assert faults(settings if settings.startswith("earn") else f"{BASE}, {settings}") == []


def test_a_point_is_dead_when_it_expires_on_the_day_it_could_be_spent() -> None:
    [problem] = problems(f"{{currency: CNY, {BASE}, pending: 30cd, expiry: 30 days}}")
    assert (problem.code, problem.severity) == ("loyalty.dead-points", "warning")
    assert "2025-01-01" in problem.message


def test_a_yen_has_no_parts() -> None:
    text = "{currency: JPY, currencies: {points: {unit_value: 0.1 JPY}}, redemption: {multiple_of: 5}}"
    [problem] = problems(text)
    assert (problem.code, "multiple_of: 10" in str(problem.hint)) == ("loyalty.part-of-cent", True)


def test_a_bonus_is_added_once_when_its_rule_is_named() -> None:
    rules = f"earn: {{base: {{{RATE}}}, extra: {{{RATE}}}}}"
    assert faults(rules, campaign("bonus: 5")) == [("loyalty.bonus-twice", "campaigns.double.rules")]
    assert faults(rules, campaign("bonus: 5, rules: [extra]")) == []
    third = rules.replace("earn: {", f"earn: {{third: {{{RATE}}}, ")
    assert faults(third, campaign("bonus: 5, rules: [base, extra]")) == [
        ("loyalty.bonus-twice", "campaigns.double.rules")
    ]


def test_all_faults_come_at_once_when_there_are_several() -> None:
    told = faults(
        earn("rate: {points: 1, per: 1 EUR}, currency: stars"),
        campaign("multiplier: 2, rules: [bsae]"),
        "redemption: {minimum: 100, most_per_order: 99}",
    )
    assert told == [
        ("loyalty.money", "earn.base.rate.per"),
        ("loyalty.unknown-currency", "earn.base.currency"),
        ("loyalty.unknown-rule", "campaigns.double.rules[0]"),
        ("loyalty.unspendable", "redemption.most_per_order"),
    ]
    with pytest.raises(PolicyError) as refused:
        LoyaltyProgram.parse(f"{{currency: CNY, {earn(f'{RATE}, currency: stars')}}}").compile()
    assert [problem.code for problem in refused.value.problems] == ["loyalty.unknown-currency"]


def test_a_hint_does_not_ask_for_fields_that_nobody_can_declare() -> None:
    [problem] = problems(f"{{currency: CNY, {earn(f'{RATE}, when: {{colour: red}}')}}}")
    assert problem.hint == "known: amount, at, channel, on, tier"


@pytest.mark.parametrize("where", ["multiplier", "points", "tier"])
def test_a_float_is_refused(where: str) -> None:
    rate = {"points": 0.1 if where == "points" else 1, "per": "1 CNY"}
    rule = {"rate": rate, "tier_multiplier": {"gold": 1.5 if where == "tier" else Decimal("1.5")}}
    campaigns = {"double": {"multiplier": 2.0 if where == "multiplier" else 2}}
    with pytest.raises(ValueError, match="exact share"):
        LoyaltyProgram.model_validate({"currency": "CNY", "earn": {"base": rule}, "campaigns": campaigns})


def test_a_version_cannot_end_points_or_change_their_kind() -> None:
    first = LoyaltyProgram.parse("{currency: CNY, currencies: {points: {}, stars: {}, status: {kind: qualifying}}}")
    second = LoyaltyProgram.parse(
        "{currency: EUR, currencies: {stars: {kind: qualifying}, status: {kind: qualifying}}}"
    )
    with pytest.raises(PolicyError) as refused:
        LoyaltyEngine([LoyaltyVersion(first), LoyaltyVersion(second, date(2026, 7, 1))])
    assert [(problem.code, problem.path) for problem in refused.value.problems] == [
        ("loyalty.dropped-currency", "version 2.currencies"),
        ("loyalty.other-points", "version 2.currencies.stars.kind"),
        ("loyalty.other-points", "version 2.currency"),
    ]


def test_versions_come_in_the_order_of_their_days() -> None:
    program = LoyaltyProgram.parse("currency: CNY")
    days = [None, date(2026, 7, 1)]
    for wrong in ([], [*days, days[1]], [days[1], None]):
        with pytest.raises(ValueError, match="version"):
            LoyaltyEngine([LoyaltyVersion(program, day) for day in wrong])
    with pytest.raises(TypeError, match="LoyaltyProgram"):
        LoyaltyEngine([program])  # type: ignore[list-item]


@given(loyalty_programs())
def test_a_programme_reads_back_as_itself_and_has_no_errors(program: LoyaltyProgram) -> None:
    assert LoyaltyProgram.parse(program.to_yaml()) == program
    assert LoyaltyProgram.parse(program.to_json(), format="json") == program
    assert [problem for problem in program.problems() if problem.is_error] == []
