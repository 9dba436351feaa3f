"""Decision tables of a DMN test kit, for the hit policies of today: ``pytest tests/conformance --vectors FILE``.

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

HIT_POLICIES: dict[str, HitPolicy] = {"UNIQUE": "unique", "FIRST": "first"}
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


def rows_of(table: dict[str, Any]) -> list[TableRow[str]]:
    inputs, names = table["inputs"], [output["name"] or table["decision"] for output in table["outputs"]]
    return [
        TableRow(
            All(all=tuple(condition_of(i["expr"], c, i["type"]) for i, c in zip(inputs, rule["when"], strict=True))),
            dict(zip(names, (value.strip('"') for value in rule["then"]), strict=True)),
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
        if table["hit_policy"] in HIT_POLICIES
    ]
    metafunc.parametrize(("table", "cases"), found)


def test_a_table_decides_as_the_kit_says(table: dict[str, Any], cases: list[dict[str, Any]]) -> None:
    fields = {each["expr"]: TYPES[each["type"]] for each in table["inputs"]}
    rows, hit = rows_of(table), HIT_POLICIES[table["hit_policy"]]
    compiled = DecisionTable(rows, hit=hit, fields=fields)
    for case in cases:
        expected = case["expected"] if isinstance(case["expected"], dict) else {table["decision"]: case["expected"]}
        decided = compiled.decide({name: fact_of(given) for name, given in case["given"].items()})
        assert decided == {name: (value,) for name, value in expected.items()}, case["id"]
    if hit == "unique":
        assert list(TableAnalysis(rows).overlaps()) == []
