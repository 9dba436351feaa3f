"""A reason may hold combining marks or control characters: explanations and drawings stay aligned and harmless."""

from __future__ import annotations

from servicekit.events import DueOverridden
from servicekit.sla import CaseView
from servicekit.sla.view.gantt import gantt
from servicekit.sla.view.language import words_in
from tests.sla.samples import at, compiled, seen
from tests.sla.test_views import GO, PLAIN, WAIT

ONE, TWO = "Café", "Cafe\u0301"
"""The same word, with one character for its last letter and with two."""


def case(reason: str) -> CaseView:
    engine = compiled(PLAIN, pauses=[{"status": ["waiting"], "reason": reason}])
    return seen(engine, WAIT, GO, DueOverridden("C", at(130), "resolution", at(240), reason), as_of=180)


def test_columns_of_an_explanation_stand_under_each_other_when_a_reason_has_combining_marks() -> None:
    one, two = (case(reason).clock("resolution").explain() for reason in (ONE, TWO))
    assert ONE in one.text()
    assert one.text().replace(ONE, TWO) == two.text()
    assert one.html().replace(ONE, TWO) == two.html()


def test_a_drawing_keeps_its_measures_when_a_label_has_combining_marks() -> None:
    one, two = (case(reason) for reason in (ONE, TWO))
    bars = [view.clock("resolution").explain().bars(name) for view, name in ((one, ONE), (two, TWO))]
    assert bars[0].label != bars[1].label
    drawings = [gantt("case", [row], "UTC", words_in("en")) for row in bars]
    assert drawings[0].replace(ONE, TWO) == drawings[1]


def test_reason_cannot_steer_the_terminal_when_an_explanation_is_told_as_text() -> None:
    text = case("a\x1b[31m\nb").clock("resolution").explain().text()
    assert "\x1b" not in text.splitlines()[-2]
    assert r"a\x1b[31m\nb" in text
