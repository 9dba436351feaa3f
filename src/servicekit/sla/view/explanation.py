"""The explanation of a clock: every span of it with its reason, as text, Markdown, HTML and a dict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from servicekit.layout import Result, Table
from servicekit.sla.compiled.compiled_pauses import RESTING
from servicekit.sla.outcome import OutcomeName
from servicekit.sla.view.clock_span import ClockSpan
from servicekit.sla.view.gantt import Bar, ClockBars, gantt
from servicekit.sla.view.language import Language, Words, moment_text, words_in
from servicekit.timeline import format_duration

_COLUMNS, _LABELS = ("from", "what", "why", "length", "total"), 3


@dataclass(frozen=True, slots=True)
class ClockExplanation(Result):
    """Why a clock reads what it reads: its spans partition its life, and the counted ones add up to ``elapsed``.

    Times are shown in ``timezone``, the time zone of the calendar. ``note`` says why a due moment was set by hand,
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
        """The explanation as lines of text in columns; ``language`` is that of the explanation by default.

        Raises:
            ValueError: it is neither English nor Chinese.
        """
        words = words_in(language or self.language)
        return "\n".join((*self._head(words), self._table(words).text()))

    def markdown(self, language: Language | None = None) -> str:
        """The explanation as a heading and a Markdown table."""
        words = words_in(language or self.language)
        title, *rest = self._head(words)
        return "\n".join((f"**{title}**", "", *rest, "", self._table(words, labels=_LABELS).markdown()))

    def html(self, language: Language | None = None) -> str:
        """The explanation as a piece of HTML: the clock as a bar over time (inline SVG), and the table.

        Texts are escaped; there are no scripts and no styles but those of the drawing.

        Raises:
            ValueError: ``language`` is neither English nor Chinese.
        """
        words = words_in(language or self.language)
        title, *rest = self._head(words)
        drawing = gantt(title, [self.bars(words.metric(self.metric), language)], self.timezone, words)
        lines = "".join(f"<p>{escape(line)}</p>" for line in rest)
        return f"<div>{drawing}{lines}{self._table(words, labels=_LABELS).html()}</div>"

    def to_dict(self) -> dict[str, object]:
        """The explanation as plain values: instants in ISO 8601, amounts in whole microseconds."""
        return {
            "case_id": self.case_id,
            "metric": self.metric,
            "outcome": self.outcome,
            "target": self.target,
            "due_at": self.due_at and self.due_at.isoformat(),
            "elapsed_us": None if self.elapsed is None else self.elapsed // timedelta(microseconds=1),
            "timezone": self.timezone,
            "note": self.note,
            "spans": [
                {**row, "start": span.start.isoformat(), "end": span.end.isoformat()}
                for span, row in zip(self.spans, self.rows(), strict=True)
            ],
        }

    def rows(self) -> Iterator[Mapping[str, object]]:
        """A row per span, for a data frame; instants in UTC, amounts in whole microseconds."""
        for span in self.spans:
            yield {
                "start": span.start,
                "end": span.end,
                "kind": span.kind,
                "layer": span.layer,
                "reason": span.reason,
                "target": span.target,
                "elapsed_us": span.elapsed // timedelta(microseconds=1),
            }

    def table(self, language: Language | None = None) -> Table:
        """A row per span: since when, what, why, how long, and the total so far.

        Raises:
            ValueError: ``language`` is neither English nor Chinese.
        """
        return self._table(words_in(language or self.language), labels=_LABELS)

    def bars(self, label: str, language: Language | None = None) -> ClockBars:
        """The spans as bars of a drawing of several clocks."""
        words = words_in(language or self.language)
        notes = (f"{self._why(span, words)} {format_duration(span.length)}".lstrip() for span in self.spans)
        bars = tuple(Bar(s.start, s.end, s.kind, note) for s, note in zip(self.spans, notes, strict=True))
        return ClockBars(label, bars, self.due_at)

    def _table(self, words: Words, labels: int | None = None) -> Table:
        return Table([words.headings[name] for name in _COLUMNS], list(self._cells(words)), labels)

    def _head(self, words: Words) -> Sequence[str]:
        zone, names = ZoneInfo(self.timezone), words.headings
        due = names["none"] if self.due_at is None else f"{moment_text(self.due_at.astimezone(zone))} {self.timezone}"
        elapsed = names["none"] if self.elapsed is None else format_duration(self.elapsed)
        numbers = (names["target"], self.target or names["none"]), (names["due"], due), (names["elapsed"], elapsed)
        lines = (
            words.title.format(
                metric=words.metric(self.metric), case_id=self.case_id, outcome=words.outcomes[self.outcome]
            ),
            words.comma.join(f"{name} {value}" for name, value in numbers),
        )
        return lines if self.note is None else (*lines, self.note)

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
