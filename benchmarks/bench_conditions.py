"""One condition of four parts, beside engines of rules; and what each makes of a misspelt field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from benchmarks.questions import Ask
from benchmarks.rivals.rule_engines import REFUSALS, RULE_ENGINES, CaseFacts, Engine
from servicekit.document import Document
from servicekit.rules import Condition, ConditionField, DeclaredField, check, compile_condition

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

FACTS: CaseFacts = {"channel": "chat", "tier": "gold", "priority": "urgent", "amount": 75}
ANSWERS: tuple[tuple[CaseFacts, bool], ...] = (
    (FACTS, True),
    ({**FACTS, "amount": 50}, True),
    ({**FACTS, "amount": 100}, True),
    ({**FACTS, "amount": 101}, False),
    ({**FACTS, "amount": 49}, False),
    ({**FACTS, "tier": "basic"}, False),
    ({**FACTS, "channel": "phone"}, False),
    ({**FACTS, "priority": "low"}, False),
)
FIELDS = {name: DeclaredField("text") for name in ("channel", "tier", "priority")} | {
    "amount": DeclaredField("integer")
}


class Rule(Document):
    """A document with a condition in it."""

    when: ConditionField
    """The condition."""


def four_parts(tier: str) -> Condition:
    """A chat of a VIP or a gold customer that is urgent, on 50 to 100."""
    words = f"{{channel: chat, {tier}: [vip, gold], priority: urgent}}"
    return Rule.parse(f"when: {{all: [{words}, {{field: amount, op: between, low: 50, high: 100}}]}}").when


def servicekit(tier: str, facts: CaseFacts) -> Ask:
    """The condition, checked and compiled."""
    condition = four_parts(tier)
    for problem in check(condition, FIELDS):
        raise ValueError(problem.code)
    return Ask(compile_condition(condition, FIELDS), (facts,))


EVERYBODY: Mapping[str, Engine] = {"servicekit": servicekit, **RULE_ENGINES}
MISSPELT = {
    "servicekit": "ValueError when the rule is read",
    "floor: a Python closure": "KeyError when it is asked",
    "json-logic-qubit": "says False",
    "rule-engine": "SymbolResolutionError when it is asked",
    "cel-python": "CELEvalError when it is asked",
    "zen-engine": "says False",
}


def answer_to_a_misspelt_field(engine: Engine) -> str:
    """What comes of ``teir`` in the rule."""
    try:
        ask = engine("teir", FACTS)
    except REFUSALS as error:
        return f"{type(error).__name__} when the rule is read"
    try:
        return f"says {ask.answer()}"
    except REFUSALS as error:
        return f"{type(error).__name__} when it is asked"


@pytest.mark.parametrize("who", EVERYBODY)
def bench_four_parts(stopwatch: Stopwatch, who: str) -> None:
    engine = EVERYBODY[who]
    assert [engine("tier", facts).answer() for facts, _ in ANSWERS] == [answer for _, answer in ANSWERS]
    assert answer_to_a_misspelt_field(engine) == MISSPELT[who]
    stopwatch.time("condition of four parts", who, engine("tier", FACTS))
