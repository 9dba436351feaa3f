"""Every word has a partner: what English says, Chinese says, of the same things and with the same numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import servicekit
from servicekit.kpi import STANDARD, Status
from servicekit.quantity import Ratio
from servicekit.reports import CHINESE, ENGLISH, ReportWords
from servicekit.reports.blocks.told import ByLanguage, ClockTime, Listed, LocalMoment, NamedTerm, Promised, say
from servicekit.reports.periods.period_blocks import _SECTIONS
from servicekit.reports.templates.section import Dimension
from servicekit.reports.words.nouns import NOUNS
from servicekit.reports.words.phrases import PHRASES
from servicekit.segments import LifeCycleState
from servicekit.sla import METRICS, Convention, OutcomeName, SpanKind
from servicekit.timeline import month
from servicekit.whatif import CHANGES

ROOM = Path(servicekit.__file__).parent / "reports"
TERMS = {
    "outcome": get_args(OutcomeName),
    "verdict": get_args(OutcomeName),
    "convention": get_args(Convention),
    "denominator": get_args(Convention),
    "change": CHANGES,
    "state": get_args(LifeCycleState),
    "section": tuple(f"attainment_{by}" for by in get_args(Dimension))
    + tuple(kind for kind in _SECTIONS if kind != "attainment"),
    "weekday": tuple("0123456"),
    "day": tuple("0123456"),
    "span": get_args(SpanKind),
    "promise": METRICS,
    "status": get_args(Status),
    "figure": tuple(STANDARD),
}


def said() -> Iterator[str]:
    """The keys that code says by name, and those of an f-string up to its first place."""
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name("say"), args=[ast.Constant(str(key)), *_]):
                    yield key
                case ast.Call(func=ast.Name("say"), args=[ast.JoinedStr([ast.Constant(str(start)), *_]), *_]):
                    yield f"{start}*"


@pytest.mark.parametrize("key", sorted(said()))
def test_what_code_says_is_in_the_catalogue(key: str) -> None:
    assert any(name.startswith(key[:-1]) if key.endswith("*") else name == key for name in PHRASES)


def test_no_phrase_is_left_that_nothing_says() -> None:
    written = "".join(file.read_text("utf-8") for file in ROOM.rglob("*.py") if "phrases" not in file.name)
    starts = [key[:-1] for key in said() if key.endswith("*")]
    for key in PHRASES:
        kind, _, name = key.partition(".")
        is_said = f'"{key}"' in written or any(key.startswith(start) for start in starts)
        is_term = f'"{kind}"' in written or (kind == "column" and re.search(rf'["\']{name}["\']', written))
        assert is_said or is_term, key


@pytest.mark.parametrize(("kind", "names"), TERMS.items())
def test_each_word_of_a_closed_list_has_a_term(kind: str, names: tuple[str, ...]) -> None:
    assert {f"{kind}.{name}" for name in names} <= PHRASES.keys()


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_tell_the_same_places(key: str) -> None:
    english, chinese = ([each[1:3] for each in Formatter().parse(text) if each[1]] for text in PHRASES[key])
    assert sorted(english) == sorted(chinese)
    assert {noun for _, noun in english if noun} <= NOUNS.keys()


@given(st.integers(0, 10**9), st.sampled_from(sorted(NOUNS)))
def test_a_number_has_its_noun(number: int, noun: str) -> None:
    one, *others = NOUNS[noun][0]
    assert ENGLISH.number(number, noun).split(" ", 1)[1] == (one if number == 1 else others[0])
    assert CHINESE.number(number, noun).removeprefix(f"{number:,} ") == NOUNS[noun][1][0]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_shares_tell_the_same_numbers(hits: int, misses: int) -> None:
    told = (words.tell(Ratio(hits, hits + misses)) for words in (ENGLISH, CHINESE))
    first, second = (re.findall(r"[\d,.]+", text) for text in told)
    assert first == second


def test_days_and_lengths_are_written_as_readers_do() -> None:
    at = LocalMoment(datetime(2026, 3, 31, 16, tzinfo=UTC), "Asia/Shanghai")
    spring = month(date(2026, 3, 8))
    lengths = (timedelta(days=3), timedelta(minutes=90), timedelta(0), timedelta(seconds=-61))
    english = [ENGLISH.tell(each) for each in (at, spring, date(2026, 3, 1), *lengths)]
    chinese = [CHINESE.tell(each) for each in (at, spring, date(2026, 3, 1), *lengths)]
    assert english == [
        "2026-04-01 00:00 Asia/Shanghai",
        "2026-03",
        "2026-03-01",
        "3d",
        "1h 30m",
        "0s",
        "-1m 1s",
    ]
    assert chinese == [
        "2026年4月1日 00:00（Asia/Shanghai）",
        "2026年3月",
        "2026年3月1日",
        "3天",
        "1小时30分",
        "0秒",
        "-1分1秒",
    ]


def test_promises_are_told_as_they_are_meant() -> None:
    """A clock counts hours, since its days are no days of 24; business days are days."""
    texts = ("2bd", "3cd", "90m", "36h", "24h wall", "1bd (end close)", "at will")
    assert [ENGLISH.tell(Promised(text)) for text in texts] == [
        "2 business days",
        "3 calendar days",
        "1h 30m",
        "36h",
        "24h, day and night",
        "1bd (end close)",
        "at will",
    ]
    assert CHINESE.tell(Promised("3bd")) == "3 个工作日"
    assert CHINESE.tell(ClockTime(timedelta(days=2, minutes=5))) == "48小时5分"


def test_texts_of_users_stay_as_they_are_or_come_by_language() -> None:
    title = ByLanguage({"en": "Service", "zh": "服务"})
    assert (ENGLISH.tell(title), CHINESE.tell(title)) == ("Service", "服务")
    assert CHINESE.tell(ByLanguage({"de": "Dienst"})) == "Dienst"
    assert CHINESE.tell(Listed(("{a}", NamedTerm("metric", "of my own")))) == "{a}、of my own"
    assert ENGLISH.tell(say("comparison.title", first="{x}", second="%s")) == "{x} -> %s"


def german(**changes: object) -> ReportWords:
    words = replace(ENGLISH, tag="de", name="Deutsch", thousands=".", decimal=",")
    return replace(words, **changes)


def test_a_third_language_writes_numbers_its_own_way() -> None:
    assert german().tell(Ratio(35_591, 47_112)) == "35.591/47.112   75,5 %"


def test_a_language_without_all_words_is_refused_with_all_that_it_lacks() -> None:
    phrases = {key: text for key, text in ENGLISH.phrases.items() if key != "report.cases"}
    phrases["report.as_of"] = "Stand {am}"
    with pytest.raises(ValueError, match="'de'") as caught:
        german(phrases={**phrases, "report.extra": "?"}, nouns={**ENGLISH.nouns, "case": ()})
    for part in ("phrase report.cases", "report.as_of has the places ['at']", "report.extra", "noun case"):
        assert part in str(caught.value)


@pytest.mark.parametrize("tag", ["", "d", 'de" lang="x', "de_DE", "zh Hans", "</style>", "de-", "多"])
def test_a_tag_that_names_no_language_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="zh-Hans"):
        german(tag=tag)
    assert german(tag="de-CH-1996").tag == "de-CH-1996"
