"""How well agents work, by those who listen in or examine them."""

from __future__ import annotations

from typing import Literal

from servicekit.kpi.metric import MeanMetric, RatioMetric, StandardMetric, Term, lacks
from servicekit.rules import where


class QualityScore(StandardMetric):
    """The mean score of evaluations by a form; those without a score are left out.

    What a rubric makes of marks, and of a critical failure, is in the score already. The limits are those of
    Student's t.

    >>> from servicekit.kpi import QualityScore, Scorecard
    >>> judged = [{"form": "calls", "score": score} for score in (90, 70, None)]
    >>> card = Scorecard(metrics={"score": QualityScore(form="calls")}).compile()
    >>> card.measure({"evaluation": judged})["score"].value
    80.0
    """

    kind: Literal["quality_score"] = "quality_score"
    """Which metric it is."""
    form: str
    """The form by which contacts are judged."""

    def definition(self) -> MeanMetric:
        """The metric in full."""
        by_form = {"table": "evaluation", "where": where(form=self.form)}
        return MeanMetric.model_validate(self._said(by_form, column="score", unit="score", better="higher"))


class QualityCoverage(StandardMetric):
    """How many contacts were judged, of all that were answered.

    A contact that is judged twice counts once, and one that was not answered counts above the line. The limits are
    Wilson's, or Garwood's where more were judged than answered; then they may lie above 1.

    >>> from servicekit.kpi import QualityCoverage, Scorecard
    >>> judged, calls = [{"form": "calls", "contact_id": "K-1"}], [{"outcome": "answered"}] * 10
    >>> card = Scorecard(metrics={"seen": QualityCoverage(form="calls")}).compile()
    >>> card.measure({"evaluation": judged, "contact": calls})["seen"].exact
    Fraction(1, 10)
    """

    kind: Literal["quality_coverage"] = "quality_coverage"
    """Which metric it is."""
    form: str
    """The form by which contacts are judged."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        answered = Term(table="contact", where=self._meant(where(outcome="answered")))
        judged = {"table": "evaluation", "where": where(form=self.form), "distinct": "contact_id"}
        unknown = {"of no contact": lacks("contact_id")}
        told = self._said(judged | {"leave_out": unknown}, per=answered, better="higher")
        return RatioMetric.model_validate(told)


class TrainingPass(StandardMetric):
    """How many of those who took the test at the end of a course passed it.

    >>> from servicekit.kpi import Scorecard, TrainingPass
    >>> taken = [{"form": "course", "passed": passed} for passed in (True, True, False)]
    >>> card = Scorecard(metrics={"passed": TrainingPass(form="course")}).compile()
    >>> card.measure({"evaluation": taken})["passed"].exact
    Fraction(2, 3)
    """

    kind: Literal["training_pass"] = "training_pass"
    """Which metric it is."""
    form: str
    """The form of the test."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        taken = {"table": "evaluation", "where": where(form=self.form)}
        unknown = {"no verdict": lacks("passed")}
        return RatioMetric.model_validate(
            self._said(taken | {"leave_out": unknown}, of=where(passed=True), better="higher")
        )
