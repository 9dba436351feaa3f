"""The picture of a standing: one SVG element in which every tier, span and threshold is found, and nothing runs."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from servicekit.events import Activity, CustomerEvent, Enrolled, TierGranted
from servicekit.tiers import TierProgram, TierStatus

PROGRAM = TierProgram.parse("""
currency: CNY
activities: [visits]
downgrade: {when: at_review, grace: 31cd}
levels: {normal: {}, vip: {qualify: {visits: 10}}, "top <b>": {qualify: {visits: 30}}}
""")
FIRST = date(2025, 1, 10)
VISITS = [Activity("m-1", FIRST + timedelta(days=n * 20), "visits", 4) for n in range(12)]


def status(as_of: date, *more: CustomerEvent, customer: str = "m-1") -> TierStatus:
    run = PROGRAM.compile().fold([Enrolled(customer, FIRST), *more], as_of)
    assert not run.problems
    return run[customer]


def titles(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.tag.endswith("title")]


@pytest.mark.parametrize("as_of", [FIRST, date(2025, 6, 30), date(2026, 1, 20), date(2026, 2, 1), date(2034, 1, 1)])
def test_every_tier_has_a_lane_and_every_bar_lies_inside(as_of: date) -> None:
    happened = [each for each in VISITS if each.at <= as_of]
    shown = status(as_of, *happened)
    drawing = ET.fromstring(shown.svg())
    texts = [element.text for element in drawing.iter() if element.tag.endswith("text")]
    assert {"normal", "vip", "top <b>"} <= set(texts)
    width, height = float(drawing.attrib["width"]), float(drawing.attrib["height"])
    for element in drawing.iter():
        if element.tag.endswith("rect"):
            x, y = float(element.get("x", 0)), float(element.get("y", 0))
            assert 0 <= x <= x + float(element.attrib["width"]) <= width
            assert 0 <= y <= y + float(element.attrib["height"]) <= height


def test_spans_renewals_grace_and_projection_are_told() -> None:
    told = titles(status(date(2026, 1, 20), *VISITS, Activity("m-1", date(2026, 1, 15), "visits", 1)).svg())
    assert any(text.startswith("vip 2025-02-19 to 2025-05-29:") for text in told)
    assert "grace, until the review" in told
    assert any("if nothing more happens" in text for text in told)
    renewed = titles(status(date(2026, 3, 1), *VISITS).svg())
    assert any("renewal of top <b>" in text for text in renewed)


def test_the_legend_explains_only_what_is_shown() -> None:
    in_grace, before = (status(on, *VISITS[:5]).svg() for on in (date(2026, 1, 20), date(2025, 12, 1)))
    assert (">grace<" in in_grace, ">valid until<" in in_grace) == (True, False)
    assert (">grace<" in before, ">valid until<" in before) == (True, True)


def test_a_grant_is_shown_to_its_last_day() -> None:
    given = TierGranted("m-1", date(2025, 2, 1), "vip", "status match", last_on=date(2025, 4, 30))
    assert "valid through 2025-04-30" in titles(status(date(2025, 3, 1), given).svg())


def test_names_are_escaped_when_they_look_like_markup() -> None:
    svg = status(FIRST, customer="<script>alert(1)</script>").svg()
    assert "<script" not in svg
    assert "top <b>" not in svg


def test_progress_stands_beside_its_threshold() -> None:
    texts = [each.text for each in ET.fromstring(status(date(2025, 2, 1), *VISITS[:2]).svg()).iter()]
    assert "8 of 10 visits" in texts


def test_a_run_shows_how_many_stand_in_each_tier() -> None:
    run = PROGRAM.compile().fold([Enrolled(f"m-{n}", FIRST) for n in range(3)], date(2025, 2, 1))
    html = run._repr_html_()
    assert html.count("<tr>") == 4
    assert "top &lt;b&gt;" in html
    assert sum(run.counts().values()) == 3
