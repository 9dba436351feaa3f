"""Each verdict is told by one period: stories at the edges, and what a review costs."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview
from servicekit.desk.service_period.judging.case_queue import AT_ONCE
from servicekit.events import Case, CaseEvent, DueOverridden, FieldChanged, Opened, Reopened, Resolved
from servicekit.policy import ServicePolicy
from servicekit.sla import CaseVerdict
from servicekit.timeline import Period

POLICY = ServicePolicy.parse("{name: Hotline, timezone: Asia/Shanghai, sla: {targets: [{resolution: 10cd}]}}")
DESK = ServiceDesk(POLICY)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
"""When February ends and March begins in the policy's zone; in UTC it is February still."""
DAY, US = timedelta(days=1), timedelta(microseconds=1)
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def case(opened: datetime, *later: CaseEvent) -> Case:
    return Case("C-1", (Opened("C-1", opened), *later))


def resolved(at: datetime) -> Resolved:
    return Resolved("C-1", at)


def told(one: Case) -> list[str]:
    """What February and March tell of a case: verdicts of their own cases, and those that were carried into them."""
    found = []
    for name in ("2026-02", "2026-03"):
        period = PeriodReview(DESK, Period.parse(name)).of([one], as_of=LATER)
        own = period.report.total("resolution").attainment
        found += [f"{name} {word}" for word in ("met", "met_late", "missed", "open") if getattr(own, word)]
        for each in period.carried:
            words = ("met", "met_late", "missed")
            found += [f"{name} carried {word}" for word in words if getattr(each.attainment, word)]
            found += [f"{name} settled"] * each.settled
    return found


STORIES = {
    "kept in its month": (case(MIDNIGHT - 9 * DAY, resolved(MIDNIGHT - DAY)), ["2026-02 met"]),
    "kept at the stroke of midnight": (case(MIDNIGHT - 9 * DAY, resolved(MIDNIGHT)), ["2026-02 met"]),
    "kept just after it": (case(MIDNIGHT - 9 * DAY, resolved(MIDNIGHT + US)), ["2026-02 open", "2026-03 carried met"]),
    "due and not done": (case(MIDNIGHT - 12 * DAY), ["2026-02 missed"]),
    "done in the month after": (
        case(MIDNIGHT - 12 * DAY, resolved(MIDNIGHT + DAY)), ["2026-02 missed", "2026-03 settled"],
    ),
    "due at the stroke of midnight": (case(MIDNIGHT - 10 * DAY), ["2026-02 open", "2026-03 carried missed"]),
    "due just before it": (case(MIDNIGHT - 10 * DAY - US), ["2026-02 missed"]),
    "due in the month after": (
        case(MIDNIGHT - DAY, resolved(MIDNIGHT + 20 * DAY)), ["2026-02 open", "2026-03 carried met_late"],
    ),
    "opened at the stroke of midnight": (case(MIDNIGHT), ["2026-03 missed"]),
    "opened just before it": (case(MIDNIGHT - US), ["2026-02 open", "2026-03 carried missed"]),
    "kept, reopened and broken": (
        case(MIDNIGHT - 5 * DAY, resolved(MIDNIGHT - DAY), Reopened("C-1", MIDNIGHT + DAY)),
        ["2026-02 met", "2026-03 carried missed"],
    ),
    "given more time, and kept": (
        case(
            MIDNIGHT - 12 * DAY,
            DueOverridden("C-1", MIDNIGHT + DAY, "resolution", MIDNIGHT + 9 * DAY, "agreed"),
            resolved(MIDNIGHT + 2 * DAY),
        ),
        ["2026-02 missed", "2026-03 carried met"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), STORIES.values(), ids=STORIES.keys())
def test_a_verdict_is_told_by_the_period_in_which_it_fell(one: Case, expected: list[str]) -> None:
    assert told(one) == expected


def test_a_problem_of_the_month_after_is_not_one_of_the_month_before() -> None:
    policy = POLICY.replace(vocabulary={"priorities": ["low", "high"]})
    odd = case(MIDNIGHT - 5 * DAY, resolved(MIDNIGHT - DAY), FieldChanged("C-1", MIDNIGHT + DAY, "priority", "hihg"))
    march = PeriodReview(ServiceDesk(policy), Period.parse("2026-03"), compare="previous").of([odd], as_of=LATER)
    assert ServiceDesk(policy).report([odd], as_of=LATER).problems != ()
    assert march.before is not None
    assert (march.before.report.cases, march.before.report.problems) == (1, ())


def test_an_open_case_is_judged_at_the_latest_instant_of_the_data_wherever_it_stands_among_them() -> None:
    waiting = case(MIDNIGHT + DAY)
    done = Case("C-2", (Opened("C-2", MIDNIGHT + 2 * DAY), Resolved("C-2", MIDNIGHT + 20 * DAY)))
    for records in ([waiting, done], [done, waiting]):
        march = PeriodReview(DESK, Period.parse("2026-03")).of(records)
        assert (march.as_of, march.report.as_of_case) == (MIDNIGHT + 20 * DAY, "C-2")
        assert march.report.total("resolution").attainment.missed == 1
        assert [each.late for each in march.worst] == [9 * DAY, 8 * DAY]
        assert dict(march.ages)[30 * DAY] == 1
        assert [group.code for group in march.report.problems] == ["desk.as-of-from-data"]


class CountingDesk(ServiceDesk):
    """A desk that counts how often it judges each case."""

    def __init__(self, policy: ServicePolicy) -> None:
        super().__init__(policy)
        self.judged: Counter[str] = Counter()

    def judge(self, case: Case, as_of: datetime) -> CaseVerdict:
        self.judged[case.case_id] += 1
        return super().judge(case, as_of)


def stream(number: int, alive: list[int]) -> Iterator[Case]:
    """Cases of a month, one after another; now and then it is counted how many are kept."""
    for n in range(number):
        opened, name = MIDNIGHT + n * timedelta(minutes=20), f"C-{n}"
        yield Case(name, (Opened(name, opened), Resolved(name, opened + DAY)))
        if n % 100 == 99:
            alive.append(sum(type(each) is Case for each in gc.get_objects()))


def test_a_case_of_the_period_is_judged_once() -> None:
    desk = CountingDesk(POLICY)
    PeriodReview(desk, Period.parse("2026-03")).of(stream(50, []), as_of=LATER)
    assert set(desk.judged.values()) == {1}
    older = CountingDesk(POLICY)
    PeriodReview(older, Period.parse("2026-04"), compare="previous").of(stream(50, []), as_of=LATER)
    assert set(older.judged.values()) == {1}, "what has ended is the same at every later instant"


@pytest.mark.parametrize("as_of", [LATER, None])
def test_no_more_than_the_worst_cases_are_kept(as_of: datetime | None) -> None:
    alive: list[int] = []
    PeriodReview(DESK, Period.parse("2026-03"), compare="previous").of(stream(1_000, alive), as_of=as_of)
    assert max(alive) - min(alive) <= 5 + AT_ONCE, "the worst, and those that are just being judged"
