"""Outcomes of whole frames: of events, or of tickets; of any supported library."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from servicekit.frames.cases.column_names import AnyColumns, EventColumns, WideColumns
from servicekit.frames.cases.outcome_query import OutcomeQuery
from servicekit.frames.library_dispatch import answer
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.sla import SlaEngine
from servicekit.timeline import to_us

F = TypeVar("F")

AnyPolicy = SlaEngine | PolicyEngine | ServicePolicy
"""A policy, or what it compiles to."""


def outcomes(policy: AnyPolicy, frame: F, *, as_of: datetime, columns: EventColumns = EventColumns()) -> F:  # noqa: B008
    """What became of each promise on each case of a frame with one row per event, as of one instant.

    ``frame`` is a Polars (eager or lazy), pandas, PyArrow, DuckDB or PySpark frame; the same type comes back, with the
    columns of ``servicekit.sla.OUTCOME_COLUMNS``: instants in UTC to the microsecond, lengths in whole
    microseconds. The rows are the outcomes of :meth:`SlaEngine.judge <servicekit.sla.SlaEngine.judge>`, case by case
    in the order in which cases first occur (Spark keeps no order). A case may have its rows anywhere. Rows of a frame
    are ordered by their instants, those of one instant by the column ``sequence`` where it says something, else by rank
    and row (:func:`servicekit.events.arrange`).

    :func:`outcome_problems` reports what stood in the way of a verdict, and cases that were never opened.

    >>> import pyarrow as pa
    >>> from datetime import UTC
    >>> policy = ServicePolicy.parse('{name: Hotline, sla: {targets: [{resolution: 2h}]}}')
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> log = pa.table({"case_id": ["C-1"] * 2, "at": [nine, nine.replace(hour=12)], "event": ["opened", "resolved"]})
    >>> answer = outcomes(policy, log, as_of=nine.replace(day=6))
    >>> answer.select(["case_id", "metric", "outcome", "elapsed_us"]).to_pylist()
    [{'case_id': 'C-1', 'metric': 'resolution', 'outcome': 'met_late', 'elapsed_us': 10800000000}]

    Raises:
        FrameError: a column is missing, or holds what it should not; every such column is named, with its first row.
        NaiveDatetimeError: ``as_of`` has no time zone.
        PolicyError: the policy has errors, or no ``sla`` section (``desk.no-sla``).
        TypeError: the frame is of no supported library.
    """
    return answer(frame, OutcomeQuery(engine_of(policy), to_us(as_of), columns))


def outcomes_wide(policy: AnyPolicy, frame: F, *, as_of: datetime, columns: WideColumns = WideColumns()) -> F:  # noqa: B008
    """The outcomes of a frame with one row per ticket and a column of instants for each thing that may happen to it.

    >>> import pyarrow as pa
    >>> from datetime import UTC
    >>> policy = ServicePolicy.parse('{name: Hotline, sla: {targets: [{resolution: 2h}]}}')
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> tickets = pa.table({"case_id": ["C-1"], "opened_at": [nine], "resolved_at": [nine.replace(hour=10)]})
    >>> answer = outcomes_wide(policy, tickets, as_of=nine, columns=WideColumns(first_response_at=None))
    >>> answer["outcome"].to_pylist()
    ['open']
    """
    return answer(frame, OutcomeQuery(engine_of(policy), to_us(as_of), columns))


def outcome_problems(policy: AnyPolicy, frame: F, *, as_of: datetime, columns: AnyColumns = EventColumns()) -> F:  # noqa: B008
    """The problems that :meth:`SlaEngine.judge <servicekit.sla.SlaEngine.judge>` reports, one row per problem.

    The columns are ``case_id``, ``code``, ``severity``, ``path``, ``message`` and ``hint``. The order of rows is not
    reported on (no ``events.out-of-order``). The type of ``columns`` says whether the frame holds events or tickets.

    >>> import pyarrow as pa
    >>> from datetime import UTC
    >>> policy = ServicePolicy.parse('{name: Hotline, sla: {targets: [{resolution: 2h}]}}')
    >>> log = pa.table({"case_id": ["C-1"], "at": [datetime(2026, 1, 5, 9, tzinfo=UTC)], "event": ["resolved"]})
    >>> outcome_problems(policy, log, as_of=datetime(2026, 1, 6, tzinfo=UTC))["code"].to_pylist()
    ['events.no-opening']
    """
    return answer(frame, OutcomeQuery(engine_of(policy), to_us(as_of), columns, problems=True))


def engine_of(policy: AnyPolicy) -> SlaEngine:
    """The engine of a policy.

    Raises:
        PolicyError: it has errors, or promises nothing.
    """
    if isinstance(policy, SlaEngine):
        return policy
    if not isinstance(policy, ServicePolicy | PolicyEngine):
        raise TypeError(f"a ServicePolicy or its engine is needed, not {type(policy).__name__}")
    return (policy.compile() if isinstance(policy, ServicePolicy) else policy).need_sla()
