"""Reports of a period: what they tell of the example desk, in every format and in both languages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from servicekit.cli import main
from servicekit.desk import DeskReport
from servicekit.desk.service_period import ServicePeriod
from servicekit.errors import PolicyError
from servicekit.reports import (
    STANDARD_TEMPLATES,
    Disclosure,
    PeriodReport,
    ReportTemplate,
    render,
    report_template,
)
from servicekit.reports.blocks.block import GroupedTable, Heading
from servicekit.reports.periods.period_blocks import period_blocks
from servicekit.timeline import Period
from tests.reports.html_reading import HtmlReading
from tests.reports.periods.conftest import OF_CASES, Told

README = Path(__file__).resolve().parents[3] / "README.md"
QUIET = DeskReport("Hotline", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())


def words_of(line: str) -> list[str]:
    """The cells of a line of text; names of metrics as they are told to people."""
    return re.split(r" {2,}", line.strip().replace("first_response", "first response"))


def figures(text: str) -> list[str]:
    return re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)


def test_all_figures_of_the_readme_stand_in_the_quarterly_review(told: Told) -> None:
    block = README.read_text("utf-8").split("$ make demo", 1)[1].split("```", 1)[0]
    lines = [words_of(line) for line in block.splitlines() if re.match(r"(first_resp|acknowl|resolution)", line)]
    found = [words_of(line) for line in render(told("quarterly_review", "2026-Q1")).splitlines()]
    assert len(lines) == 30
    assert [line for line in lines if line not in found] == []


@pytest.mark.parametrize("template", STANDARD_TEMPLATES)
def test_both_languages_tell_the_same_numbers_in_the_same_cells(told: Told, template: str) -> None:
    """Law: the words differ, the numbers do not."""
    report = told(template, "2026-03")
    english, chinese = (HtmlReading(render(report, "html", language=each)).lines for each in ("en", "zh"))
    assert len(english) == len(chinese)
    days = re.compile(r"(\d{4})(?:-|年)0?(\d+)(?:(?:-|月)0?(\d+))?[月日]?")
    for one, other in zip(english, chinese, strict=True):
        told_by = [sorted(figures(days.sub(r"\1 \2 \3", each))) for each in (one, other)]
        assert told_by[0] == told_by[1], (one, other)


@pytest.mark.parametrize("template", OF_CASES)
def test_html_tells_the_figures_of_json_cell_by_cell(told: Told, template: str) -> None:
    report = told(template, "2026-03")
    page = [figures(line) for line in HtmlReading(render(report, "html")).lines]
    tables = [block for block in json.loads(render(report, "json"))["blocks"] if block["kind"] == "table"]
    rows = [row for table in tables for row in table["rows"]]
    assert len(rows) > 40
    for row in rows:
        exact = [each for cell in row for each in exactly(cell)]
        assert any(exact == [each for each in line if each in exact or not exact] for line in page), row


def exactly(cell: object) -> list[str]:
    """The whole numbers of a cell, as they are told."""
    match cell:
        case int():
            return [f"{cell:,}"]
        case {"numerator": int(hits), "denominator": int(of)}:
            return [f"{hits:,}", f"{of:,}"]
        case _:
            return []


@pytest.mark.parametrize("template", OF_CASES)
def test_the_total_of_a_table_is_its_parts_added_up_and_divided_anew(told: Told, template: str) -> None:
    tables = [each for each in period_blocks(told(template, "2026-03")) if isinstance(each, GroupedTable)]
    groups = [group for table in tables if table.has_totals for group in table.groups if len(group) > 1]
    assert len(groups) >= 6
    for *parts, total in groups:
        for place in range(2, len(total)):
            cells = [row[place] for row in parts]
            assert added(cells) == added([total[place]])


def added(cells: list[object]) -> tuple[int, int]:
    pairs = [(cell, 0) if isinstance(cell, int) else (cell.numerator, cell.denominator) for cell in cells]  # type: ignore[attr-defined]
    return sum(first for first, _ in pairs), sum(second for _, second in pairs)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_section_without_data_says_so(told: Told, language: str) -> None:
    text = render(told("monthly_service_report", "2026-03"), language=language)
    said = {"en": "There is no data: the policy has no section kpi", "zh": "没有数据：政策没有 kpi 部分"}[language]
    assert text.count(said) == 5


def test_every_section_has_its_heading_and_something_below(told: Told) -> None:
    report = told("monthly_service_report", "2026-03")
    blocks = list(period_blocks(report))
    places = [place for place, each in enumerate(blocks) if isinstance(each, Heading) and each.level == 2]
    assert len(places) == len(report.template.sections)
    assert all(not isinstance(blocks[place + 1], Heading) or blocks[place + 1].level == 3 for place in places)  # type: ignore[union-attr]


@pytest.mark.parametrize("format", ["text", "markdown", "html", "json"])
def test_a_period_without_records_is_told_as_such(format: str) -> None:
    future = PeriodReport(report_template("monthly_service_report"), ServicePeriod(Period.parse("2030-01"), QUIET))
    assert "nothing" in render(future, format)  # type: ignore[arg-type]


def test_half_a_period_is_told_as_such(told: Told) -> None:
    whole = told("monthly_service_report", "2026-03")
    half = replace(whole, service=replace(whole.service, is_whole=False))
    assert "not over in the data" not in render(whole)
    assert "The period is not over in the data: they reach until 2026-04-01 00:00 Asia/Shanghai." in render(half)


def test_owners_are_named_where_a_purpose_is_given_and_the_report_says_so(told: Told) -> None:
    report = told("monthly_service_report", "2026-03")
    owners = {each.outcome.owner for each in report.service.worst}
    named = replace(report, disclosed=Disclosure(("owner",), "coaching"))
    assert all(owner not in render(report) for owner in owners if owner)
    assert all(owner in render(named) for owner in owners if owner)
    assert "This report names owner; the purpose given was: coaching." in render(named)
    with pytest.raises(ValueError, match="give a purpose"):
        Disclosure(("owner",), " ")


def test_small_groups_are_blanked_with_as_many_others_as_it_takes(told: Told) -> None:
    report = told("customer_sla_report", "2026-03")
    strict = replace(report, template=report.template.replace(min_n=100))
    text = render(strict)
    assert "Groups of fewer than 100 cases are not told apart" in text
    assert re.search(r"first response +urgent 紧急问题( +–)+\n", text)
    assert re.search(r"first response +complex 复杂问题( +–)+\n", text)


def test_a_template_tells_all_of_its_problems_with_their_places() -> None:
    with pytest.raises(PolicyError) as caught:
        ReportTemplate.parse("{servicekit: report/1, name: x, title: {}, sections: [{kind: headlines}], min: 3}")
    found = {problem.path for problem in caught.value.problems}
    assert {"title", "min"} <= found
    assert any(path.startswith("sections") for path in found)


def test_an_unknown_template_is_told_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="did you mean 'quarterly_review'"):
        report_template("quarterly_revue")


def test_days_and_amounts_are_of_the_policys_zone(told: Told) -> None:
    """The period is cut at midnight in Shanghai, which is 16:00 of the day before in UTC."""
    service = told("monthly_service_report", "2026-03").service
    assert service.period.start == date(2026, 3, 1)
    assert service.as_of is not None
    assert service.as_of.utcoffset() in {timedelta(0), timedelta(hours=8)}
    assert sum(map(sum, service.by_hour)) >= service.report.cases == 829


@pytest.mark.parametrize(("seed", "zone", "locale"), [("1", "Asia/Tokyo", "C"), ("2", "America/New_York", "C.UTF-8")])
def test_the_same_inputs_give_the_same_bytes_anywhere(
    root: Path, tmp_path: Path, seed: str, zone: str, locale: str
) -> None:
    """Law: no clock, zone, locale or hash seed of the machine is in a report."""
    desk, out = root / "examples" / "service_desk", tmp_path / "report.html"
    uptime = root / "examples" / "uptime"
    outages = (f"{uptime}/policy.yaml", "--sources", f"{uptime}/sources.yaml", "--out", str(out))
    files = (f"{desk}/policy.yaml", f"{desk}/tickets.csv", "--columns", f"{desk}/columns.yaml", "--out", str(out))
    asked = ("--template", "quarterly_review", "--period", "2026-Q1", "--compare", "previous", "--language", "both")
    env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": os.pathsep.join(sys.path)}
    alone = ("--template", "availability_report", "--period", "2026-03", "--language", "both")
    for given, told in ((files, asked), (outages, alone)):
        program = (sys.executable, "-m", "servicekit", "report", *given, *told, "--format", "html")
        subprocess.run(program, env=env, capture_output=True, check=True)
        assert sha256(out.read_bytes()).hexdigest() == _digest_here(given, told, tmp_path / "here.html")


def _digest_here(files: tuple[str, ...], asked: tuple[str, ...], out: Path) -> str:
    assert main(["report", *files[:-1], str(out), *asked, "--format", "html"]) == 0
    return sha256(out.read_bytes()).hexdigest()
