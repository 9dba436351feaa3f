"""Which cases are plain: so ordinary that whole columns of them can be judged at once.

In doubt a case is not plain; it is then judged event by event, to the same outcomes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

import numpy as np

from servicekit.errors import Problem
from servicekit.frames.cases.reading.facts import kinds_of, names_read, odd_values
from servicekit.frames.cases.reading.intake import NONE
from servicekit.frames.cases.reading.log import RANKS, Fact, Kind, Log
from servicekit.frames.chunks import Bools, Codes, Ints
from servicekit.rules import Value
from servicekit.sla import SlaEngine
from servicekit.sla.engine.edition import CompiledEdition
from servicekit.sla.engine.facts import FactBook
from servicekit.sla.engine.table import Goals
from servicekit.sla.signal import OPENED, status_signal
from servicekit.timeline import to_us

__all__ = ["Setting", "is_plain", "is_unpromised", "judges_plainly"]

_MOST_PAUSES = 32
_LAST_RANK = 7
_TOLD_ALONE = np.zeros(13, np.bool_)
_TOLD_ALONE[[Kind.FIELD_CHANGED, Kind.DUE_OVERRIDDEN, Kind.REOPENED]] = True


def judges_plainly(engine: SlaEngine) -> bool:
    """Whether any case can be plain under this policy: one edition, one row a case, clocks of known metrics only."""
    compiled = engine.compiled
    pauses = engine.policy.pauses
    return (
        len(compiled.editions) == 1
        and engine.policy.match != "all"
        and not compiled.condition_metrics
        and all(metric.starts == {OPENED} or metric.again == "each" for metric in compiled.metrics)
        and not any(pause.has_limits and pause.when is not None for pause in pauses)
    )


@dataclass(frozen=True)
class Setting:
    """A policy and a log, and what the one says of the cases of the other as they were opened."""

    engine: SlaEngine
    log: Log

    @property
    def rules(self) -> CompiledEdition:
        """The only edition."""
        return self.engine.compiled.editions[0]

    @cached_property
    def opening(self) -> Ints:
        """The number of each case's opening, -1 where it has none."""
        found = np.full(self.log.cases, -1)
        rows = self.log.opened_rows
        found[self.log.case[rows]] = np.arange(len(rows))
        return found

    @cached_property
    def kinds(self) -> tuple[Ints, list[dict[str, Value]]]:
        """The number of each opening's kind, and the facts of the kinds."""
        return kinds_of(self.log.openings, names_read(self.engine.policy))

    @cached_property
    def kind_of(self) -> Ints:
        """The number of each case's kind; any number where it has no opening."""
        return self.kinds[0][self.opening] if len(self.kinds[0]) else np.zeros(self.log.cases, np.int64)

    @cached_property
    def goals(self) -> list[Goals]:
        """What each kind is promised."""
        return [self.rules.table.get(facts) for facts in self.kinds[1]]

    @cached_property
    def statuses(self) -> tuple[tuple[str | None, ...], Ints]:
        """Every status, those that cases are opened with after those that they take; and each opening's code."""
        words, openings = list(self.log.to.words), self.log.openings
        fact = openings.facts.get("status")
        if fact is None:
            return tuple(words), np.zeros(len(openings.by_agent), np.int64)
        places = {word: code for code, word in enumerate(words)}
        codes = np.zeros(len(fact.values), np.int64)
        for number, value in enumerate(fact.values):
            if isinstance(value, str):
                codes[number] = places.setdefault(value, len(places))
        return tuple(places), codes[fact.codes]

    @cached_property
    def statuses_by_row(self) -> Codes:
        """The code of the status that each row gives its case; only of rows that open a case or change its status."""
        codes: Codes = self.log.to.codes.copy()
        codes[self.log.opened_rows] = self.statuses[1]
        return codes

    @cached_property
    def due_fields(self) -> frozenset[str]:
        """The facts that a due moment is taken from."""
        taken = (goal.field for goals in self.goals for chosen in goals.values() for goal in chosen)
        return frozenset((*filter(None, taken), *self.engine.compiled.latest.recorded.values()))

    def moments_of(self, name: str) -> Ints:
        """The instants that a fact holds, by opening; :data:`NONE` where it holds none."""
        fact = self.log.openings.facts.get(name)
        if fact is None:
            return np.full(len(self.log.openings.by_agent), NONE)
        moments = [to_us(value) if isinstance(value, datetime) else NONE for value in fact.values]
        return np.array(moments, np.int64)[fact.codes]

    def oddities(self, name: str, value: Value) -> list[Problem]:
        """What is odd about one fact."""
        return list(FactBook(self.rules, {name: value}).odd)


