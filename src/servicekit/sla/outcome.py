"""The one outcome schema: what became of one promise on one case.

Objects, CSV files, frames and KPIs all use these columns in this order. Instants are UTC; in CSV they are ISO 8601 with
``Z`` and a fraction only where there is one, durations are whole microseconds, and what is unknown is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias, get_args

from servicekit.errors import NaiveDatetimeError
from servicekit.layout import spreadsheet_text

Phase: TypeAlias = Literal["idle", "running", "paused", "stopped", "cancelled"]
"""What a clock is doing: not started, counting, standing still, done, or called off."""

OutcomeName: TypeAlias = Literal["met", "met_late", "missed", "open", "cancelled", "no_target"]
"""The verdict: kept; kept after the due moment; not kept and past due; not known; called off; never promised."""


class Outcome(NamedTuple):
    """What became of one promise on one case, as of one instant.

    ``phase`` and breach are independent: a clock may be stopped and breached (``met_late``), or paused and breached.
    ``elapsed_us`` is open time that was not paused, ``paused_us`` open time that was. ``instance`` counts repeated
    clocks of a metric from 0. ``target`` is the target's text. The facts are those at the clock's
    end.

    >>> met = Outcome("C-1", "resolution", 0, "1", "4h", None, None, None, None, 60, 0, "stopped", "met", "chat")
    >>> from_row(to_row(met)) == met
    True
    """

    case_id: str
    metric: str
    instance: int
    policy_version: str
    target: str | None
    started_at: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    elapsed_us: int | None
    paused_us: int | None
    phase: Phase
    outcome: OutcomeName
    channel: str | None = None
    issue_type: str | None = None
    tier: str | None = None
    priority: str | None = None
    owner: str | None = None


OUTCOME_COLUMNS: tuple[str, ...] = Outcome._fields
"""The columns of the schema, in order."""

OUTCOME_FACTS: tuple[str, ...] = tuple(Outcome._field_defaults)
"""The facts of the case among them: channel, issue type, tier, priority and owner."""


def fact_text(fact: object) -> str | None:
    """A fact as outcomes show it; an empty text is none.

    >>> fact_text("chat"), fact_text(""), fact_text(3)
    ('chat', None, '3')
    """
    if isinstance(fact, str):
        return fact or None
    return None if fact is None else str(fact)


def to_row(outcome: Outcome, *, spreadsheet: bool = False) -> tuple[str, ...]:
    """The outcome as the cells of a CSV row: exact, for programs, or for people who open it with a ``spreadsheet``.

    For a spreadsheet, texts that it would run as formulas have an apostrophe in front; :func:`from_row` reads the
    exact form.

    >>> from datetime import timedelta
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> row = to_row(Outcome("C-1", "resolution", 0, "1", "4h", nine, None, None, None, 60, 0, "running", "open"))
    >>> row[5:13]
    ('2026-01-05T09:00:00Z', '', '', '', '60', '0', 'running', 'open')
    """
    o, text = outcome, spreadsheet_text if spreadsheet else str
    instants = [_instant_text(moment) for moment in (o.started_at, o.due_at, o.stopped_at, o.breached_at)]
    amounts = ["" if amount is None else str(amount) for amount in (o.elapsed_us, o.paused_us)]
    facts = [text(getattr(o, name) or "") for name in OUTCOME_FACTS]
    names = (text(o.case_id), text(o.metric), str(o.instance), text(o.policy_version), text(o.target or ""))
    return (*names, *instants, *amounts, o.phase, o.outcome, *facts)


def from_row(row: Sequence[str]) -> Outcome:
    """The outcome that :func:`to_row` wrote.

    >>> from_row(("C-1", "resolution", "0", "1", "4h", *[""] * 6, "running", "open", *[""] * 5)).outcome
    'open'

    Raises:
        ValueError: the row has not the schema's columns, or a cell is not what its column holds.
    """
    if len(row) != len(OUTCOME_COLUMNS):
        raise ValueError(f"an outcome has {len(OUTCOME_COLUMNS)} columns, this row has {len(row)}")
    return Outcome(*(_READERS.get(name, _text)(cell) for name, cell in zip(OUTCOME_COLUMNS, row, strict=True)))  # type: ignore[arg-type]


def _instant_text(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()[:-6] + "Z"


def _text(cell: str) -> str | None:
    return cell or None


def _instant(cell: str) -> datetime | None:
    if not cell:
        return None
    moment = datetime.fromisoformat(cell)
    if moment.tzinfo is None:
        raise NaiveDatetimeError(moment)
    return moment.astimezone(UTC)


def _amount(cell: str) -> int | None:
    return int(cell) if cell else None


def _choice(names: tuple[str, ...]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if cell not in names:
            raise ValueError(f"{cell!r} is none of {', '.join(names)}")
        return cell

    return read


_READERS: Mapping[str, Callable[[str], object]] = {
    "case_id": str,
    "metric": str,
    "instance": int,
    "policy_version": str,
    "started_at": _instant,
    "due_at": _instant,
    "stopped_at": _instant,
    "breached_at": _instant,
    "elapsed_us": _amount,
    "paused_us": _amount,
    "phase": _choice(get_args(Phase)),
    "outcome": _choice(get_args(OutcomeName)),
}
