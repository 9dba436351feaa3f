"""A programme tells its members everything: each setting changes the text, in English and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any, get_args

import pytest
from hypothesis import given

from servicekit.document import Document
from servicekit.loyalty import LoyaltyProgram
from servicekit.loyalty.program.member_words import SENTENCES, Language
from servicekit.testing.strategies.loyalty.points_programs import loyalty_programs

PROGRAM = LoyaltyProgram.parse("""
currency: CNY
currencies:
  points: {unit_value: 0.01 CNY, label: {en: Stars, zh: 星星}}
  status: {kind: qualifying, expiry: {kind: period_end, unit: quarter}}
earn:
  base:
    rate: {points: 1, per: 2 CNY}
    minimum_spend: 10 CNY
    categories: [books, music]
    exclude_categories: [gift_card]
    channels: [web, app]
    when: {any: [{tier: [gold, vip]}, {not: {field: amount, op: between, low: 5, high: 9}}]}
    caps: {transaction: 11, day: 12, month: 13, quarter: 14, year: 15}
  table: {currency: status, rate: {points: 3, per: unit}, tier_multiplier: {gold: 1.5}}
campaigns:
  double: {first_on: 2026-11-01, last_on: 2026-11-11, weekdays: [tue, sun], multiplier: 2, rules: [base], label: Double}
  more: {bonus: 50, rules: [base], when: {field: at, op: hour, one_of: [20, 21], timezone: Asia/Shanghai}}
