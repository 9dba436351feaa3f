"""From what the API and export scripts give to one record per ticket, with its history.

A record is a ticket with its history: ``{"ticket": {...}, "audits": [...], "metric_events": [...], "users": [...]}``.
A value of that form comes out at once; so does a plain ticket object. Pages of the API (an object with a list under
``tickets``, ``audits``, ``ticket_metric_events`` or ``users``, or under several of these) are gathered until the end,
because an audit may stand on any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from servicekit.importers.tickets.json_source import Raw

_LISTS = ("tickets", "audits", "ticket_metric_events", "users")
_KEYS = {"audits": "audits", "ticket_metric_events": "metric_events"}


def records(raws: Iterable[Raw]) -> Iterator[Raw]:
    """One value per ticket, in the order of the tickets; what no ticket is there for comes last."""
    gathered = _Gathered()
    for raw in raws:
        if raw.fault is None and isinstance(raw.value, Mapping) and _is_page(raw.value):
            gathered.add(raw.value, raw.line)
        else:
            yield Raw(_as_record(raw.value), raw.line, raw.fault)
    yield from gathered.records()


def _is_page(value: Mapping[str, object]) -> bool:
    return "ticket" not in value and "id" not in value and any(isinstance(value.get(key), list) for key in _LISTS)


def _as_record(value: object) -> object:
    if not isinstance(value, Mapping) or "ticket" in value:
        return value
    histories = {key: value[key] for key in ("audits", "metric_events", "users") if key in value}
    return {"ticket": value} | histories


class _Gathered:
    """The tickets of all pages with their histories, by number."""

    def __init__(self) -> None:
        self._tickets: list[tuple[str, dict[str, object], int | None]] = []
        self._histories: dict[str, dict[str, list[object]]] = {}
        self._lines: dict[str, int | None] = {}
        self._users: list[object] = []
        self._no_users: list[Raw] = []

    def add(self, page: Mapping[str, object], line: int | None) -> None:
        for key in _LISTS:
            items = page.get(key)
            for item in items if isinstance(items, list) else ():
                self._add(key, item, line)

    def _add(self, key: str, item: object, line: int | None) -> None:
        if key == "users" and not isinstance(item, Mapping):
            self._no_users.append(Raw(item, line))
        elif key == "users":
            self._users.append(item)
        elif key == "tickets":
            number = str(item.get("id")) if isinstance(item, Mapping) else ""
            self._tickets.append((number, {"ticket": item, "users": self._users}, line))
        else:
            number = str(item.get("ticket_id")) if isinstance(item, Mapping) else ""
            self._histories.setdefault(number, {}).setdefault(_KEYS[key], []).append(item)
            self._lines.setdefault(number, line)

    def records(self) -> Iterator[Raw]:
        used = set()
        for number, record, line in self._tickets:
            yield Raw(record | self._histories.get(number, {}), line)
            used.add(number)
        for number, history in self._histories.items():
            if number not in used:
                yield Raw(history, self._lines[number])
        yield from self._no_users
