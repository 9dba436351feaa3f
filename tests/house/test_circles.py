"""No file imports, by whatever way round, a file that imports it; one lazy line leads from a document to its engine.

A circle means that no file of it can be understood, tested or moved without the others. An import for a checker's eyes
(``TYPE_CHECKING``) counts as any other. An import inside a function, a *lazy line*, is written for one of two reasons,
and each stands in a list below:

* a document knows its engine in ``compile`` and its checks in ``own_problems``, which know the document; a base class
  knows its reader; an operator on calendars makes a calendar of calendars; what is shown knows its picture. These
  lines, and no others, may close a circle.
* start-up: what only some programs need is loaded when it is asked for.
"""

from __future__ import annotations

import ast

import pytest

from .imports import Import, Imports

MAY_CLOSE_A_CIRCLE = {
    ("calendars.any_calendar", "calendars.calendar_algebra"): "operators",
    ("calendars.any_calendar", "calendars.compiled_calendar"): "compile",
    ("calendars.any_calendar", "calendars.week_picture"): "picture",
    ("calendars.calendar", "calendars.engine.date_layers"): "own_problems",
    ("calendars.compiled_calendar", "calendars.dates_picture"): "picture",
    ("document.model", "document.reader"): "reader",
    ("loyalty.program.program", "loyalty.program.loyalty_engine"): "compile",
    ("loyalty.program.program", "loyalty.program.member_text"): "picture",
    ("loyalty.program.program", "loyalty.program.program_check"): "own_problems",
    ("segments.policy", "segments.policy_check"): "own_problems",
    ("segments.policy", "segments.segments_engine"): "compile",
    ("sla.policy", "sla.compiled.edition"): "compile",
    ("sla.policy", "sla.engine"): "compile",
    ("sla.policy", "sla.lint"): "own_problems",
    ("tiers.program", "tiers.engine"): "compile",
    ("tiers.program", "tiers.program_check"): "own_problems",
    ("tiers.standing.status", "tiers.standing.timeline_picture"): "picture",
}
"""A module and what it imports inside a function; and which of the reasons above it has."""

FOR_START_UP = {
    ("calendars.engine.builder", "calendars.engine.combined_hours"),
    ("cli.command", "cli.check"),
    ("cli.command", "cli.customers.segments"),
    ("cli.command", "cli.customers.tiers"),
    ("cli.command", "cli.first_steps.columns"),
    ("cli.command", "cli.due"),
    ("cli.command", "cli.figures.definitions"),
    ("cli.command", "cli.figures.scorecard"),
    ("cli.command", "cli.points.verbs"),
    ("cli.command", "cli.hours"),
    ("cli.command", "cli.first_steps.init"),
    ("cli.command", "cli.reports.replay"),
    ("cli.command", "cli.reports.report"),
    ("document.model", "document.description"),
    ("document.model", "document.writer"),
    ("document.reader", "document.notation.json_text"),
    ("document.reader", "document.notation.toml_text"),
    ("document.reader", "document.notation.yaml_text"),
    ("kpi.scorecard", "kpi.engine.breakdown"),
    ("kpi.scorecard", "kpi.scorecard_engine"),
    ("policy.sections.loyalty_section", "loyalty"),
    ("policy.sections.sla_section", "sla"),
    ("policy.sections.tiers_section", "tiers"),
    ("quantity.share", "document"),
    ("reports.formats", "reports.customers"),
    ("reports.formats", "reports.html"),
    ("reports.formats", "reports.periods.period_blocks"),
}
LAZY_LINES = MAY_CLOSE_A_CIRCLE.keys() | FOR_START_UP


@pytest.fixture(scope="module")
def imports(trees: dict[str, ast.Module]) -> Imports:
    return Imports(trees)


def allowed(line: Import) -> bool:
    """A listed lazy line, or its twin under ``TYPE_CHECKING`` that annotates what it makes, may close a circle."""
    return line.when != "at once" and (line.module, line.written) in MAY_CLOSE_A_CIRCLE


def test_no_files_import_each_other_in_a_circle(imports: Imports) -> None:
    circles = imports.circles(without=filter(allowed, imports.lines))
    assert not circles, "\n\n".join(readable(circle) for circle in circles)


def readable(circle: list[Import]) -> str:
    files = {line.module for line in circle}
    return "\n".join([f"a circle of {len(files)} files:", *(f"  {line}" for line in dict.fromkeys(circle))])


def test_a_lazy_line_is_listed(imports: Imports) -> None:
    strays = [line for line in imports.lines if line.when == "lazy" and (line.module, line.written) not in LAZY_LINES]
    assert not strays, "\n".join(map(str, strays))


def test_no_listed_lazy_line_is_gone(imports: Imports) -> None:
    lazy = {(line.module, line.written) for line in imports.lines if line.when == "lazy"}
    assert LAZY_LINES - lazy == set()


def test_a_line_that_may_close_a_circle_has_a_reason() -> None:
    assert set(MAY_CLOSE_A_CIRCLE.values()) <= {"compile", "operators", "own_problems", "reader", "picture"}


SMALL_HOUSE = {
    "__init__": "from servicekit.room import Thing",
    "room/__init__": "from servicekit.room.thing import Thing\nfrom servicekit.room.other import Other",
    "room/thing": "class Thing: ...",
    "room/other": "class Other: ...",
    "attic/__init__": "",
    "attic/chest": "from servicekit.room import Thing",
}


@pytest.mark.parametrize(
    ("file", "line", "circle"),
    [
        ("attic/chest", "", set()),
        ("room/other", "from servicekit.attic.chest import Thing", set()),
        ("room/thing", "from servicekit.attic.chest import Thing", {"room.thing", "attic.chest"}),
        ("room/thing", "import servicekit.attic.chest", {"room.thing", "attic.chest"}),
        ("room/thing", "if TYPE_CHECKING:\n from servicekit.attic import chest", {"room.thing", "attic.chest"}),
        ("room/thing", "def f():\n from servicekit.attic import chest", {"room.thing", "attic.chest"}),
        ("room/thing", "from servicekit.room import Other", {"room.thing", "room"}),
        ("room/thing", "from servicekit import Other", {"room.thing", "servicekit"}),
    ],
)
def test_a_circle_is_found_when_a_line_closes_it(file: str, line: str, circle: set[str]) -> None:
    files = SMALL_HOUSE | {file: f"{SMALL_HOUSE[file]}\n{line}"}
    found = Imports({f"src/servicekit/{path}.py": ast.parse(text) for path, text in files.items()}).circles()
    assert {line.module for lines in found for line in lines} == circle
