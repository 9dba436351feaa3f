"""What a report on tiers says, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from servicekit.quantity import Ratio
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.desk_blocks import not_counted, problem_list
from servicekit.reports.blocks.told import Listed, NamedTerm, Phrase, Told, columns, say
from servicekit.tiers import Benefits, TierRun, TierStatus
from servicekit.whatif import TierComparison

if TYPE_CHECKING:
    from servicekit.desk import Intake
    from servicekit.errors import ProblemGroup
    from servicekit.policy import TierPromise
    from servicekit.whatif import TierMove, TierSide


class MemberTier(NamedTuple):
    """Where one customer stands, and what the policy promises those of that tier.

    >>> MemberTier._fields
    ('status', 'promises')
    """

    status: TierStatus
    promises: Sequence[TierPromise] = ()


TierAnswer: TypeAlias = TierRun | TierStatus | MemberTier | TierComparison
"""Where everybody stands, where one customer stands, or two programmes on one history."""

_MOVES_SHOWN = 5


def tier_blocks(answer: TierAnswer, title: str, intake: Intake[object] | None) -> Iterator[Block]:
    """The answer from top to bottom."""
    match answer:
        case TierStatus():
            yield from _of_customer(answer, title)
        case MemberTier(status, promises):
            yield from _of_customer(status, title, promises)
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
    yield Paragraph(say("customers.stand", day=run.as_of))
    if intake is not None:
        yield counted(intake)
    yield Heading(say("customers.title"))
    rows = tuple((tier, Ratio(times, len(run))) for tier, times in run.counts().items())
    yield GroupedTable(columns("tier", "customers"), (rows,), labels=1, has_totals=False)
    yield from not_counted(intake, what="intake.no_event")
    yield from problem_list(problems_of(intake, run.problems))


def counted(intake: Intake[object]) -> Block:
    """How many records were read, and how many events are in the figures."""
    return Paragraph(say("customers.counted", records=intake.records, events=intake.cases))


def _of_customer(status: TierStatus, title: str, promises: Sequence[TierPromise] = ()) -> Iterator[Block]:
    yield Heading(say("customers.of", customer=status.customer_id, title=title), level=1)
    yield Paragraph(say("customers.enrolled", day=status.as_of, enrolled=status.enrolled_on))
    for line in status.explain().splitlines():
        yield Paragraph(line)
    if benefits := tuple(_benefits(status.benefits)):
        yield Heading(say("customers.benefits"))
        yield Items(benefits)
    if promises:
        yield Heading(say("customers.promises"))
        yield Items(tuple((f"{each.metric} {each.target}", f"sla.{each.row}") for each in promises))
    yield Heading(say("customers.history"))
    head = columns("tier", "first_day", "last_day", "reason")
    rows = tuple(tuple("" if cell is None else str(cell) for cell in span.values()) for span in status.rows())
    yield GroupedTable(head, (rows,), labels=len(head), has_totals=False)


def _benefits(benefits: Benefits) -> Iterator[tuple[Told, Told]]:
    """The benefits that are given, in words."""
    for name, value in benefits.to_dict().items():
        if value not in (False, None, [], ()):
            yield name.replace("_", " "), _benefit(value)


def _benefit(value: object) -> Told:
    if isinstance(value, list):
        return Listed(tuple(map(str, value)))
    return say("answer.yes") if value is True else str(value)


def _of_comparison(comparison: TierComparison, intake: Intake[object] | None) -> Iterator[Block]:
    sides = (comparison.before, comparison.after)
    yield Heading(_title(comparison), level=1)
    yield Paragraph(say("customers.stand", day=comparison.as_of))
    if intake is not None:
        yield counted(intake)
    yield Heading(say("customers.by_tier"))
    table = comparison.table()
    yield GroupedTable(tuple(table.head), (tuple(map(tuple, table.rows)),), labels=1, has_totals=False)
    moved = (("higher", comparison.higher), ("lower", comparison.lower), ("unchanged", comparison.unchanged))
    yield Items(tuple((NamedTerm("move", name), times) for name, times in moved))
    yield from _sides(say("customers.days"), "tier", [side.days for side in sides])
    yield from _sides(say("customers.with_benefit"), "benefit", _given([side.benefits for side in sides]))
    yield Heading(say("customers.cost"))
    yield Items(tuple((head, _cost(side)) for head, side in zip(columns("before", "after"), sides, strict=True)))
    yield from _moves(comparison.moves)
    yield from not_counted(intake, what="intake.no_event")
    yield from _problems(comparison, intake)


def _title(comparison: TierComparison) -> Phrase:
    sides = comparison.before, comparison.after
    return say("comparison.title", first=str(sides[0].policy), second=str(sides[1].policy))


def _given(benefits: Sequence[Mapping[str, int]]) -> Sequence[Mapping[str, int]]:
    """The benefits that somebody has, in words."""
    names = [name for name in benefits[0] if any(side[name] for side in benefits)]
    return [{name.replace("_", " "): side[name] for name in names} for side in benefits]


def _sides(title: Phrase, what: str, counts: Sequence[Mapping[str, int]]) -> Iterator[Block]:
    names = dict.fromkeys(name for side in counts for name in side)
    if names:
        rows = tuple((name, *(side.get(name, "-") for side in counts)) for name in names)
        yield Heading(title)
        yield GroupedTable(columns(what, "before", "after"), (rows,), labels=1, has_totals=False)


def _cost(side: TierSide) -> Told:
    costs = tuple(f"{money.amount:,} {money.currency}" for money in side.cost)
    return Listed(costs) if costs else say("customers.no_cost")


def _moves(moves: Sequence[TierMove]) -> Iterator[Block]:
    yield Heading(say("customers.moves"))
    if not moves:
        yield Paragraph(say("customers.no_move"))
        return
    yield Paragraph(say("customers.moves_shown", shown=min(len(moves), _MOVES_SHOWN), customers=len(moves)))
    head = columns("customer", "before", "after", "differs_from", "days")
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
            yield from problem_list(groups, title=say(f"customers.problems_under_{side}"))
