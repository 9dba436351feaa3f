"""What a purchase earns, rule by rule, with the figures that led there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from servicekit.loyalty.program.earn_rule import CapUnit, Rate
from servicekit.quantity import Money, decimal_text
from servicekit.quantity.exact import rounded

CapUse: TypeAlias = Mapping[tuple[str, str], int]
"""How many points rules have given in periods: by the name of the rule and of the period, such as ``2026-01``."""
NO_USE: CapUse = MappingProxyType({})

NothingBecause: TypeAlias = Literal["channel", "condition", "nothing", "minimum"]

_ROUNDED = {"floor": "down", "ceiling": "up", "half_up": "half up", "half_even": "half to even"}
_BECAUSE: dict[NothingBecause, str] = {
    "channel": "the channel does not earn",
    "condition": "its condition does not hold",
    "nothing": "nothing counts",
    "minimum": "below the minimum spend",
}


class Raise(NamedTuple):
    """A multiplier or a bonus, and what gave it: the tier, or a campaign by its name."""

    name: str
    by: Fraction


class RuleEarning(NamedTuple):
    """What one earn rule gives for a purchase.

    ``counted`` is what counted: money, units, or 1 for an order. ``exact`` is what that is worth with the multipliers,
    before it is rounded; ``uncapped`` is rounded, with the bonuses. ``cap`` names what limited it, ``because``
    why it gives nothing.

    >>> rate = Rate.parse("{points: 1, per: 10 CNY}")
    >>> print(RuleEarning("base", rate, points=2, counted=Fraction(25), exact=Fraction(5, 2), uncapped=2).explain())
    base: 25 CNY at 1 per 10 CNY; 2.5, rounded down: 2
    """

    rule: str
    rate: Rate
    points: int = 0
    counted: Fraction = Fraction(0)
    exact: Fraction = Fraction(0)
    factor: Fraction = Fraction(1)
    multipliers: tuple[Raise, ...] = ()
    bonuses: tuple[Raise, ...] = ()
    uncapped: int = 0
    cap: CapUnit | None = None
    because: NothingBecause | None = None

    def explain(self) -> str:
        """Its figures in a line."""
        return "; ".join(self._steps())

    def _steps(self) -> Iterator[str]:
        rate, per = self.rate, self.rate.per
        plural = per if self.counted == 1 else f"{per}s"
        what = f"{_figure(self.counted)} {per.currency if isinstance(per, Money) else plural}"
        yield f"{self.rule}: {what} at {_figure(rate.points)} per {per}{', whole steps' if rate.whole_steps else ''}"
        if self.because:
            yield f"{_BECAUSE[self.because]}: 0"
            return
        if self.multipliers:
            causes = ", ".join(f"{name} {_figure(by)}" for name, by in self.multipliers)
            yield f"times {_figure(self.factor)} ({causes})"
        whole = self.uncapped - sum(int(by) for _, by in self.bonuses)
        how = f"{_ROUNDED[rate.rounding]}{' per line' if rate.per_line else ''}"
        yield f"{_figure(self.exact)}, rounded {how}: {whole:,}"
        yield from (f"plus {int(by):,} ({name})" for name, by in self.bonuses)
        if self.cap:
            yield f"capped per {self.cap}: {self.points:,}"


class EarnedPoints(NamedTuple):
    """The points of one currency that a purchase earns, of all rules together; 0 is an answer.

    ``used`` is what it adds to the use of caps.

    >>> EarnedPoints("points", 0, ()).explain()
    '0 points'
    """

    currency: str
    points: int
    rules: tuple[RuleEarning, ...]
    used: CapUse = NO_USE

    def explain(self) -> str:
        """How they come about, a line for each rule."""
        return "\n".join((*(rule.explain() for rule in self.rules), f"{self.points:,} {self.currency}"))


class TakenBack(NamedTuple):
    """The points of one currency that a refund takes back: what was earned before it, less what is earned after it.

    >>> before, after = EarnedPoints("points", 100, ()), EarnedPoints("points", 90, ())
    >>> TakenBack("points", 10, before, after).used
    {}
    """

    currency: str
    points: int
    before: EarnedPoints
    after: EarnedPoints

    @property
    def used(self) -> CapUse:
        """What it adds to the use of caps, which is less than nothing."""
        return {key: self.after.used.get(key, 0) - used for key, used in self.before.used.items()}


def _figure(value: Fraction) -> str:
    """All digits of a number, or two behind the point and ``about``."""
    return decimal_text(value) or f"about {rounded(value, 2, 'half_even'):f}"
