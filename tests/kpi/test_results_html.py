"""Results in a notebook and a terminal: figures of the table, statuses that need no colour, texts that stay texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from servicekit.errors import Problem
from servicekit.kpi import Measurement, MetricTarget, Results, Scorecard
from servicekit.kpi.display.interval_bar import interval_bar
from servicekit.kpi.display.reach import Reach
from servicekit.kpi.target import Goals, Status
from servicekit.layout import display_width

HOSTILE = "<script>alert(1)</script> & \"'"
CARD = Scorecard.parse("""
metrics:
  kept: {kind: ratio, table: contact, of: {outcome: answered}, label: 接通率}
  asa: {kind: answer_speed, label: 平均等待}
  calls: {kind: sum, table: contact}
targets: {kept: {at_least: 80%}, asa: {at_least: 5s, at_most: 30s}}
""").compile()


def measured(months: int = 3, channels: tuple[str, ...] = ("在线客服", "phone"), *, by: bool = True) -> Results:
    rows = [
        {
            "at": datetime(2026, 1 + number % months, 10, tzinfo=UTC),
            "channel": channels[number % len(channels)],
            "outcome": "answered" if number % 5 else "abandoned",
            "wait_us": (number % 40) * 1_000_000,
        }
        for number in range(240)
    ]
    return CARD.measure({"contact": rows}, by=["channel"] if by else [], period="month")


def page(results: Results) -> ElementTree.Element:
    return ElementTree.fromstring(results._repr_html_())


def texts(results: Results) -> list[list[str]]:
    """What each row of the page says, cell by cell."""
    rows = page(results).iter("tr")
    return [["".join(part for part in cell.itertext()).strip() for cell in row] for row in rows]


def one(status_of: MetricTarget | None, measured: Measurement, label: str = "kept") -> Results:
    goals = Goals({} if status_of is None else {"kept": status_of})
    return Results((), {("kept", ()): measured}, goals, {"kept": label})


def test_the_page_has_the_figures_of_the_table() -> None:
    results = measured(by=False)
    told = texts(results)
    assert told[0] == ["metric", "period", "status", "value", "n", "limits", "target", "trend"]
    table = {(row[0], row[1]): row for row in results.table().rows}
    assert len(told) == 1 + len(table)
    for row in told[1:]:
        same = table[row[0], row[1]]
        assert row[2].lstrip("✓✗? ") == same[7]
        assert (row[3], row[4]) == (same[2], same[5])
        assert same[3] in row[5]
        assert same[4] in row[5]


@pytest.mark.parametrize(
    ("value", "low", "high", "status", "sign"),
    [
        (Fraction(9, 10), 0.85, 0.95, "met", "✓"),
        (Fraction(9, 10), 0.75, 0.95, "met_not_proven", "✓?"),
        (Fraction(7, 10), 0.65, 0.85, "missed_not_proven", "✗?"),
        (Fraction(7, 10), 0.65, 0.75, "missed", "✗"),
    ],
)
def test_a_status_is_a_word_and_a_sign_beside_its_colour(
    value: Fraction, low: float, high: float, status: Status, sign: str
) -> None:
    shown = Measurement("kept", "share", 100, value, low=low, high=high, is_sampled=True)
    results = one(MetricTarget(at_least="80%"), shown)
    assert results.status("kept") == status
    cell = page(results)[0][1][0][1]
    assert "".join(cell.itertext()) == f"{sign} {status.replace('_', ' ')}"
    assert "#" in cell[0].attrib["style"]


def test_nothing_is_fetched_and_nothing_runs() -> None:
    for results in (measured(), measured(by=False)):
        nodes = list(page(results).iter())
        assert {node.tag.rpartition("}")[2] for node in nodes}.isdisjoint({"script", "link", "style", "img", "font"})
        values = [value for node in nodes for value in node.attrib.values()]
        assert not [value for value in values if "url(" in value or "font" in value or "http" in value]
        assert not [name for node in nodes for name in node.attrib if name.startswith("on") or name in {"href", "src"}]


def test_ink_is_that_of_the_page_so_that_it_can_be_read_in_the_dark() -> None:
    drawn = [node for svg in page(measured(by=False)).findall(".//{*}svg") for node in svg.iter()]
    inks = {node.attrib[name] for node in drawn for name in ("fill", "stroke") if name in node.attrib}
    assert inks == {"currentColor", "none"}


def test_texts_stay_texts() -> None:
    shown = Measurement("kept", "share", 3, Fraction(1, 3), low=0.1, high=0.6, left_out={HOSTILE: 2})
    plain = one(MetricTarget(at_least="80%"), shown)
    wild = one(MetricTarget(at_least="80%"), shown, HOSTILE)
    assert [node.tag for node in page(wild).iter()] == [node.tag for node in page(plain).iter()]
    assert texts(wild)[1][0] == HOSTILE
    by = CARD.measure({"contact": [{"at": datetime(2026, 1, 1, tzinfo=UTC), "channel": HOSTILE}]}, by=["channel"])
    assert HOSTILE in [cell for row in texts(by) for cell in row]


def test_long_results_fold_away_below_their_metrics() -> None:
    results = measured(months=6)
    folded = page(results).findall("details")
    assert [each.find("summary").text for each in folded] == [  # type: ignore[union-attr]
        "接通率 by period and channel: 12 rows",
        "平均等待 by period and channel: 12 rows",
        "calls by period and channel: 12 rows",
    ]
    assert [row[0] for row in texts(results)[1:4]] == ["接通率", "平均等待", "calls"]
    assert len(texts(results)) == 1 + 3 + 3 * (1 + 12)
    assert page(measured(months=3)).findall("details") == []


def test_of_very_many_rows_the_page_says_what_it_leaves_out() -> None:
    many = {("kept", (f"{place}",)): Measurement("kept", "share", 1, group=(f"{place}",)) for place in range(500)}
    whole = {("kept", ()): Measurement("kept", "share", 500), **many}
    shown = page(Results(("agent",), whole, Goals(), {"kept": "kept"}))
    assert len(list(shown.iter("tr"))) == 2 + 1 + 200
    assert "".join(shown.find(".//p").itertext()) == "The first 200 of 500; rows() has all."  # type: ignore[union-attr]


def test_a_bar_has_its_value_and_its_target_where_they_lie() -> None:
    shown = Measurement("kept", "share", 9, Fraction(1, 4), low=0.0, high=0.5)
    drawn = ElementTree.fromstring(interval_bar(shown, MetricTarget(at_least="75%"), Reach(0.0, 1.0), "kept"))
    dot, bar = drawn.find("{*}circle"), drawn.find("{*}rect")
    assert dot is not None
    assert bar is not None
    tick = float(drawn.findall("{*}path")[1].attrib["d"].partition(" ")[0].removeprefix("M"))
    left, right = float(bar.attrib["x"]), float(bar.attrib["x"]) + float(bar.attrib["width"])
    width = 2 * (right - left)
    assert float(dot.attrib["cx"]) == pytest.approx(left + width / 4)
    assert tick == pytest.approx(left + width * 3 / 4)
    assert drawn.findtext("{*}title") == "kept"


def test_a_limit_that_is_missing_leaves_the_bar_open() -> None:
    ends = []
    for high in (0.5, None):
        shown = Measurement("kept", "share", 9, Fraction(1, 4), low=0.1, high=high)
        bar = ElementTree.fromstring(interval_bar(shown, None, Reach(0.0, 1.0), "kept")).find("{*}rect")
        assert bar is not None
        ends.append(float(bar.attrib["x"]) + float(bar.attrib["width"]))
    assert ends[1] == 105  # the end of the line
    assert ends[0] == 55  # its middle


def test_a_small_line_tells_its_periods() -> None:
    titles = [title.text or "" for title in page(measured(by=False)).findall(".//{*}title")]
    trend = measured(by=False).trend("kept")
    assert f"接通率: 2026-01 80.0 %; 2026-02 80.0 %; 2026-03 80.0 %. {trend.summary}" in titles


def test_columns_stand_below_one_another_in_chinese() -> None:
    """The first sign of each label, and the last of each figure, in columns of a terminal."""
    results = measured()
    head, *lines = str(results).splitlines()
    starts = [display_width(head[: head.index(name)]) for name in ("metric", "period", "channel")]
    end = display_width(head[: head.index("value")]) + len("value")
    for line, row in zip(lines, results.table().rows, strict=True):
        place = 0
        for start, cell in zip(starts, row[:3], strict=True):
            place = line.index(cell, place)
            assert display_width(line[:place]) == start
            place += len(cell)
        assert display_width(line[: line.index(row[3], place) + len(row[3])]) == end


def test_problems_stand_below_the_table_as_they_do_in_a_terminal() -> None:
    results = replace(one(None, Measurement("kept", "share", 0)), problems=(Problem("kpi.unit", HOSTILE, "odd"),))
    [note] = ["".join(each.itertext()) for each in page(results).findall("p")]
    assert note == str(results).splitlines()[-1]
    assert HOSTILE in note


@pytest.mark.parametrize("end", ["20%", "80%"])
def test_signs_can_be_read_and_stand_out_on_light_and_on_dark(end: str) -> None:
    """By the contrast of WCAG 2: 4.5 to 1 for a text, 3 to 1 for its ground beside that of the page."""
    shown = one(MetricTarget(at_least=end), Measurement("kept", "share", 9, Fraction(1, 2)))
    [sign] = page(shown).findall(".//b")
    look = dict(each.split(":") for each in sign.attrib["style"].split(";"))
    assert contrast(look["color"], look["background"]) >= 4.5
    assert min(contrast(look["background"], ground) for ground in ("#ffffff", "#111111")) >= 3


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
