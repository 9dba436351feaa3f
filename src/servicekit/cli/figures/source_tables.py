"""The tables that a document of sources names, as a scorecard reads them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

from servicekit.cli.points.answer import problem_rows
from servicekit.cli.progress import watched
from servicekit.cli.words import tell
from servicekit.desk import Intake, kpi_tables

if TYPE_CHECKING:
    from servicekit.desk.measured_tables import Happening
    from servicekit.errors import ProblemGroup
    from servicekit.importers import Sources
    from servicekit.policy import PolicyEngine

_TABLES = {
    "cases": "case",
    "contacts": "contact",
    "answers": "answer",
    "evaluations": "evaluation",
    "work": "work",
    "purchases": "purchase",
}
"""The tables of metrics that sources give, even where they have no row."""


def latest_export(sources: Sources) -> datetime | None:
    """The last instant at which a table was exported, where mappings say it."""
    tables = [getattr(sources, name) for name in _TABLES]
    return max((table.as_of for table in tables if table is not None and table.as_of is not None), default=None)


def source_tables(
    engine: PolicyEngine, sources: Sources, intakes: dict[str, Intake[Happening]], as_of: datetime | None
) -> dict[str, list[object]]:
    """The rows of each table; ``intakes`` counts what became rows, and has a table even where it has none.

    Raises:
        ValueError: there are cases and promises, and ``as_of`` does not say when they are judged.
    """
    happened = kpi_tables(engine, _happened(sources, intakes), as_of=as_of)
    return {_TABLES[name]: [] for name in intakes} | happened


def _happened(sources: Sources, intakes: dict[str, Intake[Happening]]) -> Iterator[Happening]:
    for name in _TABLES:
        if (source := getattr(sources, name)) is not None:
            with closing(source.open()) as table:
                intakes[name] = Intake(watched(table, table.position, table.size, name))
                yield from intakes[name]


def tell_problems(intakes: Mapping[str, Intake[Happening]]) -> Sequence[ProblemGroup]:
    """What is wrong with the tables, on standard error."""
    problems = [group for intake in intakes.values() for group in intake.problems]
    rows = problem_rows(problems)
    tell(sys.stderr, *(f"servicekit: {each['times']} {each['problem']}, {each['first']}" for each in rows))
    return problems
