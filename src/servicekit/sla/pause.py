"""When clocks stand still: by status, for a reason, for named metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, TypeAlias

from annotated_types import MinLen
from pydantic import BeforeValidator

from servicekit.document import Document
from servicekit.rules import Value

__all__ = ["Pause", "Paused", "paused_while", "united"]

Paused: TypeAlias = tuple[int, int | None]
"""A span in UTC microseconds during which a clock stood still; its end is ``None`` while it lasts."""


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Pause(Document):
    """While a case has one of these statuses, the clocks of these metrics stand still.

    Pauses stop the resolution clock alone unless told otherwise: a customer who waits for the first word waits,
    whatever the status says. A pause gives back the *open* time in it; a pause at night gives nothing.

    >>> Pause(status="pending", reason="waiting for the customer").metrics
    ('resolution',)
    """

    status: Annotated[tuple[str, ...], BeforeValidator(_listed), MinLen(1)]
    """The status, or list of statuses, that pauses."""
    reason: str
    """Why time does not count: ``waiting for the customer``."""
    metrics: Annotated[tuple[str, ...], BeforeValidator(_listed), MinLen(1)] = ("resolution",)
    """The metrics whose clocks stand still."""


def paused_while(statuses: Sequence[tuple[int, Value]], pausing: frozenset[str], end: int) -> Iterator[Paused]:
    """The spans up to ``end`` in which the latest status was one of ``pausing``; the last may not be over.

    >>> list(paused_while([(0, "open"), (5, "pending"), (7, "open"), (9, "pending")], frozenset({"pending"}), 20))
    [(5, 7), (9, None)]
    """
    since: int | None = None
    for at, status in statuses:
        if at > end:
            break
        if status in pausing:
            since = at if since is None else since
        elif since is not None:
            yield since, at
            since = None
    if since is not None:
        yield since, None


def united(spans: Iterable[Paused]) -> list[Paused]:
    """The same paused time as disjoint spans in order; what lasts swallows what follows.

    >>> united([(9, None), (1, 4), (3, 6), (12, 13)])
    [(1, 6), (9, None)]
    """
    disjoint: list[Paused] = []
    for since, until in sorted(spans, key=lambda span: span[0]):
        last = disjoint[-1] if disjoint else None
        if last is None or (last[1] is not None and since > last[1]):
            disjoint.append((since, until))
        elif last[1] is not None:
            disjoint[-1] = (last[0], None if until is None else max(last[1], until))
    return disjoint
