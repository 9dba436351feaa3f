"""Drawings can be read on light pages and on dark ones, by people who see fewer colours, and without a style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from xml.etree import ElementTree

import pytest

from servicekit.layout import svg
from tests.browser.shown import SHOWN

MARKS = (svg.BLUE, svg.RED, svg.AMBER, svg.VIOLET, svg.GREY)
AREAS = (svg.GROUND, svg.TRACK)
PALETTES = {"light": {colour: colour for colour in svg.DARK}, "dark": svg.DARK}
MACHADO: Mapping[str, Sequence[Sequence[float]]] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""What people see who lack a kind of cones (Machado, Oliveira and Fernandes, 2009; severity 1)."""


def linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2."""
    dark, light = sorted(sum(map(float.__mul__, (0.2126, 0.7152, 0.0722), linear(each))) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: Sequence[float]) -> list[float]:
    """CIE L*a*b* of linear sRGB, for D65."""
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.95047, 1.0, 1.08883)
    parts = [sum(map(float.__mul__, row, rgb)) / full for row, full in zip(to_xyz, white, strict=True)]
    x, y, z = (each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116 for each in parts)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def seen(colour: str, sight: str) -> list[float]:
    kept = [sum(part * each for part, each in zip(row, linear(colour), strict=True)) for row in MACHADO[sight]]
    return lab([min(max(each, 0.0), 1.0) for each in kept])


@pytest.mark.parametrize("scheme", PALETTES)
def test_text_and_marks_stand_out_from_what_is_behind_them(scheme: str) -> None:
    of = PALETTES[scheme]
    assert min(contrast(of[text], of[area]) for text in (svg.INK, svg.FAINT) for area in AREAS) >= 4.5
    assert min(contrast(of[mark], of[area]) for mark in (*MARKS, svg.INK) for area in AREAS) >= 3
    for outline, area in ((svg.BLUE, svg.PALE_BLUE), (svg.AMBER, svg.PALE_AMBER)):
        assert contrast(of[outline], of[area]) >= 3


@pytest.mark.parametrize("sight", MACHADO)
@pytest.mark.parametrize("scheme", PALETTES)
def test_marks_can_be_told_apart_by_whoever_sees_fewer_colours(scheme: str, sight: str) -> None:
    marks = [seen(PALETTES[scheme][mark], sight) for mark in MARKS]
    apart = [sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 for one, other in combinations(marks, 2)]
    assert min(apart) >= 15


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_drawn_has_colours_for_light_and_for_dark(name: str) -> None:
    shown = ElementTree.fromstring(f"<div>{SHOWN[name]()._repr_html_()}</div>")
    ours = [each for each in shown.iter() if each.get("class") in ("sk-drawing", "sk-inline")]  # charts are Vega's
    parts = [part for drawing in ours for part in drawing.iter()]
    looks = {part.get(kind) for part in parts for kind in ("fill", "stroke")}
    assert looks <= {None, "none", "currentColor", *svg.DARK}
    assert not any(part.get("id") for part in parts)  # two drawings of a page would share it


def test_a_drawing_without_its_style_is_the_same_drawing() -> None:
    hostile = 'a <svg style="x"> <style>y</style>'
    parts = [svg.label(3, 9, hostile), svg.element("g", style="color:red")]
    drawn = svg.drawing(hostile, (90, 40), parts, description=hostile, style="max-width:100%")
    assert drawn.count("<style>") == drawn.count(' style="max-width:100%"') == 1
    bare = svg.unstyled(f"<p>{drawn}</p>{svg.inline('up', (9, 9), [])}")
    nodes = [*ElementTree.fromstring(f"<div>{bare}</div>").iter()]
    assert [node.get("style") for node in nodes if node.get("style")] == ["color:red"]  # a part's own affair
    assert [node.text for node in nodes if node.text] == [hostile, hostile, hostile, "up"]
    assert not any(node.tag.endswith("}style") for node in nodes)
