"""A promise on a case about which the two policies disagree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from servicekit.layout import spreadsheet_text
from servicekit.sla import OUTCOME_COLUMNS, Outcome, to_row
from servicekit.whatif.transitions import CHANGES, Change, Verdict, change

_SHOWN = ("outcome", "target", "due_at", "stopped_at")
"""The columns for each side."""

FLIP_COLUMNS: tuple[str, ...] = (
    "case_id",
    "metric",
    "instance",
    "change",
    *(f"{name}_before" for name in _SHOWN),
    *(f"{name}_after" for name in _SHOWN),
)
"""The columns of :meth:`Flip.row`, in order."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A promise whose verdict is another under the second policy, with both outcomes as evidence.

    ``before`` is ``None`` where only the second policy has such an outcome, ``after`` where only the first has.

    >>> late = Outcome("C-1", "resolution", 0, "1", "4h", None, None, None, None, 60, 0, "stopped", "met_late")
    >>> Flip("C-1", "resolution", 0, late, None).change
    'vanished'
    """

    case_id: str
    metric: str
    instance: int
    before: Outcome | None
    after: Outcome | None

    @property
    def verdicts(self) -> tuple[Verdict, Verdict]:
        """The verdicts of the two policies."""
        return verdict_of(self.before), verdict_of(self.after)

    @property
    def change(self) -> Change:
        """The change from the first verdict to the second."""
        return change(*self.verdicts)

    def row(self, *, spreadsheet: bool = False) -> tuple[str, ...]:
        """The flip as the cells of a CSV row, in the order of :data:`FLIP_COLUMNS`; a missing value is empty.

        For a ``spreadsheet``, texts that it would run as formulas have an apostrophe in front.
        """
        text = spreadsheet_text if spreadsheet else str
        sides = (cell for outcome in (self.before, self.after) for cell in _cells(outcome, spreadsheet))
        return (text(self.case_id), text(self.metric), str(self.instance), self.change, *sides)


def first_of_each(flips: Iterable[Flip], most: int) -> tuple[Flip, ...]:
    """The first ``most`` flips of each change, change by change; the others are read and dropped.

    So a metric that only one policy promises does not crowd out the few verdicts that got worse.

    >>> late = Outcome("C-1", "resolution", 0, "1", "4h", None, None, None, None, 60, 0, "stopped", "met_late")
    >>> new, old = Flip("C-1", "resolution", 0, None, late), Flip("C-1", "resolution", 0, late, None)
    >>> [flip.change for flip in first_of_each([new, new, new, old], most=2)]
    ['appeared', 'appeared', 'vanished']
    """
    kept: dict[Change, list[Flip]] = {change: [] for change in CHANGES}
    for flip in flips:
        alike = kept[flip.change]
        if len(alike) < most:
            alike.append(flip)
    return tuple(flip for alike in kept.values() for flip in alike)


def verdict_of(outcome: Outcome | None) -> Verdict:
    """The verdict of an outcome, if there is one."""
    return None if outcome is None else outcome.outcome


def _cells(outcome: Outcome | None, spreadsheet: bool) -> tuple[str, ...]:
    if outcome is None:
        return ("",) * len(_SHOWN)
    cells = dict(zip(OUTCOME_COLUMNS, to_row(outcome, spreadsheet=spreadsheet), strict=True))
    return tuple(cells[name] for name in _SHOWN)
