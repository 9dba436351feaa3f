"""What the target table promises each tier, and a better tier that it promises less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from servicekit.errors import Problem
from servicekit.rules import Condition, TableRow, fields_read
from servicekit.rules.check import bound_fields
from servicekit.rules.table_analysis import Contrast, TableAnalysis
from servicekit.sla import SlaPolicy, Target, TargetRow

if TYPE_CHECKING:
    from servicekit.tiers import TierProgram
    from servicekit.vocabulary import Vocabulary

TIER = "tier"


class TierPromise(NamedTuple):
    """A promise that a row of the target table makes to cases of a tier.

    >>> print(TierPromise("resolution", "4h", "targets[1]", TargetRow.parse("{when: {tier: vip}}").when))
    resolution 4h by sla.targets[1]
    """

    metric: str
    target: str
    row: str
    when: Condition

    def __str__(self) -> str:
        return f"{self.metric} {self.target} by sla.{self.row}"


def ranked_tiers(vocabulary: Vocabulary, program: TierProgram | None) -> tuple[str, ...]:
    """The tiers from the lowest to the highest: those of the vocabulary or, where it lists none, of the programme."""
    return tuple(vocabulary.tiers or (program.levels if program is not None else ()))


def tier_promises(tiers: Sequence[str], sla: SlaPolicy | None) -> Mapping[str, tuple[TierPromise, ...]]:
    """For each tier what the rows promise that name it, or that are about tiers in another way."""
    rows = sla.targets if sla is not None else ()
    return {
        tier: tuple(
            TierPromise(metric, target.text, f"targets[{index}]", row.when)
            for index, row in enumerate(rows)
            if _is_for(row, tier)
            for metric, target in row.targets.items()
        )
        for tier in tiers
    }


def promise_problems(tiers: Sequence[str], sla: SlaPolicy | None, program: TierProgram | None) -> Iterator[Problem]:
    """Warnings: ``policy.worse-promise`` and ``policy.no-own-promise``.

    A better tier has a worse promise where, of two neighbouring tiers and with all other facts equal, the higher one
    has a longer target, or none. Targets whose units, clocks or calendars differ are not compared, nor is a policy in
    which all matching rows count.
    """
    if sla is not None and sla.match != "all" and any(TIER in fields_read(row.when) for row in sla.targets):
        yield from _worse_promises(sla, tiers)
    promises = tier_promises(tiers, sla)
    for tier, level in program.levels.items() if program is not None else ():
        if level.benefits.sla and not promises.get(tier):
            message = f"no row of sla.targets is for {tier!r}"
            hint = f"add one: when: {{tier: {tier}}}; or leave the benefit out"
            yield Problem.warning("policy.no-own-promise", f"tiers.levels.{tier}.benefits.sla", message, hint)


def _is_for(row: TargetRow, tier: str) -> bool:
    values = bound_fields(row.when).get(TIER)
    return TIER in fields_read(row.when) if values is None else tier in values


def _worse_promises(sla: SlaPolicy, tiers: Sequence[str]) -> Iterator[Problem]:
    places = [index for index, row in enumerate(sla.targets) if not sla.is_idle(row)]
    rows = [TableRow(row.when, row.targets, row.default) for row in map(sla.targets.__getitem__, places)]
    analysis = TableAnalysis(rows, fall_through=sla.fall_through, outputs=sla.metrics)
    for contrast in analysis.contrasts(TIER, tiers, in_order=sla.match == "first"):
        low, high = (None if place is None else places[place] for place in contrast.rows)
        if low is not None:
            yield from _worse_by_rows(sla, contrast, low, high)


def _worse_by_rows(sla: SlaPolicy, contrast: Contrast, low: int, high: int | None) -> Iterator[Problem]:
    metrics = (contrast.output,) if sla.fall_through else tuple(sla.targets[low].targets)
    for metric in metrics:
        if worse := _worse(sla, metric, low, high):
            yield _worse_promise(contrast, metric, (low, high), worse)


def _worse(sla: SlaPolicy, metric: str, low: int, high: int | None) -> tuple[str, str] | None:
    """The targets of the lower and the higher tier, if the higher one is worse off."""
    promised = sla.targets[low].targets[metric]
    if high is None or (target := sla.targets[high].targets.get(metric)) is None:
        return promised.text, "nothing"
    one, other = sla.targets[low], sla.targets[high]
    comparable = target.clock == "wall" or _calendar(sla, one, promised) == _calendar(sla, other, target)
    longer = target.replace(calendar=None).is_longer_than(promised.replace(calendar=None))
    return (promised.text, target.text) if comparable and longer else None


def _calendar(sla: SlaPolicy, row: TargetRow, target: Target) -> tuple[str | None, ...]:
    return target.calendar or row.calendar or sla.calendar, row.calendar_from, row.zone_from


def _worse_promise(contrast: Contrast, metric: str, rows: tuple[int, int | None], worse: tuple[str, str]) -> Problem:
    lower, higher = contrast.values
    facts = ", ".join(f"{name} {value!r}" for name, value in contrast.example.items())
    place = "targets" if rows[1] is None else f"targets[{rows[1]}]"
    message = (
        f"{higher!r} is promised {worse[1]} for {metric}, and {lower!r} below it {worse[0]} "
        f"by sla.targets[{rows[0]}]{f', in a case with {facts}' if facts else ''}"
    )
    hint = "shorten the target, or add a row for the cases where the two rows meet"
    return Problem.warning("policy.worse-promise", place, message, hint).under("sla")
