"""How soon and how well cases are dealt with: responses, resolutions, repeats, promises kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from annotated_types import Interval

from servicekit.kpi.metric import (
    DurationMetric,
    QuantileMetric,
    RatioMetric,
    StandardMetric,
    SumMetric,
    Term,
    WindowField,
    WithinMetric,
    negated,
)
from servicekit.rules import All, Any_, Compare, ConditionField, Exists, where
from servicekit.sla.attainment import KEPT, UNCOUNTED, Convention

_Quantile: TypeAlias = Annotated[Decimal, Interval(gt=0, lt=1)]
_ANSWERED = where(outcome="answered")
_ONCE = Compare(field="reopenings", op="eq", value=0)


def _known(column: str) -> Exists:
    return Exists(field=column, op="exists")


class FirstResponse(StandardMetric):
    """How long a customer waits for the first word of a person, in public; that of a bot does not count.

    Cases without one yet count as long as they have waited, cancelled ones until they were cancelled. It counts from
    the first word of the customer in the case, not from a reopening: waits after it are those of :class:`NextResponse`.
    A case in which no customer has asked is left out as ``not started``. The quantile is that of Kaplan and Meier, with
    Greenwood's limits.

    >>> from datetime import UTC, datetime, timedelta
    >>> from servicekit.kpi import FirstResponse, Scorecard
    >>> nine, minute = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(minutes=1)
    >>> cases = [{"asked_at": nine, "first_response_at": nine + n * minute} for n in (2, 5, 30)]
    >>> card = Scorecard(metrics={"frt": FirstResponse(q="0.5", clock="wall")}).compile()
    >>> timedelta(microseconds=card.measure({"case": cases}, as_of=nine + 60 * minute)["frt"].value)
    datetime.timedelta(seconds=300)
    """

    kind: Literal["first_response"] = "first_response"
    """Which metric it is."""
    q: _Quantile
    """Which quantile, such as 0.5 for the median."""
    clock: str
    """``wall``, or the calendar whose open time counts."""

    def definition(self) -> DurationMetric:
        """The metric in full."""
        case = {"table": "case", "start": "asked_at", "end": "first_response_at", "until": "cancelled_at"}
        return DurationMetric.model_validate(self._said(case, q=self.q, clock=self.clock, better="lower"))


class NextResponse(StandardMetric):
    """How long a customer waits for an answer, each time: the running time of the promise ``next_response``.

    Waits that are not over are left out as ``open``, those that a cancellation ended as ``cancelled``. The limits are
    those of order statistics.

    >>> from servicekit.kpi import NextResponse, Scorecard
    >>> told = {"metric": "next_response", "outcome": "met"}
    >>> waits = [{**told, "elapsed_us": minutes * 60_000_000} for minutes in (1, 2, 4)]
    >>> card = Scorecard(metrics={"next": NextResponse(q="0.5", method="linear")}).compile()
    >>> card.measure({"outcome": waits})["next"].value / 60_000_000
    2.0
    """

    kind: Literal["next_response"] = "next_response"
    """Which metric it is."""
    q: _Quantile
    """Which quantile, such as 0.9."""
    method: Literal["linear", "nearest_rank"]
    """How it is read between two values."""

    def definition(self) -> QuantileMetric:
        """The metric in full."""
        waits = {
            "table": "outcome",
            "where": where(metric="next_response"),
            "leave_out": {name: where(outcome=name) for name in ("open", "cancelled")},
        }
        told = self._said(waits, column="elapsed_us", q=self.q, method=self.method, unit="duration", better="lower")
        return QuantileMetric.model_validate(told)


class ResolutionTime(StandardMetric):
    """How long it takes from the opening to the resolution; open cases count as long as they have lasted.

    Cancelled cases are left out. The quantile is that of Kaplan and Meier, with Greenwood's limits; it is ``None``
    where too few are resolved to tell.

    >>> from datetime import UTC, datetime, timedelta
    >>> from servicekit.kpi import ResolutionTime, Scorecard
    >>> nine, hour = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(hours=1)
    >>> cases = [{"opened_at": nine, "resolved_at": nine + n * hour} for n in (1, 2)] + [{"opened_at": nine}]
    >>> card = Scorecard(metrics={"half": ResolutionTime(q="0.5", clock="wall", reading="last")}).compile()
    >>> timedelta(microseconds=card.measure({"case": cases}, as_of=nine + 8 * hour)["half"].value)
    datetime.timedelta(seconds=7200)
    """

    kind: Literal["resolution_time"] = "resolution_time"
    """Which metric it is."""
    q: _Quantile
    """Which quantile, such as 0.5 for the median."""
    clock: str
    """``wall``, or the calendar whose open time counts."""
    reading: Literal["first", "last"]
    """Which resolution ends it, where a case was reopened."""

    def definition(self) -> DurationMetric:
        """The metric in full."""
        end = "first_resolved_at" if self.reading == "first" else "resolved_at"
        case = {"table": "case", "start": "opened_at", "end": end, "leave_out": {"cancelled": _known("cancelled_at")}}
        return DurationMetric.model_validate(self._said(case, q=self.q, clock=self.clock, better="lower"))


class FirstContactResolution(StandardMetric):
    """How many contacts or cases settled the matter: the same customer did not come back in time (FCR).

    By contact, each one that was answered counts, and only the last of a chain settles it; by episode, a chain of
    contacts, answered or not, counts once, and is settled where it is a single one that was answered. What is younger
    than the window is left out as ``immature``, what has no customer as ``nobody``. A case must be resolved, and never
    reopened, besides.

    >>> from datetime import UTC, datetime, timedelta
    >>> from servicekit.kpi import FirstContactResolution, Scorecard
    >>> nine, day = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
    >>> calls = [("m-1", 0), ("m-1", 3), ("m-2", 0)]
    >>> rows = [{"customer_id": who, "at": nine + n * day, "outcome": "answered"} for who, n in calls]
    >>> fcr = FirstContactResolution(of="contact", by="customer", within="7d", per="contact")
    >>> Scorecard(metrics={"fcr": fcr}).compile().measure({"contact": rows}, as_of=nine + 30 * day)["fcr"].exact
    Fraction(2, 3)
    """

    kind: Literal["first_contact_resolution"] = "first_contact_resolution"
    """Which metric it is."""
    of: Literal["contact", "case"]
    """What is looked at: contacts that were answered, or cases."""
    by: Literal["customer", "customer_and_issue"]
    """What makes a repeat: the same customer, or the same customer with the same type of issue."""
    within: WindowField
    """How long afterwards a repeat counts, such as ``7d``; exactly so long counts."""
    per: Literal["contact", "episode"]
    """What is counted."""

    def definition(self) -> WithinMetric:
        """The metric in full."""
        key = ("customer_id",) if self.by == "customer" else ("customer_id", "issue_type")
        rows: dict[str, object]
        settled: dict[str, object]
        if self.of == "case":
            rows, settled = {"table": "case"}, {"at": "opened_at", "of": All(all=(_known("resolved_at"), _ONCE))}
        elif self.per == "contact":
            rows, settled = {"table": "contact", "where": _ANSWERED}, {"at": "at"}
        else:
            rows, settled = {"table": "contact"}, {"at": "at", "of": _ANSWERED}
        per = "row" if self.per == "contact" else "episode"
        told = self._said(rows, key=key, within=self.within, counts="not_followed", per=per, better="higher", **settled)
        return WithinMetric.model_validate(told)


class ResolutionRate(StandardMetric):
    """How many cases are resolved: of those opened (``cohort``), or for each one opened meanwhile (``flow``).

    A cohort has Wilson's limits; a flow may be above 1, and has those of Garwood.

    >>> from datetime import UTC, datetime
    >>> from servicekit.kpi import ResolutionRate, Scorecard
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> cases = [{"opened_at": nine, "resolved_at": nine}, {"opened_at": nine}, {"opened_at": nine}]
    >>> Scorecard(metrics={"done": ResolutionRate(view="cohort")}).compile().measure({"case": cases})["done"].exact
    Fraction(1, 3)
    """

    kind: Literal["resolution_rate"] = "resolution_rate"
    """Which metric it is."""
    view: Literal["cohort", "flow"]
    """Whether a period looks at the cases that were opened in it, or at what was opened and resolved in it."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        if self.view == "cohort":
            return RatioMetric.model_validate(self._said({"table": "case"}, of=_known("resolved_at"), better="higher"))
        resolved = {"table": "case", "where": _known("resolved_at"), "at": "resolved_at"}
        told = self._said(resolved, per=Term(table="case", where=self.where), unit="rate", better="higher")
        return RatioMetric.model_validate(told)


