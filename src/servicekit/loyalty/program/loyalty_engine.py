"""The engine of a loyalty programme: what purchases earn, what refunds take back, and what points are worth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from servicekit.document import did_you_mean
from servicekit.errors import PolicyError, Problem
from servicekit.events import Purchase, Refund, day_of
from servicekit.loyalty.earning.basket import Basket, after_refunds, basket_of
from servicekit.loyalty.earning.compiled_rule import Circumstances
from servicekit.loyalty.earning.earned import NO_USE, CapUse, EarnedPoints, TakenBack
from servicekit.loyalty.earning.payment import PaymentBack, payment_back
from servicekit.loyalty.earning.program_version import CompiledLoyalty
from servicekit.loyalty.program.program import LoyaltyProgram, PointsCurrency
from servicekit.loyalty.rejected import UnknownCurrencyError
from servicekit.loyalty.terms import Terms
from servicekit.quantity import CurrencyMismatchError, Money, minor_digits
from servicekit.quantity.exact import whole
from servicekit.rules import Value
from servicekit.timeline import zone

_HIGHEST = 10**6


class LoyaltyVersion(NamedTuple):
    """One version of a programme and the day from which it is in force; the first is in force before its day as well.

    >>> LoyaltyVersion(LoyaltyProgram.parse("currency: CNY")).effective_on is None
    True
    """

    program: LoyaltyProgram
    effective_on: date | None = None


class EarnContext(NamedTuple):
    """What a purchase does not say of itself: the tier in force before it, with the multiplier of its benefits, and how
    many points the rules with caps have given before.

    >>> EarnContext("gold", Decimal("1.5")).used
    mappingproxy({})
    """

    tier: str | None = None
    multiplier: int | Decimal | Fraction = 1
    used: CapUse = NO_USE


class RefundedPoints(NamedTuple):
    """What a refund takes back of what was earned, for each currency, and how the price goes back.

    >>> RefundedPoints((), PaymentBack(Money.parse("5 CNY"), Money.parse("0 CNY"), 0)).taken_back
    ()
    """

    taken_back: tuple[TakenBack, ...]
    payment: PaymentBack


class LoyaltyEngine:
    """A programme compiled, in all its versions; it never changes.

    A purchase earns, and a refund takes back, by the version that was in force on the day of the purchase.

    >>> from servicekit.events import PurchaseLine
    >>> engine = LoyaltyProgram.parse('''
    ... currency: CNY
    ... currencies: {points: {unit_value: 0.01 CNY}}
    ... earn: {base: {rate: {points: 1, per: 1 CNY}}}
    ... campaigns: {double: {first_on: 2026-11-01, last_on: 2026-11-11, multiplier: 2, stacking: multiply}}
    ... ''').compile()
    >>> order = Purchase("m-1", date(2026, 11, 11), "o-1", (PurchaseLine(Money.parse("120.50 CNY")),))
    >>> [earned] = engine.earn(order, EarnContext("gold", Decimal("1.5")))
    >>> print(earned.explain())
    base: 120.5 CNY at 1 per 1 CNY; times 3 (tier gold 1.5, double 2); 361.5, rounded down: 361
    361 points
    >>> back = engine.refund(order, Refund("m-1", date(2026, 12, 1), "r-1", "o-1", Money.parse("20 CNY")),
    ...                      EarnContext("gold", Decimal("1.5")))
    >>> back.taken_back[0].points, str(engine.quote(361)), engine.points_for(Money.parse("3.61 CNY"))
    (60, '3.61 CNY', 361)

    Raises:
        PolicyError: a programme has errors, or one of several cannot follow the one before it.
        TypeError: it is neither a programme nor versions of one.
        ValueError: there is no version, or the days on which they begin do not rise.
    """

    __slots__ = ("_days", "_terms", "_timezone", "_versions", "timezone", "versions")

    def __init__(self, program: LoyaltyProgram | Sequence[LoyaltyVersion], *, timezone: str = "UTC") -> None:
        versions = [LoyaltyVersion(program)] if isinstance(program, LoyaltyProgram) else list(program)
        if not all(isinstance(each, LoyaltyVersion) for each in versions):
            raise TypeError(f"expected a LoyaltyProgram, or its versions as LoyaltyVersion, not {program!r:.80}")
        self._days = _days(versions)
        if problems := [problem for problem in _problems(versions) if problem.is_error]:
            raise PolicyError(problems)
        self._timezone, self.versions = timezone, tuple(versions)
        self.timezone = zone(versions[-1].program.timezone or timezone)
        self._versions = tuple(CompiledLoyalty(each.program) for each in versions)
        self._terms = {name: _terms(self._versions, self._days, name) for name in self.program.currencies}

    def __reduce__(self) -> tuple[Callable[..., LoyaltyEngine], tuple[list[LoyaltyVersion], str]]:
        return _compiled, (list(self.versions), self._timezone)  # what was compiled is cheap to compile again

    @property
    def program(self) -> LoyaltyProgram:
        """The programme, in its latest version."""
        return self.versions[-1].program

    def __repr__(self) -> str:
        return f"LoyaltyEngine({', '.join(self.program.currencies)}; rules {', '.join(self.program.earn) or 'none'})"

    def program_on(self, day: date) -> LoyaltyProgram:
        """The version that is in force on a day."""
        return self._version_on(day).program

    def currency(self, name: str | None = None) -> str:
        """The currency of points of that name or, without one, the only one that can be redeemed.

        Raises:
            UnknownCurrencyError: there is none of that name; or several can be redeemed, or none, and none is named.
        """
        known = self.program.currencies
        if name is not None:
            if name in known:
                return name
            hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
            raise UnknownCurrencyError(f"no points are called {name!r}; {hint}")
        spent = [points for points, each in known.items() if each.kind == "redeemable"]
        if len(spent) != 1:
            raise UnknownCurrencyError(f"the currency of points must be named, one of {', '.join(known)}")
        return spent[0]

    def terms(self, currency: str) -> Terms:
        """How points of a currency are booked: by the latest version.

        But the days on which points expire, can be spent and lapse follow the version that was in force when they were
        earned, or when the member was last active.

        Raises:
            UnknownCurrencyError: there is no such currency.
        """
        return self._terms[self.currency(currency)]

    def earn(self, purchase: Purchase, context: EarnContext = EarnContext()) -> tuple[EarnedPoints, ...]:  # noqa: B008 - a value
        """What a purchase earns of each currency that has earn rules, 0 included; a preview is the same call.

        Raises:
            CurrencyMismatchError: it is in another currency of money.
            TypeError: the multiplier is a float or no number.
            ValueError: it is below zero, or beyond all measure.
        """
        return self._earned(purchase, basket_of(purchase, self._program_of(purchase).currency), context)

    def refund(
        self,
        purchase: Purchase,
        refund: Refund,
        context: EarnContext = EarnContext(),  # noqa: B008 - a value
        *,
        earlier: Sequence[Refund] = (),
    ) -> RefundedPoints:
        """What a refund takes back and gives back, after ``earlier`` ones of the same purchase.

        ``context`` is that in which the purchase earned, with the use of caps before it.

        Raises:
            CurrencyMismatchError: the refund is in another currency than the purchase, or that than the programme.
            ExceedsOriginalError: more is refunded than is left of the purchase.
            ValueError: it is a refund of another order.
        """
        for each in (*earlier, refund):
            if each.order_id != purchase.order_id:
                raise ValueError(f"refund {each.refund_id!r} is of order {each.order_id!r}, not {purchase.order_id!r}")
            if each.net.currency != purchase.currency:
                raise CurrencyMismatchError(each.net.currency, purchase.currency)
        program = self._program_of(purchase)
        before = after_refunds(basket_of(purchase, program.currency), earlier)
        after = after_refunds(before, [refund])
        earned = (self._earned(purchase, basket, context) for basket in (before, after))
        taken = tuple(
            TakenBack(was.currency, max(was.points - still.points, 0), was, still)
            for was, still in zip(*earned, strict=True)
        )
        return RefundedPoints(taken, payment_back(purchase, before.net, after.net, _spent_value(program)))

    def quote(self, points: int, currency: str | None = None) -> Money:
        """What points are worth, exactly.

        Raises:
            TypeError: the points are not a whole number.
            UnknownCurrencyError: there is no such currency.
            ValueError: the currency has no value, or that of the points cannot be written with digits that end.
        """
        whole(points, "points")
        worth, money = self._value(currency) * points, self.program.currency
        units = worth * 10 ** minor_digits(money)
        return Money.from_minor(int(units), money) if units.denominator == 1 else Money(Decimal(1), money) * worth

    def points_for(self, amount: Money, currency: str | None = None) -> int:
        """How many points are worth an amount, exactly: the inverse of :meth:`quote`.

        Raises:
            CurrencyMismatchError: the amount is in another currency.
            ValueError: no whole number of points is worth it; or the currency has no value.
        """
        points = self._points(amount, currency)
        if points.denominator != 1:
            raise ValueError(f"no whole number of points is worth {amount}; see spendable()")
        return points.numerator

    def spendable(self, available: int, payable: Money, currency: str | None = None) -> int:
        """The most points of those available that an order can take, in the steps of the programme: never worth more
        than what is payable after the shop's own rounding; 0 where that is below the minimum.

        >>> engine = LoyaltyProgram.parse('''
        ... {currency: EUR, currencies: {points: {unit_value: 0.01 EUR}}, redemption: {multiple_of: 100}}
        ... ''').compile()
        >>> engine.spendable(295, Money.parse("40 EUR"))
        200
        """
        terms = self.terms(self.currency(currency))
        most = min(available, int(self._points(payable, currency)), available if terms.most is None else terms.most)
        points = most - most % terms.multiple_of
        return points if points >= terms.minimum else 0

    def _points(self, amount: Money, currency: str | None) -> Fraction:
        if amount.currency != self.program.currency:
            raise CurrencyMismatchError(amount.currency, self.program.currency)
        return Fraction(amount.amount) / self._value(currency)

    def _value(self, currency: str | None) -> Fraction:
        name = self.currency(currency)
        value = self.program.currencies[name].unit_value
        if value is None:
            raise ValueError(f"{name} have no value in money; write unit_value: 0.01 {self.program.currency}")
        return value.of_one

    def _earned(self, purchase: Purchase, basket: Basket, context: EarnContext) -> tuple[EarnedPoints, ...]:
        _check_multiplier(context.multiplier)
        day = day_of(purchase.at, self.timezone)
        facts = _facts(purchase, basket, context.tier, day)
        around = Circumstances(day, context.tier, Fraction(context.multiplier), purchase.channel, facts)
        return self._version_on(day).earn(basket, around, context.used)

    def _program_of(self, purchase: Purchase) -> LoyaltyProgram:
        return self._version_on(day_of(purchase.at, self.timezone)).program

    def _version_on(self, day: date) -> CompiledLoyalty:
        return self._versions[bisect_right(self._days, day, lo=1) - 1]


def _check_multiplier(multiplier: object) -> None:
    if isinstance(multiplier, bool) or not isinstance(multiplier, int | Decimal | Fraction):
        raise TypeError(f"a multiplier is exact, a Decimal or a Fraction, not {multiplier!r}")
    is_number = not isinstance(multiplier, Decimal) or multiplier.is_finite()
    if not (is_number and 0 <= multiplier <= _HIGHEST):
        raise ValueError(f"a multiplier is from 0 to {_HIGHEST:,}, not {multiplier!s:.40}")


def _facts(purchase: Purchase, basket: Basket, tier: str | None, day: date) -> dict[str, Value]:
    """What conditions read of a purchase; what is not known is missing, and equals nothing."""
    facts: dict[str, Value] = {"amount": basket.net, "on": day}
    if tier is not None:
        facts["tier"] = tier
    if purchase.channel is not None:
        facts["channel"] = purchase.channel
    if purchase.at is not day:
        facts["at"] = purchase.at
    return facts


def _spent_value(program: LoyaltyProgram) -> Fraction | None:
    """What a point is worth of the only currency that is spent; None where that is not known."""
    spent: list[PointsCurrency] = [each for each in program.currencies.values() if each.kind == "redeemable"]
    return spent[0].unit_value.of_one if len(spent) == 1 and spent[0].unit_value is not None else None


def _days(versions: Sequence[LoyaltyVersion]) -> tuple[date, ...]:
    """The days from which versions are in force; the first always was."""
    if not versions:
        raise ValueError("a programme has at least one version")
    later = [each.effective_on for each in versions[1:]]
    days = (versions[0].effective_on or date.min, *(day for day in later if day is not None))
    if None in later or any(after <= before for before, after in pairwise(days)):
        raise ValueError("versions come in the order of their days, and each but the first has one")
    return days


def _problems(versions: Sequence[LoyaltyVersion]) -> Iterator[Problem]:
    for number, version in enumerate(versions, start=1):
        found = version.program.problems()
        yield from found if len(versions) == 1 else (problem.under(f"version {number}") for problem in found)
    for number, (before, after) in enumerate(pairwise(versions), start=2):
        changes = after.program.change_problems(before.program)
        yield from (problem.under(f"version {number}") for problem in changes)


def _terms(versions: Sequence[CompiledLoyalty], days: tuple[date, ...], currency: str) -> Terms:
    """The terms of a currency: of the latest version, with the days of each."""
    of_all = tuple(version.terms[currency] for version in versions if currency in version.terms)
    if len(of_all) == 1:
        return of_all[0]
    days = days[-len(of_all) :]
    lapses = tuple(each.lapses_on or _never_lapses for each in of_all)
    return of_all[-1]._replace(
        expires_on=partial(_in_force, days, tuple(each.expires_on for each in of_all)),
        available_on=partial(_in_force, days, tuple(each.available_on for each in of_all)),
        lapses_on=partial(_lapse_in_force, days, lapses) if any(each.lapses_on for each in of_all) else None,
    )


def _never_lapses(_: date) -> date:
    return date.max


def _in_force(days: tuple[date, ...], rules: tuple[Callable[[date], date | None], ...], day: date) -> date | None:
    return rules[bisect_right(days, day, lo=1) - 1](day)


def _lapse_in_force(days: tuple[date, ...], rules: tuple[Callable[[date], date], ...], day: date) -> date:
    return rules[bisect_right(days, day, lo=1) - 1](day)


def _compiled(versions: list[LoyaltyVersion], timezone: str) -> LoyaltyEngine:
    return LoyaltyEngine(versions, timezone=timezone)