def is_plain(setting: Setting) -> Bools:
    """Whether each case is plain."""
    log = setting.log
    plain = np.diff(log.first) > 0
    plain[log.case[_untidy(log) | _TOLD_ALONE[log.kind]]] = False
    for odd in _odd_openings(setting):
        plain[log.case[log.opened_rows[odd]]] = False
    for rows in _odd_rows(setting):
        plain[log.case[rows]] = False
    return plain


def is_unpromised(setting: Setting) -> Bools:
    """Whether each case was promised nothing when it was opened."""
    nothing = np.array([not setting.rules.is_promise(goals) for goals in setting.goals], np.bool_)
    return nothing[setting.kind_of] if len(nothing) else np.zeros(setting.log.cases, np.bool_)


def _untidy(log: Log) -> Bools:
    """Rows that :func:`servicekit.events.order` might have something to say about."""
    case, at, kind = log.case, log.at, log.kind
    rank = RANKS.astype(np.int8)[kind]
    again = np.zeros(len(case), np.bool_)
    again[1:] = case[1:] == case[:-1]
    odd: Bools = (kind == Kind.OPENED) == again  # the first row of a case opens it, and no other does
    alike = np.zeros(len(case), np.bool_)
    alike[1:] = (at[1:] == at[:-1]) & (rank[1:] == rank[:-1]) & again[1:]
    odd[1:] |= alike[1:] & ((kind[1:] == kind[:-1]) | alike[:-1])
    odd[1:] |= again[1:] & (rank[:-1] == _LAST_RANK)
    return odd


def _odd_openings(setting: Setting) -> Iterator[Bools]:
    for name, fact in setting.log.openings.facts.items():
        yield odd_values(fact, partial(setting.oddities, name))
    for name in setting.due_fields & setting.log.openings.facts.keys():
        yield odd_values(setting.log.openings.facts[name], _no_instant)
    stops = {signal for metric in setting.engine.compiled.metrics for signal in metric.stops}
    statuses, codes = setting.statuses
    if any(born := [word is not None and status_signal(word) in stops for word in statuses]):
        yield np.array(born, np.bool_)[codes]


def _no_instant(value: Value) -> list[Value]:
    return [] if value == "" or isinstance(value, datetime) else [value]


def _odd_rows(setting: Setting) -> Iterator[Bools | Ints]:
    log, policy = setting.log, setting.engine.policy
    assigned = log.kind == Kind.ASSIGNED
    if assigned.any():
        if "owner" in names_read(policy):
            yield assigned
        owners = Fact(log.to.codes[assigned], log.to.words)
        yield np.flatnonzero(assigned)[odd_values(owners, partial(setting.oddities, "owner"))]
    limited = {status for pause in policy.pauses if pause.has_limits for status in pause.status}
    told = (log.kind == Kind.STATUS_CHANGED) | (log.kind == Kind.OPENED)
    words, odd = setting.statuses[0], np.zeros(len(setting.statuses[0]), np.bool_)
    for code in np.flatnonzero(np.bincount(setting.statuses_by_row[told])).tolist():  # other words are no statuses
        word = words[code]
        odd[code] = word is not None and (word in limited or bool(setting.oddities("status", word)))
    if odd.any():
        yield told & odd[setting.statuses_by_row]
    if policy.pauses:
        changes = np.bincount(log.case[told], minlength=log.cases)
        yield np.flatnonzero((changes > 2 * _MOST_PAUSES)[log.case])
