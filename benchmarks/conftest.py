"""The stopwatch, and what a run prints and writes when it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from benchmarks.budgets import Figure, Key, rows
from benchmarks.questions import DEADLINES, Ask
from benchmarks.report import answer_lines, budget_lines, figure_lines, machine

if TYPE_CHECKING:
    from datetime import datetime

    from _pytest.terminal import TerminalReporter
    from pytest_benchmark.fixture import BenchmarkFixture

_FIGURES = pytest.StashKey[dict[Key, Figure]]()
_ANSWERS = pytest.StashKey["dict[Key, datetime]"]()


class OtherClock:
    """Shows the seconds that another process has measured; the timer of its benchmarks."""

    def __init__(self) -> None:
        self._now = 0.0

    def read(self) -> float:
        """Seconds so far."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let a round pass."""
        self._now += seconds


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Times one call and keeps the figure under its question and its contender."""

    benchmark: BenchmarkFixture
    figures: dict[Key, Figure]

    def time(self, question: str, who: str, ask: Ask) -> None:
        """Time the same call again and again."""
        self._name(question, who)
        self.benchmark(ask.call, *ask.arguments)
        self._keep(question, who)

    def time_first(self, question: str, who: str, call: Callable[[], Ask], *, rounds: int) -> None:
        """Time calls that are each made once, for work that is remembered."""
        self._name(question, who)
        self.benchmark.pedantic(  # type: ignore[no-untyped-call]
            lambda ask: ask.call(*ask.arguments), setup=lambda: ((call(),), {}), rounds=rounds, warmup_rounds=2
        )
        self._keep(question, who)

    def replay(self, question: str, who: str, clock: OtherClock, rounds: Sequence[float]) -> None:
        """Keep seconds a call that another process has measured; the benchmark's timer must be ``clock``."""
        self._name(question, who)
        passing = iter(rounds)
        self.benchmark.pedantic(  # type: ignore[no-untyped-call]
            clock.advance, setup=lambda: ((next(passing),), {}), rounds=len(rounds)
        )
        self._keep(question, who)

    def _name(self, question: str, who: str) -> None:
        self.benchmark.group, self.benchmark.name = question, who

    def _keep(self, question: str, who: str) -> None:
        assert self.benchmark.stats is not None, "figures need timing on: run without --benchmark-disable"
        stats = self.benchmark.stats.stats
        self.figures[question, who] = Figure(stats.min, stats.median)


@pytest.fixture
def stopwatch(benchmark: BenchmarkFixture, request: pytest.FixtureRequest) -> Stopwatch:
    """A stopwatch whose figures are in the tables at the end."""
    return Stopwatch(benchmark, request.config.stash[_FIGURES])


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> dict[Key, datetime]:
    """The answers to the deadlines, shown side by side at the end."""
    return request.config.stash[_ANSWERS]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = {}
    config.stash[_ANSWERS] = {}


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash[_FIGURES]
    if not figures:
        return
    terminalreporter.section("figures")
    for name, text in machine().items():
        terminalreporter.write_line(f"{name}: {text}")
    for line in figure_lines(figures):
        terminalreporter.write_line(line)
    answers = config.stash[_ANSWERS]
    if answers:
        terminalreporter.section("deadlines")
        for line in answer_lines(DEADLINES, answers):
            terminalreporter.write_line(line)
    terminalreporter.section("budgets")
    for line in budget_lines(rows(figures)):
        terminalreporter.write_line(line)


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, object]) -> None:
    machine_info["servicekit"] = machine()


def pytest_benchmark_update_json(
    config: pytest.Config, benchmarks: list[object], output_json: dict[str, object]
) -> None:
    figures = config.stash[_FIGURES]
    output_json["budgets"] = [
        {
            "what": row.budget.what,
            "unit": row.budget.unit,
            "budget": row.budget.limit,
            "best": row.best,
            "median": row.median,
            "verdict": row.verdict,
        }
        for row in rows(figures)
    ]
