"""The query for the outcomes, or the problems, of the cases of a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from servicekit.calendars.engine.horizon import unannounced
from servicekit.frames.cases.column_names import AnyColumns, EventColumns
from servicekit.frames.cases.event_log.checked_columns import ColumnSchema
from servicekit.frames.cases.event_log.event_frame import check_events, events_log
from servicekit.frames.cases.event_log.ticket_frame import check_tickets, tickets_log
from servicekit.frames.cases.fallback import fallback_verdicts
from servicekit.frames.cases.fast.fast_outcomes import fast_outcomes
from servicekit.frames.cases.judging_context import JudgingContext
from servicekit.frames.cases.outcome_frame import (
    OUTCOME_SCHEMA,
    PROBLEM_SCHEMA,
    framed,
    outcome_columns,
    problem_columns,
)
from servicekit.sla import SlaEngine
from servicekit.timeline import from_us

if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from servicekit.frames.frame_columns import ColumnKind, Frame


@dataclass(frozen=True, slots=True)
class OutcomeQuery:
    """Asks for the outcomes of the cases of a frame, or for their problems, as of an instant.

    See :class:`~servicekit.frames.library_dispatch.FrameQuery`.
    """

    engine: SlaEngine
    now: int
    columns: AnyColumns
    problems: bool = False

    @property
    def schema(self) -> Mapping[str, ColumnKind]:
        """The columns of the answer."""
        return PROBLEM_SCHEMA if self.problems else OUTCOME_SCHEMA

    @property
    def case_id(self) -> str:
        """The column of the cases."""
        return self.columns.case_id

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or of the wrong type, before any row is seen."""
        schema = ColumnSchema(dict(dtypes))
        if isinstance(self.columns, EventColumns):
            check_events(self.columns, schema)
        else:
            check_tickets(self.columns, schema)

    def __call__(self, frame: Frame, *, dictionaries: bool = False) -> object:
        """The answer for a frame that holds all rows of its cases."""
        policies = [edition.policy for edition in self.engine.compiled.editions]
        if isinstance(self.columns, EventColumns):
            log = events_log(frame, self.columns, policies)
        else:
            log = tickets_log(frame, self.columns, policies)
        context = JudgingContext(self.engine, log)
        with unannounced("raise"):  # where the engine would warn, it is asked, and warns
            fast = fast_outcomes(context, self.now)
        left = fast.left | context.has_no_promise if self.problems else fast.left
        with unannounced("warn"):
            verdicts = list(fallback_verdicts(self.engine, log, np.flatnonzero(left), from_us(self.now)))
        found = problem_columns(context, verdicts) if self.problems else outcome_columns(context, fast, verdicts)
        return framed(found, frame.implementation, dictionaries=dictionaries)
