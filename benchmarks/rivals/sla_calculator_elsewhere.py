"""Run by the Python that has sla-calculator: questions in JSON come in, answers and seconds a call go out.

It takes the hours of the desk in the zone of the machine, so whoever runs it sets ``TZ``. The country whose holidays it
cannot be kept from using is Germany, which had none in the week that is asked about.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from time import perf_counter

import pendulum
from sla_calculator import SLA_Calculator  # type: ignore[import-not-found]

LEAST_A_ROUND = 0.0002


def due(start: pendulum.DateTime | str, hours: int) -> pendulum.DateTime:
    found: pendulum.DateTime = SLA_Calculator().calculate(start, 9, 17, "DE", hours)
    return found


def rounds(call: Callable[[], object], seconds: float) -> Iterator[float]:
    """Seconds a call, one figure a round, for about as long as ``seconds``; a round is not shorter than 0.2 ms."""
    calls = 1
    while calls < 1_000 and seconds_of(call, calls) < LEAST_A_ROUND:
        calls *= 2
    spent = 0.0
    while spent < seconds:
        took = seconds_of(call, calls)
        spent += took
        yield took / calls


def seconds_of(call: Callable[[], object], calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        call()
    return perf_counter() - start


def answered(start: str, hours: int, seconds: float) -> dict[str, object]:
    """One question in both forms that it takes: a pendulum datetime, and text that it parses on each call."""
    moment = pendulum.instance(datetime.fromisoformat(start))
    forms: dict[str, pendulum.DateTime | str] = {"pendulum datetimes": moment, "text": start}
    return {
        form: {"answer": due(given, hours).isoformat(), "rounds": [*rounds(partial(due, given, hours), seconds)]}
        for form, given in forms.items()
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump([answered(start, hours, asked["seconds"]) for start, hours in asked["questions"]], sys.stdout)
