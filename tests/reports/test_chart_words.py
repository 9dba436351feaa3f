"""Charts and tables speak one language: all that they say is in the catalogue, and the numbers are those of English."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, get_args
from xml.etree import ElementTree

import polars
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from servicekit.kpi import Measurement, Scorecard
from servicekit.kpi.value_text import limits_told as limits_in_english
from servicekit.kpi.value_text import number_text
from servicekit.loyalty import ExpiringPoints
from servicekit.loyalty.entry import EntryKind
from servicekit.reports import CHINESE, ENGLISH, ReportWords, chart, table
from servicekit.reports.charts.figures.measured import limits_told
from servicekit.reports.charts.figures.trend_chart import _summary
from servicekit.reports.words.phrases import PHRASES
from servicekit.sla import SpanKind
from servicekit.sla.outcome import Phase
from servicekit.statistics import NELSON, RunRule
from tests.browser.shown import CARD, DESK, LONG, NINE, figures
from tests.reports.chart_subjects import DRAWN, LAID_OUT

MARK = "§"
NAMES = {
    *("UTC", "Europe", "London", "CNY", "points", "normal", "vip", "VIP", "telephone", "phone", "channel", "calls"),
    *("opened", "diagnosed", "waiting", "vendor", "resolved"),
    *re.findall("[A-Za-z]+", f"{LONG} average wait of those who were answered"),
}
"""What the subjects themselves say: names, reasons, and units of points."""
TERMS = {
    "entry": get_args(EntryKind),
    "clock_span": get_args(SpanKind),
    "phase": get_args(Phase),
    "signal": (*get_args(RunRule), *NELSON),
    "month": tuple(f"{month}" for month in range(1, 13)),
}


def marked() -> ReportWords:
    """A language without a Latin letter: each word of English is a mark."""
    phrases = {key: text if key.startswith("axis.") else "".join(_marked(text)) for key, (text, _) in PHRASES.items()}
    return replace(ENGLISH, tag="tlh", phrases=phrases, nouns=dict.fromkeys(ENGLISH.nouns, (MARK, MARK)), comma=MARK)


def _marked(text: str) -> Iterator[str]:
    for piece in re.split(r"(\{[^}]*\})", text):
        yield piece if piece.startswith("{") else re.sub("[A-Za-z]+", MARK, piece)


def drawn(name: str, language: Any) -> dict[str, Any]:
    subject, options = DRAWN[name]()
    told: dict[str, Any] = chart(subject, **options, language=language).to_dict()
    return told


def texts_of(told: object) -> Iterator[str]:
    """What a reader may meet of a chart: its drawing, the rows under the pointer, with their titles, and what is told.

    Fields that nothing shows, such as the ends of bars on the axis of time, are left out.
    """
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(json.dumps(told)))
    yield from (each.text or "" for each in svg.iter() if each.tag.endswith("}text"))
    yield from (
        label
        for each in svg.iter()
        if (label := each.get("aria-label")) and not re.match("(Title|Subtitle) text", label)
    )
    for node in nodes_of(told):
        pointer = node.get("tooltip")
        for tip in pointer if isinstance(pointer, list) else []:
            yield tip["title"]
        if isinstance(node.get("description"), str):
            yield node["description"]
    shown = {tip["field"] for node in nodes_of(told) for tip in tooltips(node)}
    for node in nodes_of(told):
        rows = node.get("values", [])
        yield from (
            f"{row[field]}"
            for row in rows
            if isinstance(row, dict)
            for field in shown & row.keys()
            if row[field] is not None and not isinstance(row[field], bool)
        )


def nodes_of(told: object) -> Iterator[dict[str, Any]]:
    if isinstance(told, dict):
        yield told
    for each in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from nodes_of(each)


def tooltips(node: dict[str, Any]) -> list[dict[str, Any]]:
    pointer = node.get("tooltip")
    return pointer if isinstance(pointer, list) else []


@pytest.mark.parametrize("name", DRAWN)
def test_all_that_a_chart_says_is_in_the_catalogue(name: str) -> None:
    texts = [html.unescape(text) for text in texts_of(drawn(name, marked()))]
    assert sum(MARK in text for text in texts) > 2
    for text in texts:
        words = set(re.findall("[A-Za-z]{2,}", text)) - NAMES
        is_axis_of_time = re.fullmatch(r"[A-Z][a-z]+ \d\d|\d\d [AP]M|[A-Z][a-z]+|\d{4}", text) is not None
        assert not words or (is_axis_of_time and name in {"case", "clock", "tier"}), text


@pytest.mark.parametrize("name", LAID_OUT)
def test_all_that_a_table_says_is_in_the_catalogue(name: str) -> None:
    subject, options = LAID_OUT[name]()
    page = table(subject, **options, language=marked(), title="March").as_raw_html().split("</style>", 1)[1]
    page = re.sub(r"(?s)<svg.*?</svg>", lambda svg: " ".join(re.findall(r'aria-label="([^"]*)"', svg[0])), page)
    words = re.findall("[A-Za-z]{2,}", html.unescape(re.sub(r"<[^>]*>", " ", page)))
    assert set(words) <= NAMES | {"March", "客户服务部"}
    assert MARK in page


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_in_chinese_has_the_same_numbers(name: str) -> None:
    """But for the digits of days, which have no zeros before them in Chinese."""
    english, chinese = (drawn(name, language) for language in ("en", "zh"))
    rows = [[row for node in nodes_of(told) for row in node.get("values", [])] for told in (english, chinese)]
    for one, other in zip(*rows, strict=True):
        if isinstance(one, dict):
            assert one.keys() == other.keys()
            numbers = [[each for each in row.values() if isinstance(each, int | float)] for row in (one, other)]
            assert numbers[0] == numbers[1]


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_in_chinese_is_drawn_without_a_network(name: str) -> None:
    told = drawn(name, "zh")
    assert re.search("[一-鿿]", told["description"])
    assert vl_convert.vegalite_to_png(json.dumps(told)).startswith(b"\x89PNG")


@pytest.mark.parametrize(("kind", "names"), TERMS.items())
def test_each_name_that_charts_know_has_a_word(kind: str, names: tuple[str, ...]) -> None:
    assert {f"{kind}.{name}" for name in names} <= PHRASES.keys()


@pytest.mark.parametrize("language", ["both", "de", ""])
def test_a_chart_speaks_one_language_that_it_knows(language: Any) -> None:
    for make in (
        lambda: chart(figures(3).trend("kept"), language=language),
        lambda: table(figures(3), language=language),
    ):
        with pytest.raises(ValueError, match="language"):
            make()


def test_a_third_language_writes_its_own_numbers() -> None:
    german = replace(ENGLISH, tag="de", name="Deutsch", thousands=".", decimal=",")
    told = chart(figures(3).trend("kept"), language=german).to_dict()
    rows = [row for node in nodes_of(told) for row in node.get("values", []) if "figure" in row]
    assert [row["figure"] for row in rows] == ["80,0 %"] * 3
    assert told["config"]["locale"]["number"]["decimal"] == ","
    frame = table(polars.DataFrame({"n": [12_345], "share": [0.5], "ok": [False]}), language=german).as_raw_html()
    assert {"12.345", "0,5", "no"} <= set(re.findall(r">([^<>]+)</td>", frame))


@given(st.fractions(-(10**15), 10**15), st.sampled_from(["share", "duration", "count", "points", "score"]))
def test_figures_in_english_are_those_of_the_scorecard(number: Any, unit: Any) -> None:
    assert ENGLISH.figure(number, unit) == number_text(number, unit)
    digits = [re.sub(r"[^\d.:,-]", "", words.figure(number, unit)) for words in (ENGLISH, CHINESE)]
    assert digits[0] == digits[1]


@given(st.floats(0, 1) | st.none(), st.floats(0, 1) | st.none())
def test_limits_in_english_are_those_of_the_scorecard(low: float | None, high: float | None) -> None:
    measured = Measurement("csat", "share", 9, low=low, high=high)
    assert limits_told(ENGLISH, measured) == limits_in_english(measured)


@pytest.mark.parametrize("months", [1, 2, 6])
@pytest.mark.parametrize("metric", ["kept", "asa", "calls"])
def test_the_summary_in_english_is_that_of_the_trend(months: int, metric: str) -> None:
    trend = figures(months).trend(metric)
    assert "; ".join(_summary(trend, ENGLISH)) == trend.summary


def test_an_empty_trend_says_so_in_both_languages() -> None:
    trend = CARD.measure({"contact": [{"at": None, "outcome": "answered"}]}, period="month").trend("kept")
    assert [_summary(replace(trend, periods=()), words) for words in (ENGLISH, CHINESE)] == [
        ["no period has a value"],
        ["没有一期有数值"],
    ]


def test_notes_of_a_calendar_are_told_and_its_names_stay() -> None:
    cells = {
        row["date"]: row
        for row in next(
            node["values"] for node in nodes_of(drawn("year", "zh")) if "values" in node and len(node["values"]) > 1
        )
    }
    assert cells["2026年3月30日"]["reason"] == f"节假日：{LONG}"
    assert cells["2026年3月27日"]["reason"] == "停业：停电"
    assert cells["2026年3月29日"]["reason"] == "01:00-02:00 被跳过"
    assert cells["2026年10月25日"]["open"] == "00:00-24:00、01:00-02:00（重复）"
    assert (cells["2026年3月30日"]["open"], cells["2026年3月30日"]["weekday"]) == ("不营业", "周一")
    english = chart(DESK, year=2026).to_dict()["data"]["values"]
    assert [row["reason"] for row in english if row["date"] == "2026-10-25"] == ["01:00-02:00 twice"]


def test_months_and_days_keep_their_order_in_chinese() -> None:
    told = drawn("points owed", "zh")
    [order] = [layer["encoding"]["x"]["sort"] for layer in told["layer"] if "sort" in layer["encoding"].get("x", {})]
    assert order == ["2026年1月31日", "2026年3月31日", "2026年12月31日"]
    schedule = [ExpiringPoints(date(2026, 3, 1), 7, by_inactivity=True)]
    [row] = [
        row for node in nodes_of(chart(schedule, language="zh").to_dict()) for row in node.get("values", []) if row
    ]
    assert (row["across"], row["note"]) == ("2月", "7，无活动则可用至2026年2月28日")


def test_a_metric_without_a_label_is_named_in_words() -> None:
    card = Scorecard.parse("metrics: {nps: {kind: nps}}").compile()
    rows = [{"at": NINE, "instrument": "nps", "score": 9, "channel": None}]
    measured = card.measure({"answer": rows}, by=["channel"], period="month")
    whole = card.measure({"answer": rows}, period="month")
    subjects = [measured, whole.trend("nps"), measured.trend("nps", None)]
    told = [chart(each, language="zh").to_dict()["description"].split("，")[0] for each in subjects]
    assert told == ["净推荐值（NPS）", "净推荐值（NPS）", "净推荐值（NPS）, （无渠道）"]
    assert chart(subjects[-1]).to_dict()["title"]["text"] == "nps, (no channel)" == subjects[-1].label
    page = table(measured, language="zh").as_raw_html()
    assert "净推荐值（NPS）" in page
    assert "（无渠道）" in page
