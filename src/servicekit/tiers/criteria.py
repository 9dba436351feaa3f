"""What a tier asks of a customer: thresholds of metrics, all of them or any."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from annotated_types import MinLen
from pydantic import BeforeValidator, Field, model_serializer, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.quantity import Money
from servicekit.vocabulary import Word

SPEND, ORDERS, DAYS = "spend", "orders", "days"
STANDARD_METRICS = (SPEND, ORDERS, DAYS)
"""The metrics that purchases make: money spent, purchases, and days with a purchase; others come as ``Activity``."""

_HINT = "write an amount of money such as 5000 CNY for spend, and a number such as 10 for other metrics"

Threshold: TypeAlias = Money | int | Decimal
"""How much of a metric: money for ``spend``, a number for all others."""


def _threshold(value: object) -> Threshold:
    if isinstance(value, str | Mapping):
        return Money._from_document(value)
    if isinstance(value, bool) or not isinstance(value, Money | int | Decimal):
        raise DocumentValueError("tiers.threshold", f"{value!r} is not a threshold", hint=_HINT)
    return value


class Criteria(Document):
    """Thresholds, each of which is met exactly at its value.

    In a document a mapping of metric to threshold asks for all of them; ``any`` over it asks for one.

    >>> Criteria.parse("{spend: 5000 CNY, orders: 3}").match
    'all'
    >>> Criteria.parse("any: {spend: 5000 CNY, visits: 10}").to_dict()
    {'any': {'spend': '5000 CNY', 'visits': 10}}
    """

    match: Literal["all", "any"] = "all"
    """Whether all thresholds are needed, or one of them."""
    thresholds: Annotated[dict[Word, Annotated[Threshold, BeforeValidator(_threshold)]], MinLen(1)] = Field()
    """The least value of each metric."""

    @model_validator(mode="before")
    @classmethod
    def _from_mapping(cls, data: object) -> object:
        if not isinstance(data, Mapping) or "thresholds" in data:
            return data
        if len(data) == 1 and isinstance(inner := data.get(key := next(iter(data))), Mapping) and key in ("all", "any"):
            return {"match": key, "thresholds": inner}
        return {"thresholds": data}

    @model_serializer(mode="plain")
    def _to_mapping(self) -> dict[str, object]:
        thresholds: dict[str, object] = {
            name: str(value) if isinstance(value, Money) else value for name, value in self.thresholds.items()
        }
        return thresholds if self.match == "all" else {"any": thresholds}
