"""JSON and TOML: exact numbers, places, and refusals."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.document.address import MAX_DEPTH, MAX_NODES, Node, Refused, join, locate
from servicekit.document.notation import json_text, toml_text
from servicekit.document.writer import as_json
from servicekit.testing.strategies.documents import broken_texts, plain_data


@given(plain_data())
def test_json_that_is_written_is_read_back(data: object) -> None:
    assert json_text.parse(as_json(data), "f").value == data


@given(st.one_of(broken_texts(plain_data().map(as_json)), st.text()))
def test_json_is_read_or_refused_as_the_standard_library_does(text: str) -> None:
    try:
        expected = json.loads(text, parse_float=Decimal, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        with pytest.raises(Refused):
            json_text.parse(text, "f")
    else:
        assert json_text.parse(text, "f").value == expected


JSON_REFUSED = {
    '{\n"a":}': ("document.syntax", 2, 5),
    '{"a" 1}': ("document.syntax", 1, 6),
    "[1,]": ("document.syntax", 1, 4),
    '{"a":1,}': ("document.syntax", 1, 8),
    '{"a":1} x': ("document.syntax", 1, 9),
    '["\\ud800"]': ("document.syntax", 1, 2),
    '["\t"]': ("document.syntax", 1, 2),
    "[NaN]": ("document.syntax", 1, 2),
    "[01]": ("document.syntax", 1, 2),
    "'x'": ("document.syntax", 1, 1),
    '{"a":1': ("document.syntax", 1, 7),
    "[1e401]": ("document.value", 1, 2),
    "[1e-99999999999999999999]": ("document.value", 1, 2),
    "[" + "9" * 401 + "]": ("document.value", 1, 2),
    "[" * (MAX_DEPTH + 1): ("document.alias-bomb", 1, MAX_DEPTH + 1),
    "[" + "1," * MAX_NODES + "1]": ("document.alias-bomb", 1, MAX_NODES * 2),
    '["' + "x" * 1_000_001 + '"]': ("document.unreadable", 1, 2),
}


@pytest.mark.parametrize("text", JSON_REFUSED, ids=lambda text: text[:20])
def test_json_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(Refused) as refused:
        json_text.parse(text, "f")
    problem = refused.value.problem
    assert problem.address is not None
    assert (problem.code, problem.address.line, problem.address.column) == JSON_REFUSED[text]


def test_json_tells_duplicate_keys_with_both_places() -> None:
    parsed = json_text.parse('{"a": {"b": 1,\n "b": 2}}', "f")
    assert parsed.value == {"a": {"b": 1}}
    assert [(p.code, p.path, str(p.address)) for p in parsed.problems] == [("document.duplicate-key", "a.b", "f:2:2")]
    assert "1:8" in parsed.problems[0].message


def test_json_tells_the_places_of_keys_and_items() -> None:
    tree = json_text.parse('{"a": [1,\n {"b": 2}]}', "f").tree()
    assert [locate(tree, path) for path in ("a", "a[0]", "a[1]", "a[1].b")] == [(1, 2), (1, 8), (2, 2), (2, 3)]


def as_toml(data: dict[str, object]) -> str:
    """A TOML text in which each of the table's keys starts a line."""
    return "\n".join(f"{_basic(key)} = {_inline(value)}" for key, value in data.items())


