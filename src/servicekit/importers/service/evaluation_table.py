"""Tables of evaluations: one row is one evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.events import Evaluation, Mark
from servicekit.importers.purchases.amounts import DecimalMark, number_reader
from servicekit.importers.service.answer_table import ScaleRange, on_scale
from servicekit.importers.service.service_mapping import Columns, ServiceColumns, ServiceTable
from servicekit.importers.service.service_row import ServiceRow, whole_or_decimal
from servicekit.importers.service.service_table import service_stream
from servicekit.importers.table.mapping import Stamps

if TYPE_CHECKING:
    from servicekit.importers.case_stream import ImportStream
    from servicekit.importers.opened_file import TableSource

_NONE, _SOME = frozenset(("no", "false", "n", "0", "none")), frozenset(("yes", "true", "y", "1"))


class MarkColumn(Document):
    """A column with the points of one item; a blank cell means that the item did not apply.

    >>> MarkColumn(column="greeting", out_of=10).out_of
    Decimal('10')
    """

    column: str
    """The name of the column in the header."""

    out_of: Decimal = Field(default=Decimal(1), gt=0)
    """The most points that there are."""


def _as_mark_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


class EvaluationColumns(ServiceColumns):
    """The columns that make evaluations.

    >>> list(EvaluationColumns(at="day", agent="who", score="total").names())
    ['day', 'who', 'total']
    """

    at: Stamps
    """When it was judged; every row must have it."""

    agent: str
    """Whose work was judged; every row must have it."""

    evaluation_id: Columns | None = None
    """The number of the evaluation, or several columns that make it; None: rows are called by their mapped cells."""

    form: str | None = None
    """The rubric or the course by which it was judged."""

    score: str | None = None
    """The score as the source computed it, on ``scale``."""

    critical_failures: str | None = None
    """What alone makes it fail: names with ``;`` between them, or no more than yes or no."""

    passed: str | None = None
    """Whether it was passed, as the source says: true, yes, y or 1, or their contraries."""

    evaluator: str | None = None
    """Who judged."""

    contact_id: str | None = None
    """The contact that was judged."""

    case_id: str | None = None
    """The case that was judged."""


class EvaluationMapping(ServiceTable):
    """How to read a table of evaluations.

    >>> mapping = EvaluationMapping.parse('''
    ... form: calls
    ... columns: {at: day, agent: who}
    ... marks: {greeting: {column: q1, out_of: 10}, compliance: q2}
    ... ''')
    >>> sorted(mapping.column_names())
    ['day', 'q1', 'q2', 'who']
    """

    servicekit: Literal["evaluations/1"] = "evaluations/1"
    """The format of this document."""

    columns: EvaluationColumns
    """The columns that make evaluations."""

    form: str | None = None
    """The rubric or the course, where no cell names one."""

    scale: ScaleRange | None = None
    """The scale of ``columns.score``."""

    marks: dict[str, Annotated[MarkColumn, BeforeValidator(_as_mark_column)]] = Field(default_factory=dict)
    """The items that were judged, by name: a column, or ``{column: ..., out_of: ...}``."""

    decimal_mark: DecimalMark = "."
    """What stands before the decimal places of scores and marks."""

    def own_columns(self) -> EvaluationColumns:
        """The columns that make evaluations."""
        return self.columns

    def other_columns(self) -> Iterator[str]:
        """The columns of marks."""
        return (mark.column for mark in self.marks.values())

    def own_problems(self) -> Iterable[Problem]:
        """A score has its scale, and something names the form."""
        yield from super().own_problems()
        if (self.columns.score is None) != (self.scale is None):
            yield Problem("columns.scale", "scale", "columns.score and scale need each other")
        if self.columns.form is None and self.form is None:
            yield Problem("columns.form", "form", "nothing names the form", "write form: calls")


class EvaluationReader:
    """A mapping, compiled against the header of one table; it keeps nothing of a row."""

    def __init__(self, mapping: EvaluationMapping) -> None:
        self.number = None if mapping.columns.evaluation_id is None else "evaluation_id"
        self._form, self._score = mapping.form, mapping.columns.score
        self._scale = None if mapping.scale is None else mapping.scale.scale()
        self._marks = {name: (each.column, whole_or_decimal(each.out_of)) for name, each in mapping.marks.items()}
        self._read = number_reader(mapping.decimal_mark)

    def read(self, row: ServiceRow) -> Sequence[Evaluation]:
        """The evaluation in a row."""
        name, at, agent = row.number_or_name("evaluation_id"), row.needed_moment("at"), row.needed("agent")
        form = row.text("form") or self._form or row.needed("form")
        score, marks = self._scored(row), tuple(self._marked(row))
        passed, facts = row.flag("passed"), row.facts()
        if at is None or agent is None or form is None or row.faults.any_error:
            return ()
        told = Evaluation(
            name, at, agent, form, score, self._scale, marks, _failures(row), passed,
            row.text("evaluator"), row.text("contact_id"), row.text("case_id"), facts,
        )  # fmt: skip
        return (told,)

    def rest(self) -> Iterable[tuple[ServiceRow, Evaluation | None]]:
        """Nothing: every row tells its own."""
        return ()

    def _scored(self, row: ServiceRow) -> int | Decimal | None:
        if self._score is None or self._scale is None:
            return None
        return on_scale(row, self._score, row.number(self._score, self._read), self._scale)

    def _marked(self, row: ServiceRow) -> Iterator[Mark]:
        for item, (column, out_of) in self._marks.items():
            points = row.number(column, self._read)
            try:
                yield Mark(item, points, out_of)
            except ValueError as error:
                row.faults.add("table.off-scale", column, str(error))


def _failures(row: ServiceRow) -> tuple[str, ...]:
    text = row.text("critical_failures")
    if text is None or text.casefold() in _NONE:
        return ()
    if text.casefold() in _SOME:
        return ("critical",)
    return tuple(dict.fromkeys(name for part in text.split(";") if (name := part.strip())))


def read_evaluations(path: TableSource, mapping: EvaluationMapping) -> ImportStream[Evaluation]:
    """The evaluations of a table that is kept as that of :func:`~servicekit.importers.read_cases`.

    >>> from io import BytesIO
    >>> table = b"id,day,who,q1,q2\\n1,2026-01-05,li.wei,8,\\n2,2026-01-05,li.wei,11,1\\n"
    >>> mapping = EvaluationMapping.parse('''
    ... form: calls
    ... columns: {evaluation_id: id, at: day, agent: who}
    ... marks: {greeting: {column: q1, out_of: 10}, compliance: q2}
    ... ''')
    >>> for row in read_evaluations(BytesIO(table), mapping):
    ...     print([mark.points for mark in row.value.marks] if row.value else row.problems[0].path)
    [8, None]
    row 3.q1

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad row,
            where the mapping says ``on_bad_row: stop``.
    """
    return service_stream(path, mapping, lambda layout: EvaluationReader(mapping))
