"""Figures that others got wrong: each case is a public report, named by its project and number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from servicekit.events import AgentReplied, Case, CustomerReplied, Opened, Reopened, Resolved
from servicekit.kpi import (
    CohortTable,
    FirstResponse,
    HandlingTime,
    MeanMetric,
    NextResponse,
    Nps,
    RatioMetric,
    Results,
    Scorecard,
    SumMetric,
    Term,
    case_row,
)
from servicekit.kpi.catalogue import AnyMetric
from servicekit.kpi.value_text import value_text
from servicekit.quantity import Ratio
from servicekit.rules import Exists, where

SECOND = 1_000_000
Rows = list[dict[str, object]]


def results(metric: AnyMetric, data: dict[str, Rows], *by: str) -> Results:
    return Scorecard(metrics={"m": metric}).compile().measure(data, by=by)


def answers(*scores: object) -> dict[str, Rows]:
    return {"answer": [{"instrument": "nps", "score": score} for score in scores]}


def test_chatwoot_12058_a_reopening_starts_another_wait_and_a_bot_is_no_first_response() -> None:
    opened, again = datetime(2025, 7, 21, 9, tzinfo=UTC), datetime(2025, 7, 25, 14, tzinfo=UTC)
    replied = again + timedelta(minutes=10)
    case = Case(
        "C-1",
        (
            Opened("C-1", opened),
            Resolved("C-1", opened + timedelta(minutes=5), by="bot"),
            Reopened("C-1", again),
            CustomerReplied("C-1", again),
            AgentReplied("C-1", replied),
        ),
    )
    first = results(FirstResponse(q="0.5", clock="wall"), {"case": [dict(case_row(case))]})["m"]
    assert first.exact == 364_200 * SECOND, "of the case, by its definition"
    waits = [{"metric": "next_response", "outcome": "met", "elapsed_us": 600 * SECOND}]
    after = results(NextResponse(q="0.5", method="linear"), {"outcome": [*waits]})["m"]
    assert after.exact == 600 * SECOND, "of each wait: another metric, so that the two are never in one mean"


def test_zammad_5865_months_end_by_the_clock_of_the_zone() -> None:
    closed = (datetime(2025, 10, 31, 22, 30, tzinfo=UTC), datetime(2025, 10, 31, 21, 30, tzinfo=UTC))
    metric = SumMetric(table="case", at="resolved_at", where=Exists(field="resolved_at", op="exists"))
    card, rows = Scorecard(metrics={"m": metric}), [{"resolved_at": each} for each in closed]
    by_month = card.compile(timezone=ZoneInfo("Europe/Vilnius")).measure({"case": rows}, period="month")
    assert [(month, measured.n) for month, measured in by_month.trend("m")] == [("2025-10", 1), ("2025-11", 1)]
    in_utc = card.compile().measure({"case": rows}, period="month")
    assert [(month, measured.n) for month, measured in in_utc.trend("m")] == [("2025-10", 2)]


def test_formbricks_9248_half_marks_are_left_out_or_have_a_band() -> None:
    data = answers(Decimal("6.5"), Decimal("8.5"))
    whole = results(Nps(), data)["m"]
    assert (whole.n, whole.exact, dict(whole.left_out)) == (0, None, {"off the scale": 2})
    halves = results(Nps(half_marks=True), data)["m"]
    assert (halves.n, halves.exact, dict(halves.left_out)) == (2, -50, {})


def test_cdc_reportstream_5281_n_is_what_the_bands_hold() -> None:
    """Counts that are ready-made cannot be told to a metric: it counts answers, and those without a score apart."""
    scores = [0] * 2 + [7] * 11 + [10] * 18 + [None] * 5
    measured = results(Nps(), answers(*scores))["m"]
    assert (measured.n, dict(measured.left_out)) == (31, {"unanswered": 5})
    assert measured.exact == Fraction(1600, 31)
    assert measured.value == pytest.approx(51.61290322580645, abs=1e-9)


def test_qpanel_203_a_length_drops_no_minutes() -> None:
    measured = results(HandlingTime(per="contact"), {"contact": [{"outcome": "answered", "handled_us": 109 * SECOND}]})
    assert (measured["m"].exact, measured["m"].n, value_text(measured["m"])) == (109 * SECOND, 1, "1:49")
    assert "1:49" in measured.table().text()


def test_glpi_6428_what_is_not_recorded_is_no_zero_and_no_average() -> None:
    rows: Rows = [{"handling_us": 600 * SECOND}, {"handling_us": None}]
    mean = results(MeanMetric(table="work", column="handling_us", unit="duration"), {"work": rows})["m"]
    total = results(SumMetric(table="work", column="handling_us", unit="duration"), {"work": rows})["m"]
    assert (mean.exact, mean.n, dict(mean.left_out)) == (600 * SECOND, 1, {"missing": 1})
    assert (total.exact, total.n, dict(total.left_out)) == (600 * SECOND, 1, {"missing": 1})


def test_posthog_25998_cohorts_are_added_before_they_are_divided() -> None:
    assert CohortTable({"1": (10, 2), "2": (100, 0)}).overall(1) == Ratio(2, 110)
    rows: Rows = [{"queue": "1", "transfers": int(n < 2)} for n in range(10)]
    rows += [{"queue": "2", "transfers": 0}] * 100
    found = results(RatioMetric(table="contact", of=where(transfers=1)), {"contact": rows}, "queue")
    assert (found["m"].exact, found["m", "1"].exact, found["m", "2"].exact) == (Fraction(2, 110), Fraction(1, 5), 0)


def test_openretailscience_427_each_cohort_is_divided_by_its_own_size() -> None:
    table = CohortTable({"Jan": (100, 50, 25), "Feb": (20, 10), "Mar": (0,)})
    assert [table.share("Jan", later).value for later in range(3)] == [1, Fraction(1, 2), Fraction(1, 4)]
    assert [table.share("Feb", later).value for later in range(2)] == [1, Fraction(1, 2)]
    assert table.share("Mar", 0).value is None


def test_metricflow_1098_groups_of_which_only_one_table_tells_stay() -> None:
    def days(column: str, rows: list[tuple[str, int]]) -> Rows:
        return [{"agent": user, "at": date(2026, 1, day), **({column: 1} if column else {})} for user, day in rows * 3]

    metric = RatioMetric(table="contact", column="transfers", per=Term(table="work", columns=("idle_us",)), unit="rate")
    above = days("transfers", [("user 1", 1), ("user 1", 2), ("user 2", 1)])
    below = days("idle_us", [("user 2", 1), ("user 2", 3), ("user 3", 1)])
    found = results(metric, {"contact": above, "work": below}, "agent")
    told = {each.group[0] if each.group else "all": (each.numerator, each.denominator, each.exact) for each in found}
    assert told == {
        "all": (9, 9, 1),
        "user 1": (6, 0, None),
        "user 2": (3, 6, Fraction(1, 2)),
        "user 3": (0, 3, 0),
    }


def test_superset_21455_totals_re_divide_sums() -> None:
    fm_gmv = [
        ("24523.323", "34523.323"),
        ("125323543.323", "325323543.323"),
        ("4764545.323", "5764545.323"),
        ("35254525.323", "45254525.323"),
    ]
    metric = RatioMetric(table="cost", column="amount", per=Term(table="evaluation", columns=("score",)), unit="rate")
    above: Rows = [{"amount": Decimal(fm), "channel": str(n)} for n, (fm, _) in enumerate(fm_gmv)]
    below: Rows = [{"score": Decimal(gmv), "channel": str(n)} for n, (_, gmv) in enumerate(fm_gmv)]
    found = results(metric, {"cost": above, "evaluation": below}, "channel")
    assert found["m"].exact == Fraction("165367137.292") / Fraction("376377137.292")
    assert found["m"].value == pytest.approx(0.43936552, abs=1e-8)
    assert sum(each.exact or 0 for each in found if each.group) == pytest.approx(2.7, abs=0.1)


def test_a_late_run_reports_the_period_that_was_asked_for() -> None:
    """betterangels-2403: the period is an argument, cut in the zone of the house, and never the time of the run."""
    angeles = ZoneInfo("America/Los_Angeles")
    last_of_january = datetime(2025, 1, 31, 17, tzinfo=angeles).astimezone(UTC)
    moments = [last_of_january, *(datetime(2025, 8, day, 12, tzinfo=angeles) for day in (1, 31))]
    september = datetime(2025, 9, 3, 12, tzinfo=angeles)
    rows = [{"at": at} for at in (*moments, september)]
    card = Scorecard(metrics={"contacts": SumMetric(table="contact")}).compile(timezone=angeles)
    in_time = card.measure({"contact": rows[:3]}, period="month", as_of=datetime(2025, 9, 1, tzinfo=angeles))
    late = card.measure({"contact": rows}, period="month", as_of=datetime(2025, 10, 2, tzinfo=angeles))
    told = [(name, each.value) for name, each in late.trend("contacts") if each.n]
    assert told == [("2025-01", 1.0), ("2025-08", 2.0), ("2025-09", 1.0)]
    assert late["contacts", "2025-08"] == in_time["contacts", "2025-08"]
