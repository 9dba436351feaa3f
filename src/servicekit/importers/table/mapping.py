"""The column mapping: a document that says what each column of a ticket export means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem
from servicekit.importers.table.date_formats import AsOf as AsOf
from servicekit.importers.table.date_formats import DateFormats as DateFormats
from servicekit.importers.table.date_formats import LengthUnit
from servicekit.importers.table.pattern import finder
from servicekit.importers.table.table_file import CaseTable
from servicekit.vocabulary import FieldType

_MOST_PATTERNS = 10  # each may take 10 MB and the time to fill them


class StampColumn(Document):
    """A column of time stamps that is written otherwise than the rest of the table, or that says how long it took.

    >>> StampColumn(column="closed", dates="%d/%m/%Y").dates
    ('%d/%m/%Y',)
    >>> StampColumn(column="minutes_to_close", after_opening="minutes").names()
    ('minutes_to_close',)
    """

    column: str
    """The name of the column in the header."""

    time: str | None = None
    """The column of the time of day, where ``column`` holds the day only; they are read as one text with a space
    between."""

    dates: DateFormats | None = None
    """How this column's stamps are written; None: as the mapping says for all."""

    after_opening: LengthUnit | None = None
    """The cell is no stamp but how long after the opening it was, on the wall clock: a number of this unit, or for
    ``text`` such as ``1h 30m``, ``26:15:00`` or ``PT4H``; ``mm:ss`` is the same, but that ``3:51`` are minutes."""

    def names(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column,) if self.time is None else (self.column, self.time)

    def own_problems(self) -> Iterable[Problem]:
        """A length of time is one column, and not written as a date."""
        for name in ("time", "dates"):
            if self.after_opening and getattr(self, name):
                yield Problem("columns.length-of-time", name, f"a length of time has no {name}", "take one away")


def _as_stamp_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Stamps = Annotated[StampColumn, BeforeValidator(_as_stamp_column)]


class CaseColumns(Document):
    """The columns that make the events of a case: one row of the table is one case.

    A missing stamp makes no event. Each may be a column name or ``{column: ..., dates: ...}``. In records of JSON a
    column is a field, or the path to it, its parts joined by dots.

    >>> CaseColumns(case_id="id", opened_at="open_dt").opened_at.column
    'open_dt'
    """

    case_id: str
    """The case's own number; a row that repeats one is a problem."""

    opened_at: Stamps
    """When the case was opened; every row must have it."""

    customer_id: str | None = None
    """Whose case it is."""

    acknowledged_at: Stamps | None = None
    """When the receipt was acknowledged (milestone ``acknowledged``)."""

    first_replied_at: Stamps | None = None
    """When an agent first answered the customer."""

    resolved_at: Stamps | None = None
    """When the case was resolved."""

    closed_at: Stamps | None = None
    """When the case was closed."""

    cancelled_at: Stamps | None = None
    """When the case was withdrawn."""

    status: str | None = None
    """What the case was when it was last updated; ``statuses`` says what its texts mean."""

    updated_at: Stamps | None = None
    """When the case was last updated. One that its status ends, and no stamp, ended then: with a warning."""

    def own_problems(self) -> Iterable[Problem]:
        """Nothing lies so and so long after the opening but what follows it."""
        if self.opened_at.after_opening:
            yield Problem("columns.length-of-time", "opened_at", "the opening cannot be told from itself")


class FactColumn(Document):
    """A column whose cells become a fact of the case.

    >>> FactColumn(column="Priority", values={"1 - High": "high"}).values["1 - High"]
    'high'
    """

    column: str
    """The name of the column in the header."""

    type: FieldType = "text"
    """What a cell is read as."""

    dates: DateFormats | None = None
    """For ``type: instant``: how the stamps are written; None: as the mapping says for all."""

    values: dict[str, str] = Field(default_factory=dict)
    """What to call a cell's text instead, before it is read as ``type``."""

    unlisted: Literal["keep", "problem"] = "keep"
    """What to do with a text that ``values`` does not list: keep it, or report the row."""

    def own_problems(self) -> Iterable[Problem]:
        """A ``dates`` that nothing would read is a fault."""
        if self.dates and self.type != "instant":
            hint = "add 'type: instant' or take 'dates' away"
            yield Problem("columns.dates-without-instant", "dates", f"a fact of type {self.type} has no dates", hint)
        if self.unlisted == "problem" and not self.values:
            yield Problem("columns.unlisted-without-values", "unlisted", "there is no list of values to be on")


def _as_fact_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Facts = Annotated[FactColumn, BeforeValidator(_as_fact_column)]


class PauseColumns(Document):
    """Two columns between whose stamps the case stood in a status that pauses clocks.

    In a document ``since`` is written ``from``.

    >>> PauseColumns.parse("{from: waiting_from, until: waiting_to}").status
    'pending'
    """

    since: Stamps = Field(alias="from")
    """When the status began; missing: the row has no such pause."""

    until: Stamps
    """When it ended; missing: it lasts still."""

    status: str = "pending"
    """The status meanwhile, as the policy's pauses name it."""

    back_to: str = "open"
    """The status afterwards."""


