"""Rows of the target table that meet on one case: ties, and rows that other rows leave no case for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from servicekit.errors import Problem
from servicekit.rules import TableRow, Value
from servicekit.rules.table_analysis import EVERY_OUTPUT, TableAnalysis

if TYPE_CHECKING:
    from servicekit.sla.policy import SlaPolicy


def meeting_problems(policy: SlaPolicy) -> Iterator[Problem]:
    """Rows between which nothing chooses, and rows that are never asked; paths are relative to the SLA document."""
    places = [index for index, row in enumerate(policy.targets) if not policy.is_idle(row)]
    rows = [TableRow(row.when, row.targets, row.default) for row in map(policy.targets.__getitem__, places)]
    analysis = TableAnalysis(rows, fall_through=policy.fall_through, outputs=policy.metrics)
    if policy.match == "most_specific":
        for first, second, metric, example in analysis.ties():
            yield _tie(places[first], places[second], metric, _case_text(example))
    elif policy.match == "first":
        hint = "move it up, or choose 'match: most_specific'"
        for index in analysis.shadows():
            message = "rows above it take all its cases"
            yield Problem.warning("sla.unreachable-row", f"targets[{places[index]}]", message, hint)
    for first, second, metric in analysis.rival_defaults():
        yield _tie(places[first], places[second], metric, "any case that no other row takes")


def _case_text(example: Mapping[str, Value | None]) -> str:
    known = [f"{name} {value!r}" if value is not None else f"any other {name}" for name, value in example.items()]
    return f"a case with {', '.join(known)}" if known else "every case"


def _tie(low: int, high: int, metric: str, case: str) -> Problem:
    what = "every metric" if metric == EVERY_OUTPUT else metric
    message = f"targets[{low}] and this row both set {what} for {case}, and neither is more specific"
    hint = "add a condition to one of them, or a row for the cases where they meet"
    return Problem("sla.target-tie", f"targets[{high}]", message, hint=hint)
