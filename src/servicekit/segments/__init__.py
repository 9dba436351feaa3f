"""Segments: who our customers are by what they do and by what they need, and whom to contact when.

What lives here. The section of a policy as one document (:class:`SegmentsPolicy`, ``policy.py``, its faults in
``policy_check.py``) and its engine (:class:`SegmentsEngine`, ``segments_engine.py``): ``fold`` places every customer on
a day (:class:`SegmentRun`, ``segment_run.py``), ``plan`` lists whom the triggers name in a period. The parts stand
alone, too: what is known of a customer (:func:`summarise`, ``customer_summary.py``); scores (:func:`score_rfm`,
``rfm.py``, by the ranks of ``rank_scores.py``); the life cycle (:func:`life_cycle_state`, ``lifecycle.py``); named
segments (:data:`STANDARD_SEGMENTS`, ``named_segments.py``); offers and the lists made of them (:class:`Outreach`,
``outreach.py``); needs and their ranking (:func:`rank_needs`, ``needs.py``); triggers (``triggers/``).

It may import ``events``, ``rules``, ``timeline``, ``quantity`` and below; it knows no other subject: the last day of a
tier comes in as a day of renewal. To add a way to score ties, see ``rank_scores.py``; to add a trigger, see
``triggers/``; to add a fact that conditions may test, add it to ``named_segments.py``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names

if TYPE_CHECKING:
    from servicekit.segments.customer_summary import CustomerSummaries, CustomerSummary, summarise
    from servicekit.segments.lifecycle import LifeCycle, LifeCycleState, life_cycle_state
    from servicekit.segments.named_segments import STANDARD_SEGMENTS
    from servicekit.segments.needs import (
        NeedsRanking,
        RankedNeed,
        RankMove,
        TippingPoint,
        rank_moves,
        rank_needs,
        tipping_point,
    )
    from servicekit.segments.outreach import Outreach, ReactivationRow
    from servicekit.segments.policy import SegmentsPolicy
    from servicekit.segments.rfm import (
        RfmEdges,
        RfmScore,
        RfmScoring,
        RfmTable,
        RfmValues,
        ScoreBand,
        rfm_values,
        score_rfm,
    )
    from servicekit.segments.segment_run import CustomerSegment, SegmentRun
    from servicekit.segments.segments_engine import OutreachPlan, SegmentsEngine, TriggerSources
    from servicekit.segments.triggers.trigger import (
        AnniversaryTrigger,
        BirthdayTrigger,
        ProblemsTrigger,
        RenewalTrigger,
        SilenceTrigger,
    )

__all__ = [
    "STANDARD_SEGMENTS",
    "AnniversaryTrigger",
    "BirthdayTrigger",
    "CustomerSegment",
    "CustomerSummaries",
    "CustomerSummary",
    "LifeCycle",
    "LifeCycleState",
    "NeedsRanking",
    "Outreach",
    "OutreachPlan",
    "ProblemsTrigger",
    "RankMove",
    "RankedNeed",
    "ReactivationRow",
    "RenewalTrigger",
    "RfmEdges",
    "RfmScore",
    "RfmScoring",
    "RfmTable",
    "RfmValues",
    "ScoreBand",
    "SegmentRun",
    "SegmentsEngine",
    "SegmentsPolicy",
    "SilenceTrigger",
    "TippingPoint",
    "TriggerSources",
    "life_cycle_state",
    "rank_moves",
    "rank_needs",
    "rfm_values",
    "score_rfm",
    "summarise",
    "tipping_point",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "customer_summary": "CustomerSummaries CustomerSummary summarise",
            "lifecycle": "LifeCycle LifeCycleState life_cycle_state",
            "named_segments": "STANDARD_SEGMENTS",
            "needs": "NeedsRanking RankMove RankedNeed TippingPoint rank_moves rank_needs tipping_point",
            "outreach": "Outreach ReactivationRow",
            "policy": "SegmentsPolicy",
            "rfm": "RfmEdges RfmScore RfmScoring RfmTable RfmValues ScoreBand rfm_values score_rfm",
            "segment_run": "CustomerSegment SegmentRun",
            "segments_engine": "OutreachPlan SegmentsEngine TriggerSources",
            "triggers.trigger": ("AnniversaryTrigger BirthdayTrigger ProblemsTrigger RenewalTrigger SilenceTrigger"),
        },
    )
