"""Conditions compiled to closures.

The common shapes, one membership and a conjunction of a few, get a closure of their own: a rule is asked for every
case and every row, and an interpreter's loop would cost more than the test.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.rules.condition import (
    All,
    Any_,
    Between,
    Compare,
    Condition,
    Exists,
    Match,
    Member,
    Not,
    OfOneFact,
)
from servicekit.rules.date_part import DatePart
from servicekit.rules.field import Fields, Value, fitted

Test: TypeAlias = Callable[[Mapping[str, Value]], bool]
"""A compiled condition: the facts of a case in, whether it holds out."""

_TESTS: dict[str, Callable[[Value, Value], bool]] = {"eq": eq, "lt": lt, "le": le, "gt": gt, "ge": ge}


def compile_condition(condition: Condition, fields: Fields | None = None) -> Test:
    """A function that tells whether the facts of a case satisfy ``condition``; it never raises for a fact.

    ``fields`` gives values their types (an instant written as text becomes an instant); a condition that
    :func:`~servicekit.rules.check` passed compiles to what it says. A fact of the wrong type fails the test.

    >>> from servicekit.rules import where
    >>> is_vip_chat = compile_condition(where(channel="chat", tier=["vip", "gold"]))
    >>> is_vip_chat({"channel": "chat", "tier": "gold"}), is_vip_chat({"channel": "chat"})
    (True, False)
    """
    fields = fields or {}
    match condition:
        case Match():
            return _conjunction(tuple((name, _typed(name, values, fields)) for name, values in condition.items()))
        case Any_(any=parts):
            return _any(tuple(compile_condition(part, fields) for part in parts))
        case Not(negated=part):
            return _not(compile_condition(part, fields))
        case All(all=parts):
            tests = tuple(compile_condition(part, fields) for part in parts)
            return tests[0] if len(tests) == 1 else _every(tests)
        case _:
            return _of_one_fact(condition, fields)


def _of_one_fact(condition: OfOneFact, fields: Fields) -> Test:
    match condition:
        case Compare():
            return _comparison(condition, fields)
        case Member(field=name, one_of=values):
            return _conjunction(((name, _typed(name, values, fields)),))
        case Between(field=name, low=low, high=high):
            return _between(name, _value(name, low, fields), _value(name, high, fields))
        case Exists(field=name):
            return _exists(name)
        case DatePart():
            return _date_part(condition)


def _value(name: str, value: Value, fields: Fields) -> Value:
    declared = fields.get(name)
    typed = fitted(value, declared.type) if declared else None
    return value if typed is None else typed


def _typed(name: str, values: tuple[Value, ...], fields: Fields) -> frozenset[Value]:
    return frozenset(_value(name, value, fields) for value in values)


def _comparison(compare: Compare, fields: Fields) -> Test:
    name, limit = compare.field, _value(compare.field, compare.value, fields)
    if compare.op == "ne":
        return _not(_comparison(compare.replace(op="eq"), fields))
    holds = _TESTS[compare.op]

    def test(facts: Mapping[str, Value]) -> bool:
        try:
            return holds(facts[name], limit)
        except (KeyError, TypeError, ArithmeticError):  # missing, of a type that has no order with the limit, or NaN
            return False

    return test


def _between(name: str, low: Any, high: Any) -> Test:
    def test(facts: Mapping[str, Value]) -> bool:
        try:
            return bool(low <= facts[name] <= high)
        except (KeyError, TypeError, ArithmeticError):  # as above
            return False

    return test


def _exists(name: str) -> Test:
    def test(facts: Mapping[str, Value]) -> bool:
        fact = facts.get(name)
        return fact is not None and fact != ""

    return test


def _date_part(asked: DatePart) -> Test:
    """With a zone only instants have parts, without one only days, as :func:`~servicekit.rules.check` wants it."""
    name, wanted, part_of = asked.field, frozenset(asked.one_of), asked.part_of
    reading = _day if asked.timezone is None else reading_in(ZoneInfo(asked.timezone))

    def test(facts: Mapping[str, Value]) -> bool:
        read = reading(facts.get(name))
        return read is not None and part_of(read) in wanted

    return test


def _day(fact: Value | None) -> date | None:
    return fact if isinstance(fact, date) and not isinstance(fact, datetime) else None


def reading_in(zone: ZoneInfo) -> Callable[[Value | None], date | None]:
    """What a clock of the zone shows at an instant; ``None`` for any other fact.

    >>> reading_in(ZoneInfo("Asia/Shanghai"))(datetime.fromisoformat("2026-01-09T16:30:00Z")).isoformat()
    '2026-01-10T00:30:00+08:00'
    """

    def reading(fact: Value | None) -> date | None:
        if not isinstance(fact, datetime) or fact.tzinfo is None:
            return None
        try:
            return fact.astimezone(zone)
        except OverflowError:  # the zone's clock would show a year before 1 or after 9999
            return None

    return reading


def _conjunction(members: tuple[tuple[str, frozenset[Hashable]], ...]) -> Test:
    """In each closure a fact without a hash is of no type that a field can have, so it fails the test."""
    match members:
        case ():
            return lambda facts: True
        case ((name, allowed),):
            return _one_member(name, allowed)
        case ((a, in_a), (b, in_b)):
            return _two_members(a, in_a, b, in_b)
        case _:
            return _members(members)


def _one_member(name: str, allowed: frozenset[Hashable]) -> Test:
    def test(facts: Mapping[str, Value]) -> bool:
        try:
            return facts.get(name) in allowed
        except TypeError:
            return False

    return test


def _two_members(a: str, in_a: frozenset[Hashable], b: str, in_b: frozenset[Hashable]) -> Test:
    def test(facts: Mapping[str, Value]) -> bool:
        try:
            return facts.get(a) in in_a and facts.get(b) in in_b
        except TypeError:
            return False

    return test


def _members(members: tuple[tuple[str, frozenset[Hashable]], ...]) -> Test:
    def test(facts: Mapping[str, Value]) -> bool:
        try:
            for name, allowed in members:
                if facts.get(name) not in allowed:
                    return False
        except TypeError:
            return False
        return True

    return test


def _every(tests: tuple[Test, ...]) -> Test:
    def test(facts: Mapping[str, Value]) -> bool:
        for part in tests:  # noqa: SIM110 - a generator would cost more than the tests
            if not part(facts):
                return False
        return True

    return test


def _any(tests: tuple[Test, ...]) -> Test:
    def test(facts: Mapping[str, Value]) -> bool:
        for part in tests:  # noqa: SIM110 - as above
            if part(facts):
                return True
        return False

    return test


def _not(part: Test) -> Test:
    return lambda facts: not part(facts)
