"""The blocks of a report as HTML, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from servicekit.layout import svg
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, Items, KeyFigure, Paragraph
from servicekit.reports.blocks.key_figures import KeyFigures, in_runs, measure_row
from servicekit.reports.blocks.told import Told, say
from servicekit.reports.html.table_html import table_html
from servicekit.reports.html.told_html import Html, attribute_html, told_html
from servicekit.reports.words.report_words import ReportWords

_FEW = 4
"""So many sections are found without a list of contents."""


class _Section(NamedTuple):
    """A heading with its id, the blocks below it, and the section that it is a part of."""

    title: Told
    shown: Html
    level: int
    id: Html
    blocks: list[Block]
    within: _Section | None = None

    @property
    def names(self) -> tuple[_Section, ...]:
        """The sections whose titles tell it from its like: two of one title lie within different ones."""
        return (self,) if self.within is None else (self.within, self)


def lay_out(blocks: Sequence[Block], words: ReportWords) -> Html:
    """The blocks as elements; their ids begin with the tag of the language.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> print(lay_out([Heading("Desk", level=1), Paragraph("2 < 3")], ENGLISH))
    <h1 id="en-1">Desk</h1>
    <p>2 &lt; 3</p>
    """
    first, *others = _sections(blocks, words)
    parts = [section for section in others if section.level == 2]
    contents = _contents(parts, words) if len(parts) > _FEW else []
    below = (line for section in others for line in _section_html(section, words))
    return "\n".join((*_section_html(first, words), *contents, *below))


def title_html(blocks: Sequence[Block], words: ReportWords) -> Html:
    """The first heading, as the title of a window."""
    return attribute_html(_sections(blocks[:1], words)[0].title, words)


def _sections(blocks: Sequence[Block], words: ReportWords) -> list[_Section]:
    """The blocks by their headings; one without a word is untitled."""
    untitled, tag = say("html.untitled"), attribute_html(words.tag, words)
    found: list[_Section] = []
    if not (blocks and isinstance(blocks[0], Heading)):
        blocks = (Heading(untitled, level=1), *blocks)
    for block in blocks:
        if isinstance(block, Heading):
            title, shown = block.text, told_html(block.text, words)
            if not shown.strip():
                title, shown = untitled, told_html(untitled, words)
            within = next((each for each in reversed(found) if 1 < each.level < block.level), None)
            found.append(_Section(title, shown, block.level, f"{tag}-{len(found) + 1}", [], within))
        else:
            found[-1].blocks.append(block)
    return found


def _contents(parts: Sequence[_Section], words: ReportWords) -> Iterator[Html]:
    yield f'<nav aria-label="{attribute_html(say("html.contents"), words)}">\n<ul>'
    yield from (f'<li><a href="#{part.id}">{part.shown}</a></li>' for part in parts)
    yield "</ul>\n</nav>"


def _section_html(section: _Section, words: ReportWords) -> Iterator[Html]:
    level = section.level
    yield f'<h{level} id="{section.id}">{section.shown}</h{level}>'
    boxes = 0
    for block in in_runs(section.blocks):
        if isinstance(block, GroupedTable | Figure):
            boxes += 1
            yield _box_html(block, words, _named(section, boxes, words))
        else:
            yield _block_html(block, words)


def _named(section: _Section, place: int, words: ReportWords) -> Html:
    """The attribute that names the first box below a heading, and any further one, which has a name of its own."""
    if place < 2:
        return f'aria-labelledby="{" ".join(each.id for each in section.names)}"'
    titles = " ".join(attribute_html(each.title, words) for each in section.names)
    return f'aria-label="{titles} {place}"'


def _box_html(block: GroupedTable | Figure, words: ReportWords, named: Html) -> Html:
    if isinstance(block, GroupedTable):
        return table_html(block, words, named)
    drawn = svg.unstyled(block.svg(words))
    caption = f"<b>{told_html(block.title, words)}</b> {told_html(block.description, words)}"
    return (
        f'<figure>\n<div class="scroll" tabindex="0" role="region" {named}>{drawn}</div>\n'
        f"<figcaption>{caption}</figcaption>\n</figure>"
    )


def _block_html(block: Paragraph | Aside | Items | KeyFigure | KeyFigures | Heading, words: ReportWords) -> Html:
    match block:
        case Paragraph(text):
            return f"<p>{told_html(text, words)}</p>"
        case Aside(text):
            return f'<p class="note" role="note">{told_html(text, words)}</p>'
        case Items(rows, is_legend):
            return _items_html(rows, words, "pairs legend" if is_legend else "pairs")
        case KeyFigures(run):
            lines = (f"<li>{_measure_html(measure, words)}</li>" for measure in run)
            return "\n".join(('<ul class="measures">', *lines, "</ul>"))
        case KeyFigure():
            return _block_html(KeyFigures((block,)), words)
        case Heading():
            return ""
        case _:
            assert_never(block)


def _items_html(rows: Sequence[tuple[Told, Told]], words: ReportWords, look: str) -> Html:
    """Names with what they mean, each once; or else a list of counts, places and the like."""
    told = [(told_html(first, words), told_html(second, words)) for first, second in rows]
    if len({first for first, _ in told}) == len(rows) and not any(isinstance(first, int) for first, _ in rows):
        lines, tag = (f"<dt>{first}</dt><dd>{second}</dd>" for first, second in told), "dl"
    else:
        lines, tag = (f"<li><span>{first}</span> <span>{second}</span></li>" for first, second in told), "ul"
    return "\n".join((f'<{tag} class="{look}">', *lines, f"</{tag}>"))


def _measure_html(measure: KeyFigure, words: ReportWords) -> Html:
    """One figure as a card: what is told beside it stands below, what is not told takes no room."""
    label, value, n, limits, target, status, change = (
        "" if told == "" else told_html(told, words) for told in measure_row(measure)
    )
    lines = ([part for part in parts if part] for parts in ((status, target), (limits, n), (change,)))
    below = "".join(f"<p>{' '.join(f'<span>{part}</span>' for part in line)}</p>" for line in lines if line)
    return f'<p class="label">{label}</p><p class="value">{value}</p>{below}'