class OpenCases(StandardMetric):
    """How many cases are open at the moment of the report: the backlog, counted in full and without limits.

    By period it tells of those opened in it how many are open now, and so how old they are. What was open at the end
    of each period tells :class:`Backlog`.

    >>> from datetime import UTC, datetime
    >>> from servicekit.kpi import OpenCases, Scorecard
    >>> cases = [{"case_id": "C-1"}, {"case_id": "C-2", "resolved_at": datetime(2026, 1, 5, 9, tzinfo=UTC)}]
    >>> Scorecard(metrics={"open": OpenCases()}).compile().measure({"case": cases})["open"].exact
    Fraction(1, 1)
    """

    kind: Literal["open_cases"] = "open_cases"
    """Which metric it is."""

    def definition(self) -> SumMetric:
        """The metric in full."""
        done = Any_(any=(_known("resolved_at"), _known("cancelled_at")))
        is_open = {"table": "case", "where": negated(done)}
        return SumMetric.model_validate(self._said(is_open, better="lower"))


class ReopenRate(StandardMetric):
    """How many of the cases that were ever resolved were reopened, however often.

    >>> from datetime import UTC, datetime
    >>> from servicekit.kpi import ReopenRate, Scorecard
    >>> cases = [{"first_resolved_at": datetime(2026, 1, 5, 9, tzinfo=UTC), "reopenings": times} for times in (0, 0, 2)]
    >>> Scorecard(metrics={"again": ReopenRate()}).compile().measure({"case": cases})["again"].exact
    Fraction(1, 3)
    """

    kind: Literal["reopen_rate"] = "reopen_rate"
    """Which metric it is."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        resolved = {"table": "case", "where": _known("first_resolved_at")}
        again = Compare(field="reopenings", op="ge", value=1)
        return RatioMetric.model_validate(self._said(resolved, of=again, better="lower"))


class TransferRate(StandardMetric):
    """How many contacts or cases were handed on to another agent or team, however often.

    >>> from servicekit.kpi import Scorecard, TransferRate
    >>> cases = [{"transfers": times} for times in (0, 0, 0, 2)]
    >>> Scorecard(metrics={"on": TransferRate(of="case")}).compile().measure({"case": cases})["on"].exact
    Fraction(1, 4)
    """

    kind: Literal["transfer_rate"] = "transfer_rate"
    """Which metric it is."""
    of: Literal["contact", "case"]
    """What is looked at: contacts that were answered, or cases."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        rows = {"table": "case"} if self.of == "case" else {"table": "contact", "where": _ANSWERED}
        on = Compare(field="transfers", op="ge", value=1)
        return RatioMetric.model_validate(self._said(rows, of=on, better="lower"))