def _basic(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _inline(value: object) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{_basic(key)} = {_inline(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{', '.join(map(_inline, value))}]"
        case str():
            return _basic(value)
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _without_none(data: object) -> object:
    if isinstance(data, dict):
        return {key: _without_none(value) for key, value in data.items() if value is not None}
    return [_without_none(item) for item in data if item is not None] if isinstance(data, list) else data


tables = plain_data().map(_without_none).filter(lambda data: isinstance(data, dict) and data)


@given(tables)
def test_toml_that_is_written_is_read_back(data: dict[str, object]) -> None:
    assert toml_text.parse(as_toml(data), "f").value == data


@given(tables)
def test_toml_has_a_place_for_everything(data: dict[str, object]) -> None:
    tree = toml_text.parse(as_toml(data), "f").tree()
    assert [locate(tree, join("", key)) for key in data] == [(line, 1) for line in range(1, len(data) + 1)]
    assert _shape(tree) == _expected_shape(data)


def _shape(node: Node) -> object:
    if node.entries:
        return {key: _shape(child) for key, (_, child) in node.entries.items()}
    return [_shape(item) for item in node.items] or None


def _expected_shape(data: object) -> object:
    if isinstance(data, dict):
        return {join("", key): _expected_shape(value) for key, value in data.items()} or None
    return [_expected_shape(item) for item in data] or None if isinstance(data, list) else None


@given(st.one_of(broken_texts(tables.map(as_toml)), st.text()))
def test_toml_is_read_or_refused_as_the_standard_library_does(text: str) -> None:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        with pytest.raises(Refused):
            toml_text.parse(text, "f")
    else:
        assert toml_text.parse(text, "f").tree()


MANUAL = '''\
title = "a # b"   # a comment
opens = 09:00:00
day = 2026-01-01
at = 2026-01-01T09:00:00+08:00
text = """
[not.a.table]
no = "key" ""\\""""
raw = \'\'\'
[[no]]\'\'\'
list = [
  1, # one
  { a = 0x1F, "b.c" = 'd' },
]

[owner.team]
name.first = "Ann"
"quoted key" = 1

[[row]]
n = 1
[[row]]
n = 0.10
[row.inner]
deep = true
'''


def test_toml_means_what_the_manual_says() -> None:
    value = toml_text.parse(MANUAL, "f").value
    assert isinstance(value, dict)
    assert (value["opens"], value["day"], value["at"]) == ("09:00:00", "2026-01-01", "2026-01-01 09:00:00+08:00")
    assert str(value["row"][1]["n"]) == "0.10"


def test_toml_tells_the_places_of_keys_items_and_tables() -> None:
    tree = toml_text.parse(MANUAL, "f").tree()
    places = [
        *(("title", (1, 1)), ("opens", (2, 1)), ("text", (5, 1)), ("raw", (8, 1)), ("list", (10, 1))),
        *(("list[0]", (11, 3)), ("list[1]", (12, 3)), ("list[1].a", (12, 5)), ("list[1].b.c", (12, 15))),
        *(("owner", (15, 2)), ("owner.team", (15, 8)), ("owner.team.name.first", (16, 6))),
        *(("owner.team.quoted key", (17, 1)), ("row", (19, 3)), ("row[0].n", (20, 1)), ("row[1]", (21, 3))),
        *(("row[1].n", (22, 1)), ("row[1].inner.deep", (24, 1)), ("row[1].inner", (23, 6))),
    ]
    assert [(path, locate(tree, path)) for path, _ in places] == places


TOML_REFUSED = {
    "a =": ("document.syntax", 1),
    "a = 1\na = 2": ("document.syntax", 2),
    "[a]\n[a]": ("document.syntax", 2),
    'a = """x': ("document.syntax", 1),
    "a = 1\nb = 1e401": ("document.value", 2),
    "a = 1\nb = 1e" + "9" * 30: ("document.value", 2),
    "a = " + "9" * 5000: ("document.value", 1),
    "b = 1\na = 0x" + "f" * 500: ("document.value", 2),
    "a = " + "[" * 5000: ("document.alias-bomb", 1),
    "a = " + "[" * MAX_DEPTH + "]" * MAX_DEPTH: ("document.alias-bomb", 1),
    "a" + ".a" * 70 + " = 1": ("document.alias-bomb", 1),
    "b = 1\na = '" + "x" * 1_000_001 + "'": ("document.unreadable", 2),
}


@pytest.mark.parametrize("text", TOML_REFUSED, ids=lambda text: text[:20])
def test_toml_is_refused_at_its_line(text: str) -> None:
    with pytest.raises(Refused) as refused:
        toml_text.parse(text, "f")
    problem = refused.value.problem
    assert problem.address is not None
    assert (problem.code, problem.address.line) == TOML_REFUSED[text]
