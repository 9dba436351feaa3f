"""Which cases are eligible for the fast path, which judges whole columns of cases at once.

In doubt a case is not eligible; the fallback judges it event by event, to the same outcomes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import numpy as np

from servicekit.events.kind import Rank
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.case_facts import facts_read, faulty_values
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.coded_texts import CodedTexts
from servicekit.frames.cases.event_log.event_kinds import RANKS, Kind
from servicekit.frames.cases.event_log.log import Fact, Log
from servicekit.frames.cases.fast.event_signals import IS_FAST_KIND
from servicekit.frames.cases.judging_context import JudgingContext
from servicekit.rules import Value
from servicekit.sla import SlaEngine
from servicekit.sla.signal import OPENED, REQUESTED, status_signal

_MOST_PAUSES = 32


def is_supported(engine: SlaEngine) -> bool:
    """Whether any case can be eligible under this policy: one edition, one row a case, clocks of known metrics only."""
    compiled = engine.compiled
    pauses = engine.policy.pauses
    return (
        len(compiled.editions) == 1
        and engine.policy.match != "all"
        and not compiled.condition_metrics
        and all(metric.starts <= {OPENED, REQUESTED} or metric.again == "each" for metric in compiled.metrics)
        and not any(pause.has_limits and pause.when is not None for pause in pauses)
    )


def eligible_cases(context: JudgingContext) -> Bools:
    """Whether each case is eligible."""
    log = context.log
    eligible = np.diff(log.first) > 0
    eligible[log.case[_irregular_rows(log) | ~IS_FAST_KIND[log.kind]]] = False
    for openings in _ineligible_openings(context):
        eligible[log.case[log.opened_rows[openings]]] = False
    for rows in _ineligible_rows(context):
        eligible[log.case[rows]] = False
    return eligible


def _irregular_rows(log: Log) -> Bools:
    """Rows that :func:`servicekit.events.order` might report a problem for."""
    case, at, kind = log.case, log.at, log.kind
    rank = RANKS.astype(np.int8)[kind]
    again = np.zeros(len(case), np.bool_)
    again[1:] = case[1:] == case[:-1]
    irregular: Bools = (kind == Kind.OPENED) == again  # the first row of a case opens it, and no other does
    alike = np.zeros(len(case), np.bool_)
    alike[1:] = (at[1:] == at[:-1]) & (rank[1:] == rank[:-1]) & again[1:]
    irregular[1:] |= alike[1:] & ((kind[1:] == kind[:-1]) | alike[:-1])
    irregular[1:] |= again[1:] & (rank[:-1] == Rank.END)
    if log.sequence is not None:
        irregular[1:] |= (
            again[1:] & (at[1:] == at[:-1]) & (kind[:-1] != Kind.OPENED) & _may_be_turned(log, log.sequence)
        )
    return irregular


def _may_be_turned(log: Log, sequence: Ints) -> Bools:
    """Whether the source may order a row and the one before it otherwise than their ranks do."""
    place = sequence[log.row]
    is_known = place != NONE
    turned: Bools = (is_known[1:] | is_known[:-1]) & ~(is_known[1:] & is_known[:-1] & (place[1:] > place[:-1]))
    return turned


def _ineligible_openings(context: JudgingContext) -> Iterator[Bools]:
    for name, fact in context.log.openings.facts.items():
        yield faulty_values(fact, partial(context.fact_problems, name))
    for name in context.due_fields & context.log.openings.facts.keys():
        yield faulty_values(context.log.openings.facts[name], _no_instant)
    stops = {signal for metric in context.engine.compiled.metrics for signal in metric.stops}
    statuses, codes = context.statuses
    if any(born := [word is not None and status_signal(word) in stops for word in statuses]):
        yield np.array(born, np.bool_)[codes]


def _resolved_by_others(log: Log) -> Bools | None:
    """The resolutions and closings by a bot or a customer, if there are any."""
    by = log.details.get("by")
    if not isinstance(by, CodedTexts) or {None, "agent"}.issuperset(by.words):
        return None
    is_other = np.array([word not in (None, "agent") for word in by.words], np.bool_)[by.codes[log.row]]
    others: Bools = is_other & ((log.kind == Kind.RESOLVED) | (log.kind == Kind.CLOSED))
    return others


def _no_instant(value: Value) -> list[Value]:
    return [] if value == "" or isinstance(value, datetime) else [value]


def _ineligible_rows(context: JudgingContext) -> Iterator[Bools | Ints]:
    log, policy = context.log, context.engine.policy
    assigned = log.kind == Kind.ASSIGNED
    if assigned.any():
        if "owner" in facts_read(policy):
            yield assigned
        owners = Fact(log.to.codes[assigned], log.to.words)
        yield np.flatnonzero(assigned)[faulty_values(owners, partial(context.fact_problems, "owner"))]
    if (by := _resolved_by_others(log)) is not None:
        yield by
    limited = {status for pause in policy.pauses if pause.has_limits for status in pause.status}
    changes = (log.kind == Kind.STATUS_CHANGED) | (log.kind == Kind.OPENED)
    words, ineligible = context.statuses[0], np.zeros(len(context.statuses[0]), np.bool_)
    for code in np.flatnonzero(np.bincount(context.statuses_by_row[changes])).tolist():  # other words are not statuses
        word = words[code]
        ineligible[code] = word is not None and (word in limited or bool(context.fact_problems("status", word)))
    if ineligible.any():
        yield changes & ineligible[context.statuses_by_row]
    if policy.pauses:
        count = np.bincount(log.case[changes], minlength=log.cases)
        yield np.flatnonzero((count > 2 * _MOST_PAUSES)[log.case])
