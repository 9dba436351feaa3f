"""The proposed mapping is the right one, or says what it cannot know."""

from __future__ import annotations

import contextlib
import csv
import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.importers import (
    FreshdeskMapping,
    HistoryMapping,
    JiraMapping,
    Proposal,
    ServiceNowMapping,
    TableMapping,
    ZendeskMapping,
    propose,
    read_mapping,
)

HEADERS = {
    "case_id": ("Ticket ID", "id", "工单号", "Número do chamado", "Vorgangsnummer", "case_number"),
    "opened_at": ("Created at", "opened", "创建时间", "Data de abertura", "Erstellt am", "Date de création"),
    "first_replied_at": ("First reply time", "first_response_at", "首次回复时间", "Primeira resposta", "Erste Antwort"),
    "resolved_at": ("Resolved", "resolved_at", "解决时间", "Data de solução", "Gelöst am", "Fecha de resolución"),
    "closed_at": ("Closed", "closed_at", "关闭时间", "Fechado em", "Geschlossen am", "Date de clôture"),
    "updated_at": ("Last update", "updated_at", "更新时间", "Última atualização", "Zuletzt aktualisiert"),
    "status": ("Status", "state", "状态", "Situação", "Estado"),
}
FACTS = {
    "channel": ("Channel", "source", "渠道", "Canal"),
    "priority": ("Priority", "优先级", "Prioridade", "Priorität"),
    "owner": ("Assignee", "坐席", "Responsável", "Bearbeiter"),
}
NOISE = ("Subject", "备注", "Notas", "x1")
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d/%b/%y %I:%M %p", "epoch_seconds", "epoch_milliseconds", "excel_1900",
)  # fmt: skip
WORDS = {"status": ("Open", "Pending", "Closed"), "channel": ("phone", "chat"), "priority": ("high", "low")}


class Table(NamedTuple):
    """A table of which everything is known."""

    columns: dict[str, str]
    facts: dict[str, str]
    format: str
    delimiter: str
    rows: list[list[str]]
    header: list[str]
    moments: list[datetime]

    def text(self) -> str:
        out = StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows([self.header, *self.rows])
        return out.getvalue()


def written(moment: datetime, format: str) -> str:
    seconds = int((moment - datetime(1970, 1, 1)).total_seconds())
    match format:
        case "epoch_seconds":
            return str(seconds)
        case "epoch_milliseconds":
            return str(1000 * seconds)
        case "excel_1900":
            return f"{(moment - datetime(1899, 12, 30)) / timedelta(days=1):.6f}"
    return moment.strftime(format)


@st.composite
def tables(draw: st.DrawFn, *, least: int = 3) -> Table:
    """A table with known columns in any order, language and way of writing."""
    wanted = ["case_id", "opened_at", *draw(st.sets(st.sampled_from(["first_replied_at", "resolved_at", "closed_at"])))]
    wanted += ["status", "updated_at"] if draw(st.booleans()) else []
    columns = {role: draw(st.sampled_from(HEADERS[role])) for role in wanted}
    facts = {fact: draw(st.sampled_from(FACTS[fact])) for fact in draw(st.sets(st.sampled_from(sorted(FACTS))))}
    noise = draw(st.sets(st.sampled_from(NOISE), max_size=2))
    format, delimiter = draw(st.sampled_from(FORMATS)), draw(st.sampled_from([",", ";", "\t", "|"]))
    order = draw(st.permutations([*columns, *facts, *noise]))
    dice, moments, rows = random.Random(draw(st.integers(0, 9999))), [], []
    for number in range(draw(st.integers(least, 12))):
        opened = datetime(2026, 1, 1) + timedelta(minutes=dice.randrange(300_000), seconds=dice.randrange(1, 60))
        row = {}
        for name in order:
            if name in ("case_id", *noise):
                row[name] = f"T-{number}" if name == "case_id" else f"text {dice.randrange(9)}, and more"
            elif name in WORDS or name == "owner":
                row[name] = dice.choice(WORDS.get(name, ("ann", "ben")))
            else:
                moments.append(opened + timedelta(minutes=dice.randrange(5_000)) * (name != "opened_at"))
                row[name] = written(moments[-1], format)
        rows.append(list(row.values()))
    header = [columns.get(name) or facts.get(name) or name for name in order]
    return Table(columns, facts, format, delimiter, rows, header, moments)


