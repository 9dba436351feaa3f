"""Which rows a mapping treats apart, by one of their cells, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from servicekit.importers.table.pattern import finder

if TYPE_CHECKING:
    from servicekit.importers.table.mapping import RowRule


class RowTest(NamedTuple):
    """A rule of a mapping, compiled against the header of one table."""

    place: int
    holds: Callable[[str], bool]
    because: str


def row_tests(rules: Iterable[RowRule], places: Mapping[str, int], missing: Collection[str]) -> list[RowTest]:
    """The rules, each with the place of its column; ``missing`` are the cells that say nothing.

    >>> from servicekit.importers.table.mapping import RowRule
    >>> (test,) = row_tests([RowRule(column="kind", equals="test", because="a test")], {"kind": 1}, {""})
    >>> first_reason([test], ["7", " test"]), first_reason([test], ["8", "call"])
    ('a test', None)
    """
    return [RowTest(places[rule.column], _holds(rule, frozenset(missing)), rule.because) for rule in rules]


def first_reason(tests: Sequence[RowTest], cells: Sequence[str]) -> str | None:
    """Why a row is treated apart, by the first test that holds."""
    for place, holds, because in tests:
        if holds(cells[place].strip()):
            return because
    return None


def _holds(rule: RowRule, missing: frozenset[str]) -> Callable[[str], bool]:
    if rule.missing is not None:
        wanted = rule.missing
        return lambda text: (text in missing) is wanted
    if rule.pattern is not None:
        return finder(rule.pattern)
    texts = frozenset(rule.any_of or (rule.equals,))
    return lambda text: text in texts
