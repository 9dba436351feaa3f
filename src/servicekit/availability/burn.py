"""Burn rates, and alerts on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Self

from pydantic import model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.quantity import FactorField, Ratio, Share, ShareField, exact_number, share
from servicekit.timeline import SpanField
from servicekit.timeline.instant import delta_to_us


def burn_rate(bad: Share, target: Share) -> Fraction | None:
    """How many times too fast the error budget is spent while the share ``bad`` goes wrong; 1 spends exactly all of it.

    None where the target allows nothing and something went wrong: the rate is infinite.

    >>> burn_rate("2%", "99.9%"), burn_rate(0, "100%"), burn_rate("1%", "100%")
    (Fraction(20, 1), Fraction(0, 1), None)
    """
    wrong, allowed = share(bad), 1 - share(target)
    if allowed:
        return wrong / allowed
    return None if wrong else Fraction(0)


def burn_factor(budget: Share, window: timedelta, period: timedelta) -> Fraction:
    """The burn rate that spends the share ``budget`` of a ``period``'s error budget within ``window``.

    >>> burn_factor("2%", timedelta(hours=1), timedelta(days=30)) == Fraction("14.4")
    True

    Raises:
        ValueError: the window has no length.
    """
    if window <= timedelta(0):
        raise ValueError(f"a window has a length, not {window}")
    return share(budget) * delta_to_us(period) / delta_to_us(window)


def exhaustion(period: timedelta, rate: Share, *, left: Share = 1) -> timedelta | None:
    """How long the share of the budget that is ``left`` lasts at a burn rate; None if nothing burns.

    Rounded down to the microsecond.

    >>> str(exhaustion(timedelta(days=30), "14.4")), str(exhaustion(timedelta(days=30), 1, left="50%"))
    ('2 days, 2:00:00', '15 days, 0:00:00')
    """
    burning = exact_number(rate)
    return int(delta_to_us(period) * share(left) / burning) * timedelta(microseconds=1) if burning else None


class BurnAlert(Document):
    """An alert on a burn rate over a long window, and over a short one if it should end soon after the trouble.

    The rate is given itself (``factor: 14.4``), or as the share of the budget that may burn within the long window
    (``budget: 2%``), which makes the factor depend on the period.

    >>> page = BurnAlert(budget="2%", long="1h", short="5m", severity="page")
    >>> compiled = page.compile("99.9%", timedelta(days=30))
    >>> compiled.factor == Fraction("14.4"), compiled.fires(long="2%", short="1.6%"), compiled.fires("2%", short="1%")
    (True, True, False)
    """

    long: SpanField
    """The window that shows that it matters: ``1h``; three days are ``72h``."""
    short: SpanField | None = None
    """The window that shows that it is still going on: ``5m``."""
    factor: FactorField | None = None
    """The burn rate above which it fires."""
    budget: ShareField | None = None
    """Instead of a rate: the share of the error budget that the long window may burn."""
    severity: str = ""
    """What it is worth: ``page``, ``ticket``."""

    def compile(self, target: Share, period: timedelta) -> CompiledAlert:
        """The alert for one target over one period."""
        by_share = None if self.budget is None else burn_factor(self.budget, self.long, period)
        factor = self.factor if by_share is None else by_share
        return CompiledAlert(self, factor or Fraction(0), share(target))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.factor is None) == (self.budget is None):
            hint = "write 'factor: 14.4', or 'budget: 2%' for a share of the budget in the long window"
            raise DocumentValueError("availability.alert", "an alert has either a factor or a budget", hint=hint)
        if any(window is not None and window <= timedelta(0) for window in (self.long, self.short)):
            raise DocumentValueError("availability.alert", "a window of an alert has a length")
        if self.short is not None and self.short >= self.long:
            raise DocumentValueError("availability.alert", "the short window is not shorter than the long one")
        return self


@dataclass(frozen=True, slots=True)
class CompiledAlert:
    """An alert for one target, with its threshold.

    >>> CompiledAlert(BurnAlert(factor=6, long="6h"), Fraction(6), Fraction("0.999")).threshold
    Fraction(3, 500)
    """

    alert: BurnAlert
    factor: Fraction
    target: Fraction

    @property
    def threshold(self) -> Fraction:
        """The share that must be exceeded for it to fire."""
        return self.factor * (1 - self.target)

    def fires(self, long: Share | None, short: Share | None = None) -> bool:
        """Whether the share that went wrong exceeds the threshold in both windows; at the threshold it does not fire.

        None, or a ratio of nothing, is a window without data: the alert does not fire. An alert without a short window
        looks at the long one alone.

        Raises:
            DocumentValueError: what is given is not an exact share of one (code ``availability.share``).
        """
        windows = (long,) if self.alert.short is None else (long, short)
        return all(self._exceeded(bad) for bad in windows)

    def _exceeded(self, bad: Share | None) -> bool:
        is_nothing = bad is None or (isinstance(bad, Ratio) and bad.value is None)
        return not is_nothing and bad is not None and share(bad) > self.threshold
