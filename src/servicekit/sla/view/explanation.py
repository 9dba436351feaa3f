"""A clock's account of itself: every span of its life with its reason, as text, Markdown, HTML and a dict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from servicekit.sla.engine.pausing import RESTING
from servicekit.sla.outcome import OutcomeName
from servicekit.sla.view.gantt import Bar, Row, gantt
from servicekit.sla.view.span import ClockSpan
from servicekit.sla.view.words import Language, Words, moment_text, words_in
from servicekit.timeline import format_duration

__all__ = ["ClockExplanation"]

_COLUMNS = ("from", "what", "why", "length", "total")


@dataclass(frozen=True, slots=True)
class ClockExplanation:
    """Why a clock reads what it reads: its spans partition its life, and the counted ones add up to ``elapsed``.

    Times are shown in ``timezone``, that of the calendar that counts. ``note`` says why a due moment was set by hand,
    or why the clock could not be read.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened, Resolved
    >>> from servicekit.sla import SlaPolicy, fold
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> engine = SlaPolicy(targets=[{"resolution": "2h"}]).compile({})
    >>> case = fold(engine, [Opened("C-1", nine), Resolved("C-1", nine.replace(hour=10))], as_of=nine.replace(hour=12))
    >>> print(case.clock("resolution").explain())
    resolution of case C-1: met
    target 2h, due 2026-01-05 11:00 UTC, elapsed 1h
    from                  what     why  length  elapsed so far
    Mon 2026-01-05 09:00  counted       1h      1h
    """

    case_id: str
    metric: str
    outcome: OutcomeName
    target: str | None
    due_at: datetime | None
    elapsed: timedelta | None
    spans: tuple[ClockSpan, ...]
    timezone: str = "UTC"
    language: Language = "en"
    note: str | None = None

    def text(self, language: Language | None = None) -> str:
        """The account as lines of text in columns; ``language`` is the explanation's own where it is left out.

        Raises:
            ValueError: it is neither English nor Chinese.
        """
        words = words_in(language or self.language)
        table = [tuple(words.headings[name] for name in _COLUMNS), *self._cells(words)]
        widths = [max(_wide(row[column]) for row in table) for column in range(len(_COLUMNS))]
        lines = [
            "  ".join(cell + " " * (width - _wide(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        ]
        return "\n".join((*self._head(words), *lines))

    def markdown(self, language: Language | None = None) -> str:
        """The account as a heading and a Markdown table."""
        words = words_in(language or self.language)
        title, *rest = self._head(words)
        head = " | ".join(words.headings[name] for name in _COLUMNS)
        rows = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in self._cells(words))
        table = (f"| {head} |", "|---|---|---|--:|--:|", *(f"| {row} |" for row in rows))
        return "\n".join((f"**{title}**", "", *rest, "", *table))

    def html(self, language: Language | None = None) -> str:
        """The account as a piece of HTML: the clock as a bar over time (inline SVG), and the table.

        Texts are escaped; there are no scripts and no styles but those of the drawing.

        Raises:
            ValueError: ``language`` is neither English nor Chinese.
        """
        words = words_in(language or self.language)
        title, *rest = self._head(words)
        drawing = gantt(title, [self.row(words.metric(self.metric), language)], self.timezone, words)
        head = "".join(f"<th>{escape(words.headings[name])}</th>" for name in _COLUMNS)
        rows = "".join(f"<tr>{''.join(_html_cells(row))}</tr>" for row in self._cells(words))
        told = "".join(f"<p>{escape(line)}</p>" for line in rest)
        return f"<div>{drawing}{told}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"

    def to_dict(self) -> dict[str, object]:
        """The account as plain values: instants in ISO 8601, amounts in whole microseconds."""
        return {
            "case_id": self.case_id,
            "metric": self.metric,
            "outcome": self.outcome,
            "target": self.target,
            "due_at": self.due_at and self.due_at.isoformat(),
            "elapsed_us": None if self.elapsed is None else self.elapsed // timedelta(microseconds=1),
            "timezone": self.timezone,
            "note": self.note,
            "spans": list(self.rows()),
        }

    def rows(self) -> Iterator[Mapping[str, object]]:
        """A row per span, for a table or a data frame."""
        for span in self.spans:
            yield {
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "kind": span.kind,
                "layer": span.layer,
                "reason": span.reason,
                "target": span.target,
                "elapsed_us": span.elapsed // timedelta(microseconds=1),
            }

    def row(self, label: str, language: Language | None = None) -> Row:
        """The spans as bars of a drawing of several clocks."""
        words = words_in(language or self.language)
        told = (f"{self._why(span, words)} {format_duration(span.length)}".lstrip() for span in self.spans)
        bars = tuple(Bar(s.start, s.end, s.kind, text) for s, text in zip(self.spans, told, strict=True))
        return Row(label, bars, self.due_at)

    def _head(self, words: Words) -> Sequence[str]:
        zone, names = ZoneInfo(self.timezone), words.headings
        due = names["none"] if self.due_at is None else f"{moment_text(self.due_at.astimezone(zone))} {self.timezone}"
        elapsed = names["none"] if self.elapsed is None else format_duration(self.elapsed)
        numbers = (names["target"], self.target or names["none"]), (names["due"], due), (names["elapsed"], elapsed)
        told = (
            words.title.format(
                metric=words.metric(self.metric), case_id=self.case_id, outcome=words.outcomes[self.outcome]
            ),
            words.comma.join(f"{name} {value}" for name, value in numbers),
        )
        return told if self.note is None else (*told, self.note)

    def _cells(self, words: Words) -> Iterator[tuple[str, ...]]:
        zone, target = ZoneInfo(self.timezone), self.spans[0].target if self.spans else None
        for span in self.spans:
            start = span.start.astimezone(zone)
            when = f"{start:%a} {moment_text(start)}" if words is words_in("en") else moment_text(start)
            length, total = format_duration(span.length), format_duration(span.elapsed)
            changed = f"{words.headings['changed']}{words.colon}{span.target}" if span.target != target else ""
            target = span.target
            yield when, words.kinds[span.kind], " ".join(filter(None, (changed, self._why(span, words)))), length, total

    @staticmethod
    def _why(span: ClockSpan, words: Words) -> str:
        layer = words.layers.get(span.layer or "", "")
        reason = words.headings["resolved"] if span.reason == RESTING.reason else span.reason
        return " ".join(filter(None, (layer, reason)))

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()


def _html_cells(cells: Sequence[str]) -> Iterator[str]:
    """The cells of a row, the two amounts at its end to the right."""
    *texts, length, total = map(escape, cells)
    yield from (f"<td>{text}</td>" for text in texts)
    yield from (f'<td style="text-align:right">{amount}</td>' for amount in (length, total))


def _wide(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
