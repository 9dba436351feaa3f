"""Whom to contact, when, by which channel and with what: the lists that people work through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from servicekit.document import Document
from servicekit.rules import ConditionField, Match, Value
from servicekit.segments.lifecycle import DayCount
from servicekit.vocabulary import ChannelId, Word


@dataclass(frozen=True, slots=True, order=True)
class Outreach:
    """One customer to be contacted: on which day, for which occasion, by which channel, with which offer.

    It holds the customer's id, and no name, address or number.

    >>> Outreach(date(2026, 7, 1), "m-1", "dormant", "email", "10 % off").channel
    'email'
    """

    on: date
    customer_id: str
    occasion: str
    """The name of the trigger, or the state or segment of a customer who should come back."""
    channel: str
    offer: str


class Offer(Document):
    """What a customer is offered, and how they hear of it.

    >>> Offer.parse("{channel: email, offer: 10 % off the next order}").channel
    'email'
    """

    channel: ChannelId
    """By which channel, unless the customer prefers another."""
    offer: str
    """What is offered, in words."""


class ReactivationRow(Offer):
    """An offer to customers who should come back, and whom it is for.

    >>> ReactivationRow(when={"segment": "at_risk"}, channel="phone", offer="a call").channel
    'phone'
    """

    when: ConditionField = Match()
    """For which customers: ``{state: dormant}``, ``{segment: [at_risk, cannot_lose]}``."""
    wait: DayCount | None = None
    """How many days after a customer came into the state; without it, at once."""


def channel_for(offer: Offer, facts: Mapping[str, Value], preferred: Word | None) -> str:
    """The channel that the customer prefers, by the declared field ``preferred``, or else that of the offer.

    >>> channel_for(Offer(channel="email", offer="a gift"), {"contact_by": "phone"}, "contact_by")
    'phone'
    """
    wish = facts.get(preferred) if preferred else None
    return wish if isinstance(wish, str) and wish else offer.channel
