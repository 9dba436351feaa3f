"""A section of a policy: the part that belongs to one subject, and what surrounds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.rules import Fields
from servicekit.sla.policy import DueSource
from servicekit.vocabulary import Vocabulary

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


CalendarT_co = TypeVar("CalendarT_co", covariant=True)
DocumentT_contra = TypeVar("DocumentT_contra", bound=Document, contravariant=True)


@dataclass(frozen=True, slots=True)
class Context(Generic[CalendarT_co]):
    """What one version of a policy gives its sections.

    The calendars, by name, are documents while the policy is checked, and compiled when it is compiled. ``fields`` are
    the declared facts, by the words of ``vocabulary``. ``effective_at`` is None for a version that was always in force.
    """

    calendars: Mapping[str, CalendarT_co]
    vocabulary: Vocabulary
    fields: Fields
    timezone: str
    version: str
    effective_at: datetime | None = None
    due: DueSource = "computed"


class Section(Protocol[DocumentT_contra]):
    """How the document of one subject is checked and compiled inside a policy."""

    name: str
    """The field of the policy that holds the document, and the attribute of the engine."""

    def problems_in(self, document: DocumentT_contra, context: Context[object]) -> Iterable[Problem]:
        """The faults that show only in its context: names that stand for nothing. Paths are relative to the section."""
        ...

    def problems_between(self, before: DocumentT_contra | None, after: DocumentT_contra | None) -> Iterable[Problem]:
        """What a version cannot change of the one before it; None is a version without the section."""
        ...

    def compile(self, versions: Sequence[tuple[DocumentT_contra | None, Context[CompiledCalendar]]]) -> object:
        """The engine of all versions, each with its context, in the order in which they came into force.

        A version without the section is None; at least one version has it.
        """
        ...