def proposed(data: str | bytes, name: str = "t.csv") -> Proposal:
    with TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return propose(file)


def of_table(proposal: Proposal) -> TableMapping:
    assert isinstance(proposal.mapping, TableMapping)
    return proposal.mapping


@given(tables())
def test_a_table_of_known_columns_gets_the_right_mapping_or_a_question(table: Table) -> None:
    proposal = proposed(table.text())
    mapping = of_table(proposal)
    found = {
        role: value if isinstance(value, str) else value.column
        for role in type(mapping.columns).model_fields
        if (value := getattr(mapping.columns, role)) is not None
    }
    assert found == table.columns
    assert {name: fact.column for name, fact in mapping.facts.items()} == table.facts
    assert mapping.delimiter == table.delimiter
    doubted = "dates:" in proposal.text and "also reads as" in proposal.text
    assert doubted == _is_ambiguous(table)
    if not doubted:
        assert proposal.read == proposal.records == len(table.rows)
        assert mapping.dates == (_as_named(table.format),)


def _is_ambiguous(table: Table) -> bool:
    """Whether day and month, or the two systems of Excel, cannot be told apart by any stamp of the table."""
    if table.format == "excel_1900":
        return True
    numbers = {"%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d-%m-%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d.%m.%Y %H:%M:%S"}
    swaps = table.format in numbers and table.format != "%d.%m.%Y %H:%M:%S"
    return swaps and all(moment.day <= 12 for moment in table.moments)


def _as_named(format: str) -> str:
    return "iso" if format.startswith("%Y-%m-%d") else format


@given(tables(least=1))
def test_a_proposal_is_a_document_that_reads_back(table: Table) -> None:
    proposal = proposed(table.text())
    assert TableMapping.parse(proposal.text) == proposal.mapping
    assert "timezone: UTC  # confirm" in proposal.text
    assert TableMapping.parse(of_table(proposal).to_yaml()) == proposal.mapping


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("title", [0, 1, 3])
@pytest.mark.parametrize("named", [False, True])
def test_a_file_is_read_whatever_its_encoding_and_title(encoding: str, title: int, named: bool) -> None:
    lines = [f"{n};2026-01-{n:02} 09:00;2026-01-{n:02} 11:00;电话" for n in range(1, 20)]
    above = ["sep=;"] * named + ["一月份的工单", "", "客户服务部"][:title]
    text = "\n".join([*above, "工单号;创建时间;解决时间;渠道", *lines])
    proposal = proposed(text.encode(encoding))
    mapping = of_table(proposal)
    assert (proposal.read, mapping.skip_lines) == (19, title)
    assert mapping.encoding == ("gb18030" if encoding == "gb18030" else "utf-8-sig")
    assert proposal.values["channel"] == {"电话": 19}


def test_western_accents_are_told() -> None:
    proposal = proposed(
        "Nr;Erstellt am;Gelöst am;Priorität\n1;05.01.2026 09:00;31.01.2026 09:00;hoch\n".encode("cp1252")
    )
    assert of_table(proposal).encoding == "cp1252"
    assert of_table(proposal).facts["priority"].column == "Priorität"


def test_statuses_are_sorted_by_their_words_and_unknown_ones_named() -> None:
    states = ["Fechado", "Solucionado", "Pendente", "Em atendimento", "Perdido", "Perdido"]
    lines = [f"{n},2026-01-05 09:00,2026-01-06 09:00,{state}" for n, state in enumerate(states)]
    proposal = proposed("\n".join(["ID,Data de abertura,Última atualização,Status", *lines]))
    assert of_table(proposal).statuses == {
        "closed": ("Fechado",), "resolved": ("Solucionado",), "pending": ("Pendente",), "open": ("Em atendimento",),
    }  # fmt: skip
    assert "Perdido (2)" in proposal.text


