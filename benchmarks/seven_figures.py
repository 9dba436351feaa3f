"""Seven key figures that objects and frames are measured by."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servicekit.kpi import ScorecardEngine

__all__ = ["AS_OF", "CHANNELS", "FIRST", "seven_figures"]

CHANNELS = ("app", "chat", "mail", "phone", "shop", "web")
FIRST, AS_OF = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
_CARD = """
metrics:
  tickets: {kind: sum, table: case}
  csat:
    kind: ratio
    table: case
    leave_out: {unanswered: {not: {field: csat, op: exists}}}
    of: {field: csat, op: ge, value: 4}
  nps:
    kind: net
    table: case
    leave_out: {unanswered: {not: {field: nps, op: exists}}}
    plus: {field: nps, op: ge, value: 9}
    minus: {field: nps, op: le, value: 6}
  p50: {kind: quantile, table: case, column: wait_us, q: 0.5, method: linear, unit: duration}
  p90: {kind: quantile, table: case, column: wait_us, q: 0.9, method: linear, unit: duration}
  sla: {kind: ratio, table: case, where: {sla: [met, missed]}, of: {sla: met}}
  first_contact:
    kind: within
    table: case
    at: opened_at
    key: [customer_id, issue_type]
    within: 7d
    counts: not_followed
    of: {resolved: true}
"""


@cache
def seven_figures() -> ScorecardEngine:
    """The scorecard, compiled; a rival's process does not load it."""
    from servicekit.kpi import Scorecard
    from servicekit.rules import DeclaredField

    whole = dict.fromkeys(("csat", "nps", "wait_us"), DeclaredField("integer"))
    words = {"sla": DeclaredField("text"), "resolved": DeclaredField("boolean")}
    return Scorecard.parse(_CARD).compile(fields=whole | words)
