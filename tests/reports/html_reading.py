"""An HTML file read by a parser that knows nothing of ours: its lines of text, its elements, their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

_LINES = {"h1", "h2", "h3", "p", "tr", "dt", "li", "legend", "label", "figcaption"}
_CELLS = {"td", "th", "dd", "span", "b"}
_UNTOLD = {"style", "script", "title", "nav", "header"}


class HtmlReading(HTMLParser):
    """What is in a file: ``lines`` are the texts that a reader sees, one for each row, item, paragraph or heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.values: dict[str, list[str]] = {}
        self.raw: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.add((tag, name))
            self.values.setdefault(name, []).append(value or "")
        self._open.append(tag)
        if tag in _LINES:
            self.lines.append("")
        elif tag in _CELLS and self.lines:
            self.lines[-1] += " "

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if tag := next((each for each in self._open if each in _UNTOLD), None):
            self.raw[tag] = self.raw.get(tag, "") + data
        elif self.lines:
            self.lines[-1] += data

    @property
    def told(self) -> list[str]:
        """The lines that say something, each blank once."""
        return [line for line in (" ".join(line.split()) for line in self.lines) if line]

    @property
    def names(self) -> Mapping[str, set[str]]:
        """The elements, and the attributes of each."""
        return {tag: {name for owner, name in self.attributes if owner == tag} for tag in self.elements}
