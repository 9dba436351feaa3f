"""Reading values out of a record whose shape nobody promises, with every fault at its path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from servicekit.errors import Severity
from servicekit.importers.stamps import ReadStamp

__all__ = ["Fault", "Faults", "Look"]

_NAMES = ("displayName", "name", "value", "key", "id")
_LONGEST = 60
_MOST_DIGITS = 400


class Fault(NamedTuple):
    """What is wrong in one place of a record: a stable code, the path, and the words."""

    code: str
    path: str
    message: str
    severity: Severity = "error"


@dataclass(slots=True)
class Faults:
    """All that is wrong with one record, and how its stamps are read."""

    read_stamp: ReadStamp
    found: list[Fault] = field(default_factory=list)

    @property
    def any_error(self) -> bool:
        """Whether no case can be made of the record."""
        return any(fault.severity == "error" for fault in self.found)


class Look:
    """One place of a record: what stands there, by what path, and where its faults are kept.

    Looking where nothing is gives None; looking into what has no parts is a fault, told once.

    >>> from servicekit.importers.stamps import Localiser, stamp_reader
    >>> faults = Faults(stamp_reader(["iso"], Localiser("UTC")))
    >>> ticket = Look({"id": 7, "via": {"channel": "web"}, "custom_fields": [{"id": 17, "value": "vip"}]}, faults)
    >>> ticket["id"].text(), ticket.at("via.channel").text(), ticket.at("custom_fields.17").text(), ticket["no"].text()
    ('7', 'web', 'vip', None)
    >>> ticket["id"].each(), faults.found[0].code, faults.found[0].path
    ([], 'ticket.bad-value', 'id')
    """

    __slots__ = ("_inside", "_key", "faults", "value")

    def __init__(self, value: object, faults: Faults, inside: Look | None = None, key: str = "") -> None:
        self.value, self.faults = value, faults
        self._inside, self._key = inside, key

    @property
    def path(self) -> str:
        """Where it stands in the record; made up when it is asked for, which is seldom."""
        before = "" if self._inside is None else self._inside.path
        return f"{before}.{self._key}" if before and not self._key.startswith("[") else f"{before}{self._key}"

    def __getitem__(self, key: str) -> Look:
        """The part called ``key``."""
        value = self.value
        if type(value) is dict or isinstance(value, Mapping):  # asked for every value; the first is ten times faster
            return Look(value.get(key), self.faults, self, key)
        if value is not None:
            self._wrong("an object")
        return Look(None, self.faults, self, key)

    def at(self, path: str) -> Look:
        """The part at a path of keys joined by dots; in a list of ``{id, value}`` an id is a key."""
        look = self
        for key in path.split("."):
            look = look._item(key) if isinstance(look.value, list) else look[key]
        return look

    def _item(self, key: str) -> Look:
        for item in self.each():
            if isinstance(item.value, Mapping) and str(item.value.get("id")) == key:
                return item["value"]
        return Look(None, self.faults, self, key)

    def each(self) -> list[Look]:
        """The items of a list."""
        if isinstance(self.value, list | tuple):
            return [Look(item, self.faults, self, f"[{n}]") for n, item in enumerate(self.value)]
        if self.value is not None:
            self._wrong("a list")
        return []

    def text(self) -> str | None:
        """The value as a text; of an object its name, of a list its items; None where there is nothing."""
        try:
            text = _text(self.value)
        except ValueError:  # a whole number too long for a text
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
        text = self.text()
        if text is None:
            return None
        try:
            stamp = self.faults.read_stamp(text)
        except ValueError as error:
            self.fault("ticket.bad-instant", str(error))
            return None
        if stamp.skipped:
            words = f"the clock skipped {text!r} on that day; read with the offset before the change"
            self.fault("ticket.skipped-local-time", words, "warning")
        return stamp.at

    def needed_instant(self) -> datetime | None:
        """The value as an instant that has to be there; None, with a fault, where it is not."""
        if self.text() is None and not self.faults.any_error:
            self.fault("ticket.bad-instant", "the time stamp is missing")
        return self.instant()

    def fault(self, code: str, message: str, severity: Severity = "error") -> None:
        """Say what is wrong here."""
        self.faults.found.append(Fault(code, self.path, message, severity))

    def _wrong(self, wanted: str) -> None:
        fault = Fault("ticket.bad-value", self.path, f"expected {wanted}, not {_kind(self.value)}")
        if fault not in self.faults.found:
            self.faults.found.append(fault)


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
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
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
