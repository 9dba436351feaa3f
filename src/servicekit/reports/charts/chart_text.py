"""Texts of cases and documents in Altair charts, which may be written into HTML.

Altair writes a chart's JSON into a script as it is, and the "View Source" of vega-embed into a page: there, a text with
``</script>`` in it would be read as markup. So such texts stand in a chart as HTML has them, and Vega reads them back
when it draws.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from html import escape
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.layout import display_width, printable
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.words.report_words import ReportWords
from servicekit.timeline import format_duration

if TYPE_CHECKING:
    from altair import ExprRef, LayerChart, SchemaBase, Tooltip, VConcatChart


def encoded(text: str) -> str:
    """The text as it stands in a chart, with a blank for what may not stand in an SVG, or turns directions.

    >>> encoded("a < b & c"), encoded("a\x1bb")
    ('a &lt; b &amp; c', 'a b')
    """
    return escape(_UNFIT.sub(" ", text), quote=False)


_UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def decoded(expression: str) -> str:
    """A Vega expression for the text that was :func:`encoded`."""
    for entity, character in (("lt", r"\x3c"), ("gt", r"\x3e"), ("amp", "&")):
        expression = f"replace({expression}, /&{entity};/g, '{character}')"
    return expression


def shown(alt: ModuleType, text: str) -> str | ExprRef:
    """A text where a chart takes one text, for all its data."""
    safe = encoded(text)
    expression: ExprRef = alt.expr(decoded(json.dumps(safe)))
    return text if safe == text else expression


def shown_lines(alt: ModuleType, text: str, columns: int = 72) -> str | ExprRef:
    """As :func:`shown`, in lines of so many columns where the text is longer."""
    if len(lines := lines_of(text, columns)) < 2:
        return shown(alt, text)
    told = decoded(json.dumps(encoded("\n".join(lines))))
    expression: ExprRef = alt.expr(f"split({told}, '\\n')")
    return expression


def lines_of(text: str, columns: int) -> list[str]:
    """A text in lines of so many columns, broken at blanks where there are any, and nowhere cut.

    >>> lines_of("waiting for the customer", 12), lines_of("在线客服", 4), lines_of("", 9)
    (['waiting for', 'the customer'], ['在线', '客服'], [''])
    """
    lines = [""]
    for word in printable(text).split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if display_width(joined) <= columns:
            lines[-1] = joined
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = word
        while display_width(lines[-1]) > columns:
            lines[-1:] = _broken(lines[-1], columns)
    return lines


def broken_labels(words: Sequence[str], columns: int) -> str:
    """A Vega expression for the label of each word that was :func:`encoded`, in lines of so many columns.

    >>> print(broken_labels(["a <b>", "phone"], 4))
    {"a \\u0026lt;b\\u0026gt;": ["a", "\\u003cb\\u003e"], "phone": ["phon", "e"]}[datum.label]
    """
    told = json.dumps({encoded(word): lines_of(word, columns) for word in words})
    for character in "<>&":
        told = told.replace(character, f"\\u{ord(character):04x}")
    return f"{told}[datum.label]"


def tips(alt: ModuleType, words: ReportWords, *names: str, kind: str = "N", **look: str) -> list[Tooltip]:
    """What shows under the pointer: fields with what they are called.

    >>> import altair
    >>> from servicekit.reports.words.languages import CHINESE
    >>> tips(altair, CHINESE, "limits")[0].to_dict()
    {'field': 'limits', 'title': '区间', 'type': 'nominal'}
    """
    return [alt.Tooltip(f"{name}:{kind}", title=words.tell(NamedTerm("tip", name)), **look) for name in names]


def time_formats(words: ReportWords) -> Mapping[str, str]:
    """How an axis of time writes years, days and hours.

    >>> from servicekit.reports.words.languages import CHINESE
    >>> time_formats(CHINESE)["date"]
    '%-m月%-d日'
    """
    return {unit: words.tell(say(f"axis.{unit}")) for unit in _TIME_UNITS}


_TIME_UNITS = ("year", "quarter", "month", "week", "date", "hours", "minutes", "seconds", "milliseconds")


def in_turn(words: ReportWords, parts: Iterable[str]) -> str:
    """What is told one after the other, in one sentence.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> in_turn(ENGLISH, ["n 9", "no signal"])
    'n 9; no signal'
    """
    return words.tell(say("chart.then")).join(parts)


def length_told(words: ReportWords, length: timedelta) -> str:
    """A length of time as policies write it, with the units of a language.

    >>> from servicekit.reports.words.languages import CHINESE, ENGLISH
    >>> [length_told(words, timedelta(minutes=90)) for words in (ENGLISH, CHINESE)]
    ['1h30m', '1小时30分']
    """
    parts = re.findall(r"([-.\d]+)([hms])", format_duration(length))
    return "".join(words.tell(say(f"length.{unit}", n=words.digits(number))) for number, unit in parts)


def _broken(word: str, columns: int) -> tuple[str, str]:
    """As much of a word as has room, one character at least, and the rest."""
    taken = 1
    while taken < len(word) and display_width(word[: taken + 1]) <= columns:
        taken += 1
    return word[:taken], word[taken:]


def described(alt: ModuleType, chart: LayerChart, text: str) -> LayerChart:
    """The chart with a text for those who cannot see it.

    A browser takes it of the document; a static SVG has it as the label of the ground, an area without a colour.
    """
    ends = {"x": 0, "y": 0, "x2": "width", "y2": "height"}
    ground = alt.Chart(alt.Data(values=[{}])).mark_rect(
        fillOpacity=0, strokeOpacity=0, tooltip=None, description=shown(alt, text)
    )
    whole: LayerChart = chart.properties(description=encoded(text))
    whole.layer.insert(0, ground.encode(**{end: alt.value(place) for end, place in ends.items()}))
    return whole


_FONTS = {"zh": "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"}
"""Fonts by language, where the common ones lack its characters; what draws a file takes the first that it has."""


def in_other_words(alt: ModuleType, drawn: LayerChart | VConcatChart, words: ReportWords) -> None:
    """A chart that is not in English: by fonts with its characters, and without what Vega says of marks and axes.

    That is in English; the ground has the whole in words.
    """
    for each in drawn["vconcat"] if isinstance(drawn, alt.VConcatChart) else ():
        in_other_words(alt, each, words)
    if isinstance(drawn, alt.LayerChart):
        font = _FONTS.get(words.tag.partition("-")[0], alt.Undefined)
        if isinstance(drawn["title"], alt.Title):
            for name, value in (("font", font), ("subtitleFont", font), ("aria", False)):
                drawn["title"][name] = value
        for layer in drawn.layer[1:]:
            mark = layer["mark"]
            layer["mark"] = alt.MarkDef(type=mark) if isinstance(mark, str) else mark
            layer["mark"]["aria"] = False
            layer["mark"]["font"] = font if layer["mark"]["type"] == "text" else alt.Undefined
            for side, guide in (("x", "axis"), ("y", "axis"), ("color", "legend")):
                _adapt_guide(alt, layer["encoding"][side], guide, font)


def _adapt_guide(alt: ModuleType, channel: SchemaBase, guide: str, font: str) -> None:
    if isinstance(channel, alt.X | alt.Y | alt.Color) and channel[guide] is not None:
        shown = {} if channel[guide] is alt.Undefined else channel[guide]
        shown = shown if isinstance(shown, dict) else shown.to_dict()
        look = {"aria": False, "labelFont": font, "titleFont": font}
        channel[guide] = (alt.Axis if guide == "axis" else alt.Legend)(**shown | look)


def stacked(charts: Sequence[LayerChart]) -> VConcatChart:
    """Charts one below another, with what is told of each; scales are their own.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is none.
    """
    if not charts:
        raise ValueError("there is nothing to draw: no metric, no case and no period")
    alt = require("altair", extra="charts")
    paddings = [each.padding for each in charts if isinstance(each.padding, dict)]
    told = " ".join(str(each.description) for each in charts)
    inner = [each.copy() for each in charts]
    for each in inner:
        each.padding = alt.Undefined
    own = alt.Resolve(scale=alt.ScaleResolveMap(x="independent", y="independent", color="independent"))
    padding = {side: max(each[side] for each in paddings) for side in paddings[0]} if paddings else 5
    whole: VConcatChart = alt.vconcat(*inner, description=told, padding=padding, resolve=own)
    return whole
