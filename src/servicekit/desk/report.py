"""What a run of the desk comes to: counts, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from servicekit.errors import ProblemGroup
from servicekit.sla import Attainment
from servicekit.sla.policy import DueSource

if TYPE_CHECKING:
    from collections.abc import Mapping


class Counted(NamedTuple):
    """How often something came up.

    >>> print(*Counted("test ticket", 12))
    test ticket 12
    """

    what: str
    times: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: a metric on one channel, or on all together (``channel`` is None).

    Cases that came without a channel stand under the empty text.

    >>> Line("resolution", "phone", Attainment(met=9, missed=1)).attainment.ratio("promised").percent()
    '90.0 %'
    """

    metric: str
    channel: str | None
    attainment: Attainment


@dataclass(frozen=True, slots=True)
class DeskReport:
    """Attainment by metric and channel, and everything that is not in it.

    ``records`` were brought to the desk; ``cases`` of them are counted in ``lines``. The rest is in
    ``left_out`` (no case, by reason), ``unjudged`` (computed, not counted, by reason) or could not be read
    (``unreadable``): the four always add up. ``due`` says where due moments came from, ``recorded`` for which
    metrics they were recorded. ``as_of`` is when open cases were judged (None when there was no case at all);
    where nobody gave it, ``as_of_case`` is the case whose latest event set it. ``labels`` gives the policy's
    words for channels.

    >>> lines = (Line("resolution", "chat", Attainment(met=1)), Line("resolution", "phone", Attainment(missed=1)))
    >>> report = DeskReport("Hotline", "1", "UTC", "computed", None, records=3, cases=2, unreadable=1, lines=lines)
    >>> report.total("resolution").attainment.ratio("promised")
    Ratio(numerator=1, denominator=2)
    """

    policy: str
    version: str
    timezone: str
    due: DueSource
    as_of: datetime | None
    records: int
    cases: int
    unreadable: int
    lines: tuple[Line, ...]
    left_out: tuple[Counted, ...] = ()
    unjudged: tuple[Counted, ...] = ()
    problems: tuple[ProblemGroup, ...] = ()
    recorded: tuple[str, ...] = ()
    as_of_case: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of the report, in its order."""
        return tuple(dict.fromkeys(line.metric for line in self.lines))

    def total(self, metric: str) -> Line:
        """All channels of ``metric`` together; empty where the report has no such metric."""
        return Line(metric, None, sum((line.attainment for line in self.lines if line.metric == metric), Attainment()))
