"""Phrases of clocks, which the explanations of the room ``sla`` have words for, and of promises by their metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from servicekit.sla.view.language import words_in

_EN, _ZH = words_in("en"), words_in("zh")


def _pairs(kind: str, english: Mapping[str, str], chinese: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    return ((f"{kind}.{name}", (english[name], chinese[name])) for name in english)


def _names(kind: str, chinese: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The same in charts, where English has the names of policies and calendars themselves."""
    return ((f"{kind}.{name}", (name, words)) for name, words in chinese.items())


CLOCK_PHRASES: Mapping[str, tuple[str, str]] = {
    **dict(_pairs("span", _EN.kinds, _ZH.kinds)),
    **dict(_pairs("layer", _EN.layers, _ZH.layers)),
    **dict(_pairs("promise", _EN.metrics, _ZH.metrics)),
    **dict(_names("clock_span", _ZH.kinds)),
    **dict(_names("clock_layer", _ZH.layers)),
}
