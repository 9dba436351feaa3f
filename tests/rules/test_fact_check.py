"""The facts that cases bring: what is odd about them, and that nothing they hold can hurt."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import UnknownNameError
from servicekit.rules import Compare, DeclaredField, FactCheck, FactError, compile_condition, where
from servicekit.rules.condition import _FULL_FORMS
from servicekit.vocabulary import Vocabulary

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIELDS = {
    "tier": DeclaredField("text", frozenset({"standard", "vip"})),
    "channel": DeclaredField("text"),
    "issue_type": DeclaredField("text"),
    "amount": DeclaredField("decimal"),
    "seats": DeclaredField("integer"),
    "urgent": DeclaredField("boolean"),
    "since": DeclaredField("instant"),
    "field_1": DeclaredField("text"),
}
GOOD: dict[str, list[Any]] = {
    "tier": ["standard", "vip", "", None],
    "channel": ["anything at all"],
    "amount": [5, Decimal("0.10")],
    "seats": [5],
    "urgent": [True],
    "since": [NINE],
}
BAD: dict[str, list[Any]] = {
    "tier": [5, ["vip"], {"vip"}, Decimal(1), True],
    "channel": [5, b"chat"],
    "amount": ["5", 0.5, True, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")],
    "seats": ["5", Decimal(5), True],
    "urgent": [1, "true"],
    "since": ["2026-01-05T09:00:00Z", datetime(2026, 1, 5), NINE.date()],
}
junk = st.sampled_from([value for values in (*GOOD.values(), *BAD.values()) for value in values])
junk_facts = st.dictionaries(st.sampled_from(sorted(FIELDS)) | st.text(max_size=8), junk)


def told(facts: dict[str, Any], check: FactCheck | None = None) -> list[tuple[str, str, str]]:
    problems = (check or FactCheck(FIELDS, ["promised_at"])).problems(facts)
    return [(problem.code, problem.path, problem.severity) for problem in problems]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_nothing_is_odd_when_a_fact_is_what_its_field_is(name: str, value: Any) -> None:
    assert told({name: value}) == []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_fact_is_odd_and_not_sound_when_it_is_of_another_type(name: str, value: Any) -> None:
    check = FactCheck(FIELDS)
    assert told({name: value}, check) == [("facts.wrong-type", name, "warning")]
    facts = {name: value, "free": 1}
    assert check.sound(facts, check.problems(facts)) == {"free": 1}


def test_hint_offers_the_word_when_only_its_case_is_wrong() -> None:
    [problem] = FactCheck(FIELDS).problems({"tier": "VIP"})
    assert (problem.code, problem.path, problem.hint) == ("facts.unknown-value", "tier", "did you mean 'vip'?")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("teir", "tier"),
        ("Tier", "tier"),
        ("tiers", "tier"),
        ("tir", "tier"),
        ("tyer", "tier"),
        ("chanel", "channel"),
        ("issue-type", "issue_type"),
        ("IssueType", "issue_type"),
        ("isue_type", "issue_type"),
        ("promise_at", "promised_at"),
    ],
)
def test_name_is_told_when_it_is_one_slip_away(name: str, meant: str) -> None:
    [problem] = FactCheck(FIELDS, ["promised_at"]).problems({name: "x"})
    assert (problem.code, problem.path, problem.hint) == ("facts.misspelt-name", name, f"did you mean {meant!r}?")


@pytest.mark.parametrize(
    "name",
    ["target_due_at", "left_out", "issue_subtype", "channel_id", "owner", "field_2", "field_12", "", "渠道", "ti"],
)
def test_free_fact_is_nobodys_slip_when_it_is_another_word(name: str) -> None:
    assert told({name: ["anything"], "promised_at": NINE}) == []


@given(st.sampled_from(["channel", "issue_type", "amount", "seats"]), st.data())
def test_name_is_told_when_any_letter_is_left_out_doubled_or_replaced(name: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(name) - 1))
    middle = data.draw(st.sampled_from(["", "z", name[index] * 2]))
    slip = name[:index] + middle + name[index + 1 :]
    assert told({slip: "x"}) == [("facts.misspelt-name", slip, "warning")]


@given(junk_facts)
def test_same_is_said_and_nothing_raised_when_any_facts_are_looked_at_twice(facts: dict[str, Any]) -> None:
    check = FactCheck(FIELDS)
    assert told(facts, check) == told(facts, check) == told(facts)
    sound = dict(check.sound(facts, check.problems(facts)))
    assert told(sound) == [each for each in told(facts) if each[0] != "facts.wrong-type"]


@given(junk_facts)
def test_conditions_answer_when_facts_are_not_what_they_should_be(facts: dict[str, Any]) -> None:
    every = (where(tier="vip"), where(tier="vip", channel="x"), where(tier="vip", channel="x", issue_type="y"))
    compared = (Compare(field=name, op=op, value=5) for name in ("amount", "since") for op in ("eq", "ne", "lt", "ge"))
    for condition in (*every, *compared):
        assert compile_condition(condition, FIELDS)(facts) in (True, False)


def test_memory_is_bounded_when_every_case_is_odd_in_its_own_way() -> None:
    check = FactCheck(FIELDS)
    for number in range(10_000):
        assert told({"tier": f"t{number}"}, check) == [("facts.unknown-value", "tier", "warning")]
        check.problems({f"name {number}": "x"})
    assert max(len(check._problems), len(check._slips._meant)) <= 4096


def test_asking_is_refused_when_a_fact_is_wrong() -> None:
    check = FactCheck(FIELDS, ["promised_at"])
    check.refuse({"tier": "vip", "promised_at": "?", "amount": 5})
    with pytest.raises(UnknownNameError, match="tier"):
        check.refuse({"teir": "vip"})
    with pytest.raises(UnknownNameError):
        check.refuse({"colour": "red"})
    with pytest.raises(FactError) as caught:
        check.refuse({"tier": ["vip"], "amount": "5", "channel": "chat"})
    assert [problem.path for problem in caught.value.problems] == ["tier", "amount"]


@pytest.mark.parametrize("name", ["field", *sorted(_FULL_FORMS)])
def test_no_field_can_be_declared_under_a_key_of_a_condition(name: str) -> None:
    problems = Vocabulary.model_validate({"fields": {name: "text"}}).problems()
    assert [(problem.code, problem.path) for problem in problems] == [("vocabulary.reserved-name", f"fields.{name}")]
