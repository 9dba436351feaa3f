"""Entries as JSON: one text for each, the same wherever it is written; what is at its default is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import get_args

from servicekit.document.json_values import (
    JsonValue,
    JsonValueError,
    as_int,
    as_list,
    as_object,
    as_one_of,
    as_text,
    entry,
    optional,
)
from servicekit.loyalty.entry import Allocation, Entry, EntryKind, Lot

_KINDS: tuple[EntryKind, ...] = get_args(EntryKind)
_DEFAULTS: Mapping[str, JsonValue] = {
    "currency": "",
    **dict.fromkeys(("available", "pending", "held", "debt"), 0),
    "lots": [],
    **dict.fromkeys(("of", "until", "reason", "actor", "derived", "details")),
}


def entry_text(booked: Entry) -> str:
    """An entry as JSON in one line, without the name of its account.

    >>> entry_text(Entry("m-1", 1, "earn", "points", date(2026, 1, 5), 0, "order:15", available=120))
    '{"available":120,"currency":"points","key":"order:15","kind":"earn","number":1,"on":"2026-01-05","recorded_us":0}'
    """
    record = {
        name: value for name, value in booked._asdict().items() if value and name not in ("account", "allocations")
    }
    record |= {"number": booked.number, "recorded_us": booked.recorded_us}
    if booked.allocations:
        record["lots"] = [[points, *lot] for lot, points in booked.allocations]
    return _ENCODER.encode(record)


def _plain(value: object) -> object:
    if isinstance(value, date | Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} cannot stand in a journal")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_plain)


def entry_of(account: str, record: Mapping[str, JsonValue]) -> Entry:
    """The entry of an account that :func:`entry_text` wrote, and ``json.loads`` read.

    Raises:
        JsonValueError: a value is missing, of another type, or unknown.
    """
    known = {*_DEFAULTS, "number", "kind", "on", "recorded_us", "key"}
    if unknown := [name for name in record if name not in known]:
        raise JsonValueError(f"one of {', '.join(sorted(known))}", unknown[0])
    given: dict[str, JsonValue] = {**_DEFAULTS, **record}
    return Entry(
        account,
        entry(given, "number", as_int),
        entry(given, "kind", lambda value: as_one_of(value, _KINDS)),
        entry(given, "currency", as_text),
        entry(given, "on", _as_day),
        entry(given, "recorded_us", as_int),
        entry(given, "key", as_text),
        entry(given, "available", as_int),
        entry(given, "pending", as_int),
        entry(given, "held", as_int),
        entry(given, "debt", as_int),
        allocations=tuple(map(_as_allocation, entry(given, "lots", as_list))),
        of=optional(as_text, given["of"]),
        until=optional(_as_day, given["until"]),
        reason=optional(as_text, given["reason"]),
        actor=optional(as_text, given["actor"]),
        derived=given["derived"] is True,
        details=optional(as_object, given["details"]),
    )


def _as_day(value: JsonValue) -> date:
    try:
        return date.fromisoformat(as_text(value))
    except ValueError:
        raise JsonValueError("a day such as '2026-01-05'", value) from None


def _as_allocation(value: JsonValue) -> Allocation:
    parts = as_list(value)
    if len(parts) != len(Lot._fields) + 1:
        raise JsonValueError(f"the points of a lot and its {len(Lot._fields)} terms", value)
    points, lot_id, origin, earned_on, arrived_us, expires_on, available_on, unit_value = parts
    lot = Lot(
        as_int(lot_id),
        as_text(origin),
        _as_day(earned_on),
        as_int(arrived_us),
        optional(_as_day, expires_on),
        optional(_as_day, available_on),
        optional(_as_fraction, unit_value),
    )
    return Allocation(lot, as_int(points))


def _as_fraction(value: JsonValue) -> Fraction:
    try:
        return Fraction(as_text(value))
    except (ValueError, ZeroDivisionError):
        raise JsonValueError("a fraction such as '1/100'", value) from None
