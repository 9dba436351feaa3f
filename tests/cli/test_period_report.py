"""``servicekit report --template``: every output, and bad input that ends in one clear line and no half file."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from servicekit.reports import FORMATS, STANDARD_TEMPLATES
from tests.cli.test_cli import POLICY, REPORT, Run, folder, run

__all__ = ["folder", "run"]

MONTHLY = (*REPORT, "--template", "monthly_service_report", "--period", "2026-01")
NAMED = "timezone: Asia/Shanghai\ncolumns: {case_id: id, opened_at: opened, resolved_at: done, customer_id: who}\n"


def named(folder: Path) -> None:
    """An export that names customers."""
    rows = ["id,opened,done,who", "A,2026-01-05 09:00,2026-01-05 10:00,Ann", "B,2025-12-05 09:00,2025-12-05 18:00,Bob"]
    (folder / "tickets.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "columns.yaml").write_text(NAMED, "utf-8")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("template", STANDARD_TEMPLATES)
def test_every_template_comes_in_every_format(run: Run, template: str, format: str) -> None:
    period = "2026-Q1" if template == "quarterly_review" else "2026-01"
    code, out, err = run(*REPORT, "--template", template, "--period", period, "--format", format, "--language", "both")
    assert (code, err, out[-1]) == (0, "", "\n")
    assert "Hotline" in out


@pytest.mark.parametrize(
    ("name", "begins"),
    [("r.html", "<!DOCTYPE html>"), ("r.MD", "# Monthly"), ("r.json", "{"), ("r", "Monthly"), ("r.csv", '"Monthly')],
)
def test_the_name_of_the_file_tells_the_format(run: Run, folder: Path, name: str, begins: str) -> None:
    assert run(*MONTHLY, "--out", name)[0] == 0
    assert (folder / name).read_text("utf-8").startswith(begins)
    assert run(*MONTHLY, "--out", name, "--format", "text")[0] == 0
    assert (folder / name).read_text("utf-8").startswith("Monthly service report, 2026-01\n===")


def test_tables_go_into_a_folder_one_file_each(run: Run, folder: Path) -> None:
    (folder / "tables").mkdir()
    assert run(*MONTHLY, "--format", "csv", "--out", "tables")[0] == 0
    names = sorted(path.name for path in (folder / "tables").iterdir())
    assert names[:3] == [
        "00-monthly-service-report-2026-01.csv",
        "01-at-a-glance.csv",
        "02-promises-by-channel-promises-by-verdict.csv",
    ]
    with (folder / "tables" / names[2]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    totals = [row for row in rows if row["channel"] == "all"]
    assert [row["cases"] for row in totals] == ["3", "3"]


def test_a_folder_gets_all_tables_or_none(run: Run, folder: Path) -> None:
    (folder / "tables").mkdir()
    (folder / "tables" / "02-promises-by-channel-promises-by-verdict.csv").mkdir()
    code, out, err = run(*MONTHLY, "--format", "csv", "--out", "tables")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "is a directory" in err
    assert [path.name for path in (folder / "tables").iterdir()] == ["02-promises-by-channel-promises-by-verdict.csv"]


@pytest.mark.parametrize(
    "more",
    [
        ("--period", "March"), ("--period", "2026-13"), ("--template", "monthly_report"), ("--with", "owner"),
        ("--with", "owner", "--purpose", " "), ("--purpose", "coaching"), ("--customer", "Ann"),
        ("--format", "pdf"), ("--outcomes", "o.csv"), ("--compare", "previous", "--period", "0001-01"),
        ("--customer", "Ann", "--sources", "columns.yaml"), ("--with", "subject", "--purpose", "x"),
    ],
)  # fmt: skip
def test_wrong_usage_exits_2(run: Run, more: tuple[str, ...]) -> None:
    code, out, err = run(*MONTHLY, *more)
    assert (code, out, "Traceback" in err) == (2, "", False)
    assert err.splitlines()[-1].startswith("servicekit")


def test_a_customer_without_a_case_is_refused_and_one_of_another_period_is_not(run: Run, folder: Path) -> None:
    named(folder)
    code, out, err = run(*MONTHLY, "--customer", "ann")
    assert (code, out) == (2, "")
    assert "no case is of a customer 'ann'" in err
    code, out, _ = run(*MONTHLY, "--customer", "Bob")
    assert (code, "There is nothing to report for 2026-01." in out) == (0, True)
    code, out, _ = run(*MONTHLY, "--customer", "Ann", "--against", "policy.yaml")
    assert (code, "Ann" in out, "1 case" in out or "Cases opened     1" in out) == (0, False, True)


TEMPLATE = """\
name: ""
title: {}
sectoins: []
sections: [{kind: headlin}, {kind: breaches, most: 99}]
"""


def test_a_wrong_template_is_told_line_by_line(run: Run, folder: Path) -> None:
    (folder / "mine.yaml").write_text(TEMPLATE, "utf-8")
    code, out, err = run(*MONTHLY, "--template", "mine.yaml")
    assert (code, out) == (1, "")
    places = ["name (mine.yaml:1:", "title (mine.yaml:2:", "sectoins (mine.yaml:3:", "sections[0].kind (mine.yaml:4:"]
    assert all(place in err for place in [*places, "sections[1].most (mine.yaml:4:"])
    assert err.count("\n") == 5


def test_a_key_figure_that_nobody_knows_is_refused(run: Run, folder: Path) -> None:
    (folder / "mine.yaml").write_text(
        "name: m\ntitle: {en: M}\nsections: [{kind: headline, metrics: [csta]}]\n", "utf-8"
    )
    code, out, err = run(*MONTHLY, "--template", "mine.yaml")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "template.unknown-metric at sections[0].metrics[0]" in err
    assert "did you mean 'csat'?" in err


def test_a_period_of_the_future_has_nothing_to_report(run: Run) -> None:
    code, out, _ = run(*MONTHLY, "--period", "2031-05")
    assert code == 0
    assert "! The period has not begun in the data: they reach until 2026-01-05 12:00 Asia/Shanghai." in out
    assert "! There is nothing to report for 2031-05.\n" in out
    assert "At a glance" not in out


def test_an_export_without_rows_has_nothing_to_report(run: Run, folder: Path) -> None:
    (folder / "tickets.csv").write_text("id,opened,done,channel\n", "utf-8")
    for format in FORMATS:
        code, out, _ = run(*MONTHLY, "--format", format)
        assert (code, "nothing" in out) == (0, True)


def test_one_case_is_a_report(run: Run, folder: Path) -> None:
    (folder / "tickets.csv").write_text("id,opened,done,channel\nA,2026-01-05 09:00,2026-01-05 10:00,phone\n", "utf-8")
    for format in FORMATS:
        assert run(*MONTHLY, "--format", format, "--language", "both")[0] == 0


def test_many_channels_and_long_names_are_a_report_and_a_mail_stays_short(run: Run, folder: Path) -> None:
    names = {f"c{n}": f"{n}" + "<&'=词" * 100 for n in range(200)}
    rows = "".join(f"{channel},2026-01-05 09:00,,{channel}\n" for channel in names)
    (folder / "tickets.csv").write_text(f"id,opened,done,channel\n{rows}", "utf-8")
    channels = json.dumps({**names, "chat": "在线"}, ensure_ascii=False)
    (folder / "policy.yaml").write_text(POLICY.replace("{phone: 电话, chat: 在线}", channels), "utf-8")
    for format in FORMATS:
        code, out, err = run(*MONTHLY, "--format", format, "--language", "both")
        assert (code, err) == (0, "")
        assert format != "email" or len(out.encode()) < 102_000


@pytest.mark.parametrize("format", ["text", "json", "html", "csv", "email"])
def test_no_half_file_is_left_when_a_report_cannot_be_written(run: Run, folder: Path, format: str) -> None:
    before = sorted(folder.iterdir())
    wanted = {"no/r": "'no': no such file", "policy.yaml/r": "'policy.yaml': not a directory"}
    wanted |= {"/dev/full": "'/dev/full': no space left"} if os.path.exists("/dev/full") else {}
    wanted |= {} if format == "csv" else {".": "'.': is a directory"}
    for out, told in wanted.items():
        code, printed, err = run(*MONTHLY, "--format", format, "--out", out)
        assert (code, printed, err.count("\n"), told in err) == (1, "", 1, True), err
    assert sorted(folder.iterdir()) == before


def test_a_full_disk_and_a_closed_pipe_end_in_one_line(folder: Path) -> None:
    program = [sys.executable, "-m", "servicekit", *MONTHLY, "--format", "html"]
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w", encoding="utf-8") as full:
            ran = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, check=False)
        assert (ran.returncode, ran.stderr.count(b"\n"), b"Traceback" in ran.stderr) == (1, 1, False)
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(program, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (ran.returncode, ran.stderr) == (1, b"servicekit: the output was closed before the end\n")


def test_a_pdf_is_told_what_to_install_where_there_is_no_chromium(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    code, out, err = run(*MONTHLY, "--format", "pdf", "--out", "r.pdf")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "a PDF is printed by Chromium, which is not installed" in err
    (folder / "chromium").write_text("#!/bin/sh\necho no display >&2\nexit 3\n", "utf-8")
    (folder / "chromium").chmod(0o755)
    code, out, err = run(*MONTHLY, "--format", "pdf", "--out", "r.pdf")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "did not print the page: no display" in err
    assert not (folder / "r.pdf").exists()
