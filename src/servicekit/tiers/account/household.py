"""Customers who belong together: whose account an event counts in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from servicekit.events import Activity, CustomerEvent, Enrolled, HouseholdJoined, HouseholdLeft, Purchase, Refund
from servicekit.tiers.account.account import Account
from servicekit.tiers.account.compiled_program import Versions
from servicekit.tiers.account.days import version_on
from servicekit.tiers.account.intake import enrol, order_name


class Stay(NamedTuple):
    """The days that a customer belongs to a household; ``last`` of None while they do."""

    household: Account
    first: int
    last: int | None = None


class Households:
    """The households of a run, and who belongs to them when.

    What a member buys and does counts for the household, on the days of their stay, and only for it; a refund follows
    its purchase. Grants are personal.
    """

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._accounts: dict[str, Account] = {}
        self._stays: dict[str, list[Stay]] = {}

    def of(self, customer_id: str) -> Sequence[Stay]:
        """All stays of a customer, in order."""
        return self._stays.get(customer_id, ())

    def is_member(self, customer_id: str) -> bool:
        """Whether a customer belongs to a household after the events so far."""
        stays = self.of(customer_id)
        return bool(stays) and stays[-1].last is None

    def route(self, own: Account, event: CustomerEvent, day: int) -> Account:
        """The account in which an event of a customer counts."""
        household = self._moved(event, day)
        if isinstance(event, Refund):
            name, stays = order_name(event.order_id), self._stays.get(event.customer_id, ())
            return next((each.household for each in stays if name in each.household.orders), own)
        return household if household is not None and isinstance(event, Purchase | Activity) else own

    def _moved(self, event: CustomerEvent, day: int) -> Account | None:
        """The household of the customer once the event has happened."""
        stays = self._stays.setdefault(event.customer_id, [])
        joined = event.household_id if isinstance(event, Enrolled | HouseholdJoined) else None
        if stays and stays[-1].last is None and (joined is not None or isinstance(event, HouseholdLeft)):
            stays[-1] = stays[-1]._replace(last=day - 1)
        if joined is not None:
            stays.append(Stay(self._account(joined, day), day))
        now = stays[-1] if stays else None
        return now.household if now is not None and now.last is None else None

    def _account(self, household_id: str, day: int) -> Account:
        if household_id not in self._accounts:
            self._accounts[household_id] = enrol(household_id, version_on(self._versions, day), day)
        return self._accounts[household_id]
