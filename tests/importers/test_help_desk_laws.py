"""Laws of every importer: whatever is done to an export, each record comes out once and nothing raises."""

from __future__ import annotations

import contextlib
import copy
import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.events import Case, Imported
from servicekit.importers import (
    BROKEN_OFF,
    FreshdeskMapping,
    JiraMapping,
    ServiceNowMapping,
    ZendeskMapping,
    read_freshdesk,
    read_jira,
    read_servicenow,
    read_zendesk,
)

FIXTURES = Path(__file__).parent / "fixtures"


def values(name: str) -> list[Any]:
    """The records of a fixture, one for each ticket."""
    lines = (FIXTURES / name).read_text("utf-8").splitlines()
    parsed = [json.loads(line) for line in lines if line.endswith("}")]
    return [issue for value in parsed for issue in value.get("issues", [value])]


ZENDESK, JIRA = values("zendesk.jsonl"), values("jira.jsonl")

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.floats()
odd = st.recursive(
    scalars | st.sampled_from(["2026-01-05T09:30:00Z", "solved", "Done", -1, "\ud800", {"id": "\udfff"}]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "name", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value that something else can be put into: a container and a key of it."""
    keys: Iterable[Any] = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


@st.composite
def spoilt(draw: st.DrawFn, records: list[Any]) -> list[Any]:
    """Some records with a few of their values replaced, taken away or doubled."""
    chosen = copy.deepcopy(draw(st.lists(st.sampled_from(records), min_size=1, max_size=4)))
    for _ in range(draw(st.integers(0, 4))):
        container, key = draw(st.sampled_from(list(places(chosen))))
        if isinstance(container, list):
            container.insert(key, copy.deepcopy(draw(st.just(container[key]) | odd)))
        else:
            container[key] = copy.deepcopy(draw(odd))
    return chosen


def check(found: list[Imported[Case]]) -> None:
    """A record has a case or an error, never both and never neither; its problems name it."""
    assert [record.row for record in found] == sorted(record.row or 0 for record in found)
    for record in found:
        assert (record.value is None) == any(problem.is_error for problem in record.problems)
        assert all(str(record.row) in problem.path or "row" in problem.path for problem in record.problems)
    numbers = [record.value.case_id for record in found if record.value]
    assert len(numbers) == len(set(numbers))


@given(spoilt(ZENDESK))
def test_every_zendesk_ticket_comes_out_once_when_its_values_are_spoilt(records: list[Any]) -> None:
    found = list(
        read_zendesk(({"ticket": None} | record if isinstance(record, dict) else record) for record in records)
    )
    assert len(found) == len(records)
    check(found)


@given(spoilt(JIRA))
def test_every_jira_issue_comes_out_once_when_its_values_are_spoilt(records: list[Any]) -> None:
    found = list(read_jira(({"issues": None} | record if isinstance(record, dict) else record) for record in records))
    assert len(found) == len(records)
    check(found)


@given(st.sampled_from([read_zendesk, read_jira]), st.text())
def test_any_text_gives_records(read: Callable[[str], Iterator[Imported[Case]]], text: str) -> None:
    check(list(read(text)))


@given(st.sampled_from([read_zendesk, read_jira]), st.binary())
def test_any_bytes_of_json_give_records_or_a_policy_error(
    read: Callable[[bytes], Iterator[Imported[Case]]], content: bytes
) -> None:
    with contextlib.suppress(PolicyError):  # they may item like a zip file and be none
        check(list(read(content)))


@given(st.sampled_from([(read_zendesk, ZENDESK), (read_jira, JIRA)]), st.data())
def test_a_cut_costs_one_line_and_says_so(
    pair: tuple[Callable[[str], Iterator[Imported[Case]]], list[Any]], data: st.DataObject
) -> None:
    """JSON lines cut anywhere: the whole lines are there, and the rest of the last is one error."""
    read, records = pair
    lines = [json.dumps(record) for record in records]
    kept = data.draw(st.integers(1, len(lines) - 1))
    cut = lines[kept][: data.draw(st.integers(1, len(lines[kept]) - 1))]
    found = list(read("\n".join([*lines[:kept], cut])))
    assert [record.value for record in found[:kept]] == [record.value for record in list(read("\n".join(lines)))[:kept]]
    assert [problem.code for problem in found[kept].problems] == ["ticket.not-json"]
    assert len(found) == kept + 1


@given(st.data())
def test_a_log_tells_the_same_in_any_order(data: st.DataObject) -> None:
    """Histories of different moments may arrive in any order."""
    issue = copy.deepcopy(JIRA[0])
    histories = issue["changelog"]["histories"]
    issue["changelog"]["histories"] = data.draw(st.permutations(histories))
    assert [record.value for record in read_jira(issue)] == [record.value for record in read_jira(JIRA[0])]


def table(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((FIXTURES / name).read_text("utf-8"))))


SERVICENOW, FRESHDESK = table("servicenow.csv"), table("freshdesk.csv")

# Without line breaks: what those do to a broken row is the business of the records below, and tested there.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=9)
cells = texts | st.sampled_from(["?", "Resolved", "5/1/2026 09:30", "2026-01-05 09:30:00", "INC1", "1"])


@st.composite
def spoilt_table(draw: st.DrawFn, rows: list[list[str]]) -> list[list[str]]:
    """The header and some rows, a few of their cells replaced, a few of them shorter."""
    chosen = [list(row) for row in draw(st.lists(st.sampled_from(rows[1:]), min_size=1, max_size=12))]
    for _ in range(draw(st.integers(0, 6))):
        row = draw(st.sampled_from(chosen))
        if row and draw(st.booleans()):
            row[draw(st.integers(0, len(row) - 1))] = draw(cells)
        elif row:
            del row[draw(st.integers(0, len(row) - 1)) :]
    return [rows[0], *(row for row in chosen if row)]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws") / "export.csv"


def write(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


@given(spoilt_table(SERVICENOW))
def test_every_row_of_a_log_is_in_one_record_when_cells_are_spoilt(file: Path, rows: list[list[str]]) -> None:
    write(file, rows)
    found = list(read_servicenow(file, ServiceNowMapping(rows="scattered")))
    readable = {row[0].strip() for row in rows[1:] if len(row) >= len(rows[0])}
    whole = readable - {"", "NULL", "?"}
    alone = [row for row in rows[1:] if len(row) < len(rows[0]) or row[0].strip() not in whole]
    assert len(found) == len(whole) + len(alone)
    for record in found:
        assert (record.value is None) == any(problem.is_error for problem in record.problems)


@given(spoilt_table(FRESHDESK))
def test_every_row_of_a_ticket_export_is_one_record_when_cells_are_spoilt(file: Path, rows: list[list[str]]) -> None:
    write(file, rows)
    found = list(read_freshdesk(file))
    assert len(found) == len(rows) - 1
    for record in found:
        assert (record.value is None) == any(problem.is_error for problem in record.problems)


def test_a_number_of_many_digits_is_a_problem() -> None:
    """Parsed by others; the text of such a number is refused by Python itself."""
    ticket = {"id": 10**5000, "created_at": "2026-01-05T09:00:00Z"}
    (record,) = read_zendesk(ticket)
    assert [(problem.code, problem.path) for problem in record.problems if problem.is_error] == [
        ("ticket.bad-value", "record 1.ticket.id")
    ]


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("key", ["created_at", "events", "extra"])
def test_a_value_that_is_nested_too_deep_is_a_problem(key: str) -> None:
    audit = {"id": 1, "created_at": "2026-01-05T09:00:00Z"}
    audits = [audit | {key: nested(20_000)}, audit | {key: nested(20_000)}]
    (record,) = read_zendesk({"ticket": {"id": 1, "created_at": "2026-01-05T09:00:00Z"}, "audits": audits})
    assert record.value is None
    assert [(problem.code, problem.path) for problem in record.problems][-1] == ("ticket.bad-value", "record 1")


@given(st.binary())
def test_any_bytes_give_records_or_a_policy_error(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    for read in (read_servicenow, read_freshdesk):
        with contextlib.suppress(PolicyError):
            check(list(read(file)))


@pytest.mark.parametrize("mapping", [ZendeskMapping(), JiraMapping(), ServiceNowMapping(), FreshdeskMapping()])
def test_a_mapping_is_written_and_read_back_as_itself(mapping: ZendeskMapping | JiraMapping) -> None:
    changed = mapping.replace(statuses={"Parked": {"means": "open", "name": "pending"}}, timezone="Europe/Rome")
    assert type(mapping).parse(changed.to_yaml()) == changed


def test_a_cut_gzip_file_ends_with_one_problem(tmp_path: Path) -> None:
    whole = gzip.compress((FIXTURES / "zendesk.jsonl").read_bytes())
    (tmp_path / "t.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    found = list(read_zendesk(tmp_path / "t.jsonl.gz"))
    assert [problem.code for problem in found[-1].problems] == [BROKEN_OFF]


@pytest.mark.parametrize(
    ("read", "name"),
    [(read_servicenow, "servicenow.csv"), (read_freshdesk, "freshdesk.csv")],
)
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_one_problem_that_says_which(
    read: Callable[[Path], Iterator[Imported[Case]]], name: str, delimiter: str, tmp_path: Path
) -> None:
    """Spreadsheets in much of Europe save a comma-separated file with semicolons."""
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(table(name))
    with pytest.raises(PolicyError) as caught:
        read(tmp_path / name)
    assert [problem.code for problem in caught.value.problems] == ["table.delimiter"]


@pytest.mark.parametrize(
    ("read", "mapping", "name"),
    [
        (read_zendesk, ZendeskMapping(encoding="klingon"), "zendesk.jsonl"),
        (read_jira, JiraMapping(encoding="klingon"), "jira.jsonl"),
        (read_servicenow, ServiceNowMapping(encoding="klingon"), "servicenow.csv"),
        (read_freshdesk, FreshdeskMapping(encoding="klingon"), "freshdesk.csv"),
    ],
)
def test_an_encoding_without_such_a_name_is_refused(read: Callable[..., object], mapping: object, name: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read(FIXTURES / name, mapping)
    assert [problem.code for problem in caught.value.problems] == ["table.encoding"]


@pytest.mark.parametrize("mapping", [ServiceNowMapping, FreshdeskMapping])
def test_a_column_by_no_name_is_refused(mapping: type[ServiceNowMapping | FreshdeskMapping]) -> None:
    with pytest.raises(PolicyError) as caught:
        mapping.parse("columns: {status: []}")
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("document.value", "columns.status")]
