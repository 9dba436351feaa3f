"""Strategies for rows of the tables that metrics read: few values, so that keys, instants and lengths meet.

Anything may be missing. Instants are some hours apart, on a few days, so that windows of days hold some and not others,
and so that two may be the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from hypothesis import strategies as st

from servicekit.rules import Value

Row: TypeAlias = dict[str, Value | None]

FIRST = datetime(2026, 1, 29, 18, tzinfo=UTC)
"""The earliest instant that is drawn here, near the end of a month; the latest is a week later."""

_CUSTOMERS, _CHANNELS = ("m-1", "m-2", "m-3"), ("chat", "phone", "bot")
_MOMENTS = st.integers(0, 28).map(lambda n: FIRST + timedelta(hours=6 * n))
_LENGTHS_US = st.sampled_from((0, 5, 20, 21, 60, 3600)).map(lambda seconds: seconds * 1_000_000)
_MARKS = st.integers(0, 10) | st.sampled_from((Decimal("6.5"), Decimal("8.5"), Decimal(3)))

_COLUMNS: Mapping[str, Mapping[str, st.SearchStrategy[Value]]] = {
    "case": {
        **dict.fromkeys(("opened_at", "asked_at", "first_response_at", "first_resolved_at", "resolved_at"), _MOMENTS),
        "cancelled_at": _MOMENTS,
        **dict.fromkeys(("reopenings", "transfers"), st.integers(0, 2)),
        "issue_type": st.sampled_from(("complaint", "question")),
    },
    "outcome": {
        "started_at": _MOMENTS,
        "metric": st.sampled_from(("resolution", "next_response")),
        "outcome": st.sampled_from(("met", "missed", "open", "cancelled", "no_target")),
        "elapsed_us": _LENGTHS_US,
    },
    "contact": {
        "outcome": st.sampled_from(("answered", "answered", "abandoned", "callback", "flowed_out")),
        **dict.fromkeys(("wait_us", "handled_us"), _LENGTHS_US),
        **dict.fromkeys(("transfers", "answered_legs"), st.integers(0, 2)),
        "issue_type": st.sampled_from(("complaint", "question")),
    },
    "invitation": {"bounced": st.booleans()},
    "answer": {
        "instrument": st.sampled_from(("csat", "nps", "ces")),
        "score": _MARKS,
        **dict.fromkeys(("low", "high"), st.sampled_from((1, 5, 10))),
        "invitation_id": st.sampled_from(("i-1", "i-2")),
    },
    "evaluation": {
        "form": st.sampled_from(("calls", "course")),
        "score": _MARKS,
        "passed": st.booleans(),
        "contact_id": st.sampled_from(("K-1", "K-2")),
    },
    "work": dict.fromkeys(("paid_us", "handling_us", "idle_us"), _LENGTHS_US),
    "purchase": {},
    "cost": {"amount": st.decimals("0", "100", places=2)},
}
"""The columns that metrics ask for, besides those of every table: the customer, the channel, and the moment."""


def table_rows(
    tables: Sequence[str] = tuple(_COLUMNS), *, max_size: int = 12
) -> st.SearchStrategy[dict[str, list[Row]]]:
    """Rows of some tables, by table; a table may have none.

    >>> from hypothesis import find
    >>> find(table_rows(["purchase"]), lambda data: bool(data["purchase"]))
    {'purchase': [{'customer_id': None, 'channel': None, 'at': None}]}
    """
    return st.fixed_dictionaries({table: st.lists(_rows(table), max_size=max_size) for table in tables})


def _rows(table: str) -> st.SearchStrategy[Row]:
    own = _COLUMNS[table]
    moment = {} if {"opened_at", "started_at"} & own.keys() else {"at": _MOMENTS}
    facts = {"customer_id": st.sampled_from(_CUSTOMERS), "channel": st.sampled_from(_CHANNELS)}
    return st.fixed_dictionaries({name: st.none() | values for name, values in (facts | moment | dict(own)).items()})
