"""What is told, as HTML: the only place where texts become markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from html import escape
from typing import Any, TypeAlias

from servicekit._safe_text import with_codes
from servicekit.kpi import Measurement
from servicekit.quantity import Ratio
from servicekit.reports.blocks.told import (
    ByLanguage,
    ClockTime,
    ExactShare,
    Listed,
    LocalMoment,
    NamedTerm,
    Phrase,
    Told,
)
from servicekit.reports.words.report_words import ReportWords
from servicekit.timeline import Period, to_us

Html: TypeAlias = str
"""Markup in which every text is escaped."""

_MARKUP = re.compile("[&<>\"']")
_BEGIN, _END = "\x02", "\x03"
_FENCE = re.compile(f"[{_BEGIN}{_END}]")
_TO_THE_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LAST_OF_PLANES = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NO_CHARACTER = re.compile(f"[\ufdd0-\ufdef{_LAST_OF_PLANES}]")


def told_html(told: Told, words: ReportWords) -> Html:
    """What is told, with its parts set apart: of a share the counts, of a status its sign.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> told_html(Ratio(3, 4), ENGLISH)
    '<span class="share"><span>3/4</span> <b>75.0 %</b></span>'
    """
    return _TOLD_APART.get(type(told), text_html)(told, words)


def _count_html(number: int, words: ReportWords) -> Html:
    return words.tell(number)


def _share_html(ratio: Ratio, words: ReportWords) -> Html:
    counts = f"{words.tell(ratio.numerator)}/{words.tell(ratio.denominator)}"
    return f'<span class="share"><span>{_escaped(counts)}</span> <b>{_escaped(words.share(ratio.value))}</b></span>'


@lru_cache(maxsize=2048)
def _term_html(term: NamedTerm, words: ReportWords) -> Html:
    text = text_html(term, words)
    return f'<span class="status {_escaped(term.name)}">{text}</span>' if term.kind == "status" else text


def _phrase_html(phrase: Phrase, words: ReportWords) -> Html:
    return text_html(phrase, words) if phrase.fields else _fixed_html(phrase.key, words)


@lru_cache(maxsize=2048)
def _fixed_html(key: str, words: ReportWords) -> Html:
    """A phrase without places is the same in every report."""
    return text_html(Phrase(key), words)


_TOLD_APART: Mapping[type, Callable[[Any, ReportWords], Html]] = {
    int: _count_html,
    Ratio: _share_html,
    NamedTerm: _term_html,
    Phrase: _phrase_html,
}


def text_html(told: Told, words: ReportWords) -> Html:
    """What is told as text. Characters that steer are shown by their codes, and a text of a user that is written from
    right to left is set apart, so that it turns nothing beside it.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> print(text_html("<b>\\x1b", ENGLISH), ascii(text_html("\\u05d0 & 1", ENGLISH)))
    &lt;b&gt;\\x1b '<bdi>\\u05d0 &amp; 1</bdi>'
    """
    text = words.tell(told)
    if text.isascii() or not _TO_THE_LEFT.search(text):
        return _escaped(text)
    parts = _FENCE.split(words.tell(_fenced(told, words)))
    return "".join(f"<bdi>{_escaped(part)}</bdi>" if place % 2 else _escaped(part) for place, part in enumerate(parts))


def attribute_html(told: Told, words: ReportWords) -> Html:
    """What is told as the value of an attribute, without its quotes.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> attribute_html('" onclick="', ENGLISH)
    '&quot; onclick=&quot;'
    """
    return _escaped(words.tell(told))


def order_of(told: Told) -> str | None:
    """By what a table is sorted; ``None`` where that is the text itself.

    >>> order_of(Ratio(3, 4)), order_of(Ratio(0, 0)), order_of(1_200), order_of("phone")
    ('0.75', '', '1200', None)
    """
    match told:
        case int():
            return str(told) if abs(told) > 999 else None
        case (Ratio() as ratio) | ExactShare(ratio):
            return _decimal(ratio.value)
        case Measurement():
            return _decimal(told.exact)
        case LocalMoment():
            return str(to_us(told.at))
        case timedelta() | ClockTime():
            length = told.amount if isinstance(told, ClockTime) else told
            return f"{length.total_seconds():.9g}"
        case Period():
            return told.start.isoformat()
        case date():
            return told.isoformat()
        case _:
            return None


def _decimal(value: Fraction | None) -> str:
    """A number as scripts read it, rounded; enough to sort by."""
    if value is None:
        return ""
    try:
        return f"{float(value):.9g}"
    except OverflowError:
        return "Infinity" if value > 0 else "-Infinity"


def _fenced(told: Told, words: ReportWords) -> Told:
    """The same with a fence around each text of a user."""
    match told:
        case str():
            return f"{_BEGIN}{with_codes(told)}{_END}"
        case Phrase(key, fields):
            return Phrase(key, {name: _fenced(each, words) for name, each in fields.items()})
        case Listed(parts):
            return Listed(tuple(_fenced(part, words) for part in parts))
        case ByLanguage():
            return _fenced(words.tell(told), words)
        case NamedTerm(_, name):
            return _fenced(name, words) if words.tell(told) == name else told
        case _:
            return told


def _escaped(text: str) -> Html:
    if text.isprintable():
        return escape(text) if _MARKUP.search(text) else text
    return _NO_CHARACTER.sub(lambda found: ascii(found[0])[1:-1], escape(with_codes(text)))
