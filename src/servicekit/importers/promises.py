"""Where a mapping meets a policy: what is promised and nothing in the export can show."""

from __future__ import annotations

from collections.abc import Iterator

from servicekit.errors import Problem
from servicekit.importers.export_formats import ExportMapping
from servicekit.importers.history import HistoryMapping
from servicekit.importers.servicenow import ServiceNowMapping
from servicekit.importers.table import TableMapping
from servicekit.importers.tickets import JsonMapping, TableExportMapping
from servicekit.policy import ServicePolicy
from servicekit.sla.metric import METRICS, STAGE, reach_stage
from servicekit.sla.signal import ANSWERED, CLOSED, OWNED, RESOLVED, SETTLED, milestone_signal, status_signal

_HINTS = {
    RESOLVED: "map resolved_at or closed_at, or a status: columns: {status: ..., updated_at: ...}, "
    "statuses: {closed: [...]}",
    ANSWERED: "map first_replied_at",
    OWNED: "map the fact owner",
}
_ENDS = ("resolved", "closed")


def promises_without_source(policy: ServicePolicy, mapping: ExportMapping) -> tuple[Problem, ...]:
    """The metrics that ``policy`` promises and that no column of the export can bring, one warning each.

    Every case would stay open on them, or be missed, or have no clock of them at all. Measures of the policy's own are
    not looked at, nor exports of histories.

    >>> policy = ServicePolicy.parse("{name: desk, sla: {targets: [{resolution: 8h}]}}")
    >>> mapping = TableMapping.parse("columns: {case_id: id, opened_at: opened, first_replied_at: answered}")
    >>> [(problem.code, problem.path) for problem in promises_without_source(policy, mapping)]
    [('columns.promise-without-source', 'sla.targets[0].resolution')]
    """
    if policy.sla is None or isinstance(mapping, JsonMapping):
        return ()
    brought, warnings = frozenset(_brought(mapping)), {}
    for number, row in enumerate(policy.sla.targets):
        for metric, place, _ in row.promises():
            if metric not in warnings and (why := _why_never(metric, brought)):
                path = f"sla.targets[{number}].{place}"
                warnings[metric] = Problem.warning("columns.promise-without-source", path, *why)
    return tuple(warnings.values())


def _why_never(metric: str, brought: frozenset[str]) -> tuple[str, str | None] | None:
    stops = _stops(metric)
    if stops is not None and stops.isdisjoint(brought):
        hint = next((hint for signal, hint in _HINTS.items() if signal in stops), None)
        if metric.startswith(STAGE):
            hint = f"map a status {metric.removeprefix(STAGE)!r}"
        return f"{metric} is promised, and no column of the mapping can tell that it was kept", hint
    if metric in METRICS and METRICS[metric].again == "each" and ANSWERED in METRICS[metric].stops:
        words = f"{metric} is promised, and a table tells no message after the first reply, so later waits are not seen"
        return words, None
    return None


def _stops(metric: str) -> frozenset[str] | None:
    """What shows that the metric was kept; a resolution is no reply, though it ends the wait for one."""
    if metric.startswith(STAGE):
        return reach_stage(metric.removeprefix(STAGE)).stops
    return METRICS[metric].stops - {SETTLED} if metric in METRICS else None


def _brought(mapping: TableMapping | HistoryMapping | TableExportMapping) -> Iterator[str]:
    """The signals that a row of the export may bring."""
    if isinstance(mapping, TableMapping):
        yield from _brought_by_columns(mapping)
        return
    if isinstance(mapping, HistoryMapping):
        yield from (RESOLVED, CLOSED, *([OWNED] if mapping.owner else []))
        yield from (status_signal(status) for status in (*mapping.statuses, *_ENDS, "open"))
        return
    yield from (RESOLVED, CLOSED, OWNED, milestone_signal("acknowledged"))
    yield from (status_signal(meaning.name or name) for name, meaning in mapping.all_statuses().items())
    if not isinstance(mapping, ServiceNowMapping):
        yield ANSWERED


def _brought_by_columns(mapping: TableMapping) -> Iterator[str]:
    columns = mapping.columns
    told = {
        ANSWERED: columns.first_replied_at,
        milestone_signal("acknowledged"): columns.acknowledged_at,
        RESOLVED: columns.resolved_at or columns.closed_at,
        CLOSED: columns.closed_at,
        OWNED: "owner" in mapping.facts or "owner" in mapping.constants,
    }
    yield from (signal for signal, column in told.items() if column)
    yield from (status_signal(status) for pause in mapping.pauses for status in (pause.status, pause.back_to))
    if columns.status and columns.updated_at:
        yield from (RESOLVED, CLOSED)
        yield from (status_signal(status) for status in (*mapping.statuses, *_ENDS, "open"))
