"""The report reads the export of any help desk, by what its mapping says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from servicekit.cli import main

FOLDER = Path("examples/help_desks")
EXPORTS = {"zendesk": "zendesk.jsonl", "jira": "jira.json", "servicenow": "incidents.csv", "freshdesk": "freshdesk.csv"}
Report = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def at_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    def report(export: Path, mapping: Path, *more: str) -> tuple[int, str, str]:
        code = main(["report", str(FOLDER / "policy.yaml"), str(export), "--columns", str(mapping), *more])
        return code, *capsys.readouterr()

    return report


@pytest.mark.parametrize(
    ("product", "counts"),
    [("zendesk", (3, 2, 1)), ("jira", (1, 1, 0)), ("servicenow", (1, 1, 0)), ("freshdesk", (2, 2, 0))],
)
def test_every_example_is_reported_on(report: Report, product: str, counts: tuple[int, int, int]) -> None:
    code, out, err = report(FOLDER / EXPORTS[product], FOLDER / f"{product}.yaml", "--format", "json")
    result = json.loads(out)
    assert (code, err) == (0, "")
    assert (result["records"], result["cases"], result["unreadable"]) == counts
    assert result["as_of"].startswith("2026-0")


def test_strict_stops_at_the_first_bad_record(report: Report) -> None:
    code, out, err = report(FOLDER / "zendesk.jsonl", FOLDER / "zendesk.yaml", "--strict")
    assert (code, out) == (1, "")
    assert "ticket.bad-instant at record 3.ticket.created_at (examples/help_desks/zendesk.jsonl:3:1)" in err


def test_an_unknown_format_of_a_mapping_is_named(report: Report, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("servicekit: zendesks/1\n", "utf-8")
    code, out, err = report(FOLDER / "zendesk.jsonl", tmp_path / "mapping.yaml")
    assert (code, out) == (1, "")
    assert "document.unknown-kind at servicekit" in err
    assert "zendesk/1" in err


def test_a_fault_in_a_mapping_is_told_at_its_place(report: Report, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("servicekit: jira/1\nstatus: {Done: resolved}\n", "utf-8")
    code, _, err = report(FOLDER / "jira.json", tmp_path / "mapping.yaml")
    assert code == 1
    assert "document.unknown-key at status" in err
    assert "mapping.yaml:2:1" in err


def test_a_document_that_is_cut_off_is_no_report(report: Report, tmp_path: Path) -> None:
    text = (FOLDER / "jira.json").read_text("utf-8")
    (tmp_path / "cut.json").write_text(text[: len(text) // 2], "utf-8")
    out = tmp_path / "outcomes.csv"
    code, printed, _ = report(tmp_path / "cut.json", FOLDER / "jira.yaml", "--outcomes", str(out), "--format", "json")
    assert code == 1
    assert {group["code"] for group in json.loads(printed)["problems"]} == {"table.broken-off"}
    assert not out.exists()


def test_an_export_that_is_not_there_is_one_line(report: Report, tmp_path: Path) -> None:
    for product in EXPORTS:
        code, _, err = report(tmp_path / "none", FOLDER / f"{product}.yaml")
        assert (code, err.count("\n")) == (1, 1)
        assert "table.no-such-file" in err


def test_recorded_due_moments_ask_the_facts_of_any_mapping(report: Report, tmp_path: Path) -> None:
    policy = (
        (FOLDER / "policy.yaml")
        .read_text("utf-8")
        .replace("  targets:", "  recorded_due: {resolution: due_at}\n  targets:")
    )
    (tmp_path / "policy.yaml").write_text(policy, "utf-8")
    run = ["report", str(tmp_path / "policy.yaml"), str(FOLDER / "freshdesk.csv"), "--columns"]
    assert main([*run, str(FOLDER / "freshdesk.yaml"), "--due", "recorded"]) == 1
    mapping = (FOLDER / "freshdesk.yaml").read_text("utf-8") + "  due_at: {column: Closed time, type: instant}\n"
    (tmp_path / "mapping.yaml").write_text(mapping, "utf-8")
    assert main([*run, str(tmp_path / "mapping.yaml"), "--due", "recorded"]) == 0
