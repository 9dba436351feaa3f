"""The columns of an answer about tiers, filled by whole columns or customer by customer."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Final

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.coded_texts import TextColumn
from servicekit.frames.cases.outcome_frame import Columns
from servicekit.frames.customers.purchase_columns import NO_DAY
from servicekit.frames.customers.purchase_log import PurchaseLog
from servicekit.frames.customers.text_cells import TextCells
from servicekit.frames.customers.tier_kernels.tier_answers import TierAnswers
from servicekit.frames.frame_columns import Column
from servicekit.quantity import Money, minor_digits
from servicekit.tiers import TierEngine, TierStatus
from servicekit.tiers.criteria import SPEND

NOT_ENROLLED: Final = "tiers.not-enrolled"
BEFORE_ENROLMENT: Final = "tiers.before-enrolment"


class TierFrame:
    """A row for each customer of a log who has enrolled by a day, or never."""

    def __init__(self, engine: TierEngine, log: PurchaseLog) -> None:
        rows = len(log.customer)
        names = dict.fromkeys(name for version in engine.versions for name in version.names)
        self.engine, self.log, self.metrics = engine, log, asked_metrics(engine)
        self.tier, self.next_tier = TextCells(rows, names), TextCells(rows, names)
        self.since, self.until = np.full(rows, NO_DAY), np.full(rows, NO_DAY)
        self.progress = {metric: np.full(rows, NONE) for metric in self.metrics}
        self.missing = {metric: np.full(rows, NONE) for metric in self.metrics}
        self.problems, self.folded = TextCells(rows), TextCells(rows)

    def put_answers(self, answers: TierAnswers, enrolled: Ints) -> None:
        """Fill all rows with what columns tell."""
        version = self.engine.versions[0]
        self.tier.codes[:] = answers.tier + 1
        self.since[:], self.until[:] = answers.since, answers.until
        for level in range(len(version.names)):
            above = next((place for place in range(level + 1, len(version.names)) if version.qualify[place]), None)
            if above is not None:
                self._put_next(answers, answers.tier == level, above)
        self.problems.put(answers.uncounted > 0, BEFORE_ENROLMENT)
        self.problems.put(enrolled == NO_DAY, NOT_ENROLLED)
        self._put_nobody(enrolled == NO_DAY)

    def _put_next(self, answers: TierAnswers, rows: Bools, above: int) -> None:
        self.next_tier.codes[rows] = above + 1
        criteria = self.engine.versions[0].criteria(above)
        assert criteria is not None
        for metric, least in criteria.thresholds.items():
            place = self.engine.metrics.index(metric)
            counted = answers.sums[place][rows] if place in answers.sums else 0
            self.progress[metric][rows] = counted
            needed = self._units(metric, least.amount if isinstance(least, Money) else Decimal(least))
            self.missing[metric][rows] = np.maximum(needed - counted, 0)

    def put_status(self, row: int, status: TierStatus | None, problems: str) -> None:
        """Fill one row with what the engine tells."""
        self.problems.put(row, problems or None)
        if status is None:
            self._put_nobody(np.arange(len(self.since)) == row)
            return
        self.tier.put(row, status.tier)
        self.next_tier.put(row, status.next_tier)
        self.since[row] = status.since.toordinal()
        self.until[row] = NO_DAY if status.valid_until is None else status.valid_until.toordinal()
        for metric in self.metrics:
            self.progress[metric][row] = self.missing[metric][row] = NONE
        for each in status.progress:
            self.progress[each.metric][row] = self._units(each.metric, each.value)
            self.missing[each.metric][row] = self._units(each.metric, each.missing)

    def _put_nobody(self, rows: Bools) -> None:
        """Those who never enrolled have no tier."""
        for texts in (self.tier, self.next_tier):
            texts.put(rows, None)
        self.since[rows] = self.until[rows] = NO_DAY
        for columns in (self.progress, self.missing):
            for values in columns.values():
                values[rows] = NONE

    def _units(self, metric: str, value: Decimal) -> int:
        """Whole minor units, or whole numbers; a part of one that is missing is missing as a whole."""
        return ceil(value.scaleb(minor_digits(self.engine.program.currency)) if metric == SPEND else value)

    def columns(self, rows: Ints) -> Columns:
        """The columns of some rows."""
        log = self.log
        found: dict[str, TextColumn | Column] = {
            "customer_id": log.ids.column(log.customer[rows]),
            "tier": self.tier.column(rows),
            "since": _days(self.since[rows]),
            "valid_until": _days(self.until[rows]),
            "next_tier": self.next_tier.column(rows),
        }
        for metric in self.metrics:
            found[f"progress_{metric}"] = _numbers(self.progress[metric][rows])
            found[f"missing_{metric}"] = _numbers(self.missing[metric][rows])
        return found | {"problems": self.problems.column(rows), "folded": self.folded.column(rows)}


def asked_metrics(engine: TierEngine) -> list[str]:
    """The metrics that a level asks for."""
    levels = [level for version in engine.versions for level in version.program.levels.values()]
    asked = {name for level in levels if level.qualify is not None for name in level.qualify.thresholds}
    return [name for name in engine.metrics if name in asked]


def _days(days: Ints) -> Column:
    return Column(days, days == NO_DAY, "day")


def _numbers(values: Ints) -> Column:
    return Column(values, values == NONE, "integer")
