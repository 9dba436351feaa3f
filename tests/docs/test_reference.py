"""The pages of documents list every key: a key that is added has a line, in the table of its own section."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import given

from servicekit.document import Document
from servicekit.events import Opened
from servicekit.kpi import STANDARD, TABLES, AnyMetric, Measurement, NetMetric, RatioMetric, Scorecard
from servicekit.loyalty import (
    Campaign,
    Clawback,
    Command,
    EarnRule,
    Entry,
    Expiry,
    Ledger,
    LoyaltyProgram,
    PointsCurrency,
    Rate,
    Redemption,
    Reversal,
)
from servicekit.policy import ServicePolicy
from servicekit.sla import METRICS, Agreement, LadderStep, Measure, Pause, Reopening, SlaPolicy, TargetRow
from servicekit.testing.strategies.kpi.metric_documents import standard_metrics
from servicekit.tiers import Benefits, Downgrade, Level, QualificationWindow, SpendBasis, TierProgram, TierStatus

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def keys_under(heading: str, page: str = "policy") -> set[str]:
    """The names in the first column of the tables of one section."""
    section = section_of(heading, (FOLDER / f"{page}.md").read_text("utf-8"))
    column = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    return {name for cell in column for name in re.findall(r"`(\w+)`", cell)}


def section_of(heading: str, text: str) -> str:
    sections = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(sections[1::2], sections[2::2], strict=True))[heading]


SHARED = {"at", "key", "on", "currency", "reason", "actor", "expected_version"}
"""What every command may say."""


@pytest.mark.parametrize(
    ("document", "heading"),
    [
        (ServicePolicy, "Top level"),
        (SlaPolicy, "sla"),
        (Pause, "A pause"),
        (Reopening, "Reopening"),
        (Measure, "A measure"),
        (Agreement, "An agreement"),
        (LadderStep, "A ladder"),
    ],
)
def test_a_section_lists_the_keys_of_its_document(document: type[Document], heading: str) -> None:
    assert keys_under(heading) == set(document.model_fields)


@pytest.mark.parametrize(
    ("document", "heading"),
    [
        (TierProgram, "The programme"),
        (Downgrade, "The downgrade"),
        (SpendBasis, "What is spend"),
        (Level, "A level"),
        (Benefits, "Benefits"),
    ],
)
def test_a_section_on_tiers_lists_the_keys_of_its_document(document: type[Document], heading: str) -> None:
    assert keys_under(heading, "tiers") == set(document.model_fields)


@pytest.mark.parametrize(
    ("document", "heading"),
    [
        (LoyaltyProgram, "The programme"),
        (PointsCurrency, "A currency of points"),
        (EarnRule, "An earn rule"),
        (Rate, "A rate"),
        (Campaign, "A campaign"),
        (Redemption, "Redemption"),
        (Reversal, "Reversal"),
        (Clawback, "Clawback"),
    ],
)
def test_a_section_on_points_lists_the_keys_of_its_document(document: type[Document], heading: str) -> None:
    assert keys_under(heading, "loyalty") == set(document.model_fields)


def test_every_rule_of_expiry_and_every_command_has_a_line() -> None:
    page = (FOLDER / "loyalty.md").read_text("utf-8")
    assert set(re.findall(r"kind: (\w+)[,}]", section_of("Expiry", page))) == {
        rule.model_fields["kind"].default for rule in get_args(Expiry)
    }
    commands = section_of("The commands", page)
    for command in get_args(Command):
        [arguments] = re.findall(rf"`{command.__name__}\(([^)]*)\)", commands)
        own = [each.name for each in fields(command) if each.name not in SHARED]
        assert arguments.split(", ") == own


def test_every_method_of_a_ledger_has_a_line() -> None:
    section = section_of("The ledger", (FOLDER / "loyalty.md").read_text("utf-8"))
    told = set(re.findall(r"`(\w+)\(", "".join(re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE))))
    assert told == {name for name in dir(Ledger) if not name.startswith("_")}


def test_an_entry_is_described_with_all_that_it_says() -> None:
    assert keys_under("An entry", "loyalty") == {*Entry._fields}


def test_a_status_is_described_with_all_that_it_says() -> None:
    assert keys_under("The status", "tiers") == {each.name for each in fields(TierStatus)}


def test_the_keys_of_a_window_are_listed_under_its_short_forms() -> None:
    assert set(QualificationWindow.model_fields) <= keys_under("The window", "tiers")


def test_the_metrics_are_those_there_are() -> None:
    assert keys_under("The metrics") == set(METRICS)


def test_a_row_takes_a_target_for_each_metric_and_the_keys_listed() -> None:
    assert keys_under("A row of targets") == set(TargetRow.model_fields) - set(METRICS)


def test_the_opening_is_described_with_all_that_it_says() -> None:
    assert keys_under("What an opening says") == {each.name for each in fields(Opened)}


FAMILIES = {page.stem: page.read_text("utf-8") for page in sorted((FOLDER / "key-figures").glob("*.md"))}


def test_a_scorecard_and_a_measurement_are_described_with_all_that_they_say() -> None:
    assert keys_under("The scorecard", "key-figures") == set(Scorecard.model_fields)
    assert keys_under("A measurement", "key-figures") == {"value", *(each.name for each in fields(Measurement))}


def metrics_on(page: str) -> list[str]:
    return re.findall(r"^## `(\w+)`$", page, re.MULTILINE)


def told_of(name: str) -> tuple[str, dict[str, str]]:
    """The section of a metric, and what its first table says."""
    [page] = [page for page in FAMILIES.values() if name in metrics_on(page)]
    section = section_of(f"`{name}`", page)
    return section, dict(re.findall(r"^\| (\w[\w ]*) \| (.+) \|$", section, re.MULTILINE))


def test_every_metric_of_the_field_has_a_section_on_the_page_of_its_family_and_is_in_the_index() -> None:
    on_pages = {family: metrics_on(page) for family, page in FAMILIES.items()}
    assert sorted(name for names in on_pages.values() for name in names) == sorted(STANDARD)
    index = section_of("Metrics of the field", (FOLDER / "key-figures.md").read_text("utf-8"))
    links = re.findall(r"^\| \[[^]]+\]\(key-figures/([\w-]+)\.md\) \| (.+) \|$", index, re.MULTILINE)
    assert {family: re.findall(r"`(\w+)`", names) for family, names in links} == on_pages


@pytest.mark.parametrize("family", FAMILIES)
def test_every_metric_is_measured_on_its_page(family: str) -> None:
    blocks = "".join(re.findall(r"^```python\n(.*?)^```", FAMILIES[family], re.MULTILINE | re.DOTALL))
    names = [STANDARD[name].__name__ for name in metrics_on(FAMILIES[family])]
    assert [name for name in names if f"{name}(" not in blocks] == []


@pytest.mark.parametrize("name", STANDARD)
def test_a_metric_is_described_with_its_settings_and_all_its_variants(name: str) -> None:
    section, told = told_of(name)
    assert list(told)[:6] == ["formula", "unit", "settings", "left out", "limits", "source"]
    settings = STANDARD[name].model_fields.keys() - {"kind", "label", "min_n", "where"}
    assert {*re.findall(r"`(\w+)`", told["settings"])} == settings
    variants = {
        choice
        for setting in settings
        if get_origin(annotation := STANDARD[name].model_fields[setting].annotation) is Literal
        for choice in get_args(annotation)
    }
    assert variants <= {*re.findall(r"`(\w+)`", section)}


LIMITS = {
    "mean": "Student's t",
    "sum": "none",
    "quantile": "order statistics",
    "duration": "Greenwood",
    "within": "Wilson",
}


@given(standard_metrics())
def test_a_metric_has_the_unit_the_reasons_and_the_limits_that_its_page_says(metric: AnyMetric) -> None:
    _, told = told_of(metric.kind)
    full = metric.definition()
    assert full.unit in told["unit"]
    assert [reason for reason in full.leave_out if reason not in told["left out"]] == []
    if isinstance(full, NetMetric):
        limits = full.method.replace("_", " ")
    elif isinstance(full, RatioMetric):
        is_counted = full.column is None
        limits = ("Garwood" if full.per is not None and full.unit != "share" else "Wilson") if is_counted else "none"
    else:
        limits = LIMITS[full.kind]
    assert limits.casefold() in told["limits"].casefold()


def test_every_table_that_metrics_read_is_listed_with_its_columns() -> None:
    section = section_of("Tables", (FOLDER / "key-figures.md").read_text("utf-8"))
    listed = {}
    for name, at, columns in re.findall(r"^\| `(\w+)` \|[^|]+\| `(\w+)` \|(.+)\|$", section, re.MULTILINE):
        facts = {"channel", "issue_type", "tier", "priority"} if columns.strip().endswith(", facts") else set()
        listed[name] = {at, *re.findall(r"`(\w+)`", columns), *facts}
    assert listed == {name: set(table.columns) for name, table in TABLES.items()}
