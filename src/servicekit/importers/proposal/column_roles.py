"""Which column of a table is what: by its name first, and by its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from servicekit.importers.proposal.stamp_formats import StampGuess, stamps_of
from servicekit.importers.proposal.words import COLUMNS, LENGTHS, OPEN_HOURS, UNITS, base, plain
from servicekit.importers.table.lengths import length_reader
from servicekit.importers.table.table_file import MISSING

STAMPS = (
    "opened_at", "first_replied_at", "acknowledged_at", "resolved_at", "closed_at", "cancelled_at", "updated_at",
    "pause_from", "pause_until", "at",
)  # fmt: skip
FACTS = ("channel", "issue_type", "tier", "priority", "owner")

_CLOCK = re.compile(r"[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?")
_DAY_ONLY = re.compile(r"[^T:]{6,12}")
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


class LengthColumn(NamedTuple):
    """A column that says how long something took."""

    column: str
    unit: str


class Roles:
    """The columns of a table, by what they are.

    >>> roles = Roles({"Nr": ["1", "2"], "Created": ["2026-01-05", "2026-01-06"], "resolution_hours": ["2", "3.5"]})
    >>> roles.named, roles.lengths
    ({'opened_at': 'Created', 'case_id': 'Nr'}, {'resolved_at': LengthColumn(column='resolution_hours', unit='hours')})
    """

    def __init__(self, columns: Mapping[str, Sequence[str]]) -> None:
        self.cells = {name: [cell for cell in cells if cell not in MISSING] for name, cells in columns.items()}
        self._rows = max(map(len, columns.values()), default=0)
        self.stamps: dict[str, StampGuess] = {}
        self.named: dict[str, str] = {}
        self.times: dict[str, str] = {}
        """The columns of the time of day, by the column of the day that they belong to."""
        self.guessed: set[str] = set()
        """What was told by the cells, not by the name."""
        for name, cells in self.cells.items():
            if (guess := stamps_of(cells)) is not None:
                self.stamps[name] = guess
        self._join_times()
        for role in STAMPS:
            self._name(role, [name for name, cells in self.cells.items() if name in self.stamps or not cells])
        self._name("case_id", list(self.cells))  # a long number may look like a stamp
        for role in ("customer_id", "status", *FACTS, "field", "old", "new"):
            self._name(role, [name for name in self.cells if name not in self.stamps])
        self._guess_missing()
        self.lengths = dict(self._lengths())

    def unmapped(self) -> list[str]:
        """The columns that are nothing known."""
        known = {*self.named.values(), *self.times.values(), *(length.column for length in self.lengths.values())}
        return [name for name in self.cells if name not in known]

    def _name(self, role: str, candidates: Sequence[str]) -> None:
        taken = set(self.named.values()) | set(self.times.values())
        free: dict[str, str] = {}
        for spoken in zip(*map(_spoken, candidates), strict=True):
            for word, name in zip(spoken, candidates, strict=True):
                if name not in taken:
                    free.setdefault(word, name)
        bases = {base(name): column for name, column in free.items()} if role in STAMPS else {}
        words = COLUMNS[role]
        found = [free[word] for word in words if word in free] + [bases[base(w)] for w in words if base(w) in bases]
        filled = [name for name in found if self.cells[name]]
        if role == "case_id":
            filled = [name for name in filled if self.is_distinct(name)] or filled
        if filled or found:
            self.named[role] = (filled or found)[0]

    def is_distinct(self, name: str) -> bool:
        """Whether nearly every row has a cell of its own in this column."""
        cells = self.cells[name]
        return len(cells) > 0.95 * self._rows and len(set(cells)) > 0.9 * len(cells)

    def _guess_missing(self) -> None:
        free = [name for name in self.cells if name not in {*self.named.values(), *self.times.values()}]
        if "case_id" not in self.named:
            found = next((name for name in free if self.is_distinct(name) and name not in self.stamps), None)
            self._take("case_id", found)
        if "opened_at" not in self.named:
            full = [name for name in free if name in self.stamps and len(self.cells[name]) > 0.95 * self._rows]
            self._take("opened_at", next(iter(full), None))

    def _take(self, role: str, column: str | None) -> None:
        if column is not None:
            self.named[role] = column
            self.guessed.add(role)

    def _join_times(self) -> None:
        """A column of days and one of times of day with the same name but for the last word are one stamp."""
        clocks = {name for name, cells in self.cells.items() if cells and all(map(_CLOCK.fullmatch, cells))}
        for day, guess in self.stamps.items():
            cells = self.cells[day]
            if not clocks or not all(map(_DAY_ONLY.fullmatch, cells)) or any(map(_EPOCH_LIKE.fullmatch, cells)):
                continue
            time = next((name for name in clocks if base(plain(name)) == base(plain(day))), None)
            if time is not None:
                exact = all(cell.count(":") == 2 for cell in self.cells[time])
                joint = " %H:%M:%S" if exact else " %H:%M"
                day_formats = {"iso": "%Y-%m-%d"}
                formats = tuple(day_formats.get(each, each) + joint for each in guess.formats)
                self.stamps[day] = guess._replace(formats=formats, others=tuple(each + joint for each in guess.others))
                self.times[day] = time

    def _lengths(self) -> Mapping[str, LengthColumn]:
        found: dict[str, LengthColumn] = {}
        for name in self.unmapped_by_name():
            spoken = plain(name.replace(".", " "))
            if any(word in spoken for word in OPEN_HOURS):
                continue  # they say nothing about when
            role = next((role for role, words in LENGTHS.items() if any(word in spoken for word in words)), None)
            unit = unit_of(spoken, self.cells[name])
            if role is not None and unit is not None and role not in self.named and role not in found:
                found[role] = LengthColumn(name, unit)
        return found

    def unmapped_by_name(self) -> list[str]:
        """The columns that no name told."""
        known = {*self.named.values(), *self.times.values()}
        return [name for name in self.cells if name not in known]


_EPOCH_LIKE = re.compile(r"[0-9]{9,}")


def _spoken(name: str) -> tuple[str, str, str]:
    """What a column is called: by its whole path in a record, without a ``name`` at its end, and by its last part."""
    *above, last = name.split(".")
    owner = above[-1] if above and last in ("name", "value", "title", "label") else last
    return plain(name.replace(".", " ")), plain(owner), plain(last)


def unit_of(spoken: str, cells: Sequence[str]) -> str | None:
    """The unit of lengths of time, by the name of their column; ``text`` where the cells say it themselves."""
    if not cells:
        return None
    if all(map(_NUMBER.fullmatch, cells)):
        return next((unit for unit, names in UNITS.items() if _tells(spoken, names)), None)
    try:
        list(map(length_reader("text"), cells))
    except ValueError:
        return None
    return "text"


def _tells(spoken: str, names: Sequence[str]) -> bool:
    """Whether a name tells its unit: as a word of its own, or at its end where words are not apart."""
    return any(name in spoken.split() or (not name.isascii() and spoken.endswith(name)) for name in names)
