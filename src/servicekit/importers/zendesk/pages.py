"""From what the API, export scripts and tools that copy data give to one record per ticket, with its history.

A record is a ticket with its history: ``{"ticket": {...}, "audits": [...], "metric_events": [...], "users": [...]}``.
A value of that form comes out at once. Whatever else is known, by itself or in a page of the API, is gathered until the
end, because an audit may stand anywhere: tickets, audits, comments, metric events, metrics and users. What is neither
a ticket nor a part of one is refused, and so is a history whose ticket never came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias, cast

from servicekit.errors import Problem
from servicekit.importers.tickets.envelopes import unwrapped
from servicekit.importers.tickets.json_source import Raw
from servicekit.importers.zendesk.kinds import HISTORIES, LISTS, kind_of, page_of

_Value: TypeAlias = Mapping[str, object]
_OWN = "tickets"
_ADVICE = "give the tickets, or both"


def records(raws: Iterable[Raw]) -> Iterator[Raw]:
    """One value per ticket, in the order of the tickets; what no ticket is there for comes last."""
    gathered = _Gathered()
    for raw, stream in unwrapped(raws):
        whole = raw if raw.fault is not None or not isinstance(raw.value, Mapping) else _whole(raw, raw.value, stream)
        if whole is None:
            gathered.add(cast("_Value", raw.value), raw.line, stream)
        elif gathered.is_empty:
            yield whole
        else:
            gathered.entries.append(whole)
    yield from gathered.records()


def _whole(raw: Raw, value: _Value, stream: str | None) -> Raw | None:
    """A ticket that came with its history, as a record; None where the value is no such thing."""
    ticket = value.get("ticket", value if "id" in value else None)
    if "ticket" in value and not isinstance(ticket, Mapping):
        return raw
    parts = _parts(value)
    if (
        ticket is None
        or not parts.keys() & set(HISTORIES)
        or ("ticket" not in value and kind_of(value, stream) != _OWN)
    ):
        return None
    return raw._replace(value={"ticket": ticket, **_as_history(parts)})


def _parts(value: _Value) -> dict[str, object]:
    """The parts of a history that stand in a value, by their names in a record."""
    return {LISTS[key]: items for key, items in value.items() if LISTS.get(key) in (*HISTORIES, "users")}


class _Ticket(NamedTuple):
    """A ticket that waits for its history."""

    number: str
    ticket: object
    line: int | None
    users: dict[str, object]
    """The list of users that came with it."""
    is_copied: bool = False
    """Whether a tool copied it, which copies a ticket again when it has changed: the last one counts."""


class _Gathered:
    """The tickets of all pages with their histories, by number."""

    def __init__(self) -> None:
        self.entries: list[Raw | _Ticket] = []
        self._histories: dict[str, dict[str, list[object]]] = {}
        self._lines: dict[str, int | None] = {}
        self._users: list[object] = []
        self._strangers: list[Raw] = []

    @property
    def is_empty(self) -> bool:
        """Whether no ticket waits, so that a whole record may come out."""
        return not self.entries

    def add(self, value: _Value, line: int | None, stream: str | None) -> None:
        """Add a value: an object, or a page of them."""
        lists = (
            {} if stream or "id" in value else {key: value[key] for key in LISTS if isinstance(value.get(key), list)}
        )
        if isinstance(ticket := value.get("ticket"), Mapping):
            self.entries.append(_Ticket(_number(ticket, "id"), ticket, line, _parts(value)))
        elif lists:
            for key, items in lists.items():
                for item in cast("list[object]", items):
                    self._add(LISTS[key], item, line)
        elif len(value) == 1 and isinstance(item := value[(name := next(iter(value)))], Mapping):  # {"user": {...}}
            self._add(LISTS.get(f"{name}s", f"{name}s"), item, line)
        elif stream is None and (page := page_of(value)) is not None:
            self._refuse(f"a page of {page}", value, line)
        else:
            self._add(kind_of(value, stream), value, line, is_copied=stream is not None)

    def _add(self, kind: str, item: object, line: int | None, *, is_copied: bool = False) -> None:
        kind = kind_of(item) if kind == "results" and isinstance(item, Mapping) else kind
        if kind == _OWN:
            self.entries.append(_Ticket(_number(item, "id"), item, line, {}, is_copied))
        elif kind in HISTORIES:
            number = _number(item, "ticket_id")
            self._histories.setdefault(number, {}).setdefault(kind, []).append(item)
            self._lines.setdefault(number, line)
        elif kind != "users":
            self._refuse(kind, item, line)
        elif isinstance(item, Mapping):
            self._users.append(item)
        else:
            self._strangers.append(Raw(item, line))

    def _refuse(self, what: str, value: object, line: int | None) -> None:
        words = f"expected tickets, not {what.replace('_', ' ')}; {_ADVICE}"
        self._strangers.append(Raw(value, line, Problem("ticket.not-a-ticket", "", words)))

    def records(self) -> Iterator[Raw]:
        """Everything that was gathered, in the order in which it came."""
        used = set()
        last = {entry.number: entry for entry in self.entries if isinstance(entry, _Ticket)}
        for entry in self.entries:
            if isinstance(entry, _Ticket):
                if entry.is_copied and entry.number and last[entry.number] is not entry:
                    continue
                used.add(entry.number)
                users = {"users": self._users} if self._users else {}
                history = _as_history(self._histories.get(entry.number, {}))
                yield Raw({"ticket": entry.ticket} | users | entry.users | history, entry.line)
            else:
                yield entry
        for number, parts in self._histories.items():
            if number not in used:
                what = " and ".join(name.replace("_", " ") for name in parts)
                words = f"{what} of {f'ticket {number}' if number else 'no ticket'}, which is not here; {_ADVICE}"
                yield Raw(parts, self._lines[number], Problem("ticket.no-ticket", "", words))
        if self._users and not (self.entries or self._histories or self._strangers):
            self._refuse("users", self._users, None)
        yield from self._strangers


def _number(value: object, key: str) -> str:
    number = value.get(key) if isinstance(value, Mapping) else None
    try:
        return "" if number is None else str(number)
    except ValueError:  # a whole number too long for a text
        return ""


def _as_history(parts: Mapping[str, object]) -> dict[str, object]:
    """The parts as a record has them. Where there are no audits, each comment is taken for one."""
    comments, metrics = parts.get("comments"), parts.get("metrics")
    history = {key: value for key, value in parts.items() if key not in ("comments", "metrics")}
    if not history.get("audits") and isinstance(comments, list):
        history["audits"] = [_as_audit(comment) for comment in comments]
    return history | ({"metrics": metrics[-1]} if isinstance(metrics, list) and metrics else {})


def _as_audit(comment: object) -> object:
    if not isinstance(comment, Mapping):
        return comment
    of_audit = {key: comment[key] for key in ("id", "created_at", "author_id", "via") if key in comment}
    return of_audit | {"events": [{"type": "Comment"} | dict(comment)]}
