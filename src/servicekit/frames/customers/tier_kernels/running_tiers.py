"""Tiers that rise on the day their criteria are met and fall at once, or never: by the days on which sums change."""

from __future__ import annotations

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.customers.purchase_columns import NO_DAY
from servicekit.frames.customers.tier_kernels.purchase_part import PartAnswer, PurchasePart, is_first
from servicekit.frames.customers.tier_kernels.tier_rules import DayTable, Places, Sums, TierRules


class RunningTiers:
    """The kernel for one programme; it can be asked from several threads.

    A tier changes only in the evening of a day with a purchase, or of one on which a purchase leaves the window. The
    sums of each such evening give the level that is reached and the level that is kept; what a customer has is the
    former, or the lower of the latter and what they had before.
    """

    __slots__ = ("leaves", "rules", "start")

    def __init__(self, rules: TierRules, occurs: Bools, first: int) -> None:
        window = rules.program.window
        self.rules = rules
        self.leaves = (
            DayTable(occurs, first, lambda day: window.leaves(day, day)) if rules.program.falls_at_once else None
        )
        if self.leaves is not None:
            occurs = occurs.copy()
            left = self.leaves[np.flatnonzero(occurs)]
            occurs[left[left < len(occurs)]] = True
        self.start = DayTable(occurs, first, lambda day: window.start(day, day))

    def __call__(self, part: PurchasePart) -> PartAnswer:
        """Where each customer stands, and since when."""
        events = self._events(part)
        customer, day = np.divmod(events, part.span)
        start = part.first_of(customer, self.start[day])
        sums = part.sums(start, np.searchsorted(part.keys, events, "right"), self.rules.metrics)
        begins = is_first(customer)
        tier, odd = self._tiers(sums, begins)
        last = np.append(np.flatnonzero(begins)[1:], len(events)) - 1
        before = np.where(begins, 0, np.concatenate((tier[:1], tier[:-1])))
        moved = np.maximum.accumulate(np.where(begins | (tier != before), np.arange(len(tier)), 0))[last]
        has_moved = tier[moved] != before[moved]
        return PartAnswer(
            tier[last],
            np.where(has_moved, day[moved], -1),
            np.full(len(last), NO_DAY),
            np.logical_or.reduceat(odd, np.flatnonzero(begins)) if odd is not None else np.zeros(len(last), np.bool_),
        )

    def _events(self, part: PurchasePart) -> Ints:
        """The customers and days on which sums change."""
        events = part.keys
        if self.leaves is not None:
            left = self.leaves[part.day]
            inside = left < part.span
            events = np.concatenate((events, part.customer[inside] * part.span + left[inside]))
            events.sort(kind="stable")  # both parts are in order: they are merged
        return events[is_first(events)]

    def _tiers(self, sums: Sums, begins: Bools) -> tuple[Places, Bools | None]:
        """The level of each evening, and where levels are kept out of their order, which no column can tell."""
        reached = self.rules.reached(sums)
        program = self.rules.program
        if program.falls_at_once and program.keep == program.qualify:
            return reached, None
        keeps = self.rules.keeps(sums) if program.falls_at_once else {}
        ranks, odd, row = np.zeros(len(reached), np.int8), np.zeros(len(reached), np.bool_), np.arange(len(reached))
        kept_above = np.zeros(len(reached), np.bool_)
        for place in reversed(self.rules.rungs):
            rises = reached >= place
            decides = rises | begins
            if keeps:
                decides |= ~keeps[place]
                odd |= kept_above & ~keeps[place]
                kept_above |= keeps[place]
            ranks += rises[np.maximum.accumulate(np.where(decides, row, 0))]
        return np.array([0, *self.rules.rungs], np.int8)[ranks], odd
