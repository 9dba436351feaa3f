"""``servicekit report --template availability_report``: with and without a ticket export, and bad input."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from servicekit.reports import FORMATS
from tests.cli.test_cli import REPORT, Run, folder, run

__all__ = ["folder", "run"]

UPTIME = ("--template", "availability_report", "--period", "2026-01", "--sources", "sources.yaml")
ALONE = ("report", "web.yaml", *UPTIME)
POLICY = "{name: Web, timezone: Asia/Shanghai, availability: {shop: {target: 99.9%}, pay: {target: 99%}}}"
OUTAGES = "system,down,up\nshop,2026-01-05 09:00,2026-01-05 10:00\npay,2026-02-03 09:00,2026-02-03 10:00\n"
MAPPING = "{servicekit: outages/1, timezone: Asia/Shanghai, columns: {service: system, start: down, end: up}}"


@pytest.fixture(autouse=True)
def uptime(folder: Path) -> Path:
    policy = (folder / "policy.yaml").read_text("utf-8")
    files = {
        "web.yaml": POLICY,
        "policy.yaml": policy + "availability: {shop: {target: 99.9%}, pay: {target: 99%}}\n",
        "outages.csv": OUTAGES,
        "outages.yaml": MAPPING,
        "sources.yaml": "tables: {outages: {file: outages.csv, columns: outages.yaml}}\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("format", FORMATS)
def test_it_needs_no_tickets_and_no_promise_on_cases(run: Run, format: str) -> None:
    code, out, err = run(*ALONE, "--format", format, "--language", "both")
    assert (code, err, out[-1]) == (0, "", "\n")
    assert "3600" in out or "1h" in out


def test_it_is_told_beside_tickets_too(run: Run) -> None:
    code, out, _ = run(*REPORT, *UPTIME)
    assert code == 0
    assert "shop     99.9 %     99.8655 %" in out
    assert "tickets.csv, SHA-256" in out
    assert "outages.csv, SHA-256" in out


def test_the_digest_of_every_file_that_was_read_is_told(run: Run, uptime: Path) -> None:
    sections = "[{kind: availability}]"
    (uptime / "mine.yaml").write_text(f"{{name: mine, title: {{en: M}}, sections: {sections}}}", "utf-8")
    code, out, _ = run(*ALONE, "--template", "mine.yaml")
    assert code == 0
    for name in ("web.yaml", "mine.yaml", "sources.yaml", "outages.csv", "outages.yaml"):
        assert f"{name}, SHA-256 {sha256((uptime / name).read_bytes()).hexdigest()}" in out
    assert "SHA-256 -" not in out


def test_a_template_of_ones_own_tells_both(run: Run, uptime: Path) -> None:
    sections = "[{kind: headline}, {kind: availability}]"
    (uptime / "mine.yaml").write_text(f"{{name: mine, title: {{en: M}}, sections: {sections}}}", "utf-8")
    code, out, _ = run(*REPORT, *UPTIME, "--template", "mine.yaml")
    assert (code, "Cases opened" in out, "99.8655 %" in out) == (0, True, True)
    code, out, _ = run(*REPORT, *UPTIME[2:4], "--template", "mine.yaml")
    assert (code, "There is no data: no table of outages was given" in out) == (0, True)


def test_what_is_wrong_with_a_row_is_told_and_strict_makes_it_an_error(run: Run, uptime: Path) -> None:
    (uptime / "outages.csv").write_text(OUTAGES + "shop,2026-01-09 09:00,2026-01-08 10:00\nshpo,2026-01-09,\n", "utf-8")
    code, out, _ = run(*ALONE)
    assert (code, "row 4.up" in out, "row 5.service" in out) == (0, True, True)
    code, out, err = run(*ALONE, "--strict")
    assert (code, out, "table.ends-before-start at row 4.up" in err) == (1, "", True)


@pytest.mark.parametrize(
    ("as_of", "told"),
    [("2026-01-20T12:00", "Outages are known until 2026-01-20 12:00"), ("2026-01-06", "known until 2026-01-06 00:00")],
)
def test_it_is_measured_until_what_is_known(run: Run, as_of: str, told: str) -> None:
    code, out, _ = run(*ALONE, "--as-of", as_of)
    assert (code, told in out) == (0, True)


def test_the_export_of_outages_says_until_when_they_are_known(run: Run, uptime: Path) -> None:
    (uptime / "outages.yaml").write_text(MAPPING.replace("columns:", "as_of: 2026-01-25T00:00, columns:"), "utf-8")
    (uptime / "outages.csv").write_text(OUTAGES.partition("pay")[0], "utf-8")
    for more in ((), ("--as-of", "2026-03-01")):
        code, out, _ = run(*ALONE, *more)
        assert (code, "known until 2026-01-25 00:00" in out) == (0, True)
    code, out, _ = run(*REPORT, *UPTIME)
    assert (code, "known until 2026-01-25 00:00" in out) == (0, True)


def test_an_empty_table_is_no_proof(run: Run, uptime: Path) -> None:
    (uptime / "outages.csv").write_text("system,down,up\n", "utf-8")
    code, out, _ = run(*ALONE, "--as-of", "2026-03-01")
    assert (code, "Nothing at all is recorded of shop, pay" in out, out.count("met, not proven")) == (0, True, 2)
    code, out, _ = run(*ALONE)
    assert (code, "There is nothing to report" in out, "--as-of" in out) == (0, True, True)


def test_reasons_are_told_where_they_are_asked_for(run: Run, uptime: Path) -> None:
    (uptime / "outages.csv").write_text("system,down,up,why\nshop,2026-01-05 09:00,2026-02-05 10:00,Ann Lee\n", "utf-8")
    (uptime / "outages.yaml").write_text(MAPPING.replace("end: up", "end: up, reason: why"), "utf-8")
    assert "Ann" not in run(*ALONE)[1]
    assert "Ann Lee" in run(*ALONE, "--with", "reason", "--purpose", "review")[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("report", "policy.yaml"), "TICKETS --columns MAPPING"),
        (("report", "policy.yaml", "tickets.csv"), "without --columns MAPPING"),
        (("report", "policy.yaml", "--columns", "columns.yaml"), "without TICKETS"),
        (ALONE[:-2], "--sources SOURCES"),
        ((*ALONE, "--template", "monthly_service_report"), "monthly_service_report tells of cases"),
        ((*ALONE, "--compare", "previous"), "--compare is of cases"),
        ((*ALONE, "--against", "policy.yaml"), "--against is of cases"),
        ((*REPORT, *UPTIME, "--compare", "previous"), "--compare is of cases, and availability_report tells of none"),
        ((*ALONE, "--with", "owner", "--purpose", "coaching"), "--with owner is of cases"),
        ((*ALONE, "--as-of", "soon"), "expected an instant"),
        ((*ALONE, "--with", "reason"), "say"),
        (("report", "web.yaml", *UPTIME[2:]), "name its template"),
    ],
)
def test_wrong_usage_is_told_in_a_line(run: Run, arguments: tuple[str, ...], told: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out, "Traceback" in err) == (2, "", False)
    assert told in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("web.yaml", "{name: Web}", "policy.no-availability"),
        ("web.yaml", "{name: Web, availability: {shop: {target: 99%, calendar: x}}}", "policy.unknown-calendar"),
        ("outages.yaml", "{servicekit: outages/1, columns: {start: down}}", "columns.outage"),
        ("outages.yaml", "{servicekit: work/1, columns: {agent: a, day: b}}", "outages.yaml"),
        ("sources.yaml", "tables: {outages: {file: none.csv, columns: outages.yaml}}", "table.no-such-file"),
        ("outages.csv", "system,down\n", "table.missing-column"),
    ],
)
def test_documents_that_cannot_be_used_are_told(run: Run, uptime: Path, file: str, text: str, told: str) -> None:
    (uptime / file).write_text(text, "utf-8")
    code, out, err = run(*ALONE)
    assert (code, out, "Traceback" in err, told in err) == (1, "", False, True)


def test_sources_without_outages_are_wrong_usage(run: Run, uptime: Path) -> None:
    (uptime / "sources.yaml").write_text("tables: {}", "utf-8")
    code, _, err = run(*ALONE)
    assert (code, "name their table" in err) == (2, True)


@pytest.mark.parametrize("name", ["web.yaml", "sources.yaml", "outages.csv", "outages.yaml"])
def test_no_input_is_overwritten(run: Run, uptime: Path, name: str) -> None:
    before = (uptime / name).read_bytes()
    code, out, err = run(*ALONE, "--out", name)
    assert (code, out, "would overwrite the input" in err) == (2, "", True)
    assert (uptime / name).read_bytes() == before
    with_tickets = (*REPORT, *UPTIME, "--out", name)
    assert name == "web.yaml" or run(*with_tickets)[0] == 2


def test_tables_go_into_a_folder_one_file_each(run: Run, uptime: Path) -> None:
    (uptime / "tables").mkdir()
    assert run(*ALONE, "--format", "csv", "--out", "tables")[0] == 0
    assert [path.name for path in sorted((uptime / "tables").iterdir())][1:3] == [
        "01-availability.csv",
        "02-availability-the-longest-outages.csv",
    ]


def test_a_check_tells_of_promises_on_uptime(run: Run, uptime: Path) -> None:
    (uptime / "web.yaml").write_text(POLICY.replace("target: 99%", "target: 99%, calendar: desk"), "utf-8")
    code, out, err = run("check", "web.yaml")
    assert (code, "policy.unknown-calendar at availability.pay.calendar (web.yaml:1:" in out + err) == (1, True)


CREDITS = "{name: Web, availability: {shop: {target: 99%, credits: {committed: 99%, bands: [{credit: 100%}]}}}}"


@pytest.mark.parametrize(("as_of", "credit"), [("2026-01-05T12:00", ""), ("2026-02-03T12:00", "0.0 %")])
def test_no_credit_is_told_before_the_window_is_over(run: Run, uptime: Path, as_of: str, credit: str) -> None:
    (uptime / "web.yaml").write_text(CREDITS, "utf-8")
    code, out, _ = run(*ALONE, "--as-of", as_of)
    [line] = [line for line in out.splitlines() if line.startswith("shop ")][:1]
    assert code == 0
    assert line.endswith(credit or "%")
    assert line.count("%") == (4 if credit else 3)  # target, availability, budget, credit


@pytest.mark.parametrize("period", ["2025-06", "2026-01"])
def test_a_row_of_a_later_day_proves_nothing_of_an_earlier_period(run: Run, period: str) -> None:
    code, out, _ = run(*ALONE, "--period", period)
    [line] = [line for line in out.splitlines() if line.startswith("pay ")][:1]
    assert code == 0
    assert "100.0 %  ✓? met, not proven" in line  # its only outage is in February 2026


def test_a_row_that_takes_no_time_is_told(run: Run, uptime: Path) -> None:
    (uptime / "outages.csv").write_text(f"{OUTAGES}shop,2026-01-08,2026-01-08\n", "utf-8")
    code, out, _ = run(*ALONE)
    assert (code, "1 warning (table.bad-value)" in out, "row 4.up" in out) == (0, True, True)


def test_until_when_outages_are_known_is_the_same_in_all_places(run: Run, uptime: Path) -> None:
    """The clock of the first service is behind: its month has not begun."""
    services = "{la: {target: 99%, timezone: America/Los_Angeles}, shop: {target: 99%}}"
    policy = f"{{name: Web, timezone: Europe/Vilnius, availability: {services}}}"
    (uptime / "web.yaml").write_text(policy, "utf-8")
    code, out, _ = run(*ALONE, "--period", "2026-04", "--as-of", "2026-04-01T06:00")
    assert code == 0
    assert "they reach until 2026-04-01 06:00" in out
    assert "Outages are known until 2026-04-01 06:00" in out
