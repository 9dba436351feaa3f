"""Files in the form of ``vectors/kpi.json``, and the bug reports beside it that carry such a case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Case = Mapping[str, Any]

BUNDLED = Path(__file__).parent / "vectors" / "kpi.json"


def is_kpi_file(path: Path) -> bool:
    """Whether a file is a list of cases by group, or of bug reports by room."""
    found = json.loads(path.read_text("utf-8"))
    return isinstance(found, list) and bool(found) and ("group" in found[0] or "room" in found[0])


def kpi_cases(files: Iterable[Path], groups: Iterable[str]) -> list[Case]:
    """The cases of some groups, from the bundled file and others; each id once."""
    wanted = set(groups)
    rows = [row for path in [*filter(is_kpi_file, files), BUNDLED] for row in json.loads(path.read_text("utf-8"))]
    cases = [
        row if "group" in row else {"id": row["id"], **row["vector"]} for row in rows if {"group", "vector"} & {*row}
    ]
    return list({case["id"]: case for case in cases if case["group"] in wanted}.values())


def summary(path: Path, served: Iterable[str], not_served: Iterable[str]) -> str:
    """A line for the terminal: how many cases of a file are asserted, and how many nothing here serves."""
    groups, without = set(served), set(not_served)
    cases = [case for case in json.loads(path.read_text("utf-8")) if "group" in case]
    asserted = sum(case["group"] in groups and case["id"] not in without for case in cases)
    return f"{asserted} asserted; {len(cases) - asserted} not served yet"
