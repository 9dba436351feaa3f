"""The desk: every case to the engine, every outcome to the tally."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from servicekit.desk.intake import Latest, later
from servicekit.desk.tally import Tally
from servicekit.errors import NaiveDatetimeError, PolicyError, Problem
from servicekit.events import Case, CustomerEvent, Imported, day_of
from servicekit.policy import CaseTiers, ServicePolicy
from servicekit.sla import fold
from servicekit.sla.policy import DueSource
from servicekit.sla.view.case_view import clock_of

if TYPE_CHECKING:
    from servicekit.desk.report import DeskReport
    from servicekit.sla import CaseVerdict, CaseView, ClockView, Outcome


UNDECIDED = frozenset({"running", "paused"})
"""The phases of clocks of which a later look may tell something else."""


class ServiceDesk:
    """A policy at work: cases in, outcomes and a :class:`~servicekit.desk.DeskReport` out.

    ``due="computed"`` takes due moments from the policy; ``due="recorded"`` takes those that another system wrote
    into the case, for the metrics that the policy lists under ``recorded_due``; the others are computed still.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened, Resolved
    >>> from servicekit.policy import ServicePolicy
    >>> policy = ServicePolicy.parse('{name: Hotline, timezone: UTC, sla: {targets: [{resolution: 2h}]}}')
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> case = Case("C-1", (Opened("C-1", nine, {"channel": "phone"}), Resolved("C-1", nine.replace(hour=10))))
    >>> report = ServiceDesk(policy).report([case])
    >>> [(line.metric, line.channel, line.attainment.met) for line in report.lines if line.attainment.met]
    [('resolution', 'phone', 1)]

    Raises:
        PolicyError: the policy has errors, or no ``sla`` section (``desk.no-sla``), or no ``recorded_due`` where
            ``due`` is ``"recorded"`` (``desk.no-recorded-due``).
        TypeError: ``policy`` is not a ServicePolicy.
        ValueError: ``due`` is neither word.
    """

    def __init__(self, policy: ServicePolicy, *, due: DueSource = "computed") -> None:
        _check_arguments(policy, due)
        self.policy, self.due = policy, due
        self.compiled = policy.compile(due=due)
        engine = self.compiled.need_sla()
        if due == "recorded" and not engine.policy.recorded_due:
            hint = "name the fact that holds it, by metric: recorded_due: {resolution: promised_at}"
            message = "the policy does not say where due moments are recorded"
            raise PolicyError([Problem("desk.no-recorded-due", "sla.recorded_due", message, hint=hint)])
        self._engine = engine

    def run(
        self,
        records: Iterable[Imported[Case] | Case],
        *,
        as_of: datetime | None = None,
        customers: Iterable[CustomerEvent] | None = None,
    ) -> DeskRun:
        """Judge the records one after another; the result streams the outcomes and can report at any time.

        ``as_of`` is when open cases are judged; there is no wall clock here. Without it the latest instant in the
        data is taken, which is known only at the end: cases that are still open are then kept until the others are
        done, and come out last. The report names the case that set it and warns (``desk.as-of-from-data``) if
        a verdict rests on it, since one stamp mistyped by a thousand years makes every open case a missed one.

        ``customers`` are what customers bought and did. With them each case has the tier of its customer by the
        policy's programme, at its opening and when it changes; see :class:`~servicekit.policy.CaseTiers`.

        Raises:
            NaiveDatetimeError: ``as_of`` has no time zone.
            PolicyError: there are ``customers``, and the policy has no section ``tiers`` (``policy.no-tiers``).
        """
        if as_of is not None and as_of.tzinfo is None:
            raise NaiveDatetimeError(as_of)
        return DeskRun(self, records, as_of, None if customers is None else self.tiers(customers, as_of))

    def report(
        self,
        records: Iterable[Imported[Case] | Case],
        *,
        as_of: datetime | None = None,
        customers: Iterable[CustomerEvent] | None = None,
    ) -> DeskReport:
        """Judge all records and count the outcomes; see :meth:`run`."""
        run = self.run(records, as_of=as_of, customers=customers)
        for _ in run:
            pass
        return run.report()

    def tiers(self, customers: Iterable[CustomerEvent], as_of: datetime | None) -> CaseTiers:
        """What gives cases the tiers of their customers, of what these did through the day of ``as_of``, or of all.

        Raises:
            PolicyError: the policy has no section ``tiers`` (``policy.no-tiers``).
        """
        engine = self.compiled.need_tiers()
        return CaseTiers(engine, customers, None if as_of is None else day_of(as_of, engine.timezone))

    def judge(self, case: Case, as_of: datetime) -> CaseVerdict:
        """What the policy says of one case as of one instant."""
        return self._engine.judge(case, as_of)

    def view(self, case: Case, as_of: datetime) -> CaseView:
        """One case with its clocks as of one instant: why it was judged as it was."""
        return fold(self._engine, case, as_of)

    def clock_of(self, case: Case, outcome: Outcome, as_of: datetime) -> ClockView:
        """The clock behind an outcome of a case as of one instant."""
        return clock_of(self._engine, case, outcome, as_of)


def _check_arguments(policy: object, due: object) -> None:
    """Untyped callers pass the name of a file, or misspell a word; both would only show much later."""
    if not isinstance(policy, ServicePolicy):
        hint = "ServicePolicy.load(Path(...)) reads one from a file"
        raise TypeError(f"expected a ServicePolicy, not {reprlib.repr(policy)}; {hint}")
    if due not in get_args(DueSource):
        raise ValueError(f"due is one of {', '.join(map(repr, get_args(DueSource)))}, not {due!r}")


class DeskRun:
    """One pass over a set of records: an iterator of outcomes that counts what it gives out.

    >>> from servicekit.policy import ServicePolicy
    >>> policy = ServicePolicy.parse('{name: Hotline, timezone: UTC, sla: {targets: [{resolution: 2h}]}}')
    >>> run = ServiceDesk(policy).run([Imported(left_out="test ticket")])
    >>> list(run), run.report().left_out
    ([], (Counted(what='test ticket', times=1),))
    """

    def __init__(
        self,
        desk: ServiceDesk,
        records: Iterable[Imported[Case] | Case],
        as_of: datetime | None,
        tiers: CaseTiers | None = None,
    ) -> None:
        self._desk, self._records, self._as_of, self._tiers = desk, records, as_of, tiers
        self._latest: Latest | None = None
        self._held: list[Imported[Case]] = []
        self._tally = Tally()
        self._tally.add_groups(() if tiers is None else tiers.problems)
        self._outcomes = self._stream()

    def __iter__(self) -> Iterator[Outcome]:
        return self

    def __next__(self) -> Outcome:
        return next(self._outcomes)

    def report(self) -> DeskReport:
        """The count so far; complete once the iteration has ended."""
        latest = self._latest
        if self._as_of is not None or latest is None:
            return self._tally.report(self._desk.policy, due=self._desk.due, as_of=self._as_of)
        warnings = [latest.assumed()] if self._held else []
        report = self._tally.report(self._desk.policy, due=self._desk.due, as_of=latest.at, besides=warnings)
        return replace(report, as_of_case=latest.record_id)

    def _stream(self) -> Iterator[Outcome]:
        for item in self._records:
            yield from self._take(Imported(item) if isinstance(item, Case) else item)
        for record in self._held:
            yield from self._judged(record, self._latest and self._latest.at)

    def _take(self, record: Imported[Case]) -> Iterator[Outcome]:
        self._tally.arrive(record)
        if record.value is None:
            return
        if self._as_of is not None:
            yield from self._judged(record, self._as_of)
            return
        last = Latest.of(record.value)
        self._latest = later(self._latest, last)
        yield from self._judged(record, last and last.at, hold=True)

    def _judged(self, record: Imported[Case], as_of: datetime | None, *, hold: bool = False) -> Iterator[Outcome]:
        """The outcomes of a case; with ``hold``, one that a later look may decide otherwise is put aside."""
        if record.value is None or as_of is None:
            return
        case, odd = (record.value, ()) if self._tiers is None else self._tiers.with_tier(record.value, as_of)
        verdict = self._desk.judge(case, as_of)
        if hold and any(outcome.phase in UNDECIDED for outcome in verdict.outcomes):
            self._held.append(record)
            return
        self._tally.verdict(record, verdict, odd)
        yield from verdict.outcomes
