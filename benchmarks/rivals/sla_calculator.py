"""sla-calculator: the due moment of an SLA, one window a day, weekends fixed.

It requires pendulum 2.1.2 and holidays 0.10.3 of 2020, which cannot live beside ours, and with a later pendulum it
counts the days of the week from another day and answers otherwise. So it has an environment of its own, set up by
``make bench`` and ``make check``, and is asked and timed there by ``sla_calculator_elsewhere.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypedDict

from benchmarks.questions import DEADLINES, Addition

__all__ = ["FORMS", "INSTEAD", "PYTHON", "Reply", "replies"]

FORMS = ("pendulum datetimes", "text")
"""What it takes as the start."""
INSTEAD = {"next day": datetime(2024, 1, 21, 11), "closed day": datetime(2024, 1, 21, 11)}
"""Its wrong answers, both a Sunday: it takes Friday and Saturday for the weekend, as pendulum 2 numbers the days."""
PYTHON = Path(sys.prefix) / "rivals" / "sla-calculator" / "bin" / "python"
"""The interpreter of its environment."""
_SCRIPT = Path(__file__).with_name("sla_calculator_elsewhere.py")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Reply:
    """One question answered: the reading of the desk's clock, and the seconds a call of each round."""

    answer: datetime
    rounds: Sequence[float]


class _Timed(TypedDict):
    answer: str
    rounds: list[float]


@cache
def replies(seconds: float = 0.0) -> Mapping[tuple[str, str], Reply]:
    """The six deadlines by name and form; each is timed for so long, not at all by default."""
    return {
        (name, form): Reply(_reading(reply["answer"]), reply["rounds"])
        for name, forms in zip(DEADLINES, _run(seconds), strict=True)
        for form, reply in forms.items()
    }


def _run(seconds: float) -> Sequence[Mapping[str, _Timed]]:
    """What came of each form of each question."""
    questions = [_question(deadline) for deadline in DEADLINES.values()]
    # -I: neither this folder, which has a pandas.py, nor anything of the environment that asks.
    run = subprocess.run(
        [PYTHON, "-I", "-W", "ignore", _SCRIPT],
        input=json.dumps({"questions": questions, "seconds": seconds}),
        stdout=subprocess.PIPE,
        env={**os.environ, "TZ": "UTC"},
        text=True,
        check=True,
        timeout=_LONGEST,
    )
    timed: list[dict[str, _Timed]] = json.loads(run.stdout)
    return timed


def _question(deadline: Addition) -> tuple[str, int]:
    assert deadline.zone == "UTC"
    return f"{deadline.start.isoformat()}+00:00", deadline.hours


def _reading(answer: str) -> datetime:
    return datetime.fromisoformat(answer).replace(tzinfo=None)
