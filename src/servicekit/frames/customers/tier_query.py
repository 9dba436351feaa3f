"""The query for the tiers of the customers of a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.checked_columns import ColumnSchema
from servicekit.frames.cases.outcome_frame import framed
from servicekit.frames.customers.purchase_columns import NO_DAY, PurchaseNames
from servicekit.frames.customers.purchase_events import REFUNDS, PurchaseEvents
from servicekit.frames.customers.purchase_log import purchase_log
from servicekit.frames.customers.tier_kernels.tier_answers import answers_by_columns
from servicekit.frames.customers.tier_kernels.tier_frame import TierFrame, asked_metrics
from servicekit.frames.customers.tier_kernels.tier_rules import TierRules, why_folded
from servicekit.tiers import TierEngine

if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from servicekit.frames.frame_columns import ColumnKind, Frame

RETAIN = "levels that are kept while a lower one is not"


@dataclass(frozen=True, slots=True)
class TierQuery:
    """Asks where the customers of a frame stand at the end of a day.

    See :class:`~servicekit.frames.library_dispatch.FrameQuery`.
    """

    engine: TierEngine
    as_of: date
    columns: PurchaseNames
    id_kind: Literal["integer", "text"]

    @property
    def schema(self) -> Mapping[str, ColumnKind]:
        """The columns of the answer."""
        found: dict[str, ColumnKind] = {
            "customer_id": self.id_kind,
            "tier": "text",
            "since": "day",
            "valid_until": "day",
            "next_tier": "text",
        }
        for metric in asked_metrics(self.engine):
            found |= {f"progress_{metric}": "integer", f"missing_{metric}": "integer"}
        return found | {"problems": "text", "folded": "text"}

    @property
    def case_id(self) -> str | None:
        """The column of the customers."""
        return self.columns.of("customer_id", ())

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or of the wrong type, before any row is seen."""
        schema = ColumnSchema(dict(dtypes))
        self.columns.check(schema)
        schema.raise_problems()

    def __call__(self, frame: Frame, *, dictionaries: bool = False) -> object:
        """The answer for a frame that holds all rows of its customers."""
        program, as_of = self.engine.program, self.as_of.toordinal()
        log = purchase_log(frame, self.columns, program.currency, self.engine.timezone)
        first_on = log.day[log.starts[:-1]]
        enrolled = np.minimum(log.enrolled, first_on) if program.enrolment == "automatic" else log.enrolled
        found = TierFrame(self.engine, log)
        folded = np.flatnonzero(self._by_columns(found, enrolled))
        events = PurchaseEvents(frame, self.columns, log, program.currency)
        for row, customer_id, happened in events.through(self.as_of, folded):
            run = self.engine.fold(happened, self.as_of)
            found.put_status(row, run.get(customer_id), ", ".join(group.code for group in run.problems))
        is_known = (enrolled <= as_of) | ((enrolled == NO_DAY) & (first_on <= as_of))
        return framed(found.columns(np.flatnonzero(is_known)), frame.implementation, dictionaries=dictionaries)

    def _by_columns(self, found: TierFrame, enrolled: Ints) -> Bools:
        """Answer by whole columns; the customers about whom they cannot tell."""
        reason = why_folded(self.engine)
        if reason is not None:
            everybody = np.ones(len(enrolled), np.bool_)
            found.folded.put(everybody, reason)
            return everybody
        answers = answers_by_columns(TierRules(self.engine.versions[0]), found.log, enrolled, self.as_of.toordinal())
        found.put_answers(answers, enrolled)
        returned = found.log.any_of(found.log.returns)
        found.folded.put(answers.odd, RETAIN)
        found.folded.put(returned, REFUNDS)
        return answers.odd | returned
