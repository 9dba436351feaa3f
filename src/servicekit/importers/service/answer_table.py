"""Tables of surveys: one row is an invitation, what was answered to it, or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field

from servicekit.document import Document, did_you_mean
from servicekit.errors import Problem
from servicekit.events import Answer, Invitation, Scale
from servicekit.importers.purchases.amounts import DecimalMark, number_reader
from servicekit.importers.service.service_mapping import Columns, ServiceColumns, ServiceTable
from servicekit.importers.service.service_row import ServiceRow, whole_or_decimal
from servicekit.importers.service.service_table import service_stream
from servicekit.importers.table.mapping import Stamps

if TYPE_CHECKING:
    from servicekit.importers.case_stream import ImportStream
    from servicekit.importers.opened_file import TableSource

SurveyEvent: TypeAlias = Invitation | Answer


class ScaleRange(Document):
    """The scores that may be given: from ``low`` to ``high`` by ``step``.

    >>> ScaleRange(low=1, high=5).scale()
    Scale(low=1, high=5, step=1)
    """

    low: Decimal
    """The lowest score."""

    high: Decimal
    """The highest score."""

    step: Decimal = Decimal(1)
    """What lies between two scores that are next to each other: ``0.5`` where half marks are given."""

    def scale(self) -> Scale:
        """The scale of records."""
        return Scale(*(whole_or_decimal(number) for number in (self.low, self.high, self.step)))

    def own_problems(self) -> Iterable[Problem]:
        """The steps lead from the lowest score to the highest."""
        try:
            self.scale()
        except ValueError as error:
            yield Problem("columns.scale", "", str(error))


class Instrument(ScaleRange):
    """One question of a survey, and the scale that it is answered on.

    >>> Instrument(low=0, high=1, values={"good": 1, "bad": 0}).values["good"]
    Decimal('1')
    """

    column: str | None = None
    """The column with its scores, where a row has answers to several; None: ``columns.score``."""

    values: dict[str, Decimal] = Field(default_factory=dict)
    """Which scores the texts of cells stand for."""

    def own_problems(self) -> Iterable[Problem]:
        """Texts stand for scores of the scale."""
        problems = list(super().own_problems())
        yield from problems
        for text, score in self.values.items() if not problems else ():
            if score not in self.scale():
                words = f"the score {score} is off the scale, which is {self.scale()}"
                yield Problem("columns.scale", f"values.{text}", words)


class AnswerColumns(ServiceColumns):
    """The columns that make invitations and answers.

    >>> list(AnswerColumns(at="answered", score="nps").names())
    ['answered', 'nps']
    """

    at: Stamps
    """When it was answered; a row without it is an invitation that nobody answered."""

    answer_id: Columns | None = None
    """The number of the answer, or several columns that make it; None: rows are called by their mapped cells."""

    score: str | None = None
    """The score, where a row has one."""

    instrument: str | None = None
    """The name of the question, where the table has several, one in each row."""

    invitation_id: str | None = None
    """The number of the invitation; with ``invited_at`` None: that of the answer."""

    invited_at: Stamps | None = None
    """When the customer was asked; with it every row that has it is an invitation."""

    delivery: str | None = None
    """What became of the invitation; ``bounced`` lists the texts of one that never arrived."""

    customer_id: str | None = None
    """Who was asked."""

    case_id: str | None = None
    """The case that it is about."""

    contact_id: str | None = None
    """The contact that it is about."""

    agent: str | None = None
    """Whose work it is about."""


class AnswerMapping(ServiceTable):
    """How to read a table of invitations and answers.

    >>> mapping = AnswerMapping.parse('''
    ... columns: {at: answered, invited_at: sent}
    ... instruments: {nps: {column: q1, low: 0, high: 10}, csat: {column: q2, low: 1, high: 5}}
    ... ''')
    >>> sorted(mapping.column_names())
    ['answered', 'q1', 'q2', 'sent']
    """

    servicekit: Literal["answers/1"] = "answers/1"
    """The format of this document."""

    columns: AnswerColumns
    """The columns that make invitations and answers."""

    instruments: Annotated[dict[str, Instrument], Field(min_length=1)]
    """The questions, by name, each with its scale: what is off it is a problem, and what is blank is not zero."""

    bounced: tuple[str, ...] = ()
    """Texts of ``columns.delivery`` that say that the invitation never arrived; upper and lower case are one."""

    nobody: tuple[str, ...] = ()
    """Texts of ``columns.customer_id`` that name nobody, such as ``0``."""

    decimal_mark: DecimalMark = "."
    """What stands before the decimal places of scores."""

    def own_columns(self) -> AnswerColumns:
        """The columns that make invitations and answers."""
        return self.columns

    def other_columns(self) -> Iterator[str]:
        """The columns of instruments."""
        return (each.column for each in self.instruments.values() if each.column is not None)

    def own_problems(self) -> Iterable[Problem]:
        """Every score has one instrument, and an invitation has its moment."""
        yield from super().own_problems()
        columns = self.columns
        apart = [name for name, each in self.instruments.items() if each.column is None]
        if bool(apart) != (columns.score is not None):
            words = "columns.score and instruments without a column need each other"
            yield Problem("columns.instrument", "instruments", words)
        if len(apart) > 1 and columns.instrument is None:
            words = f"nothing says whether a score is one of {', '.join(apart)}"
            yield Problem("columns.instrument", "columns.instrument", words, "map columns.instrument")
        if (columns.delivery is None) == bool(self.bounced) or (self.bounced and columns.invited_at is None):
            words = "columns.delivery and bounced need each other, and columns.invited_at"
            yield Problem("columns.instrument", "bounced", words)


class AnswerReader:
    """A mapping, compiled against the header of one table; it keeps nothing of a row."""

    def __init__(self, mapping: AnswerMapping) -> None:
        columns = mapping.columns
        self.number = None if columns.answer_id is None else "answer_id"
        self._asks, self._mapping = columns.invited_at is not None, mapping
        self._score, self._instrument = columns.score, columns.instrument
        self._apart = {name: each for name, each in mapping.instruments.items() if each.column is None}
        self._beside = {name: each for name, each in mapping.instruments.items() if each.column is not None}
        self._scales = {name: each.scale() for name, each in mapping.instruments.items()}
        self._read = number_reader(mapping.decimal_mark)
        self._bounced = frozenset(text.casefold() for text in mapping.bounced)

    def read(self, row: ServiceRow) -> Sequence[SurveyEvent]:
        """The invitation in a row, and the answers."""
        before = len(row.faults.problems)
        invited, at = row.moment("invited_at") if self._asks else None, row.moment("at")
        is_unread = len(row.faults.problems) > before
        scores = dict(self._scores(row))
        if at is None and not is_unread and (invited is None or any(score is not None for score in scores.values())):
            row.faults.missing_instant(row.layout.stamps["at"], "the moment of the answer is missing")
        facts, name = row.facts(), self._name(row, is_answered=at is not None)
        if row.faults.any_error:
            return ()
        customer = row.text("customer_id")
        whose = (None if customer in self._mapping.nobody else customer, row.text("case_id"), row.text("contact_id"))
        asked = row.text("invitation_id") or (None if invited is None else name)
        found: list[SurveyEvent] = []
        if invited is not None:
            bounced = (row.text("delivery") or "").casefold() in self._bounced
            found.append(Invitation(asked or name, invited, *whose, bounced, facts))
        if at is not None:
            agent = row.text("agent")
            for instrument, score in scores.items():
                told = (instrument, score, self._scales[instrument], *whose, asked, agent, facts)
                found.append(Answer(name, at, *told))
        return found

    def rest(self) -> Iterable[tuple[ServiceRow, SurveyEvent | None]]:
        """Nothing: every row tells its own."""
        return ()

    def _name(self, row: ServiceRow, *, is_answered: bool) -> str:
        """The number of an answer; what nobody answered may have that of the invitation alone."""
        asked = None if is_answered else row.text("invitation_id")
        return asked or row.number_or_name("answer_id")

    def _scores(self, row: ServiceRow) -> Iterator[tuple[str, int | Decimal | None]]:
        """The instruments that a row has, each with its score; a blank is None."""
        for name, each in self._beside.items():
            yield name, self._value(row, name, str(each.column))
        if self._score is not None and (named := self._named(row)) is not None:
            yield named, self._value(row, named, self._score)

    def _named(self, row: ServiceRow) -> str | None:
        """The instrument of the row's one score."""
        if self._instrument is None:
            return next(iter(self._apart))
        text = row.needed("instrument")
        if text is None or text in self._apart:
            return text
        hint = did_you_mean(text, self._apart) or f"known: {', '.join(self._apart)}"
        row.faults.add(
            "table.bad-value", self._instrument, f"{text[:60]!r} is not an instrument of the mapping", hint=hint
        )
        return None

    def _value(self, row: ServiceRow, name: str, column: str) -> int | Decimal | None:
        text, values = row.cell(column), self._mapping.instruments[name].values
        if text in values:
            return whole_or_decimal(values[text])
        score, scale = row.number(column, self._read), self._scales[name]
        return on_scale(row, column, score, scale)


