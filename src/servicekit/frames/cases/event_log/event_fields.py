"""The fields of each kind of event, read off its class, and the columns of a frame that hold them.

A new kind of event needs nothing here. Its fields are held by the columns of :class:`EventColumns` of the same name;
a field that has neither such a column nor a default is held by a column of the frame that has the field's own name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from types import NoneType
from typing import Final, Literal, TypeAlias, get_args, get_type_hints

from servicekit.events import CaseEvent, Opened
from servicekit.frames.cases.column_names import EventColumns
from servicekit.frames.cases.event_log.event_kinds import EVENTS

Holds: TypeAlias = Literal["text", "flag", "instant"]
"""What a field of an event holds."""

_READ_ELSEWHERE = frozenset({"case_id", "at", "sequence"})
_MAY_BE_MISSING = frozenset({"reason"})  # a frame without reasons is read, too
_COLUMNS: Final = tuple(each.name for each in fields(EventColumns))
_REPORTED_FIRST = ("to", "name", "due_at")
_COLUMN_OF: Final = {"into": "to"}


@dataclass(frozen=True, slots=True)
class EventField:
    """A field of an event: the column that holds it, and what it is where the column holds nothing.

    ``column`` is the name in :class:`EventColumns`, or the name of a column of the frame. A field that
    ``is_required`` needs a value in every row.
    """

    name: str
    column: str
    holds: Holds
    is_required: bool
    otherwise: object


def fields_of(event: type[CaseEvent]) -> Iterator[EventField]:
    """The fields of a kind of event that a frame may hold, beside the case and the instant.

    >>> from servicekit.events import MergedInto
    >>> [(field.column, field.holds, field.is_required) for field in fields_of(MergedInto)]
    [('to', 'text', True)]
    """
    hints = get_type_hints(event)
    for field in fields(event):
        column = _COLUMN_OF.get(field.name, field.name)
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        if field.name in _READ_ELSEWHERE or (has_default and column not in _COLUMNS):
            continue
        types = get_args(hints[field.name]) or (hints[field.name],)
        is_optional = has_default or NoneType in types or field.name in _MAY_BE_MISSING
        otherwise = field.default if has_default else None if NoneType in types else ""
        yield EventField(field.name, column, _held(types), not is_optional, otherwise)


def _held(types: tuple[object, ...]) -> Holds:
    """Texts stand for every value that a fact may have."""
    if str in types:
        return "text"
    return "flag" if bool in types else "instant" if datetime in types else "text"


FIELDS: Final[tuple[tuple[EventField, ...], ...]] = tuple(
    () if event is Opened else tuple(fields_of(event)) for event in EVENTS
)
"""The fields of each kind, by its number; those of openings are read together with the facts of the case."""


@dataclass(frozen=True, slots=True)
class EventDetail:
    """A column that holds fields of several kinds of events: the kinds, by their numbers, and what it holds.

    The column ``may_be_absent`` where every kind has a value for events without one.
    """

    column: str
    holds: Holds
    kinds: Sequence[int]
    required_by: Sequence[int]
    may_be_absent: bool
    otherwise: object


def _details() -> Iterator[EventDetail]:
    users: dict[str, list[tuple[int, EventField]]] = {name: [] for name in (*_REPORTED_FIRST, *_COLUMNS)}
    for kind, found in enumerate(FIELDS):
        for field in found:
            users.setdefault(field.column, []).append((kind, field))
    for column, uses in users.items():
        if uses:
            yield EventDetail(
                column=column,
                holds=uses[0][1].holds,
                kinds=[kind for kind, _ in uses],
                required_by=[kind for kind, field in uses if field.is_required],
                may_be_absent=not any(field.is_required or field.otherwise is None for _, field in uses),
                otherwise=uses[0][1].otherwise,
            )


DETAILS: Final[Mapping[str, EventDetail]] = {detail.column: detail for detail in _details()}
"""The columns that hold fields of events, in the order in which they are read and their faults reported."""
