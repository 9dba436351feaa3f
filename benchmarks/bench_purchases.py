"""Tiers and RFM of five million purchases beside hand-written Polars: pairs of processes, one after the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from benchmarks.conftest import OtherClock
from benchmarks.purchases import ASKS, BY_HAND, CUSTOMERS, OURS, PURCHASES, QUESTIONS, made

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

PAIRS = 5
ELSEWHERE = OtherClock()
Rounds: TypeAlias = Mapping[tuple[str, str], list[tuple[float, float]]]
"""The seconds and the megabytes of each round, by question and contender."""


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """Both sides in processes of their own, in turns, so that a busy machine slows both alike; their answers agree."""
    path, table = tmp_path_factory.mktemp("purchases") / "purchases.parquet", made()
    table.write_parquet(path)
    some = made(PURCHASES // 10, CUSTOMERS // 10)
    for ask in ASKS.values():
        assert ask[OURS](some).select(ask[BY_HAND](some).columns).equals(ask[BY_HAND](some))
    asked = [(question, who) for question in QUESTIONS for _ in range(PAIRS) for who in (OURS, BY_HAND)]
    found: dict[tuple[str, str], list[tuple[float, float]]] = {key: [] for key in asked}
    for question, who in asked:
        found[question, who].append(measured(question, who, path))
    return found


def measured(question: str, who: str, path: Path) -> tuple[float, float]:
    """Seconds and megabytes at most of a new process that asks once."""
    command = [sys.executable, "-m", "benchmarks.purchases", question, who, str(path)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    seconds, megabytes = map(float, printed.stdout.split())
    return seconds, megabytes


@pytest.mark.parametrize("who", [OURS, BY_HAND])
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_five_million_purchases(stopwatch: Stopwatch, rounds: Rounds, question: str, who: str) -> None:
    stopwatch.replay(f"5 M purchases: {question}", who, ELSEWHERE, [seconds for seconds, _ in rounds[question, who]])


@pytest.mark.parametrize("who", [OURS, BY_HAND])
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_their_memory(stopwatch: Stopwatch, rounds: Rounds, question: str, who: str) -> None:
    memory = [megabytes for _, megabytes in rounds[question, who]]
    stopwatch.replay(f"5 M purchases, peak MB: {question}", who, ELSEWHERE, memory)
