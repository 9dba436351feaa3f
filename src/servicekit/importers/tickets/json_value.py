"""Reading values out of a record whose shape nobody promises, with every fault at its path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from servicekit.importers.faults import Faults
from servicekit.importers.timestamps import ReadStamp

_NAMES = ("displayName", "name", "value", "key", "id")
_LONGEST = 60
_MOST_DIGITS = 400
_PLACE = re.compile(r"-?[0-9]{1,9}")


class JsonValue:
    """A value in a parsed JSON record, with its path; what is wrong with it is noted among the faults of the record.

    A part that is missing is None; asking for a part of a value that has no parts is a fault, noted once.

    >>> from servicekit.importers.timestamps import Localiser, stamp_reader
    >>> from servicekit.importers.faults import RECORD, Origin
    >>> record = {"id": 7, "via": {"channel": "web"}, "custom_fields": [{"id": 17, "value": "vip"}]}
    >>> faults = Faults(Origin("tickets.json", RECORD), 1, None)
    >>> ticket = JsonValue(record, faults, stamp_reader(["iso"], Localiser("UTC")))
    >>> ticket["id"].text(), ticket.at("via.channel").text(), ticket.at("custom_fields.17").text(), ticket["no"].text()
    ('7', 'web', 'vip', None)
    >>> ticket["id"].each(), faults.problems[0].code, faults.problems[0].path
    ([], 'ticket.bad-value', 'record 1.id')
    """

    __slots__ = ("_inside", "_key", "_read_stamp", "faults", "value")

    def __init__(
        self, value: object, faults: Faults, read_stamp: ReadStamp, inside: JsonValue | None = None, key: str = ""
    ) -> None:
        self.value, self.faults, self._read_stamp = value, faults, read_stamp
        self._inside, self._key = inside, key

    @property
    def path(self) -> str:
        """Where it stands in the record; made up when it is asked for, which is seldom."""
        before = "" if self._inside is None else self._inside.path
        return f"{before}.{self._key}" if before and not self._key.startswith("[") else f"{before}{self._key}"

    def __getitem__(self, key: str) -> JsonValue:
        """The part called ``key``."""
        value = self.value
        if type(value) is dict or isinstance(value, Mapping):  # asked for every value; the first is ten times faster
            return JsonValue(value.get(key), self.faults, self._read_stamp, self, key)
        if value is not None:
            self._wrong("an object")
        return JsonValue(None, self.faults, self._read_stamp, self, key)

    def at(self, path: str) -> JsonValue:
        """The part at a path of keys joined by dots.

        In a list of ``{id, value}`` an id is a key, in any other list a place: ``0`` is the first, ``-1`` the last.
        """
        item = self
        for key in path.split("."):
            item = item._item(key) if isinstance(item.value, list) else item[key]
        return item

    def _item(self, key: str) -> JsonValue:
        items = self.each()
        for item in items:
            if isinstance(item.value, Mapping) and str(item.value.get("id")) == key:
                return item["value"]
        if _PLACE.fullmatch(key) and not any(isinstance(each.value, Mapping) and "id" in each.value for each in items):
            place = int(key)
            if -len(items) <= place < len(items):
                return items[place]
        elif items and not _PLACE.fullmatch(key):
            message = f"a list has no part {key[:_LONGEST]!r}; name an item by its place, such as 0, or -1 for the last"
            self.faults.warn("ticket.bad-value", self.path, message)
        return JsonValue(None, self.faults, self._read_stamp, self, key)

    def each(self) -> list[JsonValue]:
        """The items of a list."""
        if isinstance(self.value, list | tuple):
            return [JsonValue(item, self.faults, self._read_stamp, self, f"[{n}]") for n, item in enumerate(self.value)]
        if self.value is not None:
            self._wrong("a list")
        return []

    def text(self) -> str | None:
        """The value as a text; of an object its name, of a list its items; None where there is nothing."""
        try:
            text = _text(self.value)
        except ValueError:  # a number too long for a text
            self._wrong("a number of usual length")
            return None
        if text is None or text.isprintable() or text.encode("utf-8", "replace").decode() == text:
            return text
        self.fault("ticket.bad-value", f"{text[:_LONGEST]!r} holds half a character")
        return None

    def flag(self, *, default: bool) -> bool:
        """The value as a yes or no."""
        if self.value is None:
            return default
        if isinstance(self.value, bool):
            return self.value
        self._wrong("true or false")
        return default

    def instant(self) -> datetime | None:
        """The value as an instant; None where there is nothing, or (with a fault) no stamp."""
        return self.faults.instant(self.text(), self, self._read_stamp)

    def needed_instant(self) -> datetime | None:
        """The value as an instant that has to be there; None, with a fault, where it is not."""
        if self.text() is None and not self.faults.any_error:
            self.faults.missing_instant(self)
        return self.instant()

    def fault(self, code: str, message: str) -> None:
        """Note an error in this value."""
        self.faults.add(code, self.path, message)

    def warn(self, code: str, message: str) -> None:
        """Note something about this value that does not cost the record its case."""
        self.faults.warn(code, self.path, message)

    def _wrong(self, wanted: str) -> None:
        self.faults.add_once("ticket.bad-value", self.path, f"expected {wanted}, not {_kind(self.value)}")


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case str():
            return value.strip() or None
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal() | float():
            return _plain(Decimal(str(value)))
        case Mapping():
            names = (_text(value[name]) for name in _NAMES if isinstance(value.get(name), str | int))
            return next(filter(None, names), None)
        case list() | tuple():
            return " ".join(filter(None, (_text(item) for item in value if not isinstance(item, list | tuple)))) or None
        case _:
            return str(value)


def _plain(number: Decimal) -> str:
    """The digits, without an exponent or zeros at the end: Jira writes 3 as 3.0, and its log as 3."""
    if number.is_infinite():
        raise ValueError("a number beyond all bounds")
    if number.is_nan() or abs(number.adjusted()) > _MOST_DIGITS:
        return str(number)
    digits = f"{number:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _kind(value: object) -> str:
    match value:
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case str():
            return f"the text {value[:_LONGEST]!r}"
        case _:
            return "true or false" if isinstance(value, bool) else "a number"
