"""Open time by scalar questions: elapsed, add, is_open, beside rivals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import pytest

from benchmarks import ours
from benchmarks.questions import ADDITIONS, IS_OPEN, SPANS, Addition, Ask, Moment, Span
from benchmarks.rivals import RIVALS, Rival

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

    from benchmarks.conftest import Stopwatch

Q = TypeVar("Q", Span, Addition, Moment)


def contest(
    questions: Iterable[Q],
    mine: Callable[[Q], Iterable[tuple[str, Ask]]],
    theirs: Callable[[Rival, Q], Iterable[tuple[str, Ask]]],
) -> list[ParameterSet]:
    """Every question with everybody who can answer it."""

    def everybody(question: Q) -> list[tuple[str, Ask]]:
        return [*mine(question), *(answer for rival in RIVALS for answer in theirs(rival, question))]

    return [pytest.param(q, who, ask, id=f"{q}: {who}") for q in questions for who, ask in everybody(q)]


@pytest.mark.parametrize(
    ("question", "who", "ask"), contest(SPANS, ours.elapsed_asks, lambda rival, span: rival.elapsed_asks(span))
)
def bench_elapsed(stopwatch: Stopwatch, question: Span, who: str, ask: Ask) -> None:
    assert ask.answer() == question.answer
    stopwatch.time(str(question), who, ask)


@pytest.mark.parametrize(
    ("question", "who", "ask"), contest(ADDITIONS, ours.add_asks, lambda rival, addition: rival.add_asks(addition))
)
def bench_add(stopwatch: Stopwatch, question: Addition, who: str, ask: Ask) -> None:
    assert ask.answer() == question.answer
    stopwatch.time(str(question), who, ask)


@pytest.mark.parametrize(
    ("question", "who", "ask"), contest(IS_OPEN, ours.is_open_asks, lambda rival, moment: rival.is_open_asks(moment))
)
def bench_is_open(stopwatch: Stopwatch, question: Moment, who: str, ask: Ask) -> None:
    assert ask.answer() == question.answer
    stopwatch.time(str(question), who, ask)
