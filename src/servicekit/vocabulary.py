"""The words of a service: typed ids of channels, tiers and so on, and the document that lists them.

May import ``errors`` and ``document``. The ids are plain texts at run time; for type checkers they are types
of their own, so that a tier cannot be passed where a channel is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NewType, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem, UnknownNameError

__all__ = [
    "STANDARD_FACTS",
    "CaseId",
    "ChannelId",
    "CurrencyId",
    "CustomerId",
    "FieldSpec",
    "FieldType",
    "IssueTypeId",
    "Label",
    "MetricId",
    "OwnerId",
    "PriorityId",
    "Subject",
    "TierId",
    "Vocabulary",
    "Word",
    "Words",
]

ChannelId = NewType("ChannelId", str)
"""How a case came in: phone, chat, email."""
IssueTypeId = NewType("IssueTypeId", str)
"""What a case is about: consultation, complaint."""
TierId = NewType("TierId", str)
"""The standing of a customer: standard, vip."""
PriorityId = NewType("PriorityId", str)
"""How urgent a case is."""
OwnerId = NewType("OwnerId", str)
"""Who works on a case: an agent or a team."""
CaseId = NewType("CaseId", str)
"""One matter of one customer: a ticket."""
CustomerId = NewType("CustomerId", str)
"""Who asked."""
MetricId = NewType("MetricId", str)
"""What is measured: first_response, resolution."""
CurrencyId = NewType("CurrencyId", str)
"""A currency of points; money has ISO 4217 codes."""

Label = str | dict[str, str]
"""A name for people: one text, or a text for each language, such as ``{en: chat, zh: 在线客服}``."""

Subject = Literal["channels", "issue_types", "tiers", "priorities"]
"""The four lists of words that every service has."""

FieldType = Literal["text", "integer", "decimal", "boolean", "instant", "day"]
"""The types that a fact of a case may have; an ``instant`` is a moment with a time zone, a ``day`` has no time."""

_LONGEST = 64
_FACTS: dict[str, Subject] = {
    "channel": "channels",
    "issue_type": "issue_types",
    "tier": "tiers",
    "priority": "priorities",
}
_OWNER = "owner"

STANDARD_FACTS: tuple[str, ...] = (*_FACTS, _OWNER)
"""The facts that every case may have."""

_RESERVED = frozenset(("field", "op", "one_of", "all", "any", "not"))
"""The keys of the forms of a condition; a fact of such a name would be taken for a form."""


def _word(text: object, path: str) -> str:
    if isinstance(text, str) and text and text == text.strip() and len(text) <= _LONGEST and text.isprintable():
        return text
    message = f"{str(text)[:_LONGEST]!r} is not an id"
    hint = f"an id is a text of 1 to {_LONGEST} characters in one line, without spaces around it"
    raise DocumentValueError("vocabulary.id", message, f"{hint}; numbers are put in quotes", path=path)


Word = Annotated[str, AfterValidator(lambda text: _word(text, ""))]
"""A name that a document introduces: one line, 1 to 64 characters, no spaces around it."""


def _listed(value: object) -> object:
    """A list of ids as a mapping without labels; a mapping stays, its missing labels empty."""
    if isinstance(value, Mapping):
        return {_word(key, str(key)): "" if label in (None, {}) else label for key, label in value.items()}
    if not isinstance(value, list | tuple):
        return value
    places: dict[str, int] = {}
    for index, item in enumerate(value):
        word = _word(item, f"[{index}]")
        if places.setdefault(word, index) != index:
            message = f"{word!r} is listed twice, first at [{places[word]}]"
            raise DocumentValueError("vocabulary.duplicate", message, "keep one of them", path=f"[{index}]")
    return dict.fromkeys(places, "")


def _written(words: Mapping[str, Label]) -> object:
    """A mapping of id to label; a plain list where no id has a label."""
    return dict(words) if any(words.values()) else list(words)


Words = Annotated[dict[str, Label], BeforeValidator(_listed), PlainSerializer(_written)]
"""Ids in their order, each with its label; written as a list of ids or as a mapping of id to label."""


class FieldSpec(Document):
    """A field that cases of this service have beside the usual ones.

    >>> FieldSpec.parse("{type: text, values: [north, south]}").values
    ('north', 'south')
    >>> FieldSpec.model_validate("decimal").type
    'decimal'
    """

    type: FieldType = "text"
    """What its values are: ``text``, ``integer``, ``decimal``, ``boolean``, ``instant`` or ``day``."""
    values: Annotated[tuple[str, ...], AfterValidator(lambda values: tuple(_listed(values)))] = ()
    """The values it may take, if it is a text; none listed: any."""
    label: Label = ""
    """Its name for people."""

    @model_validator(mode="before")
    @classmethod
    def _from_type(cls, data: object) -> object:
        return {"type": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _only_texts_have_values(self) -> Self:
        if self.values and self.type != "text":
            message = f"values are listed, but the type is {self.type!r}"
            raise DocumentValueError("vocabulary.field", message, "leave one of the two out", path="values")
        return self


class Vocabulary(Document):
    """The words a service uses for its cases; conditions and targets are checked against them.

    A list that is left empty allows any value. The order of tiers and priorities is their rank, from the
    least to the greatest: ``standard, vip``; ``low, normal, urgent``.

    >>> words = Vocabulary.parse('''
    ... channels: {chat: {en: live chat, zh: 在线客服}, phone: hotline}
    ... tiers: [standard, vip]
    ... fields: {district: text, amount: {type: decimal, label: claimed}}
    ... ''')
    >>> words.labels("channels", language="zh"), words.rank("tiers", "vip")
    ({'chat': '在线客服', 'phone': 'hotline'}, 1)
    """

    channels: Words = Field(default_factory=dict)
    """The ways by which cases come in."""
    issue_types: Words = Field(default_factory=dict)
    """What cases are about."""
    tiers: Words = Field(default_factory=dict)
    """The standings of customers, the least first."""
    priorities: Words = Field(default_factory=dict)
    """How urgent cases are, the least first."""
    fields: dict[Word, FieldSpec] = Field(default_factory=dict)
    """What else is known of a case: name to type, or to type, values and label."""
    customers: dict[Word, FieldSpec] = Field(default_factory=dict)
    """What is known of a customer, in the same form: ``{industry: text, size: {values: [small, large]}}``."""

    def own_problems(self) -> Iterable[Problem]:
        """Names of fields that cannot be used, since every case has a fact of that name."""
        for name in sorted(self.fields.keys() & {*STANDARD_FACTS}):
            hint = f"list its values under {_FACTS[name]!r}" if name in _FACTS else "choose another name"
            yield Problem("vocabulary.field", f"fields.{name}", f"every case has a {name!r} of its own", hint)
        for name in sorted(self.fields.keys() & _RESERVED):
            yield _reserved(f"fields.{name}", name)
        for name in sorted(self.customers.keys() & _RESERVED):
            yield _reserved(f"customers.{name}", name)

    def labels(self, subject: Subject, *, language: str = "en") -> dict[str, str]:
        """The names for people of all ids of a subject; an id without a label is its own.

        Of a label in several languages, the one asked for, else the first.

        >>> Vocabulary(channels={"chat": {"zh": "在线客服"}, "email": ""}).labels("channels")
        {'chat': '在线客服', 'email': 'email'}
        """
        words: Mapping[str, Label] = getattr(self, subject)
        return {word: _text(label, language) or word for word, label in words.items()}

    def rank(self, subject: Literal["tiers", "priorities"], word: str) -> int:
        """The place of a tier or a priority in its order, from 0 for the least.

        >>> Vocabulary(priorities=["low", "urgent"]).rank("priorities", "urgent")
        1

        Raises:
            UnknownNameError: it is not listed.
        """
        words = list(getattr(self, subject))
        if word not in words:
            raise UnknownNameError(subject, word, words)
        return words.index(word)

    def fields_schema(self) -> dict[str, tuple[str, ...] | None]:
        """For each field of a case the values it may take; None where any will do.

        >>> Vocabulary(tiers=["standard", "vip"], fields={"district": "text"}).fields_schema()["tier"]
        ('standard', 'vip')
        """
        facts = {fact: tuple(getattr(self, subject)) or None for fact, subject in _FACTS.items()}
        extra = {name: spec.values or None for name, spec in self.fields.items()}
        return {**extra, **facts, _OWNER: None}

    def value_types(self) -> dict[str, FieldType]:
        """For each field of a case the type of its values; the usual ones are texts.

        >>> Vocabulary(fields={"amount": "decimal"}).value_types()["amount"]
        'decimal'
        """
        extra = {name: spec.type for name, spec in self.fields.items()}
        return {**extra, **dict.fromkeys(STANDARD_FACTS, "text")}


def _reserved(path: str, name: str) -> Problem:
    message = f"in a condition {name!r} is a key, not a fact"
    return Problem("vocabulary.reserved-name", path, message, "choose another name")


def _text(label: Label, language: str) -> str:
    return label if isinstance(label, str) else label.get(language) or next(iter(label.values()), "")
