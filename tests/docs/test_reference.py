"""The pages of documents list every key: a key that is added has a line, in the table of its own section."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from servicekit.document import Document
from servicekit.events import Opened
from servicekit.kpi import STANDARD, TABLES, Measurement, Scorecard
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


FAMILIES = ("Satisfaction", "Queues", "Cases", "Quality", "Customers and cost")


def test_a_scorecard_and_a_measurement_are_described_with_all_that_they_say() -> None:
    assert keys_under("The scorecard", "key-figures") == set(Scorecard.model_fields)
    assert keys_under("A measurement", "key-figures") == {"value", *(each.name for each in fields(Measurement))}


def test_every_metric_of_the_field_has_a_line_in_its_family() -> None:
    page = (FOLDER / "key-figures.md").read_text("utf-8")
    lines = [line for each in FAMILIES for line in re.findall(r"^\| `.+", section_of(each, page), re.MULTILINE)]
    assert sorted(line.split("`")[1] for line in lines) == sorted(STANDARD)
    for line in lines:
        settings = STANDARD[line.split("`")[1]].model_fields.keys() - {"kind", "label", "min_n", "where"}
        assert set(re.findall(r"`(\w+)`", line.split(" | ")[2])) - {"null"} == settings, line


def test_every_table_that_metrics_read_is_listed_with_its_columns() -> None:
    section = section_of("Tables", (FOLDER / "key-figures.md").read_text("utf-8"))
    listed = {}
    for name, at, columns in re.findall(r"^\| `(\w+)` \|[^|]+\| `(\w+)` \|(.+)\|$", section, re.MULTILINE):
        facts = {"channel", "issue_type", "tier", "priority"} if columns.strip().endswith(", facts") else set()
        listed[name] = {at, *re.findall(r"`(\w+)`", columns), *facts}
    assert listed == {name: set(table.columns) for name, table in TABLES.items()}
