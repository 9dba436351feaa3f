"""Where exceptional days come from: countries, financial markets, lists of dates.

A source is any object with ``days(year)`` and ``known_until``; the document kinds below are three of them. The
``holidays`` package is imported on first use only and read once, into plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from annotated_types import Ge, Le
from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, model_validator

from servicekit.calendars.packaged_days.announced_years import knowledge, known_until
from servicekit.calendars.packaged_days.entity import Entity, countries, days_of, markets
from servicekit.calendars.special_days import AnnouncedYears, Knowledge, SpecialDay, kept_name
from servicekit.document import Document, DocumentValueError, did_you_mean
from servicekit.errors import Problem

if TYPE_CHECKING:
    from holidays import HolidayBase


class Validity(Document):
    """The dates from ``start_on`` to ``last_on``, both included; a limit left out is open.

    >>> date(2018, 6, 1) in Validity(start_on="2014-01-01", last_on="2017-12-31")
    False
    """

    start_on: date = date.min
    """The first date."""
    last_on: date = date.max
    """The last date."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last_on < self.start_on:
            message = f"it ends before it starts: {self.start_on} .. {self.last_on}"
            raise DocumentValueError("calendar.validity", message)
        return self

    def __contains__(self, on: date) -> bool:
        return self.start_on <= on <= self.last_on


def one_or_more(value: object) -> object:
    """A lone text or mapping as a list of one, for a validator.

    >>> one_or_more("CN")
    ('CN',)
    """
    return (value,) if isinstance(value, str | Mapping) else value


_USUAL = ("public",)  # every country and market has this category; asking one of them would import them all
ValidField = Annotated[tuple[Validity, ...], BeforeValidator(one_or_more)]


def _named_parts(value: tuple[str, ...]) -> tuple[str, ...]:
    if any(not name.strip() for name in value):
        raise DocumentValueError("calendar.without", "an empty name would leave out every holiday")
    return value


WithoutField = Annotated[tuple[str, ...], BeforeValidator(one_or_more), AfterValidator(_named_parts)]


class CountryHolidays(Document):
    """The public holidays of a country or one of its subdivisions, with its make-up working days.

    >>> spring = CountryHolidays(country="CN")
    >>> [str(day.on) for day in spring.days(2026) if day.working][:2], spring.known_until
    (['2026-01-04', '2026-02-14'], 2026)
    """

    kind: Literal["country"] = "country"
    """Which kind of source this is; a document need not say it."""
    country: str
    """ISO 3166 code of the country, such as ``CN``."""
    subdivision: str | None = None
    """Code of the state or province, such as ``CA`` in ``US``."""
    categories: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = _USUAL
    """Kinds of holiday as the ``holidays`` package names them: ``public``, ``bank``, ``half_day`` ... On a date of
    several kinds the first one listed counts."""
    with_weekends: bool = False
    """Whether weekend days next to a day off are days off too, unless they are worked: for services open at weekends.
    The ``holidays`` package lists only days off that would else be worked."""
    language: str | None = None
    """Language of the holidays' names; the country's own by default, never the machine's."""
    without: WithoutField = ()
    """Holidays that the service does not observe, by parts of their names, in any case."""
    valid: ValidField = ()
    """The dates on which the service observes them, as a list of ranges; always, where it is empty."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check("country", self.country, countries(), path="country")
        if self.subdivision is not None:
            known = self._entity.bare
            divisions = (*known.subdivisions, *known.subdivisions_aliases)
            _check("subdivision", self.subdivision, divisions, path="subdivision")
        if self.categories != _USUAL:
            _check_categories(self.categories, self._entity.bare)
        if self.language is not None:
            _check("language", self.language, self._entity.bare.supported_languages or ("en_US",), path="language")
        return self

    @property
    def _entity(self) -> Entity:
        return Entity("country", self.country, self.subdivision, self.language)

    @property
    def known_until(self) -> int | None:
        """The last year of which the ``holidays`` package knows all days; None where rules know every year."""
        return _within(self.valid, known_until(self._entity, self.categories, self.without))

    def knowledge(self, year: int, /) -> Knowledge:
        """What is known of a year: announced days, estimates, or nothing."""
        if _is_observed(self.valid, year):
            return knowledge(self._entity, self.categories, self.without, year)
        return "announced"

    @property
    def label(self) -> str:
        """What explanations call it: ``CN``, or ``US-CA`` with a subdivision."""
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """Days off and make-up working days of one year, by date."""
        if not self.with_weekends:
            return _valid(self._kinds_of(year), self.valid)
        near = [day for y in (year - 1, year, year + 1) for day in self._kinds_of(y)]  # a new year may join two of them
        return _valid((day for day in _with_weekends(near) if day.on.year == year), self.valid)

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: a holiday left out that there is not."""
        yield from _idle_names(self.without, (day for c in self.categories for day in _some_days(self._entity, c)))

    def _kinds_of(self, year: int) -> list[SpecialDay]:
        return _packaged(self._entity, self.categories, self.without, year)


