"""What the strategies draw is sound, and reaches the corners that it promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from servicekit.calendars import (
    AllOf,
    AnyOf,
    Calendar,
    Complement,
    Difference,
    MonthDay,
    Recurrence,
    Shifted,
)
from servicekit.document import read
from servicekit.events import Case, CaseEvent, Opened, order
from servicekit.policy import ServicePolicy
from servicekit.rules import fields_read
from servicekit.sla import SlaPolicy, TargetRow
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.layers import recurrences
from servicekit.testing.strategies.weeks import windows
from servicekit.timeline import Interval

FIND = settings(phases=[Phase.generate], max_examples=2000, database=None)
OPENED = sks.instants(min_value=datetime(2026, 1, 1, tzinfo=UTC), max_value=datetime(2026, 3, 1, tzinfo=UTC))

CORNERS = {
    "overnight": lambda calendar: any(w.crosses_midnight for day in calendar.weekly.values() for w in day),
    "break": lambda calendar: any(calendar.breaks.values()),
    "closed date": lambda calendar: () in calendar.dates.values(),
    "make-up day": lambda calendar: any(day.working for source in calendar.holidays for day in source.days(2025)),
    "cut": lambda calendar: calendar.cut == "calendar_date" and calendar.extra_holidays,
    "around the clock": lambda calendar: "mon-sun" in calendar.weekly,
    "never open": lambda calendar: calendar.compile().never_opens,
    "yearly season": lambda calendar: any(isinstance(s.start_on, MonthDay) for s in calendar.seasons),
    "open-ended season": lambda calendar: any(s.start_on and not s.last_on for s in calendar.seasons),
    "season with breaks": lambda calendar: any(s.breaks for s in calendar.seasons),
    "endless recurrence": lambda calendar: any(r.last_on is None for r in calendar.recurring),
    "recurrence with hours": lambda calendar: any(r.hours for r in calendar.recurring),
    "opening and closure": lambda calendar: calendar.openings and calendar.closures,
    "closure with an offset": lambda calendar: any(c.start.tzinfo for c in calendar.closures),
    "half day by name": lambda calendar: any(rule.names and rule.hours for rule in calendar.half_days),
    "half day by category": lambda calendar: any(rule.categories for rule in calendar.half_days),
    "source for a time": lambda calendar: any(source.valid for source in calendar.holidays),
    "make-up days ignored": lambda calendar: calendar.make_up_as == "none" and calendar.holidays,
    "lord howe": lambda calendar: calendar.timezone == "Australia/Lord_Howe" and calendar.weekly,
}


@pytest.mark.parametrize("corner", CORNERS)
def test_calendars_reach_every_corner(corner: str) -> None:
    assert find(sks.calendars(), lambda calendar: bool(CORNERS[corner](calendar)), settings=FIND)


FORMS = {
    "union": lambda form: isinstance(form, AnyOf) and len(form.any_of) > 1,
    "intersection": lambda form: isinstance(form, AllOf) and len(form.all_of) > 1,
    "difference of a union": lambda form: isinstance(form, Difference) and isinstance(form.of, AnyOf),
    "complement of a complement": lambda form: isinstance(form, Complement) and isinstance(form.complement, Complement),
    "shift back": lambda form: isinstance(form, Shifted) and form.by < timedelta(0),
    "zone of its own": lambda form: not isinstance(form, Calendar) and form.timezone,
    "plain": lambda form: isinstance(form, Calendar),
}


@pytest.mark.parametrize("corner", FORMS)
def test_forms_reach_every_corner(corner: str) -> None:
    closed = st.just(Calendar(timezone="UTC"))
    assert find(sks.any_calendars(calendars=closed), lambda form: bool(FORMS[corner](form)), settings=FIND)


@given(sks.calendars(max_layers=0))
def test_calendars_without_layers_have_none(calendar: Calendar) -> None:
    layers = (calendar.seasons, calendar.recurring, calendar.openings, calendar.closures, calendar.half_days)
    assert layers == ((), (), (), (), ())


@given(recurrences(max_days=14))
def test_bounded_recurrences_end(recurrence: Recurrence) -> None:
    assert recurrence.last_on is not None
    assert recurrence.last_on - recurrence.start_on <= timedelta(days=14)


@given(sks.open_calendars(), OPENED)
def test_open_calendars_open_within_a_month(calendar: Calendar, moment: datetime) -> None:
    assert calendar.compile().elapsed(moment, moment + timedelta(days=60)) > timedelta(0)


@given(sks.sla_policies())
def test_drawn_sla_policies_have_no_errors_and_read_back(policy: SlaPolicy) -> None:
    assert [problem.code for problem in policy.problems() if problem.is_error] == []
    assert read(SlaPolicy, policy.to_yaml()).unwrap() == policy


SLA = {
    "every matching row, none for all cases": lambda sla: sla.match == "all" and all(map(_asks, sla.targets)),
    "limited pause of what is promised": lambda sla: any(
        pause.has_limits and sla.promised & set(pause.metrics) for pause in sla.pauses
    ),
    "limited pause of a clock that changes": lambda sla: (
        len(sla.targets) > 1
        and any(pause.has_limits and "resolution" in pause.metrics for pause in sla.pauses)
        and sum("resolution" in row.targets for row in sla.targets) > 1
    ),
    "pinned": lambda sla: sla.pin == "at_open",
    "every mode of change": lambda sla: len({sla.on_change, *(row.on_change for row in sla.targets)}) > 3,
    "reopened within": lambda sla: sla.reopen.within is not None,
    "agreement": lambda sla: sla.agreements,
}


def _asks(row: TargetRow) -> bool:
    return bool(fields_read(row.when))


@pytest.mark.parametrize("corner", SLA)
def test_sla_policies_reach_every_corner(corner: str) -> None:
    assert find(sks.sla_policies(), lambda policy: bool(SLA[corner](policy)), settings=FIND)


@settings(max_examples=20)
@given(sks.service_policies(), sks.cases(opened_at=OPENED))
def test_drawn_policies_judge_drawn_cases(policy: ServicePolicy, case: Case) -> None:
    engine = policy.compile().sla
    assert engine is not None
    verdict = engine.judge(case, as_of=datetime(2026, 6, 1, tzinfo=UTC))
    judged = [outcome.metric for outcome in verdict.outcomes]
    assert set(judged) <= set(engine.metrics)
    assert judged == sorted(judged, key=engine.metrics.index)


@given(sks.cases(opened_at=OPENED))
def test_drawn_cases_begin_with_their_opening_and_stand_in_order(case: Case) -> None:
    assert isinstance(case.events[0], Opened)
    assert [event.at for event in case.events] == sorted(event.at for event in case.events)


@given(sks.event_logs(opened_at=OPENED))
def test_drawn_logs_can_be_put_in_order(log: list[CaseEvent]) -> None:
    ordered = order(log)
    assert {event.case_id for event in ordered.events} == {event.case_id for event in log}


@pytest.mark.parametrize(
    "code", ["events.out-of-order", "events.duplicate", "events.no-opening", "events.after-cancel"]
)
def test_drawn_logs_have_every_fault_of_real_ones(code: str) -> None:
    assert find(sks.event_logs(), lambda log: code in {p.code for p in order(log).problems}, settings=FIND)


@given(sks.intervals(min_length=timedelta(hours=1), max_length=timedelta(hours=2)))
def test_bounds_are_kept(interval: Interval) -> None:
    assert timedelta(hours=1) <= interval.length <= timedelta(hours=2)


@given(st.data())
def test_steps_are_kept(data: st.DataObject) -> None:
    quarter = timedelta(minutes=15)
    moment = data.draw(sks.instants(step=quarter, zones=sks.zones()))
    window = data.draw(windows(step=quarter))
    assert moment.astimezone(UTC).minute % 15 == moment.second == moment.microsecond == 0
    assert window.start_us % (900 * 10**6) == window.end_us % (900 * 10**6) == 0


def test_the_door_shows_strategies_alone() -> None:
    """Fault F4: no modules, no constants."""
    assert dir(sks) == sorted(sks.__all__)
    assert all(callable(getattr(sks, name)) for name in dir(sks))
