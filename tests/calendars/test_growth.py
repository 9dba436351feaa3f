"""The compiled form grows as it is asked; neither the order of questions nor threads change an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.testing import strategies as sks

Question = tuple[str, datetime, int]

DAY = timedelta(days=1)
VERBS = ("is_open", "elapsed", "add", "next_start", "previous_close", "open_between", "due")
CALENDAR = Calendar.model_validate(
    {
        "timezone": "America/New_York",
        "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"], "sat": "22:00-06:00"},
        "holidays": ["US"],
    }
)
MOMENTS = sks.instants(min_value=datetime(1975, 1, 1, tzinfo=UTC), max_value=datetime(2060, 1, 1, tzinfo=UTC))
QUESTIONS = st.lists(st.tuples(st.sampled_from(VERBS), MOMENTS, st.integers(-900, 900)), min_size=1, max_size=8)


def ask(hours: CompiledCalendar, question: Question) -> object:
    verb, moment, days = question
    match verb:
        case "elapsed":
            return hours.elapsed(moment, moment + days * DAY)
        case "add":
            return hours.add(moment, days * timedelta(hours=1))
        case "due":
            return hours.due(moment, abs(days) * timedelta(hours=1))
        case "open_between":
            return list(hours.open_between(moment, moment + days * DAY / 10))
        case _:
            asked: Callable[[datetime], object] = getattr(hours, verb)
            return asked(moment)


@settings(max_examples=30)
@given(QUESTIONS, st.randoms(use_true_random=False))
def test_the_order_of_questions_does_not_matter(questions: list[Question], random: st.random.Random) -> None:  # type: ignore[name-defined]
    fresh = [ask(CALENDAR.compile(), question) for question in questions]
    grown, order = CALENDAR.compile(), list(enumerate(questions))
    random.shuffle(order)
    answers = {index: ask(grown, question) for index, question in order}
    assert [answers[index] for index in range(len(questions))] == fresh


@given(st.permutations([1980, 1999, 2024, 2055]))
def test_years_join_without_a_seam_in_any_order(years: list[int]) -> None:
    hours = Calendar.always("Asia/Shanghai").compile()
    for year in years:
        assert hours.is_open(datetime(year, 6, 1, tzinfo=UTC))
    start, end = datetime(1980, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC)
    assert [(i.start, i.end) for i in hours.open_between(start, end)] == [(start, end)]


def test_a_night_shift_over_new_year_is_one_interval() -> None:
    hours = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-sun": "22:00-06:00"}}).compile()
    eve = datetime(2026, 12, 31, 23, tzinfo=UTC)
    hours.is_open(eve)
    assert hours.next_close(eve) == datetime(2027, 1, 1, 6, tzinfo=UTC)
    assert hours.previous_start(eve + timedelta(hours=3)) == datetime(2026, 12, 31, 22, tzinfo=UTC)
    assert next(hours.open_after(eve)).end == datetime(2027, 1, 1, 6, tzinfo=UTC)
    assert next(hours.open_before(eve + 30 * timedelta(hours=1))).start == datetime(2027, 1, 1, 22, tzinfo=UTC)


def test_threads_may_share_a_calendar() -> None:
    start = datetime(1971, 1, 1, tzinfo=UTC)
    questions: list[Question] = [
        (VERBS[n % len(VERBS)], start + n * 37 * DAY, (n * 53) % 700 - 350) for n in range(240)
    ]
    single = CALENDAR.compile()
    expected = [ask(single, question) for question in questions]
    shared, gate = CALENDAR.compile(), threading.Barrier(8)

    def worker(offset: int) -> list[tuple[int, object]]:
        gate.wait()
        turn = [(n + offset * 30) % len(questions) for n in range(len(questions))]
        return [(n, ask(shared, questions[n])) for n in turn]

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for future in pool.map(worker, range(8)) for answer in future]
    assert len(answers) == 8 * len(questions)
    assert all(answer == expected[n] for n, answer in answers)
