"""A programme as its members read it: a sentence for every setting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from servicekit.loyalty.program.earn_rule import Campaign, EarnRule
from servicekit.loyalty.program.expiry import (
    EarliestOf,
    Expiry,
    FixedDate,
    Inactivity,
    PeriodEnd,
    RollingDays,
    RollingMonths,
)
from servicekit.loyalty.program.member_words import SENTENCES, Language
from servicekit.quantity import Money, decimal_text
from servicekit.rules import All, Any_, Between, Compare, Condition, DatePart, Exists, Match, Member, Not
from servicekit.vocabulary import Label

if TYPE_CHECKING:
    from servicekit.loyalty.program.program import LoyaltyProgram, PointsCurrency


def member_text(program: LoyaltyProgram, language: Language) -> str:
    """The sentences of a programme, a line for each subject."""
    return "\n".join(_MemberText(program, language).lines())


class _MemberText:
    """The sentences of one programme in one language."""

    __slots__ = ("_language", "_program", "_words")

    def __init__(self, program: LoyaltyProgram, language: Language) -> None:
        if language not in SENTENCES:
            raise ValueError(f"unknown language {language!r}; expected one of {', '.join(SENTENCES)}")
        self._program, self._language, self._words = program, language, SENTENCES[language]

    def lines(self) -> Iterator[str]:
        program = self._program
        for name, rule in program.earn.items():
            yield self._named(name, rule.label, self._rule(rule))
        for name, campaign in program.campaigns.items():
            yield self._named(name, campaign.label, self._campaign(campaign))
        for name, currency in program.currencies.items():
            yield self._joined(self._currency(name, currency))
        if any(currency.kind == "redeemable" for currency in program.currencies.values()):
            yield self._joined(self._redemption())
        yield self._joined(self._taken_back())
        if program.timezone:
            yield self._say("zone", zone=program.timezone)

    def _rule(self, rule: EarnRule) -> Iterator[str]:
        rate, per = rule.rate, rule.rate.per
        kind = "money" if isinstance(per, Money) else per
        steps = " steps" if rate.whole_steps and per != "order" else ""
        points = self._points(rate.points, rule.currency)
        yield self._say(f"rate {kind}{steps}", points=points, per=str(per))
        yield self._say("round line" if rate.per_line else "round order", rounding=self._words[rate.rounding])
        yield self._words["tax" if rule.with_tax else "no tax"]
        yield self._words["paid" if rule.paid_with_points else "not paid"]
        for key, names in (("only", rule.categories), ("never", rule.exclude_categories)):
            if names:
                yield self._say(key, names=self._listed(names))
        if rule.minimum_spend is not None:
            yield self._say("minimum", amount=str(rule.minimum_spend))
        if rule.channels:
            yield self._say("channels", names=self._words["or"].join(rule.channels))
        yield from self._when(rule.when)
        yield from self._multiplied_and_capped(rule)

    def _multiplied_and_capped(self, rule: EarnRule) -> Iterator[str]:
        by_tier = rule.tier_multiplier
        if isinstance(by_tier, Mapping):
            table = (self._say("by", name=tier, factor=_figure(factor)) for tier, factor in by_tier.items())
            yield self._say("tier own", table=self._listed(table))
        else:
            yield self._words[f"tier {by_tier}"]
        if rule.caps:
            caps = (self._say(unit, points=self._points(most, rule.currency)) for unit, most in rule.caps.items())
            yield self._say("caps", caps=self._listed(caps))

    def _campaign(self, campaign: Campaign) -> Iterator[str]:
        first, last = campaign.first_on, campaign.last_on
        key = "from through" if first and last else "from" if first else "through" if last else "always"
        dates = self._say(key, first=str(first), last=str(last))
        if campaign.weekdays:
            dates = self._say("weekdays", dates=dates, names=self._listed(map(self._words.get, campaign.weekdays)))
        if campaign.multiplier is not None:
            yield self._say("multiplier", dates=dates, factor=_figure(campaign.multiplier))
            yield self._words[campaign.stacking]
        else:
            yield self._say("bonus", dates=dates, points=self._points(campaign.bonus or 0, "points"))
        if campaign.rules:
            names = (self._label(self._program.earn[name].label) or name for name in campaign.rules)
            yield self._say("rules", names=self._listed(names))
        yield from self._when(campaign.when)

    def _currency(self, name: str, currency: PointsCurrency) -> Iterator[str]:
        program, title = self._program, self._title(name)
        if currency.kind == "qualifying":
            yield self._say("qualifying", name=title)
        elif value := currency.unit_value:
            key = "value one" if value.points == 1 else "value"
            yield self._say(key, points=self._points(value.points, name), worth=str(value.worth))
        else:
            yield self._say("redeemable", name=title)
        pending = program.pending if currency.pending is None else currency.pending
        days = getattr(pending, "days", 0)
        yield self._say("pending" if days else "at once", name=title, days=days)
        expiry = currency.expiry or program.expiry
        if isinstance(expiry, EarliestOf):
            yield self._say("earliest", name=title, texts=self._words["or"].join(map(self._expiry, expiry.of)))
        else:
            yield self._say("expiry", name=title, text=self._expiry(expiry))
        if any(isinstance(each, Inactivity) for each in (expiry, *getattr(expiry, "of", ()))):
            yield self._say("activity", names=self._listed(map(self._words.get, program.activity)))

    def _expiry(self, expiry: Expiry) -> str:
        match expiry:
            case RollingDays(days=days, round_up=unit):
                text = self._say("rolling_days", days=f"{days:,}")
            case RollingMonths(months=months, round_up=unit):
                text = self._say("rolling_months", months=months)
            case PeriodEnd(unit=period, extra_periods=more):
                unit, key = None, "period_end more" if more else "period_end"
                text = self._say(key, unit=self._words[f"unit {period}"], more=more)
            case FixedDate(month=month, day=day, min_days=least):
                unit, key = None, "fixed_date least" if least else "fixed_date"
                text = self._say(key, month=month, day=day, days=least)
            case Inactivity(days=silent, months=months):
                unit, key = None, "inactivity months" if silent is None else "inactivity days"
                text = self._say(key, days=silent, months=months)
            case _:
                return self._words["never expire"]
        return text if unit is None else self._say("rounded", text=text, unit=self._words[f"unit {unit}"])

    def _redemption(self) -> Iterator[str]:
        redemption = self._program.redemption
        yield self._say("spend least", points=self._points(redemption.minimum, "points"))
        if redemption.multiple_of > 1:
            yield self._say("spend step", step=f"{redemption.multiple_of:,}")
        if redemption.most_per_order is not None:
            yield self._say("spend most", points=self._points(redemption.most_per_order, "points"))
        yield self._words[redemption.order]

    def _taken_back(self) -> Iterator[str]:
        grace, clawback = self._program.reversal.grace, self._program.clawback
        yield self._words["no grace"] if grace is None else self._say("grace", days=getattr(grace, "days", 0))
        yield self._words[clawback.lots]
        yield self._words["floor_" if clawback.shortfall == "floor" else clawback.shortfall]

    def _when(self, condition: Condition) -> Iterator[str]:
        if not (isinstance(condition, Match) and not condition):
            yield self._say("when", condition=self._condition(condition))

    def _condition(self, condition: Condition) -> str:
        match condition:
            case Match():
                parts = [self._is(field, values) for field, values in condition.items()]
                return self._say("all", parts=self._listed(parts)) if len(parts) > 1 else self._listed(parts)
            case All(all=inner):
                return self._say("all", parts=self._listed(map(self._condition, inner)))
            case Any_(any=inner):
                return self._say("any", parts=self._listed(map(self._condition, inner)))
            case Not(negated=part):
                return self._say("not", part=self._condition(part))
            case _:
                return self._of_one_fact(condition)

    def _of_one_fact(self, condition: Compare | Between | Exists | DatePart | Member) -> str:
        field = self._words[f"fact {condition.field}"]
        match condition:
            case Compare(op=op, value=value):
                return self._say(op, field=field, value=value)
            case Between(low=low, high=high):
                return self._say("between", field=field, low=low, high=high)
            case Exists():
                return self._say("exists", field=field)
            case Member(one_of=values):
                return self._is(condition.field, values)
            case DatePart(op=part, one_of=values, timezone=zone):
                said = self._words["or"].join(self._words.get(str(value), str(value)) for value in values)
                key = "part zone" if zone else "part"
                return self._say(key, part=self._words[f"part {part}"], field=field, value=said, zone=zone)
            case _:
                assert_never(condition)

    def _is(self, field: str, values: Iterable[object]) -> str:
        return self._say("is", field=self._words[f"fact {field}"], value=self._words["or"].join(map(str, values)))

    def _points(self, count: int | Fraction, currency: str) -> str:
        points = self._words["points one"] if count == 1 else self._say("points", count=_figure(Fraction(count)))
        return points if currency == "points" else self._say("points of", points=points, name=self._title(currency))

    def _title(self, currency: str) -> str:
        named = self._label(self._program.currencies[currency].label)
        return named or (self._words["title"] if currency == "points" else currency)

    def _named(self, name: str, label: Label, sentences: Iterable[str]) -> str:
        return self._say("named", name=self._label(label) or name, text=self._joined(sentences))

    def _label(self, label: Label) -> str:
        return label if isinstance(label, str) else label.get(self._language) or next(iter(label.values()), "")

    def _joined(self, sentences: Iterable[str]) -> str:
        return (" " if self._language == "en" else "").join(sentences)

    def _listed(self, names: Iterable[str | None]) -> str:
        return self._words["and"].join(str(name) for name in names)

    def _say(self, key: str, **figures: object) -> str:
        return self._words[key].format(**figures)


def _figure(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else decimal_text(value) or str(value)
