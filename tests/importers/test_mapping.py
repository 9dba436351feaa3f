"""The column mapping is a document: faults have codes and places, and it round-trips."""

from __future__ import annotations

import pytest

from servicekit.errors import PolicyError
from servicekit.importers import TableMapping

HEAD = "columns: {case_id: id, opened_at: opened}\n"


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        TableMapping.parse(HEAD + text)
    return [(problem.code, problem.path) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("timezone: Asia/Shanghia", "zone.unknown", "timezone"),
        ("dates: DD/MM/YYYY", "columns.date-format", "dates"),
        ("dates: ['%d/%m/%Y', '%Q']", "columns.date-format", "dates[1]"),
        ("skip: [{column: a, because: b}]", "columns.row-rule", "skip[0]"),
        ("skip: [{column: a, equals: x, missing: true, because: b}]", "columns.row-rule", "skip[0]"),
        ("unjudged: [{column: a, pattern: '(', because: b}]", "columns.pattern", "unjudged[0]"),
        ("facts: {n: {column: n, dates: iso}}", "columns.dates-without-instant", "facts.n.dates"),
        ("facts: {n: {column: n, unlisted: problem}}", "columns.unlisted-without-values", "facts.n.unlisted"),
        ("facts: {n: a}\nconstants: {n: b}", "columns.fact-twice", "constants.n"),
        ("delimiter: '\"'", "document.value", "delimiter"),
        ("delimiter: '::'", "document.value", "delimiter"),
        ("pauses: [{from: a}]", "document.missing-key", "pauses[0].until"),
        ("delimeter: ;", "document.unknown-key", "delimeter"),
    ],
)
def test_a_fault_has_its_code_and_place(text: str, code: str, path: str) -> None:
    assert faults(text) == [(code, path)]


def test_a_mapping_reads_back_as_itself() -> None:
    mapping = TableMapping.parse(
        HEAD
        + """
timezone: America/New_York
as_of: 2023-05-04T00:00:00
dates: ["%d/%m/%Y", iso]
facts: {channel: source, priority: {column: p, values: {"1": high}}}
pauses: [{from: a, until: b, status: waiting}]
skip: [{column: c, in: [x, y], because: z}]
"""
    )
    assert TableMapping.parse(mapping.to_yaml()) == mapping
    assert TableMapping.parse(mapping.to_json(), format="json") == mapping
