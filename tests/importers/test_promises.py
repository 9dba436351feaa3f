"""Fault I3: what a policy promises and no column can ever bring is told before the first row."""

from __future__ import annotations

import pytest

from servicekit.importers import (
    ExportMapping,
    FreshdeskMapping,
    JiraMapping,
    ServiceNowMapping,
    TableMapping,
    ZendeskMapping,
    promises_without_source,
)
from servicekit.policy import ServicePolicy

HEAD = "case_id: id, opened_at: opened"


def untold(promise: str, mapping: ExportMapping) -> list[str]:
    policy = ServicePolicy.parse(f"{{name: p, sla: {{targets: [{{{promise}}}, {{when: {{tier: vip}}, {promise}}}]}}}}")
    problems = promises_without_source(policy, mapping)
    assert {problem.code for problem in problems} <= {"columns.promise-without-source"}
    assert {problem.severity for problem in problems} <= {"warning"}
    return [problem.path for problem in problems]


def table(columns: str, rest: str = "") -> TableMapping:
    return TableMapping.parse(f"columns: {{{HEAD}{columns}}}\n{rest}")


@pytest.mark.parametrize(
    ("promise", "metric", "columns", "rest"),
    [
        ("resolution: 8h", "resolution", ", resolved_at: done", ""),
        ("resolution: 8h", "resolution", ", closed_at: done", ""),
        ("resolution: 8h", "resolution", ", status: s, updated_at: u", "statuses: {closed: [x]}"),
        ("total_resolution: 8h", "total_resolution", ", resolved_at: done", ""),
        ("first_response: 1h", "first_response", ", first_replied_at: r", ""),
        ("acknowledgement: 1h", "acknowledgement", ", acknowledged_at: a", ""),
        ("acknowledgement: 1h", "acknowledgement", ", first_replied_at: r", ""),
        ("ownership: 1h", "ownership", "", "facts: {owner: who}"),
        ("stages: {closed: 1h}", "stages.closed", ", closed_at: c", ""),
        ("stages: {waiting: 1h}", "stages.waiting", "", "pauses: [{from: a, until: b, status: waiting}]"),
        ("stages: {diagnosed: 1h}", "stages.diagnosed", ", status: s, updated_at: u", "statuses: {diagnosed: [x]}"),
    ],
)
def test_a_promise_is_told_until_a_column_brings_it(promise: str, metric: str, columns: str, rest: str) -> None:
    """Fault I3: the metric is told once, at the first row that promises it."""
    assert untold(promise, table("")) == [f"sla.targets[0].{metric}"]
    assert untold(promise, table(columns, rest)) == []


def test_a_resolution_is_no_reply() -> None:
    """Fault I3: a first response that only the resolution could end is told."""
    assert untold("first_response: 1h", table(", resolved_at: done")) == ["sla.targets[0].first_response"]


@pytest.mark.parametrize("metric", ["next_response", "periodic_update", "pausable_update"])
def test_a_table_brings_no_later_message(metric: str) -> None:
    """Fault I3: one row a case has a first reply at most."""
    columns = ", first_replied_at: r, resolved_at: done"
    assert untold(f"{metric}: 1h", table(columns)) == [f"sla.targets[0].{metric}"]


def test_a_status_without_a_last_update_ends_nothing() -> None:
    mapping = table(", status: s", "statuses: {closed: [x]}")
    assert untold("resolution: 8h", mapping) == ["sla.targets[0].resolution"]


def test_a_help_desk_brings_what_its_export_has() -> None:
    promise = "first_response: 1h, resolution: 8h"
    assert [untold(promise, mapping()) for mapping in (ZendeskMapping, JiraMapping, FreshdeskMapping)] == [[], [], []]
    assert untold(promise, ServiceNowMapping()) == ["sla.targets[0].first_response"]


def test_a_policy_that_promises_nothing_misses_nothing() -> None:
    assert promises_without_source(ServicePolicy(name="p"), table("")) == ()
