"""What customers say: satisfaction, recommendation, effort, and how many of those who were asked answered at all.

Scores are those of answers in which something was marked: a blank is left out as ``unanswered`` and never counts as
zero. Answers on another scale than the metric's are left out as ``other scale``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import model_validator

from servicekit.document import DocumentValueError
from servicekit.kpi.metric import MeanMetric, NetMetric, RatioMetric, StandardMetric, Term, check_scale, lacks, negated
from servicekit.rules import All, Any_, Between, Compare, Exists, Member, where


class _Survey(StandardMetric):
    """What metrics of surveys share."""

    def _answers(
        self, instrument: str, low: Decimal, high: Decimal, marks: tuple[Decimal, ...] = ()
    ) -> dict[str, object]:
        other = [
            All(all=(Exists(field=name, op="exists"), Compare(field=name, op="ne", value=end)))
            for name, end in (("low", low), ("high", high))
        ]
        between = Between(field="score", op="between", low=low, high=high)
        on_scale = Member(field="score", one_of=marks) if marks else between
        return {
            "table": "answer",
            "where": where(instrument=instrument),
            "leave_out": {
                "unanswered": lacks("score"),
                "other scale": Any_(any=tuple(other)),
                "off the scale": negated(on_scale),
            },
            "better": "higher",
        }


class Csat(_Survey):
    """Customer satisfaction: how many are content, or how content they are.

    ``top_box`` counts the best mark, ``top2`` the two best (4 and 5 of 5), ``binary`` the upper half of the scale (good
    of good and bad), ``passed`` the marks from ``pass_from``; ``mean`` is the mean mark and ``mean100`` its place on
    the way from the lowest to the highest. Shares have Wilson's interval, means that of Student's t.

    >>> from servicekit.kpi import Csat, Scorecard
    >>> card = Scorecard(metrics={"csat": Csat(method="top2", low=1, high=5)}).compile()
    >>> card.measure({"answer": [{"instrument": "csat", "score": mark} for mark in (5, 4, 2)]})["csat"].exact
    Fraction(2, 3)
    """

    kind: Literal["csat"] = "csat"
    """Which metric it is."""
    method: Literal["top_box", "top2", "binary", "passed", "mean", "mean100"]
    """What is counted: houses differ."""
    low: Decimal
    """The lowest mark of the scale."""
    high: Decimal
    """The highest mark of the scale."""
    pass_from: Decimal | None = None
    """The least mark with which an answer passes, such as 85 of 100; for ``passed``."""
    instrument: str = "csat"
    """The question that was answered."""

    @model_validator(mode="after")
    def _says_where(self) -> Csat:
        if self.method == "passed" and self.pass_from is None:
            raise DocumentValueError("kpi.missing", "the method passed needs pass_from", "houses differ: say it")
        check_scale(self.low, self.high)
        return self

    def definition(self) -> RatioMetric | MeanMetric:
        """The metric in full."""
        answers = self._answers(self.instrument, self.low, self.high)
        if self.method in ("mean", "mean100"):
            unit = "score" if self.method == "mean" else "share"
            told = self._said(answers, column="score", unit=unit, low=self.low, high=self.high)
            return MeanMetric.model_validate(told)
        middle, best = (self.low + self.high) / 2, self.high
        least = {"top_box": best, "top2": best - 1, "binary": middle, "passed": self.pass_from or 0}[self.method]
        content = Compare(field="score", op="gt" if self.method == "binary" else "ge", value=least)
        return RatioMetric.model_validate(self._said(answers, of=content))


class Nps(_Survey):
    """Net promoter score: the share of 9 and 10 less the share of 0 to 6, in points from -100 to 100 (Reichheld 2003).

    With half marks, promoters give 9 or more and detractors less than 7. The interval is the adjusted Wald interval
    (Rocks 2016), or MOVER.

    >>> from servicekit.kpi import Nps, Scorecard
    >>> card = Scorecard(metrics={"nps": Nps()}).compile()
    >>> card.measure({"answer": [{"instrument": "nps", "score": mark} for mark in (10, 9, 8, 3)]})["nps"].value
    25.0
    """

    kind: Literal["nps"] = "nps"
    """Which metric it is."""
    interval: Literal["adjusted_wald", "mover"] = "adjusted_wald"
    """How the limits are found; ``mover`` is narrower near the ends."""
    half_marks: bool = False
    """Whether half marks are marks; otherwise they are left out as off the scale."""
    instrument: str = "nps"
    """The question that was answered."""

    def definition(self) -> NetMetric:
        """The metric in full."""
        step = Decimal("0.5") if self.half_marks else Decimal(1)
        marks = tuple(place * step for place in range(int(10 / step) + 1))
        answers = self._answers(self.instrument, Decimal(0), Decimal(10), marks)
        bands = {
            "plus": Compare(field="score", op="ge", value=9),
            "minus": Compare(field="score", op="lt", value=7),
        }
        return NetMetric.model_validate(self._said(answers, method=self.interval, **bands))


class Ces(_Survey):
    """Customer effort score: how easy it was, on a scale whose high end is easy.

    ``mean`` is the mean mark, ``agree`` the share of marks from ``easy_from``, ``index`` that share less the share of
    marks up to ``hard_to``, in points. On 1 to 7 (CES 2.0), easy is 5 to 7 for ``agree``, and 6 to 7 against 1 to 3
    for ``index``.

    >>> from servicekit.kpi import Ces, Scorecard
    >>> card = Scorecard(metrics={"ces": Ces(method="index", low=1, high=7, easy_from=6, hard_to=3)}).compile()
    >>> card.measure({"answer": [{"instrument": "ces", "score": mark} for mark in (7, 6, 5, 3)]})["ces"].value
    25.0
    """

    kind: Literal["ces"] = "ces"
    """Which metric it is."""
    method: Literal["mean", "agree", "index"]
    """What is counted: three methods whose numbers cannot be compared."""
    low: Decimal
    """The lowest mark of the scale."""
    high: Decimal
    """The highest mark of the scale."""
    easy_from: Decimal | None = None
    """The least mark that says easy; for ``agree`` and ``index``."""
    hard_to: Decimal | None = None
    """The greatest mark that says hard; for ``index``."""
    instrument: str = "ces"
    """The question that was answered."""

    @model_validator(mode="after")
    def _says_where(self) -> Ces:
        needed = {"agree": ("easy_from",), "index": ("easy_from", "hard_to")}.get(self.method, ())
        for name in needed:
            if getattr(self, name) is None:
                raise DocumentValueError(
                    "kpi.missing", f"the method {self.method} needs {name}", "houses differ: say it"
                )
        check_scale(self.low, self.high)
        if self.method == "index":
            check_scale(self.hard_to, self.easy_from)
        return self

    def definition(self) -> RatioMetric | MeanMetric | NetMetric:
        """The metric in full."""
        answers = self._answers(self.instrument, self.low, self.high)
        if self.method == "mean":
            told = self._said(answers, column="score", unit="score", low=self.low, high=self.high)
            return MeanMetric.model_validate(told)
        easy = Compare(field="score", op="ge", value=self.easy_from or 0)
        if self.method == "agree":
            return RatioMetric.model_validate(self._said(answers, of=easy))
        hard = Compare(field="score", op="le", value=self.hard_to or 0)
        return NetMetric.model_validate(self._said(answers, plus=easy, minus=hard))


class ResponseRate(StandardMetric):
    """How many of those who were asked, and were reached, answered: invitations that were answered by delivered ones.

    Several answers to one invitation count once, and answers without one are not meant; invitations that bounced are
    left out as ``bounced``. The limits are Wilson's. The two are counted in two tables: where more were answered than
    were delivered, which the tables may say, the limits are Garwood's, and may lie above 1.

    >>> from servicekit.kpi import ResponseRate, Scorecard
    >>> card = Scorecard(metrics={"answered": ResponseRate()}).compile()
    >>> asked = [{"invitation_id": "I-1"}, {"invitation_id": "I-2"}, {"invitation_id": "I-3", "bounced": True}]
    >>> card.measure({"invitation": asked, "answer": [{"invitation_id": "I-1"}]})["answered"].exact
    Fraction(1, 2)
    """

    kind: Literal["response_rate"] = "response_rate"
    """Which metric it is."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        reached = Term(table="invitation", where=self.where, leave_out={"bounced": where(bounced=True)})
        answered = {"table": "answer", "where": Exists(field="invitation_id", op="exists"), "distinct": "invitation_id"}
        return RatioMetric.model_validate(self._said(answered, per=reached, better="higher"))
