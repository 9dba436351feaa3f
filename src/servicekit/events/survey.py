"""Surveys: who was asked, and what they answered.

A score stands with the scale that it was given on, since 5 is the best of one house and the middle of another. A blank
is an answer without a score; it is never zero. Which of several answers to one invitation counts is a definition of the
measure, so that all of them are kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from servicekit.events.exact_values import check_moment, check_number
from servicekit.events.purchase import Moment
from servicekit.rules import Value


@dataclass(frozen=True, slots=True)
class Scale:
    """The scores that may be given: ``low``, ``high`` and every ``step`` between; which end is the good one, it does
    not say.

    >>> 7 in Scale(0, 10), Decimal("6.5") in Scale(0, 10), Decimal("6.5") in Scale(0, 10, Decimal("0.5"))
    (True, False, True)
    >>> str(Scale(1, 5))
    '1 to 5'

    Raises:
        TypeError: a number is neither an int nor a Decimal.
        ValueError: ``low`` is not below ``high``, or the steps do not lead from one to the other.
    """

    low: int | Decimal
    high: int | Decimal
    step: int | Decimal = 1

    def __post_init__(self) -> None:
        for name in ("low", "high", "step"):
            check_number(name, getattr(self, name))
        if not self.low < self.high or self.step <= 0:
            raise ValueError(f"a scale rises by steps above zero, not from {self.low} to {self.high} by {self.step}")
        if (Fraction(self.high) - Fraction(self.low)) % Fraction(self.step):
            raise ValueError(f"steps of {self.step} do not lead from {self.low} to {self.high}")

    def __contains__(self, score: int | Decimal) -> bool:
        if not self.low <= score <= self.high:
            return False
        if type(score) is type(self.low) is type(self.step) is int:  # nearly always
            return not (score - self.low) % self.step
        return not (Fraction(score) - Fraction(self.low)) % Fraction(self.step)

    def __str__(self) -> str:
        steps = "" if self.step == 1 else f" by {self.step}"
        return f"{self.low} to {self.high}{steps}"


def check_score(name: str, score: int | Decimal | None, scale: Scale | None) -> None:
    """Refuse a score that its scale does not have.

    Raises:
        TypeError: the score is neither an int nor a Decimal, or the scale is not a Scale.
        ValueError: it is off the scale, or has none.
    """
    if scale is not None and not isinstance(scale, Scale):
        raise TypeError(f"a scale is a Scale, such as Scale(1, 5), not {scale!r:.60}")
    if score is None:
        return
    check_number(name, score)
    if scale is None:
        raise ValueError(f"{name} {score} stands on no scale; say which, such as Scale(1, 5)")
    if score not in scale:
        raise ValueError(f"{name} {score} is off the scale, which is {scale}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A customer was asked; one that ``bounced`` never reached them, and is not counted as asked.

    >>> from datetime import date
    >>> Invitation("i-1", date(2026, 1, 5), "m-1").bounced
    False

    Raises:
        NaiveDatetimeError: ``at`` is a datetime without a time zone.
        TypeError: ``at`` is not a date.
    """

    invitation_id: str
    at: Moment
    customer_id: str | None = None
    case_id: str | None = None
    contact_id: str | None = None
    bounced: bool = False
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_moment(self.at)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a customer answered to one question of a survey; without a ``score`` they left it blank.

    ``instrument`` is the name of the question, such as ``csat``, ``nps`` or ``ces``. Answers given together share their
    ``answer_id``.

    >>> from datetime import date
    >>> Answer("a-1", date(2026, 1, 5), "nps", 9, Scale(0, 10)).score
    9
    >>> Answer("a-2", date(2026, 1, 5), "nps", 11, Scale(0, 10))
    Traceback (most recent call last):
    ValueError: the score 11 is off the scale, which is 0 to 10

    Raises:
        NaiveDatetimeError: ``at`` is a datetime without a time zone.
        TypeError: ``at`` is not a date, or the score is neither an int nor a Decimal.
        ValueError: the score is off its scale, or has none.
    """

    answer_id: str
    at: Moment
    instrument: str
    score: int | Decimal | None = None
    scale: Scale | None = None
    customer_id: str | None = None
    case_id: str | None = None
    contact_id: str | None = None
    invitation_id: str | None = None
    agent: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_moment(self.at)
        check_score("the score", self.score, self.scale)
