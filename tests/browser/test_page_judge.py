"""The judge of pages: a good page passes, and each kind of bad page is caught by the instrument meant for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.page_judge import A4, Look, PageJudge

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("browser")]

LOOKS = (Look(360), Look(1280, "dark"), A4)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A month</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 sans-serif }}
{style}
</style>
</head>
<body>
<main>
<h1>A month</h1>
{body}
</main>
</body>
</html>
"""
DRAWING = '<svg role="img" width="200" height="60" viewBox="0 0 200 60" font-size="12"><title>drawn</title>{}</svg>'
WIDE = f"<table><tr><th>name</th>{'<td>12,345.67</td>' * 12}</tr></table>"
GOOD = f"""
<p>Answered in time: <b>80 %</b>, 在线客服 <span class="unseen">of all that came</span></p>
<div style="overflow-x: auto" tabindex="0" role="region" aria-label="Figures"><div class="screen">{WIDE}</div></div>
{DRAWING.format('<g fill="currentColor"><text y="20" fill="none" stroke="#777">8 %</text><text y="20">8 %</text></g>')}
<details><summary>More</summary><p>Phone, chat &lt;b&gt;</p></details>
{DRAWING.format('<rect width="200" height="60" fill="#fff"/><text x="5" y="20">one</text><text x="60" y="20">2</text>')}
"""
UNSEEN = """.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; white-space: nowrap }
@media print { .screen { display: none } }"""


def page(folder: Path, body: str, style: str = "", policy: str = POLICY) -> Path:
    file = folder / "page.html"
    file.write_text(HEAD.format(body=body, style=style, policy=policy), "utf-8")
    return file


def test_a_good_page_passes_with_all_that_looks_like_a_fault(judge: PageJudge, tmp_path: Path) -> None:
    """A strict policy, a table that scrolls alone, what is for screen readers, and what is folded."""
    verdict = judge.verdict(page(tmp_path, GOOD, UNSEEN))
    assert verdict.faults == ()
    assert verdict.advice == ()


def test_a_picture_within_the_page_is_not_fetched(judge: PageJudge, tmp_path: Path) -> None:
    picture = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E"
    verdict = judge.verdict(page(tmp_path, f'<img alt="dot" src="{picture}">', "", f"{POLICY}; img-src data:"), [A4])
    assert verdict.faults == ()


STRAY = "<text x='{}' y='{}' fill='{}'>{}</text>"
BAD: dict[str, tuple[str, str]] = {
    "an image is fetched": ('<img alt="" src="https://example.org/a.png">', "requests: https://example.org/a.png"),
    "an image would be": ('<img alt="" loading="lazy" src="pixel.png">', "requests: img src=pixel.png"),
    "paper fetches": ("<style>@media print { p { background: url(x.png) } }</style><p>x", "requests: style url x.png"),
    "fonts come from elsewhere": ("<style>@import '//x.org/f.css';</style>", "requests: style @import"),
    "a script logs": ("<script>console.log('hello')</script>", "console: log: hello"),
    "a script is forbidden": ("<script nonce=x>1</script>", "console: error: "),
    "a script fails": ("<script>missing()</script>", "errors: missing is not defined"),
    "faint": ('<p style="color: #999; background: #fff">pale</p>', "accessibility: color-contrast: p"),
    "faint in the dark": ('<p class="navy">dark</p>', 'layout: low contrast: "dark" in <p.navy>, 1.'),
    "no label": ("<input>", "accessibility: label: input"),
    "a small target": ("<p><button class='dot'></button><button class='dot'></button></p>", "target-size: button"),
    "a scroller without keys": (f'<div style="overflow-x: auto">{WIDE}</div>', "scrollable-region-focusable: div"),
    "an id twice": ('<p id="a">x</p><p id="a">y</p>', ": Duplicate ID “a”."),
    "a tag left open": ("<p><b>x</p>", "markup: line"),
    "a table too wide": (WIDE, "layout: the page scrolls sideways"),
    "too wide and cut": (f"<style>body {{ overflow-x: clip }}</style>{WIDE}", "layout: text outside of the page"),
    "cut off": ('<div class="few">a line that is longer than its box</div>', 'text cut: "a line that is longer'),
    "cut with dots": ('<div class="few dots">a line that is longer than its box</div>', 'text cut: "a line that is'),
    "cut below": ('<div class="low">one<br>two<br>three</div>', 'layout: text cut: "three" by <div.low>'),
    "cut on paper": (f'<div style="overflow: auto" tabindex="0">{WIDE}</div>', "layout: text cut: "),
    "texts overlap": ('<p>under it all</p><p style="margin-top: -2.6em">over it all', "layout: texts overlap: "),
    "labels overlap": (DRAWING.format(STRAY.format(9, 20, "gray", "in March") + STRAY.format(40, 24, "gray", "April")),
                       'layout: texts overlap: "in March" and "April"'),
    "a label leaves its drawing": (DRAWING.format(STRAY.format(170, 20, "gray", "far to the right")), "text cut: "),
    "a label above": (DRAWING.format(STRAY.format(9, 0, "gray", "too high")), 'text cut: "too high" by <svg>'),
    "a label is faint": (DRAWING.format("<rect width='99' height='60'/>" + STRAY.format(9, 20, "#444", "faint")),
                         'layout: low contrast: "faint" in <text>'),
    "a drawing shrinks": ('<svg viewBox="0 0 2000 60" font-size="12">' + STRAY.format(9, 20, "gray", "tiny") + "</svg>",
                          'layout: text too small: "tiny", 2.1 px (360 px, light, screen)'),
    "folded away": ('<details><summary>x</summary><div class="few">a line that is longer than its box</div></details>',
                    'text cut: "a line that is longer'),
}  # fmt: skip
STYLE = """
@media (prefers-color-scheme: dark) { .navy { color: #114 } }
.few { width: 6em; overflow: hidden; white-space: nowrap }
.dots { text-overflow: ellipsis }
.low { height: 3em; overflow: hidden }
.dot { width: 8px; height: 8px; padding: 0; border: 0; margin: 0 }
"""


@pytest.mark.parametrize("name", BAD)
def test_a_bad_page_is_caught(name: str, judge: PageJudge, tmp_path: Path) -> None:
    body, told = BAD[name]
    policy = POLICY if "nonce" in body else "default-src * 'unsafe-inline'"
    faults = judge.verdict(page(tmp_path, body, STYLE, policy), LOOKS).faults
    assert [fault for fault in faults if told in fault], faults


def test_a_fault_is_told_once_with_all_looks_that_show_it(judge: PageJudge, tmp_path: Path) -> None:
    layout = judge.verdict(page(tmp_path, WIDE), LOOKS).layout
    assert next(text.split(" (")[1] for text in layout if "sideways" in text) == "360 px, light, screen)"
    dark = judge.verdict(page(tmp_path, BAD["faint in the dark"][0], STYLE), LOOKS).layout
    assert [text.rpartition(" (")[2] for text in dark] == ["1280 px, dark, screen)"]


def test_what_is_wanted_of_a_page_can_be_asked(judge: PageJudge, tmp_path: Path) -> None:
    assert judge.ask(page(tmp_path, GOOD), lambda shown: shown.title()) == "A month"
