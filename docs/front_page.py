"""Draws the pictures with which README and manual open: `python docs/front_page.py`, after changing what they show.

The clock is what the README's own lines draw, in English and in Chinese. The report is the top of the page that
:data:`REPORT` writes, without its contents, as Chromium shows it by day and by night; that needs the extra ``check``
and an installed Chromium. A test says when the clock is out of date, or a figure in the text of a picture of a report.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servicekit.cli import main as servicekit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
DESK = ROOT / "examples" / "service_desk"
REPORT = [
    *("report", str(DESK / "policy.yaml"), str(DESK / "tickets.csv"), "--columns", str(DESK / "columns.yaml")),
    *("--template", "monthly_service_report", "--period", "2026-03", "--compare", "previous", "--language", "both"),
]
LANGUAGES = {"en": "English", "zh": "中文"}
SCHEMES = ("light", "dark")
WIDTH, COLOURS = 1120, 64


def clocks() -> dict[str, str]:
    """File names with the drawings of the case in the README's first Python example."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.chdir(ROOT):
        for example in doctest.DocTestParser().get_examples((ROOT / "README.md").read_text("utf-8")):
            exec(compile(example.source, "README.md", "single"), names)
            if "case" in names:
                break
    return {f"clock-{language}.svg": f"{names['case'].drawing(language)}\n" for language in LANGUAGES}


def reports() -> Iterator[tuple[str, bytes]]:
    """File names with pictures of the top of the report, in each language, by day and by night."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder, "report.html")
        servicekit([*REPORT, "--format", "html", "--out", str(page)])
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for language in LANGUAGES:
            for scheme in SCHEMES:
                yield f"report-{language}-{scheme}.png", _few_colours(_top(browser, page, language, scheme))
        browser.close()


def _top(browser: Browser, page: Path, language: str, scheme: Any) -> bytes:
    """The page down to the end of its first section, at two pixels for one."""
    viewport: Any = {"width": WIDTH, "height": 1600}
    shown = browser.new_page(viewport=viewport, device_scale_factor=2, color_scheme=scheme, offline=True)
    shown.goto(page.as_uri())
    shown.get_by_label(LANGUAGES[language]).click()
    shown.mouse.move(0, 0)
    end = shown.evaluate(
        """() => {
            document.querySelectorAll("nav").forEach((contents) => contents.remove())
            document.activeElement.blur()
            const heads = [...document.querySelectorAll("h2")].filter((head) => head.offsetParent)
            return heads[1].getBoundingClientRect().top
        }"""
    )
    picture = shown.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": end - 16})
    shown.close()
    return picture


def _few_colours(picture: bytes) -> bytes:
    """The same picture in a file of a third of the size."""
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def main() -> None:
    for name, drawing in clocks().items():
        (FOLDER / name).write_text(drawing, "utf-8")
    for name, picture in reports():
        (FOLDER / name).write_bytes(picture)


if __name__ == "__main__":
    main()
