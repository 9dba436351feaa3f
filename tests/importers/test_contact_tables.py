"""Tables of contacts: what was written is read, lengths over midnight, legs, and every row that is left out is told."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import Counted, Intake
from servicekit.errors import PolicyError
from servicekit.events import Contact, Imported, Leg
from servicekit.importers import ContactMapping, read_contacts
from servicekit.testing import strategies as sks

PLAIN = """
columns: {contact_id: id, at: came, outcome: end, customer_id: who, wait: wait, talk: talk, agent: agent}
outcomes: {answered: [AGENT], abandoned: [HANG]}
nobody: ["0"]
"""
HEADER = "id,came,end,who,wait,talk,agent\n"
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def rows(data: str | bytes, mapping: str = PLAIN) -> list[Imported[Contact]]:
    table = data.encode() if isinstance(data, str) else data
    return list(read_contacts(BytesIO(table), ContactMapping.parse(mapping)))


def only(data: str, mapping: str = PLAIN) -> Contact:
    [row] = rows(data, mapping)
    assert row.value is not None, row.problems
    return row.value


def told(found: list[Imported[Contact]]) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for row in found for problem in row.problems]


def columns_of(mapping: str) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        ContactMapping.parse(mapping)
    return [(problem.code, problem.path) for problem in caught.value.problems]


LEGS = """
rows: legs
columns: {contact_id: id, at: at, outcome: end, customer_id: who, case_id: case, queue: queue, agent: agent,
          wait: wait, talk: {column: talk, unit: minutes}, hold: {column: hold, unit: text}, wrap: wrap}
