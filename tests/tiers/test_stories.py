"""Stories that a manager can read (``tests/scenarios/tiers/``): who did what, and where everybody stood afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from servicekit.document import Document
from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Purchase,
    PurchaseLine,
    Refund,
    TierGranted,
    TierRevoked,
)
from servicekit.quantity import Money
from servicekit.testing import SlowStatus, SlowTiers, laws
from servicekit.tiers import TierProgram, TierStatus

FOLDER = Path(__file__).parents[1] / "scenarios" / "tiers"
STORIES = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
Standing = Mapping[str, TierStatus] | Mapping[str, SlowStatus]
Fold = Callable[[Sequence[CustomerEvent], date], Standing]


class Story(Document):
    """What happened under a programme, a line each, and what came of it."""

    story: str
    """What happens, for people."""
    programme: TierProgram
    """The rules."""
    events: tuple[str, ...]
    """What customers did, by day."""
    expect: tuple[str, ...]
    """Where somebody stands at the end of a day: the tier, until when, and what is missing for the next."""
    changes: tuple[str, ...]
    """Everything that their histories tell."""


def event(line: str) -> CustomerEvent:
    day, who, what, *words = line.split()
    return EVENTS.get(what, activity)(who, date.fromisoformat(day), what, words)


def activity(who: str, on: date, metric: str, words: Sequence[str]) -> CustomerEvent:
    return Activity(who, on, metric, Decimal(words[0]))


def bought(who: str, on: date, _: str, words: Sequence[str]) -> CustomerEvent:
    order, amount, currency = words
    return Purchase(who, on, order, (PurchaseLine(Money(Decimal(amount), currency)),))


def returned(who: str, on: date, _: str, words: Sequence[str]) -> CustomerEvent:
    refund, amount, currency, _of, order = words
    return Refund(who, on, refund, order, Money(Decimal(amount), currency))


def given(who: str, on: date, _: str, words: Sequence[str]) -> CustomerEvent:
    tier, *until = words
    return TierGranted(who, on, tier, "as the story says", *map(date.fromisoformat, until[1:]))


def loses(who: str, on: date, _: str, words: Sequence[str]) -> CustomerEvent:
    tier, *since = words
    return TierRevoked(who, on, "as told", None if tier == "all" else tier, *map(date.fromisoformat, since[1:]))


EVENTS: Mapping[str, Callable[[str, date, str, Sequence[str]], CustomerEvent]] = {
    "enrolled": lambda who, on, *_: Enrolled(who, on),
    "joined": lambda who, on, _, words: HouseholdJoined(who, on, *words),
    "left": lambda who, on, *_: HouseholdLeft(who, on),
    "bought": bought,
    "returned": returned,
    "given": given,
    "loses": loses,
}
"""A story tells of an activity by its metric."""


def standing(status: TierStatus | SlowStatus, line: str) -> str:
    """A status in the words of a line: until when and what is missing, where the line speaks of it."""
    until = f" until {status.valid_until}" if status.valid_until else ""
    missing = {metric: Fraction(value).limit_denominator(100) for metric, value in status.missing.items()}
    lacks = ", ".join(f"{metric} {Decimal(value.numerator) / value.denominator}" for metric, value in missing.items())
    return f"{status.tier}{until}" + (f" lacks {lacks or 'nothing'}" if "lacks" in line else "")


def changes(standings: Standing) -> Iterator[str]:
    for who, status in standings.items():
        for change in status.history:
            on, old, new, _ = change if isinstance(change, tuple) else (change.on, change.old, change.new, "")
            yield f"{on} {who} {new} renewed" if old == new else f"{on} {who} {old} to {new}"


@pytest.mark.parametrize("story", STORIES)
def test_a_story_comes_out_as_it_is_told(story: str) -> None:
    told = Story.parse(STORIES[story].read_text("utf-8"))
    program, events = told.programme, [event(line) for line in told.events]
    folds: tuple[Fold, ...] = (program.compile().fold, SlowTiers(program).fold)
    for fold in folds:
        for line in told.expect:
            day, who, expected = line.split(maxsplit=2)
            assert standing(fold(events, date.fromisoformat(day))[who], line) == expected, line
        last = max(date.fromisoformat(line.split()[0]) for line in (*told.expect, *told.events))
        assert sorted(changes(fold(events, last))) == sorted(told.changes)
    laws.check_tiers(program.compile(), events, last)
