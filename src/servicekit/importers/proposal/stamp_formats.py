"""How the stamps of a column are written, told from its cells; and what cannot be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import product
from typing import NamedTuple

from servicekit.importers.timestamps import parser

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y",
    "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%d.%m.%y", "%d/%b/%y", "%d/%b/%Y", "%d-%b-%y", "%d-%b-%Y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y%m%d",
)  # fmt: skip
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p", "%H:%M:%S.%f")
_JOINTS = (" ", ", ", "T", "")
_ZONES = (" UTC", " %z", "%z")
_PATTERNS = (
    *(day + joint + time for day, joint, time in product(_DAYS, _JOINTS, _TIMES)),
    *(f"{day} {time}{zone}" for day, time, zone in product(_DAYS, _TIMES[:2], _ZONES)),
    "%Y%m%d%H%M%S",
    *_DAYS,
)
_TWO = "[0-9]{1,2}"
_LOOKS = {
    "%Y": "[0-9]{4}", "%y": "[0-9]{2}", "%m": _TWO, "%d": _TWO, "%H": _TWO, "%I": _TWO, "%M": _TWO, "%S": _TWO,
    "%f": "[0-9]{1,6}", "%p": "[AaPp][Mm]", "%b": "[A-Za-z]{3}", "%B": "[A-Za-z]{3,9}",
    "%z": "[+-][0-9]{2}:?[0-9]{2}|Z",
}  # fmt: skip
_MANY = 400
_MOST_ODD = 0.05
_EPOCHS = {"epoch_seconds": (10, 10), "epoch_milliseconds": (13, 13)}
_EXCEL = re.compile(r"[3-6][0-9]{4}(\.[0-9]+)?")


class StampGuess(NamedTuple):
    """How a column's stamps are written, which patterns would read as many, and how many cells are no stamps."""

    formats: tuple[str, ...]
    others: tuple[str, ...] = ()
    unread: int = 0


def stamps_of(cells: Iterable[str]) -> StampGuess | None:
    """How these cells are written as stamps; None where they are not.

    >>> stamps_of(["05/02/2026 09:00", "31/01/2026 10:00"])
    StampGuess(formats=('%d/%m/%Y %H:%M',), others=(), unread=0)
    >>> stamps_of(["05/02/2026 09:00"]).others, stamps_of(["1767603600"]).formats, stamps_of(["phone"])
    (('%m/%d/%Y %H:%M',), ('epoch_seconds',), None)
    """
    texts = list(dict.fromkeys(cells))
    sample = texts[:: max(1, len(texts) // _MANY)]
    if not sample:
        return None
    if numbers := _numbers(sample):
        return numbers
    formats: list[str] = []
    others: tuple[str, ...] = ()
    rest = sample
    while rest and len(formats) < 3:
        best = _best(rest)
        if best is None:
            break
        read, patterns = best
        formats.append(patterns[0])
        others += tuple(patterns[1:]) if len(formats) == 1 else ()
        rest = [text for text in rest if text not in read]
    if not formats or len(rest) > _MOST_ODD * len(sample):
        return None
    return StampGuess(tuple(formats), others, len(rest))


def _numbers(sample: Sequence[str]) -> StampGuess | None:
    for name, (fewest, most) in _EPOCHS.items():
        if all(text.isdecimal() and fewest <= len(text) <= most and text[0] == "1" for text in sample):
            return StampGuess((name,))
    if all(map(_EXCEL.fullmatch, sample)) and any("." in text for text in sample):
        return StampGuess(("excel_1900",), ("excel_1904",))
    return None


def _best(texts: Sequence[str]) -> tuple[set[str], list[str]] | None:
    """The texts that the best pattern reads, and every pattern that reads as many of them and is as exact."""
    for first in texts[:5]:
        patterns = [pattern for pattern in ("iso", *_PATTERNS) if _reads(pattern, first)]
        if patterns:
            break
    else:
        return None
    found = {pattern: {text for text in texts if _reads(pattern, text)} for pattern in patterns}
    most = max(map(len, found.values()))
    patterns = [pattern for pattern, read in found.items() if len(read) == most]
    if patterns[0] == "iso":  # the patterns of a year at the front say no more
        patterns = ["iso"]
    return found[patterns[0]], [pattern for pattern in patterns if _same_kind(pattern, patterns[0])]


def _same_kind(pattern: str, chosen: str) -> bool:
    """Whether two patterns differ only in what stands for day and month, which a person has to tell apart."""
    return sorted(re.findall("%.", pattern)) == sorted(re.findall("%.", chosen))


@cache
def _looks() -> Mapping[str, re.Pattern[str]]:
    """What a text of each pattern looks like: asked before ``strptime``, which makes a new start with every pattern."""
    parts = {part: f"(?:{look})" for part, look in _LOOKS.items()}
    return {
        pattern: re.compile(re.sub("%.", lambda part: parts[part[0]], re.escape(pattern).replace("\\ ", " ")))
        for pattern in _PATTERNS
    }


def _reads(pattern: str, text: str) -> bool:
    if pattern != "iso" and not _looks()[pattern].fullmatch(text):
        return False
    try:
        reading: datetime = parser(pattern)(text)
    except ValueError:
        return False
    return 1970 <= reading.year < 2200 and (pattern != "iso" or len(text) > 8)
