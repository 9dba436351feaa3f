"""Vectors read and sorted: what is asserted, what is left out, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUNDLED = Path(__file__).parent / "vectors" / "calendars.json"
REFUSED = "ConfigurationError"
"""In place of an answer: the document must be refused."""

BIASES = {"bias=open": "open", "bias=close": "close"}
"""The conventions of peers that the library offers as a switch."""


@dataclass(frozen=True)
class Vector:
    """One question with the answer that must come, under the bias under which it holds."""

    id: str
    op: str
    args: Mapping[str, Any]
    calendar: Mapping[str, Any]
    expected: object
    bias: str
    source: str


@dataclass(frozen=True)
class Plan:
    """One file: the vectors that are asserted, and how many are not, by reason."""

    path: Path
    asserted: tuple[Vector, ...]
    excluded: Mapping[str, int]

    @property
    def summary(self) -> str:
        """A line for the terminal."""
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.excluded.items()))
        return f"{len(self.asserted)} asserted; not asserted: {reasons or 'none'}"


def is_sla_file(path: Path) -> bool:
    """Whether a file has the form of ``vectors/sla.json``, which other tests read."""
    found = json.loads(path.read_text("utf-8"))
    return isinstance(found, dict) and found.get("schema") == "servicekit-sla-vectors/1"


def is_table_file(path: Path) -> bool:
    """Whether a file holds decision tables, which ``test_decision_tables.py`` reads."""
    found = json.loads(path.read_text("utf-8"))
    return isinstance(found, dict) and "tables" in found


def plan_file(path: Path) -> Plan:
    """Sort the cases of a file by the rules of its README: nothing is dropped without being counted."""
    asserted: list[Vector] = []
    excluded: Counter[str] = Counter()
    for case in json.loads(path.read_text("utf-8")):
        reason = reason_to_exclude(case)
        if reason:
            excluded[reason] += 1
        else:
            asserted.append(vector(case))
    return Plan(path, tuple(asserted), excluded)


def reason_to_exclude(case: Mapping[str, Any]) -> str | None:
    """Why a case is not asserted; None for those that are."""
    if case["family"] != "time":
        return f"{case['family']} (peers differ, documentation only)"
    differs = case["agrees_with_recommended"] is False
    if differs and case.get("convention") not in BIASES and case.get("recommended") is None:
        return f"{case['op']} (a peer's own answer)"
    return None


def vector(case: Mapping[str, Any]) -> Vector:
    """The assertion a case stands for: under its convention where there is one, else the recommended answer."""
    bias, expected = "close", case["expected"]
    if case["agrees_with_recommended"] is False:
        bias = BIASES.get(case.get("convention", ""), bias)
        expected = expected if case.get("convention") in BIASES else case["recommended"]
    return Vector(case["id"], case["op"], case["args"], case["calendar"], expected, bias, case["source"])