class MarketHolidays(Document):
    """The days on which a financial market does not trade.

    >>> closed = MarketHolidays(market="XNYS")
    >>> [day.name for day in closed.days(2026)][:1]
    ["New Year's Day"]
    """

    kind: Literal["market"] = "market"
    """Which kind of source this is; a document need not say it."""
    market: str
    """ISO 10383 code of the market, such as ``XNYS``."""
    categories: tuple[str, ...] = _USUAL
    """Kinds of holiday as the ``holidays`` package names them."""
    without: WithoutField = ()
    """Holidays that the service does not observe, by parts of their names, in any case."""
    valid: ValidField = ()
    """The dates on which the service observes them, as a list of ranges; always, where it is empty."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check("market", self.market, markets(), path="market")
        if self.categories != _USUAL:
            _check_categories(self.categories, self._entity.bare)
        return self

    @property
    def _entity(self) -> Entity:
        return Entity("market", self.market)

    @property
    def known_until(self) -> int | None:
        """The last year of which the ``holidays`` package knows all days; None where rules know every year.

        Rules know nothing of unscheduled closures.
        """
        return _within(self.valid, known_until(self._entity, self.categories, self.without))

    def knowledge(self, year: int, /) -> Knowledge:
        """What is known of a year: announced days, estimates, or nothing."""
        if _is_observed(self.valid, year):
            return knowledge(self._entity, self.categories, self.without, year)
        return "announced"

    @property
    def label(self) -> str:
        """What explanations call it: the market's code."""
        return self.market

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """Days without trading of one year, by date."""
        return _valid(_packaged(self._entity, self.categories, self.without, year), self.valid)

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: a holiday left out that there is not."""
        yield from _idle_names(self.without, (day for c in self.categories for day in _some_days(self._entity, c)))


def _named(value: object) -> object:
    if not isinstance(value, list | tuple | set | frozenset):
        return value
    return dict.fromkeys(_dates().validate_python(tuple(value)), "holiday")


@cache
def _dates() -> TypeAdapter[tuple[date, ...]]:
    return TypeAdapter(tuple[date, ...])


NamedDates: TypeAlias = Annotated[dict[date, str], BeforeValidator(_named)]
"""A document field for dates with names: a list of dates, or a mapping from date to name."""


class FixedDays(Document):
    """Days off that are listed by hand.

    >>> [day.name for day in FixedDays(dates={"2026-12-24": "office party"}).days(2026)]
    ['office party']
    """

    kind: Literal["dates"] = "dates"
    """Which kind of source this is; a document need not say it."""
    dates: NamedDates
    """The days off: a list of dates, or a mapping from date to name."""
    working: NamedDates = Field(default_factory=dict)
    """Make-up working days: a list of dates, or a mapping from date to name."""
    categories: dict[date, str] = Field(default_factory=dict)
    """Categories of days off that are not ``public``, such as ``half_day``."""
    known_from: Annotated[int, Ge(1), Le(9999)] | None = None
    """The first year that the lists cover; None when they reach back for good."""
    known_until: Annotated[int, Ge(1), Le(9999)] | None = None
    """The last year that the lists cover; None when they are complete for good."""
    label: str = "dates"
    """What explanations call the list, for example where it was taken from."""
    without: WithoutField = ()
    """Holidays that the service does not observe, by parts of their names, in any case."""
    valid: ValidField = ()
    """The dates on which the service observes them, as a list of ranges; always, where it is empty."""

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """The listed days of one year, by date."""
        off = [
            SpecialDay(on, name, category=self.categories.get(on, "public"))
            for on, name in self.dates.items()
            if on.year == year
        ]
        worked = [SpecialDay(on, name, working=True) for on, name in self.working.items() if on.year == year]
        return _valid(_kept(sorted(off + worked), self.without), self.valid)

    def knowledge(self, year: int, /) -> Knowledge:
        """What is known of a year: whether the lists cover it."""
        if not _is_observed(self.valid, year):
            return "announced"
        if self.known_from is not None and year < self.known_from:
            return "not covered"
        return "announced" if self.known_until is None or year <= self.known_until else "not announced"

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: a holiday left out that there is not."""
        yield from _idle_names(self.without, (SpecialDay(on, name) for on, name in self.dates.items()))


def _read_source(value: object) -> object:
    """``CN`` is short for ``{kind: country, country: CN}``."""
    if isinstance(value, str):
        _check("country", value, countries())
        return {"kind": "country", "country": value}
    if isinstance(value, Mapping) and "kind" not in value:
        kind = next((kind for kind, key in _KEYS.items() if key in value), None)
        return {"kind": kind, **value} if kind else value
    return value


