"""Counting what passes the desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from servicekit.desk.intake import IntakeCount, most_frequent_first
from servicekit.desk.report import DeskReport, Line
from servicekit.sla import Attainment, OutcomeName
from servicekit.sla.policy import DueSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from servicekit.errors import Problem, ProblemGroup
    from servicekit.events import Case, Imported
    from servicekit.policy import ServicePolicy
    from servicekit.sla import CaseVerdict


OutcomeKind: TypeAlias = tuple[str, OutcomeName, str | None, str | None, str | None]
"""What outcomes are counted by: metric and verdict, and the channel, tier and issue type of the case."""

_NO_VERDICT = "no verdict, see the problems"
_NOT_OPEN_YET = "not yet opened at the instant of the report"


class Tally:
    """Counts of one run; it grows with the groups, not with the cases."""

    def __init__(self) -> None:
        self.times: Counter[OutcomeKind] = Counter()
        """How often each kind of outcome came."""
        self._intake = IntakeCount()

    @property
    def is_empty(self) -> bool:
        """Whether there was no record and no problem."""
        return not (self._intake.records or self._intake.problems.groups())

    def arrive(self, record: Imported[Case]) -> None:
        """Count one record as it comes in; a record without a case is settled at once."""
        self._intake.arrive(record)
        if record.value is None:
            self._intake.settle(record)

    def add_groups(self, groups: Iterable[ProblemGroup]) -> None:
        """Count problems of what is known beside the records."""
        self._intake.problems.add_groups(groups)

    def verdict(self, record: Imported[Case], verdict: CaseVerdict, besides: Sequence[Problem] = ()) -> bool:
        """Count the outcomes of one case, unless it is not to be judged; ``besides`` are problems of its tier.

        The answer is whether they are counted.
        """
        self._intake.add_problems((*besides, *verdict.problems))
        no_verdict = _NO_VERDICT if verdict.problems else _NOT_OPEN_YET
        is_counted = self._intake.settle(record, left_out=None if verdict.outcomes else no_verdict)
        if is_counted:
            for outcome in verdict.outcomes:
                kind = outcome.metric, outcome.outcome, outcome.channel, outcome.tier, outcome.issue_type
                self.times[kind] += 1
        return is_counted

    def report(
        self, policy: ServicePolicy, *, due: DueSource, as_of: datetime | None, besides: Iterable[Problem] = ()
    ) -> DeskReport:
        """The counts as a frozen value; ``besides`` are problems of no record."""
        metrics = tuple(policy.sla.metrics) if policy.sla else ()
        return DeskReport(
            policy=policy.name,
            version=policy.version,
            timezone=policy.timezone,
            due=due,
            recorded=tuple(policy.sla.recorded_due) if policy.sla and due == "recorded" else (),
            as_of=as_of,
            records=self._intake.records,
            cases=self._intake.counted,
            unreadable=self._intake.unreadable,
            lines=tuple([Line(*each) for each in attained(self.times, 0, metrics, policy.vocabulary.channels)]),
            left_out=most_frequent_first(self._intake.left_out),
            unjudged=most_frequent_first(self._intake.unjudged),
            problems=self._intake.problems.groups(besides),
            labels=policy.vocabulary.labels("channels"),
        )


def attained(
    times: Mapping[OutcomeKind, int], place: int, metrics: Sequence[str], words: Iterable[str]
) -> Iterator[tuple[str, str, Attainment]]:
    """Attainment by metric and by the fact at a place: the channel, the tier or the issue type; none is the empty text.

    Metrics come in their order; facts in the order of the vocabulary's ``words``, then others by name.

    >>> times = {("resolution", "met", "chat", "vip", None): 9}
    >>> [(metric, value, kept.met) for metric, value, kept in attained(times, 1, ["resolution"], ["vip"])]
    [('resolution', 'vip', 9)]
    """
    found: dict[tuple[str, str], list[int]] = {}
    for kind, n in times.items():
        key = kind[0], kind[2 + place] or ""
        counts = found.get(key)
        if counts is None:
            counts = found[key] = [0] * len(_COLUMNS)
        counts[_COLUMNS[kind[1]]] += n
    ranks = {word: rank for rank, word in enumerate(words)}
    values = sorted({value for _, value in found}, key=lambda each: (ranks.get(each, len(ranks)), each))
    for metric in metrics:
        for value in values:
            if (metric, value) in found:
                yield metric, value, Attainment(*found[metric, value])


_COLUMNS: Mapping[str, int] = {name: column for column, name in enumerate(Attainment.__slots__)}
