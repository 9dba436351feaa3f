"""What is wrong with a loyalty programme that its types cannot express."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.loyalty.earning.compiled_rule import purchase_fields
from servicekit.loyalty.earning.program_version import terms_of
from servicekit.loyalty.program.earn_rule import Campaign, CapUnit, EarnRule
from servicekit.quantity import Money, minor_digits
from servicekit.rules import Condition, Fields, check
from servicekit.rules.date_part import WEEKDAYS

if TYPE_CHECKING:
    from servicekit.loyalty.program.program import LoyaltyProgram

_UNITS: tuple[CapUnit, ...] = ("transaction", "day", "month", "quarter", "year")


def program_problems(program: LoyaltyProgram) -> Iterator[Problem]:
    """The faults of a programme; paths are relative to it."""
    for name, rule in program.earn.items():
        yield from (each.under(f"earn.{name}") for each in _rule_problems(rule, program))
    for name, campaign in program.campaigns.items():
        yield from (each.under(f"campaigns.{name}") for each in _campaign_problems(campaign, program))
    for name in program.currencies:
        yield from (each.under(f"currencies.{name}") for each in _currency_problems(name, program))
    yield from (each.under("redemption") for each in _redemption_problems(program))


def _rule_problems(rule: EarnRule, program: LoyaltyProgram) -> Iterator[Problem]:
    if rule.currency not in program.currencies:
        yield _unknown("loyalty.unknown-currency", "currency", rule.currency, program.currencies, "currencies")
    yield from _money_problems({"rate.per": rule.rate.per, "minimum_spend": rule.minimum_spend}, program)
    yield from _condition_problems(rule.when, purchase_fields())
    yield from _idle_in_rule(rule)


def _idle_in_rule(rule: EarnRule) -> Iterator[Problem]:
    if rule.minimum_spend is not None and rule.minimum_spend.amount <= 0:
        yield _idle(
            "minimum_spend", "every purchase that earns spends more", "write an amount above zero, or leave it out"
        )
    if rule.rate.per == "order":
        for key in ("whole_steps", "per_line"):
            if getattr(rule.rate, key):
                yield _idle(f"rate.{key}", "an order is one, and has no parts", "leave it out")
    if rule.categories and set(rule.categories) <= set(rule.exclude_categories):
        yield _idle("exclude_categories", "every category that counts is excluded", "leave one of the two out")
    caps = [(unit, rule.caps[unit]) for unit in _UNITS if unit in rule.caps]
    for place, (unit, most) in enumerate(caps):
        if shorter := next((each for each, less in caps[place + 1 :] if less <= most), None):
            yield _idle(f"caps.{unit}", f"the cap of a {shorter} is reached before", "raise that one, or leave one out")


def _campaign_problems(campaign: Campaign, program: LoyaltyProgram) -> Iterator[Problem]:
    for place, name in enumerate(campaign.rules):
        if name not in program.earn:
            yield _unknown("loyalty.unknown-rule", f"rules[{place}]", name, program.earn, "earn")
    yield from _condition_problems(campaign.when, purchase_fields())
    yield from _idle_in_campaign(campaign)
    raised = Counter(
        rule.currency for name, rule in program.earn.items() if not campaign.rules or name in campaign.rules
    )
    for currency, times in raised.items() if campaign.bonus is not None else ():
        if times > 1:
            message = f"{times} earn rules of {currency} would each add the bonus"
            yield Problem("loyalty.bonus-twice", "rules", message, hint="name the one that adds it: rules: [base]")


def _idle_in_campaign(campaign: Campaign) -> Iterator[Problem]:
    if campaign.multiplier is not None and campaign.multiplier <= 1:
        yield _idle("multiplier", "it raises nothing", "write a number above 1")
    if campaign.bonus is not None and campaign.stacking != "best":
        yield _idle("stacking", "bonuses are all added, and do not stack", "leave it out")
    if not _runs(campaign):
        yield _idle("weekdays", f"none of them lies in {campaign.first_on} to {campaign.last_on}", "name others")


def _runs(campaign: Campaign) -> bool:
    """Whether one of its weekdays lies among its days."""
    first, last = campaign.first_on, campaign.last_on
    if first is None or last is None or not campaign.weekdays:
        return True
    days = (first + timedelta(number) for number in range(min((last - first).days + 1, 7)))
    return any(WEEKDAYS[day.weekday()] in campaign.weekdays for day in days)


def _currency_problems(name: str, program: LoyaltyProgram) -> Iterator[Problem]:
    currency, step = program.currencies[name], program.redemption.multiple_of
    if value := currency.unit_value:
        yield from _money_problems({"unit_value": value.worth}, program)
        if currency.kind == "qualifying":
            yield _idle("unit_value", "points that only qualify are never spent", "leave it out")
        elif step % (whole := (value.of_one * 10 ** minor_digits(program.currency)).denominator):
            message = f"{step} points are worth a part of the smallest unit of {program.currency}"
            hint = f"let them be spent in whole units: redemption: {{multiple_of: {whole}}}, or change the value"
            yield Problem.warning("loyalty.part-of-cent", "unit_value", message, hint)
    terms = terms_of(program, name)
    if dead := _dead_day(terms.available_on, terms.expires_on):
        message = f"points earned on {dead} would expire on {terms.expires_on(dead)}, before they can be spent"
        hint = "shorten pending, or let points live longer"
        yield Problem.warning("loyalty.dead-points", "pending" if currency.pending else "", message, hint)


def _dead_day(available_on: Callable[[date], date | None], expires_on: Callable[[date], date | None]) -> date | None:
    """A day of four years on which points are earned that nobody can ever spend."""
    days = (date(2025, 1, 1) + timedelta(number) for number in range(1461))
    if available_on(date(2025, 1, 1)) is None:
        return None
    return next((day for day in days if (expires_on(day) or date.max) <= (available_on(day) or day)), None)


def _redemption_problems(program: LoyaltyProgram) -> Iterator[Problem]:
    redemption = program.redemption
    step, most = redemption.multiple_of, redemption.most_per_order
    least = -(-redemption.minimum // step) * step
    if most is not None and least > most:
        message = f"nothing can be spent: the least in steps of {step} is {least}, and the most is {most}"
        yield Problem("loyalty.unspendable", "most_per_order", message, hint=f"allow {least} or more")
    elif redemption.minimum not in (1, least):
        message = f"{redemption.minimum} is not a multiple of {step}, so the least is {least}"
        yield Problem.warning("loyalty.idle-setting", "minimum", message, f"write {least}")


def _money_problems(amounts: Mapping[str, Money | str | None], program: LoyaltyProgram) -> Iterator[Problem]:
    for path, amount in amounts.items():
        if isinstance(amount, Money) and amount.currency != program.currency:
            message = f"{amount} is not in {program.currency}, the currency of the programme"
            yield Problem("loyalty.money", path, message, hint=f"write {amount.amount:f} {program.currency}")


def _condition_problems(condition: Condition, fields: Fields) -> Iterator[Problem]:
    for problem in check(condition, fields):
        hint = (problem.hint or "").partition("; declare")[0]  # there is nothing to declare: these are all
        yield Problem(problem.code, problem.path, problem.message, hint, problem.severity).under("when")


def _unknown(code: str, path: str, name: str, known: Iterable[str], place: str) -> Problem:
    hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}; list it under {place}"
    return Problem(code, path, f"nothing is called {name!r} under {place}", hint=hint)


def _idle(path: str, message: str, hint: str) -> Problem:
    return Problem.warning("loyalty.idle-setting", path, message, hint)


def word_problems(program: LoyaltyProgram, tiers: tuple[str, ...], channels: tuple[str, ...]) -> Iterator[Problem]:
    """Tiers and channels that are not among those; codes ``loyalty.unknown-tier`` and ``loyalty.unknown-channel``."""
    fields = purchase_fields(tiers, channels)
    for name, rule in program.earn.items():
        table = rule.tier_multiplier if isinstance(rule.tier_multiplier, Mapping) else {}
        for tier in table if tiers else ():
            if tier not in tiers:
                path = f"earn.{name}.tier_multiplier.{tier}"
                yield _unknown("loyalty.unknown-tier", path, tier, tiers, "tiers of the vocabulary")
        for place, channel in enumerate(rule.channels if channels else ()):
            if channel not in channels:
                path = f"earn.{name}.channels[{place}]"
                yield _unknown("loyalty.unknown-channel", path, channel, channels, "channels of the vocabulary")
    for kind, named in (("earn", program.earn), ("campaigns", program.campaigns)):
        for name, each in named.items():
            found = _condition_problems(each.when, fields)
            yield from (item.under(f"{kind}.{name}") for item in found if item.code == "rules.unknown-value")


def change_problems(before: LoyaltyProgram, after: LoyaltyProgram) -> Iterator[Problem]:
    """Why the points of one version cannot go over to the next.

    Codes: ``loyalty.dropped-currency`` and ``loyalty.other-points``.
    """
    for name, currency in before.currencies.items():
        if name not in after.currencies:
            hint = f"keep it under currencies; without an earn rule nothing is earned any more: {name}: {{}}"
            message = f"the points {name!r} of the version before are gone"
            yield Problem("loyalty.dropped-currency", "currencies", message, hint=hint)
        elif after.currencies[name].kind != currency.kind:
            message = f"{name!r} was {currency.kind} in the version before"
            yield Problem("loyalty.other-points", f"currencies.{name}.kind", message, hint="give it another name")
    if before.currency != after.currency:
        message = f"the version before counts money in {before.currency}"
        yield Problem("loyalty.other-points", "currency", message, hint="begin another programme")
