"""What notebooks show of results is whole and readable, in light and in dark, in a narrow window and in a wide one."""

from __future__ import annotations

from pathlib import Path

import pytest

from servicekit.layout import svg
from tests.browser.page_judge import SCREENS, PageJudge, evaluated
from tests.browser.shown import SHOWN

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("browser")]

# As notebooks do: an output scrolls alone where it is wide, and has the style of the page.
NOTEBOOK = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Results</title>
<style>
:root {{ color-scheme: light dark; background: Canvas; color: CanvasText; font: 13px/1.5 sans-serif }}
.output {{ overflow: auto }}
</style>
</head>
<body>
<main>
<h1>Results</h1>
<div class="output" tabindex="0" role="region" aria-label="Output">
{}
</div>
</main>
</body>
</html>
"""


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_notebook_shows_is_whole(name: str, judge: PageJudge, tmp_path: Path) -> None:
    file = tmp_path / "notebook.html"
    file.write_text(NOTEBOOK.format(SHOWN[name]()._repr_html_()), "utf-8")
    assert judge.verdict(file, SCREENS).faults == ()


LABELS = (
    "first response: done, but late",
    "WAITING FOR THE WAREHOUSE",
    "2026-02-28 17:59",
    "按时完成 (在线客服)",
    "naïve Ωμέγα шина",
)


@pytest.mark.parametrize("is_bold", [False, True])
def test_a_label_has_the_room_that_a_drawing_keeps_for_it(is_bold: bool, judge: PageJudge, tmp_path: Path) -> None:
    file, weight = tmp_path / "labels.html", "bold" if is_bold else "normal"
    labels = [svg.label(0, 20, text, font_weight=weight) for text in LABELS]
    file.write_text(NOTEBOOK.format(svg.drawing("labels", (900, 40), labels)), "utf-8")
    lengths = "[...document.querySelectorAll('text')].map((each) => each.getComputedTextLength())"
    for text, length in zip(LABELS, judge.ask(file, lambda page: evaluated(page, lengths)), strict=True):
        assert 0.7 * svg.text_width(text, is_bold=is_bold) < length < svg.text_width(text, is_bold=is_bold), text
