"""Reports of a period as JSON keep to the schema that the manual gives, which refuses anything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from servicekit.kpi import Measurement
from servicekit.quantity import Ratio
from servicekit.reports import STANDARD_TEMPLATES, render
from servicekit.reports.blocks.block import Aside, Block, GroupedTable, Heading, Items, KeyFigure, Paragraph
from servicekit.reports.blocks.block_records import block_records
from servicekit.reports.formats import report_blocks
from tests.reports.periods.conftest import Told, told
from tests.reports.test_html import REPORTS

__all__ = ["told"]

Judge = Callable[[object], list[str]]


@pytest.fixture(scope="module")
def faults(root: Path) -> Judge:
    schema = json.loads((root / "docs/reference/report-data.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    return lambda record: [error.message for error in validator.iter_errors(record)]


@pytest.mark.parametrize("template", STANDARD_TEMPLATES)
@pytest.mark.parametrize("period", ["2026-03", "2026-01", "2031-01"])
def test_every_report_of_a_period_keeps_to_the_schema(told: Told, faults: Judge, template: str, period: str) -> None:
    record = json.loads(render(told(template, period), "json"))
    assert faults(record) == []
    assert {block["kind"] for block in record["blocks"]} >= {"heading", "paragraph"}


@given(REPORTS)
def test_blocks_of_any_names_and_counts_keep_to_the_schema(faults: Judge, report: Any) -> None:
    assert faults(block_records(report_blocks(report))) == []


NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False))


@given(st.fractions() | st.just(Fraction(10**400, 3)), NUMBERS, st.sampled_from([None, "met", "missed_not_proven"]))
def test_figures_keep_to_the_schema(faults: Judge, value: Fraction, limit: float | None, status: Any) -> None:
    measured = Measurement("m", "share", 3, value, Fraction(7, 2), 4, low=limit)
    blocks: list[Block] = [KeyFigure("a", measured, 3, None, Ratio(0, 0), status), Aside(measured), Paragraph("")]
    record = block_records(blocks)
    assert faults(record) == []
    json.dumps(record, allow_nan=False)


def test_what_is_not_of_the_format_is_refused(faults: Judge) -> None:
    record = block_records([Heading("T", 1), Items((("a", 1),)), GroupedTable(("x",), (((1.5,),),))])  # type: ignore[arg-type]
    assert len(faults(record)) == 1
    assert faults({"servicekit": "report-data/2", "blocks": []}) != []
    assert faults({"servicekit": "report-data/1", "blocks": [{"kind": "heading", "text": "no level"}]}) != []
