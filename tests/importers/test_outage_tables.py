"""Tables of outages and announced maintenance: what a row is, and what is wrong with one."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from servicekit.availability import Maintenance, Outage
from servicekit.errors import PolicyError
from servicekit.events import Imported
from servicekit.importers import OutageMapping, read_outages, read_sources

MAPPING = """
timezone: Asia/Shanghai
as_of: 2026-04-01T00:00
columns: {service: system, start: down, end: up, kind: what, reason: why}
kinds: {maintenance: [planned, 维护]}
"""
HEAD = "system,down,up,what,why\n"


def read(table: str, mapping: str = MAPPING) -> list[Imported[Outage | Maintenance]]:
    return list(read_outages(BytesIO(table.encode()), OutageMapping.parse(mapping)))


def odd(table: str, mapping: str = MAPPING) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for row in read(table, mapping) for problem in row.problems]


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_a_row_is_an_outage_or_maintenance_in_the_zone_of_the_table() -> None:
    rows = [
        "shop,2026-03-02 09:00,2026-03-02 10:00,outage,disk full",
        "shop,2026-03-03 09:00,,,",
        "pay,2026-03-07 08:00,2026-03-07 12:00,PLANNED,",
        "pay,2026-03-08 08:00,2026-03-08 12:00,维护,=1+1",
    ]
    assert [row.value for row in read(HEAD + "\n".join(rows))] == [
        Outage(at(2, 1), at(2, 2), "disk full", "shop"),
        Outage(at(3, 1), None, "", "shop"),
        Maintenance(at(7, 0), at(7, 4), "", "pay"),
        Maintenance(at(8, 0), at(8, 4), "=1+1", "pay"),
    ]


def test_every_fault_of_a_row_is_told_and_costs_no_other_row() -> None:
    table = HEAD + ",soon,2026-03-02 10:00,perhaps,\nshop,2026-03-02 09:00,2026-03-02 10:00,outage,\n"
    assert odd(table) == [
        ("table.bad-value", "row 2.system"),
        ("table.bad-value", "row 2.what"),
        ("table.bad-instant", "row 2.down"),
    ]
    assert [row.value is None for row in read(table)] == [True, False]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("shop,2026-03-02 09:00,2026-03-02 08:00,outage,", ("table.ends-before-start", "row 2.up")),
        ("shop,2026-03-02 09:00,,planned,", ("table.bad-value", "row 2.up")),
        ("shop,,2026-03-02 09:00,,", ("table.bad-instant", "row 2.down")),
        ("shop,2026-03-30 09:00,2026-04-01 00:01,outage,", ("table.after-as-of", "row 2")),
        ("shop,2026-04-02 09:00,,outage,", ("table.after-as-of", "row 2")),
    ],
)
def test_what_cannot_be_an_outage_is_told(row: str, fault: tuple[str, str]) -> None:
    assert odd(HEAD + row + "\n") == [fault]
    assert read(HEAD + row + "\n")[0].value is None


def test_maintenance_may_be_announced_for_after_the_export() -> None:
    assert odd(HEAD + "shop,2026-05-02 09:00,2026-05-02 10:00,planned,\n") == []


def test_a_row_that_says_in_all_what_one_before_says_is_told_twice() -> None:
    row = "shop,2026-03-02 09:00,2026-03-02 10:00,outage,disk full\n"
    assert odd(HEAD + row + row) == [("table.duplicate-record", "row 3")]
    assert odd(HEAD + row + row.replace("disk full", "network")) == []


def test_one_service_needs_no_column() -> None:
    mapping = "{service: shop, columns: {start: down}}"
    assert [row.value for row in read("down\n2026-03-02T09:00\n", mapping)] == [Outage(at(2, 9), service="shop")]


def test_an_empty_table_has_no_record() -> None:
    assert read(HEAD) == []


@pytest.mark.parametrize(
    ("mapping", "code", "path"),
    [
        ("{columns: {start: a}}", "columns.outage", "service"),
        ("{service: x, columns: {start: a, service: b}}", "columns.outage", "service"),
        ("{service: x, columns: {start: a}, kinds: {planned: [p]}}", "columns.outage", "kinds.planned"),
        (
            "{service: x, columns: {start: a}, kinds: {outage: [p], maintenance: [P]}}",
            "columns.outage",
            "kinds.maintenance[0]",
        ),
        ("{service: x, columns: {end: a}}", "document.missing-key", "columns.start"),
    ],
)
def test_a_wrong_mapping_is_told(mapping: str, code: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        OutageMapping.parse(mapping)
    assert (code, path) in [(problem.code, problem.path) for problem in caught.value.problems]


def test_facts_are_not_kept_and_the_mapping_says_so() -> None:
    problems = OutageMapping.parse("{service: x, columns: {start: a}, facts: {team: t}}").problems()
    assert [(each.severity, each.path) for each in problems] == [("warning", "facts")]


def test_a_document_of_sources_names_the_table(tmp_path: Path) -> None:
    (tmp_path / "down.csv").write_text("down\n2026-03-02T09:00\n", "utf-8")
    (tmp_path / "down.yaml").write_text("{servicekit: outages/1, service: shop, columns: {start: down}}", "utf-8")
    sources = tmp_path / "sources.yaml"
    sources.write_text("tables: {outages: {file: down.csv, columns: down.yaml}}", "utf-8")
    found = read_sources(sources)
    assert [name for name, _ in found.files] == ["outages"]
    assert found.files[0][1][0] == tmp_path / "down.csv"
    assert found.outages is not None
    assert [row.value for row in found.outages.open()] == [Outage(at(2, 9), service="shop")]
