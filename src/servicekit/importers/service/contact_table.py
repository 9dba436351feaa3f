"""Tables of contacts: one row is a contact, or one leg of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from servicekit.errors import Problem
from servicekit.events import Contact, ContactOutcome, Leg
from servicekit.events.contact import OUTCOMES
from servicekit.importers.service.service_mapping import Columns, Lengths, ServiceColumns, ServiceTable
from servicekit.importers.service.service_row import RowLayout, ServiceRow
from servicekit.importers.service.service_table import service_stream
from servicekit.importers.table.mapping import Stamps, TextsByStatus

if TYPE_CHECKING:
    from servicekit.importers.case_stream import ImportStream
    from servicekit.importers.faults import Faults
    from servicekit.importers.opened_file import TableSource

_NOTHING_RECORDED = Leg()


class ContactColumns(ServiceColumns):
    """The columns that make contacts. A length of time may be a column name, with seconds, or a mapping.

    >>> ContactColumns(at="arrived", outcome="result", wait="q_time").wait.unit
    'seconds'
    """

    at: Stamps
    """When it arrived; every row must have it."""

    outcome: str
    """How it ended; ``outcomes`` says what its texts mean."""

    contact_id: Columns | None = None
    """The number of the contact, or several columns that make it; None: every row is a contact, called by its mapped
    cells."""

    customer_id: str | None = None
    """Whose contact it is."""

    case_id: str | None = None
    """The case that it belongs to."""

    queue: str | None = None
    """The queue in which it waited."""

    agent: str | None = None
    """Who answered."""

    wait: Lengths | None = None
    """How long it waited for an answer, or until the end."""

    talk: Lengths | None = None
    """How long somebody talked, without hold."""

    hold: Lengths | None = None
    """How long the customer was on hold."""

    wrap: Lengths | None = None
    """The work after the contact."""


class ContactMapping(ServiceTable):
    """How to read a table of contacts.

    >>> mapping = ContactMapping.parse('''
    ... columns: {at: arrived, outcome: result, wait: q_time}
    ... outcomes: {answered: [AGENT], abandoned: [HANG]}
    ... ''')
    >>> sorted(mapping.column_names())
    ['arrived', 'q_time', 'result']
    """

    servicekit: Literal["contacts/1"] = "contacts/1"
    """The format of this document."""

    columns: ContactColumns
    """The columns that make contacts."""

    outcomes: TextsByStatus = Field(default_factory=dict)
    """What the texts of ``columns.outcome`` mean: lists of them under ``answered``, ``abandoned``, ``callback`` and
    ``flowed_out``, which mean themselves; upper and lower case are one."""

    other_outcome: ContactOutcome | None = None
    """What every other text means, such as the name of an agent; None: it is a problem."""

    blank_outcome: ContactOutcome | None = None
    """What a cell means that says nothing; None: it is a problem."""

    nobody: tuple[str, ...] = ()
    """Texts of ``columns.customer_id`` that name nobody, such as ``0``."""

    rows: Literal["contacts", "legs"] = "contacts"
    """What a row is. Rows of one number are the legs of one contact, by their stamps: it arrived with the first, and is
    answered if one of them is, else it ended as the last one did."""

    def own_columns(self) -> ContactColumns:
        """The columns that make contacts."""
        return self.columns

    def own_problems(self) -> Iterable[Problem]:
        """Outcomes are known, no text means two, and legs have the number of their contact."""
        yield from super().own_problems()
        seen: dict[str, str] = {name: name for name in OUTCOMES}
        for outcome, texts in self.outcomes.items():
            if outcome not in OUTCOMES:
                hint = f"known: {', '.join(OUTCOMES)}"
                yield Problem("columns.outcome", f"outcomes.{outcome}", f"unknown outcome {outcome!r}", hint)
            for number, text in enumerate(texts):
                if (other := seen.setdefault(text.casefold(), outcome)) != outcome:
                    yield Problem("columns.outcome", f"outcomes.{outcome}[{number}]", f"{text!r} is {other!r} already")
        if self.rows == "legs" and self.columns.contact_id is None:
            yield Problem("columns.legs", "rows", "legs need the number of their contact", "map columns.contact_id")


class _LegRow(NamedTuple):
    """What one row says; the contact is None where something is wrong with it."""

    row: ServiceRow
    contact: Contact | None


class ContactReader:
    """A mapping, compiled against the header of one table; it keeps the rows of contacts that have several."""

    def __init__(self, mapping: ContactMapping, layout: RowLayout) -> None:
        is_numbered = mapping.columns.contact_id is not None and mapping.rows == "contacts"
        self.number = "contact_id" if is_numbered else None
        named = {name: (name, *mapping.outcomes.get(name, ())) for name in OUTCOMES}
        self._outcomes: dict[str, ContactOutcome] = {
            text.casefold(): name for name, texts in named.items() for text in texts
        }
        self._other, self._blank = mapping.other_outcome, mapping.blank_outcome
        self._nobody = frozenset(mapping.nobody)
        self._legs: dict[str, list[_LegRow]] | None = {} if mapping.rows == "legs" else None

    def read(self, row: ServiceRow) -> Sequence[Contact] | None:
        """The contact in a row; a leg is put to the others of its contact."""
        contact_id = row.number_or_name("contact_id")
        contact = self._contact(row, contact_id)
        if self._legs is None or not contact_id:
            return () if contact is None else (contact,)
        self._legs.setdefault(contact_id, []).append(_LegRow(row, contact))
        return None

    def rest(self) -> Iterable[tuple[ServiceRow, Contact | None]]:
        """The contacts that have several rows."""
        for rows in (self._legs or {}).values():
            yield rows[0].row, _joined(rows)

    def _contact(self, row: ServiceRow, contact_id: str) -> Contact | None:
        at, outcome = row.instant("at"), self._outcome(row)
        leg, facts, customer = self._leg(row, outcome), row.facts(), row.text("customer_id")
        if at is None or outcome is None or row.faults.any_error:
            return None
        legs = () if leg == _NOTHING_RECORDED else (leg,)
        whose = None if customer in self._nobody else customer
        return Contact(contact_id, at, outcome, legs, whose, row.text("case_id"), facts)

    def _outcome(self, row: ServiceRow) -> ContactOutcome | None:
        text = row.text("outcome")
        if text is None and self._blank is None:
            row.needed("outcome")
            return None
        found = self._blank if text is None else self._outcomes.get(text.casefold(), self._other)
        if found is None:
            words = f"{str(text)[:60]!r} is not an outcome that the mapping lists"
            row.faults.add("table.bad-value", row.path("outcome"), words, hint="list it in 'outcomes', or in 'skip'")
        return found

    def _leg(self, row: ServiceRow, outcome: ContactOutcome | None) -> Leg:
        talk, hold, wrap = (row.length(key) for key in ("talk", "hold", "wrap"))
        agent = row.text("agent")
        if outcome != "answered":  # a zero of what never was is not recorded, and whose phone rang did not answer
            talk, hold, wrap = talk or None, hold or None, wrap or None
            agent = None if talk is None else agent
        return Leg(row.length("wait"), talk, hold, wrap, row.text("queue"), agent)


def _joined(rows: Sequence[_LegRow]) -> Contact | None:
    """The contact of some legs; none where something is wrong with one, or they name two customers or cases."""
    faults = rows[0].row.faults
    for row in rows[1:]:
        faults.problems.extend(row.row.faults.problems)
    contacts = sorted([row.contact for row in rows if row.contact is not None], key=_arrival)
    customer_id, case_id = (_only(contacts, what, faults) for what in ("customer_id", "case_id"))
    if faults.any_error:
        return None
    first, answered = contacts[0], any(contact.outcome == "answered" for contact in contacts)
    outcome: ContactOutcome = "answered" if answered else contacts[-1].outcome
    legs = tuple(leg for contact in contacts for leg in contact.legs)
    facts = {name: value for contact in reversed(contacts) for name, value in contact.facts.items()}
    return Contact(first.contact_id, first.at, outcome, legs, customer_id, case_id, facts)


def _arrival(contact: Contact) -> datetime:
    return contact.at


def _only(contacts: Iterable[Contact], what: Literal["customer_id", "case_id"], faults: Faults) -> str | None:
    """The one customer or case that legs name."""
    named: set[str | None] = {getattr(contact, what) for contact in contacts} - {None}
    if len(named) > 1:
        faults.add(
            "table.contact-conflict", what, f"legs of one contact name several: {', '.join(sorted(map(str, named)))}"
        )
    return next(iter(named), None)


def read_contacts(path: TableSource, mapping: ContactMapping) -> ImportStream[Contact]:
    """The contacts of a table that is kept as that of :func:`~servicekit.importers.read_cases`.

    Every row, or every number where rows are legs, comes out as one :class:`~servicekit.events.Imported`. A length of
    zero that a contact without an answer talked is taken as not recorded.

    >>> from io import BytesIO
    >>> table = b"arrived,result,q_time\\n2026-01-05T09:00,AGENT,20\\n2026-01-05T09:01,HANG,-5\\n"
    >>> mapping = ContactMapping.parse('''
    ... columns: {at: arrived, outcome: result, wait: q_time}
    ... outcomes: {answered: [AGENT], abandoned: [HANG]}
    ... ''')
    >>> for row in read_contacts(BytesIO(table), mapping):
    ...     print(row.value.wait if row.value else row.problems[0].path)
    0:00:20
    row 3.q_time

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad row,
            where the mapping says ``on_bad_row: stop``.
    """
    return service_stream(path, mapping, lambda layout: ContactReader(mapping, layout))