_KEYS = {"country": "country", "market": "market", "dates": "dates"}

HolidaySource = Annotated[
    Annotated[CountryHolidays | MarketHolidays | FixedDays, Field(discriminator="kind")], BeforeValidator(_read_source)
]
"""A source of exceptional days in a document, told apart by ``kind``; a bare country code is a country."""


def _check(kind: str, name: str, known: Iterable[str], *, path: str = "") -> None:
    choices = sorted(known)
    if name not in choices:
        few = ", ".join(choices[:12]) + (" ..." if len(choices) > 12 else "")
        hint = did_you_mean(name, choices) or f"known: {few or 'none'}"
        raise DocumentValueError(f"calendar.unknown-{kind}", f"no {kind} named {name!r}", hint, path=path)


def _check_categories(names: Iterable[str], entity: HolidayBase) -> None:
    for index, name in enumerate(names):
        _check("category", name, entity.supported_categories, path=f"categories[{index}]")


def _packaged(entity: Entity, categories: tuple[str, ...], without: tuple[str, ...], year: int) -> list[SpecialDay]:
    return _first_by_date(_kept(days_of(entity, category, year), without) for category in categories)


_SOME_YEARS = range(1990, 2036)


def _some_days(entity: Entity, category: str) -> Iterable[SpecialDay]:
    return (day for year in _SOME_YEARS for day in days_of(entity, category, year))


def _idle_names(without: tuple[str, ...], days: Iterable[SpecialDay]) -> Iterable[Problem]:
    names = {day.name for day in days} if without else set()
    for index, part in enumerate(without):
        if not any(part.casefold() in name.casefold() for name in names):
            hint = did_you_mean(part, names) or "names are those that explanations show, in the source's language"
            yield Problem.warning("calendar.without", f"without[{index}]", f"no holiday is named {part!r}", hint)


def _kept(days: Iterable[SpecialDay], without: tuple[str, ...]) -> tuple[SpecialDay, ...]:
    """The days less the holidays left out."""
    if not without:
        return tuple(days)
    named = ((day, day.name if day.working else kept_name(day.name, without)) for day in days)
    return tuple(replace(day, name=name) for day, name in named if name)


def _first_by_date(kinds: Iterable[tuple[SpecialDay, ...]]) -> list[SpecialDay]:
    """Days of several categories, by date; of two on one date the first."""
    found: dict[tuple[date, bool], SpecialDay] = {}
    for days in kinds:
        for day in days:
            found.setdefault((day.on, day.working), day)
    return sorted(found.values())


def _with_weekends(days: list[SpecialDay]) -> list[SpecialDay]:
    """The days, and the Saturdays and Sundays that touch a day off; they bear its name."""
    known = {day.on: day for day in days}
    for step in (1, -1):
        for on in sorted(known, reverse=step < 0):
            name, beside = known[on].name, on + timedelta(days=step)
            while not known[on].working and beside.weekday() >= 5 and beside not in known:
                known[beside] = SpecialDay(beside, name)
                beside += timedelta(days=step)
    return sorted(known.values())


def written_out(source: HolidaySource, years: range, announced: AnnouncedYears | None, *, ahead: int) -> FixedDays:
    """A source's days of some years as lists of dates, with a label that says where they came from.

    They are known for the years of ``announced`` that follow each other up to the last one, or for all. Rules that look
    so many days ``ahead`` find what they need of the next year.
    """
    if isinstance(source, FixedDays):
        return source
    from importlib.metadata import version

    days = [day for year in years for day in source.days(year)]
    if ahead:
        days += [day for day in source.days(years.stop) if day.on.timetuple().tm_yday <= ahead]
    known = [year for year in years if announced is None or year in announced]
    first = next((year for year in reversed(known) if year - 1 not in known), None)
    return FixedDays(
        dates={day.on: day.name for day in days if not day.working},
        working={day.on: day.name for day in days if day.working},
        categories={day.on: day.category for day in days if day.category != "public"},
        known_from=first,
        known_until=known[-1] if known else years[0] - 1,
        label=f"{source.label} (holidays {version('holidays')})",
    )


def _valid(days: Iterable[SpecialDay], ranges: tuple[Validity, ...]) -> tuple[SpecialDay, ...]:
    return tuple(day for day in days if not ranges or any(day.on in part for part in ranges))


def _within(ranges: tuple[Validity, ...], limit: int | None) -> int | None:
    """A last known year, where the dates observed reach past it."""
    if limit is None or (ranges and all(part.last_on.year <= limit for part in ranges)):
        return None
    return limit


def _is_observed(ranges: tuple[Validity, ...], year: int) -> bool:
    return not ranges or any(part.start_on.year <= year <= part.last_on.year for part in ranges)
