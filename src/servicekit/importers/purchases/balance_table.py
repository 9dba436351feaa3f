"""Reading the points that members have elsewhere: ``member``, ``points``, and by choice ``expires_on`` and ``key``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from servicekit.errors import PolicyError
from servicekit.importers.cells import read_day, read_integer
from servicekit.importers.faults import ROW, Faults, Origin
from servicekit.importers.table.cases import open_table
from servicekit.importers.table.table_file import MISSING, TableFile

if TYPE_CHECKING:
    from servicekit.errors import Problem
    from servicekit.importers.opened_file import TableSource

V = TypeVar("V")

_NEEDED = ("member", "points")
_BY_CHOICE = ("expires_on", "key")


class OpeningBalance(NamedTuple):
    """Points of a member that expire together; ``expires_on`` is the first day on which they can no longer be used,
    ``None`` where the programme is to say it."""

    member: str
    points: int
    expires_on: date | None
    key: str


def read_balances(source: TableSource) -> list[OpeningBalance]:
    """The balances of a table that is kept as any other (CSV, xlsx, gzip): all of them, or none.

    A balance without a ``key`` is named by its member and its day, and that once.

    >>> from io import BytesIO
    >>> read_balances(BytesIO(b"member,points,expires_on\\nm-1,300,2026-12-31\\n"))[0].key
    'opening:m-1:2026-12-31'

    Raises:
        PolicyError: the table cannot be read, lacks a column, or has bad rows; all of them are told.
    """
    problems: list[Problem] = []
    balances: dict[str, OpeningBalance] = {}
    with closing(open_table(source, TableFile(), frozenset(_NEEDED))) as table:
        header = list(table.header)
        places = {name: header.index(name) for name in (*_NEEDED, *_BY_CHOICE) if name in header}
        for record in table:
            faults = Faults(Origin(table.name, _KIND), record.row, record.line)
            if record.fault is not None:
                problems.append(record.fault)
                continue
            cells = {name: record.cells[place].strip() for name, place in places.items()}
            balance = _balance({name: "" if text in MISSING else text for name, text in cells.items()}, faults)
            if balance is not None and balances.setdefault(balance.key, balance) is not balance:
                faults.repeated(balance.key)
            problems += faults.problems
    if problems:
        raise PolicyError(problems)
    return list(balances.values())


_KIND = ROW._replace(value="balance", duplicate="table.duplicate-balance")


def _balance(cells: Mapping[str, str], faults: Faults) -> OpeningBalance | None:
    for name in _NEEDED:
        if not cells[name]:
            faults.add("table.bad-value", name, f"the {name} is missing")
    points = _value(cells["points"], read_integer, "points", faults)
    if points is not None and points < 0:
        faults.add("table.bad-value", "points", f"points are zero or more, not {points}")
    day = cells.get("expires_on", "")
    expires_on = _value(day, read_day, "expires_on", faults)
    if points is None or faults.any_error:
        return None
    key = cells.get("key") or f"opening:{cells['member']}:{day or 'policy'}"
    return OpeningBalance(cells["member"], points, expires_on, key)


def _value(text: str, read: Callable[[str], V], name: str, faults: Faults) -> V | None:
    try:
        return read(text) if text else None
    except ValueError as error:
        faults.add("table.bad-value", name, str(error))
        return None
