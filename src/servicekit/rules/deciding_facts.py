"""Why a condition holds or fails: the facts that decided, each with what was asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from zoneinfo import ZoneInfo

from servicekit.rules.compiled import compile_condition, reading_in
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
from servicekit.rules.field import Fields, Value


@dataclass(frozen=True, slots=True)
class ExplainedFact:
    """One fact, what was asked of it, and whether that holds; ``actual`` of ``None`` is a missing fact.

    As a text it is one line, in which an instant whose part was asked for is read in the time zone.

    >>> print(ExplainedFact("amount", "ge", (50,), 40, holds=False))
    fails: amount ge 50, it is 40
    """

    fact: str
    op: str
    limit: tuple[Value, ...]
    actual: Value | None
    holds: bool
    timezone: str | None = None

    def __str__(self) -> str:
        asked = " ".join(filter(None, (self.op, ", ".join(map(str, self.limit)), self.timezone)))
        read = reading_in(ZoneInfo(self.timezone))(self.actual) if self.timezone else None
        actual = "missing" if self.actual is None else str(read or self.actual)
        return f"{'holds' if self.holds else 'fails'}: {self.fact} {asked}, it is {actual}"


@dataclass(frozen=True, slots=True)
class ExplainedCondition:
    """Whether a condition holds, and the facts that decided so; as a text one line each.

    >>> print(ExplainedCondition(True, (ExplainedFact("tier", "one_of", ("vip",), "vip", holds=True),)))
    holds: tier one_of vip, it is vip
    """

    holds: bool
    leaves: tuple[ExplainedFact, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.leaves))


def explain(condition: Condition, facts: Mapping[str, Value], fields: Fields | None = None) -> ExplainedCondition:
    """Which facts decide whether ``condition`` holds; ``holds`` is what the compiled condition says.

    Of ``all`` that fails the parts that fail decide, of ``any`` that holds the first part that holds; otherwise every
    part does. The facts under a ``not`` are told as they are: what is asked under it fails where the ``not`` holds.

    >>> from servicekit.rules import All, Compare, where
    >>> rule = All(all=(where(tier=["vip", "gold"]), Compare(field="amount", op="ge", value=50)))
    >>> print(explain(rule, {"tier": "vip", "amount": 40}))
    fails: amount ge 50, it is 40
    """
    match condition:
        case Match():
            return _every(_member(name, values, facts, fields) for name, values in condition.items())
        case All(all=parts):
            return _every(explain(part, facts, fields) for part in parts)
        case Any_(any=parts):
            return _flipped(_every(_flipped(each) for each in _up_to_the_first(parts, facts, fields)))
        case Not(negated=part):
            return _flipped(explain(part, facts, fields))
        case _:
            return _of_one_fact(condition, facts, fields)


def _member(
    name: str, values: tuple[Value, ...], facts: Mapping[str, Value], fields: Fields | None
) -> ExplainedCondition:
    holds = compile_condition(Match({name: values}), fields)(facts)
    return ExplainedCondition(holds, (ExplainedFact(name, "one_of", values, facts.get(name), holds=holds),))


def _of_one_fact(condition: OfOneFact, facts: Mapping[str, Value], fields: Fields | None) -> ExplainedCondition:
    holds, (op, limit) = compile_condition(condition, fields)(facts), _asked(condition)
    zone = condition.timezone if isinstance(condition, DatePart) else None
    leaf = ExplainedFact(condition.field, op, limit, facts.get(condition.field), holds, zone)
    return ExplainedCondition(holds, (leaf,))


def _every(parts: Iterable[ExplainedCondition]) -> ExplainedCondition:
    explained = list(parts)
    failed = [part for part in explained if not part.holds]
    return ExplainedCondition(not failed, tuple(chain.from_iterable(part.leaves for part in failed or explained)))


def _up_to_the_first(
    parts: Iterable[Condition], facts: Mapping[str, Value], fields: Fields | None
) -> Iterator[ExplainedCondition]:
    for part in parts:
        yield (explained := explain(part, facts, fields))
        if explained.holds:
            return


def _flipped(explained: ExplainedCondition) -> ExplainedCondition:
    return ExplainedCondition(not explained.holds, explained.leaves)


def _asked(condition: OfOneFact) -> tuple[str, tuple[Value, ...]]:
    match condition:
        case Compare(op=op, value=value):
            return op, (value,)
        case Between(op=op, low=low, high=high):
            return op, (low, high)
        case Exists(op=op):
            return op, ()
        case Member(one_of=values):
            return "one_of", values
        case DatePart(op=part, one_of=values):
            return part, values
