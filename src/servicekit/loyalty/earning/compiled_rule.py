"""An earn rule with the campaigns that raise it, compiled: a pure function of what counts of a purchase."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import floor, prod
from typing import NamedTuple

from servicekit.loyalty.earning.basket import Basket, BasketLine
from servicekit.loyalty.earning.earned import CapUse, NothingBecause, Raise, RuleEarning
from servicekit.loyalty.program.earn_rule import Campaign, CapUnit, EarnRule, Rate
from servicekit.quantity import Money
from servicekit.quantity.exact import rounded
from servicekit.rules import DeclaredField, Fields, Match, Test, Value, compile_condition
from servicekit.rules.date_part import WEEKDAYS
from servicekit.timeline import month, quarter, year

_ZERO, _ONE = Fraction(0), Fraction(1)
_PERIODS: dict[CapUnit, Callable[[date], str]] = {
    "day": date.isoformat,
    "month": lambda day: month(day).name,
    "quarter": lambda day: quarter(day).name,
    "year": lambda day: year(day).name,
}


class Circumstances(NamedTuple):
    """What surrounds a purchase: its day, the tier in force before it with its multiplier, and its facts."""

    day: date
    tier: str | None
    multiplier: Fraction
    channel: str | None
    facts: Mapping[str, Value]


def purchase_fields(tiers: Iterable[str] = (), channels: Iterable[str] = ()) -> Fields:
    """The facts of a purchase that conditions may test; of tiers and channels none listed means any.

    >>> sorted(purchase_fields())
    ['amount', 'at', 'channel', 'on', 'tier']
    """
    return {
        "channel": DeclaredField("text", frozenset(channels) or None),
        "tier": DeclaredField("text", frozenset(tiers) or None),
        "amount": DeclaredField("decimal"),
        "on": DeclaredField("day"),
        "at": DeclaredField("instant"),
    }


class CompiledCampaign:
    """A campaign: whether it runs for a purchase."""

    __slots__ = ("_first", "_holds", "_last", "_weekdays", "bonus", "multiplier", "name", "stacking")

    def __init__(self, name: str, campaign: Campaign) -> None:
        self.name, self.stacking = name, campaign.stacking
        self.multiplier, self.bonus = campaign.multiplier, campaign.bonus
        self._first, self._last = campaign.first_on or date.min, campaign.last_on or date.max
        self._weekdays = frozenset(map(WEEKDAYS.index, campaign.weekdays or WEEKDAYS))
        self._holds = _test(campaign.when)

    def runs(self, around: Circumstances) -> bool:
        """Whether it raises a purchase."""
        day = around.day
        return self._first <= day <= self._last and day.weekday() in self._weekdays and self._holds(around.facts)


class CompiledRule:
    """An earn rule: what it gives for a basket."""

    __slots__ = ("_campaigns", "_caps", "_channels", "_counts", "_holds", "_per", "name", "rule")

    def __init__(self, name: str, rule: EarnRule, campaigns: Iterable[CompiledCampaign]) -> None:
        self.name, self.rule, self._campaigns = name, rule, tuple(campaigns)
        self._caps = tuple((unit, most) for unit, most in rule.caps.items())
        self._channels, self._holds = frozenset(rule.channels), _test(rule.when)
        self._counts = _category_test(rule)
        per = rule.rate.per
        self._per = rule.rate.points / Fraction(per.amount) if isinstance(per, Money) else rule.rate.points

    def earn(self, basket: Basket, around: Circumstances, used: CapUse) -> RuleEarning:
        """What the rule gives, where ``used`` is what it has given before in the periods of its caps."""
        lines = basket.lines if self._counts is None else tuple(filter(self._counts, basket.lines))
        spends = self._spends(lines, basket.paid_with_points)
        if because := self._refusal(spends, around):
            return RuleEarning(self.name, self.rule.rate, because=because)
        running = [campaign for campaign in self._campaigns if campaign.runs(around)]
        factor, multipliers = self._factor(running, around)
        bonuses = tuple(Raise(each.name, Fraction(each.bonus)) for each in running if each.bonus is not None)
        amounts = self._amounts(lines, spends)
        exact = [self._worth(amount) for amount in amounts]
        if factor is not _ONE:
            exact = [worth * factor for worth in exact]
        uncapped = sum(_whole(value, self.rule.rate) for value in exact) + sum(int(bonus.by) for bonus in bonuses)
        points, cap = self._capped(uncapped, around.day, used)
        counted, worth = _total(amounts), _total(exact)
        return RuleEarning(
            self.name, self.rule.rate, points, counted, worth, factor, multipliers, bonuses, uncapped, cap
        )

    def periods(self, day: date) -> list[str]:
        """The periods around a day whose points are counted for the caps."""
        return [_PERIODS[unit](day) for unit, _ in self._caps if unit != "transaction"]

    def _spends(self, lines: tuple[BasketLine, ...], paid: Fraction) -> list[Fraction]:
        """What counts of each line; what was paid with points comes off in proportion."""
        amounts = [line.amount + line.tax if self.rule.with_tax else line.amount for line in lines]
        if not paid or self.rule.paid_with_points:
            return amounts
        total = _total(amounts)
        kept = max(1 - paid / total, _ZERO) if total else _ZERO
        return [amount * kept for amount in amounts]

    def _refusal(self, spends: list[Fraction], around: Circumstances) -> NothingBecause | None:
        if self._channels and around.channel not in self._channels:
            return "channel"
        if not self._holds(around.facts):
            return "condition"
        spent, minimum = _total(spends), self.rule.minimum_spend
        if spent <= 0:
            return "nothing"
        return "minimum" if minimum is not None and spent < Fraction(minimum.amount) else None

    def _factor(self, running: list[CompiledCampaign], around: Circumstances) -> tuple[Fraction, tuple[Raise, ...]]:
        """What the tier and the campaigns multiply by, together: the best, what is added to it, and what multiplies."""
        of_tier = self.rule.tier_factor(around.tier, around.multiplier)
        if of_tier == 1 and not running:
            return _ONE, ()
        by = {"best": [of_tier], "add": [], "multiply": []}
        causes = [Raise(f"tier {around.tier}" if around.tier else "tier", of_tier)] if of_tier != 1 else []
        for campaign in running:
            if campaign.multiplier is not None:
                by[campaign.stacking].append(campaign.multiplier)
                causes.append(Raise(campaign.name, campaign.multiplier))
        added = sum((each - 1 for each in by["add"]), _ZERO)
        return max(max(by["best"]) + added, _ZERO) * prod(by["multiply"], start=_ONE), tuple(causes)

    def _amounts(self, lines: tuple[BasketLine, ...], spends: list[Fraction]) -> list[Fraction]:
        """What points are given for: money, units or an order; one number, or one for each line."""
        rate = self.rule.rate
        if rate.per == "order":
            return [_ONE]
        amounts = [line.quantity for line in lines] if rate.per == "unit" else spends
        return amounts if rate.per_line else [_total(amounts)]

    def _worth(self, amount: Fraction) -> Fraction:
        rate = self.rule.rate
        if not rate.whole_steps:
            return amount * self._per
        return floor(amount / Fraction(rate.per.amount) if isinstance(rate.per, Money) else amount) * rate.points

    def _capped(self, points: int, day: date, used: CapUse) -> tuple[int, CapUnit | None]:
        by: CapUnit | None = None
        for unit, most in self._caps:
            left = most if unit == "transaction" else most - used.get((self.name, _PERIODS[unit](day)), 0)
            if points > max(left, 0):
                points, by = max(left, 0), unit
        return points, by


def _total(values: list[Fraction]) -> Fraction:
    return values[0] if len(values) == 1 else sum(values, _ZERO)  # adding to nothing costs as much as the rest


def _whole(value: Fraction, rate: Rate) -> int:
    if rate.rounding == "floor":
        return value.numerator // value.denominator
    return int(rounded(value, 0, rate.rounding))


def _category_test(rule: EarnRule) -> Callable[[BasketLine], bool] | None:
    """Whether a line counts by its category; None where all do."""
    only, never = frozenset(rule.categories), frozenset(rule.exclude_categories)
    if not only and not never:
        return None
    return lambda line: line.category not in never and (not only or line.category in only)


def _test(condition: object) -> Test:
    if isinstance(condition, Match) and not condition:
        return lambda facts: True
    return compile_condition(condition, purchase_fields())  # type: ignore[arg-type]
