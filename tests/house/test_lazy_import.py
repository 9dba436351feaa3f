"""Importing loads what is used and nothing else; counted in modules, which is the same on every machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = {"pydantic", "holidays", "hypothesis", "numpy", "dateutil", "rich", "yaml", "zoneinfo"}
HOSTS = {"testing": {"hypothesis"}, "frames": {"numpy", "narwhals"}}
"""Rooms that load a guest as soon as they are imported."""


FIRST_ELAPSED = """
from datetime import UTC, datetime
from servicekit import Calendar
hours = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": ["09:00-18:00"]}).compile()
hours.elapsed(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC))
"""


def modules_after(program: str) -> set[str]:
    """Modules that a fresh interpreter holds after ``program``, beyond what it starts with."""
    code = f"import sys\nbefore = set(sys.modules)\n{program}\nprint('loaded', *(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.rpartition("loaded")[2].split())


def loaded_after(statement: str) -> set[str]:
    """The top-level modules among them."""
    return {name.partition(".")[0] for name in modules_after(statement)}


def ours(modules: set[str]) -> set[str]:
    """The rooms of servicekit among some modules."""
    return {name.split(".")[1] for name in modules if name.startswith("servicekit.")}


def test_the_front_door_loads_nothing_heavy() -> None:
    assert loaded_after("import servicekit") & HEAVY == set()


@pytest.mark.parametrize("noun", ["Interval", "Problem", "Money", "Ratio"])
def test_a_small_noun_leaves_holidays_alone(noun: str) -> None:
    assert loaded_after(f"from servicekit import {noun}") & {"holidays", "hypothesis", "numpy", "rich"} == set()


def test_a_policy_leaves_the_test_tools_alone() -> None:
    assert loaded_after("from servicekit import ServicePolicy") & {"hypothesis", "numpy", "rich", "pytest"} == set()


def test_a_room_loads_no_guest_when_imported(room: str, project: dict[str, Any]) -> None:
    contracts = {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    guests = set(contracts["guests"]["forbidden_modules"])
    assert loaded_after(f"import servicekit.{room}") & guests == HOSTS.get(room, set())


def test_a_first_elapsed_loads_calendars_and_what_is_below() -> None:
    loaded = modules_after(FIRST_ELAPSED)
    assert ours(loaded) <= {"_lazy_names", "_safe_text", "calendars", "document", "errors", "layout", "timeline"}
    unasked = {"calendars.algebra", "document.fault", "document.reader", "document.writer", "timeline.window"}
    assert {f"servicekit.{name}" for name in unasked} & loaded == set()
    assert {name.partition(".")[0] for name in loaded} & (HEAVY - {"pydantic", "zoneinfo"}) == set()


def test_a_check_loads_documents_and_no_engine(root: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text((root / "README.md").read_text("utf-8").partition("```yaml\n")[2].partition("```")[0], "utf-8")
    loaded = modules_after(f"from servicekit.cli import main; assert main(['check', {str(policy)!r}]) == 0")
    assert ours(loaded) & {"desk", "frames", "importers", "testing", "whatif"} == set()
    unasked = {
        "availability.compose",
        "availability.openslo",
        "availability.slo",
        "document.notation.json_text",
        "reports.blocks.desk_blocks",
        "sla.engine",
        "sla.outcome",
        "sla.state",
        "sla.view",
    }
    assert {f"servicekit.{name}" for name in unasked} & loaded == set()
    assert {"holidays.countries", "hypothesis", "numpy", "rich"} & loaded == set()
