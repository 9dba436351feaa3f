"""The languages that reports speak by themselves, and how one is asked for."""

from __future__ import annotations

from typing import Literal, TypeAlias

from servicekit.reports.words.nouns import NOUNS
from servicekit.reports.words.phrases import PHRASES
from servicekit.reports.words.report_words import ReportWords

ENGLISH = ReportWords(
    "en",
    "English",
    phrases={key: english for key, (english, _) in PHRASES.items()},
    nouns={noun: english for noun, (english, _) in NOUNS.items()},
)
"""The words of reports in English."""

CHINESE = ReportWords(
    "zh-Hans",
    "中文",
    phrases={key: chinese for key, (_, chinese) in PHRASES.items()},
    nouns={noun: chinese for noun, (_, chinese) in NOUNS.items()},
    plural=lambda _: 0,
    comma="、",
    percent="{}%",
    day="{year}年{month}月{day}日",
    month="{year}年{month}月",
    zone="{}（{}）",
)
"""The words of reports in simplified Chinese."""

Language: TypeAlias = Literal["en", "zh", "both"] | ReportWords
"""English, Chinese, one after the other, or the words of another language."""

_KNOWN = {"en": (ENGLISH,), "zh": (CHINESE,), "both": (ENGLISH, CHINESE)}


def languages(language: Language) -> tuple[ReportWords, ...]:
    """The words of a language, or of several.

    >>> [words.name for words in languages("both")]
    ['English', '中文']

    Raises:
        ValueError: nobody has words for it.
    """
    if isinstance(language, ReportWords):
        return (language,)
    if language not in _KNOWN:
        raise ValueError(f"no language named {language!r}; known: {', '.join(_KNOWN)}, or a ReportWords")
    return _KNOWN[language]


def one_language(language: Language) -> ReportWords:
    """The words of a chart or a table, which speaks one language.

    >>> one_language("zh").name
    '中文'

    Raises:
        ValueError: nobody has words for it, or it is several.
    """
    words, *others = languages(language)
    if others:
        raise ValueError(f"a chart or a table speaks one language, not {language!r}: make one of 'en' and one of 'zh'")
    return words
