"""One version of a programme, compiled: its terms of booking, and what purchases earn under it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from servicekit.loyalty.earning.basket import Basket
from servicekit.loyalty.earning.compiled_rule import Circumstances, CompiledCampaign, CompiledRule
from servicekit.loyalty.earning.earned import CapUse, EarnedPoints, RuleEarning
from servicekit.loyalty.program.expiry_days import first_lapsed, first_unusable, never
from servicekit.loyalty.program.program import LoyaltyProgram, days_of
from servicekit.loyalty.terms import Terms


class CompiledLoyalty:
    """A programme ready to be asked."""

    __slots__ = ("_rules", "program", "terms")

    def __init__(self, program: LoyaltyProgram) -> None:
        self.program = program
        self.terms = {currency: terms_of(program, currency) for currency in program.currencies}
        campaigns = [(CompiledCampaign(name, each), each.rules) for name, each in program.campaigns.items()]
        self._rules = {currency: list[CompiledRule]() for currency in (each.currency for each in program.earn.values())}
        for name, rule in program.earn.items():
            raising = (campaign for campaign, rules in campaigns if not rules or name in rules)
            self._rules[rule.currency].append(CompiledRule(name, rule, raising))

    def earn(self, basket: Basket, around: Circumstances, used: CapUse) -> tuple[EarnedPoints, ...]:
        """What a basket earns of each currency that has earn rules."""
        return tuple(
            _earned(currency, rules, [rule.earn(basket, around, used) for rule in rules], around.day)
            for currency, rules in self._rules.items()
        )


def _earned(currency: str, rules: Iterable[CompiledRule], earnings: list[RuleEarning], day: date) -> EarnedPoints:
    used = {
        (rule.name, period): earning.points
        for rule, earning in zip(rules, earnings, strict=True)
        if earning.points
        for period in rule.periods(day)
    }
    return EarnedPoints(currency, sum(earning.points for earning in earnings), tuple(earnings), used)


def terms_of(program: LoyaltyProgram, currency: str) -> Terms:
    """The terms of one currency of a programme."""
    points, redemption = program.currencies[currency], program.redemption
    expiry = points.expiry or program.expiry
    pending = days_of(program.pending if points.pending is None else points.pending)
    return Terms(
        currency=currency,
        expires_on=first_unusable(expiry),
        lapses_on=first_lapsed(expiry),
        available_on=partial(_pending_until, pending) if pending else never,
        activity=frozenset(program.activity),
        order=redemption.order,
        minimum=redemption.minimum,
        multiple_of=redemption.multiple_of,
        most=redemption.most_per_order,
        grace_days=None if program.reversal.grace is None else days_of(program.reversal.grace),
        shortfall=program.clawback.shortfall,
        from_other_lots=program.clawback.lots == "own_then_others",
        is_redeemable=points.kind == "redeemable",
    )


def _pending_until(days: int, earned_on: date) -> date:
    return min(earned_on, date.max - timedelta(days)) + timedelta(days)
