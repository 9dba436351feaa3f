"""What is wrong with a condition, which facts it reads, and which it pins down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import chain, count, pairwise
from typing import Any

from servicekit.document import did_you_mean
from servicekit.errors import Problem
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
from servicekit.rules.date_part import PARTS, DatePart
from servicekit.rules.field import DeclaredField, Fields, Value, fitted

Bound = Mapping[str, frozenset[Value] | None]


def check(condition: Condition, fields: Fields) -> Iterator[Problem]:
    """The faults of ``condition`` for cases that have these fields; paths are relative to it.

    Codes: ``rules.unknown-field``, ``rules.wrong-type``, ``rules.unknown-value`` (also a month 13) and
    ``rules.not-ordered`` (texts and booleans are neither larger nor smaller; ``low`` lies above ``high``).

    >>> from servicekit.rules import DeclaredField, where
    >>> for problem in check(where(teir="vip"), {"tier": DeclaredField("text")}):
    ...     print(problem)
    error rules.unknown-field at teir: no field named 'teir'; did you mean 'tier'?
    """
    match condition:
        case Match():
            yield from _check_match(condition, fields)
        case All(all=parts):
            yield from _check_parts("all", parts, fields)
        case Any_(any=parts):
            yield from _check_parts("any", parts, fields)
        case Not(negated=part):
            yield from (problem.under("not") for problem in check(part, fields))
        case _:
            yield from _check_values(condition.field, _places(condition), fields)
            if declared := fields.get(condition.field):
                yield from _check_op(condition, declared)


def _check_parts(key: str, parts: Iterable[Condition], fields: Fields) -> Iterator[Problem]:
    for index, part in enumerate(parts):
        yield from (problem.under(f"{key}[{index}]") for problem in check(part, fields))


def _check_match(match: Match, fields: Fields) -> Iterator[Problem]:
    """Paths as the short form has them: the fact's name, with an index into a list."""
    for name, values in match.items():
        if name in fields:
            places = {f"{name}[{i}]" if len(values) > 1 else name: value for i, value in enumerate(values)}
            yield from _check_values(name, places, fields)
        else:
            yield _unknown(name, name, fields)


def _check_values(name: str, places: Mapping[str, Value], fields: Fields) -> Iterator[Problem]:
    declared = fields.get(name)
    if declared is None:
        yield _unknown(name, "field", fields)
        return
    for path, value in places.items():
        if fault := declared.fault(value):
            code = "rules.unknown-value" if fault[0].endswith("values") else "rules.wrong-type"
            yield Problem(code, path, f"{name}: {fault[0]}", hint=fault[1])


def _places(condition: OfOneFact) -> Mapping[str, Value]:
    """The values of the fact that a condition names, each with its path."""
    match condition:
        case Compare(value=value):
            return {"value": value}
        case Between(low=low, high=high):
            return {"low": low, "high": high}
        case Member(one_of=values):
            return {f"one_of[{i}]": value for i, value in enumerate(values)}
        case Exists() | DatePart():
            return {}


def _check_op(condition: OfOneFact, declared: DeclaredField) -> Iterator[Problem]:
    match condition:
        case Compare(op="eq" | "ne") | Member() | Exists():
            pass
        case DatePart():
            yield from _check_date_part(condition, declared)
        case Compare() | Between() if not declared.is_ordered:
            message = f"{condition.field} is {declared.type}, which does not support {condition.op!r}"
            yield Problem("rules.not-ordered", "op", message, hint="use eq, ne or a list of values")
        case Between():
            low, high = fitted(condition.low, declared.type), fitted(condition.high, declared.type)
            if low is not None and high is not None and low > high:  # type: ignore[operator]
                message = f"low {condition.low!r} lies above high {condition.high!r}"
                yield Problem("rules.not-ordered", "low", message, hint="no case could match it; swap them")
        case Compare():
            pass


def _check_date_part(asked: DatePart, declared: DeclaredField) -> Iterator[Problem]:
    if declared.type not in ("instant", "day") or (declared.type, asked.op) == ("day", "hour"):
        message = f"{asked.field} is {declared.type}, which has no {asked.op}"
        yield Problem(
            "rules.wrong-type",
            "op",
            message,
            hint="months, days and weekdays are parts of an instant or a day, hours of an instant",
        )
    elif (declared.type == "instant") != (asked.timezone is not None):
        message = f"{asked.field} is {declared.type}, whose {asked.op} "
        message += "needs no time zone" if asked.timezone else "depends on the time zone"
        hint = "leave 'timezone' out" if asked.timezone else "add 'timezone', such as Asia/Shanghai"
        yield Problem("rules.wrong-type", "timezone", message, hint=hint)
    known = PARTS[asked.op]
    for index, value in enumerate(asked.one_of):
        if value not in known:
            message = f"{value!r} is not a value of {asked.op!r}"
            hint = f"write {known[0]} to {known[-1]}"
            yield Problem("rules.unknown-value", f"one_of[{index}]", message, hint=hint)


def _unknown(name: str, path: str, fields: Fields) -> Problem:
    hint = did_you_mean(name, fields) or f"known: {', '.join(sorted(fields)[:12])}; declare it under vocabulary.fields"
    return Problem("rules.unknown-field", path, f"no field named {name!r}", hint=hint)


def fields_read(condition: Condition) -> frozenset[str]:
    """The names of all facts that the answer can depend on.

    >>> from servicekit.rules import Not, where
    >>> sorted(fields_read(Not(negated=where(tier="vip", channel="chat"))))
    ['channel', 'tier']
    """
    return frozenset(name for leaf in leaves(condition) for name in _names(leaf))


def _names(leaf: Match | OfOneFact) -> Iterable[str]:
    return leaf if isinstance(leaf, Match) else (leaf.field,)


