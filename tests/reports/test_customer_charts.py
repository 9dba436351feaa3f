"""Charts of tiers and RFM hold the figures of what they show, and are drawn without a network."""

from __future__ import annotations

from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert

from servicekit import ServicePolicy
from servicekit.events import Activity, CustomerEvent, Enrolled
from servicekit.policy import PolicyEngine
from servicekit.quantity import Money
from servicekit.reports import chart
from servicekit.segments import RfmValues, score_rfm
from servicekit.whatif import replay_tiers

EVENTS: list[CustomerEvent] = [
    event
    for n in range(12)
    for event in (Enrolled(f"m-{n}", date(2025, 1, 10)), Activity(f"m-{n}", date(2025, 3, 1), "visits", n))
]


def policy(version: str, least: int) -> PolicyEngine:
    levels = f"{{normal: {{}}, '<b>vip</b>': {{qualify: {{visits: {least}}}}}}}"
    tiers = f"{{currency: CNY, activities: [visits], levels: {levels}}}"
    return ServicePolicy.parse(f"{{name: shop, version: '{version}', tiers: {tiers}}}").compile()


def values(subject: Any) -> list[dict[str, Any]]:
    told = chart(subject).to_dict()
    return [row for rows in ([told["data"]["values"]] if "data" in told else []) for row in rows]


def test_flows_have_the_counts_of_the_comparison() -> None:
    comparison = replay_tiers(policy("1", 5), policy("2", 8), EVENTS, as_of=date(2025, 6, 30))
    cells = {(cell["down"], cell["across"]): cell["customers"] for cell in values(comparison)}
    assert cells == {
        ("normal", "normal"): 5,
        ("&lt;b&gt;vip&lt;/b&gt;", "normal"): 3,
        ("&lt;b&gt;vip&lt;/b&gt;", "&lt;b&gt;vip&lt;/b&gt;"): 4,
    }


def test_an_rfm_map_counts_every_customer_once() -> None:
    bought = {f"m-{n}": RfmValues(n, 1 + n % 3, Money.parse(f"{10 * n} CNY")) for n in range(20)}
    table = score_rfm(bought)
    cells = values(table)
    assert sum(cell["customers"] for cell in cells) == 20
    for cell in cells:
        held = [each for each in table.values() if (f"{each.r}", f"{each.f}") == (cell["across"], cell["down"])]
        assert cell["customers"] == len(held)
        spent = sum(each.values.monetary.amount for each in held)
        assert cell["note"] == f"{spent:,.2f} CNY"


def test_a_standing_shows_its_spans_and_what_is_projected() -> None:
    engine = policy("1", 5).tiers
    assert engine is not None
    status = engine.fold(EVENTS, date(2026, 2, 1))["m-7"]
    _, spans, renewals = chart(status).to_dict()["layer"]
    held = [(row["tier"], row["from"], row["through"]) for row in spans["data"]["values"] if row["kind"] == "held"]
    vip = "&lt;b&gt;vip&lt;/b&gt;"
    assert held == [("normal", "2025-01-10", "2025-02-28"), (vip, "2025-03-01", "2026-02-01")]
    assert [row["at"] for row in renewals["data"]["values"]] == ["2026-01-01T00:00:00"]
    assert [row["tier"] for row in spans["data"]["values"] if row["kind"] == "projected"] == ["normal"]


@pytest.mark.parametrize("kind", ["status", "flows", "rfm"])
def test_charts_are_saved_without_a_network(kind: str, tmp_path: Any) -> None:
    engine = policy("1", 5)
    assert engine.tiers is not None
    subjects: dict[str, Any] = {
        "status": engine.tiers.fold(EVENTS, date(2026, 2, 1))["m-7"],
        "flows": replay_tiers(engine, policy("2", 8), EVENTS, as_of=date(2025, 6, 30)),
        "rfm": score_rfm({"m-1": RfmValues(3, 1, Money.parse("1 CNY"))}),
    }
    chart(subjects[kind]).save(str(tmp_path / "chart.svg"))
    drawn = ElementTree.parse(tmp_path / "chart.svg").getroot()
    assert drawn.tag.endswith("svg")
    assert not [each for each in drawn.iter() if each.tag.endswith("script")]


def test_what_has_no_chart_is_refused() -> None:
    with pytest.raises(TypeError, match="no chart of a str"):
        chart("desk")  # type: ignore[call-overload]


@pytest.mark.parametrize("tier", ["M" * 64, "词" * 64, "a <b> & c " * 6])
def test_the_longest_name_of_a_tier_is_not_cut(tier: str) -> None:
    """Fault: Vega cuts a label at 180 pixels, unless it is told not to."""
    levels = {"normal": {}, tier.strip(): {"qualify": {"visits": 5}}}
    section = {"currency": "CNY", "activities": ["visits"], "levels": levels}
    engine = ServicePolicy.model_validate({"name": "shop", "version": "1", "tiers": section}).compile()
    assert engine.tiers is not None
    flows = replay_tiers(engine, policy("2", 8), EVENTS, as_of=date(2025, 6, 30))
    for subject in (flows, engine.tiers.fold(EVENTS, date(2026, 2, 1))["m-7"]):
        svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart(subject).to_json()))
        texts = ["".join(each.itertext()) for each in svg.iter() if each.tag.endswith("}text")]
        assert tier.strip().replace(" ", "") in "".join(texts).replace(" ", "")
