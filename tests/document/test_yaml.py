"""YAML 1.2 core schema, by the C composer and by the one in Python."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from hypothesis import given

from servicekit.document.address import MAX_DEPTH, Refused, locate
from servicekit.document.notation import yaml_text
from servicekit.document.writer import as_yaml
from servicekit.testing.strategies.documents import plain_data

pytestmark = pytest.mark.parametrize("pure", [False, True], ids=["c", "python"])

SCALARS = [
    *((text, text) for text in ("17:30", "09:00", "24:00", "no", "on", "NO", "off", "y", "2026-01-01", "1_000", "0b1")),
    *((text, text) for text in ("1.2.3", "2026-01-01T09:00:00Z", "--5", "1e", "0x", "0o8", "truE", "nULL", "P14D")),
    *(("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None)),
    *(("12", 12), ("-7", -7), ("+7", 7), ("007", 7), ("0o14", 12), ("0x1F", 31)),
    *(("0.10", Decimal("0.10")), ("-.5", Decimal("-0.5")), ("1e3", Decimal("1e3")), ("5.", Decimal(5))),
    *(("'12'", "12"), ('"true"', "true"), ("''", ""), ("! 12", 12), ("!!str 12", "12"), ("!!float 1", 1)),
    (".inf", Decimal("Infinity")),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_scalar_means_what_the_core_schema_says(text: str, value: object, pure: bool) -> None:
    read = yaml_text.parse(f"key: {text}", "f", pure=pure).value
    assert read == {"key": value}
    assert isinstance(read, dict)
    assert type(read["key"]) is type(value)


def test_decimals_keep_their_digits(pure: bool) -> None:
    assert str(yaml_text.parse("[0.10, 0.1000000000000000000000000000000000000001]", "f", pure=pure).value) == (
        "[Decimal('0.10'), Decimal('0.1000000000000000000000000000000000000001')]"
    )


def test_keys_are_their_text_whatever_they_look_like(pure: bool) -> None:
    text = "{2026-01-01: a, 17:30: b, no: c, 5: d, ~: e, 0x1: f, '<<': g}"
    value = yaml_text.parse(text, "f", pure=pure).value
    assert isinstance(value, dict)
    assert list(value) == ["2026-01-01", "17:30", "no", "5", "~", "0x1", "<<"]


@given(data=plain_data())
def test_what_is_written_is_read_back(data: object, pure: bool) -> None:
    assert yaml_text.parse(as_yaml(data), "f", pure=pure).value == data


REFUSED = {
    "!!python/object/apply:os.system [x]": ("document.syntax", 1, 1),
    "a: !!timestamp 2026-01-01": ("document.syntax", 1, 4),
    "a: !!int x": ("document.syntax", 1, 4),
    "a: !!set {b}": ("document.syntax", 1, 4),
    "a: 1\n!x b: 2": ("document.syntax", 2, 1),
    "a: 1\n---\nb: 2": ("document.syntax", 2, 1),
    "a:\n\t- b": ("document.syntax", 2, 1),
    "a: [1": ("document.syntax", 1, 7),
    "a: *b": ("document.syntax", 1, 4),
    "a: 1\nb: \x07": ("document.syntax", 2, 4),
    "? [a]\n: b": ("document.syntax", 1, 3),
    "b: &b {c: 1}\na:\n  <<: *b": ("document.syntax", 3, 3),
    "# only this": ("document.unreadable", 1, 1),
    "a:\n  - 1e401": ("document.value", 2, 5),
    "a: 1e" + "9" * 30: ("document.value", 1, 4),
    "a: " + "9" * 401: ("document.value", 1, 4),
    "a: &a [*a]": ("document.alias-bomb", 1, 4),
    "a: " + "x" * 1_000_001: ("document.unreadable", 1, 4),
    "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1): ("document.alias-bomb", 1, 1),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_a_text_is_refused_at_its_place(text: str, pure: bool) -> None:
    with pytest.raises(Refused) as refused:
        yaml_text.parse(text, "f", pure=pure)
    problem = refused.value.problem
    assert problem.address is not None
    code, line, column = REFUSED[text]
    # The two composers differ by a column or so about where an unclosed bracket or a tab is.
    assert (problem.code, problem.address.line) == (code, line)
    assert code == "document.syntax" or problem.address.column == column


def test_the_deepest_allowed_nesting_is_read(pure: bool) -> None:
    assert yaml_text.parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f", pure=pure).value


def _bomb(levels: int) -> str:
    lines = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *lines])


def test_aliases_are_followed_when_they_stay_small(pure: bool) -> None:
    value = yaml_text.parse(_bomb(3), "f", pure=pure).value
    assert isinstance(value, dict)
    assert value["a2"][8][8][8] == "x"


@pytest.mark.parametrize("levels", [6, 40])
def test_an_expansion_bomb_is_refused(levels: int, pure: bool) -> None:
    with pytest.raises(Refused) as refused:
        yaml_text.parse(_bomb(levels), "f", pure=pure)
    assert refused.value.problem.code == "document.alias-bomb"


def test_aliases_cannot_nest_deeper_than_brackets(pure: bool) -> None:
    lines = [f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, MAX_DEPTH + 5)]
    with pytest.raises(Refused) as refused:
        yaml_text.parse("\n".join(["a0: &a0 [x]", *lines]), "f", pure=pure)
    assert refused.value.problem.code == "document.alias-bomb"


def test_duplicate_keys_are_told_with_both_places(pure: bool) -> None:
    parsed = yaml_text.parse("a:\n  b: 1\n  'b': 2\n  b: 3\nc: 4\nc: 5", "f", pure=pure)
    assert parsed.value == {"a": {"b": 1}, "c": 4}
    assert [(p.code, p.path, str(p.address)) for p in parsed.problems] == [
        ("document.duplicate-key", "a.b", "f:3:3"),
        ("document.duplicate-key", "a.b", "f:4:3"),
        ("document.duplicate-key", "c", "f:6:1"),
    ]
    assert "2:3" in parsed.problems[0].message


def test_positions_are_those_of_keys_and_items(pure: bool) -> None:
    tree = yaml_text.parse("a:\n  - x\n  - b.c: {d: 1}\n'2': &k [y]\ne: *k", "f", pure=pure).tree()
    paths = ["", "a", "a[0]", "a[1].b.c", "a[1].b.c.d", "2[0]", "e", "e[0]", "a[7]", "zz", "a[1].zz"]
    assert [locate(tree, path) for path in paths] == [
        *((1, 1), (1, 1), (2, 5), (3, 5), (3, 11), (4, 10), (5, 1), (5, 1)),
        *((1, 1), (1, 1), (3, 5)),
    ]


def test_a_fault_behind_an_alias_is_placed_where_the_alias_stands(pure: bool) -> None:
    """Fault D3: it was placed at the anchor, where nothing need be wrong. An alias may also be a key."""
    text = "good: &x\n  - y: 1\nbad:\n  - 2\n  - *x\n  - deep: [3, *x]\nk: &k name\n*k : *k"
    tree = yaml_text.parse(text, "f", pure=pure).tree()
    places = {
        "good[0].y": (2, 5),
        "bad[1]": (5, 5),
        "bad[1][0].y": (5, 5),
        "bad[2].deep[1][0]": (6, 15),
        "name": (8, 1),
    }
    assert {path: locate(tree, path) for path in places} == places


def test_libyaml_is_used_where_it_is_at_hand(pure: bool) -> None:
    assert pure or (yaml_text._Fast is not yaml_text._Python) == yaml.__with_libyaml__


def test_a_long_text_counts_for_each_of_its_aliases(pure: bool) -> None:
    """Fault D2: each of 10,000 problems may repeat the text that it is about."""
    text = f"long: &x {'a' * 100_000}\nlist: [{', '.join(['*x'] * 10_000)}]"
    with pytest.raises(Refused) as refused:
        yaml_text.parse(text, "f", pure=pure)
    assert refused.value.problem.code == "document.alias-bomb"
    assert yaml_text.parse(f"long: {'a' * 900_000}\nother: {'b' * 900_000}", "f", pure=pure).problems == ()
