"""What is brought to the desk: a case, or the reason why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from servicekit.desk.report import Counted
from servicekit.errors import Problem, ProblemGroup, ProblemLog
from servicekit.events import Case

__all__ = ["Imported", "Intake", "IntakeCount", "Latest", "later", "most_frequent_first"]


@dataclass(frozen=True, slots=True)
class Imported:
    """One record of a source: its case, or what became of it instead.

    ``left_out`` says why the record is no case (a filter dropped it); ``unjudged`` says why a case is
    computed but not counted in attainment. A record with neither a case nor ``left_out`` could not be
    read: then ``problems`` holds an error. ``row`` is the record's number in its source.

    >>> Imported(left_out="test ticket").case is None
    True
    """

    case: Case | None = None
    problems: tuple[Problem, ...] = ()
    left_out: str | None = None
    unjudged: str | None = None
    row: int | None = None


class Latest(NamedTuple):
    """The latest instant of some cases, and the first case that has it.

    >>> from datetime import UTC
    >>> Latest(datetime(2026, 1, 5, 9, tzinfo=UTC), "C-1").assumed().code
    'desk.as-of-from-data'
    """

    at: datetime
    case_id: str

    @classmethod
    def of(cls, case: Case) -> Latest | None:
        """The latest instant of one case; None where nothing happened to it."""
        at = max((event.at for event in case.events), default=None)
        return None if at is None else cls(at, case.case_id)

    def assumed(self) -> Problem:
        """The warning that open cases are judged at this instant, because nobody gave one."""
        message = f"not given: open cases are judged at the latest instant in the data, that of case {self.case_id!r}"
        hint = "say when the data was exported (as_of in the column mapping, or --as-of)"
        return Problem.warning("desk.as-of-from-data", "as_of", message, hint)


def later(one: Latest | None, other: Latest | None) -> Latest | None:
    """The later of two, the first of equals."""
    return one if other is None or (one is not None and one.at >= other.at) else other


@dataclass(slots=True)
class IntakeCount:
    """The records that came in: how many, and what became of those that are no case."""

    records: int = 0
    unreadable: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    problems: ProblemLog = field(default_factory=ProblemLog)

    def take(self, brought: Imported) -> None:
        """Count one record; whether it is judged is said later."""
        self.records += 1
        if brought.problems:
            self.problems.add(brought.problems)
        if brought.left_out is not None:
            self.left_out[brought.left_out] += 1
        elif brought.case is None:
            self.unreadable += 1


class Intake:
    """Records on their way to what takes cases and nothing else: iterate once over the cases, then ask what is missing.

    Cases that are not to be counted in attainment are held back. After the iteration, ``records`` is ``cases`` and
    what is in ``left_out``, ``unjudged`` and ``unreadable``; ``latest`` is the latest instant of all cases.

    >>> intake = Intake([Imported(Case("C-1", ())), Imported(left_out="test ticket"), Imported(left_out="test ticket")])
    >>> [case.case_id for case in intake], intake.records, intake.left_out
    (['C-1'], 3, (Counted(what='test ticket', times=2),))
    """

    def __init__(self, records: Iterable[Imported]) -> None:
        self._records = records
        self._count = IntakeCount()
        self.cases = 0
        self.latest: Latest | None = None

    def __iter__(self) -> Iterator[Case]:
        for brought in self._records:
            self._count.take(brought)
            if brought.case is None:
                continue
            self.latest = later(self.latest, Latest.of(brought.case))
            if brought.unjudged is not None:
                self._count.unjudged[brought.unjudged] += 1
            else:
                self.cases += 1
                yield brought.case

    @property
    def records(self) -> int:
        """How many records have come."""
        return self._count.records

    @property
    def unreadable(self) -> int:
        """How many of them could not be read."""
        return self._count.unreadable

    @property
    def left_out(self) -> tuple[Counted, ...]:
        """How many of them are no case, by reason."""
        return most_frequent_first(self._count.left_out)

    @property
    def unjudged(self) -> tuple[Counted, ...]:
        """How many cases were held back, by reason."""
        return most_frequent_first(self._count.unjudged)

    @property
    def problems(self) -> tuple[ProblemGroup, ...]:
        """The problems of the records, by code."""
        return self._count.problems.groups()


def most_frequent_first(counts: Counter[str]) -> tuple[Counted, ...]:
    """The counts as a tuple."""
    return tuple(Counted(what, times) for what, times in counts.most_common())
