"""The column mapping is a document: faults have codes and places, and it round-trips."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from servicekit.errors import PolicyError
from servicekit.importers import TableMapping, read_cases
from servicekit.importers.table.pattern import finder

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
        ("dates: '%d %d'", "columns.date-format", "dates"),
        (f"dates: '%d{'.' * 1000}'", "columns.date-format", "dates"),
        ("as_of: 0001-01-01", "columns.as-of", "as_of"),
        ("as_of: 9999-12-31T23:00", "columns.as-of", "as_of"),
        ("as_of: 20260213", "columns.as-of", "as_of"),
        ("unjudged: [{column: a, pattern: 'x{4294967295}', because: b}]", "columns.pattern", "unjudged[0]"),
        (f"skip: [{{column: a, pattern: '{'(' * 5000}{')' * 5000}', because: b}}]", "columns.pattern", "skip[0]"),
        (f"skip: [{', '.join(['{column: a, pattern: b, because: c}'] * 11)}]", "columns.pattern", "skip"),
        (f"dates: [{', '.join(['iso'] * 21)}]", "document.value", "dates"),
        (r"skip: [{column: a, pattern: '(a)\1', because: b}]", "columns.pattern", "skip[0]"),
        ("skip: [{column: a, pattern: '(?=a)b', because: b}]", "columns.pattern", "skip[0]"),
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
    """Those of faults D1 and D2 are among them: no value of a mapping makes the reader raise."""
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


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(?:a|a)*b", r"(\w+\s?)*!", "(.*.*.*)*=", "a{1,50}{1,50}b"])
def test_a_pattern_takes_no_longer_for_a_text_that_it_almost_fits(pattern: str) -> None:
    """Fault D2: on an engine that tries one way after another these take longer than anybody waits."""
    mapping = TableMapping.parse(f"{HEAD}skip: [{{column: note, pattern: '{pattern}', because: b}}]")
    table = f"id,opened,note\n1,2026-01-05 09:00,{'a' * 20_000}?\n".encode()
    start = time.process_time()
    assert [record.left_out for record in read_cases(BytesIO(table), mapping)] == [None]
    assert time.process_time() - start < 5  # no benchmark: it took minutes


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("^test", {"test 1": True, "a test": False}),
        ("(?i)vip|gold", {"a VIP": True, "Golden": True, "standard": False}),
        (r"^INC\d+\z", {"INC17": True, "INC17b": False, "INC": False}),
        ("客服", {"在线客服": True, "客户": False}),
    ],
)
def test_a_pattern_is_found_anywhere_in_the_text(pattern: str, texts: dict[str, bool]) -> None:
    assert {text: finder(pattern)(text) for text in texts} == texts
