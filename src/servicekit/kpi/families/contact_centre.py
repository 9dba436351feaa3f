"""What queues tell: service level, speed of answer, handling time, abandonment, occupancy, deflection.

A contact that asked for a callback left the queue and did not give up; one that flowed out was handed on. Both are left
out of the service level, by name, unless the variant counts flow-outs.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Interval, MinLen
from pydantic import model_validator

from servicekit.document import DocumentValueError
from servicekit.kpi.metric import (
    DurationMetric,
    MeanMetric,
    Population,
    RatioMetric,
    StandardMetric,
    Term,
    WindowField,
    WithinMetric,
    lacks,
    negated,
    whole_us,
)
from servicekit.rules import All, Any_, Compare, Condition, where

_ANSWERED, _ABANDONED = where(outcome="answered"), where(outcome="abandoned")
_CALLBACK, _FLOWED_OUT = where(outcome="callback"), where(outcome="flowed_out")


_KINDS = ("answered", "abandoned", "callback", "flowed_out")


def _unrecorded(*columns: str) -> dict[str, Condition]:
    """Rows that lack one of some columns, so that sums above and below a line are of the same rows."""
    return {"missing": Any_(any=tuple(map(lacks, columns)))}


def _waited(at_most: timedelta) -> Compare:
    return Compare(field="wait_us", op="le", value=whole_us(at_most))


class ServiceLevel(StandardMetric):
    """How many contacts were answered within some seconds, by one of eight conventions that differ by points.

    ``abandoned_in_counts_as_met``: (answered + abandoned, within) / (answered + abandoned). ``answered_only`` and
    ``genesys_no_abandons``: answered within / answered. ``all_abandons_count_against``: answered within / (answered +
    abandoned). ``abandons_within_threshold_ignored``: answered within / (answered + abandoned later).
    ``short_abandons_count_as_met``: (answered within + short abandons) / (answered + abandoned).
    ``short_abandons_removed``: answered within / (answered + abandoned, not short). ``genesys_flowouts``: answered
    within / (answered + abandoned + flowed out). Sources: ICMI 2002; Genesys Cloud, service level calculation.
    A contact whose wait is asked for and not recorded is left out as ``missing``, one without an outcome as
    ``no outcome``.

    >>> from servicekit.kpi import Scorecard, ServiceLevel
    >>> calls = [{"outcome": "answered", "wait_us": seconds * 1_000_000} for seconds in (5, 20, 21)]
    >>> card = Scorecard(metrics={"level": ServiceLevel(within="20s", variant="answered_only")}).compile()
    >>> card.measure({"contact": calls})["level"].exact
    Fraction(2, 3)

    Raises:
        DocumentValueError: the variant needs ``short``, and it is not said (code ``kpi.missing``).
    """

    kind: Literal["service_level"] = "service_level"
    """Which metric it is."""
    within: WindowField
    """How long a customer may wait; exactly so long is in time."""
    variant: Literal[
        "abandoned_in_counts_as_met",
        "answered_only",
        "all_abandons_count_against",
        "abandons_within_threshold_ignored",
        "short_abandons_count_as_met",
        "short_abandons_removed",
        "genesys_no_abandons",
        "genesys_flowouts",
    ]
    """Which contacts stand below the line, and which above it."""
    short: WindowField | None = None
    """How long a customer waits at most who gives up so soon that nobody could have answered."""

    @model_validator(mode="after")
    def _says_short(self) -> ServiceLevel:
        if self.short is None and self.variant.startswith("short"):
            raise DocumentValueError("kpi.missing", f"{self.variant} needs short", "say how long, such as 5s")
        return self

    def definition(self) -> RatioMetric:
        """The metric in full."""
        in_time = _waited(self.within)
        is_short = All(all=(_ABANDONED, _waited(self.short))) if self.short is not None else None
        asked = _ANSWERED if self.variant in _ASK_ANSWERED else where(outcome=["answered", "abandoned"])
        left_out: dict[str, Condition] = {"no outcome": negated(where(outcome=_KINDS)), "callback": _CALLBACK}
        met: Condition = All(all=(_ANSWERED, in_time))
        if self.variant != "genesys_flowouts":
            left_out["flowed out"] = _FLOWED_OUT
        match self.variant:
            case "abandoned_in_counts_as_met":
                met = All(all=(where(outcome=["answered", "abandoned"]), in_time))
            case "answered_only" | "genesys_no_abandons":
                left_out["abandoned"] = _ABANDONED
            case "abandons_within_threshold_ignored":
                left_out["abandoned in time"] = All(all=(_ABANDONED, in_time))
            case "short_abandons_count_as_met" if is_short is not None:
                met = Any_(any=(met, is_short))
            case "short_abandons_removed" if is_short is not None:
                left_out["short abandons"] = is_short
        left_out["missing"] = All(all=(asked, lacks("wait_us")))
        return RatioMetric.model_validate(
            self._said({"table": "contact", "leave_out": left_out}, of=met, better="higher")
        )


_ASK_ANSWERED = ("answered_only", "genesys_no_abandons", "all_abandons_count_against", "genesys_flowouts")
"""The variants that ask how long those waited who were answered, and nobody else."""


class AnswerSpeed(StandardMetric):
    """Average speed of answer (ASA): the mean wait of the contacts that were answered.

    Its limits are those of Student's t. A contact whose wait is not recorded is left out as ``missing``.

    >>> from servicekit.kpi import AnswerSpeed, Scorecard
    >>> calls = [{"outcome": "answered", "wait_us": seconds * 1_000_000} for seconds in (5, 15)]
    >>> Scorecard(metrics={"asa": AnswerSpeed()}).compile().measure({"contact": calls})["asa"].value / 1_000_000
    10.0
    """

    kind: Literal["answer_speed"] = "answer_speed"
    """Which metric it is."""

    def definition(self) -> MeanMetric:
        """The metric in full."""
        answered = {"table": "contact", "where": _ANSWERED}
        return MeanMetric.model_validate(self._said(answered, column="wait_us", unit="duration", better="lower"))


class HandlingTime(StandardMetric):
    """Average handling time (AHT): talk, hold and wrap of the contacts that were answered, by contact or by leg.

    By contact its limits are those of Student's t; by leg, which divides two sums, it has none. A contact whose times
    are not recorded is left out as ``missing``.

    >>> from servicekit.kpi import HandlingTime, Scorecard
    >>> calls = [{"outcome": "answered", "handled_us": each, "answered_legs": legs} for each, legs in ((4, 1), (8, 2))]
    >>> card = Scorecard(metrics={each: HandlingTime(per=each) for each in ("contact", "leg")}).compile()
    >>> [each.value for each in card.measure({"contact": calls})]
    [6.0, 4.0]
    """

    kind: Literal["handling_time"] = "handling_time"
    """Which metric it is."""
    per: Literal["contact", "leg"]
    """What it is divided by: a contact that was transferred once has two legs."""

    def definition(self) -> MeanMetric | RatioMetric:
        """The metric in full."""
        answered: dict[str, object] = {"table": "contact", "where": _ANSWERED}
        if self.per == "leg":
            answered["leave_out"] = _unrecorded("handled_us", "answered_legs")
        told = self._said(answered, column="handled_us", unit="duration", better="lower")
        if self.per == "contact":
            return MeanMetric.model_validate(told)
        legs = answered | {"where": told["where"], "columns": ("answered_legs",)}
        return RatioMetric.model_validate(told | {"per": legs})


class Abandonment(StandardMetric):
    """How many of the contacts that were offered gave up; those that gave up at once may be left out on both sides.

    Every contact was offered, also one that asked for a callback or flowed out; one without an outcome is left out as
    ``no outcome``. The limits are Wilson's.

    >>> from servicekit.kpi import Abandonment, Scorecard
    >>> calls = [{"outcome": "answered"}, {"outcome": "answered"}, {"outcome": "abandoned"}]
    >>> Scorecard(metrics={"lost": Abandonment(short=None)}).compile().measure({"contact": calls})["lost"].exact
    Fraction(1, 3)
    """

    kind: Literal["abandonment"] = "abandonment"
    """Which metric it is."""
    short: WindowField | None
    """How long a customer waits at most who gives up so soon that it does not count; ``null`` counts all."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        left_out: dict[str, Condition] = {"no outcome": negated(where(outcome=_KINDS))}
        if self.short is not None:
            left_out["short abandons"] = All(all=(_ABANDONED, _waited(self.short)))
        offered = {"table": "contact", "leave_out": left_out}
        return RatioMetric.model_validate(self._said(offered, of=_ABANDONED, better="lower"))


