"""What a block tells: texts of users as they are, values, and phrases that each language has words for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from servicekit.kpi import Measurement
from servicekit.quantity import Ratio
from servicekit.timeline import Period


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the catalogue by its key, with what stands in its places; see :func:`say`."""

    key: str
    fields: Mapping[str, Told] = field(default_factory=dict, hash=False)


def say(key: str, /, **fields: Told) -> Phrase:
    """The phrase of a key; every language has words for it, and puts the fields where they belong.

    >>> say("report.policy", version="7", source=say("report.due_computed")).key
    'report.policy'
    """
    return Phrase(key, fields)


class NamedTerm(NamedTuple):
    """A name that the field has words for, such as the metric ``first_response``; others are told as they are."""

    kind: str
    name: str


def columns(*names: str) -> tuple[NamedTerm, ...]:
    """The head of a table, by the names of its columns.

    >>> columns("metric", "n")[0].kind
    'column'
    """
    return tuple(NamedTerm("column", name) for name in names)


class LocalMoment(NamedTuple):
    """An instant on the wall clock of a time zone; the zone is told unless the text beside says it."""

    at: datetime
    timezone: str
    has_zone: bool = True


@dataclass(frozen=True, slots=True)
class Promised:
    """An amount of time as a policy writes it, such as ``2bd`` or ``1h30m``."""

    text: str


class ClockTime(NamedTuple):
    """An amount that a clock counted: in hours, since its days are no days of 24."""

    amount: timedelta


@dataclass(frozen=True, slots=True)
class ExactShare:
    """A share of which the last thousandth counts, such as an availability: told to four decimal places of a per cent
    and never rounded up."""

    ratio: Ratio


@dataclass(frozen=True, slots=True)
class Listed:
    """Several of them, in the way in which a language lists things."""

    parts: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """A text of a user in several languages, by their tags; a language that has none is told the first."""

    texts: Mapping[str, str] = field(hash=False)


Told: TypeAlias = (
    str
    | int
    | Ratio
    | Measurement
    | Period
    | date
    | timedelta
    | ClockTime
    | ExactShare
    | LocalMoment
    | Promised
    | Phrase
    | NamedTerm
    | Listed
    | ByLanguage
)
"""What may stand in a cell or a sentence: whole numbers are counts, ratios are shares."""
