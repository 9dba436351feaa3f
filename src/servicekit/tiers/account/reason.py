"""Why a level was reached, kept or lost, in words: the sums beside the thresholds, and the days they are of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from servicekit.quantity import Money
from servicekit.tiers.account.account import Met
from servicekit.tiers.account.compiled_program import CompiledProgram
from servicekit.tiers.account.window_days import FIRST_DAY
from servicekit.tiers.criteria import Criteria
from servicekit.tiers.standing.status import Progress
from servicekit.timeline import Period, half_year, month, quarter, year

_PERIODS = {"quarter": quarter, "half_year": half_year, "year": year}


def reason_text(program: CompiledProgram, met: Met, enrolled: int) -> str:
    """The reason as people read it: ``5,200.00 of 5,000.00 CNY in 2026``.

    Of criteria of which any is enough, those that are met; where none is, and of criteria that are all needed, all.
    """
    level = program.program.levels[program.names[program.level_of[met.tier]]]
    criteria = level.qualify if met.criterion == "qualify" else level.keep
    if criteria is None:
        return f"{met.tier} is only given"
    lines = list(progress_of(program, criteria, met.sums))
    told = [line for line in lines if line.is_met] if criteria.match == "any" else lines
    return f"{' and '.join(map(str, told or lines))} {_days_of(program, met, enrolled)}"


def progress_of(program: CompiledProgram, criteria: Criteria, sums: tuple[Decimal | int, ...]) -> list[Progress]:
    """The sums beside the thresholds of some criteria."""
    return [
        Progress(name, Decimal(sums[program.metrics.index(name)]), needed.amount, needed.currency)
        if isinstance(needed, Money)
        else Progress(name, Decimal(sums[program.metrics.index(name)]), Decimal(needed))
        for name, needed in criteria.thresholds.items()
    ]


def _days_of(program: CompiledProgram, met: Met, enrolled: int) -> str:
    window = program.program.window
    start = date.fromordinal(enrolled if met.start <= FIRST_DAY else met.start)
    if window.kind == "calendar":
        try:
            period = _period(str(window.length), start, window.first_month)
        except (OverflowError, ValueError):  # the last period there is has no day after it
            return f"since {start}"
        return f"in {period.name}" + (" and the grace after it" if met.last >= period.end.toordinal() else "")
    if window.kind == "lifetime":
        return f"since {start}"
    return f"from {start} to {date.fromordinal(met.last)}"


def _period(length: str, day: date, first_month: int) -> Period:
    return month(day) if length == "month" else _PERIODS[length](day, first_month=first_month)
