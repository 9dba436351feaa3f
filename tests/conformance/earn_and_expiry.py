"""What purchases earn, and when points expire, asked as ``vectors/loyalty.json`` asks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from servicekit.events import Purchase, PurchaseLine
from servicekit.loyalty import EarnContext, LoyaltyProgram
from servicekit.quantity import Money

Given = Mapping[str, Any]
Seen = dict[str, Any]

RATE = ("points", "per", "rounding", "per_line")


def earn(given: Given) -> Seen:
    """The points of purchases one after another, each with what the caps have used up."""
    engine, used, results = programme_of(given["rule"]).compile(), Counter[tuple[str, str]](), []
    for number, transaction in enumerate(given["transactions"]):
        context = EarnContext(transaction.get("tier"), used=used)
        [earned] = engine.earn(purchase_of(transaction, f"o-{number}"), context)
        used.update(earned.used)
        results.append({"points": earned.points})
    return {"results": results}


def programme_of(rule: Given) -> LoyaltyProgram:
    """A rule of the vectors; its ``stacking`` is that of each campaign, and ``to`` the last day."""
    rate = {key: rule[key] for key in RATE if key in rule} | {"whole_steps": rule.get("whole_units", False)}
    caps = {**rule.get("caps", {})} | ({"transaction": most} if (most := rule.get("cap_per_transaction")) else {})
    minimum = rule.get("min_spend")
    base = {
        "rate": rate | {"per": f"{rate['per']} CNY"},
        "with_tax": rule.get("tax") == "after",
        "exclude_categories": rule.get("exclude_categories", ()),
        "minimum_spend": minimum and f"{minimum} CNY",
        "tier_multiplier": rule.get("tier_multiplier", "ignore"),
        "caps": caps,
    }
    stacking = {"stacking": rule.get("stacking", "multiply")}
    campaigns = {
        f"c-{number}": {
            "first_on": campaign["from"],
            "last_on": campaign["to"],
            **({"multiplier": campaign["multiplier"]} | stacking if "multiplier" in campaign else {}),
            **({"bonus": campaign["bonus"]} if "bonus" in campaign else {}),
        }
        for number, campaign in enumerate(rule.get("campaigns", ()))
    }
    return LoyaltyProgram.model_validate({"currency": "CNY", "earn": {"base": base}, "campaigns": campaigns})


def purchase_of(given: Given, order_id: str) -> Purchase:
    lines = tuple(
        PurchaseLine(
            money(line["amount"]), money(line["tax"]) if "tax" in line else None, category=line.get("category")
        )
        for line in given["lines"]
    )
    points = money(given["paid_with_points"]) if "paid_with_points" in given else None
    return Purchase("m-1", date.fromisoformat(given["on"]), order_id, lines, paid_with_points=points)


def money(text: str) -> Money:
    return Money(Decimal(text), "CNY")


def expiry_of(policy: Given) -> Given:
    """A rule of the vectors; one that counts ``through`` its days has one day more."""
    rule = {key: value for key, value in policy.items() if key != "through"}
    return rule | {"days": rule["days"] + 1} if policy.get("through") else rule


def expiry(given: Given) -> Seen:
    engine = LoyaltyProgram.model_validate({"currency": "CNY", "expiry": expiry_of(given["policy"])}).compile()
    days = map(engine.terms("points").expires_on, map(date.fromisoformat, given["earned"]))
    return {"expires_on": [None if day is None else day.isoformat() for day in days]}
