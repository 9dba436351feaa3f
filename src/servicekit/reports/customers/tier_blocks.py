"""The content of a report on tiers, as blocks without a layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from servicekit.quantity import Ratio
from servicekit.reports.content import Block, GroupedTable, Heading, Items, Paragraph, not_counted, problem_list
from servicekit.reports.figures import count, number_of, share
from servicekit.tiers import Benefits, TierRun, TierStatus
from servicekit.whatif import TierComparison

if TYPE_CHECKING:
    from servicekit.desk import Intake
    from servicekit.errors import ProblemGroup
    from servicekit.policy import TierPromise
    from servicekit.whatif import TierMove, TierSide

TierAnswer: TypeAlias = TierRun | TierStatus | TierComparison
"""Where everybody stands, where one customer stands, or two programmes on one history."""

_MOVES_SHOWN = 5


def tier_blocks(
    answer: TierAnswer, title: str, intake: Intake[object] | None, promises: Sequence[TierPromise]
) -> Iterator[Block]:
    """The answer from top to bottom."""
    match answer:
        case TierStatus():
            yield from _of_customer(answer, title, promises)
        case TierComparison():
            yield from _of_comparison(answer, intake)
        case TierRun():
            yield from _of_all(answer, title, intake)


def problems_of(intake: Intake[object] | None, *others: Sequence[ProblemGroup]) -> tuple[ProblemGroup, ...]:
    """The problems of the records and of what was made of them, errors first."""
    groups = (*(intake.problems if intake else ()), *(group for each in others for group in each))
    return tuple(sorted(groups, key=lambda group: (group.severity, group.code)))


def _of_all(run: TierRun, title: str, intake: Intake[object] | None) -> Iterator[Block]:
    yield Heading(title, level=1)
    yield Paragraph(f"Customers stand as they do at the end of {run.as_of}.")
    if intake is not None:
        yield _intake(intake)
    yield Heading("Customers")
    rows = tuple((tier, share(Ratio(times, len(run)))) for tier, times in run.counts().items())
    yield GroupedTable(("tier", "customers"), (rows,), labels=1, has_totals=False)
    yield from not_counted(intake, what="event")
    yield from problem_list(problems_of(intake, run.problems))


def _intake(intake: Intake[object]) -> Block:
    return Paragraph(f"{number_of(intake.records, 'record')}, {number_of(intake.cases, 'event')} counted.")


def _of_customer(status: TierStatus, title: str, promises: Sequence[TierPromise]) -> Iterator[Block]:
    yield Heading(f"{status.customer_id}, {title}", level=1)
    yield Paragraph(f"As of {status.as_of}; enrolled on {status.enrolled_on}.")
    for line in status.explain().splitlines():
        yield Paragraph(line)
    if benefits := tuple(_benefits(status.benefits)):
        yield Heading("Benefits")
        yield Items(benefits)
    if promises:
        yield Heading("Promises")
        yield Items(tuple((f"{each.metric} {each.target}", f"sla.{each.row}") for each in promises))
    yield Heading("History")
    head = ("tier", "first day", "last day", "reason")
    rows = tuple(tuple("" if cell is None else str(cell) for cell in span.values()) for span in status.rows())
    yield GroupedTable(head, (rows,), labels=len(head), has_totals=False)


def _benefits(benefits: Benefits) -> Iterator[tuple[str, str]]:
    """The benefits that are given, in words."""
    for name, value in benefits.to_dict().items():
        if value not in (False, None, [], ()):
            said = ", ".join(map(str, value)) if isinstance(value, list) else "yes" if value is True else str(value)
            yield name.replace("_", " "), said


def _of_comparison(comparison: TierComparison, intake: Intake[object] | None) -> Iterator[Block]:
    sides = (comparison.before, comparison.after)
    yield Heading(f"{comparison.before.policy} -> {comparison.after.policy}", level=1)
    yield Paragraph(f"Customers stand as they do at the end of {comparison.as_of}.")
    if intake is not None:
        yield _intake(intake)
    yield Heading("Customers by tier before (down) and after (across)")
    table = comparison.table()
    yield GroupedTable(tuple(table.head), (tuple(map(tuple, table.rows)),), labels=1, has_totals=False)
    moved = (("higher", comparison.higher), ("lower", comparison.lower), ("unchanged", comparison.unchanged))
    yield Items(tuple((name, count(times)) for name, times in moved))
    yield from _sides("Days in each tier", "tier", [side.days for side in sides])
    yield from _sides("Customers with a benefit", "benefit", _given([side.benefits for side in sides]))
    yield Heading("Cost of benefits")
    yield Items(tuple((name, _cost(side)) for name, side in zip(("before", "after"), sides, strict=True)))
    yield from _moves(comparison.moves)
    yield from not_counted(intake, what="event")
    yield from _problems(comparison, intake)


def _given(benefits: Sequence[Mapping[str, int]]) -> Sequence[Mapping[str, int]]:
    """The benefits that somebody has, in words."""
    names = [name for name in benefits[0] if any(side[name] for side in benefits)]
    return [{name.replace("_", " "): side[name] for name in names} for side in benefits]


def _sides(title: str, what: str, counts: Sequence[Mapping[str, int]]) -> Iterator[Block]:
    names = dict.fromkeys(name for side in counts for name in side)
    if names:
        rows = tuple((name, *(count(side[name]) if name in side else "-" for side in counts)) for name in names)
        yield Heading(title)
        yield GroupedTable((what, "before", "after"), (rows,), labels=1, has_totals=False)


def _cost(side: TierSide) -> str:
    return ", ".join(f"{money.amount:,} {money.currency}" for money in side.cost) or "none is named"


def _moves(moves: Sequence[TierMove]) -> Iterator[Block]:
    yield Heading("Moves")
    if not moves:
        yield Paragraph("Nobody stands, or ever stood, elsewhere.")
        return
    yield Paragraph(f"{count(min(len(moves), _MOVES_SHOWN))} of {number_of(len(moves), 'customer')} shown.")
    head = ("customer", "before", "after", "differs from", "days")
    rows = tuple(move.row() for move in moves[:_MOVES_SHOWN])
    yield GroupedTable(head, (rows,), labels=4, has_totals=False)


def _problems(comparison: TierComparison, intake: Intake[object] | None) -> Iterator[Block]:
    before, after = comparison.before.problems, comparison.after.problems
    if before == after:
        yield from problem_list(problems_of(intake, before))
        return
    yield from problem_list(problems_of(intake))
    for side, groups in (("first", before), ("second", after)):
        if groups:
            yield from problem_list(groups, title=f"Problems under the {side} programme")