@pytest.mark.parametrize(
    ("header", "cells", "unit"),
    [
        ("resolution_minutes", ["30", "90"], "minutes"),
        ("Resolution time (hours)", ["2.5", "30"], "hours"),
        ("Resolution time", ["2h 30m", "45 min"], "text"),
        ("resolution_duration", ["26:15:00", "00:45:00"], "text"),
        ("解决时长小时", ["2.5", "3"], "hours"),
    ],
)
def test_a_column_of_lengths_is_told_by_its_name_and_cells(header: str, cells: Sequence[str], unit: str) -> None:
    lines = [f"{n},2026-01-05 09:00,{cell}" for n, cell in enumerate(cells)]
    resolved = of_table(proposed("\n".join([f"id,opened,{header}", *lines]))).columns.resolved_at
    assert resolved is not None
    assert (resolved.column, resolved.after_opening) == (header, unit)


@pytest.mark.parametrize(
    "name", ["resolution hours (business)", "Resolution time in working hours", "解决工作时长小时"]
)
def test_a_length_in_open_hours_tells_no_moment(name: str) -> None:
    proposal = proposed(f"id,opened,{name}\n1,2026-01-05 09:00,30\n")
    assert of_table(proposal).columns.resolved_at is None
    assert name in proposal.text


def test_a_number_of_ten_digits_is_no_stamp_where_its_column_says_so() -> None:
    mapping = of_table(proposed("Ticket ID,opened\n1000000001,2026-01-05 09:00\n1000000002,2026-01-05 09:00\n"))
    assert (mapping.columns.case_id, mapping.columns.opened_at.column) == ("Ticket ID", "opened")


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("2026-01-05 09:00:00 UTC", "%Y-%m-%d %H:%M:%S UTC"),
        ("31/01/2026 09:00 +0800", "%d/%m/%Y %H:%M %z"),
        ("2026年1月5日 9:00", "%Y年%m月%d日 %H:%M"),
        ("2026年01月05日09:00", "%Y年%m月%d日%H:%M"),
        ("20260105090000", "%Y%m%d%H%M%S"),
        ("2026/1/5 9:00", "%Y/%m/%d %H:%M"),
        ("Jan 5, 2026 9:00 AM", "%b %d, %Y %I:%M %p"),
        ("05/Jan/26 9:00 AM", "%d/%b/%y %I:%M %p"),
        ("2026-01-05T09:00:00+01:00", "iso"),
    ],
)
def test_a_way_of_writing_stamps_is_known(text: str, format: str) -> None:
    proposal = proposed(f'id,opened\n1,"{text}"\n')
    assert (of_table(proposal).dates, proposal.read) == ((format,), 1)


def test_a_length_without_a_unit_is_not_guessed() -> None:
    mapping = of_table(proposed("id,opened,resolution\n1,2026-01-05 09:00,30\n"))
    assert mapping.columns.resolved_at is None


def test_a_day_and_a_time_of_day_are_joined() -> None:
    text = "id,open date,open time,resolved date,resolved time\n1,31/01/2026,09:00,01/02/2026,10:30\n"
    mapping = of_table(proposed(text))
    assert (mapping.columns.opened_at.time, mapping.dates) == ("open time", ("%d/%m/%Y %H:%M",))
    assert mapping.columns.resolved_at is not None
    assert mapping.columns.resolved_at.time == "resolved time"


def test_an_order_that_one_column_settles_is_settled_for_all() -> None:
    text = "id,opened,resolved\n1,05/01/2026 09:00,31/01/2026 09:00:00\n2,06/01/2026 09:00,07/01/2026 09:00:00\n"
    proposal = proposed(text)
    assert "also reads as" not in proposal.text
    assert proposal.read == 2


def test_a_history_is_told_from_a_table() -> None:
    text = """Ticket,Field,Old value,New value,Changed at
7,Status,,New,2026-01-05 09:00
7,Assignee,,ann,2026-01-05 09:10
7,Status,New,Done,2026-01-05 11:00
8,Priority,low,high,2026-01-05 11:00
"""
    proposal = proposed(text)
    mapping = proposal.mapping
    assert isinstance(mapping, HistoryMapping)
    assert (mapping.status, mapping.owner, mapping.columns.old) == ("Status", "Assignee", "Old value")
    assert mapping.statuses == {"open": ("New",), "resolved": ("Done",)}
    assert proposal.read == 2


