"""The tables that metrics read: their columns, and how a record of this library gives each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from typing import Any, TypeAlias, get_args

from servicekit.errors import UnknownNameError
from servicekit.events.case import Resolver
from servicekit.events.contact import OUTCOMES
from servicekit.kpi.case_columns import COLUMNS as CASE_COLUMNS
from servicekit.rules import DeclaredField, Fields, Value
from servicekit.vocabulary import FieldType

Reading: TypeAlias = Callable[[Any], Value | None]
"""What a record has in a column."""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Rows of one kind: the columns that are always there, and their types.

    A row is a mapping by column, or a record: then a column is what ``readings`` says, an attribute of that name, or
    one of its ``facts``. ``at`` is the column of the moment at which it happened. Durations are whole microseconds,
    in columns whose names end in ``_us``. ``words`` are all that there are of a text column, where they are known.
    ``record`` names the class of this library that its records are of.

    >>> TABLES["answer"].fields["score"].type, sorted(TABLES["contact"].fields["outcome"].values)
    ('decimal', ['abandoned', 'answered', 'callback', 'flowed_out'])
    """

    name: str
    at: str
    columns: Mapping[str, FieldType]
    readings: Mapping[str, Reading] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    record: str = ""

    @property
    def fields(self) -> Fields:
        """The columns as conditions know them."""
        return {name: DeclaredField(kind, self.words.get(name)) for name, kind in self.columns.items()}


def _texts(*names: str) -> dict[str, FieldType]:
    return dict.fromkeys(names, "text")


def _length(name: str) -> Reading:
    """A length of a record in whole microseconds."""
    read = attrgetter(name)

    def reading(record: object) -> int | None:
        length: timedelta | None = read(record)
        return None if length is None else length // _ONE_US

    return reading


_ONE_US = timedelta(microseconds=1)
FACTS = _texts("channel", "issue_type", "tier", "priority")
"""The facts that rows of nearly every table have; the house says which words there are for them."""

_ALL = (
    TableSchema("case", "opened_at", CASE_COLUMNS, words={"resolved_by": frozenset(get_args(Resolver))}, record="Case"),
    TableSchema(
        "outcome",
        "started_at",
        {
            **_texts("case_id", "metric", "policy_version", "target", "phase", "outcome", "owner", *FACTS),
            **dict.fromkeys(("started_at", "due_at", "stopped_at", "breached_at"), "instant"),
            **dict.fromkeys(("instance", "elapsed_us", "paused_us"), "integer"),
        },
        words={
            "phase": frozenset(("idle", "running", "paused", "stopped", "cancelled")),
            "outcome": frozenset(("met", "met_late", "missed", "open", "cancelled", "no_target")),
        },
        record="Outcome",
    ),
    TableSchema(
        "contact",
        "at",
        {
            **_texts("contact_id", "customer_id", "case_id", "queue", "agent", "outcome", *FACTS),
            "at": "instant",
            **dict.fromkeys(("transfers", "answered_legs", "wait_us", "handled_us"), "integer"),
        },
        {
            "wait_us": _length("wait"),
            "handled_us": _length("handled"),
            "answered_legs": lambda contact: sum(leg.is_answered for leg in contact.legs),
        },
        {"outcome": frozenset(OUTCOMES)},
        "Contact",
    ),
    TableSchema(
        "invitation",
        "at",
        {
            **_texts("invitation_id", "customer_id", "case_id", "contact_id", *FACTS),
            "at": "instant",
            "bounced": "boolean",
        },
        record="Invitation",
    ),
    TableSchema(
        "answer",
        "at",
        {
            **_texts(
                "answer_id", "instrument", "customer_id", "case_id", "contact_id", "invitation_id", "agent", *FACTS
            ),
            "at": "instant",
            **dict.fromkeys(("score", "low", "high"), "decimal"),
        },
        {
            "low": lambda answer: None if answer.scale is None else answer.scale.low,
            "high": lambda answer: None if answer.scale is None else answer.scale.high,
        },
        record="Answer",
    ),
    TableSchema(
        "evaluation",
        "at",
        {
            **_texts("evaluation_id", "form", "agent", "evaluator", "contact_id", "case_id", *FACTS),
            "at": "instant",
            "passed": "boolean",
            "score": "decimal",
            "critical_failures": "integer",
        },
        {"critical_failures": lambda evaluation: len(evaluation.critical_failures)},
        record="Evaluation",
    ),
    TableSchema(
        "work",
        "at",
        {
            **_texts("agent", *FACTS),
            "at": "instant",
            **dict.fromkeys(("paid_us", "logged_in_us", "handling_us", "idle_us"), "integer"),
        },
        {f"{name}_us": _length(name) for name in ("paid", "logged_in", "handling", "idle")},
        record="WorkTime",
    ),
    TableSchema(
        "purchase",
        "at",
        {**_texts("customer_id", "order_id", "channel"), "at": "instant"},
        record="Purchase",
    ),
    TableSchema("cost", "at", {"at": "instant", "amount": "decimal"}),
)

TABLES: Mapping[str, TableSchema] = {table.name: table for table in _ALL}
"""The tables by name."""


def table_named(name: str) -> TableSchema:
    """The table of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in TABLES:
        raise UnknownNameError("table", name, TABLES)
    return TABLES[name]
