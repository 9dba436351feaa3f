"""What a service costs and keeps: complaints, cost, repeat purchases, work for each agent and day."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import MinLen

from servicekit.kpi.metric import RatioMetric, StandardMetric, Term, WindowField, WithinMetric
from servicekit.rules import Exists, where


class ComplaintRate(StandardMetric):
    """How many complaints there are: of all cases, or for every 1,000 orders; two numbers that cannot be compared.

    Of cases the limits are Wilson's, of orders Garwood's.

    >>> from servicekit.kpi import ComplaintRate, Scorecard
    >>> cases, orders = [{"issue_type": "complaint"}, {"issue_type": "question"}], [{"customer_id": "m-1"}] * 200
    >>> rates = {per: ComplaintRate(issue_types=("complaint",), per=per) for per in ("cases", "orders")}
    >>> [each.value for each in Scorecard(metrics=rates).compile().measure({"case": cases, "purchase": orders})]
    [0.5, 5.0]
    """

    kind: Literal["complaint_rate"] = "complaint_rate"
    """Which metric it is."""
    issue_types: Annotated[tuple[str, ...], MinLen(1)]
    """The types of issue that are complaints."""
    per: Literal["cases", "orders"]
    """What stands below the line."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        complaints = where(issue_type=self.issue_types)
        if self.per == "cases":
            return RatioMetric.model_validate(self._said({"table": "case"}, of=complaints, better="lower"))
        orders = Term(table="purchase", where=self.where)
        told = self._said({"table": "case"}, of=complaints, per=orders, scale=1000, unit="rate", better="lower")
        return RatioMetric.model_validate(told)


class CostPerContact(StandardMetric):
    """What a contact that was handled costs: the amounts of the table ``cost`` by the contacts that were answered.

    Whether they are the direct or all costs, the rows of the table say.

    >>> from decimal import Decimal
    >>> from servicekit.kpi import CostPerContact, Scorecard
    >>> paid, calls = [{"amount": Decimal("12.50")}], [{"outcome": "answered"}] * 5
    >>> Scorecard(metrics={"cost": CostPerContact()}).compile().measure({"cost": paid, "contact": calls})["cost"].value
    2.5
    """

    kind: Literal["cost_per_contact"] = "cost_per_contact"
    """Which metric it is."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        handled = Term(table="contact", where=self._meant(where(outcome="answered")))
        told = self._said({"table": "cost"}, column="amount", per=handled, unit="money", better="lower")
        return RatioMetric.model_validate(told)


class Repurchase(StandardMetric):
    """How many customers bought again within some time after their first purchase.

    Customers whose first purchase is younger than that are left out as ``immature``. The limits are Wilson's.

    >>> from datetime import UTC, date, datetime
    >>> from servicekit.kpi import Repurchase, Scorecard
    >>> bought = [{"customer_id": who, "at": date(2026, 1, day)} for who, day in (("m-1", 5), ("m-1", 9), ("m-2", 5))]
    >>> card = Scorecard(metrics={"again": Repurchase(within="7d")}).compile()
    >>> card.measure({"purchase": bought}, as_of=datetime(2026, 2, 1, tzinfo=UTC))["again"].exact
    Fraction(1, 2)
    """

    kind: Literal["repurchase"] = "repurchase"
    """Which metric it is."""
    within: WindowField
    """How long after the first purchase; exactly so long counts."""

    def definition(self) -> WithinMetric:
        """The metric in full."""
        told = self._said({"table": "purchase"}, at="at", key=("customer_id",), within=self.within, counts="followed")
        return WithinMetric.model_validate(told | {"per": "first", "better": "higher"})


class CasesPerAgentDay(StandardMetric):
    """How many cases are resolved for each day of an agent: rows of the table ``work`` count as agent-days.

    >>> from datetime import UTC, datetime
    >>> from servicekit.kpi import CasesPerAgentDay, Scorecard
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> card = Scorecard(metrics={"load": CasesPerAgentDay()}).compile()
    >>> card.measure({"case": [{"resolved_at": nine}] * 90, "work": [{"agent": "a-1"}, {"agent": "a-2"}]})["load"].value
    45.0
    """

    kind: Literal["cases_per_agent_day"] = "cases_per_agent_day"
    """Which metric it is."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        resolved = {"table": "case", "at": "resolved_at", "where": Exists(field="resolved_at", op="exists")}
        return RatioMetric.model_validate(self._said(resolved, per=Term(table="work", where=self.where), unit="rate"))
