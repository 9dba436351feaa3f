"""Segments by name: conditions over scores, metrics, the state of the life cycle and declared fields of customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from servicekit.document.frozen import FrozenDict
from servicekit.errors import Problem
from servicekit.rules import Condition, DecisionTable, DeclaredField, Fields, TableRow, Value, check, where
from servicekit.segments.lifecycle import STATES

if TYPE_CHECKING:
    from servicekit.segments.customer_summary import CustomerSummary
    from servicekit.segments.rfm import RfmScore

STANDARD_SEGMENTS: dict[str, Condition] = FrozenDict(
    {
        "champions": where(r=5, f=(4, 5)),
        "loyal": where(r=(3, 4), f=(4, 5)),
        "potential_loyal": where(r=(4, 5), f=(2, 3)),
        "newcomers": where(r=5, f=1),
        "promising": where(r=4, f=1),
        "need_attention": where(r=3, f=3),
        "about_to_sleep": where(r=3, f=(1, 2)),
        "cannot_lose": where(r=(1, 2), f=5),
        "slipping": where(r=(1, 2), f=(3, 4)),
        "hibernating": where(r=(1, 2), f=(1, 2)),
    }
)
"""The customary ten segments over five scores of recency and five of frequency; each pair of scores is in one of them.

Those called new and at risk elsewhere are ``newcomers`` and ``slipping``, as the life cycle has states of those names.
Write them into a policy, and change what does not suit: ``SegmentsPolicy(segments=STANDARD_SEGMENTS, ...)``."""

_SUMMARY_FIELDS: Fields = {
    **dict.fromkeys(("orders", "days", "repeat_days", "recency_days", "silent_days"), DeclaredField("integer")),
    "monetary": DeclaredField("decimal"),
}
_RFM_FIELDS: Fields = dict.fromkeys(("r", "f", "m"), DeclaredField("integer"))
_STATE_FIELDS: Fields = {"state": DeclaredField("text", frozenset(STATES))}
RESERVED = frozenset({*_SUMMARY_FIELDS, *_RFM_FIELDS, *_STATE_FIELDS, "segment"})
"""The facts that every customer has of this room; a declared field needs another name."""


def segment_fields(fields: Fields, *, has_rfm: bool, has_state: bool) -> Fields:
    """All that a condition over customers may test, where scores and a life cycle are described."""
    return {**fields, **_SUMMARY_FIELDS, **(_RFM_FIELDS if has_rfm else {}), **(_STATE_FIELDS if has_state else {})}


def condition_problems(conditions: Mapping[str, Condition], path: str, fields: Fields) -> Iterator[Problem]:
    """What is wrong with named conditions; paths are ``<path>.<name>`` and on."""
    for name, condition in conditions.items():
        yield from (problem.under(f"{path}.{name}") for problem in check(condition, fields))


def segment_table(conditions: Mapping[str, Condition], fields: Fields, *, all_that_hold: bool) -> DecisionTable[str]:
    """The table of named conditions: the first that holds, or all of them.

    >>> table = segment_table(STANDARD_SEGMENTS, {}, all_that_hold=False)
    >>> table.decide({"r": 5, "f": 4}), table.decide({"r": 1, "f": 5})
    ({'segment': ('champions',)}, {'segment': ('cannot_lose',)})
    """
    rows = [TableRow(condition, {"segment": name}) for name, condition in conditions.items()]
    return DecisionTable(rows, hit="collect" if all_that_hold else "first", fields=fields)


def customer_facts(
    summary: CustomerSummary, as_of: date, score: RfmScore | None, state: str | None
) -> dict[str, Value]:
    """What conditions read of a customer; what is not known is missing, and equals nothing."""
    facts: dict[str, Value | None] = {
        "orders": summary.orders,
        "days": summary.days,
        "repeat_days": summary.repeat_days,
        "monetary": summary.spend.amount,
        "recency_days": summary.recency_days(as_of),
        "silent_days": summary.silent_days(as_of),
        "state": state,
    }
    if score is not None:
        facts |= {"r": score.r, "f": score.f, "m": score.m}
    return {name: value for name, value in facts.items() if value is not None}
