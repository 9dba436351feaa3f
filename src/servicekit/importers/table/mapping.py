"""The column mapping: a document that says what each column of a ticket export means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem
from servicekit.importers.table.pattern import finder
from servicekit.timeline import ZoneName
from servicekit.vocabulary import FieldType

_AS_OF_HELP = "write it as 2026-02-13T17:45"
_FORMAT_HELP = "say 'iso' or a strptime pattern such as '%d/%m/%Y %H:%M'"

_LONGEST_FORMAT = 100
_MOST_PATTERNS = 10  # each may take 10 MB and the time to fill them


def _checked_format(pattern: str) -> str:
    if pattern != "iso":
        if len(pattern) > _LONGEST_FORMAT:
            message = f"a pattern of {len(pattern):,} characters; at most {_LONGEST_FORMAT}"
            raise DocumentValueError("columns.date-format", message, hint=_FORMAT_HELP)
        try:
            datetime.strptime(date(2026, 1, 31).strftime(pattern), pattern)  # noqa: DTZ007 - only the pattern is tried
        except (ValueError, re.error) as error:  # the latter for a directive that comes twice
            raise DocumentValueError("columns.date-format", f"{pattern!r}: {error}", hint=_FORMAT_HELP) from None
        if "%" not in pattern:
            raise DocumentValueError("columns.date-format", f"{pattern!r} reads no date", hint=_FORMAT_HELP)
    return pattern


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _written_instant(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise DocumentValueError("columns.as-of", f"{value!r} is not a date and time", hint=_AS_OF_HELP)
    return value


def _within_all_zones(value: datetime) -> datetime:
    if not MINYEAR < value.year < MAXYEAR:  # else an offset might lead out of the years that there are
        raise DocumentValueError("columns.as-of", f"years run from 2 to 9998, not to {value.year}", hint=_AS_OF_HELP)
    return value


AsOf = Annotated[datetime, BeforeValidator(_written_instant), AfterValidator(_within_all_zones)]
"""A document field for the moment at which an export was made."""
DateFormat = Annotated[str, AfterValidator(_checked_format)]
DateFormats = Annotated[tuple[DateFormat, ...], Field(min_length=1, max_length=20), BeforeValidator(_as_list)]


class StampColumn(Document):
    """A column of time stamps that is written otherwise than the rest of the table.

    >>> StampColumn(column="closed", dates="%d/%m/%Y").dates
    ('%d/%m/%Y',)
    """

    column: str
    """The name of the column in the header."""

    dates: DateFormats | None = None
    """How this column's stamps are written; None: as the mapping says for all."""


def _as_stamp_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Stamps = Annotated[StampColumn, BeforeValidator(_as_stamp_column)]


class CaseColumns(Document):
    """The columns that make the events of a case: one row of the table is one case.

    A missing stamp makes no event. Each may be a column name or ``{column: ..., dates: ...}``.

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


class TableMapping(Document):
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

    timezone: ZoneName = "UTC"
    """The IANA zone of stamps that carry no offset."""

    as_of: AsOf | None = None
    """When the export was made, a reading in ``timezone`` unless it has an offset: open cases are judged then."""

    dates: DateFormats = ("iso",)
    """How stamps are written: ``iso``, a ``strptime`` pattern, or several that are tried in turn."""

    missing: tuple[str, ...] = ("", "NULL", "?")
    """Cells that say nothing."""

    delimiter: str = Field(default=",", pattern=r'^[^"\r\n]\z')
    """What stands between two cells: one character, no quote and no line break."""

    encoding: str = "utf-8-sig"
    """The text encoding of the file; the default is UTF-8 with or without a byte-order mark."""

    on_bad_row: Literal["skip", "stop"] = "skip"
    """Whether a bad row is reported and left out, or ends the run."""

    columns: CaseColumns
    """The columns that make the case's events."""

    facts: dict[str, Facts] = Field(default_factory=dict)
    """Facts of the case, by name: a column name or ``{column: ..., type: ..., values: ...}``."""

    constants: dict[str, str] = Field(default_factory=dict)
    """Facts that are the same for every case of the table."""

    pauses: tuple[PauseColumns, ...] = ()
    """Stretches in which the case waited."""

    skip: RowRules = ()
    """Rows that are not cases; counted by reason."""

    unjudged: RowRules = ()
    """Cases that are computed but not counted in attainment; counted by reason."""

    def stamps(self) -> Iterator[StampColumn]:
        """Every column of stamps that makes an event.

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
        ids = {self.columns.case_id, self.columns.customer_id} - {None}
        stamps = {stamp.column for stamp in self.stamps()}
        facts = {fact.column for fact in self.facts.values()}
        rules = {rule.column for rule in (*self.skip, *self.unjudged)}
        return frozenset({str(name) for name in ids} | stamps | facts | rules)

    def own_problems(self) -> Iterable[Problem]:
        """A fact that is both a column and a constant is a fault."""
        for name in sorted(self.facts.keys() & self.constants.keys()):
            yield Problem("columns.fact-twice", f"constants.{name}", f"{name!r} is a column and a constant")