class Patience(StandardMetric):
    """How long customers are ready to wait: those who were answered would have waited longer, nobody knows how long.

    The quantile is read off the curve of Kaplan and Meier, with Greenwood's limits; it is ``None`` where the curve does
    not come down so far.

    >>> from servicekit.kpi import Patience, Scorecard
    >>> calls = [{"outcome": "abandoned", "wait_us": 10}, {"outcome": "answered", "wait_us": 20}]
    >>> Scorecard(metrics={"half": Patience(q="0.5")}).compile().measure({"contact": calls})["half"].value
    10.0
    """

    kind: Literal["patience"] = "patience"
    """Which metric it is."""
    q: Annotated[Decimal, Interval(gt=0, lt=1)]
    """Which quantile, such as 0.5 for the median."""

    def definition(self) -> DurationMetric:
        """The metric in full."""
        waits = {"table": "contact", "where": where(outcome=["answered", "abandoned"])}
        return DurationMetric.model_validate(self._said(waits, length="wait_us", ended=_ABANDONED, q=self.q))


class Occupancy(StandardMetric):
    """How much of the time in which agents could have handled contacts they did: handling by handling and idle.

    It divides two sums and has no limits. A row that lacks one of the two times is left out as ``missing``.

    >>> from servicekit.kpi import Occupancy, Scorecard
    >>> work = [{"handling_us": 5, "idle_us": 1}]
    >>> Scorecard(metrics={"busy": Occupancy()}).compile().measure({"work": work})["busy"].exact
    Fraction(5, 6)
    """

    kind: Literal["occupancy"] = "occupancy"
    """Which metric it is."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        columns = ("handling_us", "idle_us")
        rows = {"table": "work", "leave_out": _unrecorded(*columns)}
        per = Term.model_validate({**rows, "where": self.where, "columns": columns})
        return RatioMetric.model_validate(self._said(rows, column="handling_us", per=per))


class Utilisation(StandardMetric):
    """How much of the paid time of agents went into contacts; ICMI and others use both words the other way round.

    It divides two sums and has no limits. A row that lacks one of the two times is left out as ``missing``.

    >>> from servicekit.kpi import Scorecard, Utilisation
    >>> work = [{"handling_us": 5, "paid_us": 8}]
    >>> Scorecard(metrics={"used": Utilisation()}).compile().measure({"work": work})["used"].exact
    Fraction(5, 8)
    """

    kind: Literal["utilisation"] = "utilisation"
    """Which metric it is."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        rows = {"table": "work", "leave_out": _unrecorded("handling_us", "paid_us")}
        per = Term.model_validate({**rows, "where": self.where, "columns": ("paid_us",)})
        return RatioMetric.model_validate(self._said(rows, column="handling_us", per=per))


