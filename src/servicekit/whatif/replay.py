"""One pass over the cases: both policies judge each case, and every pair of outcomes is counted."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from servicekit.errors import PolicyError, Problem, ProblemLog
from servicekit.events import Case
from servicekit.policy import PolicyEngine
from servicekit.sla import METRICS, Outcome
from servicekit.timeline import to_us
from servicekit.whatif.comparison import Comparison, PolicyName, SidedProblems
from servicekit.whatif.flip import Flip, first_of_each, verdict_of
from servicekit.whatif.grouping import Grouping
from servicekit.whatif.line import ComparedLine
from servicekit.whatif.transitions import Transitions, Verdict, change

if TYPE_CHECKING:
    from servicekit.sla import CaseVerdict, SlaEngine


FLIPS_KEPT = 200
"""How many flips of each change :func:`replay` keeps; all are counted."""


def replay(
    before: PolicyEngine, after: PolicyEngine, cases: Iterable[Case], *, as_of: datetime, by: str | None = None
) -> Comparison:
    """Judge each case by two policies as of one instant, and compare.

    The policies are compiled, because replaying is asking: one compilation serves many replays, and
    ``policy.compile(due="recorded")`` on one side compares a policy with what another system recorded. ``cases`` are
    taken one at a time and never kept. ``by`` is a fact, such as ``channel`` or one that a policy declares, by whose
    value at the opening the cases are grouped.

    The first :data:`FLIPS_KEPT` flips of each change are in the comparison, and all are counted; :class:`ReplayRun`
    yields all.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened, Resolved
    >>> from servicekit.policy import ServicePolicy
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> case = Case("C-1", (Opened("C-1", nine), Resolved("C-1", nine.replace(hour=12))))
    >>> four, two = (
    ...     ServicePolicy.parse(f"{{name: Hotline, version: {hours}, sla: {{targets: [{{resolution: {hours}}}]}}}}")
    ...     for hours in ("4h", "2h")
    ... )
    >>> comparison = replay(four.compile(), two.compile(), [case], as_of=nine.replace(hour=18))
    >>> print(comparison)
    Hotline 4h -> Hotline 2h, 1 case
    resolution: 0 better, 1 worse, 0 unchanged
    >>> comparison.flips[0].verdicts, comparison.difference("resolution", "promised")
    (('met', 'met_late'), Fraction(-100, 1))

    Raises:
        NaiveDatetimeError: ``as_of`` has no time zone.
        PolicyError: a policy promises nothing (``whatif.no-sla``).
        TypeError: a policy is not compiled, ``as_of`` is not a datetime, or an item is not a case.
        UnknownNameError: neither policy declares the fact ``by``.
    """
    run = ReplayRun(before, after, cases, as_of=as_of, by=by)
    kept = first_of_each(run, FLIPS_KEPT)
    return run.comparison(kept)


_Place: TypeAlias = tuple[str, str | None]
"""Where a pair of verdicts is counted: a metric and a group."""

_Pair: TypeAlias = tuple[tuple[str, int], Outcome | None, Outcome | None]
"""A metric and the number of a clock, and what became of it under either policy."""


class ReplayRun:
    """One pass over a set of cases: an iterator of flips that counts everything; see :func:`replay`.

    Memory grows with the metrics, the groups and the codes of problems, not with the cases.

    >>> from datetime import UTC
    >>> from servicekit.policy import ServicePolicy
    >>> engine = ServicePolicy.parse("{name: Hotline, sla: {targets: [{resolution: 2h}]}}").compile()
    >>> run = ReplayRun(engine, engine, [Case("C-1", ())], as_of=datetime(2026, 1, 5, tzinfo=UTC))
    >>> list(run), run.comparison().without_verdict, run.comparison().problems.both[0].code
    ([], 1, 'events.no-opening')
    """

    def __init__(
        self,
        before: PolicyEngine,
        after: PolicyEngine,
        cases: Iterable[Case],
        *,
        as_of: datetime,
        by: str | None = None,
    ) -> None:
        self._judges = (_sla(before, "before"), _sla(after, "after"))
        to_us(as_of)  # raises before any case is read
        self._policies, self._cases, self._as_of, self._by = (before.policy, after.policy), cases, as_of, by
        self._is_by_promise = any(each.sla is not None and each.sla.match == "all" for each in self._policies)
        self._grouping = None if by is None else Grouping(by, self._policies)
        self._counts: dict[_Place, Counter[tuple[Verdict, Verdict]]] = {}
        self._judged = self._not_opened = self._without_verdict = 0
        self._problems = (ProblemLog(), ProblemLog(), ProblemLog())
        self._flips = self._stream()

    def __iter__(self) -> Iterator[Flip]:
        return self

    def __next__(self) -> Flip:
        return next(self._flips)

    def comparison(self, flips: Iterable[Flip] = ()) -> Comparison:
        """The counts so far, complete once the iteration has ended; ``flips`` are the flips to show."""
        first, second = self._policies
        return Comparison(
            policies=(PolicyName(first.name, first.version), PolicyName(second.name, second.version)),
            as_of=self._as_of,
            timezone=first.timezone,
            lines=tuple(self._lines()),
            cases=self._judged,
            not_opened=self._not_opened,
            without_verdict=self._without_verdict,
            by=self._by,
            flips=tuple(flips),
            problems=SidedProblems(*(log.groups() for log in self._problems)),
            labels=self._grouping.labels if self._grouping else {},
        )

    def _stream(self) -> Iterator[Flip]:
        for case in self._cases:
            if not isinstance(case, Case):
                hint = "Intake(read_cases(...)) takes the cases out of an import"
                raise TypeError(f"expected a Case, not {reprlib.repr(case)}; {hint}")
            before, after = (judge.judge(case, self._as_of) for judge in self._judges)
            self._note(before, after)
            yield from self._compared(case, before, after)

    def _note(self, before: CaseVerdict, after: CaseVerdict) -> None:
        """Count the case, and the problems of both sides, once each where they are the same."""
        if before.outcomes or after.outcomes:
            self._judged += 1
        elif before.problems or after.problems:
            self._without_verdict += 1
        else:
            self._not_opened += 1
        if before.problems or after.problems:
            both, first, second = self._problems
            old, new = frozenset(before.problems), frozenset(after.problems)
            both.add(problem for problem in before.problems if problem in new)
            first.add(problem for problem in before.problems if problem not in new)
            second.add(problem for problem in after.problems if problem not in old)

    def _compared(self, case: Case, before: CaseVerdict, after: CaseVerdict) -> Iterator[Flip]:
        pairs = _pairs_by_promise if self._is_by_promise else _pairs_by_clock
        group = self._grouping.of(case) if self._grouping else None
        for clock, was, would_be in pairs(before.outcomes, after.outcomes):
            verdicts = verdict_of(was), verdict_of(would_be)
            self._counts.setdefault((clock[0], group), Counter())[verdicts] += 1
            if change(*verdicts) != "unchanged":
                yield Flip(case.case_id, *clock, was, would_be)

    def _lines(self) -> Iterator[ComparedLine]:
        """The lines by metric, then by group, whatever the order of the cases."""
        own = (metric for judge in self._judges for metric in judge.metrics)
        metrics = {metric: place for place, metric in enumerate(dict.fromkeys((*METRICS, *own)))}

        def rank(place: _Place) -> tuple[int, tuple[int, str]]:
            metric, group = place
            return metrics[metric], self._rank(group or "")

        for place in sorted(self._counts, key=rank):
            yield ComparedLine(*place, Transitions(dict(self._counts[place])))

    def _rank(self, group: str) -> tuple[int, str]:
        return self._grouping.rank(group) if self._grouping else (0, "")


def _sla(engine: object, side: str) -> SlaEngine:
    """The SLA engine of one side.

    Raises:
        TypeError: it is not a compiled policy.
        PolicyError: it promises nothing.
    """
    if not isinstance(engine, PolicyEngine):
        raise TypeError(f"{side}: expected a compiled policy, not {reprlib.repr(engine)}; call its compile()")
    if engine.sla is None:
        message, hint = f"the policy {engine.policy.name!r} promises nothing", "add a section 'sla' with targets"
        raise PolicyError([Problem("whatif.no-sla", f"{side}.sla", message, hint=hint)])
    return engine.sla


def _pairs_by_clock(before: Sequence[Outcome], after: Sequence[Outcome]) -> Iterator[_Pair]:
    old, new = ({(each.metric, each.instance): each for each in outcomes} for outcomes in (before, after))
    for clock in old | new:
        yield clock, old.get(clock), new.get(clock)


def _pairs_by_promise(before: Sequence[Outcome], after: Sequence[Outcome]) -> Iterator[_Pair]:
    """Where every matching row has a clock, clocks are numbered by rows, and a row may have come or gone: clocks of one
    start and target are one, and what is left of a metric is paired in order."""
    rest, alone = list(after), list[Outcome]()
    for was in before:
        same = next((each for each in rest if _promise(each) == _promise(was)), None)
        if same is None:
            alone.append(was)
            continue
        rest.remove(same)
        yield (was.metric, was.instance), was, same
    for metric in dict.fromkeys(each.metric for each in (*alone, *rest)):
        left, right = ([each for each in side if each.metric == metric] for side in (alone, rest))
        for was, would_be in zip_longest(left, right):
            yield (metric, (was or would_be).instance), was, would_be


def _promise(outcome: Outcome) -> tuple[str, datetime | None, str | None]:
    return outcome.metric, outcome.started_at, outcome.target
