"""What the how-to on monthly reports has others copy: the script runs, and the example of CI is what CI can read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "send-a-report-each-month.md").read_text("utf-8")


def block(language: str) -> str:
    [text] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a job would run: the documents, the export, and the script of the page."""
    for name in ("policy.yaml", "columns.yaml", "tickets.csv"):
        shutil.copy(ROOT / "examples" / "service_desk" / name, tmp_path)
    (tmp_path / "monthly-report.sh").write_text(block("sh"), "utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "monthly-report.sh", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_script_writes_the_same_report_twice_in_whatever_place(folder: Path) -> None:
    assert run(folder, "2026-02").returncode == 0
    report = folder / "reports" / "2026-02.html"
    first = report.read_bytes()
    assert b"2026-02-28" in first
    assert run(folder, "2026-02", LC_ALL="C", PYTHONHASHSEED="7").returncode == 0
    assert report.read_bytes() == first


def test_the_script_takes_the_month_before_this_one(folder: Path) -> None:
    (folder / "bin").mkdir()
    date = folder / "bin" / "date"  # the last of March, when "last month" by 31 days back is March
    real = shutil.which("date")
    date.write_text(
        f'#!/bin/sh\ncase "$1" in -d) exec {real} "$@" ;; *) exec {real} -d 2026-03-31 "$@" ;; esac\n', "utf-8"
    )
    date.chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    assert run(folder, PATH=path).returncode == 0
    assert [file.name for file in (folder / "reports").iterdir()] == ["2026-02.html"]


@pytest.mark.parametrize(("month", "code"), [("2026-13", 2), ("2026-02", 1)])
def test_a_job_that_fails_says_so_and_leaves_no_report(folder: Path, month: str, code: int) -> None:
    if code == 1:
        (folder / "policy.yaml").write_text("name: [", "utf-8")
    failed = run(folder, month)
    assert failed.returncode == code
    assert failed.stderr.startswith("servicekit: ") or "policy.yaml" in failed.stderr
    assert list((folder / "reports").iterdir()) == []


def test_the_example_of_ci_runs_the_script() -> None:
    steps = yaml.safe_load(block("yaml"))["jobs"]["report"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert any(command.startswith("sh monthly-report.sh") for command in runs)
    for command in runs:
        assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0
