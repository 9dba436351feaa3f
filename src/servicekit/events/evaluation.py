"""Evaluations: how somebody judged the work of an agent, or what a trainee reached.

The marks are what was judged; what a rubric makes of them (weights, a critical failure that makes the whole zero) is
the rubric's business. A score that the source computed itself is kept beside them as it was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from servicekit.events.exact_values import check_moment, check_number, check_tuple
from servicekit.events.purchase import Moment
from servicekit.events.survey import Scale, check_score
from servicekit.rules import Value


@dataclass(frozen=True, slots=True)
class Mark:
    """The points that one item of a form was given; without ``points`` the item did not apply, and is no zero.

    >>> Mark("greeting", 8, out_of=10).points
    8

    Raises:
        TypeError: a number is neither an int nor a Decimal.
        ValueError: ``out_of`` is not above zero, or the points are not between zero and it.
    """

    item: str
    points: int | Decimal | None
    out_of: int | Decimal = 1

    def __post_init__(self) -> None:
        check_number("out_of", self.out_of)
        if self.out_of <= 0:
            raise ValueError(f"{self.item!r} is judged out of a number above zero, not out of {self.out_of}")
        if self.points is not None:
            check_number("points", self.points)
            if not 0 <= self.points <= self.out_of:
                raise ValueError(f"{self.item!r} has 0 to {self.out_of} points, not {self.points}")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The work of an ``agent`` was judged by a ``form``: a rubric of quality, or the test at the end of a course.

    It is of a contact or a case, or (a course) of neither. ``critical_failures`` name what alone makes it fail;
    ``passed`` is the verdict of the source, where that gives one.

    >>> from datetime import date
    >>> seen = Evaluation("q-1", date(2026, 1, 5), "li.wei", "calls", Decimal("92.5"), Scale(0, 100, Decimal("0.5")))
    >>> seen.score, seen.critical_failures
    (Decimal('92.5'), ())

    Raises:
        NaiveDatetimeError: ``at`` is a datetime without a time zone.
        TypeError: ``at`` is not a date, a number is neither an int nor a Decimal, or marks or failures are not tuples.
        ValueError: the score is off its scale, or has none; or an item has two marks.
    """

    evaluation_id: str
    at: Moment
    agent: str
    form: str
    score: int | Decimal | None = None
    scale: Scale | None = None
    marks: tuple[Mark, ...] = ()
    critical_failures: tuple[str, ...] = ()
    passed: bool | None = None
    evaluator: str | None = None
    contact_id: str | None = None
    case_id: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_moment(self.at)
        check_score("the score", self.score, self.scale)
        check_tuple("marks", self.marks, Mark)
        check_tuple("critical failures", self.critical_failures, str)
        items = [mark.item for mark in self.marks]
        if len(set(items)) < len(items):
            twice = next(item for item in items if items.count(item) > 1)
            raise ValueError(f"evaluation {self.evaluation_id!r} marks the item {twice!r} twice")
