"""Laws of earning: what a purchase earns and a refund takes back keep to, whatever the programme says.

Each takes an engine of yours, a purchase and its circumstances; draw purchases from
:mod:`servicekit.testing.strategies`, and programmes from its ``loyalty.points_programs``, or take real ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from servicekit.events import Purchase, Refund, day_of
from servicekit.loyalty import EarnContext, EarnedPoints, LoyaltyEngine, LoyaltyProgram
from servicekit.loyalty.earning.earned import RuleEarning
from servicekit.quantity import Money
from servicekit.testing.laws.law_broken import demand

_HALF = Fraction(1, 2)


def check_earning(engine: LoyaltyEngine, purchase: Purchase, context: EarnContext) -> None:
    """Every law of this file that holds for any programme and any purchase, with a part of it as what is varied.

    The first needs a programme whose conditions and categories do not ask for little spend, and whose campaigns give
    no less on large orders than without them.

    >>> from datetime import date
    >>> from servicekit.events import PurchaseLine
    >>> engine = LoyaltyProgram.parse("{currency: CNY, earn: {base: {rate: {points: 1, per: 10 CNY}}}}").compile()
    >>> order = Purchase("m-1", date(2026, 1, 5), "o-1", (PurchaseLine(Money.parse("99.90 CNY")),))
    >>> check_earning(engine, order, EarnContext("gold", Decimal("1.5")))

    Raises:
        LawBroken: the first that does not hold.
    """
    part = purchase.lines[0].amount.times(_HALF, "ceiling")
    more_spend_never_earns_less(engine, purchase, context, part)
    floor_never_pays_more_than_exact(engine, purchase, context)
    explanation_ends_in_the_points(engine, purchase, context)
    parts_never_earn_more_than_the_whole(engine, purchase, context, _HALF)
    refunds_take_back_the_difference(engine, purchase, context, (_HALF, _HALF))
    caps_hold(engine, (purchase, purchase), context)


def more_spend_never_earns_less(engine: LoyaltyEngine, purchase: Purchase, context: EarnContext, more: Money) -> None:
    """Of two purchases, one line of which differs in its price, the dearer earns as much, or more.

    Raises:
        LawBroken: it does not.
    """
    before = _points(engine, purchase, context)
    for place, line in enumerate(purchase.lines):
        lines = (*purchase.lines[:place], replace(line, amount=line.amount + more), *purchase.lines[place + 1 :])
        after = _points(engine, replace(purchase, lines=lines), context)
        for currency, points in before.items():
            demand(after[currency] >= points, "more spend never earns less", before=before, after=after, line=place)


def floor_never_pays_more_than_exact(engine: LoyaltyEngine, purchase: Purchase, context: EarnContext) -> None:
    """Rounded down, a rule pays no more than its rate says; otherwise less than a point more or less for each line.

    Raises:
        LawBroken: it does.
    """
    for earned in engine.earn(purchase, context):
        total = sum(rule.points for rule in earned.rules)
        demand(earned.points == total, "the points are those of all rules", earned=earned)
        for rule in earned.rules:
            exact = rule.exact + sum(bonus.by for bonus in rule.bonuses)
            is_near = abs(rule.uncapped - exact) < len(purchase.lines)
            demand(is_near and 0 <= rule.points <= rule.uncapped, "a rule pays what its rate says", rule=rule)
            if rule.rate.rounding == "floor":
                demand(rule.points <= exact, "floor never pays more than exact", rule=rule)


def explanation_ends_in_the_points(engine: LoyaltyEngine, purchase: Purchase, context: EarnContext) -> None:
    """A preview is what is earned, and its explanation says how, a line for each rule.

    Raises:
        LawBroken: it is not, or does not.
    """
    preview = engine.earn(purchase, context)
    demand(preview == engine.earn(purchase, context), "a preview is what is earned", preview=preview)
    for earned in preview:
        *lines, total = earned.explain().splitlines()
        demand(total == f"{earned.points:,} {earned.currency}", "the last line has the points", text=earned.explain())
        demand(len(lines) == len(earned.rules), "every rule has a line", text=earned.explain())
        for line, rule in zip(lines, earned.rules, strict=True):
            demand(line.endswith(_last_step(rule)), "a line ends in its points", line=line, rule=rule)


def _last_step(rule: RuleEarning) -> str:
    if rule.bonuses and not rule.cap:
        return f"plus {int(rule.bonuses[-1].by):,} ({rule.bonuses[-1].name})"
    return f": {rule.points:,}"


def parts_never_earn_more_than_the_whole(
    engine: LoyaltyEngine, purchase: Purchase, context: EarnContext, share: Fraction
) -> None:
    """Under floor, two orders at a part of the prices each earn no more than one.

    Of the programme only what is in proportion is kept: a bonus, a cap or a minimum is meant for an order as a whole.

    Raises:
        LawBroken: they do.
    """
    program = engine.program_on(day_of(purchase.at, engine.timezone))
    floor = _in_proportion(program).compile(timezone=str(engine.timezone))
    whole = replace(purchase, discount=None, paid_with_points=None)
    firsts = tuple(replace(line, amount=line.amount.times(share, "floor"), tax=None) for line in whole.lines)
    pairs = zip(whole.lines, firsts, strict=True)
    rest = tuple(replace(line, amount=line.amount - first.amount) for line, first in pairs)
    parts = Counter(_points(floor, replace(whole, lines=firsts), context))
    parts.update(_points(floor, replace(whole, lines=rest), context))
    together = _points(floor, whole, context)
    for currency, points in together.items():
        demand(parts[currency] <= points, "parts never earn more than the whole", parts=parts, whole=together)


def _in_proportion(program: LoyaltyProgram) -> LoyaltyProgram:
    rules = {
        name: rule.replace(rate=rule.rate.replace(rounding="floor"), minimum_spend=None, caps={}, when={})
        for name, rule in program.earn.items()
        if isinstance(rule.rate.per, Money)
    }
    return program.replace(earn=rules, campaigns={})


def refunds_take_back_the_difference(
    engine: LoyaltyEngine, purchase: Purchase, context: EarnContext, shares: Iterable[Fraction]
) -> None:
    """Each refund takes back what the rest would not have earned; once all is refunded, of a price above nothing,
    neither points nor money are left.

    ``shares`` are of the rest, one for each refund; a last one takes all.

    Raises:
        LawBroken: a refund takes another number, or the sums differ.
    """
    earned, nothing = _points(engine, purchase, context), Money(Decimal(0), purchase.currency)
    taken, money, worth, left = Counter[str](), nothing, nothing, purchase.net
    earlier = list[Refund]()
    for number, share in enumerate((*shares, Fraction(1))):
        amount = left.times(share, "floor") if share < 1 else left
        refund = Refund(purchase.customer_id, purchase.at, f"r-{number}", purchase.order_id, amount)
        back = engine.refund(purchase, refund, context, earlier=earlier)
        taken.update({each.currency: each.points for each in back.taken_back})
        money, worth, left = money + back.payment.money, worth + back.payment.paid_with_points, left - amount
        demand(back.payment.money >= nothing, "no refund asks for money", refund=refund, back=back)
        earlier.append(refund)
    if purchase.net:
        demand(dict(taken) == earned, "all is taken back", earned=earned, taken=taken)
    paid = purchase.paid_with_points or nothing
    if purchase.net and paid <= purchase.net:
        demand(worth == paid, "what was paid with points goes back so", paid=paid, worth=worth)
        demand(money + worth == purchase.net + purchase.tax, "the price goes back", money=money, worth=worth)


def caps_hold(engine: LoyaltyEngine, purchases: Sequence[Purchase], context: EarnContext) -> None:
    """Of purchases on one day, no rule gives more than its caps say.

    Raises:
        LawBroken: one does.
    """
    used, given = Counter(context.used), Counter[str]()
    program = engine.program_on(day_of(purchases[0].at, engine.timezone))
    for purchase in purchases:
        for earned in engine.earn(replace(purchase, at=purchases[0].at), context._replace(used=used)):
            used.update(earned.used)
            given.update({rule.rule: rule.points for rule in earned.rules})
            _demand_caps(program, earned, given)


def _demand_caps(program: LoyaltyProgram, earned: EarnedPoints, given: Mapping[str, int]) -> None:
    for rule in earned.rules:
        for unit, most in program.earn[rule.rule].caps.items():
            points = rule.points if unit == "transaction" else given[rule.rule]
            demand(points <= most, "caps hold", rule=rule, cap=unit, points=points)


def _points(engine: LoyaltyEngine, purchase: Purchase, context: EarnContext) -> dict[str, int]:
    return {earned.currency: earned.points for earned in engine.earn(purchase, context)}
