"""Counting what passes the desk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from servicekit.desk.report import Counted, DeskReport, DueSource, Line, ProblemGroup
from servicekit.errors import Problem, Severity
from servicekit.sla import Attainment, OutcomeName

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from servicekit.desk.intake import Imported
    from servicekit.policy import ServicePolicy
    from servicekit.sla import CaseVerdict

__all__ = ["Tally"]

_EXAMPLES_KEPT = 3
_NO_VERDICT = "no verdict, see the problems"
_NOT_OPEN_YET = "not yet opened at the instant of the report"


@dataclass(slots=True)
class _ProblemLog:
    """All problems by code: how many, and the first few."""

    times: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    examples: dict[tuple[str, Severity], list[Problem]] = field(default_factory=dict)

    def add(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            key = (problem.code, problem.severity)
            self.times[key] += 1
            kept = self.examples.setdefault(key, [])
            if len(kept) < _EXAMPLES_KEPT:
                kept.append(problem)

    def groups(self, besides: Iterable[Problem]) -> tuple[ProblemGroup, ...]:
        """Errors first, then by code; ``besides`` are problems of the run itself, each of a code of its own."""
        groups = [ProblemGroup(*key, times, tuple(self.examples[key])) for key, times in self.times.items()]
        groups += [ProblemGroup(problem.code, problem.severity, 1, (problem,)) for problem in besides]
        return tuple(sorted(groups, key=lambda group: (group.severity, group.code)))


class Tally:
    """Counts of one run; it grows with what is told apart, not with how much there is."""

    def __init__(self) -> None:
        self._records = self._cases = self._unreadable = 0
        self._outcomes: Counter[tuple[str, str, OutcomeName]] = Counter()
        self._left_out: Counter[str] = Counter()
        self._unjudged: Counter[str] = Counter()
        self._problems = _ProblemLog()

    def record(self, brought: Imported) -> None:
        """Count one record as it comes in."""
        self._records += 1
        if brought.problems:
            self._problems.add(brought.problems)
        if brought.left_out is not None:
            self._left_out[brought.left_out] += 1
        elif brought.case is None:
            self._unreadable += 1

    def verdict(self, brought: Imported, verdict: CaseVerdict) -> None:
        """Count the outcomes of one case, unless it is not to be judged."""
        if verdict.problems:
            self._problems.add(verdict.problems)
        if not verdict.outcomes:
            self._left_out[_NO_VERDICT if verdict.problems else _NOT_OPEN_YET] += 1
        elif brought.unjudged is not None:
            self._unjudged[brought.unjudged] += 1
        else:
            self._cases += 1
            for outcome in verdict.outcomes:
                self._outcomes[outcome.metric, outcome.channel or "", outcome.outcome] += 1

    def report(
        self, policy: ServicePolicy, *, due: DueSource, as_of: datetime | None, besides: Iterable[Problem] = ()
    ) -> DeskReport:
        """The counts as a frozen value; ``besides`` are problems of no record."""
        return DeskReport(
            policy=policy.name,
            version=policy.version,
            timezone=policy.timezone,
            due=due,
            recorded=tuple(policy.sla.recorded_due) if policy.sla and due == "recorded" else (),
            as_of=as_of,
            records=self._records,
            cases=self._cases,
            unreadable=self._unreadable,
            lines=tuple(self._lines(list(policy.sla.metrics) if policy.sla else [], list(policy.vocabulary.channels))),
            left_out=_most_frequent_first(self._left_out),
            unjudged=_most_frequent_first(self._unjudged),
            problems=self._problems.groups(besides),
            labels=policy.vocabulary.labels("channels"),
        )

    def _lines(self, metrics: Sequence[str], channels: Sequence[str]) -> Iterable[Line]:
        """By metric, then by channel: those of the vocabulary in its order, then others by name."""

        def rank(place: tuple[str, str]) -> tuple[int, int, str]:
            metric, channel = place
            known = channels.index(channel) if channel in channels else len(channels)
            return metrics.index(metric), known, channel

        for metric, channel in sorted({key[:2] for key in self._outcomes}, key=rank):
            counts = {key[2]: n for key, n in self._outcomes.items() if key[:2] == (metric, channel)}
            yield Line(metric, channel, Attainment(**counts))


def _most_frequent_first(counts: Counter[str]) -> tuple[Counted, ...]:
    return tuple(Counted(what, times) for what, times in counts.most_common())
