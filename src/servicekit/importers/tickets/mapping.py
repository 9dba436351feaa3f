"""The parts that the mappings of all help desks are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, Field

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.importers.table.mapping import AsOf, DateFormats, FactColumn
from servicekit.timeline import SpanField, ZoneName

Fact = TypeVar("Fact", bound=FactColumn)
Meaning = Literal["open", "resolved", "closed", "cancelled"]


class StatusMeaning(Document):
    """What it means for a case to have a status, and what policies call it.

    In a mapping the meaning alone may stand for the whole.

    >>> StatusMeaning(means="open", name="pending").name
    'pending'
    """

    means: Meaning
    """``open``: it is worked on or waits; entering it from one of the others reopens the case."""

    name: str | None = None
    """The status as events and policies name it; None: as the product does."""


def _as_meaning(value: object) -> object:
    return {"means": value} if isinstance(value, str) else value


class FactField(FactColumn):
    """A field of a ticket that becomes a fact of the case, and follows the ticket's change log.

    In a document ``column`` is written ``field``, or the path alone stands for the whole.

    >>> FactField.parse("{field: custom_fields.360001, values: {premium: vip}}").column
    'custom_fields.360001'
    """

    column: str = Field(alias="field")
    """The path of the field in the ticket, parts joined by dots; in a list of ``{id, value}`` an id is a part."""

    log: str | None = None
    """The name of the field in the change log; None: as its path says."""


def _as_field(value: object) -> object:
    return {"field": value} if isinstance(value, str) else value


Meanings = Annotated[StatusMeaning, BeforeValidator(_as_meaning)]
Facts = Annotated[FactField, BeforeValidator(_as_field)]


class HelpDeskMapping(Document):
    """What every mapping of a help desk's export has; each product's adds its own fields.

    The product's usual statuses and facts hold unless the mapping says otherwise; a fact that is ``null`` is not read.

    >>> HelpDeskMapping.parse("{timezone: Asia/Shanghai, statuses: {Parked: open}}").all_statuses()["Parked"].means
    'open'
    """

    STANDARD_STATUSES: ClassVar[Mapping[str, Meaning]] = {}
    STANDARD_NUMBERS: ClassVar[Mapping[str, str]] = {}
    """The raw values by which an export may give a usual status instead of its name."""

    timezone: ZoneName = "UTC"
    """The IANA zone of stamps that carry no offset."""

    as_of: AsOf | None = None
    """When the export was made, a reading in ``timezone`` unless it has an offset: open cases are judged then."""

    on_bad_row: Literal["skip", "stop"] = "skip"
    """Whether a bad record is reported and left out, or ends the run."""

    too_early: SpanField | None = None
    """From how long before the opening on a stamp is an error; None: it is a warning, and counts."""

    statuses: dict[str, Meanings] = Field(default_factory=dict)
    """What statuses mean, by the product's names, beside the usual ones; upper and lower case are one."""

    constants: dict[str, str] = Field(default_factory=dict)
    """Facts that are the same for every case of the export."""

    def all_statuses(self) -> dict[str, StatusMeaning]:
        """The meanings of the product's usual statuses and of those that the mapping adds or changes.

        >>> HelpDeskMapping().all_statuses()
        {}
        """
        usual = {name: StatusMeaning(means=means) for name, means in self.STANDARD_STATUSES.items()}
        known = {name.casefold(): (name, meaning) for name, meaning in (usual | self.statuses).items()}
        numbers = {number: known[name.casefold()] for number, name in self.STANDARD_NUMBERS.items()}
        named = {
            n: StatusMeaning(means=meaning.means, name=meaning.name or name) for n, (name, meaning) in numbers.items()
        }
        return named | usual | self.statuses


class JsonMapping(HelpDeskMapping):
    """What every mapping of a JSON export has.

    >>> sorted(JsonMapping.parse("facts: {tier: custom_fields.17}").all_facts())
    ['tier']
    """

    STANDARD_FACTS: ClassVar[Mapping[str, str]] = {}

    dates: DateFormats = ("iso",)
    """How stamps are written: ``iso``, a ``strptime`` pattern, or several that are tried in turn."""

    encoding: str = "utf-8-sig"
    """The text encoding of a file; the default is UTF-8 with or without a byte-order mark."""

    facts: dict[str, Facts | None] = Field(default_factory=dict)
    """Facts of the case, by name, beside the usual ones: a field's path or ``{field: ..., type: ..., values: ...}``."""

    def all_facts(self) -> dict[str, FactField]:
        """The product's usual facts and those that the mapping adds, changes or takes away.

        >>> JsonMapping().all_facts()
        {}
        """
        usual = {name: FactField(field=path) for name, path in self.STANDARD_FACTS.items()}
        return merged(usual, self.facts)

    def own_problems(self) -> Iterable[Problem]:
        """A fact that is both a field and a constant is a fault."""
        yield from twice(self.all_facts(), self.constants)


def merged(usual: Mapping[str, Fact], given: Mapping[str, Fact | None]) -> dict[str, Fact]:
    """The usual facts, changed as given; None takes one away."""
    return {name: fact for name, fact in {**usual, **given}.items() if fact is not None}


def twice(facts: Mapping[str, object], constants: Mapping[str, str]) -> Iterable[Problem]:
    """The problems of facts that are said in two ways."""
    for name in sorted(facts.keys() & constants.keys()):
        yield Problem("columns.fact-twice", f"constants.{name}", f"{name!r} is a field and a constant")
