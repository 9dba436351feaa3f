"""Fault I9: cells that say nothing, days that may be months, bytes of another encoding: in all products of tables."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from servicekit.errors import Problem
from servicekit.events import Case, Imported, Resolved
from servicekit.importers import (
    FreshdeskMapping,
    ServiceNowMapping,
    TableMapping,
    read_cases,
    read_freshdesk,
    read_servicenow,
)

Read = Callable[..., list[Imported[Case]]]


def table(*rows: tuple[str, str], encoding: str = "utf-8", **mapping: object) -> list[Imported[Case]]:
    """The opening and the resolution of each ticket, in a table of one's own."""
    text = "id,o,r\n" + "".join(f"{n},{opened},{resolved}\n" for n, (opened, resolved) in enumerate(rows))
    columns = {"case_id": "id", "opened_at": "o", "resolved_at": "r"}
    return list(
        read_cases(BytesIO(text.encode(encoding)), TableMapping.model_validate({"columns": columns, **mapping}))
    )


def freshdesk(*rows: tuple[str, str], encoding: str = "utf-8", **mapping: object) -> list[Imported[Case]]:
    text = "Ticket ID,Created time,Resolved time\n"
    text += "".join(f"{n},{opened},{resolved}\n" for n, (opened, resolved) in enumerate(rows))
    return list(read_freshdesk(BytesIO(text.encode(encoding)), FreshdeskMapping.model_validate(mapping)))


def servicenow(*rows: tuple[str, str], encoding: str = "utf-8", **mapping: object) -> list[Imported[Case]]:
    text = "number,state,opened_at,sys_updated_on,resolved_at\n"
    text += "".join(f"{n},Active,{opened},{opened},{resolved}\n" for n, (opened, resolved) in enumerate(rows))
    return list(read_servicenow(BytesIO(text.encode(encoding)), ServiceNowMapping.model_validate(mapping)))


tables = pytest.mark.parametrize("read", [table, freshdesk, servicenow])


def doubts(found: list[Imported[Case]]) -> list[Problem]:
    return [problem for record in found for problem in record.problems if problem.code == "table.day-or-month"]


@tables
@pytest.mark.parametrize("nothing", ["", "NULL", "null", "N/A", "n/a", "-", "--", "None", "NaT", "?"])
def test_a_cell_that_says_nothing_costs_nothing(read: Read, nothing: str) -> None:
    (found,) = read(("2026-01-15 09:00", nothing))
    assert found.problems == ()
    assert found.value is not None
    assert not any(isinstance(event, Resolved) for event in found.value.events)


@tables
def test_a_word_for_a_stamp_is_a_problem_that_names_the_list_of_missing_cells(read: Read) -> None:
    (found,) = read(("2026-01-15 09:00", "ninguno"))
    assert ["'missing'" in (problem.hint or "") for problem in found.problems] == [True]
    (found,) = read(("2026-01-15 09:00", "15.1.2026"))
    assert [problem.hint for problem in found.problems] == [None]


DAY_FIRST = ("%d/%m/%Y %H:%M", "iso")
BOTH = ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")
FITS_BOTH, ONLY_DAY, ONLY_MONTH = (f"{day} 09:00" for day in ("02/03/2026", "13/03/2026", "03/13/2026"))


@tables
@pytest.mark.parametrize("rows", [1, 3])
def test_days_and_months_that_nothing_tells_apart_are_reported_once_with_their_count(read: Read, rows: int) -> None:
    found = read(*[(FITS_BOTH, "")] * rows, dates=BOTH)
    (doubt,) = doubts(found)
    stamps = 2 * rows if read is servicenow else rows
    assert f"{stamps} fit both" in doubt.message
    assert (doubt.is_error, doubt in found[-1].problems) == (False, True)


def test_the_reading_of_servicenow_that_nobody_chose_is_reported() -> None:
    assert len(doubts(servicenow((FITS_BOTH, "")))) == 1
    assert doubts(servicenow((FITS_BOTH, ""), dates=DAY_FIRST)) == []


@tables
def test_a_stamp_of_the_other_order_casts_doubt_on_all(read: Read) -> None:
    found = read((FITS_BOTH, ""), (ONLY_MONTH, ""), dates=DAY_FIRST)
    (doubt,) = doubts(found)
    assert found[0].value is not None
    assert (found[1].value, doubt in found[1].problems) == (None, True)
    assert "'%m/%d/%Y %H:%M'" in doubt.message
    assert len(doubts(read((ONLY_DAY, ""), (ONLY_MONTH, ""), dates=BOTH))) == 1


@tables
@pytest.mark.parametrize(
    ("stamps", "dates"),
    [
        ((ONLY_DAY, FITS_BOTH), DAY_FIRST),
        ((ONLY_DAY, FITS_BOTH), BOTH),
        (("03/03/2026 09:00", "03/03/2026 09:00"), BOTH),
        (("2026-03-02 09:00", "2026-02-03 09:00"), ("iso",)),
        (("2026-03-02", "2026-02-03"), ("%Y-%m-%d",)),
    ],
)
def test_nothing_is_reported_where_there_is_no_doubt(
    read: Read, stamps: tuple[str, str], dates: tuple[str, ...]
) -> None:
    assert doubts(read(*((stamp, "") for stamp in stamps), dates=dates)) == []


@tables
def test_the_hint_of_an_encoding_names_several(read: Read) -> None:
    (found,) = read(("é", ""), encoding="latin-1")
    (problem,) = found.problems
    assert problem.code == "table.encoding"
    assert all(name in (problem.hint or "") for name in ("cp1252", "cp1251", "gb18030", "shift_jis", "utf-16"))


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("1", "New"), ("2", "In Progress"), ("3", "On Hold"), ("4", "Awaiting User Info"),
        ("5", "Awaiting Evidence"), ("6", "Resolved"), ("7", "Closed"), ("8", "Canceled"),
    ],
)  # fmt: skip
def test_the_raw_states_of_servicenow_are_known(number: str, state: str) -> None:
    header = "number,state,opened_at,sys_updated_on\n"
    told = [
        list(read_servicenow(BytesIO(f"{header}A,{said},2026-01-15 09:00,2026-01-15 09:00\n".encode())))
        for said in (number, state)
    ]
    assert told[0] == told[1]


def test_a_raw_state_means_what_the_mapping_says_of_its_name() -> None:
    text = b"number,state,opened_at,sys_updated_on\nA,3,2026-01-15 09:00,2026-01-15 09:00\n"
    mapping = ServiceNowMapping.parse("statuses: {on hold: {means: open, name: pending}}")
    (found,) = read_servicenow(BytesIO(text), mapping)
    assert found.value is not None
    assert [getattr(event, "to", None) for event in found.value.events] == [None, "pending"]
    (found,) = read_servicenow(BytesIO(text), ServiceNowMapping.parse("statuses: {'3': {means: open, name: parked}}"))
    assert found.value is not None
    assert [getattr(event, "to", None) for event in found.value.events] == [None, "parked"]