pending: 14cd
expiry: {kind: earliest_of, of: [{kind: inactivity, months: 18}, {kind: rolling_months, months: 12, round_up: month}]}
redemption: {minimum: 100, multiple_of: 50, most_per_order: 5000}
reversal: {grace: 31cd}
timezone: Asia/Shanghai
""")

CHANGES: dict[str, Any] = {
    "timezone": "Europe/Berlin",
    "currencies.points.unit_value": "0.02 CNY",
    "currencies.points.label": {"en": "Moons", "zh": "月亮"},
    "currencies.points.kind": "qualifying",
    "currencies.points.pending": "15cd",
    "currencies.points.expiry": {"kind": "fixed_date", "month": 3, "day": 31, "min_days": 90},
    "currencies.status.expiry": {"kind": "period_end", "unit": "quarter", "extra_periods": 1},
    "earn.base.currency": "status",
    "earn.base.rate.points": "3",
    "earn.base.rate.per": "order",
    "earn.base.rate.whole_steps": True,
    "earn.base.rate.rounding": "half_even",
    "earn.base.rate.per_line": True,
    "earn.base.with_tax": True,
    "earn.base.paid_with_points": True,
    "earn.base.categories": ["books"],
    "earn.base.exclude_categories": ["books"],
    "earn.base.minimum_spend": "20 CNY",
    "earn.base.channels": ["web"],
    "earn.base.when": {"tier": "gold"},
    "earn.base.tier_multiplier": "ignore",
    "earn.base.caps": {"transaction": 11},
    "earn.base.label": "Grundregel",
    "earn.table.rate.whole_steps": True,
    "earn.table.tier_multiplier": {"gold": "2"},
    "campaigns.double.first_on": None,
    "campaigns.double.last_on": None,
    "campaigns.double.weekdays": [],
    "campaigns.double.multiplier": "3",
    "campaigns.double.stacking": "add",
    "campaigns.double.rules": ["table"],
    "campaigns.double.when": {"channel": "web"},
    "campaigns.double.label": "Elf",
    "campaigns.more.bonus": 60,
    "campaigns.more.when": {"field": "on", "op": "weekday", "one_of": ["mon"]},
    "pending": "0cd",
    "expiry": {"kind": "never"},
    "redemption.minimum": 50,
    "redemption.multiple_of": 100,
    "redemption.most_per_order": None,
    "redemption.order": "hifo",
    "reversal.grace": None,
    "clawback.lots": "own_only",
    "clawback.shortfall": "floor",
    "activity": ["earn"],
}
"""Another value for every setting; by its path."""

NAMES = ("web", "books", "music", "silver", "gold", "Asia/Shanghai", "America/New_York")


def changed(path: str, value: Any) -> LoyaltyProgram:
    plain: Any = PROGRAM.to_dict()
    *keys, last = path.split(".")
    place = plain
    for key in keys:
        place = place.setdefault(key, {})
    place[last] = value
    return LoyaltyProgram.model_validate(plain)


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("path", CHANGES)
def test_the_text_changes_when_a_setting_does(path: str, language: Language) -> None:
    assert changed(path, CHANGES[path]).describe(language) != PROGRAM.describe(language)


def settings(document: Document, path: str = "") -> Iterator[str]:
    """The paths of the settings of a document, with the name of the first of several things for all of them."""
    for key in type(document).model_fields:
        value = getattr(document, key)
        within = next(iter(value.values()), None) if isinstance(value, dict) else value
        place = f"{path}.{next(iter(value))}" if isinstance(value, dict) and isinstance(within, Document) else path
        if isinstance(within, Document) and key not in ("expiry", "unit_value", "when"):
            yield from settings(within, f"{path}{key}{place.removeprefix(path)}.")
        else:
            yield f"{path}{key}"


def test_every_setting_is_among_those_that_change_the_text() -> None:
    left = {re.sub(r"^campaigns\.double\.bonus$", "campaigns.more.bonus", path) for path in settings(PROGRAM)}
    assert left - CHANGES.keys() == {"currency"}  # which stands in every amount


def test_languages_say_the_same_things_with_the_same_figures() -> None:
    english, chinese = SENTENCES["en"], SENTENCES["zh"]
    assert english.keys() == chinese.keys()
    figures = {
        key: [{name for _, name, _, _ in Formatter().parse(words[key]) if name} for words in (english, chinese)]
        for key in english
    }
    assert {key for key, (one, other) in figures.items() if one != other} == set()


@given(loyalty_programs())
def test_every_programme_is_told(program: LoyaltyProgram) -> None:
    english, chinese = program.describe("en"), program.describe("zh")
    assert len(english.splitlines()) == len(chinese.splitlines())
    assert not re.search(r"\{|\}|None|Fraction|\.\.", english + chinese)
    names = [*program.earn, *program.campaigns, *program.currencies, *NAMES]
    assert re.findall(r"[a-z]{3,}", re.sub("|".join(names), "", chinese)) == []


def test_a_text_reads_as_it_should() -> None:
    assert PROGRAM.describe().splitlines()[1:4] == [
        "table: You earn 3 points (status) for every unit you buy, in proportion. Parts of a point are rounded down. "
        "Prices count without tax. What you pay with points does not count. "
        "Your tier multiplies the points: gold by 1.5.",
        "Double: From 2026-11-01 through 2026-11-11, only on Tuesdays, Sundays, points are multiplied by 2. "
        "Of this, other such campaigns and your tier, the highest multiplier counts. This is for base.",
        "more: At any time, a purchase that earns gets 50 points more. This is for base. "
        "Only if the hour of the time in Asia/Shanghai is 20 or 21.",
    ]
    assert PROGRAM.describe("zh").splitlines()[2] == (
        "Double：2026-11-01 至 2026-11-11（含当日），仅限星期二、星期日，积分为 2 倍。"
        "与同类活动及会员等级的倍数取最高者。适用于base。"
    )


def test_points_and_their_return_are_told_in_full() -> None:
    program = LoyaltyProgram.parse("""
        currency: CNY
        currencies:
          points: {unit_value: {points: 300, worth: 1 CNY}, label: {fr: étoiles}}
        earn: {base: {rate: {points: 1, per: order}, when: {tier: gold, channel: [web, app]}}}
        expiry: 12 months
        """)
    assert program.describe().splitlines() == [
        "base: You earn 1 point for every order. Parts of a point are rounded down. Prices count without tax. "
        "What you pay with points does not count. "
        "Only if all of this holds (the tier is gold, the channel is web or app). The multiplier of your tier applies.",
        "300 points can be spent and are worth 1 CNY. étoiles are valid at once. "
        "étoiles are valid through the same day 12 months later.",
        "You spend at least 1 point at a time. Points that expire first are spent first.",
        "Points that you spent and get back expire when they would have. "
        "If you return a purchase, the points it earned are taken back, and others if those are spent. "
        "Points that you have spent already are made up for by those you earn next.",
    ]
    graced = program.replace(reversal={"grace": "31cd"}, currencies={"points": {"unit_value": "1 CNY"}})
    assert graced.describe().splitlines()[1].startswith("1 point can be spent and is worth 1 CNY.")
    assert "expire when they would have, but not within 31 days." in graced.describe()


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        PROGRAM.describe("de")  # type: ignore[arg-type]
