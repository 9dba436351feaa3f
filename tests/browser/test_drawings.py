"""Drawings are light or dark as the reader likes, in a file and in a page that allows only its own style."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servicekit.layout import svg
from tests.browser.page_judge import LOOKS, PageJudge, evaluated
from tests.browser.shown import DESK, JOINED, case, tiers

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("browser")]

STRICT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drawings</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Drawings</h1>
{drawings}
</main>
</body>
</html>
"""
SHEET = f":root{{color-scheme:light dark}}.scroll{{overflow-x:auto}}{svg.STYLE}"
GROUND = "getComputedStyle(document.querySelector('.sk-drawing > rect')).fill"


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


def grounds(page: Page) -> list[str]:
    """The ground of the first drawing in light, in dark, and on the paper of somebody who likes dark pages."""
    found = []
    for medium, scheme in (("screen", "light"), ("screen", "dark"), ("print", "dark")):
        page.emulate_media(media=medium, color_scheme=scheme)  # type: ignore[arg-type]
        found.append(evaluated(page, GROUND))
    return found


SCHEMES = [rgb(svg.GROUND), rgb(svg.DARK[svg.GROUND]), rgb(svg.GROUND)]


def test_a_drawing_in_a_file_is_light_and_dark(judge: PageJudge, tmp_path: Path) -> None:
    file = tmp_path / "week.svg"
    file.write_text(DESK.picture().svg(), "utf-8")
    assert judge.ask(file, grounds) == SCHEMES


def test_drawings_need_no_style_in_a_page_that_has_it(judge: PageJudge, tmp_path: Path) -> None:
    pictures = [DESK.picture().svg(), case().drawing("zh"), tiers(JOINED)["m-1"].svg()]
    frame = '<div class="scroll" tabindex="0" role="region" aria-label="Drawing {}">{}</div>'
    drawings = "".join(frame.format(number, svg.unstyled(drawn)) for number, drawn in enumerate(pictures))
    digest = base64.b64encode(hashlib.sha256(SHEET.encode()).digest()).decode()
    file = tmp_path / "strict.html"
    file.write_text(STRICT.format(hash=digest, style=SHEET, drawings=drawings), "utf-8")
    assert judge.verdict(file, LOOKS).faults == ()
    assert judge.ask(file, grounds) == SCHEMES
