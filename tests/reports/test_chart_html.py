"""Charts in HTML: texts of documents and cases stay texts (fault O1)."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.calendars import Calendar
from servicekit.events import Case, Opened, Resolved, StatusChanged
from servicekit.kpi import CohortTable, Measurement, StageFunnel
from servicekit.kpi.display.trend import Trend
from servicekit.loyalty import Earn, FixedTerms, Ledger, Statement, Terms
from servicekit.reports import chart
from servicekit.reports.charts.chart_text import shown
from servicekit.sla import CaseView, SlaPolicy, fold
from servicekit.statistics import ChartPoint, ControlChart

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
LIVES = [Case("C-1", (Opened("C-1", NINE),))]
HARMLESS = "a quiet day"
POINTS = ControlChart("c", (ChartPoint(9.0, 4.0, 1.0, 7.0, ("beyond_limits",)), ChartPoint(4.0, 4.0, 1.0, 7.0)))
INJECTED = [
    "</script><script>alert(1)</script>",
    "</SCRIPT ><img src=x onerror=alert(1)>",
    "<!--<script>",
    "\\u003c/script> & &lt;/script&gt; \"'`${1}",
]


def a_year(text: str) -> Any:
    """A holiday's name and a closure's reason."""
    closure = {"start": "2026-01-06 09:00", "end": "2026-01-06 10:00", "reason": text}
    return chart(Calendar(timezone="UTC", holidays=[{"dates": {"2026-01-05": text}}], closures=[closure]), year=2026)


def a_case(text: str) -> CaseView:
    """A case's id, a pause's reason and the name of a measure."""
    policy = SlaPolicy.model_validate(
        {
            "pauses": [{"status": "waiting", "reason": text}],
            "measures": {text: {"start": {"event": "opened"}, "stop": {"event": "resolved"}}},
            "targets": [{"resolution": "8h", "measures": {text: "8h"}}],
        }
    )
    hour = timedelta(hours=1)
    events = [Opened(text, NINE), StatusChanged(text, NINE + hour, "waiting"), Resolved(text, NINE + 3 * hour)]
    return fold(policy.compile({}), events, NINE + timedelta(days=1))


def a_statement(text: str) -> Statement:
    """The name of an account."""
    ledger = Ledger(FixedTerms(Terms("points")))
    ledger.apply(Earn(text, 120, at=NINE))
    return ledger.statement(text, NINE.date(), NINE.date())


def a_trend(text: str) -> Trend:
    """What is measured, the channel, and a period."""
    return Trend(((text, Measurement("m", "share", 4, Fraction(1, 2), 2, 4, 0.1, 0.9)),), text)


DRAWN: dict[str, Callable[[str], Any]] = {
    "year": a_year,
    "case": lambda text: chart(a_case(text)),
    "clock": lambda text: chart(a_case(text).clock(text)),
    "statement": lambda text: chart(a_statement(text)),
    "trend": lambda text: chart(a_trend(text)),
    "control": lambda text: chart(replace(POINTS, names=(text, "b"), title=text)),
    "cohorts": lambda text: chart(CohortTable({text: (3, 1)})),
    "funnel": lambda text: chart(StageFunnel.of(LIVES, ["opened", text], as_of=NINE)),
    "funnel in Chinese": lambda text: chart(StageFunnel.of(LIVES, ["opened", text], as_of=NINE), language="zh"),
    "case in Chinese": lambda text: chart(a_case(text), language="zh"),
    "trend in Chinese": lambda text: chart(a_trend(text), language="zh"),
    "joined in Chinese": lambda text: chart(a_case(text), language="zh") & a_year(text),
    "joined": lambda text: a_year(text) & chart(a_case(text)),
}


class Markup(HTMLParser):
    """The tags, the attributes and the comments of a page, without what its scripts say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append(data)


def pages(drawn: Any, folder: Path) -> dict[str, str]:
    """Every way in which a chart becomes HTML: asked for, saved, shown by a notebook."""
    drawn.save(str(folder / "chart.html"))
    drawn.save(str(folder / "alone.html"), inline=True)
    with altair.renderers.enable("html", fullhtml=False):
        notebook = drawn._repr_mimebundle_()["text/html"]
    return {
        "to_html": drawn.to_html(),
        "indented": drawn.to_html(json_kwds={"indent": 1, "ensure_ascii": False}),
        "save": (folder / "chart.html").read_text("utf-8"),
        "inline": (folder / "alone.html").read_text("utf-8"),
        "notebook": notebook,
        "default": drawn._repr_mimebundle_()["text/html"],
    }


@pytest.mark.parametrize("text", INJECTED)
@pytest.mark.parametrize("name", DRAWN)
def test_html_of_a_chart_has_no_markup_of_its_texts(name: str, text: str, tmp_path: Path) -> None:
    """Fault O1: a text that ended the script stood raw in the page, since Altair does not escape its JSON."""
    wild, harmless = (pages(DRAWN[name](each), tmp_path) for each in (text, HARMLESS))
    assert {way: Markup(page).found for way, page in wild.items()} == {
        way: Markup(page).found for way, page in harmless.items()
    }
    assert [way for way, page in wild.items() if text in page and "<" in text] == []


@pytest.mark.parametrize("name", DRAWN)
def test_chart_holds_no_markup_whoever_writes_it_into_a_page(name: str) -> None:
    """Fault O1: "View Source" of vega-embed writes the chart's JSON into a window as it is."""
    assert "<" not in DRAWN[name](INJECTED[0]).to_json()


@pytest.mark.parametrize("text", INJECTED)
def test_drawing_shows_the_text_as_it_is(text: str) -> None:
    for drawn, told in ((a_year(text), f"reason: holiday: {text}"), (chart(a_case(text)), f"Title text 'Case {text}'")):
        svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(drawn.to_json()))
        assert any(told in node.get("aria-label", "") for node in svg.iter())
        assert {node.tag.rpartition("}")[2] for node in svg.iter()}.isdisjoint({"script", "img", "b"})


@pytest.mark.parametrize("name", [name for name in DRAWN if not name.startswith("joined")])
def test_a_static_picture_has_the_words_for_those_who_cannot_see_it(name: str) -> None:
    """Fault: a browser shows the document's description, which a static SVG did not have."""
    drawn = DRAWN[name](INJECTED[0])
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(drawn.to_json()))
    told = html.unescape(drawn.to_dict()["description"])
    assert len(told) > 40
    assert [node.get("role") for node in svg.iter() if node.get("aria-label") == told] == ["graphics-symbol"]


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from("&<>;\\lgtamp")))
@settings(max_examples=25, deadline=None)
def test_any_text_is_read_back_when_it_is_drawn(text: str) -> None:
    title = altair.Title(shown(altair, f"[{text}]"))
    drawn = altair.Chart(altair.Data(values=[]), title=title).mark_point().to_json()
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(drawn))
    assert f"Title text '[{text}]'" in {node.get("aria-label") for node in svg.iter()}
