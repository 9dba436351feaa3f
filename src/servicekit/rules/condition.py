"""Conditions as people write them.

The short form is a mapping: ``{channel: chat, tier: [vip, gold]}`` holds for a chat of a VIP or a gold customer. The
full forms are ``{field: amount, op: ge, value: 100}``, ``{field: amount, op: between, low: 50, high: 100}``,
``{field: email, op: exists}``, ``{field: opened, op: month, one_of: [11, 12], timezone: UTC}`` (``date_part.py``),
``{field: tier, one_of: [vip, gold]}``, ``{all: [...]}``, ``{any: [...]}`` and ``{not: ...}``; they nest, and each part
may be in the short form. The forms that share the key ``op`` are told apart by its value.

A missing fact equals nothing: whatever is asked of it is false, so ``ne`` and ``not`` of it are true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, get_args

from annotated_types import MinLen
from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from servicekit.document import Document, DocumentValueError, nearest
from servicekit.rules.date_part import PARTS, DatePart
from servicekit.rules.field import Value

Compared = Literal["eq", "ne", "lt", "le", "gt", "ge"]


def _as_written(value: object) -> object:
    """An instant or a day as its text: documents hold what a file can hold, and the declared field reads it again."""
    return value.isoformat() if isinstance(value, date) else value


_Written = Annotated[str | int | Decimal | bool, BeforeValidator(_as_written)]


class Match(Mapping[str, tuple[Value, ...]]):
    """The short form: every fact named is one of the values given; with nothing named it always holds.

    >>> short = where(channel="chat", tier=["vip", "gold"])
    >>> short
    where(channel='chat', tier=['vip', 'gold'])
    >>> short["tier"]
    ('vip', 'gold')

    Raises:
        DocumentValueError: a fact has no value, or one that no fact can have (code ``rules.value``).
    """

    __slots__ = ("_facts",)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(_shown)
        return core_schema.no_info_plain_validator_function(_read_match, serialization=written)

    def __init__(self, facts: Mapping[str, Value | Iterable[Value]] | None = None) -> None:
        self._facts = {name: _listed(name, value) for name, value in (facts or {}).items()}

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __hash__(self) -> int:
        return hash(frozenset(self._facts.items()))

    def __repr__(self) -> str:
        return f"where({', '.join(f'{name}={value!r}' for name, value in _shown(self).items())})"


class Compare(Document):
    """One fact against one value.

    >>> Compare(field="amount", op="ge", value=100).op
    'ge'
    """

    field: str
    """The fact that is tested."""
    op: Compared
    """How: ``eq``, ``ne``, ``lt``, ``le``, ``gt`` or ``ge``; the last four need numbers, instants or days."""
    value: _Written
    """What it is compared with; an instant is written as ISO 8601 text with an offset, a day as ``2026-01-05``."""


class Between(Document):
    """One fact between two values, both of which count: ``low <= fact <= high``, as ``BETWEEN`` of SQL has it.

    >>> Between(field="amount", op="between", low=50, high=100).to_dict()
    {'field': 'amount', 'op': 'between', 'low': 50, 'high': 100}
    """

    field: str
    """The fact that is tested."""
    op: Literal["between"]
    """The word ``between``."""
    low: _Written
    """The least value that holds."""
    high: _Written
    """The greatest value that holds."""


class Exists(Document):
    """One fact is known: it is there, and is not an empty text.

    >>> Not(negated=Exists(field="email", op="exists")).to_dict()
    {'not': {'field': 'email', 'op': 'exists'}}
    """

    field: str
    """The fact that is tested."""
    op: Literal["exists"]
    """The word ``exists``."""


class Member(Document):
    """One fact against a list of values.

    >>> Member(field="tier", one_of=("vip", "gold")).one_of
    ('vip', 'gold')
    """

    field: str
    """The fact that is tested."""
    one_of: Annotated[tuple[_Written, ...], MinLen(1)]
    """The values of which it must be one."""


class All(Document):
    """Every part holds; with no parts it always does.

    >>> All(all=(where(tier="vip"), Compare(field="amount", op="ge", value=100))).to_dict()
    {'all': [{'tier': 'vip'}, {'field': 'amount', 'op': 'ge', 'value': 100}]}
    """

    all: tuple[ConditionField, ...]
    """The parts."""


class Any_(Document):  # noqa: N801 - `Any` is taken by the typing module
    """At least one part holds.

    >>> Any_(any=(where(tier="vip"), where(priority="urgent"))).any[0] == where(tier="vip")
    True
    """

    any: Annotated[tuple[ConditionField, ...], MinLen(1)]
    """The parts."""


class Not(Document):
    """The part does not hold.

    >>> Not(negated=where(tier="vip")).to_dict()
    {'not': {'tier': 'vip'}}
    """

    negated: ConditionField = Field(alias="not")
    """The part, under the key ``not``."""


def where(**facts: Value | Iterable[Value]) -> Match:
    """The short form in Python: each fact is the value, or one of the values, given.

    >>> where(tier="vip") == Match({"tier": ["vip"]})
    True
    """
    return Match(facts)


def _listed(name: str, value: object) -> tuple[Value, ...]:
    is_list = isinstance(value, Iterable) and not isinstance(value, str | Mapping)
    values = tuple(map(_as_written, value)) if is_list else (_as_written(value),)  # type: ignore[call-overload]
    for each in values:
        if not isinstance(each, str | int | Decimal):
            hint = "give a value, a list of values, or the full form {field: amount, op: ge, value: 100}"
            raise DocumentValueError("rules.value", f"{name} cannot be {each!r}", hint, path=name)
    if not values:
        message = f"{name} has an empty list of values"
        raise DocumentValueError("rules.value", message, "no case could match it", path=name)
    return values


def _read_match(value: object) -> Match:
    return value if isinstance(value, Match) else Match(value)  # type: ignore[arg-type]


def _shown(match: Match) -> dict[str, object]:
    """As a person would write it. A lone decimal stays in its list, where the writer finds it and keeps it exact."""
    return {
        name: values[0] if len(values) == 1 and not isinstance(values[0], Decimal) else list(values)
        for name, values in match.items()
    }


def _tag(value: object) -> str | None:
    """Which form a condition is in, by the key that only it has."""
    if isinstance(value, Match):
        return "match"
    for tag, document in (*_FULL_FORMS.items(), *_FORMS_OF_OPS.items()):
        if isinstance(value, document):
            return tag
    if not isinstance(value, Mapping):
        return None
    key = next((key for key in _FULL_FORMS if key in value), None)
    if key == "op":
        return _tag_of_op(str(value["op"]))
    return key or ("one_of" if "field" in value else "match")


def _tag_of_op(op: str) -> str:
    """Which of the forms with an ``op``; of a word that is misspelt the form that was meant."""
    meant = op if op in _TAGS_OF_OPS else nearest(op, _TAGS_OF_OPS)
    return _TAGS_OF_OPS[meant] if meant else "op"


OfOneFact: TypeAlias = Compare | Between | Exists | DatePart | Member
"""The full forms that test one fact."""

Condition: TypeAlias = Match | OfOneFact | All | Any_ | Not
"""Any condition."""

ConditionField = Annotated[
    Annotated[Match, WithJsonSchema({"type": "object"}), Tag("match")]
    | Annotated[Compare, Tag("op")]
    | Annotated[Between, Tag("between")]
    | Annotated[Exists, Tag("exists")]
    | Annotated[DatePart, Tag("date part")]
    | Annotated[Member, Tag("one_of")]
    | Annotated[All, Tag("all")]
    | Annotated[Any_, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(_tag),
]
"""A document field that holds a condition, in the short or the full form."""

_FULL_FORMS: dict[str, type[Document]] = {"op": Compare, "one_of": Member, "all": All, "any": Any_, "not": Not}
_FORMS_OF_OPS: dict[str, type[Document]] = {"between": Between, "exists": Exists, "date part": DatePart}
_TAGS_OF_OPS: dict[str, str] = {
    **dict.fromkeys(get_args(Compared), "op"),
    "between": "between",
    "exists": "exists",
    **dict.fromkeys(PARTS, "date part"),
}
