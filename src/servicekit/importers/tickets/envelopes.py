"""What tools that copy data from an API wrap around each record, taken off again.

Known are the messages of Singer (``{"type": "RECORD", "stream": ..., "record": {...}}``) and Airbyte (the same with
``{"stream": ..., "data": {...}}`` as the record, that alone, or a raw table's ``_airbyte_data``). Their other messages
(schemas, states, logs) are no records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from servicekit.importers.tickets.json_source import Raw

_NO_RECORDS = ("SCHEMA", "STATE", "ACTIVATE_VERSION", "LOG", "TRACE", "CONTROL", "SPEC", "CATALOG", "BATCH")
_OF_A_TICKET = frozenset(("id", "key", "ticket"))


class Streamed(NamedTuple):
    """A value of a source, and the name of the stream that its envelope gave."""

    raw: Raw
    stream: str | None = None


def unwrapped(raws: Iterable[Raw]) -> Iterator[Streamed]:
    """The values without their envelopes; what is no record is passed over."""
    for raw in raws:
        value, stream = raw.value, None
        if isinstance(value, Mapping) and value.get("type") in _NO_RECORDS and not _OF_A_TICKET & value.keys():
            continue
        while isinstance(value, Mapping) and (inner := _content(value)) is not None:
            stream = str(value.get("stream") or stream or "") or None
            value = inner
        yield Streamed(raw._replace(value=value), stream)


def _content(envelope: Mapping[str, object]) -> Mapping[str, object] | None:
    """What is in an envelope; None where the value is not one."""
    if envelope.get("type") == "RECORD":
        inner = envelope.get("record")
    elif "stream" in envelope:
        inner = envelope.get("data")
    else:
        inner = envelope.get("_airbyte_data")
        inner = _parsed(inner) if isinstance(inner, str) else inner
    return inner if isinstance(inner, Mapping) else None


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
