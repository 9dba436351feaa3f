"""Tiers that rise on the day their criteria are met and are reviewed when a calendar period ends: period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.customers.purchase_columns import NO_DAY
from servicekit.frames.customers.tier_kernels.purchase_part import PartAnswer, PurchasePart, is_first
from servicekit.frames.customers.tier_kernels.tier_rules import Places, TierRules

_NO_PERIOD: Final = -2


class ReviewedTiers:
    """The kernel for one programme; it can be asked from several threads.

    Within a period sums only grow, so what a customer reaches in it is what the whole of it reaches, on the first day
    that does. Periods are taken one after the other, all customers at once.
    """

    __slots__ = ("ends", "floor", "period", "rules", "starts")

    def __init__(self, rules: TierRules, occurs: Bools, first: int) -> None:
        self.rules, program = rules, rules.program
        lowest = (program.fallen(level, 0) if level else 0 for level in range(len(program.names)))
        self.floor = np.fromiter(lowest, np.int8)
        edges = [program.window.period(first, first)]
        while edges[-1][1] < first + len(occurs) - 1:
            edges.append(program.window.period(edges[-1][1] + 1, first))
        self.starts, self.ends = (np.array(each) - first for each in zip(*edges, strict=True))
        if program.program.validity == "next_period_end":
            after = program.window.period(edges[-1][1] + 1, first)
            self.ends = np.append(self.ends, after[1] - first)
        self.period = np.repeat(np.arange(len(edges)), np.diff(np.append(self.starts.clip(0), len(occurs))))

    def __call__(self, part: PurchasePart) -> PartAnswer:
        """Where each customer stands, since when, and until when."""
        state, spells = _State.of(len(part.starts) - 1), self._spells(part)
        cuts = np.searchsorted(spells.period, np.arange(len(self.starts) + 1))
        for period, start in enumerate(self.starts.tolist()):
            self._review(state, period, start)
            self._rise(state, period, spells.cut(slice(cuts[period], cuts[period + 1])))
        until = np.where(state.tier > 0, self.ends[state.until.clip(0)], NO_DAY)
        return PartAnswer(state.tier, state.since, until, np.zeros(len(until), np.bool_))

    def _spells(self, part: PurchasePart) -> _Spells:
        """What each customer reached in each period with a purchase, by period."""
        period = self.period[part.day]
        begins = is_first(part.customer * len(self.starts) + period)
        first = np.flatnonzero(begins)
        last = np.append(first[1:], len(period)) - 1
        spell = np.cumsum(begins) - 1
        reached = self.rules.reached(part.sums(first[spell], np.arange(1, len(period) + 1), self.rules.metrics))
        risen = first + np.add.reduceat(reached < reached[last][spell], first)
        kept = np.zeros(len(first), np.int64)
        for place, keeps in self.rules.keeps(part.sums(first, last + 1, self.rules.metrics)).items():
            kept |= keeps.astype(np.int64) << place
        spells = _Spells(part.customer[first], period[first], reached[last], part.day[risen], kept)
        return spells.cut(np.argsort(period[first], kind="stable"))

    def _review(self, state: _State, period: int, start: int) -> None:
        """Hold the status periods that ended with the last period against its sums."""
        due = np.flatnonzero(state.until == period - 1)
        tier = state.tier[due]
        kept = np.maximum(_highest_bit(state.kept[due], tier, self.rules.rungs), state.reached[due])
        level = np.minimum(tier, np.maximum(kept, self.floor[tier]))
        state.evening[:], state.held_since[:] = state.tier, state.since
        state.tier[due] = level
        state.since[due[level != tier]] = start
        state.until[due] = period
        state.kept[:], state.reached[:] = 0, 0

    def _rise(self, state: _State, period: int, spells: _Spells) -> None:
        """Lift those whose purchases of a period reach more, and keep what it reached for its review."""
        customer = spells.customer
        state.kept[customer], state.reached[customer] = spells.kept, spells.reached
        rises = spells.reached > state.tier[customer]
        risen, reached, day = customer[rises], spells.reached[rises], spells.risen[rises]
        is_back = (day == self.starts[period]) & (reached == state.evening[risen])  # lost and reached again in a day
        state.tier[risen] = reached
        state.since[risen] = np.where(is_back, state.held_since[risen], day)
        state.until[risen] = period + (self.rules.program.program.validity == "next_period_end")


@dataclass(frozen=True, slots=True)
class _Spells:
    """A row for each customer and period with a purchase: what it reached and since when, and as bits what it keeps."""

    customer: Ints
    period: Ints
    reached: Places
    risen: Ints
    kept: Ints

    def cut(self, rows: slice | Ints) -> _Spells:
        """Some of the rows."""
        return _Spells(self.customer[rows], self.period[rows], self.reached[rows], self.risen[rows], self.kept[rows])


@dataclass(frozen=True, slots=True)
class _State:
    """Where each customer stands: ``until`` is a period, ``since`` a day or -1.

    ``evening`` and ``held_since`` are those of the evening before the period, ``reached`` and ``kept`` what it came to.
    """

    tier: Places
    since: Ints
    until: Ints
    evening: Places
    held_since: Ints
    reached: Places
    kept: Ints

    @classmethod
    def of(cls, customers: int) -> _State:
        """All in the lowest tier, since they enrolled."""
        places = [np.zeros(customers, np.int8) for _ in range(3)]
        days = [np.full(customers, -1) for _ in range(2)]
        until, kept = np.full(customers, _NO_PERIOD), np.zeros(customers, np.int64)
        return cls(places[0], days[0], until, places[1], days[1], places[2], kept)


def _highest_bit(bits: Ints, most: Places, rungs: Sequence[int]) -> Places:
    """The highest level up to ``most`` whose bit is set."""
    found = np.zeros(len(bits), np.int8)
    for place in rungs:
        found[((bits >> place) & 1 == 1) & (place <= most)] = place
    return found
