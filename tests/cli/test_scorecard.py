"""The scorecard on the command line: what has the column is broken down, and what is left whole or missing is told."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from servicekit.cli import main

POLICY = """
name: desk
timezone: UTC
kpi:
  metrics:
    calls: {kind: sum, table: contact}
    nps: {kind: nps}
    occupancy: {kind: occupancy}
    promises: {kind: sum, table: outcome}
"""
SOURCES = """
tables:
  contacts: {file: calls.csv, columns: contacts.yaml}
  answers: {file: survey.csv, columns: answers.yaml}
"""
FILES = {
    "policy.yaml": POLICY,
    "sources.yaml": SOURCES,
    "contacts.yaml": "servicekit: contacts/1\ncolumns: {at: came, outcome: end, queue: queue}\n",
    "calls.csv": "came,end,queue\n2026-01-05T09:00,answered,sales\n2026-02-05T09:00,answered,\n",
    "answers.yaml": "servicekit: answers/1\ncolumns: {at: day, score: nps}\ninstruments: {nps: {low: 0, high: 10}}\n",
    "survey.csv": "day,nps\n2026-01-05,9\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def scorecard(folder: Path, *more: str) -> int:
    return main(["scorecard", str(folder / "policy.yaml"), str(folder / "sources.yaml"), *more])


def test_figures_of_a_table_without_the_column_are_left_whole_and_named_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scorecard(folder, "--by", "queue") == 0
    out, err = capsys.readouterr()
    lines = [line.split()[:3] for line in out.splitlines() if line.startswith(("calls", "nps"))]
    assert lines == [
        ["calls", "all", "2"],
        ["calls", "sales", "1"],
        ["calls", "(no", "queue)"],
        ["nps", "all", "100.0"],
    ]
    assert err.count("kpi.not-broken-down") == 1
    assert "left whole, not broken down by queue: nps;" in err


def test_tables_that_sources_do_not_name_are_told_and_empty_ones_are_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "survey.csv").write_text("day,nps\n", "utf-8")
    assert scorecard(folder) == 0
    err = capsys.readouterr().err
    assert [line.split()[4] for line in err.splitlines() if "kpi.no-table" in line] == ["work:", "outcome:"]


def test_rows_without_a_value_have_a_label_for_people_and_null_for_programs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "figures.csv"
    assert scorecard(folder, "--by", "queue", "--format", "json", "--out", str(out)) == 0
    told = json.loads(capsys.readouterr().out)["results"]
    assert [row["queue"] for row in told if row["metric"] == "calls"] == [None, "sales", None]
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["queue"] for row in rows if row["metric"] == "calls"] == ["", "sales", "(no queue)"]
    assert [row["n"] for row in rows if row["metric"] == "calls"] == ["2", "1", "1"]
    assert scorecard(folder, "--by", "queue", "--period", "month", "--format", "markdown") == 0
    shown = capsys.readouterr().out
    assert "| calls | 2026-02 | (no queue) | 1 |" in shown
    assert "None" not in shown


def test_a_column_that_no_table_has_is_refused_with_the_nearest_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scorecard(folder, "--by", "quee") == 1
    assert "no column named 'quee'; did you mean 'queue'?" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "metric"), [("asa", "answer_speed"), ("AHT", "handling_time"), ("csta", "csat")])
def test_a_definition_that_is_asked_for_by_another_name_is_named(
    name: str, metric: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["metrics", name]) == 2
    assert f"did you mean {metric!r}?" in capsys.readouterr().err
