"""Documents of every shape that the tests read and write, and strategies for them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from hypothesis import strategies as st
from pydantic import BeforeValidator, Field

from servicekit.document import Document, DocumentValueError
from servicekit.testing.strategies.documents import decimals, keys, texts


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Country(Document):
    kind: Literal["country"] = "country"
    country: str
    weight: int = 1


class Dates(Document):
    kind: Literal["dates"] = "dates"
    dates: dict[date, str] = Field(default_factory=dict)


Source = Annotated[Country | Dates, Field(discriminator="kind")]


def _hours(value: object) -> object:
    if isinstance(value, str) and not value.endswith("h"):
        raise DocumentValueError("desk.hours", f"{value!r} is not a number of hours", "write 4h")
    return timedelta(hours=int(value[:-1])) if isinstance(value, str) else value


Hours = Annotated[timedelta, BeforeValidator(_hours)]


class Within(Document):
    within: Hours
    clock: Literal["open", "wall"] = "open"


class Recorded(Document):
    field: str


class Desk(Document):
    """A document with a field of every sort."""

    name: str
    seats: int = 1
    share: Decimal | None = None
    weight: float = 0.0
    part: Fraction = Fraction(1, 2)
    is_open: bool = True
    mood: Mood = Mood.GOOD
    since: date | None = None
    value: int | Decimal | bool | str = 0
    from_: str = Field(default="", alias="from")
    sources: tuple[Source, ...] = ()
    target: Hours | Within | Recorded | None = None
    limits: list[Decimal] = Field(default_factory=list)
    desks: dict[str, Desk] = Field(default_factory=dict)


def sources() -> st.SearchStrategy[Country | Dates]:
    country = st.builds(Country, country=texts(), weight=st.integers(0, 3))
    dates = st.builds(Dates, dates=st.dictionaries(st.dates(), texts(), max_size=3))
    return st.one_of(country, dates)


def desks() -> st.SearchStrategy[Desk]:
    leaf = st.builds(Desk, **_fields())
    return st.recursive(
        leaf, lambda inner: st.builds(Desk, desks=st.dictionaries(keys(), inner, max_size=3), **_fields()), max_leaves=3
    )


def _fields() -> dict[str, st.SearchStrategy[object]]:
    return {
        "name": texts(),
        "seats": st.integers(-(10**20), 10**20),
        "share": st.none() | decimals(),
        "weight": st.floats(allow_nan=False),
        "part": st.fractions(),
        "is_open": st.booleans(),
        "mood": st.sampled_from(Mood),
        "since": st.none() | st.dates(),
        "value": st.one_of(st.integers(), decimals(), st.booleans(), texts()),
        "from_": texts(),
        "sources": st.lists(sources(), max_size=2).map(tuple),
        "limits": st.lists(decimals(), max_size=3),
        "target": st.none() | st.builds(Recorded, field=texts()),
    }
