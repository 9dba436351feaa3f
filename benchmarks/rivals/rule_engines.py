"""Engines of rules, asked the condition of four parts; rules are compiled and facts converted before the clock runs.

json-logic alone has nothing to compile: it walks the rule on each call. An :data:`Engine` gets the name of the field
that holds the tier, so that it can be misspelt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import celpy
import rule_engine
import zen
from json_logic import jsonLogic  # type: ignore[import-untyped]

from benchmarks.questions import Ask

__all__ = ["REFUSALS", "RULE_ENGINES", "CaseFacts", "Engine"]

CaseFacts: TypeAlias = Mapping[str, str | int]
Engine: TypeAlias = Callable[[str, CaseFacts], Ask]
"""The name of the field that holds the tier, and the facts of a case; gives the question."""


def _closure(tier: str, facts: CaseFacts) -> Ask:
    tiers = frozenset(("vip", "gold"))

    def test(facts: CaseFacts) -> bool:
        return (
            facts["channel"] == "chat"
            and facts[tier] in tiers
            and facts["priority"] == "urgent"
            and 50 <= facts["amount"] <= 100  # type: ignore[operator]
        )

    return Ask(test, (facts,))


def _json_logic(tier: str, facts: CaseFacts) -> Ask:
    parts = (
        {"==": [{"var": "channel"}, "chat"]},
        {"in": [{"var": tier}, ["vip", "gold"]]},
        {"==": [{"var": "priority"}, "urgent"]},
        {"<=": [50, {"var": "amount"}, 100]},
    )
    return Ask(jsonLogic, ({"and": list(parts)}, dict(facts)))


def _rule_engine(tier: str, facts: CaseFacts) -> Ask:
    text = (
        f"channel == 'chat' and {tier} in ['vip', 'gold'] and priority == 'urgent' and amount >= 50 and amount <= 100"
    )
    return Ask(rule_engine.Rule(text).matches, (dict(facts),))


def _cel(tier: str, facts: CaseFacts) -> Ask:
    text = f"channel == 'chat' && {tier} in ['vip', 'gold'] && priority == 'urgent' && amount >= 50 && amount <= 100"
    environment = celpy.Environment()
    return Ask(environment.program(environment.compile(text)).evaluate, (celpy.json_to_cel(dict(facts)),), bool)


def _zen(tier: str, facts: CaseFacts) -> Ask:
    text = f"channel == 'chat' and {tier} in ['vip', 'gold'] and priority == 'urgent' and amount in [50..100]"
    return Ask(zen.compile_expression(text).evaluate, (dict(facts),))


RULE_ENGINES: Mapping[str, Engine] = {
    "floor: a Python closure": _closure,
    "json-logic-qubit": _json_logic,
    "rule-engine": _rule_engine,
    "cel-python": _cel,
    "zen-engine": _zen,
}
"""Everybody who is asked a condition beside servicekit."""

REFUSALS = (LookupError, ValueError, rule_engine.EngineError, celpy.CELEvalError)
"""What they raise for a field that is not there."""
