"""Every session of three exchanges since 2000: a calendar document against a list that nobody here wrote.

A document says the hours, the holidays of a source, and in ``extra_holidays`` the days that the source does not know.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.document import read

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "exchanges"
SESSIONS = {"xnys": 5796, "xlon": 5986, "xshg": 6543}
"""How many sessions the lists hold since 2000."""

Stretch = tuple[datetime, datetime]
Sessions = dict[date, list[Stretch]]


def listed(file: Path) -> Iterator[tuple[date, list[Stretch]]]:
    """The stretches in which an exchange traded, by session; two where it closed for lunch."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            opened, closed, lunch, after = (
                datetime.fromisoformat(row[key]) if row[key] else None
                for key in ("open", "close", "break_start", "break_end")
            )
            assert opened is not None
            assert closed is not None
            stretches = [(opened, lunch), (after, closed)] if lunch and after else [(opened, closed)]
            yield date.fromisoformat(row[""][:10]), stretches


@pytest.fixture(scope="module", params=sorted(SESSIONS))
def exchange(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sessions(exchange: str, shared_data: Path) -> Sessions:
    every = listed(shared_data / "exchange_sessions" / f"{exchange}.csv.gz")
    return {on: stretches for on, stretches in every if on.year >= 2000}


@pytest.fixture(scope="module")
def hours(exchange: str) -> CompiledCalendar:
    return Calendar.load(EXAMPLES / f"{exchange}.yaml").compile()


def every_date(sessions: Sessions) -> list[date]:
    first, last = min(sessions), max(sessions)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_the_document_is_read_without_a_problem(exchange: str) -> None:
    assert read(Calendar, EXAMPLES / f"{exchange}.yaml").problems == ()


def test_open_close_and_lunch_of_every_session_come_out(
    exchange: str, sessions: Sessions, hours: CompiledCalendar
) -> None:
    assert len(sessions) == SESSIONS[exchange]
    answers = {on: [(part.start, part.end) for part in hours.hours_on(on)] for on in every_date(sessions)}
    assert {on: found for on, found in answers.items() if found != sessions.get(on, [])} == {}


def test_session_minutes_add_up(sessions: Sessions, hours: CompiledCalendar) -> None:
    total = sum((end - start for stretches in sessions.values() for start, end in stretches), timedelta())
    first, last = sessions[min(sessions)][0][0], sessions[max(sessions)][-1][1]
    assert hours.elapsed(first, last) == total


def test_business_days_are_the_sessions(sessions: Sessions, hours: CompiledCalendar) -> None:
    assert hours.business_days_between(min(sessions), max(sessions) + timedelta(days=1)) == len(sessions)


def test_the_days_listed_by_hand_are_few_and_have_reasons(exchange: str) -> None:
    extra = Calendar.load(EXAMPLES / f"{exchange}.yaml").extra_holidays
    assert len(extra) == {"xnys": 0, "xlon": 0, "xshg": 42}[exchange]
    assert all(on.year < 2007 and reason != "holiday" for on, reason in extra.items())