facts: {channel: channel, priority: priority}
"""
OF_LEGS = "id at end who case queue agent wait talk hold wrap channel priority".split()  # noqa: SIM905


def written(contact: Contact) -> list[list[str]]:
    """The rows of a contact, one for each leg, in lengths of several notations; all of them arrived at once."""

    def text(value: object) -> str:
        return "" if value is None else str(value)

    def number(length: timedelta | None, unit: int) -> str:
        return "" if length is None else str(length // SECOND // unit)

    def clock(length: timedelta | None) -> str:
        return "" if length is None else f"{length // timedelta(hours=1)}:{length // timedelta(minutes=1) % 60:02}:00"

    whole = [contact.contact_id, contact.at.isoformat(), contact.outcome, text(contact.customer_id)]
    facts = [text(contact.facts.get(name)) for name in ("channel", "priority")]
    return [
        [*whole, text(contact.case_id), text(leg.queue), text(leg.agent), number(leg.wait, 1), number(leg.talk, 60),
         clock(leg.hold), number(leg.wrap, 1), *facts]
        for leg in contact.legs
    ]  # fmt: skip


def in_whole_minutes(contact: Contact) -> Contact:
    def whole(length: timedelta | None) -> timedelta | None:
        return None if length is None else length // timedelta(minutes=1) * timedelta(minutes=1)

    legs = tuple(
        Leg(whole(leg.wait), whole(leg.talk), whole(leg.hold), whole(leg.wrap), leg.queue, leg.agent)
        for leg in contact.legs
    )
    facts = {name: value for name, value in contact.facts.items() if name in {"channel", "priority"}}
    return Contact(contact.contact_id, contact.at, "answered", legs, contact.customer_id, contact.case_id, facts)


contacts = sks.contacts(outcomes=["answered"]).filter(lambda each: Leg() not in each.legs and each.legs != ())
some = st.lists(contacts.map(in_whole_minutes), max_size=4, unique_by=lambda each: each.contact_id)


@given(some.filter(lambda each: all(len(set(contact.legs)) == len(contact.legs) for contact in each)))
def test_written_legs_read_back_as_their_contacts(told_: list[Contact]) -> None:
    text = StringIO()
    csv.writer(text).writerows([OF_LEGS, *(row for contact in told_ for row in written(contact))])
    read = rows(text.getvalue(), LEGS)
    assert [row.value for row in read] == [contact for contact in told_ if Leg() not in contact.legs]


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_make_it_raise_anything_but_a_policy_error(data: bytes, with_header: bool) -> None:
    try:
        intake = Intake(read_contacts(BytesIO((HEADER.encode() if with_header else b"") + data), _MAPPING))
        passed = sum(1 for _ in intake)
    except PolicyError:
        return
    apart = sum(times for _, times in intake.left_out)
    assert intake.records == passed + apart + intake.unreadable


_MAPPING = ContactMapping.parse(PLAIN)


def test_a_row_is_a_contact() -> None:
    contact = only(HEADER + "7,2026-01-05T09:00:00Z,agent,m-1,20,60,li\n")
    assert contact == Contact("7", NINE, "answered", (Leg(20 * SECOND, 60 * SECOND, agent="li"),), "m-1")


def test_nobody_is_no_customer_and_zero_seconds_are_zero() -> None:
    contact = only(HEADER + "7,2026-01-05T09:00:00Z,AGENT,0,0,0,li\n")
    assert (contact.customer_id, contact.wait, contact.handled) == (None, timedelta(), timedelta())


def test_what_an_unanswered_contact_did_not_talk_is_not_recorded() -> None:
    contact = only(HEADER + "7,2026-01-05T09:00:00Z,HANG,m-1,70,0,li\n")
    assert (contact.wait, contact.handled, contact.agent) == (70 * SECOND, None, None)


def test_all_faults_of_a_row_are_told_at_once_and_cost_no_other_row() -> None:
    found = rows(HEADER + "1,soon,LOST,m-1,-5,inf,li\n2,2026-01-05T09:00:00Z,AGENT,m-1,20,60,li\n,,,,,,\n")
    assert [row.value is None for row in found] == [True, False, True]
    assert Counter(told(found)) == Counter(
        [
            ("table.bad-instant", "row 2.came"),
            ("table.bad-value", "row 2.end"),
            ("table.bad-value", "row 2.wait"),
            ("table.bad-value", "row 2.talk"),
            ("table.bad-value", "row 4.id"),
            ("table.bad-instant", "row 4.came"),
            ("table.bad-value", "row 4.end"),
        ]
    )


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_years_that_have_no_day_in_some_zones_are_told(year: str) -> None:
    table = HEADER + f"1,{year}-01-01T12:00:00Z,AGENT,m-1,20,60,li\n"
    assert told(rows(table)) == [("table.bad-value", "row 2")]
    assert told(rows(table, f"rows: legs{PLAIN}")) == [("table.bad-value", "row 2")]


def test_a_number_that_comes_again_is_an_error() -> None:
    found = rows(HEADER + "1,2026-01-05T09:00:00Z,AGENT,m-1,20,60,li\n" * 2)
    assert told(found) == [("table.duplicate-record", "row 3")]
    assert [row.value is None for row in found] == [False, True]


def test_rows_stream() -> None:
    lines = "".join(f"{number},2026-01-05T09:00:00Z,AGENT,m-1,20,60,li\n" for number in range(20_000))
    table = BytesIO((HEADER + lines).encode())
    stream = read_contacts(table, _MAPPING)
    assert next(stream).value is not None
    assert table.tell() < len(table.getvalue()) / 2
    stream.close()


def test_what_is_stamped_after_the_export_is_an_error() -> None:
    table = HEADER + "1,2026-01-06T00:00:00,AGENT,m-1,20,60,li\n2,2026-01-06T00:00:01,AGENT,m-1,20,60,li\n"
    found = rows(table, f"{PLAIN}\ntimezone: Asia/Shanghai\nas_of: 2026-01-06T00:00\n")
    assert told(found) == [("table.after-as-of", "row 3")]


def test_rows_without_numbers_are_called_by_their_cells_and_repeats_are_told_or_left_out() -> None:
    bare = "columns: {at: came, outcome: end}\n"
    table = "came,end\n" + "2026-01-05T09:00Z,answered\n" * 2
    found = rows(table, bare)
    assert [row.value.contact_id for row in found if row.value] == [
        "2026-01-05T09:00Z/answered",
        "2026-01-05T09:00Z/answered#2",
    ]
    assert told(found) == [("table.repeated-row", "row 3")]
    intake = Intake(rows(table, f"{bare}repeats: drop\n"))
    assert (len(list(intake)), intake.left_out) == (1, (Counted("told twice", 1),))


def test_rows_are_left_out_for_a_reason() -> None:
    mapping = f"{PLAIN}\nskip: [{{column: end, equals: PHANTOM, because: a phantom}}]"
    intake = Intake(rows(HEADER + "1,,PHANTOM,,,,\n2,,PHANTOM,,,,\n", mapping))
    assert (list(intake), intake.records, intake.left_out) == ([], 2, (Counted("a phantom", 2),))


ENDS = """
dates: {dates}
columns:
  at: {{column: day, time: came}}
  outcome: end
  wait: {{from: came, until: taken}}
  talk: {{from: taken, until: left}}
