"""A policy and a log: what the policy promises the cases of the log, by what is known of each at its opening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from servicekit.frames.array_chunks import Bools, Codes, Ints
from servicekit.frames.cases.event_log.case_facts import fact_sets, facts_read
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.log import Log
from servicekit.rules import Value
from servicekit.sla import SlaEngine
from servicekit.sla.history.case_facts import CaseFacts
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from servicekit.errors import Problem
    from servicekit.sla.compiled.edition import CompiledEdition
    from servicekit.sla.compiled.target_table import Targets


@dataclass(frozen=True)
class JudgingContext:
    """An engine with one edition of a policy and a log, and what follows from both for each case.

    Cases are many and distinct sets of facts are few, so the policy is asked once for each set of facts.
    """

    engine: SlaEngine
    log: Log

    @property
    def edition(self) -> CompiledEdition:
        """The first edition; the fast path knows no other."""
        return self.engine.compiled.editions[0]

    @cached_property
    def opening(self) -> Ints:
        """The number of each case's opening, -1 where it has none."""
        found = np.full(self.log.cases, -1)
        rows = self.log.opened_rows
        found[self.log.case[rows]] = np.arange(len(rows))
        return found

    @cached_property
    def fact_sets(self) -> tuple[Ints, list[dict[str, Value]]]:
        """The number of each opening's set of facts, and the sets; only facts that the policy reads."""
        return fact_sets(self.log.openings, facts_read(self.engine.policy))

    @cached_property
    def fact_set(self) -> Ints:
        """The number of each case's set of facts; any number where the case has no opening."""
        numbers = self.fact_sets[0]
        return numbers[self.opening] if len(numbers) else np.zeros(self.log.cases, np.int64)

    @cached_property
    def goals(self) -> list[Targets]:
        """What is promised for each set of facts."""
        return [self.edition.table.get(facts) for facts in self.fact_sets[1]]

    @cached_property
    def has_no_promise(self) -> Bools:
        """Whether each case was promised nothing when it was opened."""
        nothing = np.array([not self.edition.is_promise(goals) for goals in self.goals], np.bool_)
        return nothing[self.fact_set] if len(nothing) else np.zeros(self.log.cases, np.bool_)

    @cached_property
    def statuses(self) -> tuple[tuple[str | None, ...], Ints]:
        """Every status, first those of the log's rows, then others of openings; and each opening's code."""
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

    def fact_problems(self, name: str, value: Value) -> list[Problem]:
        """The problems of one fact."""
        return list(CaseFacts(self.edition, {name: value}).problems)
