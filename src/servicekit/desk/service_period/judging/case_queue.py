"""Records one after another, each case with what judges it and the instant that it is judged at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice, repeat
from typing import TypeAlias

from servicekit.desk.desk import UNDECIDED, ServiceDesk
from servicekit.desk.service_period.judging.judged_case import JudgedCase
from servicekit.desk.service_period.judging.report_instant import ReportInstant
from servicekit.errors import ProblemGroup
from servicekit.events import Case, Imported
from servicekit.kpi.flows.backlog import is_open
from servicekit.policy import CaseTiers

ToCount: TypeAlias = tuple[Imported[Case], JudgedCase | None, datetime]
"""A record that can be counted: with its case, if it has one, and the instant as of which it stands."""


class CaseQueue:
    """Gives out records as soon as it is known when their cases are judged; an iterator to be used once.

    Without a given instant that is the latest of the data, unless these reach the period's end. Until it is known,
    cases that are open or have a running clock wait; ``waited`` tells whether some did to the last.
    """

    __slots__ = ("_all_wait", "_desk", "_records", "_tiers", "instant", "waited")

    def __init__(
        self,
        desk: ServiceDesk,
        records: Iterable[Imported[Case] | Case],
        instant: ReportInstant,
        tiers: CaseTiers | None,
        *,
        all_wait: bool = False,
    ) -> None:
        self._desk, self._records, self.instant, self._tiers = desk, records, instant, tiers
        self._all_wait, self.waited = all_wait, False

    @property
    def problems(self) -> tuple[ProblemGroup, ...]:
        """What was odd about what customers did."""
        return () if self._tiers is None else self._tiers.problems

    def __iter__(self) -> Iterator[ToCount]:
        records = (Imported(item) if isinstance(item, Case) else item for item in self._records)
        now = self.instant.now
        return self._as_it_shows(records) if now is None else self._told(records, now)

    def _told(self, records: Iterable[Imported[Case]], as_of: datetime) -> Iterator[ToCount]:
        """The records with their cases, a few of which are judged before the first of them is given out: a processor
        that does one thing at a time keeps its code at hand."""
        left = iter(records)
        while batch := tuple(islice(left, AT_ONCE)):
            judged = [None if record.value is None else self._judged(record.value, as_of) for record in batch]
            for each in filter(None, judged):
                opened = each.case.opened
                if opened is None or opened.at < self.instant.end:  # else it is not asked for
                    each.at(as_of)
            yield from zip(batch, judged, repeat(as_of))

    def _as_it_shows(self, records: Iterator[Imported[Case]]) -> Iterator[ToCount]:
        """The records while the instant shows in them; those that it may change wait."""
        waiting: list[Imported[Case]] = []
        for record in records:
            last = None if record.value is None else self.instant.saw(record.value)
            if (now := self.instant.now) is not None:
                waiting.append(record)
                yield from self._told(waiting, now)
                waiting.clear()
                yield from self._told(map(self._seen, records), now)
            elif record.value is None:
                yield record, None, self.instant.end
            elif last is None or self._all_wait or not _is_over(told := self._judged(record.value, last.at), last.at):
                waiting.append(record)
            else:
                yield record, told, last.at
        self.waited = bool(waiting)
        yield from self._told(waiting, self.instant.as_of(self.instant.end) or self.instant.end)

    def _seen(self, record: Imported[Case]) -> Imported[Case]:
        if record.value is not None:
            self.instant.saw(record.value)
        return record

    def _judged(self, case: Case, as_of: datetime) -> JudgedCase:
        if self._tiers is None:
            return JudgedCase(self._desk.judge, case)
        return JudgedCase(self._desk.judge, *self._tiers.with_tier(case, as_of))


AT_ONCE = 32
"""So many cases are judged before they are counted. The verdicts of many more would still be there when Python's
collector looks for garbage, and would be looked at again and again."""


def _is_over(judged: JudgedCase, as_of: datetime) -> bool:
    """Whether a later look would find the same: nothing runs, and the case is not open."""
    verdict = judged.at(as_of)
    return not is_open(judged.case) and not any(outcome.phase in UNDECIDED for outcome in verdict.outcomes)