"""
OF_ENDS = "day,came,end,taken,left\n"


def test_lengths_between_two_times_of_day_may_run_over_midnight() -> None:
    mapping = ENDS.format(dates='["%Y-%m-%d %H:%M:%S", "%H:%M:%S"]').replace("until: taken}", "until: taken}")
    times = 'from: {column: X, dates: "%H:%M:%S"}, until: {column: Y, dates: "%H:%M:%S"}'
    for start, end in (("came", "taken"), ("taken", "left")):
        mapping = mapping.replace(f"from: {start}, until: {end}", times.replace("X", start).replace("Y", end))
    contact = only(OF_ENDS + "2026-01-05,23:59:50,answered,0:00:20,0:02:20\n", mapping)
    assert (contact.wait, contact.handled) == (30 * SECOND, 120 * SECOND)
    found = rows(OF_ENDS + "2026-01-05,9:00:00,answered,8:59:59,9:10:00\n", mapping)
    assert told(found) == [("table.ends-before-start", "row 2.taken")]
    [abandoned] = rows(OF_ENDS + "2026-01-05,9:00:00,abandoned,,\n", mapping)
    assert abandoned.value is not None
    assert (abandoned.value.wait, abandoned.value.legs) == (None, ())


@pytest.mark.parametrize(
    ("unit", "text", "length"),
    [
        ("mm:ss", "1:49", 109 * SECOND),
        ("mm:ss", "75:20", 4_520 * SECOND),
        ("mm:ss", "1:15:20", 4_520 * SECOND),
        ("mm:ss", "1m 49s", 109 * SECOND),
        ("mm:ss", "0:00.5", timedelta(seconds=0.5)),
        ("mm:ss", "1:60", None),
        ("mm:ss", "-1:49", None),
        ("mm:ss", "109", None),
        ("text", "1:49", timedelta(hours=1, minutes=49)),
        ("minutes", "1.5", 90 * SECOND),
        ("seconds", "99999999", timedelta(seconds=99_999_999)),
        ("days", "999999999999", None),
    ],
)
def test_lengths_are_written_in_many_ways(unit: str, text: str, length: timedelta | None) -> None:
    """qpanel-203: one minute and 49 seconds are 109 s."""
    mapping = f"columns: {{at: came, outcome: end, talk: {{column: talk, unit: '{unit}'}}}}"
    [row] = rows(f"came,end,talk\n2026-01-05T09:00Z,answered,{text}\n", mapping)
    assert (row.value and row.value.handled) == length
    assert [code for code, _ in told([row])] == (["table.bad-value"] if length is None else [])


def test_a_stamp_that_two_keys_read_is_told_once() -> None:
    mapping = "columns: {at: came, outcome: end, wait: {from: came, until: taken}}"
    assert told(rows("came,end,taken\nsoon,answered,\n", mapping)) == [("table.bad-instant", "row 2.came")]


def test_lengths_between_two_stamps_run_over_a_change_of_the_clocks() -> None:
    mapping = """
    timezone: America/New_York
    columns: {at: came, outcome: end, wait: {from: came, until: taken}}
    """
    contact = only("came,end,taken\n2026-03-08T01:59:50,answered,2026-03-08T03:00:10\n", mapping)
    assert contact.wait == 20 * SECOND
    found = rows("came,end,taken\n2026-03-08T03:00:00,answered,2026-03-08T01:59:00\n", mapping)
    assert told(found) == [("table.ends-before-start", "row 2.taken")]


def test_legs_are_put_in_order_and_those_that_disagree_are_told() -> None:
    of_legs = "id,at,end,who,case,queue,agent,wait,talk,hold,wrap,channel,priority\n"
    late = "7,2026-01-05T09:05Z,abandoned,m-1,,it,,50,,,,,urgent\n"
    early = "7,2026-01-05T09:00Z,answered,,,sales,li,20,1,0:01:00,30,phone,\n"
    contact = only(of_legs + late + early, LEGS)
    assert (contact.at, contact.outcome, contact.customer_id, contact.queue) == (NINE, "answered", "m-1", "sales")
    assert (contact.wait, contact.handled, contact.transfers) == (20 * SECOND, 150 * SECOND, 0)
    assert contact.facts == {"channel": "phone", "priority": "urgent"}
    other = late.replace("m-1", "m-2")
    assert told(rows(of_legs + late + other, LEGS)) == [("table.contact-conflict", "row 2.customer_id")]
    assert told(rows(of_legs + late + late, LEGS)) == [("table.repeated-row", "row 3")]
    [costly] = rows(of_legs + early + late.replace("50", "-50"), LEGS)
    assert (costly.value, told([costly])) == (None, [("table.bad-value", "row 3.wait")])


def test_an_outcome_may_be_told_by_who_answered() -> None:
    mapping = "columns: {at: at, outcome: agent, agent: agent}\nother_outcome: answered\nblank_outcome: abandoned\n"
    found = rows("at,agent\n2026-01-05T09:00Z,li\n2026-01-05T09:01Z,\n", mapping)
    assert [row.value.outcome for row in found if row.value] == ["answered", "abandoned"]


def test_records_of_json_are_rows() -> None:
    record = {
        "id": 7,
        "came": "2026-01-05T09:00:00Z",
        "end": "AGENT",
        "who": "0",
        "wait": 20,
        "talk": 1.5,
        "agent": None,
    }
    contact = only(json.dumps([record]))
    assert contact.legs == (Leg(20 * SECOND, timedelta(seconds=1.5)),)
    assert told(rows(json.dumps([record | {"wait": -1}]))) == [("table.bad-value", "record 1.wait")]


def test_a_column_that_is_not_there_is_told_with_its_likeness() -> None:
    with pytest.raises(PolicyError) as caught:
        rows(HEADER.replace("wait", "waits"))
    [problem] = caught.value.problems
    assert (problem.code, problem.path) == ("table.missing-column", "wait")
    assert "waits" in str(problem.hint)


@pytest.mark.parametrize(
    ("mapping", "problems"),
    [
        ("columns: {at: a, outcome: b}\noutcomes: {lost: [x]}", [("columns.outcome", "outcomes.lost")]),
        (
            "columns: {at: a, outcome: b}\noutcomes: {callback: [Answered]}",
            [("columns.outcome", "outcomes.callback[0]")],
        ),
        ("columns: {at: a, outcome: b}\nrows: legs", [("columns.legs", "rows")]),
        ("columns: {at: a, outcome: b, wait: {from: a}}", [("columns.length-of-time", "columns.wait")]),
        ("columns: {at: a, outcome: b, wait: {column: c, until: a}}", [("columns.length-of-time", "columns.wait")]),
        ("columns: {at: {column: a, after_opening: text}, outcome: b}", [("columns.length-of-time", "columns.at")]),
        ("columns: {at: a, outcome: b}\nfacts: {x: c}\nconstants: {x: y}", [("columns.fact-twice", "constants.x")]),
        ("columns: {at: a}", [("document.missing-key", "columns.outcome")]),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(mapping: str, problems: list[tuple[str, str]]) -> None:
    assert columns_of(mapping) == problems
