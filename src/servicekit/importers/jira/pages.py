"""From what the API and tools that copy data give to one record per issue; what is not an issue is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from servicekit.errors import Problem
from servicekit.importers.tickets.envelopes import unwrapped
from servicekit.importers.tickets.json_source import Raw

_LOGS = ("histories", "changeHistories", "issueChangeLogs", "values")


def records(raws: Iterable[Raw]) -> Iterator[Raw]:
    """One value per issue: a page of a search (``{"issues": [...]}``) holds several."""
    for raw, stream in unwrapped(raws):
        value = raw.value if isinstance(raw.value, Mapping) else {}
        issues = _issues(value)
        what = stream if stream not in (None, "issues") else _other(value)
        if issues is not None:
            yield from (raw._replace(value=issue) for issue in issues)
        elif what is None or raw.fault is not None:
            yield raw
        else:
            words = f"expected issues, not {what.replace('_', ' ')}; give the issues, each with its own 'changelog'"
            yield raw._replace(fault=Problem("ticket.not-a-ticket", "", words))


def _issues(value: Mapping[str, object]) -> list[object] | None:
    """The issues of a page: of a search, or of a queue of a service project, which calls them values."""
    issues, values = value.get("issues"), value.get("values")
    if isinstance(issues, list):
        return issues
    first = values[0] if isinstance(values, list) and values else None
    return values if isinstance(values, list) and isinstance(first, Mapping) and "fields" in first else None


def _other(value: Mapping[str, object]) -> str | None:
    """What a value is that is not an issue; None where it may be one."""
    if "fields" in value or "key" in value or "changelog" in value:
        return None
    if isinstance(value.get("items"), list):
        return "a history of a change log"
    if "accountId" in value:
        return "a user"
    if "author" in value and "body" in value:
        return "a comment"
    lists = [key for key, items in value.items() if isinstance(items, list)]
    return ("a page of a change log" if lists[0] in _LOGS else f"a page of {lists[0]}") if lists else None
