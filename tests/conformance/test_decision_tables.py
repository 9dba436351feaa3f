"""Decision tables of a DMN test kit: ``pytest tests/conformance --vectors FILE``.

No file is bundled: the licence of the kit (CC BY-SA) keeps its tables out of this repository. One beside the clone, at
``../shared/vectors/dmn_tables.json``, is read unasked.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from servicekit.rules import All, Compare, Condition, DecisionTable, DeclaredField, HitPolicy, Member, TableRow, Value
from servicekit.rules.table_analysis import TableAnalysis
from tests.conformance.cases import is_table_file

HIT_POLICIES: dict[str, HitPolicy] = {
    "UNIQUE": "unique",
    "ANY": "any",
    "FIRST": "first",
    "PRIORITY": "priority",
    "RULE ORDER": "rule_order",
    "OUTPUT ORDER": "output_order",
    "COLLECT": "collect",
    "COLLECT SUM": "collect_sum",
    "COLLECT MIN": "collect_min",
    "COLLECT COUNT": "collect_count",
}
TYPES = {"number": DeclaredField("decimal"), "string": DeclaredField("text"), "boolean": DeclaredField("boolean")}
BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "dmn_tables.json"
OPERATORS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt"}


def condition_of(name: str, cell: str, kind: str) -> Condition:
    """One input entry: ``-`` for anything, a comparison, or values between commas."""
    if cell == "-":
        return All(all=())
    if sign := next((sign for sign in OPERATORS if cell.startswith(sign)), None):
        return Compare.model_validate({"field": name, "op": OPERATORS[sign], "value": Decimal(cell.removeprefix(sign))})
    values = [value_of(each, kind) for each in cell.split(",")]
    return Member.model_validate({"field": name, "one_of": values})


def value_of(text: str, kind: str) -> Value:
    if kind == "boolean":
        return {"true": True, "false": False}[text]
    return Decimal(text) if kind == "number" else text.strip().strip('"')


def names_of(table: dict[str, Any]) -> list[str]:
    return [output["name"] or table["decision"] for output in table["outputs"]]


def ranks_of(table: dict[str, Any]) -> dict[str, list[Any]] | None:
    listed = (output["values_in_priority_order"] for output in table["outputs"])
    known = {
        name: [output_of(text) for text in values.split(",")]
        for name, values in zip(names_of(table), listed, strict=True)
        if values
    }
    return known if table["hit_policy"] in ("PRIORITY", "OUTPUT ORDER") else None


def output_of(text: str) -> Any:
    text = text.strip()
    return text.strip('"') if text.startswith('"') else Decimal(text)


def expected_of(table: dict[str, Any], expected: Any) -> dict[str, tuple[Any, ...]]:
    """One value, one a row, or a record a row, as values by output."""
    rows = expected if isinstance(expected, list) else [expected]
    records = [
        row if isinstance(row, dict) and "number" not in row else {table["decision"]: fact_of(row)} for row in rows
    ]
    return {name: tuple(record[name] for record in records) for name in names_of(table)}


def rows_of(table: dict[str, Any]) -> list[TableRow[str]]:
    inputs, names = table["inputs"], names_of(table)
    return [
        TableRow(
            All(all=tuple(condition_of(i["expr"], c, i["type"]) for i, c in zip(inputs, rule["when"], strict=True))),
            dict(zip(names, map(output_of, rule["then"]), strict=True)),
        )
        for rule in table["rules"]
    ]


def fact_of(given: Any) -> Value:
    return Decimal(given["number"]) if isinstance(given, dict) else given


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    given: list[Path] = metafunc.config.getoption("--vectors", default=None) or []
    files = dict.fromkeys(path.resolve() for path in (*given, BESIDE) if path.exists())
    found = [
        (table, entry["cases"])
        for path in files
        if is_table_file(path)
        for entry in json.loads(path.read_text("utf-8"))["tables"]
        for table in entry["tables"]
    ]
    metafunc.parametrize(("table", "cases"), found)


def test_a_table_decides_as_the_kit_says(table: dict[str, Any], cases: list[dict[str, Any]]) -> None:
    fields = {each["expr"]: TYPES[each["type"]] for each in table["inputs"]}
    rows, hit = rows_of(table), HIT_POLICIES[" ".join(filter(None, (table["hit_policy"], table["aggregation"])))]
    compiled = DecisionTable(rows, hit=hit, ranks=ranks_of(table), fields=fields)
    for case in cases:
        decided = compiled.decide({name: fact_of(given) for name, given in case["given"].items()})
        assert decided == expected_of(table, case["expected"]), case["id"]
    if hit == "unique":
        assert list(TableAnalysis(rows).overlaps()) == []