RECORDS = [
    {"id": n, "meta": {"created_at": "2026-01-05T09:00:00Z", "resolved_at": None}, "status": "x"} for n in (1, 2)
]


@pytest.mark.parametrize(
    ("value", "place"),
    [(RECORDS, None), ({"n": 2, "results": RECORDS}, "results"), ({"data": {"items": RECORDS}}, "data.items")],
)  # fmt: skip
def test_records_of_json_are_found(value: object, place: str | None) -> None:
    mapping = of_table(proposed(json.dumps(value), "t.json"))
    assert (mapping.records, mapping.columns.opened_at.column) == (place, "meta.created_at")


JIRA = {"issues": [{"key": "A-1", "fields": {"created": "2026-01-05T09:00:00.000+0000", "status": {"name": "Open"}}}]}
ZENDESK = {
    "ticket": {
        "id": 1,
        "created_at": "2026-01-05T09:00:00Z",
        "status": "open",
        "requester_id": 5,
        "via": {"channel": "web"},
    }
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (json.dumps(JIRA), JiraMapping),
        (json.dumps(JIRA["issues"], indent=1), JiraMapping),
        (json.dumps(ZENDESK), ZendeskMapping),
        ("\n".join([json.dumps(ZENDESK)] * 2), ZendeskMapping),
        (json.dumps({"tickets": [ZENDESK["ticket"]]}), ZendeskMapping),
        ("Ticket ID,Created time,Status\n7,2026-01-05 09:00:00,Open\n", FreshdeskMapping),
        ("number,state,opened_at,sys_updated_on\nINC1,New,2026-01-05 09:00,2026-01-05 09:00\n", ServiceNowMapping),
        ('{"result": [{"sys_id": "f", "number": "INC1", "opened_at": "2026-01-05 09:00"}]}', TableMapping),
        ('[{"id": 1, "created_at": "2026-01-05T09:00Z", "requester_id": 3, "responder_id": 4}]', TableMapping),
    ],
)  # fmt: skip
def test_an_export_of_a_help_desk_is_told(text: str, kind: type) -> None:
    proposal = proposed(text)
    assert type(proposal.mapping) is kind
    assert proposal.read > 0


def test_a_workbook_is_looked_at(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    book.add_worksheet("Notes").write(0, 0, "made on Monday")
    sheet = book.add_worksheet("Tickets")
    for row, cells in enumerate([["January"], ["Ticket ID", "Opened", "Resolved"], [7, 1, 2], [8, 3, 4]]):
        for column, cell in enumerate(cells):
            if row > 1 and column:
                sheet.write_datetime(row, column, datetime(2026, 1, int(cell), 9), stamp)
            else:
                sheet.write(row, column, cell)
    book.close()
    proposal = propose(tmp_path / "t.xlsx")
    mapping = of_table(proposal)
    assert (mapping.sheet, mapping.skip_lines, proposal.read, mapping.dates) == ("Tickets", 1, 2, ("iso",))


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "{}", "[]", "just words\n", "\0\0\0"])
def test_what_no_mapping_reads_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        proposed(text)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_proposal_or_a_policy_error(data: bytes) -> None:
    with contextlib.suppress(PolicyError):
        assert proposed(data).text


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "opened", "a.b", "items", "status", ""]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(SHAPES)
def test_any_json_gives_a_proposal_or_a_policy_error(value: object) -> None:
    with contextlib.suppress(PolicyError):
        assert proposed(json.dumps(value), "t.json").text


def test_the_example_desk_is_described_nearly_as_by_hand(root: Path) -> None:
    proposal = propose(root / "examples/service_desk/tickets.csv")
    by_hand = read_mapping(root / "examples/service_desk/columns.yaml").unwrap()
    assert isinstance(by_hand, TableMapping)
    mapping = of_table(proposal)
    assert mapping.columns == by_hand.columns
    assert {name: fact.column for name, fact in mapping.facts.items()} == {
        name: fact.column for name, fact in by_hand.facts.items()
    }
    assert mapping.pauses == by_hand.pauses
    assert proposal.values["tier"]["普通"] > proposal.values["tier"]["VIP"] > 100
