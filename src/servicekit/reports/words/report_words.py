"""The words of reports in one language, and how it writes numbers, shares, days and lengths of time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from string import Formatter
from typing import Any

from servicekit.kpi import Measurement
from servicekit.kpi.metric import Unit
from servicekit.kpi.value_text import number_text
from servicekit.quantity import Ratio, percent_text
from servicekit.reports.blocks.told import (
    ByLanguage,
    ClockTime,
    ExactShare,
    Listed,
    LocalMoment,
    NamedTerm,
    Phrase,
    Promised,
    Told,
    say,
)
from servicekit.reports.words.nouns import NOUNS
from servicekit.reports.words.phrases import PHRASES
from servicekit.timeline import BusinessDays, Period, parse_duration
from servicekit.timeline.zone import reading

_TAG = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def _two_forms(number: int) -> int:
    return int(number != 1)


@dataclass(frozen=True, slots=True, eq=False)
class ReportWords:
    """All that reports say, in one language; a third one is an object of this class.

    ``tag`` is the language by BCP 47, ``name`` what its readers call it. ``phrases`` has a text for each key of
    English; its places stand in braces, ``{cases:case}`` is a number with its noun. ``nouns`` has the forms of each
    noun, of which ``plural`` tells the place by the number. ``day`` and ``minute`` say how a day and a time of it are
    written, by ``{year}``, ``{month}`` and so on; ``percent`` how a number of them is.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> ENGLISH.tell(1_234), ENGLISH.tell(Ratio(3, 4)), ENGLISH.tell(date(2026, 3, 1))
    ('1,234', '3/4   75.0 %', '2026-03-01')

    Raises:
        ValueError: the tag is not one; or phrases or nouns are missing, or tell other places than those of English:
            all are named.
    """

    tag: str
    name: str
    phrases: Mapping[str, str] = field(repr=False)
    nouns: Mapping[str, Sequence[str]] = field(repr=False)
    plural: Callable[[int], int] = field(default=_two_forms, repr=False)
    comma: str = ", "
    thousands: str = ","
    decimal: str = "."
    percent: str = "{} %"
    day: str = "{year:04}-{month:02}-{day:02}"
    month: str = "{year:04}-{month:02}"
    zone: str = "{} {}"

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.tag):
            raise ValueError(f"{self.tag!r} is not the tag of a language; write one such as 'de' or 'zh-Hans'")
        if problems := [*_lacking(self.phrases, self.nouns)]:
            raise ValueError(f"the words of {self.tag!r} lack: {'; '.join(problems)}")

    def tell(self, told: Told) -> str:
        """What is told, in words; texts of users are told as they are.

        Raises:
            TypeError: it is of no kind that reports tell.
        """
        teller = _TELLERS.get(type(told)) or next(_tellers(told), None)
        if teller is None:
            raise TypeError(f"no words for {told!r}")
        return teller(self, told)

    def share(self, value: Fraction | None) -> str:
        """A share in per cent, as honest as :func:`~servicekit.quantity.percent_text`."""
        shown = percent_text(value)
        if value is None:
            return self.phrases["number.none"]
        return self.percentage(shown.removesuffix(" %"))

    def percentage(self, digits: str) -> str:
        """Digits as so many per cent.

        >>> from servicekit.reports.words.languages import CHINESE, ENGLISH
        >>> ENGLISH.percentage("66.7"), CHINESE.percentage("66.7")
        ('66.7 %', '66.7%')
        """
        return self.digits(self.percent.format(digits))

    def figure(self, number: Fraction | None, unit: Unit) -> str:
        """A number in its unit, as :func:`~servicekit.kpi.value_text.number_text` rounds it.

        >>> from servicekit.reports.words.languages import CHINESE, ENGLISH
        >>> day = Fraction(90_061_000_000)
        >>> ENGLISH.figure(day, "duration"), CHINESE.figure(day, "duration"), CHINESE.figure(None, "share")
        ('1 d 1:01:01', '1 天 1:01:01', '无数据')
        """
        if number is None:
            return self.phrases["number.none"]
        text = number_text(number, unit)
        if unit == "share":
            return self.percentage(text.removesuffix(" %"))
        days, has_days, clock = text.partition(" d ")
        return self._phrase(say("length.days", days=days, clock=clock)) if has_days else self.digits(text)

    def number(self, number: int, noun: str) -> str:
        """So many of something.

        >>> from servicekit.reports.words.languages import CHINESE, ENGLISH
        >>> ENGLISH.number(1, "case"), CHINESE.number(2401, "record")
        ('1 case', '2,401 条记录')
        """
        return f"{self.tell(number)} {self.nouns[noun][self.plural(number)]}"

    def _text(self, text: str) -> str:
        return text

    def _count(self, number: int) -> str:
        return self.digits(f"{number:,}")

    def _ratio(self, ratio: Ratio) -> str:
        """Counts and their percentage, as wide as that of all, so that several stand under each other."""
        share = self.share(ratio.value).rjust(len(self.percent.format("100.0")))
        return f"{self._count(ratio.numerator)}/{self._count(ratio.denominator)}  {share}"

    def _exact(self, told: ExactShare) -> str:
        """Cut after four decimal places; only all is 100 %, and only none is 0 %."""
        ratio = told.ratio
        if not ratio.denominator:
            return self.phrases["number.none"]
        cut = 1_000_000 * ratio.numerator // ratio.denominator
        whole, rest = divmod(max(cut, 1) if ratio.numerator else 0, 10_000)
        digits = f"{rest:04}".rstrip("0") or "0"
        return self.digits(self.percent.format(f"{whole:,}.{digits}"))

    def _measured(self, told: Measurement) -> str:
        return self.share(told.exact) if told.unit == "share" else self.figure(told.exact, told.unit)

    def _phrase(self, phrase: Phrase) -> str:
        pieces: list[str] = []
        for text, name, noun in _parsed(self.phrases[phrase.key]):
            pieces.append(text)
            if name is not None:
                value = phrase.fields[name]
                pieces.append(self.number(value, noun) if noun and isinstance(value, int) else self.tell(value))
        return "".join(pieces)

    def digits(self, text: str) -> str:
        """Digits as English writes them, as this language does.

        >>> from servicekit.reports.words.languages import CHINESE
        >>> CHINESE.digits("1,234.5")
        '1,234.5'
        """
        if self.thousands == "," and self.decimal == ".":
            return text
        return text.translate({ord(","): self.thousands, ord("."): self.decimal})

    def _term(self, term: NamedTerm) -> str:
        return self.phrases.get(f"{term.kind}.{term.name}", term.name)

    def _listed(self, listed: Listed) -> str:
        return self.comma.join(map(self.tell, listed.parts))

    def _own(self, own: ByLanguage) -> str:
        texts, base = own.texts, self.tag.partition("-")[0]
        return texts.get(self.tag) or texts.get(base) or next(iter(texts.values()), "")

    def _day(self, day: date) -> str:
        return _dated(self.day, day)

    def _moment(self, moment: LocalMoment) -> str:
        """To the second where it has one; beside others always, without a zone that is theirs."""
        local, known_as = reading(moment.at, moment.timezone)
        clock = local.time().isoformat("seconds")
        told = f"{self._day(local.date())} {clock.removesuffix(':00') if moment.has_zone else clock}"
        return self.zone.format(told, known_as) if moment.has_zone or known_as != moment.timezone else told

    def _period(self, period: Period) -> str:
        """A month by its year and number, any other period by its name."""
        is_month = period.name == f"{period.start:%Y-%m}"
        return self.month.format(year=period.start.year, month=period.start.month) if is_month else period.name

    def _length(self, length: timedelta) -> str:
        """A length of time in days, hours, minutes and seconds; what is less than a second is cut."""
        seconds = int(abs(length) // timedelta(seconds=1))
        days = self._parts((("d", seconds // 86_400), ("h", seconds // 3600 % 24)), seconds)
        return f"-{days}" if length <= timedelta(seconds=-1) else days

    def _clock_time(self, told: ClockTime) -> str:
        seconds = told.amount.days * 86_400 + told.amount.seconds
        return self._parts((("h", seconds // 3600),), seconds)

    def _parts(self, units: Sequence[tuple[str, int]], seconds: int) -> str:
        every = (*units, ("m", seconds // 60 % 60), ("s", seconds % 60))
        parts = [_unit(self, unit, number) for unit, number in every if number]
        return self.phrases["length.and"].join(parts) or _unit(self, "s", 0)


@lru_cache(maxsize=256)
def _promised(words: ReportWords, promised: Promised) -> str:
    """Business days by their number; choices of their own stay as they are written."""
    text = promised.text.removesuffix(_WALL)
    try:
        amount = parse_duration(text)
    except ValueError:
        return promised.text
    if isinstance(amount, timedelta):
        told = words.tell(ClockTime(amount))
    else:
        told = words.number(amount.days, "business_day" if isinstance(amount, BusinessDays) else "calendar_day")
    return told if text == promised.text else words.tell(say("promised.wall", amount=told))


_WALL = " wall"
"""What a promise says that counts nights and holidays."""

_TELLERS: Mapping[type, Callable[[ReportWords, Any], str]] = {
    str: ReportWords._text,
    int: ReportWords._count,
    Ratio: ReportWords._ratio,
    Measurement: ReportWords._measured,
    Phrase: ReportWords._phrase,
    NamedTerm: ReportWords._term,
    Listed: ReportWords._listed,
    ByLanguage: ReportWords._own,
    LocalMoment: ReportWords._moment,
    ClockTime: ReportWords._clock_time,
    ExactShare: ReportWords._exact,
    Promised: _promised,
    Period: ReportWords._period,
    timedelta: ReportWords._length,
    date: ReportWords._day,
}


def _tellers(told: object) -> Iterator[Callable[[ReportWords, Any], str]]:
    """Those of the classes that it inherits from."""
    return (teller for kind, teller in _TELLERS.items() if isinstance(told, kind))


@lru_cache(maxsize=4096)
def _dated(form: str, day: date) -> str:
    return form.format(year=day.year, month=day.month, day=day.day)


@lru_cache(maxsize=4096)
def _unit(words: ReportWords, unit: str, number: int) -> str:
    """So many hours, minutes or the like."""
    return words.tell(say(f"length.{unit}", n=number))


@lru_cache(maxsize=2048)
def _parsed(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """The texts of a template, each with the place after it and the noun of that."""
    return tuple((text, name, noun or "") for text, name, noun, _ in Formatter().parse(template))


def _places(template: str) -> set[str | None]:
    return {name for _, name, _ in _parsed(template) if name is not None}


def _lacking(phrases: Mapping[str, str], nouns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for key, (english, _) in PHRASES.items():
        if key not in phrases:
            yield f"phrase {key}"
        elif _places(phrases[key]) != _places(english):
            yield f"phrase {key} has the places {sorted(map(str, _places(english)))}"
    yield from (f"a phrase is named {key}, which nothing says" for key in phrases if key not in PHRASES)
    yield from (f"noun {noun}" for noun in NOUNS if not nouns.get(noun))
