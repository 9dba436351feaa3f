"""Chatwoot's six deadlines through other libraries and through us: who agrees, and that docs/benchmarks.md says so.

``make check`` and ``make bench`` bring all of them. An environment without the extra `bench` has none, and nothing is
asked in it; where the extra is, CI must have every library, sla-calculator in its own environment included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

from benchmarks import ours
from benchmarks.questions import DEADLINES, Ask

Answers = Mapping[str, object]
Absent = Callable[[str], NoReturn]

VECTORS = {"same day": "chatwoot-002", "three days": "chatwoot-007"}
ROW = re.compile(r"^\| (?P<cells>.+) \|$", re.MULTILINE)


def rival(module: str, package: str, absent: Absent) -> ModuleType:
    """A rival's module, which needs every package of the extra to be imported."""
    if find_spec("pytest_benchmark") is None:
        pytest.skip("the extra `bench` is not installed")
    if find_spec(package) is None:
        absent(f"{package} is not installed; the extra `bench` brings it")
    return import_module(f"benchmarks.rivals.{module}")


def answers(asks: Mapping[str, list[tuple[str, Ask]]], floor: str = "") -> Answers:
    """One answer for each deadline, the same in all forms of the question."""
    forms = {name: {ask.answer() for who, ask in found if who != floor} for name, found in asks.items()}
    assert {name for name, found in forms.items() if len(found) != 1} == set()
    return {name: found.pop() for name, found in forms.items()}


@pytest.fixture(scope="module")
def simpleslacalc(absent: Absent) -> Answers:
    module = rival("simpleslacalc", "SimpleSLACalc", absent)
    return answers({name: [*module.add_asks(deadline)] for name, deadline in DEADLINES.items()})


@pytest.fixture(scope="module")
def sla_calculator(absent: Absent) -> Answers:
    module = rival("sla_calculator", "SimpleSLACalc", absent)
    if not module.PYTHON.exists():
        absent("sla-calculator has no environment of its own; `make bench` sets it up")
    replies = module.replies()
    forms = {name: {replies[name, form].answer for form in module.FORMS} for name in DEADLINES}
    assert {name for name, found in forms.items() if len(found) != 1} == set()
    return {name: found.pop() for name, found in forms.items()}


@pytest.fixture(scope="module")
def calendar() -> Answers:
    return answers({name: [*ours.add_asks(deadline)] for name, deadline in DEADLINES.items()}, floor=ours.FLOOR)


@pytest.fixture(scope="module")
def promise() -> Answers:
    return answers({name: [*ours.promise_asks(deadline)] for name, deadline in DEADLINES.items()})


def right(answers: Answers) -> set[str]:
    return {name for name, deadline in DEADLINES.items() if answers[name] == deadline.answer}


def test_deadlines_are_those_of_the_vectors_when_both_have_them(root: Path) -> None:
    cases = json.loads((root / "tests/conformance/vectors/sla.json").read_text("utf-8"))["cases"]
    vectors = {case["id"]: case for case in cases}
    for name, vector in VECTORS.items():
        asked, answer = vectors[vector]["input"], vectors[vector]["expect"]["due_at"]
        found = DEADLINES[name]
        assert datetime.fromisoformat(asked["start"]) == found.start.replace(tzinfo=UTC)
        assert asked["target_s"] == found.hours * 3600
        assert datetime.fromisoformat(answer) == found.answer.replace(tzinfo=UTC)


@pytest.mark.parametrize("who", ["calendar", "promise", "simpleslacalc"])
def test_all_six_deadlines_agree_when_asked_of(who: str, request: pytest.FixtureRequest) -> None:
    assert right(request.getfixturevalue(who)) == set(DEADLINES)


def test_four_deadlines_agree_when_asked_of_sla_calculator(sla_calculator: Answers) -> None:
    assert right(sla_calculator) == {"same day", "before opening", "after closing", "three days"}
    wrong = [sla_calculator[name] for name in ("next day", "closed day")]
    assert wrong == [datetime(2024, 1, 21, 11)] * 2  # a Sunday


@pytest.mark.parametrize(
    ("column", "who"),
    [("SimpleSLACalc", "simpleslacalc"), ("sla-calculator", "sla_calculator"), ("servicekit", "promise")],
)
def test_page_shows_the_answers_when_libraries_are_asked_anew(
    column: str, who: str, root: Path, request: pytest.FixtureRequest
) -> None:
    text = (root / "docs/benchmarks.md").read_text("utf-8").partition("<!-- deadlines -->")[2]
    rows = [[cell.strip().strip("*") for cell in row["cells"].split("|")] for row in ROW.finditer(text)]
    head, body = rows[0], rows[1 : 2 + len(DEADLINES)]
    found: Answers = request.getfixturevalue(who)
    shown = {row[0]: (row[head.index("due")], row[head.index(column)]) for row in body}
    expected = {name: (f"{DEADLINES[name].answer:%a %H:%M}", f"{answer:%a %H:%M}") for name, answer in found.items()}
    assert shown == {**expected, "right": ("", f"{len(right(found))} of {len(DEADLINES)}")}
