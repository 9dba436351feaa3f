"""A report as PDF, printed by a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from servicekit.cli import main
from servicekit.cli.reports.pdf import printed_page
from servicekit.reports import render
from tests.reports.hostile_names import MARKUP
from tests.reports.test_html import report_of
from tests.reports.test_reports import REPORT

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("browser")]


@pytest.mark.usefixtures("chromium")
def test_the_example_desk_is_printed_in_both_languages(root: Path, tmp_path: Path) -> None:
    desk = root / "examples" / "service_desk"
    files = [desk / "policy.yaml", desk / "tickets.csv", "--columns", desk / "columns.yaml"]
    report = [
        "report",
        *map(str, files),
        "--template",
        "monthly_service_report",
        "--period",
        "2026-03",
        "--format",
        "pdf",
    ]
    for language in ("en", "both"):
        assert main([*report, "--language", language, "--out", str(tmp_path / f"{language}.pdf")]) == 0
    alone, both = ((tmp_path / f"{language}.pdf").read_bytes() for language in ("en", "both"))
    assert alone.startswith(b"%PDF-")
    assert both.count(b"/Type /Page\n") >= 1.8 * alone.count(b"/Type /Page\n") > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["both.pdf", "en.pdf"]


@pytest.mark.usefixtures("chromium")
def test_hostile_names_are_printed_and_nothing_of_them_runs() -> None:
    for report in (REPORT, report_of(MARKUP)):
        assert printed_page(render(report, "html", language="both")).startswith(b"%PDF-")
