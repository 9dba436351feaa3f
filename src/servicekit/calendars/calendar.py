"""Calendar: the document that says when a service is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Le
from pydantic import BeforeValidator, Field

from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.holiday_sources import FixedDays, HolidaySource, NamedDates, one_or_more, written_out
from servicekit.calendars.layers import Absolute, HalfDay, Recurrence, Season
from servicekit.calendars.special_days import AnnouncedYears, Unannounced
from servicekit.calendars.week import (
    ALWAYS,
    HoursField,
    WeekdayName,
    WeeklyField,
    Window,
    at_most,
    overlap_problems,
    weekly_overlap_problems,
)
from servicekit.document import did_you_mean
from servicekit.errors import HolidaysUnknownError, Problem
from servicekit.timeline.zone import ZoneName

if TYPE_CHECKING:
    from collections.abc import Sequence

    WrittenHours = str | Window | Sequence[str | Window] | None
    Written = Mapping[str, WrittenHours]


_MOST_RULES, _MOST_STRETCHES = 200, 10_000


def _few(what: str, most: int = _MOST_RULES) -> Callable[[object], object]:
    """A validator of a list whose entries are all asked about each date, or each moment."""
    return lambda value: at_most(value, most, what, "list single dates under dates or holidays")


class Calendar(AnyCalendar):
    """When a service is open: weekly hours, breaks, holidays, and exceptions for single dates.

    The most specific layer decides a date: ``dates`` over ``extra_holidays`` over ``recurring`` over make-up working
    days over holidays over ``seasons`` over ``weekly``; breaks come off last. ``openings`` add to the hours of the
    dates, ``closures`` take off everything. Hours are local readings of ``timezone``; a window that runs past midnight
    belongs to the date on which it begins. A calendar never computes: :meth:`compile` makes the engine that answers.

    >>> desk = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": ["09:00-18:30"]}, holidays=["CN"])
    >>> from datetime import datetime, timedelta
    >>> from zoneinfo import ZoneInfo
    >>> friday = datetime(2026, 9, 18, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> hours = desk.compile()
    >>> str(hours.local(hours.add(friday, timedelta(hours=1))))   # that Sunday is worked, for National Day
    '2026-09-20 09:30:00+08:00'
    """

    if TYPE_CHECKING:
        # What may be written, as opposed to what is held: texts become windows, lists of dates become mappings.
        def __init__(  # noqa: PLR0913
            self,
            *,
            timezone: str | None = None,
            weekly: Written | str = ...,
            breaks: Written = ...,
            seasons: Sequence[Season | Mapping[str, object]] = ...,
            recurring: Sequence[Recurrence | Mapping[str, object]] = ...,
            openings: Sequence[Absolute | Mapping[str, object]] = ...,
            closures: Sequence[Absolute | Mapping[str, object]] = ...,
            dates: Mapping[date, WrittenHours] | Mapping[str, WrittenHours] = ...,
            date_breaks: Mapping[date, WrittenHours] | Mapping[str, WrittenHours] = ...,
            no_breaks: Iterable[date | str] = ...,
            holidays: str | Sequence[str | HolidaySource | Mapping[str, object]] = ...,
            extra_holidays: Mapping[date, str] | Mapping[str, str] | Sequence[date | str] = ...,
            not_holidays: Iterable[date | str] = ...,
            half_days: Sequence[HalfDay | Mapping[str, object]] = ...,
            make_up_as: WeekdayName | Literal["none"] = "mon",
            known_until: int | None = None,
            unannounced: Unannounced = "raise",
            cut: Literal["start_date", "calendar_date"] = "start_date",
        ) -> None: ...

    timezone: ZoneName | None = None
    """IANA zone whose clock the hours are read on; the policy's zone where it is left out."""
    weekly: WeeklyField = Field(default_factory=dict)
    """Hours by day of the week: ``mon-fri: ["09:00-12:00", "13:30-18:00"]``, or the text ``24x7``."""
    breaks: WeeklyField = Field(default_factory=dict)
    """Breaks by day of the week, taken off whatever the hours are."""
    seasons: Annotated[tuple[Season, ...], BeforeValidator(_few("seasons"))] = ()
    """Weekly hours for parts of the year, or from one date to another; the last that covers a date counts."""
    recurring: Annotated[tuple[Recurrence, ...], BeforeValidator(_few("recurrences"))] = ()
    """Dates by a rule, closed or with hours of their own; the last that names a date counts."""
    openings: Annotated[tuple[Absolute, ...], BeforeValidator(_few("openings", _MOST_STRETCHES))] = ()
    """Stretches of time that are open whatever the hours are, such as on-call duty. One belongs to the date on which it
    begins, and to each date that it covers whole."""
    closures: Annotated[tuple[Absolute, ...], BeforeValidator(_few("closures", _MOST_STRETCHES))] = ()
    """Stretches of time that are closed whatever else is said."""
    dates: dict[date, HoursField] = Field(default_factory=dict)
    """Hours of single dates instead of all others; an empty list closes the date."""
    date_breaks: dict[date, HoursField] = Field(default_factory=dict)
    """Further breaks on single dates."""
    no_breaks: frozenset[date] = frozenset()
    """Dates without the breaks of their day of the week; ``date_breaks`` are then all they have."""
    holidays: Annotated[tuple[HolidaySource, ...], BeforeValidator(one_or_more)] = ()
    """Where days off come from: country codes, markets, lists of dates."""
    extra_holidays: NamedDates = Field(default_factory=dict)
    """Days off beside those of the sources, whatever recurs on them: a list of dates, or from date to name."""
    not_holidays: frozenset[date] = frozenset()
    """Days that a source calls holidays and this service works."""
    half_days: Annotated[tuple[HalfDay, ...], BeforeValidator(_few("half-day rules"))] = ()
    """Hours of holidays that are not closed all day, or of days before, by name or category; the first that fits."""
    make_up_as: WeekdayName | Literal["none"] = "mon"
    """The weekday whose hours and breaks a make-up working day has; ``none`` where the service ignores such days."""
    known_until: Annotated[int, Ge(1), Le(9999)] | None = None
    """Last year whose holidays are final, where the sources should not decide."""
    unannounced: Unannounced = "raise"
    """What an answer about a year does that is not announced: ``raise`` an error, ``warn``, or ``assume``."""
    cut: Literal["start_date", "calendar_date"] = "start_date"
    """What exceptions act on: shifts that begin on their date, or the date from midnight to midnight."""

    @classmethod
    def always(cls, timezone: str = "UTC") -> Calendar:
        """The calendar that never closes; open time on it is wall time.

        >>> Calendar.always().to_dict()
        {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}
        """
        return cls.model_validate({"timezone": timezone, "weekly": ALWAYS})

    def places(self) -> Iterator[tuple[str, AnyCalendar]]:
        """None: it has hours of its own."""
        return iter(())

    def in_zone(self, name: str) -> Calendar:
        """The same calendar by the clocks of another zone.

        >>> Calendar.always("Asia/Tokyo").in_zone("UTC") == Calendar.always()
        True
        """
        return self.replace(timezone=name)

    def resolved(self, first_year: int, last_year: int) -> Calendar:
        """The same calendar with the holidays of these years written out, for replay by other library versions.

        Each source becomes a list of dates, labelled with where it came from; before ``first_year`` and past
        ``last_year`` nothing is known, so what was assumed there is warned of.

        >>> frozen = Calendar(timezone="UTC", holidays=["US"]).resolved(2026, 2026)
        >>> len(frozen.holidays[0].dates), frozen.holidays[0].label.split()[0], frozen.holidays_known_until
        (12, 'US', 2026)

        Raises:
            HolidaysUnknownError: a year is asked that nobody has announced, and ``unannounced`` is ``raise``.
        """
        announced, years = self.announced_years, range(first_year, last_year + 1)
        unknown = next((year for year in years if year not in announced), None)
        if unknown is not None and self.unannounced == "raise":
            raise HolidaysUnknownError(announced.known_before(unknown), str(unknown), announced.lacking(unknown))
        if all(isinstance(source, FixedDays) for source in self.holidays):
            return self
        assumed, known = self.unannounced == "assume", announced.known_until
        asked, ahead = None if assumed else announced, max((rule.days_before for rule in self.half_days), default=0)
        return self.replace(
            holidays=tuple(written_out(source, years, asked, ahead=ahead) for source in self.holidays),
            known_until=last_year if assumed or known is None else min(known, last_year),
            unannounced="warn" if assumed else self.unannounced,
        )

    @property
    def announced_years(self) -> AnnouncedYears:
        """The years whose holidays are announced, by all sources or by ``known_until``.

        >>> 2013 in Calendar(holidays=[{"market": "XHKG"}]).announced_years
        False
        """
        return AnnouncedYears(self.holidays, self.known_until)

    @property
    def holidays_known_until(self) -> int | None:
        """The last year whose holidays are final; None when all years are known.

        >>> Calendar(holidays=["CN"]).holidays_known_until, Calendar(holidays=["US"]).holidays_known_until
        (2026, None)
        """
        return self.announced_years.known_until

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: overlapping windows, a calendar that never opens, settings without effect."""
        from servicekit.calendars.engine.date_layers import DateLayers

        for name, hours in (("weekly", self.weekly), ("breaks", self.breaks)):
            yield from weekly_overlap_problems(name, hours)
        for name, dated in (("dates", self.dates), ("date_breaks", self.date_breaks)):
            for on, windows in dated.items():
                yield from overlap_problems(f"{name}.{on}", windows)
        if DateLayers(self).never_opens and not self.openings:
            yield Problem.warning(
                "calendar.never-open", "weekly", "this calendar never opens", f"list hours, or {ALWAYS}"
            )
        yield from self._half_day_problems()

    def _half_day_problems(self) -> Iterable[Problem]:
        ruled = {category for rule in self.half_days for category in rule.categories}
        read = {"public"}
        for i, source in enumerate(self.holidays):
            categories = source.categories.values() if isinstance(source, FixedDays) else source.categories
            read.update(categories)
            if "half_day" in categories and "half_day" not in ruled and not self.half_days:
                hint = "give half_days: [{categories: half_day, hours: ...}]"
                message = "half days are read and no half_days say their hours, so they are closed"
                yield Problem.warning("calendar.half-day", f"holidays[{i}].categories", message, hint)
        named = ((i, j, name) for i, rule in enumerate(self.half_days) for j, name in enumerate(rule.categories))
        for i, j, category in named:
            if category not in read:
                hint = did_you_mean(category, read) or "list the category in a source of holidays"
                message = f"no source of holidays reads the category {category!r}"
                yield Problem.warning("calendar.half-day", f"half_days[{i}].categories[{j}]", message, hint)
