"""What a service costs and keeps: complaints, cost, repeat purchases, work for each agent and day."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import MinLen

from servicekit.kpi.metric import RatioMetric, StandardMetric, Term, WindowField, WithinMetric
from servicekit.rules import Exists, where


class ComplaintRate(StandardMetric):
    """How many complaints there are: of all cases, or for every 1,000 orders; two numbers that cannot be compared.

    Of cases the limits are Wilson's, of orders Garwood's.

    >>> ComplaintRate(issue_types=("complaint",), per="orders").definition().scale
    1000
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

    >>> CostPerContact().definition().unit
    'money'
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

    >>> Repurchase(within="90d").definition().per
    'first'
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

    >>> CasesPerAgentDay().definition().unit
    'rate'
    """

    kind: Literal["cases_per_agent_day"] = "cases_per_agent_day"
    """Which metric it is."""

    def definition(self) -> RatioMetric:
        """The metric in full."""
        resolved = {"table": "case", "at": "resolved_at", "where": Exists(field="resolved_at", op="exists")}
        return RatioMetric.model_validate(self._said(resolved, per=Term(table="work", where=self.where), unit="rate"))
