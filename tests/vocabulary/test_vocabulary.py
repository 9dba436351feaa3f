"""The words of a service: lists and mappings, labels, ranks, and what rules may check against."""

from __future__ import annotations

import pytest
from hypothesis import given

from servicekit.document import read
from servicekit.errors import UnknownNameError
from servicekit.testing.strategies.documents import vocabularies
from servicekit.vocabulary import FieldSpec, Vocabulary
from tests.document.test_json_and_toml import as_toml


@given(vocabularies())
def test_a_vocabulary_that_is_written_is_read_back_in_its_order(vocabulary: Vocabulary) -> None:
    for loaded in (
        read(Vocabulary, vocabulary.to_yaml()),
        read(Vocabulary, vocabulary.to_json(), format="json"),
        read(Vocabulary, as_toml(vocabulary.to_dict()) or "#\nfields = {}", format="toml"),
    ):
        assert loaded.value == vocabulary
        assert loaded.value is not None
        assert list(loaded.value.tiers) == list(vocabulary.tiers)


def test_a_list_and_a_mapping_say_the_same() -> None:
    mapping = Vocabulary.parse("tiers: {standard: , vip: ''}")
    assert Vocabulary.parse("tiers: [standard, vip]") == mapping
    assert mapping.to_dict() == {"tiers": ["standard", "vip"]}


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("tiers: [a, b, a]", "vocabulary.duplicate", "tiers[2]"),
        ("tiers: [a, 5]", "vocabulary.id", "tiers[1]"),
        ("tiers: [a, ' b']", "vocabulary.id", "tiers[1]"),
        ("tiers: {'': x}", "vocabulary.id", "tiers"),
        ("tiers: {'a ': x}", "vocabulary.id", "tiers.a "),
        (f"tiers: [{'x' * 65}]", "vocabulary.id", "tiers[0]"),
        ('tiers: ["a\\nb"]', "vocabulary.id", "tiers[0]"),
        ("tiers: vip", "document.value", "tiers"),
        ("tiers: {vip: 5}", "document.value", "tiers.vip"),
        ("tiers: {vip: {en: 5}}", "document.value", "tiers.vip.en"),
        ("teirs: [a]", "document.unknown-key", "teirs"),
        ("fields: {district: txt}", "document.value", "fields.district"),
        ("fields: {n: {type: integer, values: [a]}}", "vocabulary.field", "fields.n.values"),
        ("fields: {n: {values: [a, a]}}", "vocabulary.duplicate", "fields.n.values[1]"),
        ("fields: {channel: text}", "vocabulary.field", "fields.channel"),
        ("fields: {owner: text}", "vocabulary.field", "fields.owner"),
        ("fields: {any: text}", "vocabulary.reserved-name", "fields.any"),
        ("customers: {op: text}", "vocabulary.reserved-name", "customers.op"),
        ("fields: {' x': text}", "vocabulary.id", "fields. x"),
    ],
)
def test_a_fault_is_told_at_its_place(text: str, code: str, path: str) -> None:
    assert [(problem.code, problem.path) for problem in read(Vocabulary, text).problems] == [(code, path)]


def test_labels_come_in_the_language_asked_for_else_in_the_first() -> None:
    words = Vocabulary.parse("channels: {chat: {en: live chat, zh: 在线客服}, fax: {de: Fax}, mail: Post, web: }")
    assert words.labels("channels", language="zh") == {"chat": "在线客服", "fax": "Fax", "mail": "Post", "web": "web"}
    assert words.labels("channels")["chat"] == "live chat"


def test_the_order_is_the_rank() -> None:
    words = Vocabulary(tiers=["standard", "vip"], priorities={"low": "", "urgent": "!"})
    assert [words.rank("tiers", "vip"), words.rank("priorities", "low")] == [1, 0]
    with pytest.raises(UnknownNameError):
        words.rank("tiers", "vpi")


def test_rules_learn_names_values_and_types() -> None:
    words = Vocabulary(
        tiers=["standard", "vip"],
        fields={"district": FieldSpec(values=("n", "s")), "amount": FieldSpec(type="decimal")},
    )
    assert words.fields_schema() == {
        "channel": None,
        "issue_type": None,
        "tier": ("standard", "vip"),
        "priority": None,
        "owner": None,
        "district": ("n", "s"),
        "amount": None,
    }
    assert {name: kind for name, kind in words.value_types().items() if kind != "text"} == {"amount": "decimal"}
    assert words.value_types().keys() == words.fields_schema().keys()
