"""The examples are what their scripts write, and what their pages say."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from servicekit.cli import main

DESK = ["examples/service_desk/policy.yaml", "examples/service_desk/tickets.csv"]


@pytest.fixture(autouse=True)
def at_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)


def test_the_tickets_are_what_their_script_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["generate.py", str(tmp_path / "again.csv")])
    runpy.run_path("examples/service_desk/generate.py", run_name="__main__")
    assert (tmp_path / "again.csv").read_bytes() == Path("examples/service_desk/tickets.csv").read_bytes()


@pytest.mark.parametrize(
    "policy",
    [DESK[0], "examples/service_desk/policy_proposed.yaml", "examples/boston311/policy_2011.yaml"],
)
def test_the_policies_have_no_problem(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", policy]) == 0
    assert capsys.readouterr().out == f"{policy}: 0 errors, 0 warnings\n"


def test_the_service_desk_reports_on_2000_tickets_and_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", *DESK, "--columns", "examples/service_desk/columns.yaml", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    apart = sum(group["records"] for group in (*report["left_out"], *report["unjudged"]))
    assert report["cases"] >= 2_000
    assert report["records"] == report["cases"] + report["unreadable"] + apart
    assert {line["metric"] for line in report["lines"]} == {"first_response", "acknowledgement", "resolution"}
    assert {group["code"] for group in report["problems"]} == {
        "table.bad-instant", "table.bad-value", "table.duplicate-case", "table.ends-before-open",
        "events.after-cancel",
    }  # fmt: skip


def test_the_hotline_works_the_make_up_weekend_of_the_spring_festival(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hours", DESK[0], "hotline", "--from", "2026-02-13", "--days", "12"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    worked = [line[8:10] for line in lines if "09:00-18:30" in line]
    assert worked == ["13", "14", "24"]
