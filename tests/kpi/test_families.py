"""What the metrics of the field say of the same rows: houses differ by the variant, and never by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Contact,
    CustomerReplied,
    Leg,
    Opened,
    Reopened,
    Resolved,
)
from servicekit.kpi import STANDARD, TABLES, Measurement, Scorecard, case_row
from servicekit.kpi.engine.row_columns import Rows
from servicekit.sla import Attainment, Outcome
from servicekit.sla.attainment import Convention
from servicekit.testing import strategies as sks

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), 1_000_000


def measured(text: str, as_of: datetime = NINE + 60 * DAY, **data: Sequence[object]) -> Measurement:
    return Scorecard.parse(f"{{metrics: {{m: {text}}}}}").compile().measure(data, as_of=as_of)["m"]


def variants(
    kind: str, setting: str, names: Sequence[object], rest: str, **data: Sequence[object]
) -> dict[object, object]:
    return {name: measured(f"{{kind: {kind}, {setting}: {name}, {rest}}}", **data).exact for name in names}


def test_service_level_has_eight_answers_to_one_question() -> None:
    """1,000 answered, of which 860 within 20 s; 60 abandoned, of which 20 within 20 s and 10 at once; 40 flowed out; 5
    asked for a callback.
    """
    told = (("answered", 20, 860), ("answered", 21, 140), ("abandoned", 5, 10), ("abandoned", 20, 10))
    told += (("abandoned", 60, 40), ("flowed_out", 9, 40), ("callback", 9, 5))
    calls = [{"outcome": outcome, "wait_us": seconds * SECOND} for outcome, seconds, n in told for _ in range(n)]
    names = get_args(STANDARD["service_level"].model_fields["variant"].annotation)
    assert variants("service_level", "variant", names, "within: 20s, short: 5s", contact=calls) == {
        "abandoned_in_counts_as_met": Fraction(880, 1060),
        "answered_only": Fraction(860, 1000),
        "all_abandons_count_against": Fraction(860, 1060),
        "abandons_within_threshold_ignored": Fraction(860, 1040),
        "short_abandons_count_as_met": Fraction(870, 1060),
        "short_abandons_removed": Fraction(860, 1050),
        "genesys_no_abandons": Fraction(860, 1000),
        "genesys_flowouts": Fraction(860, 1100),
    }
    assert measured("{kind: abandonment, short: null}", contact=calls).exact == Fraction(60, 1105)
    assert measured("{kind: abandonment, short: 5s}", contact=calls).exact == Fraction(50, 1095)
    assert measured("{kind: answer_speed}", contact=calls).exact == Fraction(20 * 860 + 21 * 140, 1000) * SECOND


def test_satisfaction_has_six_answers_to_the_same_marks() -> None:
    marks = [{"instrument": "csat", "score": mark} for mark in (5, 5, 4, 3, 1, None)]
    names = ("top_box", "top2", "binary", "passed", "mean", "mean100")
    assert variants("csat", "method", names, "low: 1, high: 5, pass_from: 3", answer=marks) == {
        "top_box": Fraction(2, 5),
        "top2": Fraction(3, 5),
        "binary": Fraction(3, 5),
        "passed": Fraction(4, 5),
        "mean": Fraction(18, 5),
        "mean100": Fraction(13, 20),
    }


def test_limits_of_a_mean_mark_stay_on_the_scale() -> None:
    marks = [{"instrument": name, "score": mark} for mark in (5, 5, 4, 5) for name in ("csat", "ces")]
    for kind in ("csat", "ces"):
        found = measured(f"{{kind: {kind}, method: mean, low: 1, high: 5}}", answer=marks)
        assert (found.exact, found.high) == (Fraction(19, 4), 5)
        assert found.low == pytest.approx(4.75 - 3.182446 * 0.25)
    alone = "{kind: mean, table: answer, column: score, unit: score, low: 4.9}"
    assert measured(alone, answer=marks).low == 4.75


def test_effort_has_three_answers_to_the_same_marks() -> None:
    marks = [{"instrument": "ces", "score": mark} for mark in (7, 6, 5, 4, 3, 1)]
    rest = "low: 1, high: 7, easy_from: 6, hard_to: 3"
    assert variants("ces", "method", ("mean", "agree", "index"), rest, answer=marks) == {
        "mean": Fraction(26, 6),
        "agree": Fraction(1, 3),
        "index": 0,
    }


def test_first_contacts_settle_more_or_less_by_what_is_counted() -> None:
    """One customer calls three times within days about two matters, another one once, a third one gives up."""

    def call(customer: str, days: int, issue: str, outcome: str = "answered") -> Mapping[str, object]:
        return {"customer_id": customer, "at": NINE + days * DAY, "issue_type": issue, "outcome": outcome}

    calls = [call("a", 0, "bill"), call("a", 3, "line"), call("a", 10, "bill"), call("b", 1, "bill")]
    calls.append(call("c", 2, "bill", "abandoned"))

    def fcr(by: str, per: str, within: str = "7d") -> tuple[object, object]:
        text = f"{{kind: first_contact_resolution, of: contact, by: {by}, within: {within}, per: {per}}}"
        found = measured(text, contact=calls)
        return found.numerator, found.denominator

    assert fcr("customer", "contact") == (2, 4), "the last one of the chain, and the only one of another customer"
    assert fcr("customer", "contact", "6d") == (3, 4), "exactly seven days apart is within seven days"
    assert fcr("customer_and_issue", "contact") == (4, 4), "ten days lie between the two calls about a bill"
    assert fcr("customer", "episode") == (1, 3), "a chain is not settled at once; who gave up was not helped"
    assert fcr("customer_and_issue", "episode") == (4, 5)


def test_an_episode_that_may_go_on_is_too_young() -> None:
    calls = [{"customer_id": "a", "at": NINE + days * DAY, "outcome": "answered"} for days in (0, 5)]
    text = "{kind: first_contact_resolution, of: contact, by: customer, within: 7d, per: episode}"
    young, old = (measured(text, as_of=NINE + days * DAY, contact=calls) for days in (11, 12))
    assert (young.n, young.left_out) == (0, {"immature": 1})
    assert (old.n, old.exact) == (1, 0)


def test_of_two_at_one_instant_the_one_of_the_first_group_comes_first() -> None:
    calls = [{"customer_id": "a", "at": NINE, "outcome": "answered", "channel": each} for each in ("phone", "chat")]
    card = Scorecard.parse(
        "{metrics: {m: {kind: first_contact_resolution, of: contact, by: customer, within: 7d, per: contact}}}"
    ).compile()
    for rows in (calls, calls[::-1]):
        found = card.measure({"contact": rows}, by=["channel"], as_of=NINE + 9 * DAY)
        assert (found["m", "chat"].exact, found["m", "phone"].exact) == (0, 1)


def test_a_repeat_at_the_same_instant_is_one_and_the_last_one_settles() -> None:
    calls = [{"customer_id": "a", "at": NINE, "outcome": "answered"}] * 2
    text = "{kind: first_contact_resolution, of: contact, by: customer, within: 0d, per: contact}"
    assert measured(text, contact=calls).exact == Fraction(1, 2)


def test_handling_is_told_by_contact_or_by_leg() -> None:
    minutes = [timedelta(minutes=n) for n in range(5)]
    transferred = Contact("K-1", NINE, "answered", (Leg(minutes[0], minutes[4]), Leg(minutes[0], minutes[2])))
    calls = [
        transferred,
        Contact("K-2", NINE, "answered", (Leg(minutes[1], minutes[3]),)),
        Contact("K-3", NINE, "abandoned"),
    ]
    found = variants("handling_time", "per", ("contact", "leg"), "label: handling", contact=calls)
    assert found == {"contact": 270 * SECOND, "leg": 180 * SECOND}
    assert measured("{kind: transfer_rate, of: contact}", contact=calls).exact == Fraction(1, 2)


LIVES = [
    Case("C-1", (Opened("C-1", NINE), Resolved("C-1", NINE + DAY), Reopened("C-1", NINE + 2 * DAY))),
    Case("C-2", (Opened("C-2", NINE), Resolved("C-2", NINE + 4 * DAY))),
    Case("C-3", (Opened("C-3", NINE), Cancelled("C-3", NINE + DAY))),
    Case("C-4", (Opened("C-4", NINE + 30 * DAY), Resolved("C-4", NINE + 31 * DAY))),
]


def test_cases_are_resolved_of_those_opened_or_meanwhile() -> None:
    assert measured("{kind: resolution_rate, view: cohort}", case=LIVES).exact == Fraction(1, 2)
    card = Scorecard.parse(
        "{metrics: {cohort: {kind: resolution_rate, view: cohort}, flow: {kind: resolution_rate, view: flow}}}"
    )
    late = [*LIVES, Case("C-5", (Opened("C-5", NINE), Resolved("C-5", NINE + 40 * DAY)))]
    by_month = card.compile().measure({"case": late}, period="month")
    told = {
        name: [(each.numerator, each.denominator) for _, each in by_month.trend(name)] for name in ("cohort", "flow")
    }
    assert told == {"cohort": [(2, 4), (1, 1)], "flow": [(1, 4), (2, 1)]}
    assert measured("{kind: reopen_rate}", case=LIVES).exact == Fraction(1, 3)


def test_cases_are_open_that_came_back_and_not_those_that_were_cancelled() -> None:
    found = measured("{kind: open_cases}", case=LIVES)
    assert (found.exact, found.is_sampled) == (1, False)
    by_month = Scorecard.parse("{metrics: {m: {kind: open_cases}}}").compile().measure({"case": LIVES}, period="month")
    assert [(month, each.exact) for month, each in by_month.trend("m")] == [("2026-01", 1)]


def test_a_case_lasts_to_its_first_or_last_resolution_and_open_ones_count() -> None:
    first, last = (
        measured(
            f"{{kind: resolution_time, q: 0.5, clock: wall, reading: {reading}}}", as_of=NINE + 40 * DAY, case=LIVES
        )
        for reading in ("first", "last")
    )
    assert (first.exact, first.censored, first.left_out) == (86_400 * SECOND, 0, {"cancelled": 1})
    assert (last.exact, last.censored, last.n) == (4 * 86_400 * SECOND, 1, 3)


def test_complaints_are_told_of_cases_or_of_orders() -> None:
    cases = [{"issue_type": each} for each in ("complaint", "question", "question", "question")]
    orders = [{"customer_id": "a", "at": date(2026, 1, 5)}] * 500
    found = variants(
        "complaint_rate", "per", ("cases", "orders"), "issue_types: [complaint]", case=cases, purchase=orders
    )
    assert found == {"cases": Fraction(1, 4), "orders": 2}


def test_a_customer_buys_again_within_a_time_of_the_first_purchase() -> None:
    def bought(customer: str, *days: int) -> list[Mapping[str, object]]:
        return [{"customer_id": customer, "at": date(2026, 1, 1) + day * DAY} for day in days]

    orders = [*bought("a", 0, 30), *bought("b", 0, 31, 40), *bought("c", 0), *bought("d", 50, 51)]
    found = measured("{kind: repurchase, within: 30d}", as_of=datetime(2026, 2, 28, tzinfo=UTC), purchase=orders)
    assert (found.numerator, found.denominator, found.left_out) == (1, 3, {"immature": 1})


def test_self_service_deflects_where_nobody_is_asked_afterwards() -> None:
    def came(customer: str | None, channel: str, hours: int) -> Mapping[str, object]:
        return {"customer_id": customer, "channel": channel, "at": NINE + timedelta(hours=hours)}

    contacts = [
        came("a", "bot", 0),
        came("a", "phone", 24),
        came("b", "bot", 0),
        came("b", "bot", 1),
        came("b", "phone", 30),
    ]
    contacts += [came(None, "bot", 0)]
    found = measured("{kind: deflection, self_service: [bot], within: 1d}", contact=contacts)
    assert (found.numerator, found.denominator, found.left_out) == (2, 3, {"nobody": 1})
    assert measured("{kind: self_service, self_service: [bot]}", contact=contacts).exact == Fraction(4, 6)


def test_a_row_of_a_case_tells_its_life() -> None:
    events: tuple[CaseEvent, ...] = (
        Opened("C-1", NINE, {"channel": "chat"}, by="agent"),
        AgentReplied("C-1", NINE + DAY),
        CustomerReplied("C-1", NINE + 2 * DAY),
        AgentReplied("C-1", NINE + 3 * DAY),
        Assigned("C-1", NINE + 3 * DAY, "li.wei"),
        Assigned("C-1", NINE + 3 * DAY, "li.wei"),
        Assigned("C-1", NINE + 4 * DAY, "zhao.min"),
        Resolved("C-1", NINE + 5 * DAY),
        Reopened("C-1", NINE + 6 * DAY),
    )
    row = case_row(Case("C-1", events))
    assert (row["asked_at"], row["first_response_at"]) == (NINE + 2 * DAY, NINE + 3 * DAY)
    assert (row["transfers"], row["reopenings"], row["agent_replies"], row["owner"]) == (1, 1, 2, "zhao.min")
    assert (row["first_resolved_at"], row.get("resolved_at")) == (NINE + 5 * DAY, None)


outcomes = st.builds(
    lambda name: Outcome("C-1", "resolution", 0, "1", "4h", NINE, None, None, None, 60, 0, "stopped", name),
    st.sampled_from(("met", "met_late", "missed", "open", "cancelled", "no_target")),
)


@given(st.lists(outcomes, max_size=20), st.sampled_from(get_args(Convention)))
def test_promises_kept_are_those_of_attainment(found: list[Outcome], convention: Convention) -> None:
    told = measured(f"{{kind: promises_kept, metric: resolution, convention: {convention}}}", outcome=found)
    tally = Attainment.of(found)
    assert told.exact == tally.ratio(convention).value
    assert told.n + sum(told.left_out.values()) == tally.total


RECORDS = {
    "contact": sks.contacts(),
    "invitation": sks.invitations(),
    "answer": sks.answers(),
    "evaluation": sks.evaluations(),
    "work": sks.work_times(),
    "purchase": sks.purchases(),
    "outcome": outcomes,
    "case": sks.cases(),
}


@pytest.mark.parametrize("table", RECORDS)
@given(st.data())
def test_records_have_every_column_of_their_table(table: str, data: st.DataObject) -> None:
    """And what is a length in them is the same in whole microseconds, as in rows that are mappings."""
    records = data.draw(st.lists(RECORDS[table], max_size=4))
    rows = Rows(TABLES[table], records)
    columns = {name: rows.column(name) for name in TABLES[table].columns}
    assert {len(column) for column in columns.values()} == {len(records)}
    for name, column in columns.items():
        if name.endswith("_us") and table != "outcome":
            lengths = [getattr(record, name.removesuffix("_us")) for record in records]
            assert column == [None if each is None else round(each / timedelta(microseconds=1)) for each in lengths]
    assert rows.column("a fact of nobody") == [None] * len(records)
    plain = Rows(TABLES[table], [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)])
    assert {name: plain.column(name) for name in columns} == columns