def leaves(condition: Condition) -> Iterator[Match | OfOneFact]:
    """The conditions on facts of which ``condition`` is made, from left to right.

    >>> from servicekit.rules import Not, where
    >>> list(leaves(Not(negated=where(tier="vip"))))
    [where(tier='vip')]
    """
    match condition:
        case All(all=parts) | Any_(any=parts):
            yield from chain.from_iterable(map(leaves, parts))
        case Not(negated=part):
            yield from leaves(part)
        case _:
            yield condition


def bound_fields(condition: Condition) -> Bound:
    """The facts that ``condition`` pins down however it comes to hold, each with the values left to it.

    ``None`` stands for values that cannot be listed (a comparison, a negation). The number of bound facts is how
    *specific* a condition is. ``all`` binds what any part binds, ``any`` only what every part binds.

    >>> from servicekit.rules import Any_, where
    >>> either = Any_(any=(where(tier="vip", channel="chat"), where(tier="gold")))
    >>> {name: sorted(values) for name, values in bound_fields(either).items()}
    {'tier': ['gold', 'vip']}
    """
    match condition:
        case Match():
            return {name: frozenset(values) for name, values in condition.items()}
        case Member(field=name, one_of=values):
            return {name: frozenset(values)}
        case Compare(field=name, op=op, value=value):
            return {name: frozenset((value,)) if op == "eq" else None}
        case Between() | Exists() | DatePart() | Not():
            return dict.fromkeys(sorted(fields_read(condition)))
        case All(all=parts):
            return reduce(_both, map(bound_fields, parts), {})
        case Any_(any=parts):
            return reduce(_either, map(bound_fields, parts))


def _both(one: Bound, other: Bound) -> Bound:
    shared = {name: _meet(one[name], other[name]) for name in one if name in other}
    return {**one, **other, **shared}


def _either(one: Bound, other: Bound) -> Bound:
    return {name: _join(one[name], other[name]) for name in one if name in other}


def _meet(one: frozenset[Value] | None, other: frozenset[Value] | None) -> frozenset[Value] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _join(one: frozenset[Value] | None, other: frozenset[Value] | None) -> frozenset[Value] | None:
    return None if one is None or other is None else one | other


def is_box(condition: Condition) -> bool:
    """Whether ``condition`` says no more and no less than its :func:`bound_fields`: memberships, all of them at once.

    >>> from servicekit.rules import Not, where
    >>> is_box(where(tier="vip", channel=["chat", "email"])), is_box(Not(negated=where(tier="vip")))
    (True, False)
    """
    match condition:
        case Match() | Member() | Compare(op="eq"):
            return True
        case All(all=parts):
            return all(map(is_box, parts))
        case _:
            return False


def values_told_apart(conditions: Iterable[Condition]) -> Mapping[str, tuple[Value | None, ...]]:
    """Per fact a value for every answer that some condition could give to it; ``None`` is any other value.

    These are the values that conditions name and, where they ask for an order, one between each two limits and one
    beyond either end. Two cases that agree on the values next to theirs are the same case to every condition.

    >>> from servicekit.rules import Compare, where
    >>> parts = [where(tier=["gold", "vip"]), Compare(field="amount", op="ge", value=10)]
    >>> {name: values for name, values in values_told_apart(parts).items()}
    {'tier': ('gold', 'vip', None), 'amount': (9, 10, 11, None)}
    """
    named: dict[str, dict[Value, bool]] = {}
    known: set[str] = set()
    for leaf in chain.from_iterable(map(leaves, conditions)):
        for name, value, is_limit in _named_values(leaf):
            values = named.setdefault(name, {})
            values[value] = values.get(value, False) or is_limit
        if isinstance(leaf, Exists):
            known.add(leaf.field)
            named.setdefault(leaf.field, {})
    return {name: (*_with_neighbours(values, is_known=name in known), None) for name, values in named.items()}


def _named_values(leaf: Match | OfOneFact) -> Iterator[tuple[str, Value, bool]]:
    if isinstance(leaf, Match):
        yield from ((name, value, False) for name, values in leaf.items() for value in values)
    else:
        is_limit = isinstance(leaf, Between) or (isinstance(leaf, Compare) and leaf.op not in ("eq", "ne"))
        yield from ((leaf.field, value, is_limit) for value in _places(leaf).values())


def has_limit_in_words(condition: Condition) -> bool:
    """Whether ``condition`` asks for an order of texts: of instants or days, whose neighbours are not listed.

    >>> has_limit_in_words(Compare(field="since", op="ge", value="2026-01-05"))
    True
    """
    return any(
        is_limit and isinstance(value, str) for leaf in leaves(condition) for _, value, is_limit in _named_values(leaf)
    )


def _with_neighbours(values: Mapping[Value, bool], *, is_known: bool) -> list[Value]:
    """The values with those between and beyond their limits; where a condition asks whether the fact is known, also
    a text of asterisks, for a value that nobody names."""
    if not any(values.values()) or any(isinstance(value, str | bool) for value in values):
        unnamed = next(stars for length in count(1) if (stars := "*" * length) not in values)
        return [*values, unnamed] if is_known else list(values)
    ordered = sorted(values)
    return sorted({*ordered, *_between(ordered)})


def _between(ordered: list[Value]) -> Iterator[Value]:
    """A value below the first, one between each two, one above the last."""
    step: Any = timedelta(days=1) if isinstance(ordered[0], datetime) else 1
    first: Any = ordered[0]
    last: Any = ordered[-1]
    yield first - step
    for low, high in pairwise(ordered):
        yield _middle(low, high)
    yield last + step


def _middle(low: Any, high: Any) -> Value:
    return low + (high - low) / 2 if isinstance(low, datetime) else (Decimal(low) + Decimal(high)) / 2
