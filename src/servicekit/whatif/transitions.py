"""Every pair of verdicts, before and after, with its count; all figures of a comparison come from these counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

from servicekit.sla import Attainment, Convention, OutcomeName

Verdict: TypeAlias = OutcomeName | None
"""The verdict of one policy on a promise; ``None`` where it has no such outcome."""

Change: TypeAlias = Literal["better", "worse", "appeared", "vanished", "other", "unchanged"]
"""How the verdict differs under the other policy; see :func:`change`."""

CHANGES: tuple[Change, ...] = get_args(Change)
"""Every change, ``unchanged`` last."""

_BREACHED = frozenset({"met_late", "missed"})
_KEPT = frozenset({"met", "open"})
_NEVER_PROMISED = frozenset({None, "no_target"})


def change(before: Verdict, after: Verdict) -> Change:
    """How a verdict differs under the second policy.

    * ``better``: breached before (late or missed), not breached after (met, or open still);
    * ``worse``: the reverse;
    * ``appeared``: promised by the second policy only, whatever the verdict; ``vanished``: by the first only;
    * ``unchanged``: the same verdict, or promised by neither;
    * ``other``: any other pair, such as a verdict that one side could not compute.

    >>> change("missed", "open"), change("met", "met_late"), change(None, "met"), change("no_target", None)
    ('better', 'worse', 'appeared', 'unchanged')
    """
    if before == after or {before, after} <= _NEVER_PROMISED:
        return "unchanged"
    if before in _NEVER_PROMISED:
        return "appeared"
    if after in _NEVER_PROMISED:
        return "vanished"
    if before in _BREACHED and after in _KEPT:
        return "better"
    return "worse" if before in _KEPT and after in _BREACHED else "other"


@dataclass(frozen=True, slots=True)
class Transitions:
    """How often each pair of verdicts, before and after, came up; they add.

    >>> moved = Transitions({("met", "met"): 240, ("missed", "met"): 12, ("met", "met_late"): 3})
    >>> moved.before.met, moved.after.met, moved.times("better"), moved.times("worse"), moved.flips
    (243, 252, 12, 3, 15)
    >>> moved.difference("promised")
    Fraction(60, 17)
    """

    counts: Mapping[tuple[Verdict, Verdict], int] = field(default_factory=dict, hash=False)

    def __add__(self, other: Transitions) -> Transitions:
        return Transitions(dict(Counter(self.counts) + Counter(other.counts)))

    @property
    def before(self) -> Attainment:
        """The tally of the first policy's outcomes."""
        return _tally((before, times) for (before, _), times in self.counts.items())

    @property
    def after(self) -> Attainment:
        """The tally of the second policy's outcomes."""
        return _tally((after, times) for (_, after), times in self.counts.items())

    @property
    def total(self) -> int:
        """All pairs; an outcome that only one policy has is a pair too.

        >>> Transitions({("met", None): 2, ("met", "met"): 1}).total
        3
        """
        return sum(self.counts.values())

    @property
    def flips(self) -> int:
        """The pairs whose verdict changed."""
        return self.total - self.times("unchanged")

    @property
    def shared(self) -> Transitions:
        """The pairs that both policies promise: before and after then count the same cases.

        >>> moved = Transitions({("met", "met"): 9, ("missed", "met"): 1, (None, "missed"): 10})
        >>> moved.difference("promised"), moved.shared.difference("promised")
        (Fraction(-40, 1), Fraction(10, 1))
        """
        return Transitions({pair: times for pair, times in self.counts.items() if not _NEVER_PROMISED & {*pair}})

    def times(self, what: Change) -> int:
        """How many pairs made this change; the numbers of all :data:`CHANGES` add up to ``total``."""
        return sum(times for pair, times in self.counts.items() if change(*pair) == what)

    def difference(self, convention: Convention) -> Fraction | None:
        """Attainment after less attainment before, in points: from 90 % to 92 % is 2.

        None where there is no attainment on one of the sides. See :meth:`servicekit.sla.Attainment.ratio` for the
        conventions.

        >>> Transitions({("no_target", "met"): 1}).difference("promised") is None
        True
        """
        before, after = self.before.ratio(convention).value, self.after.ratio(convention).value
        return None if before is None or after is None else (after - before) * 100


def _tally(counted: Iterable[tuple[Verdict, int]]) -> Attainment:
    counts: Counter[str] = Counter()
    for verdict, times in counted:
        if verdict is not None:
            counts[verdict] += times
    return Attainment(**counts)
