"""Which column of a table of the service is what, and how a mapping says it: stamps, lengths of time, facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from servicekit.importers.proposal.column_roles import Roles, unit_of
from servicekit.importers.proposal.sample import Sample
from servicekit.importers.proposal.words import COLUMNS, UNITS, base, plain

_UNIT_WORDS = {word for words in UNITS.values() for word in words if word.isascii()}
_MINUTES = re.compile(r"[0-9]{1,3}:[0-5][0-9]")
_FACTS = ("channel", "issue_type", "tier", "priority")


class GuessedColumns:
    """The columns of a table by what they mean, and the mapping in the making.

    >>> guess = GuessedColumns(Sample({}, {"Agent": ["li.wei"], "Talk (min)": ["3"]}, 1), {"talk": ("talk",)})
    >>> guess.length("talk", "seconds")
    {'column': 'Talk (min)', 'unit': 'minutes'}
    """

    def __init__(self, sample: Sample, words: Mapping[str, Sequence[str]]) -> None:
        self.roles = Roles(sample.columns)
        self.cells: Mapping[str, Sequence[str]] = self.roles.cells
        self.notes: dict[str, str] = {}
        self.dates: tuple[str, ...] | None = None
        self.found: dict[str, str] = {}
        self._clocks = set(self.roles.times.values())
        for key, named in words.items():
            self._find(key, (plain(key), *named))

    def _find(self, key: str, words: Sequence[str]) -> None:
        taken = {*self.found.values(), *self._clocks}
        free: dict[str, str] = {}
        for name in self.cells:
            for spoken in _spoken(name) if name not in taken else ():
                free.setdefault(spoken, name)
        named = [free[word] for word in words if word in free]
        if named:
            self.found[key] = next((name for name in named if self.cells[name]), named[0])

    def drop(self, *keys: str) -> None:
        """Leave columns unmapped."""
        for key in keys:
            self.found.pop(key, None)

    def stamp(self, key: str) -> object:
        """The column of a stamp as a mapping has it; the first one says how all are written."""
        column = self.found[key]
        guess = self.roles.stamps.get(column)
        written: dict[str, object] = {"column": column}
        if column in self.roles.times:
            written["time"] = self.roles.times[column]
        if guess is not None and self.dates is None:
            self.dates = guess.formats
            if guess.others:
                self.notes["dates"] = f"confirm: all also reads as {guess.others[0]!r}"
        elif guess is not None and guess.formats != self.dates:
            written["dates"] = list(guess.formats)
        return written if len(written) > 1 else column

    def length(self, key: str, unit: str) -> object:
        """The column of a length of time as a mapping has it; ``unit`` is meant where nothing tells it."""
        column = self.found[key]
        cells = self.cells[column]
        told = unit_of(plain(column.replace(".", " ")), cells)
        if told == "text" and unit == "seconds" and all(map(_MINUTES.fullmatch, cells)):
            told = "mm:ss"
        if told in (None, "mm:ss"):
            self.notes[f"columns.{key}"] = f"confirm: in {told or unit}"
        unit = told or unit
        return column if unit == "seconds" else {"column": column, "unit": unit}

    def facts(self) -> dict[str, str]:
        """The facts that have a column of their own."""
        for name in _FACTS:
            self._find(name, COLUMNS[name])
        return {name: self.found.pop(name) for name in _FACTS if name in self.found}

    def unmapped(self, named: Set[str]) -> list[str]:
        """The columns that a mapping does not name."""
        return [name for name in self.cells if name not in named]

    def texts(self, key: str) -> Counter[str]:
        """The texts of a column, the most frequent first."""
        return Counter(self.cells[self.found[key]])


def _spoken(name: str) -> Iterable[str]:
    """What a column is called: by its whole path, by the last part of it, and without its unit."""
    for told in (plain(name.replace(".", " ")), plain(name.rpartition(".")[2])):
        bare = " ".join(word for word in told.split() if word not in _UNIT_WORDS)
        yield from filter(None, (told, bare, base(told)))
