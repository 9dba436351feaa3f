"""JSON comes apart into values, however it is kept; what is not JSON costs only itself."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.importers.delimited_file import BROKEN_OFF, MOST_BLANK_LINES
from servicekit.importers.tickets.json_source import JsonSource, Raw
from servicekit.importers.zendesk import read_zendesk

scalars = st.none() | st.booleans() | st.integers() | st.text()
objects = st.dictionaries(st.text(), scalars | st.lists(scalars, max_size=3), min_size=1, max_size=4)


def values(source: Any) -> list[object]:
    return [raw.value for raw in JsonSource(source)]


def codes(source: Any) -> list[tuple[int | None, str]]:
    return [(raw.line, raw.fault.code) for raw in JsonSource(source) if raw.fault]


@given(st.lists(objects, min_size=1, max_size=4))
def test_the_same_values_come_of_lines_a_list_and_parsed_objects(records: list[dict[str, object]]) -> None:
    lines = "\n".join(map(json.dumps, records))
    assert values(lines) == values(lines.encode()) == values(records) == records
    assert values(json.dumps(records)) == values(json.dumps(records, indent=2)) == records


@given(objects)
def test_a_single_object_is_one_value_however_it_is_laid_out(record: dict[str, object]) -> None:
    assert values(json.dumps(record)) == values(json.dumps(record, indent=2)) == values(record) == [record]


@given(st.lists(objects, min_size=2, max_size=5), st.data())
def test_a_broken_line_costs_only_itself(records: list[dict[str, object]], data: st.DataObject) -> None:
    lines = [json.dumps(record) for record in records]
    broken = data.draw(st.integers(0, len(lines) - 1))
    lines[broken] = lines[broken][:-1]
    assert codes("\n".join(lines)) == [(broken + 1, "ticket.not-json")]
    sound = [raw.value for raw in JsonSource("\n".join(lines)) if raw.fault is None]
    assert sound == records[:broken] + records[broken + 1 :]


@pytest.mark.parametrize(
    "text", ['{"a": NaN}', '{"a": 1', "[" * 100_000, '{"a": ' + "9" * 5_000 + "}", "\ufffe{", '{\n"a": 1,\n"b":\n']
)
def test_what_is_no_json_to_its_end_is_one_fault(text: str) -> None:
    assert [code for _, code in codes(text)] == [BROKEN_OFF]


def test_nothing_comes_of_nothing() -> None:
    assert values("") == values(" \n\n") == values([]) == []


def test_a_line_is_counted_with_the_blank_ones() -> None:
    assert list(JsonSource('\n{"a": 1}\n\n[2, 3]\n')) == [Raw({"a": 1}, 2), Raw(2, 4), Raw(3, 4)]


def test_a_fraction_keeps_its_digits() -> None:
    assert values('{"a": 0.10}') == [{"a": Decimal("0.10")}]


def test_a_file_tells_how_far_it_is_read_and_may_be_zipped(tmp_path: Path) -> None:
    text = "\n".join(json.dumps({"n": n}) for n in range(20_000)).encode()
    for name, content in (("plain", text), ("zipped", gzip.compress(text))):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + content if name == "plain" else content)
        source = JsonSource(tmp_path / name)
        rows = iter(source)
        assert next(rows).value == {"n": 0}
        assert 0 < source.position() < source.size
        assert sum(1 for _ in rows) == 19_999
        assert source.position() == source.size


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        JsonSource(tmp_path / "none.json")
    assert [problem.code for problem in caught.value.problems] == ["table.no-such-file"]


def test_a_number_beyond_all_bounds_costs_only_what_reads_it() -> None:
    """Fault D1: such a number ended the run."""
    ids = ("1", "1e9999999999999999999", "-1e-9999999999999999999", "2")
    records = [f'{{"ticket": {{"id": {each}, "created_at": "2026-01-05T09:00:00Z", "x": {ids[1]}}}}}' for each in ids]
    for source in ("\n".join(records), f"[{', '.join(records)}]", f"[\n{','.join(records)}\n]"):
        read = list(read_zendesk(source))
        assert [record.value and record.value.case_id for record in read] == ["1", None, None, "2"]
        assert [each.code for each in read[1].problems if each.is_error] == ["ticket.bad-value"]


def test_lines_of_hardly_anything_but_blanks_are_not_read_to_their_end() -> None:
    """Fault D2, for JSON."""
    blanks = "\n" * MOST_BLANK_LINES
    assert values(f'{{"id": 1}}\n{blanks}{{"id": 2}}') == [{"id": 1}, {"id": 2}]
    assert codes(f'{{"id": 1}}\n{blanks}\n{{"id": 2}}') == [(None, BROKEN_OFF)]
