"""Whatever a user asks for has rows, a table and a form for notebooks; what is public and no answer is named here."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from xml.etree import ElementTree

import pytest

import servicekit
from servicekit.document import Document
from servicekit.layout import Result
from tests.frames.results.made_results import HOSTILE, RESULTS

ROOMS_WITHOUT = {
    "cli",
    "document",
    "errors",
    "events",
    "frames",
    "importers",
    "layout",
    "quantity",
    "stores",
    "testing",
}
ROOMS_WITHOUT |= {"timeline", "vocabulary"}
"""Rooms of documents, records, values and ways in and out: nothing in them answers a question about a service."""

NO_RESULTS = {
    "documents, compiled, and other engines": """
        availability.CompiledAlert availability.CompiledCredits availability.SloEngine availability.UptimeMeter
        calendars.CompiledCalendar desk.DeskRun desk.Intake desk.PointsRun desk.ServiceDesk
        desk.service_period.PeriodReview desk.service_period.UptimeReview
        kpi.ScorecardEngine loyalty.Booking loyalty.BookingRules loyalty.FixedTerms
        loyalty.Ledger loyalty.LoyaltyEngine loyalty.LoyaltyVersion loyalty.MemoryStore policy.CaseTiers
        policy.PolicyEngine rules.DecisionTable rules.FactCache rules.FactCheck segments.CustomerSummaries
        segments.SegmentsEngine sla.Edition sla.SlaEngine tiers.ProgramVersion tiers.TierEngine whatif.ReplayRun""",
    "what is asked, declared or told": """
        availability.Maintenance availability.Outage calendars.DaySource calendars.MonthDay calendars.SpecialDay
        calendars.Window kpi.TableSchema kpi.clv.PurchaseHistories loyalty.AllocatedPrice loyalty.Activate
        loyalty.Adjust loyalty.Capture loyalty.Close loyalty.Earn loyalty.EarnContext loyalty.EarnPurchase
        loyalty.Freeze loyalty.Hold loyalty.Merge loyalty.Pool loyalty.Redeem loyalty.RefundPurchase loyalty.Release
        loyalty.Reschedule loyalty.Reverse loyalty.Seal loyalty.Terms loyalty.Transfer loyalty.Unfreeze
        reports.Disclosure reports.MemberTier reports.PeriodReport reports.ReportWords rules.DeclaredField rules.Match
        segments.TriggerSources sla.ClockId sla.Metric sla.Rung""",
    "one number, with what belongs to it": """
        availability.ErrorBudget availability.Uptime calendars.Explanation kpi.Measurement kpi.clv.BgNbd kpi.clv.Fit
        kpi.clv.GammaGamma kpi.clv.Outlook kpi.clv.ShiftedBetaGeometric loyalty.Balance loyalty.EarnedPoints
        loyalty.RefundedPoints policy.TierPromise segments.RfmScore segments.RfmValues segments.TippingPoint
        sla.Attainment sla.Breach sla.Promise statistics.ErlangA statistics.ErlangC statistics.Estimate
        statistics.Significance tiers.Progress""",
    "one row or part of a result, or a state that is kept": """
        calendars.DayHours calendars.Picture desk.Counted desk.Latest desk.Line
        desk.service_period.BrokenPromise desk.service_period.Carried kpi.State
        kpi.States loyalty.Allocation loyalty.Decision loyalty.Entry loyalty.ExpiringPoints loyalty.Liability
        loyalty.Lot loyalty.PaymentBack loyalty.StatementLine loyalty.Verification rules.ExplainedCondition
        rules.TableAnalysis rules.TableRow segments.CustomerSegment segments.CustomerSummary segments.Outreach
        segments.RankMove segments.RankedNeed segments.ScoreBand sla.BreachDue sla.CaseState sla.CaseVerdict
        sla.ClockCancelled sla.ClockPaused sla.ClockResumed sla.ClockSpan sla.ClockStarted sla.ClockStopped sla.Outcome
        sla.TargetChanged sla.ThresholdDue statistics.ChartPoint statistics.SurvivalStep tiers.TierChange tiers.TierSpan
        tiers.TierState tiers.TierStep whatif.ComparedLine whatif.Flip whatif.PolicyName whatif.SidedProblems
        whatif.TierMove whatif.TierSide whatif.Transitions""",
}


def test_what_is_public_is_a_result_or_named() -> None:
    """A class that a room newly offers becomes a :class:`~servicekit.layout.Result`, or is named above."""
    rooms = [room for room in (*servicekit._ROOMS, "desk.service_period", "kpi.clv") if room not in ROOMS_WITHOUT]
    found = {
        f"{room}.{name}"
        for room in rooms
        for module in [import_module(f"servicekit.{room}")]
        for name in module.__all__
        if inspect.isclass(value := getattr(module, name))
        if value.__module__.startswith(f"servicekit.{room}")
        and not issubclass(value, Document | BaseException | Result)
    }
    named = [name for names in NO_RESULTS.values() for name in names.split()]
    assert found == set(named)
    assert len(named) == len(set(named))


def test_every_result_is_tried() -> None:
    for module in pkgutil.walk_packages(servicekit.__path__, "servicekit."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    ours = {each.__name__ for each in Result.__subclasses__() if each.__module__.startswith("servicekit.")}
    assert ours == set(RESULTS)


@pytest.mark.parametrize("name", RESULTS)
def test_all_rows_of_a_result_have_the_same_columns(name: str) -> None:
    first, *others = RESULTS[name]().rows()
    assert all(list(row) == list(first) for row in others)


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_shown_as_text_as_markdown_and_as_html(name: str) -> None:
    made = RESULTS[name]()
    shown = made._repr_mimebundle_()
    assert shown["text/plain"] == str(made) != repr(made)
    assert shown["text/plain"]
    assert "|--" in shown["text/markdown"]
    page = ElementTree.fromstring(shown["text/html"])
    assert page.tag.rpartition("}")[2] in {"div", "svg", "table"}
    assert {each.tag.rpartition("}")[2] for each in page.iter()}.isdisjoint({"script", "link", "img", "font"})
    outside = [
        each for each in ("url(", "http:", "https:", "@import") if each in without_namespaces(shown["text/html"])
    ]
    assert outside == []


def without_namespaces(page: str) -> str:
    return page.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize("name", RESULTS)
def test_a_text_of_a_user_stays_a_text(name: str) -> None:
    shown = RESULTS[name]()._repr_mimebundle_()
    assert HOSTILE not in shown["text/html"]
    assert "<script" not in shown["text/markdown"].replace("\\<", "")
