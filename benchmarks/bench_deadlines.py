"""The deadlines that Chatwoot's tests ask for: the answers side by side, then what each costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from benchmarks import ours
from benchmarks.conftest import OtherClock
from benchmarks.questions import DEADLINES, Ask
from benchmarks.rivals import RIVALS, sla_calculator

if TYPE_CHECKING:
    from benchmarks.budgets import Key
    from benchmarks.conftest import Stopwatch

ELSEWHERE = OtherClock()
SECONDS = 0.4
"""How long each call is timed elsewhere; as long as the calls here."""


def asks() -> Iterator[tuple[str, str, Ask]]:
    """Every deadline with everybody who can live in this environment."""
    for name, deadline in DEADLINES.items():
        everybody = [*ours.add_asks(deadline), *ours.promise_asks(deadline)]
        everybody += (ask for rival in RIVALS for ask in rival.add_asks(deadline))
        yield from ((name, who, ask) for who, ask in everybody)


@pytest.mark.parametrize(("name", "who", "ask"), [pytest.param(*asked, id=", ".join(asked[:2])) for asked in asks()])
def bench_deadline(stopwatch: Stopwatch, answers: dict[Key, datetime], name: str, who: str, ask: Ask) -> None:
    answer = ask.answer()
    assert isinstance(answer, datetime)
    if who != ours.FLOOR:
        answers[name, who] = answer
    assert answer == DEADLINES[name].answer
    stopwatch.time(f"deadline, {name}", who, ask)


@pytest.mark.benchmark(timer=ELSEWHERE.read)
@pytest.mark.parametrize("form", sla_calculator.FORMS)
@pytest.mark.parametrize("name", DEADLINES)
def bench_deadline_elsewhere(stopwatch: Stopwatch, answers: dict[Key, datetime], name: str, form: str) -> None:
    if not sla_calculator.PYTHON.exists():
        pytest.skip("sla-calculator has no environment; `make bench` sets it up")
    reply, who = sla_calculator.replies(SECONDS)[name, form], f"sla-calculator, {form}"
    answers[name, who] = reply.answer
    assert reply.answer == sla_calculator.INSTEAD.get(name, DEADLINES[name].answer)
    stopwatch.replay(f"deadline, {name}", who, ELSEWHERE, reply.rounds)
