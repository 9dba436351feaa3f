"""Where the customers of a log stand: by whole columns, part by part, or by the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints, each_part
from servicekit.frames.customers.purchase_columns import NO_DAY
from servicekit.frames.customers.purchase_log import PurchaseLog
from servicekit.frames.customers.tier_kernels.purchase_part import PartAnswer, PurchasePart
from servicekit.frames.customers.tier_kernels.reviewed_tiers import ReviewedTiers
from servicekit.frames.customers.tier_kernels.running_tiers import RunningTiers
from servicekit.frames.customers.tier_kernels.tier_rules import Places, Sums, TierRules

_ROWS_AT_ONCE = 1 << 17
_Kernel: TypeAlias = Callable[[PurchasePart], PartAnswer]


@dataclass(frozen=True, slots=True)
class TierAnswers:
    """A row for each customer of a log; days are ordinals.

    ``sums`` are those of the window, ``uncounted`` the purchases before the enrolment, ``odd`` marks those about whom
    columns cannot tell.
    """

    tier: Places
    since: Ints
    until: Ints
    sums: Sums
    uncounted: Ints
    odd: Bools

    @classmethod
    def of(cls, enrolled: Ints) -> TierAnswers:
        """All in the lowest tier since they enrolled, without a purchase that counts."""
        rows = len(enrolled)
        sums = {metric: np.zeros(rows, np.int64) for metric in range(3)}
        until, uncounted = np.full(rows, NO_DAY), np.zeros(rows, np.int64)
        return cls(np.zeros(rows, np.int8), enrolled.copy(), until, sums, uncounted, np.zeros(rows, np.bool_))

    def put(self, customers: Ints, answer: PartAnswer, sums: Sums, first: int) -> None:
        """Set the rows of some customers."""
        self.tier[customers], self.odd[customers] = answer.tier, answer.odd
        self.since[customers] = np.where(answer.since < 0, self.since[customers], answer.since + first)
        self.until[customers] = np.where(answer.until == NO_DAY, NO_DAY, answer.until + first)
        for metric, values in sums.items():
            self.sums[metric][customers] = values


def answers_by_columns(rules: TierRules, log: PurchaseLog, enrolled: Ints, as_of: int) -> TierAnswers:
    """Where everybody stands at the end of a day, if columns can tell."""
    found = TierAnswers.of(enrolled)
    if not len(log.day) or (first := int(log.day.min())) > as_of:
        return found
    occurs = np.zeros(as_of - first + 1, np.bool_)
    occurs[log.day[log.day <= as_of] - first] = True
    make = ReviewedTiers if rules.program.reviews_down else RunningTiers
    kernel: _Kernel = make(rules, occurs, first)
    start = rules.program.window.start(as_of, as_of) - first

    def work(customers: slice) -> None:
        chosen, part = _part(log, customers, enrolled, (first, as_of), found.uncounted)
        if len(chosen):
            begins = part.first_of(np.arange(len(chosen)), np.full(len(chosen), start))
            found.put(chosen, kernel(part), part.sums(begins, part.starts[1:]), first)

    each_part(work, _parts(log.starts))
    return found


def _part(
    log: PurchaseLog, customers: slice, enrolled: Ints, days: tuple[int, int], uncounted: Ints
) -> tuple[Ints, PurchasePart]:
    """The purchases of some customers that count, and whose they are; the others are counted as such."""
    first, as_of = days
    starts = log.starts[customers.start : customers.stop + 1]
    rows = slice(starts[0], starts[-1])
    day, amount, chosen = log.day[rows], log.amount[rows], np.arange(customers.start, customers.stop)
    starts, counts = starts - starts[0], np.diff(starts)
    known = day <= as_of
    early = day < np.repeat(enrolled[customers], counts)
    if early.any() or not known.all():
        uncounted[customers] = np.add.reduceat(early & known, starts[:-1], dtype=np.int64)
        counted = known & ~early
        counts = np.add.reduceat(counted, starts[:-1], dtype=np.int64)
        day, amount, chosen = day[counted], amount[counted], chosen[counts > 0]
        starts = np.concatenate(([0], np.cumsum(counts[counts > 0])))
    return chosen, PurchasePart(starts, day - first, amount, as_of - first + 1)


def _parts(starts: Ints) -> list[slice]:
    """Customers in parts of some rows each."""
    cuts = np.searchsorted(starts, np.arange(0, starts[-1], _ROWS_AT_ONCE))
    edges = np.unique(np.concatenate((cuts, [len(starts) - 1]))).tolist()
    return [slice(start, stop) for start, stop in pairwise(edges)]
