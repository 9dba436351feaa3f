"""No output names a customer, an owner or a free text of a case, unless it is asked for with a purpose (M22)."""

from __future__ import annotations

import csv
import io
from itertools import product
from pathlib import Path

import pytest

from servicekit.cli import main
from servicekit.reports import FORMATS
from tests.reports.periods.conftest import OF_CASES

POLICY = """\
name: Hotline
version: "7"
timezone: Asia/Shanghai
vocabulary: {channels: {phone: 电话}, fields: {subject: text, city: text}}
sla: {targets: [{resolution: 2h, first_response: 1h}]}
"""
OTHER = POLICY.replace("2h", "3h")
COLUMNS = """\
timezone: Asia/Shanghai
columns: {case_id: id, opened_at: opened, first_replied_at: replied, resolved_at: done, customer_id: who}
facts: {channel: channel, subject: about, owner: agent, city: town}
"""
CUSTOMERS, OWNERS, TEXTS = ("Ann Secretly", "王秘密"), ("Bob Hidden", "李保密"), ("my password is 1234", "我的病历")
LOST = ("Smith Unquoted", "Zoe Stray", "张丢失")
"""Names that stand where they do not belong, in rows that cannot be read."""
SEEDS = (*CUSTOMERS, *OWNERS, *TEXTS, *LOST)


def export() -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["id", "opened", "replied", "done", "who", "agent", "about", "channel", "town"])
    for number, (who, agent, about) in enumerate(product(CUSTOMERS, OWNERS, TEXTS)):
        day = f"2026-03-{number + 1:02}"
        rows.writerow([f"T{number}", f"{day} 09:00", f"{day} 18:00", "", who, agent, about, "phone", "x"])
    rows.writerow(["T90", LOST[0], "", "", CUSTOMERS[0], OWNERS[0], TEXTS[0], "phone", "x"])
    rows.writerow(["T91", "2026-03-05 09:00", LOST[1], "", CUSTOMERS[0], OWNERS[0], TEXTS[0], "phone", "x", LOST[2]])
    return out.getvalue()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"policy.yaml": POLICY, "other.yaml": OTHER, "columns.yaml": COLUMNS, "tickets.csv": export()}
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)


def told(capsys: pytest.CaptureFixture[str], template: str, *more: str) -> str:
    period = "2026-Q1" if template == "quarterly_review" else "2026-03"
    report = ["report", "policy.yaml", "tickets.csv", "--columns", "columns.yaml", "--against", "other.yaml"]
    assert main([*report, "--template", template, "--period", period, "--language", "both", *more]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("template", OF_CASES)
@pytest.mark.parametrize("format", FORMATS)
def test_no_output_has_a_seeded_name(capsys: pytest.CaptureFixture[str], format: str, template: str) -> None:
    out = told(capsys, template, "--format", format)
    assert "T0" in out
    assert [name for name in SEEDS if name in out] == []


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("template", OF_CASES)
@pytest.mark.parametrize("format", FORMATS)
def test_owners_stand_at_their_breaches_below_the_purpose(
    capsys: pytest.CaptureFixture[str], format: str, template: str
) -> None:
    out = told(capsys, template, "--format", format, "--with", "owner", "--purpose", "coaching of March")
    assert [name for name in (*CUSTOMERS, *TEXTS, *LOST) if name in out] == []
    named = [out.index(name) for name in OWNERS if name in out]
    assert named
    assert out.index("coaching of March") < min(named)
    assert out.index("coaching of March") < out.index("T0")


@pytest.mark.usefixtures("desk")
def test_customers_are_named_where_they_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, "customer_sla_report", "--with", "customer", "--purpose", "calls", "--customer", CUSTOMERS[0])
    assert CUSTOMERS[0] in out
    assert [name for name in (CUSTOMERS[1], *OWNERS, *TEXTS, *LOST) if name in out] == []
