"""A report as one HTML file, in one language or in several."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from servicekit.layout import svg
from servicekit.reports.blocks.block import Block
from servicekit.reports.blocks.told import say
from servicekit.reports.html import block_html
from servicekit.reports.html.told_html import Html, attribute_html, text_html
from servicekit.reports.words.report_words import ReportWords

_ABOVE = """\
<!DOCTYPE html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
"""
_BELOW = """
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
"""


def lay_out(blocks: Sequence[Block], spoken: Sequence[ReportWords]) -> Html:
    """The whole file: of several languages one is shown, and a switch shows another.

    It fetches nothing, and its policy forbids it to: no style and no script runs but those of the file, by their
    digests. The same blocks give the same bytes.

    >>> from servicekit.reports.blocks.block import Heading
    >>> from servicekit.reports.words.languages import CHINESE
    >>> page = lay_out([Heading("Desk", level=1)], [CHINESE])
    >>> page[:38]
    '<!DOCTYPE html>\\n<html lang="zh-Hans">\\n'
    """
    tags = tuple(attribute_html(words.tag, words) for words in spoken)
    above, below = _head(tags)
    title = block_html.title_html(blocks, spoken[0])
    texts = "\n".join(
        f'<div class="report" id="{tag}" lang="{tag}">\n{block_html.lay_out(blocks, words)}\n</div>'
        for tag, words in zip(tags, spoken, strict=True)
    )
    switch = _switch(tags, spoken) if len(tags) > 1 else ""
    script = _asset("report.js")
    return (
        f"{above}<title>{title}</title>{below}<body>\n{switch}<main>\n{texts}\n</main>\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _switch(tags: Sequence[Html], spoken: Sequence[ReportWords]) -> Html:
    """A radio button for each language; the styles alone see which is chosen."""
    names = " · ".join(
        f'<span lang="{tag}">{text_html(say("html.language"), words)}</span>'
        for tag, words in zip(tags, spoken, strict=True)
    )
    buttons = "\n".join(
        f'<label><input type="radio" name="language" id="show-{tag}"{"" if place else " checked"}> '
        f'<span lang="{tag}">{attribute_html(words.name, words)}</span></label>'
        for place, (tag, words) in enumerate(zip(tags, spoken, strict=True))
    )
    return f'<header>\n<fieldset class="languages">\n<legend>{names}</legend>\n{buttons}\n</fieldset>\n</header>\n'


@lru_cache(maxsize=8)
def _head(tags: Sequence[Html]) -> tuple[Html, Html]:
    """What stands in the head above and below the title."""
    style = _style(tags)
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(_asset('report.js'))}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return _ABOVE.format(tag=tags[0], policy=policy), _BELOW.format(style=style)


def _style(tags: Sequence[Html]) -> str:
    """The styles, which of several languages hide all but the chosen one."""
    chosen = (f"body:has(#show-{tag}:checked) .report:not(#{tag}) {{ display: none }}" for tag in tags)
    return "\n".join((_asset("report.css"), svg.STYLE, *(chosen if len(tags) > 1 else ())))


@lru_cache(maxsize=2)
def _asset(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8").strip()  # a checker trims before it digests


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
