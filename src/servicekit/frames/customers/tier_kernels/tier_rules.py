"""A tier programme for columns: its levels as tests of arrays, its window as tables of days, and why it may not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.quantity import minor_digits
from servicekit.tiers import TierEngine

if TYPE_CHECKING:
    from servicekit.tiers.account.compiled_program import CompiledCriteria, CompiledProgram

SPEND, ORDERS, DAYS = 0, 1, 2
"""The places of the metrics that purchases make."""
Places: TypeAlias = npt.NDArray[np.int8]
"""Levels by their places, the lowest 0."""
Sums: TypeAlias = Mapping[int, Ints]
"""A column for each metric that the levels ask for, by its place."""

_LEVELS: Final = 60


def why_folded(engine: TierEngine) -> str | None:
    """Why the engine must fold every customer of a programme; None where whole columns will do.

    >>> from servicekit.tiers import TierProgram
    >>> document = "{currency: CNY, extend: on_requalify, levels: {normal: {}, vip: {qualify: {orders: 2}}}}"
    >>> why_folded(TierProgram.parse(document).compile())
    'extend: on_requalify'
    """
    program, downgrade = engine.program, engine.program.downgrade
    rules = {
        "several versions": len(engine.versions) > 1,
        "members: household": program.members == "household",
        "window: membership_year": program.window.kind == "membership_year",
        "upgrade: at_review": program.upgrade == "at_review",
        "extend: on_requalify": program.extend != "never",
        f"validity: {program.validity}": downgrade.when == "at_review" and program.validity_months is not None,
        "downgrade.grace": downgrade.grace_days > 0,
        "downgrade.max_levels": downgrade.when == "immediate" and downgrade.max_levels is not None,
        "many levels": len(program.levels) > _LEVELS,
    }
    return ", ".join(name for name, holds in rules.items() if holds) or None


class TierRules:
    """What the levels of a programme ask of sums, in whole minor units and whole numbers.

    ``rungs`` are the levels that can be earned; ``metrics`` those whose sums are needed.
    """

    __slots__ = ("kept", "metrics", "program", "qualify", "rungs")

    def __init__(self, program: CompiledProgram) -> None:
        self.program = program
        digits = minor_digits(program.currency)
        self.qualify = [_whole(criteria, digits) for criteria in program.qualify]
        self.kept = [_whole(criteria, digits) for criteria in program.keep]
        self.rungs = [place for place, criteria in enumerate(self.qualify) if criteria is not None]
        asked = {metric for each in (*self.qualify, *self.kept) if each for metric, _ in each.least}
        self.metrics = [metric for metric in (SPEND, DAYS) if metric in asked] + [ORDERS]

    def reached(self, sums: Sums) -> Places:
        """The highest level whose criteria for reaching it are met."""
        return _highest(self.qualify, self.rungs, sums)

    def keeps(self, sums: Sums) -> dict[int, Bools]:
        """Where the criteria for keeping each level are met."""
        return {place: _met(self.kept[place], sums) for place in self.rungs}


@dataclass(frozen=True, slots=True)
class _Criteria:
    needs_all: bool
    least: tuple[tuple[int, int], ...]


def _whole(criteria: CompiledCriteria | None, digits: int) -> _Criteria | None:
    if criteria is None:
        return None
    least = (
        (metric, ceil(value.scaleb(digits) if metric == SPEND else value)) for metric, value in criteria.thresholds
    )
    return _Criteria(criteria.needs_all, tuple(least))


def _met(criteria: _Criteria | None, sums: Sums) -> Bools:
    assert criteria is not None
    rows = len(next(iter(sums.values())))
    tests = [sums[metric] >= least if metric in sums else np.zeros(rows, np.bool_) for metric, least in criteria.least]
    found = tests[0]
    for test in tests[1:]:
        found = found & test if criteria.needs_all else found | test
    return found


def _highest(levels: Sequence[_Criteria | None], rungs: Sequence[int], sums: Sums) -> Places:
    rows = len(next(iter(sums.values())))
    found = np.zeros(rows, np.int8)
    for place in rungs:
        found[_met(levels[place], sums)] = place
    return found


class DayTable:
    """A question about days, asked once for each day that occurs; days count from ``first``."""

    __slots__ = ("_answers",)

    def __init__(self, occurs: Bools, first: int, ask: Callable[[int], int]) -> None:
        self._answers = np.zeros(len(occurs), np.int64)
        days = np.flatnonzero(occurs)
        self._answers[days] = [ask(day + first) - first for day in days.tolist()]

    def __getitem__(self, days: Ints) -> Ints:
        return self._answers[days]
