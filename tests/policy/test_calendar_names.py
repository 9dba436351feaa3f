"""Names of calendars within the calendars of a policy (fault C11)."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from servicekit.calendars import AnyCalendar, Calendar
from servicekit.document import read
from servicekit.policy import ServicePolicy

HEAD = "name: support\ntimezone: Asia/Shanghai\ncalendars:\n"
DESK, DUTY = '{weekly: {mon-fri: "09:00-17:00"}}', '{weekly: {sat: "10:00-14:00"}}'
WORD = f"  desk: {DESK}\n  duty: {DUTY}\n"
WEEK = (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("form", "spelled_out"),
    [
        ("{any_of: [desk, duty]}", f"{{any_of: [{DESK}, {DUTY}]}}"),
        ("{all_of: [always, desk]}", f"{{all_of: [{{weekly: 24x7}}, {DESK}]}}"),
        ("{of: desk, minus: {complement: duty}}", f"{{of: {DESK}, minus: {{complement: {DUTY}}}}}"),
        ("{shifted: late, by: 30m}", f"{{shifted: {{shifted: {DESK}, by: 1h}}, by: 30m}}"),
        ("desk", DESK),
    ],
)
def test_a_name_stands_for_the_calendar_under_it(form: str, spelled_out: str) -> None:
    """Fault C11: wherever it is defined, and the document keeps it."""
    policy = ServicePolicy.parse(f"{HEAD}  asked: {form}\n  late: {{shifted: desk, by: 1h}}\n{WORD}")
    assert policy.problems() == ()
    found = policy.compile().calendar("asked")
    same = AnyCalendar.parse(spelled_out).compile(timezone="Asia/Shanghai")
    assert list(found.open_between(*WEEK)) == list(same.open_between(*WEEK))
    assert [found.is_business_day(date(2026, 1, n)) for n in range(5, 12)] == [
        same.is_business_day(date(2026, 1, n)) for n in range(5, 12)
    ]
    assert ServicePolicy.parse(policy.to_yaml()) == policy
    assert ServicePolicy.parse(policy.to_json(), format="json") == policy
    assert (
        policy.to_dict()["calendars"]["asked"]
        == read(ServicePolicy, policy.to_yaml())
        .unwrap()
        .to_dict()[  # type: ignore[index]
            "calendars"
        ]["asked"]
    )  # type: ignore[index]


@pytest.mark.parametrize(
    ("calendars", "expected"),
    [
        ("  a: {any_of: [desk, dusk]}\n", [("policy.unknown-calendar", "calendars.a.any_of[1]")]),
        ("  a: {of: {complement: dutty}, minus: desk}\n", [("policy.unknown-calendar", "calendars.a.of.complement")]),
        ("  a: {any_of: [a, desk]}\n", [("policy.calendar-cycle", "calendars.a.any_of[0]")]),
        ("  a: {any_of: [b]}\n  b: {complement: a}\n", [("policy.calendar-cycle", "calendars.b.complement")]),
        ("  a: b\n  b: a\n", [("policy.calendar-cycle", "calendars.b")]),
    ],
)
def test_names_that_stand_for_nothing_or_lead_back_are_problems(
    calendars: str, expected: list[tuple[str, str]]
) -> None:
    """Fault C11."""
    found = read(ServicePolicy, HEAD + calendars + WORD).problems
    assert [(problem.code, problem.path) for problem in found] == expected
    assert all(problem.hint for problem in found)


def test_names_do_not_make_small_documents_costly() -> None:
    """Fault C7: each calendar is twice in the next, and each is in the next, without end."""
    begun = time.process_time()
    twice = "".join(f"  c{n}: {{any_of: [c{n - 1}, c{n - 1}]}}\n" for n in range(1, 60))
    [problem] = read(ServicePolicy, f"{HEAD}  c0: {DESK}\n{twice}").problems
    assert (problem.code, problem.path) == ("calendar.too-many", "calendars.c9")
    chain = "".join(f"  c{n}: {{complement: c{n + 1}}}\n" for n in range(600))
    problems = read(ServicePolicy, f"{HEAD}{chain}  c600: {DESK}\n").problems
    assert {problem.code for problem in problems} == {"calendar.too-many"}
    assert time.process_time() - begun < 5  # no benchmark: it took minutes


def test_a_calendar_that_is_a_part_of_several_is_one_document() -> None:
    policy = ServicePolicy.parse(f"{HEAD}  asked: {{any_of: [desk, {{complement: desk}}]}}\n{WORD}")
    asked = policy.compile().calendar("asked").calendar
    assert asked.parts[0] is asked.parts[1].parts[0]
    assert isinstance(asked.parts[0], Calendar)
