"""Importing loads what is used and nothing else; counted in modules, which is the same on every machine."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

HEAVY = {"pydantic", "holidays", "hypothesis", "numpy", "dateutil", "rich", "yaml", "zoneinfo"}
HOSTS = {"testing": {"hypothesis"}, "frames": {"numpy", "narwhals"}}
"""Rooms that load a guest as soon as they are imported."""


def loaded_after(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after ``statement``, beyond what it starts with."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


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
