"""What happened, as the tables that metrics read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from servicekit.events import (
    Answer,
    Case,
    Contact,
    CustomerEvent,
    Evaluation,
    Invitation,
    Purchase,
    WorkTime,
)
from servicekit.kpi import case_row
from servicekit.policy import PolicyEngine
from servicekit.sla import Outcome, SlaEngine

Happening: TypeAlias = Case | Contact | Invitation | Answer | Evaluation | WorkTime | CustomerEvent
"""A record of anything that happened."""

TABLE_OF: Mapping[type, str] = {
    Contact: "contact",
    Invitation: "invitation",
    Answer: "answer",
    Evaluation: "evaluation",
    WorkTime: "work",
    Purchase: "purchase",
}
"""The table of which a record is a row, by its class; cases are rows of two."""


def kpi_tables(
    engine: PolicyEngine, happened: Iterable[Happening], *, as_of: datetime | None = None
) -> dict[str, list[object]]:
    """Records of all kinds as rows by table, for :meth:`ScorecardEngine.measure`; what no metric reads is left out.

    A case that was known by ``as_of`` gives a row of ``case``, as it stood then, and where the policy promises
    anything, a row of ``outcome`` for each promise, judged then: those that every report of the desk counts.

    >>> from datetime import UTC
    >>> from servicekit.policy import ServicePolicy
    >>> call = Contact("K-1", datetime(2026, 1, 5, 9, tzinfo=UTC), "abandoned")
    >>> {name: len(rows) for name, rows in kpi_tables(ServicePolicy(name="desk").compile(), [call]).items()}
    {'contact': 1}

    Raises:
        ValueError: there are cases and promises, and ``as_of`` does not say when they are judged.
    """
    tables: dict[str, list[object]] = {}
    for each in happened:
        if isinstance(each, Case):
            if as_of is not None and all(event.at > as_of for event in each.events):
                continue
            tables.setdefault("case", []).append(case_row(each, as_of))
            if engine.sla is not None:
                tables.setdefault("outcome", []).extend(_outcomes(engine.sla, each, as_of))
        elif (name := TABLE_OF.get(type(each))) is not None:
            tables.setdefault(name, []).append(each)
    return tables


def _outcomes(sla: SlaEngine, case: Case, as_of: datetime | None) -> Sequence[Outcome]:
    if as_of is None:
        raise ValueError("promises are judged at an instant: say as of when (as_of)")
    return sla.judge(case, as_of).outcomes
