"""What a tier gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from annotated_types import Ge

from servicekit.document import Document
from servicekit.quantity import Money, ShareField
from servicekit.vocabulary import PriorityId


class Benefits(Document):
    """What customers of a tier get; what is not said is not given.

    >>> Benefits.parse("{points_multiplier: 1.25, dedicated_agent: true, discount: 5%, yearly_cost: 80 CNY}").discount
    Fraction(1, 20)
    """

    points_multiplier: Annotated[Decimal, Ge(0)] = Decimal(1)
    """By how much an earn rule multiplies the points of a purchase."""
    dedicated_agent: bool = False
    """Whether one agent, known by name, looks after the customer."""
    birthday_gift: Money | str | None = None
    """What is given once a year: an amount, or a thing in words."""
    priority: PriorityId | None = None
    """The priority with which cases of the customer are worked on."""
    discount: ShareField | None = None
    """The share of a price that is taken off."""
    sla: bool = False
    """Whether ``sla.targets`` promises this tier more; the figures stand there, and only there."""
    others: tuple[str, ...] = ()
    """Further benefits, in words: ``exclusive offers``, ``free shipping``."""
    yearly_cost: Money | None = None
    """What the benefits cost the house for one customer and year, for the comparison of two programmes."""
