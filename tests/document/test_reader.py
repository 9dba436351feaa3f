"""The reader as a whole: round trips, every problem at its place, and no text that hurts it."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError, field_validator
from tests.document.samples import Desk, Recorded, desks
from tests.document.test_json_and_toml import as_toml

from servicekit.document import Document, DocumentValueError, Format, read
from servicekit.document.address import MAX_NODES, join
from servicekit.document.text import MAX_BYTES
from servicekit.document.writer import as_yaml
from servicekit.errors import PolicyError
from servicekit.testing.strategies.documents import broken_texts, keys, plain_data

_BREAKS = {chr(code) for code in (*range(0x7F, 0xA1), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)}
FORMATS: tuple[Format, ...] = ("yaml", "json", "toml")


def written(desk: Desk, format: Format) -> str:
    """The document in a notation; TOML has no null, so a field that is None must be left out."""
    return {"yaml": desk.to_yaml, "json": desk.to_json, "toml": lambda: as_toml(desk.to_dict())}[format]()


@pytest.mark.parametrize("format", FORMATS)
@given(desk=desks())
def test_a_document_that_is_written_is_read_back(desk: Desk, format: Format) -> None:
    loaded = read(Desk, written(desk, format), format=format)
    assert loaded.problems == ()
    assert loaded.value == desk
    assert str(loaded.unwrap().share) == str(desk.share)


@given(desks())
def test_plain_data_is_validated_to_the_same_document(desk: Desk) -> None:
    assert Desk.model_validate(desk.to_dict()) == desk


@pytest.mark.parametrize("format", FORMATS)
@given(data=st.data())
def test_any_text_is_read_or_refused_and_never_raises(format: Format, data: st.DataObject) -> None:
    sound = st.one_of(desks().map(lambda desk: written(desk, format)), st.text(), st.just("a: &a [*a, {b: c}]"))
    text = data.draw(st.one_of(broken_texts(sound), st.text()))
    loaded = read(Desk, text, format=format)
    assert (loaded.value is None) <= any(problem.is_error for problem in loaded.problems)
    lines = len(text.splitlines()) + 1
    assert all(problem.address and problem.address.line <= lines for problem in loaded.problems)


@given(st.binary())
def test_any_bytes_are_read_or_refused_and_never_raise(content: bytes) -> None:
    assert read(Desk, content).problems


@given(plain_data(), st.sampled_from(list(Desk.model_fields)))
def test_any_data_in_a_field_is_taken_or_told_at_that_field(data: object, field: str) -> None:
    key = Desk.model_fields[field].alias or field
    lines = ["name: desk"] * (key != "name")
    text = as_yaml({**({"name": "desk"} if lines else {}), key: data})
    for problem in read(Desk, text).problems:
        assert problem.path.startswith(key)
        assert problem.address is not None
        assert problem.address.line > len(lines)


@pytest.mark.parametrize("format", FORMATS)
@given(keys=st.lists(keys(), min_size=1, max_size=8, unique=True))
def test_a_problem_points_at_the_line_of_its_key(format: Format, keys: list[str]) -> None:
    entries = {key: Recorded(field="x").to_dict() | {"extra": True} for key in keys}
    lines = {
        "yaml": "\n".join(f"{_quoted(key)}: {{field: x, extra: true}}" for key in keys),
        "json": "{" + ",\n".join(f'{_quoted(key)}: {{"field": "x", "extra": true}}' for key in keys) + "}",
        "toml": as_toml(entries),
    }[format]
    text = {"yaml": "name: a\ndesks:\n", "json": '{"name": "a",\n"desks":\n', "toml": "name = 'a'\n[desks]\n"}[format]
    indented = "\n".join(f"  {line}" for line in lines.split("\n"))
    problems = read(Desk, text + indented + ("}" if format == "json" else ""), format=format).problems
    found = {p.path: p.address.line for p in problems if p.address and p.code == "document.unknown-key"}
    expected = {join(join("desks", key), "extra"): line for line, key in enumerate(keys, start=3)}
    assert expected.items() <= found.items()


def _quoted(key: str) -> str:
    """A text in double quotes, as JSON and YAML read it alike."""
    shown = json.dumps(key, ensure_ascii=False)
    return "".join(f"\\u{ord(sign):04x}" if sign in _BREAKS else sign for sign in shown)


BROKEN = """\
name: 5
seats: many
sources:
- {kind: country, country: CN, contry: x, weight: z}
- {kind: contry, country: CN}
- {country: CN}
- {kind: dates, dates: {2026-01-01: New, 2026-99-01: x}}
target: 4 hours
desks:
  a.b:
    nam: x
    target: {within: 5m, clok: wall}
    limits: [1, x]
  c:
    name: ok
    target: {fiel: due_at}
    value: []
    seats: 1
    seats: 2
