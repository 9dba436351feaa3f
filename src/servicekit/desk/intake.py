"""The intake of the desk: imported records are counted by what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Generic, NamedTuple, TypeVar

from servicekit.desk.report import Counted
from servicekit.errors import Problem, ProblemGroup, ProblemLog
from servicekit.events import Answer, Case, Contact, Evaluation, Invitation, Purchase, Refund, WorkTime
from servicekit.events.imported import Imported
from servicekit.timeline import Interval

T_co = TypeVar("T_co", covariant=True)


_NUMBERS: Mapping[type, str] = {
    Case: "case_id",
    Contact: "contact_id",
    Invitation: "invitation_id",
    Answer: "answer_id",
    Evaluation: "evaluation_id",
    WorkTime: "agent",
    Purchase: "order_id",
    Refund: "refund_id",
}
"""What records are called by; what else happens to customers is called by them."""


class Latest(NamedTuple):
    """The latest instant of some records, and the number of the first record that has it.

    >>> from datetime import UTC
    >>> Latest(datetime(2026, 1, 5, 9, tzinfo=UTC), "C-1").assumed().code
    'desk.as-of-from-data'
    """

    at: datetime
    record_id: str

    @classmethod
    def of(cls, record: object) -> Latest | None:
        """The latest instant of one record; None where it has none, as a case to which nothing happened.

        Working time has it at its end. A day has it at its midnight in UTC.

        >>> Latest.of(WorkTime("li.wei", date(2026, 1, 5)))
        Latest(at=datetime.datetime(2026, 1, 5, 0, 0, tzinfo=datetime.timezone.utc), record_id='li.wei')
        """
        at: object
        if isinstance(record, Case):
            at = max((event.at for event in record.events), default=None)
        else:
            over = getattr(record, "over", None)
            at = over.end if isinstance(over, Interval) else getattr(record, "at", None)
        if not isinstance(at, date):
            return None
        instant = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
        return cls(instant, str(getattr(record, _NUMBERS.get(type(record), "customer_id"))))

    def assumed(self) -> Problem:
        """The warning that open cases are judged at this instant, because nobody gave one."""
        message = f"not given: open cases are judged at the latest instant in the data, that of case {self.record_id!r}"
        hint = "say when the data was exported (as_of in the column mapping, or --as-of)"
        return Problem.warning("desk.as-of-from-data", "as_of", message, hint)


def later(one: Latest | None, other: Latest | None) -> Latest | None:
    """The later of two, the first of equals."""
    return one if other is None or (one is not None and one.at >= other.at) else other


@dataclass(slots=True)
class IntakeCount:
    """The records of an import: how many, and what became of each."""

    records: int = 0
    counted: int = 0
    unreadable: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    problems: ProblemLog = field(default_factory=ProblemLog)

    def arrive(self, record: Imported[object]) -> None:
        """Count a record as it comes in; :meth:`settle` decides later what became of it."""
        self.records += 1
        self.add_problems(record.problems)

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Keep the problems of a record."""
        if problems:
            self.problems.add(problems)

    def settle(self, record: Imported[object], left_out: str | None = None) -> bool:
        """Count what became of a record: left out, unreadable, not judged, or counted; whether it is counted.

        ``left_out`` is a reason that was found after the import, such as a case without a verdict.
        """
        if (reason := record.left_out or left_out) is not None:
            self.left_out[reason] += 1
        elif record.value is None:
            self.unreadable += 1
        elif record.unjudged is not None:
            self.unjudged[record.unjudged] += 1
        else:
            self.counted += 1
            return True
        return False


class Intake(Generic[T_co]):
    """Passes on the values of imported records: iterate once over the values, then ask what is missing.

    Values that are not to be judged are held back. After the iteration, ``records`` is the sum of ``cases`` and the
    counts in ``left_out``, ``unjudged`` and ``unreadable``; ``latest`` is the latest instant of all records.

    >>> intake = Intake([Imported(Case("C-1", ())), Imported(left_out="test ticket"), Imported(left_out="test ticket")])
    >>> [case.case_id for case in intake], intake.records, intake.left_out
    (['C-1'], 3, (Counted(what='test ticket', times=2),))
    """

    def __init__(self, records: Iterable[Imported[T_co]]) -> None:
        self._records = records
        self._count = IntakeCount()
        self.latest: Latest | None = None

    def __iter__(self) -> Iterator[T_co]:
        for record in self._records:
            self._count.arrive(record)
            if record.value is not None:
                self.latest = later(self.latest, Latest.of(record.value))
            if self._count.settle(record) and record.value is not None:
                yield record.value

    @property
    def records(self) -> int:
        """How many records have come."""
        return self._count.records

    @property
    def counted(self) -> int:
        """How many of them were passed on."""
        return self._count.counted

    @property
    def cases(self) -> int:
        """The same, where the records are cases."""
        return self._count.counted

    @property
    def unreadable(self) -> int:
        """How many of them could not be read."""
        return self._count.unreadable

    @property
    def left_out(self) -> tuple[Counted, ...]:
        """How many of them are not cases, by reason."""
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
