"""Amounts of time as text, as values, and as fields of documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from servicekit.document import Document, DocumentValueError, read
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.time import day_rules
from servicekit.timeline import (
    BusinessDays,
    CalendarDays,
    ClockTimeField,
    DayRule,
    DayRuleField,
    Duration,
    DurationField,
    SpanField,
    format_duration,
    format_span,
    parse_duration,
    parse_span,
)

HOUR = timedelta(hours=1)
BLANKS = " " * 200_000


class Promise(Document):
    """A document with every field of an amount of time."""

    within: DurationField | None = None
    length: SpanField | None = None
    rule: DayRuleField = DayRule()
    by: ClockTimeField | None = None


@given(sks.spans(min_value=-timedelta(days=4000), max_value=timedelta(days=4000)))
def test_a_length_reads_back_from_its_text(length: timedelta) -> None:
    assert parse_span(format_span(length)) == length


@given(sks.spans() | st.builds(BusinessDays, st.integers(0, 999)) | sks.calendar_days())
def test_a_duration_reads_back_from_its_text(amount: Duration) -> None:
    assert parse_duration(format_duration(amount)) == amount


@given(sks.durations(), day_rules())
def test_a_document_of_amounts_reads_back_as_itself(amount: Duration, rule: DayRule) -> None:
    promise = Promise(within=amount, rule=rule, length=HOUR, by=time(17, 30))
    assert read(Promise, promise.to_yaml()).unwrap() == promise
    assert read(Promise, promise.to_json(), format="json").unwrap() == promise


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("4h", 4 * HOUR),
        ("1h30m", 1.5 * HOUR),
        ("1h 30m", 1.5 * HOUR),
        (" 45m ", 0.75 * HOUR),
        ("0s", timedelta(0)),
        ("1.5s", timedelta(seconds=1.5)),
        ("0.000001s", timedelta(microseconds=1)),
        ("PT4H", 4 * HOUR),
        ("PT1H30M", 1.5 * HOUR),
        ("PT0.25S", timedelta(milliseconds=250)),
        ("PT0,25S", timedelta(milliseconds=250)),
        ("36h", 36 * HOUR),
    ],
)
def test_a_length_is_written_in_hours_minutes_and_seconds(text: str, length: timedelta) -> None:
    assert parse_duration(text) == parse_span(text) == length


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2bd", BusinessDays(2)),
        ("0bd", BusinessDays(0)),
        ("3cd", CalendarDays(3)),
        ("P14D", CalendarDays(14)),
        ("P2W", CalendarDays(14)),
        ("10 bd", BusinessDays(10)),
    ],
)
def test_days_say_which_days_they_are(text: str, amount: Duration) -> None:
    assert parse_duration(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "4", "2d", "2 days", "h", "PT", "P", "P1M", "P1Y", "P1DT2H", "-4h", "-PT4H", "4h4h", "30m1h", "1e3s", "4H",
     "1.5h", "-2bd", "2.5cd", "0.1234567s", "٤h", "4h;", "99999999999h"],
)  # fmt: skip
def test_a_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(DocumentValueError) as raised:
        parse_duration(text)
    assert raised.value.code == "duration.text"


def test_a_bare_day_is_answered_with_its_three_meanings() -> None:
    with pytest.raises(DocumentValueError) as raised:
        parse_duration("2d")
    assert all(meaning in (raised.value.hint or "") for meaning in ("48h", "2bd", "2cd"))


@pytest.mark.parametrize("days", [-1, 1.5, True, "2", None])
@pytest.mark.parametrize("kind", [BusinessDays, CalendarDays])
def test_a_count_of_days_is_a_whole_number(kind: type, days: object) -> None:
    with pytest.raises(ValueError):
        kind(days)


@pytest.mark.parametrize("wrong", [{"start": "now"}, {"landing": "soft"}, {"end": "late"}])
def test_a_rule_that_nobody_knows_is_refused(wrong: dict[str, str]) -> None:
    for kind in (DayRule, lambda **choice: BusinessDays(1, **choice)):
        with pytest.raises(DocumentValueError) as raised:
            kind(**wrong)
        assert raised.value.code == "duration.rule"


def test_choices_that_are_left_open_come_from_the_rule() -> None:
    rule = DayRule(start="next_open", landing="after_close", end="close")
    assert BusinessDays(2).rule(rule) == rule
    assert BusinessDays(2, end=time(16), start="as_is").rule(rule) == DayRule("as_is", "after_close", time(16))


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("within: 2d", "duration.text", "within"),
        ("within: 4", "duration.text", "within"),
        ("within: {days: 2}", "duration.text", "within"),
        ("within: {business_days: two}", "duration.text", "within"),
        ("within: {business_days: 2, begin: as_is}", "duration.rule", "within"),
        ("within: {business_days: 2, start: now}", "duration.rule", "within"),
        ("within: {business_days: 2, end: by 25:00}", "duration.clock", "within"),
        ("within: {business_days: -2}", "document.value", "within"),
        ("length: 2bd", "duration.text", "length"),
        ("rule: next_open", "duration.rule", "rule"),
        ("rule: {start: soon}", "duration.rule", "rule"),
        ("by: '5 pm'", "duration.clock", "by"),
    ],
)
def test_a_fault_in_a_field_is_told_with_its_code_and_path(text: str, code: str, path: str) -> None:
    assert [(problem.code, problem.path) for problem in read(Promise, text).problems] == [(code, path)]


def test_business_days_may_say_in_a_document_how_they_are_counted() -> None:
    text = "within: {business_days: 2, start: next_open, landing: after_close, end: by 16:00}"
    within = BusinessDays(2, start="next_open", landing="after_close", end=time(16))
    assert read(Promise, text).unwrap().within == within
    assert format_duration(within) == "2bd (start next_open, landing after_close, end by 16:00)"


def test_fields_have_a_schema() -> None:
    for field in (DurationField, SpanField, DayRuleField, ClockTimeField):
        assert TypeAdapter(field).json_schema()["type"]


@pytest.mark.parametrize(
    "text", [f"1h{BLANKS}x", f"1h{BLANKS}1m{BLANKS}x", f"PT{BLANKS}", f"2{BLANKS}x", "1" * 200_000 + "d"]
)
@pytest.mark.parametrize("parse", [parse_span, parse_duration])
def test_a_long_text_is_refused_at_once_and_in_few_words(text: str, parse: Callable[[str], object]) -> None:
    """Fault D2: 16,000 spaces took six seconds; a long number of days could not even be refused."""
    with pytest.raises(DocumentValueError) as caught:
        parse(text)
    assert len(str(caught.value)) < 400


@given(st.integers(0, 20), st.integers(0, 20))
def test_spaces_between_the_parts_are_passed_over(first: int, second: int) -> None:
    text = f"1h{' ' * first}30m{' ' * second}15s"
    assert parse_span(text) == timedelta(hours=1, minutes=30, seconds=15)
    assert parse_span(text.replace("30m", "")) == timedelta(hours=1, seconds=15)
