"""Strategies for loyalty programmes of every shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from servicekit.loyalty import LoyaltyProgram

_CURRENCY = "CNY"
_UNITS = ("month", "quarter", "half_year", "year")
_FACTORS = ("1", "1.25", "1.5", "2", "1/3", "0")
_WHEN: tuple[dict[str, object], ...] = (
    {},
    {},
    {"channel": "web"},
    {"field": "amount", "op": "ge", "value": 50},
    {"field": "on", "op": "weekday", "one_of": ["tue"]},
)


def loyalty_programs() -> st.SearchStrategy[LoyaltyProgram]:
    """Programmes without errors: two currencies, every rate, cap, campaign, expiry and way to take points back.

    Some have warnings: points that expire before they can be spent, caps that are never reached.

    >>> from hypothesis import find
    >>> list(find(loyalty_programs(), lambda program: True).earn)
    ['base', 'extra', 'status']
    """
    return st.fixed_dictionaries(
        {
            "currency": st.just(_CURRENCY),
            "timezone": st.sampled_from((None, "Asia/Shanghai", "America/New_York")),
            "currencies": st.fixed_dictionaries(
                {
                    "points": st.fixed_dictionaries({"unit_value": st.sampled_from(("0.01 CNY", None, "0.10 CNY"))}),
                    "status": st.fixed_dictionaries({"kind": st.just("qualifying"), "expiry": expiries()}),
                }
            ),
            "earn": st.fixed_dictionaries(
                {"base": earn_rules("points"), "extra": earn_rules("points"), "status": earn_rules("status")}
            ),
            "campaigns": st.dictionaries(st.sampled_from(("double", "welcome", "summer")), _campaigns(), max_size=3),
            "pending": st.sampled_from((None, "0cd", "1cd", "14cd")),
            "expiry": expiries(),
            "redemption": st.fixed_dictionaries(
                {
                    "minimum": st.sampled_from((1, 100)),
                    "multiple_of": st.sampled_from((1, 50)),
                    "most_per_order": st.sampled_from((None, 100, 5000)),
                    "order": st.sampled_from(("earliest_expiry", "fifo", "lifo", "hifo")),
                }
            ),
            "reversal": st.fixed_dictionaries({"grace": st.sampled_from((None, "0cd", "30cd"))}),
            "clawback": st.fixed_dictionaries(
                {
                    "lots": st.sampled_from(("own_then_others", "own_only")),
                    "shortfall": st.sampled_from(("deny", "floor", "debt")),
                }
            ),
            "activity": st.sampled_from((("earn", "redeem"), ("earn",), ("earn", "redeem", "transfer_in", "adjust"))),
        }
    ).map(LoyaltyProgram.model_validate)


def earn_rules(currency: str) -> st.SearchStrategy[dict[str, object]]:
    """Earn rules for that currency of points, as plain data.

    >>> from hypothesis import find
    >>> find(earn_rules("points"), lambda rule: rule["rate"]["per"] == "order")["currency"]
    'points'
    """
    caps = st.dictionaries(st.sampled_from(("transaction", "day", "month", "quarter", "year")), st.integers(1, 500))
    return st.fixed_dictionaries(
        {
            "currency": st.just(currency),
            "rate": rates(),
            "with_tax": st.booleans(),
            "paid_with_points": st.booleans(),
            "categories": st.sampled_from(((), (), ("books",))),
            "exclude_categories": st.sampled_from(((), (), ("music",))),
            "minimum_spend": st.sampled_from((None, None, "10 CNY", "0 CNY")),
            "channels": st.sampled_from(((), (), ("web",))),
            "when": st.sampled_from(_WHEN),
            "tier_multiplier": st.sampled_from(("apply", "ignore", {"gold": "1.5", "silver": "5/4"})),
            "caps": st.just({}) | caps,
        }
    )


def rates() -> st.SearchStrategy[dict[str, object]]:
    """Rates of every kind, as plain data.

    >>> from hypothesis import find
    >>> find(rates(), lambda rate: rate["whole_steps"])["per"]
    '1 CNY'
    """
    return st.fixed_dictionaries(
        {
            "points": st.sampled_from(("1", "3", "2.5", "1/3")),
            "per": st.sampled_from(("1 CNY", "10 CNY", "2.50 CNY", "7 CNY", "order", "unit")),
            "whole_steps": st.booleans(),
            "rounding": st.sampled_from(("floor", "ceiling", "half_up", "half_even")),
            "per_line": st.booleans(),
        }
    )


def _campaigns() -> st.SearchStrategy[dict[str, object]]:
    days = st.sampled_from(({}, {"first_on": "2025-03-01"}, {"first_on": "2025-06-01", "last_on": "2026-05-31"}))
    weekdays, when = st.sampled_from(((), ("tue", "sat"))), st.sampled_from(_WHEN)
    stacking = st.sampled_from(("best", "add", "multiply"))
    raises = st.one_of(
        st.fixed_dictionaries({"multiplier": st.sampled_from(_FACTORS), "stacking": stacking}),
        st.fixed_dictionaries(
            {"bonus": st.integers(1, 100), "rules": st.sampled_from((("base",), ("base", "status")))}
        ),
    )
    return st.tuples(days, raises, weekdays, when).map(
        lambda parts: {**parts[0], **parts[1], "weekdays": parts[2], "when": {} if _lessens(parts[1]) else parts[3]}
    )


def _lessens(raises: Mapping[str, object]) -> bool:
    """Whether a campaign gives less than without it; on large orders alone, more spend would earn less."""
    return raises.get("multiplier") in ("1/3", "0")


def expiries() -> st.SearchStrategy[dict[str, object]]:
    """Rules of expiry of every kind, as plain data.

    >>> from hypothesis import find
    >>> find(expiries(), lambda expiry: expiry["kind"] == "never")
    {'kind': 'never'}
    """
    units, ends = st.sampled_from(_UNITS), st.sampled_from((None, *_UNITS))
    single = st.one_of(
        _kind("rolling_days", days=st.sampled_from((1, 30, 365)), round_up=ends),
        _kind("rolling_months", months=st.sampled_from((0, 1, 6, 12)), round_up=ends),
        _kind("period_end", unit=units, extra_periods=st.integers(0, 2)),
        _kind("fixed_date", month=st.sampled_from((2, 3, 12)), day=st.sampled_from((1, 29)), min_days=st.just(90)),
        _kind("inactivity", months=st.sampled_from((1, 18))),
        _kind("inactivity", days=st.sampled_from((1, 90))),
    )
    parts = st.lists(single, min_size=2, max_size=3)
    return single | _kind("earliest_of", of=parts) | _kind("never")


def _kind(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})