def on_scale(row: ServiceRow, column: str, score: int | Decimal | None, scale: Scale) -> int | Decimal | None:
    """A score, if its scale has it; else a fault is noted."""
    if score is None or score in scale:
        return score
    hint = "declare step: 0.5 in the mapping, if half marks are given" if score % 1 else None
    row.faults.add("table.off-scale", column, f"the score {score} is off the scale, which is {scale}", hint=hint)
    return None


def read_answers(path: TableSource, mapping: AnswerMapping) -> ImportStream[SurveyEvent]:
    """The invitations and answers of a table that is kept as that of :func:`~servicekit.importers.read_cases`.

    A row may make an invitation and one answer for each instrument; each comes out as one
    :class:`~servicekit.events.Imported`, and so does every row that is left out or cannot be read.

    >>> from io import BytesIO
    >>> table = b"id,answered,nps\\n1,2026-01-05,9\\n2,2026-01-05,\\n3,2026-01-05,6.5\\n"
    >>> mapping = AnswerMapping.parse('''
    ... columns: {answer_id: id, at: answered, score: nps}
    ... instruments: {nps: {low: 0, high: 10}}
    ... ''')
    >>> for row in read_answers(BytesIO(table), mapping):
    ...     print(row.value.score if row.value else row.problems[0].code)
    9
    None
    table.off-scale

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad row,
            where the mapping says ``on_bad_row: stop``.
    """
    return service_stream(path, mapping, lambda layout: AnswerReader(mapping))