class EscalationRate(StandardMetric):
    """How many cases were escalated; what escalation is, the house says.

    >>> from servicekit.kpi import EscalationRate, Scorecard
    >>> cases = [{"priority": "urgent"}, {"priority": "normal"}]
    >>> card = Scorecard(metrics={"up": EscalationRate(of=where(priority="urgent"))}).compile()
    >>> card.measure({"case": cases})["up"].exact
    Fraction(1, 2)
    """

    kind: Literal["escalation_rate"] = "escalation_rate"
    """Which metric it is."""
    of: ConditionField
    """What a case satisfies that was escalated."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        return RatioMetric.model_validate(self._said({"table": "case"}, of=self.of, better="lower"))


class PromisesKept(StandardMetric):
    """Attainment of a promise, by one of the conventions of :meth:`servicekit.sla.Attainment.ratio`.

    >>> from servicekit.kpi import PromisesKept, Scorecard
    >>> rows = [{"metric": "resolution", "outcome": each} for each in ("met", "met_late", "missed", "open")]
    >>> kept = PromisesKept(metric="resolution", convention="stopped")
    >>> Scorecard(metrics={"kept": kept}).compile().measure({"outcome": rows})["kept"].exact
    Fraction(1, 2)
    """

    kind: Literal["promises_kept"] = "promises_kept"
    """Which metric it is."""
    metric: str
    """The promise, such as ``resolution``."""
    convention: Convention
    """Which outcomes stand below the line."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        outcomes = {name.replace("_", " "): where(outcome=name) for name in UNCOUNTED[self.convention]}
        rows = {"table": "outcome", "where": where(metric=self.metric), "leave_out": outcomes}
        return RatioMetric.model_validate(self._said(rows, of=where(outcome=KEPT), better="higher"))