class Deflection(StandardMetric):
    """How many contacts with self-service were not followed by one with a person, of the same customer, in time.

    What is younger than the window is left out as ``immature``, what has no customer as ``nobody``. The limits are
    Wilson's.

    >>> from datetime import UTC, datetime
    >>> from servicekit.kpi import Deflection, Scorecard
    >>> calls = [("m-1", "bot", 9), ("m-1", "phone", 10), ("m-2", "bot", 9)]
    >>> rows = [{"customer_id": a, "channel": b, "at": datetime(2026, 1, 5, c, tzinfo=UTC)} for a, b, c in calls]
    >>> card = Scorecard(metrics={"alone": Deflection(self_service=("bot",), within="1d")}).compile()
    >>> card.measure({"contact": rows}, as_of=datetime(2026, 2, 1, tzinfo=UTC))["alone"].exact
    Fraction(1, 2)
    """

    kind: Literal["deflection"] = "deflection"
    """Which metric it is."""
    self_service: Annotated[tuple[str, ...], MinLen(1)]
    """The channels in which customers help themselves."""
    within: WindowField
    """How long after it a contact with a person still counts against it."""

    def definition(self) -> WithinMetric:
        """The metric in full."""
        alone = where(channel=self.self_service)
        return WithinMetric.model_validate(
            self._said(
                {"table": "contact", "where": alone},
                at="at",
                key=("customer_id",),
                within=self.within,
                follower=Population(table="contact", where=negated(alone)),
                counts="not_followed",
                better="higher",
            )
        )


class SelfService(StandardMetric):
    """How many contacts came by the channels in which customers help themselves.

    >>> from servicekit.kpi import Scorecard, SelfService
    >>> card = Scorecard(metrics={"alone": SelfService(self_service=("bot",))}).compile()
    >>> card.measure({"contact": [{"channel": each} for each in ("bot", "phone", "chat")]})["alone"].exact
    Fraction(1, 3)
    """

    kind: Literal["self_service"] = "self_service"
    """Which metric it is."""
    self_service: Annotated[tuple[str, ...], MinLen(1)]
    """The channels in which customers help themselves."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        return RatioMetric.model_validate(self._said({"table": "contact"}, of=where(channel=self.self_service)))
