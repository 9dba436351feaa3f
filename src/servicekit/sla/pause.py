"""When clocks stand still: by status or by a condition, for a reason, for named metrics, within limits."""

from __future__ import annotations

from typing import Annotated, Self

from annotated_types import Ge, MinLen
from pydantic import BeforeValidator, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.rules import ConditionField
from servicekit.timeline import DurationField, SpanField


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Pause(Document):
    """While a case has one of these statuses, or satisfies a condition, the clocks of these metrics stand still.

    Pauses stop the resolution clock alone unless told otherwise: a customer who waits for the first word waits,
    whatever the status says. A pause gives back the *open* time in it; a pause at night gives nothing. Where several
    pauses fit, the first in the policy counts. The limits keep a pause from being a way out: beyond them the clock
    runs on though the status stays.

    >>> Pause(status="pending", reason="waiting for the customer").metrics
    ('resolution',)
    """

    status: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """The status, or list of statuses, that pauses."""
    when: ConditionField | None = None
    """Instead of a status: the condition on the facts (``status`` among them) under which clocks stand still."""
    reason: str
    """Why time does not count: ``waiting for the customer``."""
    metrics: Annotated[tuple[str, ...], BeforeValidator(_listed), MinLen(1)] = ("resolution",)
    """The metrics whose clocks stand still."""
    max_each: DurationField | None = None
    """How long one pause may last: open time of the clock's calendar, or days."""
    max_total: SpanField | None = None
    """How much open time all of a clock's pauses of this kind may give back together."""
    max_count: Annotated[int, Ge(1)] | None = None
    """How many pauses of this kind a clock may have; further ones do not stop it."""

    @property
    def has_limits(self) -> bool:
        """Whether it ends otherwise than by its status or condition.

        >>> Pause(status="pending", reason="waiting", max_each="10cd").has_limits
        True
        """
        return self.max_each is not None or self.max_total is not None or self.max_count is not None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.status) == (self.when is not None):
            hint = "write status: pending, or when: {group: vendor}"
            raise DocumentValueError("sla.pause", "a pause is by status or by a condition", hint=hint)
        return self