class RowRule(Document):
    """Which rows to treat apart, by one column, and why; exactly one test is given.

    In a document ``any_of`` is written ``in``.

    >>> RowRule(column="ontime", missing=True, because="no recorded verdict").because
    'no recorded verdict'
    """

    column: str
    """The column that is looked at."""

    equals: str | None = None
    """The cell is this text."""

    any_of: tuple[str, ...] | None = Field(default=None, alias="in", min_length=1)
    """The cell is one of these texts."""

    missing: bool | None = None
    """True: the cell is missing; False: it is there."""

    pattern: str | None = None
    """This regular expression is found in the cell; the syntax is that of Rust, without look-around."""

    because: str
    """The reason, as the report shall count it."""

    @model_validator(mode="after")
    def _check(self) -> RowRule:
        tests = {"equals": self.equals, "in": self.any_of, "missing": self.missing, "pattern": self.pattern}
        given = [name for name, test in tests.items() if test is not None]
        if len(given) != 1:
            message = f"expected exactly one test, found {', '.join(given) or 'none'}"
            raise DocumentValueError("columns.row-rule", message, hint="give equals, in, missing or pattern")
        if self.pattern is not None:
            finder(self.pattern)
        return self


def _with_few_patterns(rules: object) -> object:
    written = rules if isinstance(rules, list | tuple) else ()
    count = sum(isinstance(rule, Mapping) and "pattern" in rule for rule in written)
    if count > _MOST_PATTERNS:
        message = f"{count} rules with a pattern; at most {_MOST_PATTERNS}"
        raise DocumentValueError("columns.pattern", message, hint="join the patterns of one reason: 'this|that'")
    return rules


RowRules = Annotated[tuple[RowRule, ...], BeforeValidator(_with_few_patterns)]


def _as_texts_by_status(value: object) -> object:
    """``{Fechado: closed}`` is the other way round than here: say so."""
    for status, texts in value.items() if isinstance(value, dict) else ():
        if isinstance(texts, str):
            hint = f"write {texts}: [{status}], or {status}: [{texts}] where {texts!r} is what the table says"
            raise DocumentValueError("columns.status", f"expected a list, not {texts!r}", hint, path=str(status))
    return value


TextsByStatus = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_as_texts_by_status)]


def status_problems(statuses: TextsByStatus) -> Iterable[Problem]:
    """The texts that mean two statuses."""
    seen: dict[str, str] = {}
    for status, texts in statuses.items():
        for number, text in enumerate(texts):
            if (other := seen.setdefault(text.casefold(), status)) != status:
                yield Problem("columns.status", f"statuses.{status}[{number}]", f"{text!r} is {other!r} already")


class TableMapping(CaseTable):
    """How to read a wide ticket export: one row is one case, with one column per stamp and per fact.

    >>> mapping = TableMapping.parse('''
    ... timezone: America/New_York
    ... columns: {case_id: id, opened_at: open_dt, resolved_at: closed_dt}
    ... facts: {channel: source}
    ... ''')
    >>> sorted(mapping.column_names())
    ['closed_dt', 'id', 'open_dt', 'source']
    """

    servicekit: Literal["columns/1"] = "columns/1"
    """The format of this document."""

    columns: CaseColumns
    """The columns that make the case's events."""

    statuses: TextsByStatus = Field(default_factory=dict)
    """What the texts of ``columns.status`` mean: lists of them, by the status that events and policies name.
    ``resolved``, ``closed`` and ``cancelled`` end a case, every other status is one of an open case. These three and
    ``open`` mean themselves; upper and lower case are one."""

    facts: dict[str, Facts] = Field(default_factory=dict)
    """Facts of the case, by name: a column name or ``{column: ..., type: ..., values: ...}``."""

    pauses: tuple[PauseColumns, ...] = ()
    """Stretches in which the case waited."""

    skip: RowRules = ()
    """Rows that are not cases; counted by reason."""

    unjudged: RowRules = ()
    """Cases that are computed but not counted in attainment; counted by reason."""

    def stamps(self) -> Iterator[StampColumn]:
        """Every column of stamps.

        >>> columns = {"case_id": "id", "opened_at": "open_dt"}
        >>> [stamp.column for stamp in TableMapping(columns=columns).stamps()]
        ['open_dt']
        """
        for name in CaseColumns.model_fields:
            if isinstance(stamp := getattr(self.columns, name), StampColumn):
                yield stamp
        for pause in self.pauses:
            yield from (pause.since, pause.until)

    def column_names(self) -> frozenset[str]:
        """Every column that the table must have."""
        ids = {self.columns.case_id, self.columns.customer_id, self.columns.status} - {None}
        stamps = {name for stamp in self.stamps() for name in stamp.names()}
        facts = {fact.column for fact in self.facts.values()}
        rules = {rule.column for rule in (*self.skip, *self.unjudged)}
        return frozenset({str(name) for name in ids} | stamps | facts | rules)

    def own_problems(self) -> Iterable[Problem]:
        """A fact that is both a column and a constant is a fault, and so is a text of two statuses."""
        for name in sorted(self.facts.keys() & self.constants.keys()):
            yield Problem("columns.fact-twice", f"constants.{name}", f"{name!r} is a column and a constant")
        if self.statuses and self.columns.status is None:
            hint = "add columns: {status: ..., updated_at: ...}"
            yield Problem("columns.status", "statuses", "no column holds the status", hint)
        yield from status_problems(self.statuses)
