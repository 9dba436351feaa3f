"""The way out: a document as plain data, and plain data as YAML or JSON that reads back the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from yaml.emitter import Emitter
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from servicekit.document.frozen import frozen
from servicekit.document.notation.scalar import plain_value

_WIDE = 2**30  # long texts are not folded: a diff of two policies should show the line that changed
_OTHERS_READ_AS_BOOLEANS = frozenset(("y", "n", "yes", "no", "on", "off"))
_WORDS = {None: "null", True: "true", False: "false"}
_NOT_FINITE = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}


def plain(document: BaseModel) -> dict[str, object]:
    """The plain data of a document: pydantic's JSON form, less defaults, with decimal fractions exact.

    >>> class Rate(BaseModel):
    ...     share: Decimal
    ...     label: str = ""
    >>> plain(Rate(share="0.10"))
    {'share': Decimal('0.10')}
    """
    written = _plain(document, document.model_dump(mode="json", by_alias=True))
    return written if isinstance(written, dict) else {}


def _plain(value: object, dumped: object) -> Any:
    """What pydantic dumped for ``value``, corrected by looking at ``value`` itself."""
    if isinstance(value, BaseModel) and isinstance(dumped, dict):
        return dict(_entries(value, dumped)) if dumped.keys() <= _keys(type(value)) else dumped
    if isinstance(value, Mapping) and isinstance(dumped, dict) and len(value) == len(dumped):
        return {key: _plain(item, dumped[key]) for key, item in zip(dumped, value.values(), strict=True)}
    if isinstance(value, tuple | list) and isinstance(dumped, list) and len(value) == len(dumped):
        return [_plain(item, shown) for item, shown in zip(value, dumped, strict=True)]
    return value if isinstance(value, Decimal) and isinstance(dumped, str) else dumped


def _keys(model: type[BaseModel]) -> set[str]:
    """The keys that pydantic dumps of a model; a mapping with any other is a form that its field chose for it."""
    computed = {field.alias or name for name, field in model.model_computed_fields.items()}
    return computed | {_key(name, field) for name, field in model.model_fields.items()}


def _key(name: str, field: FieldInfo) -> str:
    return field.serialization_alias or field.alias or name


def _entries(document: BaseModel, dumped: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The keys that must be written, in the order of the fields."""
    for name, field in type(document).model_fields.items():
        key = _key(name, field)
        value = getattr(document, name)
        if key in dumped and (_is_tag(field.annotation) or not _is_default(value, field)):
            yield key, _plain(value, dumped[key])


def _is_tag(annotation: object) -> bool:
    """Whether a field has only one possible value: it tells the kind, so it is always written."""
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def _is_default(value: object, field: Any) -> bool:
    if field.default_factory_takes_validated_data:
        return False
    default = frozen(field.get_default(call_default_factory=True))
    return default is not PydanticUndefined and type(value) is type(default) and value == default


def as_json(data: object) -> str:
    """Plain data as indented JSON; a ``Decimal`` is a number with just its digits.

    >>> print(as_json({"share": Decimal("0.10")}))
    {
      "share": 0.10
    }
    """
    return _json(data, "\n")


def _json(value: object, line: str) -> str:
    inner = f"{line}  "
    if isinstance(value, dict) and value:
        entries = (f"{_json(key, '')}: {_json(item, inner)}" for key, item in value.items())
        return f"{{{inner}{f',{inner}'.join(entries)}{line}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join(_json(item, inner) for item in value)}{line}]"
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if isinstance(value, Decimal | float) and not isfinite(value):
        return f'"{value}"'  # JSON has no such numbers; fields of floats take them as text
    return json.dumps(value, ensure_ascii=False)


def as_yaml(data: object) -> str:
    """Plain data as YAML 1.2: texts that would be read as something else are quoted.

    >>> print(as_yaml({"opens": "09:00", "code": "017", "land": "NO"}), end="")
    opens: 09:00
    code: '017'
    land: 'NO'
    """
    start = (StreamStartEvent(), DocumentStartEvent(explicit=False))
    end = (DocumentEndEvent(explicit=False), StreamEndEvent())
    # The emitter in Python, not the one in C: the same document gives the same bytes on every machine.
    return str(yaml.emit((*start, *_events(data), *end), Dumper=_Emitter, allow_unicode=True, width=_WIDE))


class _Emitter(Emitter):
    """PyYAML's emitter, as ``yaml.emit`` calls it."""

    def dispose(self) -> None:
        """Forget what is left; there is nothing."""


def _events(value: object) -> Iterator[Event]:
    if isinstance(value, dict):
        yield MappingStartEvent(None, None, implicit=True, flow_style=False)
        for key, item in value.items():
            yield ScalarEvent(None, None, (key != "<<", True), key, style=_key_style(key))
            yield from _events(item)
        yield MappingEndEvent()
    elif isinstance(value, list):
        yield SequenceStartEvent(None, None, implicit=True, flow_style=False)
        for item in value:
            yield from _events(item)
        yield SequenceEndEvent()
    elif isinstance(value, str):
        yield ScalarEvent(None, None, (_stays_text(value), True), value, style=_style(value))
    else:
        yield ScalarEvent(None, None, (True, False), _digits(value))


def _style(text: str) -> str | None:
    """Lines of text as a block; None leaves the choice to the emitter."""
    lines = text.split("\n")
    if len(lines) > 1 and all(line.isprintable() and line == line.strip() for line in lines) and lines[0]:
        return "|"
    return _key_style(text)


def _key_style(text: str) -> str | None:
    # In single quotes the emitter would lose what counts as a line break in Unicode (U+0085, U+2028).
    return None if text.isprintable() else '"'


def _stays_text(text: str) -> bool:
    """Whether a text may stand unquoted, for us and for readers of YAML 1.1."""
    try:
        return isinstance(plain_value(text), str) and text.lower() not in _OTHERS_READ_AS_BOOLEANS
    except OverflowError:
        return False


def _digits(value: object) -> str:
    if isinstance(value, Decimal | float) and not isfinite(value):
        return _NOT_FINITE[str(float(value))]
    return _WORDS[value] if value is None or isinstance(value, bool) else str(value)