unk: 5
"""


class Refusing(Document):
    """A document whose value is refused with a hint."""

    value: str

    @field_validator("value")
    @classmethod
    def _refuse(cls, value: str) -> str:
        raise DocumentValueError("sample.refused", value, "say something else")


def test_a_hint_stands_in_its_own_place_and_not_in_the_message_too() -> None:
    [problem] = read(Refusing, "value: nonsense").problems
    assert (problem.code, problem.message, problem.hint) == ("sample.refused", "nonsense", "say something else")


@pytest.mark.parametrize("given", ["nonsense", ""])
def test_an_error_raised_in_python_carries_its_hint(given: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Refusing(value=given)
    assert "say something else" in str(caught.value)
    assert "None" not in str(DocumentValueError("sample.refused", given))


@pytest.mark.parametrize("name", ["policy.yaml", " my policy.yml\n", "a/b.json", "C:\\policies\\p.toml", "策略.YAML"])
def test_the_name_of_a_file_for_a_text_is_answered_with_a_hint(name: str) -> None:
    [problem] = read(Desk, name).problems
    assert problem.code == "document.value"
    assert repr(name.strip()) in str(problem.hint)


@pytest.mark.parametrize("text", ["policy", "name: a.yaml", "x\ny.yaml", "- a.yaml\n- b.yaml", "policy.yaml.bak"])
def test_a_text_that_names_no_file_gets_no_hint_of_one(text: str) -> None:
    assert not any("Path(" in str(problem.hint) for problem in read(Desk, text).problems)


def test_all_problems_come_at_once_with_code_path_and_place() -> None:
    loaded = read(Desk, BROKEN, name="desk.yaml")
    assert loaded.value is None
    found = [
        (problem.code.removeprefix("document."), problem.path, str(problem.address)) for problem in loaded.problems
    ]
    assert found == [
        ("value", "name", "desk.yaml:1:1"),
        ("value", "seats", "desk.yaml:2:1"),
        ("unknown-key", "sources[0].contry", "desk.yaml:4:32"),
        ("value", "sources[0].weight", "desk.yaml:4:43"),
        ("unknown-kind", "sources[1].kind", "desk.yaml:5:4"),
        ("unknown-kind", "sources[2]", "desk.yaml:6:3"),
        ("value", "sources[3].dates.2026-99-01", "desk.yaml:7:42"),
        ("desk.hours", "target", "desk.yaml:8:1"),
        ("missing-key", "desks.a.b.name", "desk.yaml:10:3"),
        ("unknown-key", "desks.a.b.nam", "desk.yaml:11:5"),
        ("desk.hours", "desks.a.b.target.within", "desk.yaml:12:14"),
        ("unknown-key", "desks.a.b.target.clok", "desk.yaml:12:26"),
        ("value", "desks.a.b.limits[1]", "desk.yaml:13:17"),
        ("missing-key", "desks.c.target.field", "desk.yaml:16:5"),
        ("unknown-key", "desks.c.target.fiel", "desk.yaml:16:14"),
        ("value", "desks.c.value", "desk.yaml:17:5"),
        ("duplicate-key", "desks.c.seats", "desk.yaml:19:5"),
        ("unknown-key", "unk", "desk.yaml:20:1"),
    ]


def test_misspelt_names_get_a_hint() -> None:
    hints = {problem.path: problem.hint or "" for problem in read(Desk, BROKEN).problems}
    for path, name in {
        "sources[0].contry": "country",
        "sources[1].kind": "country",
        "desks.a.b.nam": "name",
        "desks.a.b.target.clok": "clock",
        "desks.c.target.fiel": "field",
    }.items():
        assert repr(name) in hints[path]


def test_an_alias_is_the_name_of_a_key_and_the_field_is_not() -> None:
    assert read(Desk, "{name: a, from: b}").unwrap().from_ == "b"
    problems = read(Desk, "{name: a, from_: b}").problems
    assert [(problem.code, problem.hint) for problem in problems] == [("document.unknown-key", "did you mean 'from'?")]


def test_numbers_reach_exact_fields_by_their_text() -> None:
    long = "0.1000000000000000000000000000000000000000000000001"
    for format, text in {
        "yaml": f"{{name: a, share: {long}, part: 0.1, limits: [1e3, 0.10]}}",
        "json": f'{{"name": "a", "share": {long}, "part": 0.1, "limits": [1e3, 0.10]}}',
        "toml": f"name = 'a'\nshare = {long}\npart = 0.1\nlimits = [1e3, 0.10]",
    }.items():
        desk = read(Desk, text, format=format).unwrap()  # type: ignore[arg-type]
        assert (str(desk.share), desk.part.denominator) == (long, 10)
        assert [str(limit) for limit in desk.limits] == ["1E+3", "0.10"]


@pytest.mark.parametrize("value", ["5", "0.5", "true", "~"])
def test_a_text_field_refuses_what_is_no_text(value: str) -> None:
    problems = read(Desk, f"name: {value}").problems
    assert [(problem.code, problem.path) for problem in problems] == [("document.value", "name")]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        *(
            (b"", 1),
            (b" \n", 1),
            (b"name: \xff", 1),
            (b"a: 1\nname: \xc3(", 2),
            (b"n\0a\0", 1),
            ("name: a".encode("utf-16"), 1),
        ),
        (b"#" * (MAX_BYTES + 1), 1),
    ],
    ids=lambda content: repr(content)[:20],
)
def test_unreadable_content_is_one_problem(content: bytes, line: int) -> None:
    loaded = read(Desk, content)
    assert [(problem.code, problem.address and problem.address.line) for problem in loaded.problems] in (
        [("document.unreadable", line)],
        [("document.syntax", line)],
    )


def test_a_byte_order_mark_is_dropped() -> None:
    assert read(Desk, b"\xef\xbb\xbfname: a").unwrap() == read(Desk, "\ufeffname: a").unwrap() == Desk(name="a")


def test_lone_surrogates_are_refused() -> None:
    assert [problem.code for problem in read(Desk, "name: \ud800").problems] == ["document.unreadable"]


def test_the_format_is_told_by_the_suffix(tmp_path: Path) -> None:
    for name, text in {
        "a.yml": "name: a",
        "a.JSON": '{"name": "a"}',
        "a.toml": "name = 'a'",
        "plain": "name: a",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
        assert Desk.load(tmp_path / name) == Desk.load(str(tmp_path / name)) == Desk(name="a")


@pytest.mark.parametrize("name", ["missing.yaml", ".", "x.csv", "a\0b.yaml", "name: a\nseats: 5"])
def test_what_is_no_readable_file_is_one_problem(tmp_path: Path, name: str) -> None:
    problems = read(Desk, tmp_path / name).problems
    assert [problem.code for problem in problems] == ["document.unreadable"]


def test_a_file_goes_by_its_path_in_addresses(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text("name: 5", "utf-8")
    assert [str(problem.address) for problem in read(Desk, path).problems] == [f"{path}:1:1"]


def test_an_unknown_format_is_a_wrong_argument() -> None:
    with pytest.raises(ValueError, match="yaml, json, toml"):
        read(Desk, "name: a", format="xml")  # type: ignore[arg-type]


def test_unwrap_raises_all_problems_when_one_is_an_error() -> None:
    loaded = read(Desk, "nam: a")
    with pytest.raises(PolicyError) as raised:
        loaded.unwrap()
    assert raised.value.problems == loaded.problems


NESTED = "name: a\n" + "".join(f"{'  ' * level}desks:\n{'  ' * level}  d:\n" for level in range(40))
ATTACKS = {
    "values": "[" + "1," * (MAX_NODES + 1) + "]",
    "keys": "".join(f"k{index}: v\n" for index in range(20_000)) * 2,
    "depth": "[" * 1_000_000,
    "quotes": "'" * 4_000_000,
    "anchors": "".join(f"- &a{index} x\n" for index in range(100_000)),
    "indent": NESTED,
    "comment": "#" * 4_000_000,
    "tag": "!" * 4_000_000,
    "digits": "name: " + "1" * 4_000_000,
    "long key": "x" * 4_000_000 + ": 1",
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("format", FORMATS)
def test_an_attack_ends_soon(attack: str, format: Format) -> None:
    start = time.process_time()
    loaded = read(Desk, ATTACKS[attack], format=format)
    assert loaded.value is None
    assert time.process_time() - start < 30  # a limit for the quadratic, not a benchmark


def test_infinite_decimals_are_refused_by_the_field() -> None:
    assert [problem.path for problem in read(Desk, "{name: a, share: .inf, weight: .inf}").problems] == ["share"]
    assert read(Desk, "{name: a, weight: .inf}").unwrap().weight == float(Decimal("inf"))
